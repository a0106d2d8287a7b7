-- One row per rule on AI chips for China, unit, target and basis (C5): diversion ratio, or the set that is identified.
-- From core.fact_rule_change and metrics.fact_draw, draw by draw: (after - before) of the target over (before - after) of licensed supply.
-- Rules: a bite date, goods among AI chips and servers, China as destination. Windows are whole half-years; the one that holds the
-- date is left out, unless the date lies within 15 days of its start or end. Where what would have happened anyway is unknown,
-- only the set from 0 to the whole of the target over the shortfall is given. Ratios are not cut at 0 or 1.

with
rules as (select * from core.fact_rule_change),

quantities as (select * from metrics.metric_quantity),

draws as (select * from metrics.fact_draw),

answers as (select * from metrics.metric_answer),

events as (
    select
        rule_id,
        bite_date,
        cast(case when month(bite_date) <= 6 then year(bite_date) else year(bite_date) end as bigint) * 2
            + case when month(bite_date) <= 6 then 0 else 1 end as half_no,
        bite_date - cast(cast(year(bite_date) as varchar) || case when month(bite_date) <= 6 then '-01-01' else '-07-01' end as date)
            as days_in,
        cast(cast(year(bite_date) as varchar) || case when month(bite_date) <= 6 then '-06-30' else '-12-31' end as date) - bite_date
            as days_left
    from rules
    where bite_date is not null
        and importance <= 2
        and direction in ('tighten', 'loosen')
        and (products like '%ai_accelerator%' or products like '%gpu_server%')
        and destinations like '%CHN%'
),

placed as (
    select
        rule_id,
        bite_date,
        case when days_left <= 15 then half_no else half_no - 1 end as before_no,
        case when days_in <= 15 then half_no else half_no + 1 end as after_no
    from events
),

windows as (
    select
        rule_id,
        bite_date,
        cast(before_no // 2 as varchar) || case when before_no % 2 = 0 then 'H1' else 'H2' end as before_period,
        cast(after_no // 2 as varchar) || case when after_no % 2 = 0 then 'H1' else 'H2' end as after_period,
        cast(cast(before_no // 2 as varchar) || case when before_no % 2 = 0 then '-01-01' else '-07-01' end as date) as window_start,
        cast(cast(after_no // 2 as varchar) || case when after_no % 2 = 0 then '-06-30' else '-12-31' end as date) as window_end
    from placed
),

others as (
    select windows.rule_id, count(*) - 1 as n_window_rules
    from windows
    inner join events on events.bite_date >= windows.window_start and events.bite_date <= windows.window_end
    group by windows.rule_id
),

cells as (
    select quantity_id, channel, period_id, unit
    from quantities
    where quantity_kind = 'cell' and quantity_series = 'backbone'
),

pairs as (select distinct before_period, after_period from windows),

units as (
    select 'chips' as unit
    union all
    select 'usd' as unit
    union all
    select 'h100e' as unit
    union all
    select 'bandwidth' as unit
),

targets as (
    select 'smuggled' as target
    union all
    select 'domestic' as target
    union all
    select 'offshore' as target
),

legal_draws as (
    select pairs.before_period, pairs.after_period, units.unit, befores.draw_id,
        befores.draw_amount - afters.draw_amount as shortfall
    from pairs
    cross join units
    inner join cells as before_cells
        on before_cells.channel = 'legal' and before_cells.period_id = pairs.before_period and before_cells.unit = units.unit
    inner join cells as after_cells
        on after_cells.channel = 'legal' and after_cells.period_id = pairs.after_period and after_cells.unit = units.unit
    inner join draws as befores on before_cells.quantity_id = befores.quantity_id
    inner join draws as afters on after_cells.quantity_id = afters.quantity_id and befores.draw_id = afters.draw_id
),

shortfalls as (
    select before_period, after_period, unit,
        cast(count(case when shortfall > 0 then 1 end) as double) / cast(count(*) as double) as positive_share
    from legal_draws
    group by before_period, after_period, unit
),

target_draws as (
    select
        legal_draws.before_period,
        legal_draws.after_period,
        legal_draws.unit,
        targets.target,
        legal_draws.draw_id,
        cast(afters.draw_amount as double) / cast(legal_draws.shortfall as double) as whole,
        cast(afters.draw_amount - befores.draw_amount as double) / cast(legal_draws.shortfall as double) as diverted
    from legal_draws
    inner join shortfalls
        on legal_draws.before_period = shortfalls.before_period
        and legal_draws.after_period = shortfalls.after_period
        and legal_draws.unit = shortfalls.unit
    cross join targets
    inner join cells as after_cells
        on after_cells.channel = targets.target
        and after_cells.period_id = legal_draws.after_period
        and after_cells.unit = legal_draws.unit
    inner join draws as afters on after_cells.quantity_id = afters.quantity_id and legal_draws.draw_id = afters.draw_id
    left join cells as before_cells
        on before_cells.channel = targets.target
        and before_cells.period_id = legal_draws.before_period
        and before_cells.unit = legal_draws.unit
    left join draws as befores on before_cells.quantity_id = befores.quantity_id and legal_draws.draw_id = befores.draw_id
    where shortfalls.positive_share >= 0.95 and legal_draws.shortfall > 0
),

known_targets as (
    select before_period, after_period, unit, target, count(diverted) as n_diverted
    from target_draws
    group by before_period, after_period, unit, target
),

all_targets as (
    select
        before_period, after_period, unit, draw_id,
        sum(cast(round(diverted, 12) as decimal(38, 12))) as diverted_sum,
        count(diverted) as n_targets,
        max(case when target = 'offshore' then 1 else 0 end) as has_offshore
    from target_draws
    group by before_period, after_period, unit, draw_id
),

target_ratios as (
    select
        before_period, after_period, unit, target, whole, diverted
    from target_draws
    union all
    select before_period, after_period, unit, 'nothing' as target, cast(null as double) as whole,
        case when n_targets >= 2 then 1 - cast(diverted_sum as double) end as diverted
    from all_targets
),

intervals as (
    select
        before_period,
        after_period,
        unit,
        target,
        quantile_disc(diverted, 0.05) as diversion_p05,
        quantile_disc(diverted, 0.5) as diversion_p50,
        quantile_disc(diverted, 0.95) as diversion_p95,
        quantile_disc(whole, 0.05) as set_p05,
        quantile_disc(whole, 0.5) as set_p50,
        quantile_disc(whole, 0.95) as set_p95
    from target_ratios
    group by before_period, after_period, unit, target
),

lines as (
    select windows.rule_id, windows.bite_date, windows.before_period, windows.after_period, units.unit, named.target
    from windows
    cross join units
    cross join (
        select target
        from targets
        union all
        select 'nothing' as target
    ) as named
),

half_year_rows as (
    select
        lines.rule_id,
        'half_years' as diversion_basis,
        lines.unit,
        lines.target,
        lines.bite_date,
        lines.before_period,
        lines.after_period,
        false as is_window_mismatched,
        coalesce(others.n_window_rules, 0) as n_window_rules,
        shortfalls.positive_share,
        intervals.diversion_p05,
        intervals.diversion_p50,
        intervals.diversion_p95,
        case when intervals.set_p50 is not null then 0 end as set_lower,
        intervals.set_p05,
        intervals.set_p50,
        intervals.set_p95,
        cast(null as double) as set_upper_at_floor,
        false as is_open_above,
        case
            when shortfalls.positive_share is null then 'no_data'
            when shortfalls.positive_share < 0.95 then 'shortfall_not_positive'
            when intervals.diversion_p50 is not null then 'estimated'
            when intervals.set_p50 is not null then 'identified_set'
            else 'no_data'
        end as diversion_status,
        case
            when shortfalls.positive_share is null then 'no_licensed_figure'
            when shortfalls.positive_share < 0.95 then 'shortfall_not_positive'
            when intervals.diversion_p50 is null and intervals.set_p50 is null then 'no_claim'
        end as absence_reason
    from lines
    left join others on lines.rule_id = others.rule_id
    left join shortfalls
        on lines.before_period = shortfalls.before_period
        and lines.after_period = shortfalls.after_period
        and lines.unit = shortfalls.unit
    left join intervals
        on lines.before_period = intervals.before_period
        and lines.after_period = intervals.after_period
        and lines.unit = intervals.unit
        and lines.target = intervals.target
),

claim_rows as (
    select
        windows.rule_id,
        'claims' as diversion_basis,
        answers.unit_of_account as unit,
        'smuggled' as target,
        windows.bite_date,
        windows.before_period,
        windows.after_period,
        true as is_window_mismatched,
        coalesce(others.n_window_rules, 0) as n_window_rules,
        cast(1 as double) as positive_share,
        cast(null as double) as diversion_p05,
        cast(null as double) as diversion_p50,
        cast(null as double) as diversion_p95,
        case when answers.answer_p50 is not null then 0 end as set_lower,
        answers.answer_p05 as set_p05,
        answers.answer_p50 as set_p50,
        answers.answer_p95 as set_p95,
        answers.answer_at_floor as set_upper_at_floor,
        true as is_open_above,
        case when answers.answer_p50 is null then 'no_data' else 'identified_set' end as diversion_status,
        answers.absence_reason
    from windows
    left join others on windows.rule_id = others.rule_id
    inner join answers on answers.answer_id like 'diversion-upper-h20-2025-%'
    where windows.rule_id = 'us_usg_h20_mi308_letters_2025'
),

found as (
    select rule_id, diversion_basis, unit, target, bite_date, before_period, after_period, is_window_mismatched, n_window_rules,
        positive_share, diversion_p05, diversion_p50, diversion_p95, set_lower, set_p05, set_p50, set_p95, set_upper_at_floor,
        is_open_above, diversion_status, absence_reason
    from half_year_rows
    union all
    select rule_id, diversion_basis, unit, target, bite_date, before_period, after_period, is_window_mismatched, n_window_rules,
        positive_share, diversion_p05, diversion_p50, diversion_p95, set_lower, set_p05, set_p50, set_p95, set_upper_at_floor,
        is_open_above, diversion_status, absence_reason
    from claim_rows
)

select
    cast(rule_id as VARCHAR) as rule_id,
    cast(diversion_basis as VARCHAR) as diversion_basis,
    cast(unit as VARCHAR) as unit_of_account,
    cast(target as VARCHAR) as diversion_target,
    cast(bite_date as DATE) as rule_bite_date,
    cast(before_period as VARCHAR) as before_period,
    cast(after_period as VARCHAR) as after_period,
    cast(is_window_mismatched as BOOLEAN) as is_window_mismatched,
    cast(n_window_rules as BIGINT) as n_window_rules,
    cast(positive_share as DOUBLE) as positive_shortfall_share,
    cast(diversion_p05 as DOUBLE) as diversion_p05,
    cast(diversion_p50 as DOUBLE) as diversion_p50,
    cast(diversion_p95 as DOUBLE) as diversion_p95,
    cast(set_lower as DOUBLE) as set_lower,
    cast(set_p05 as DOUBLE) as set_upper_p05,
    cast(set_p50 as DOUBLE) as set_upper_p50,
    cast(set_p95 as DOUBLE) as set_upper_p95,
    cast(set_upper_at_floor as DOUBLE) as set_upper_at_floor,
    cast(is_open_above as BOOLEAN) as is_open_above,
    cast(diversion_status as VARCHAR) as diversion_status,
    cast(
        case
            when diversion_p50 > 1 and target <> 'nothing'
                then 'above 1: the target rose by more than licensed supply fell, so it grew for other reasons as well'
            when diversion_p50 < 0 and target <> 'nothing' then 'below 0: the target fell together with licensed supply'
            when diversion_p50 < 0 then 'below 0: the targets together rose by more than licensed supply fell'
            when diversion_p50 > 1 then 'above 1: the targets together fell'
            when set_p50 > 1 and diversion_p50 is null then 'above 1: the whole of the target is more than the shortfall'
        end as VARCHAR
    ) as ratio_reading,
    cast(absence_reason as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast(case when diversion_status = 'estimated' then 'descriptive' else 'accounting' end as VARCHAR) as evidence_label
from found
