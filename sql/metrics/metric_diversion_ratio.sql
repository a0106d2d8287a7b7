-- One row per rule on AI chips for China, unit, target and basis (C5): diversion ratio, or the set that is identified.
-- From metrics.metric_rule_window and metrics.fact_draw, draw by draw: (after - before) of the target over (before - after) of licensed
-- supply; for a rule that loosens the same with both signs turned, so that the ratio says what gave way to licensed supply. Where what
-- would have happened anyway is unknown, only the set from 0 to the whole of the target over the change of licensed supply is given.
-- Two halves of one year that are a year's figure divided (by days, or flat quarters) show no change by construction: no ratio; halves of two
-- such years show a step that is dated by the division alone.
-- A window with another licence rule inside describes the window, not the rule: not_separable. Ratios are not cut at 0 or 1.

with
windows as (select * from metrics.metric_rule_window),

supply as (select * from metrics.metric_channel_supply),

quantities as (select * from metrics.metric_quantity),

draws as (select * from metrics.fact_draw),

answers as (select * from metrics.metric_answer),

pairs as (select distinct before_period, after_period, direction from windows),

cells as (
    select quantities.channel, quantities.period_id, quantities.unit, draws.draw_id, draws.draw_amount
    from quantities
    inner join (
        select before_period as period_id
        from pairs
        union
        select after_period as period_id
        from pairs
    ) as periods
        on quantities.period_id = periods.period_id
    inner join draws on quantities.quantity_id = draws.quantity_id
    where quantities.quantity_kind = 'cell' and quantities.quantity_series = 'backbone'
),

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

flat_years as (
    select
        channel,
        unit_of_account,
        left(period_id, 4) as year_id,
        count(*) = 2 and min(central_amount) = max(central_amount) and min(central_amount) > 0 as is_flat
    from supply
    where series_kind = 'backbone' and period_id like '%H_' and central_amount is not null
    group by channel, unit_of_account, left(period_id, 4)
),

divided as (
    select supply.channel, supply.unit_of_account as unit, supply.period_id,
        coalesce(supply.allocations like '%allocated%', false) or flat_years.is_flat as is_divided
    from supply
    inner join flat_years
        on supply.channel = flat_years.channel
        and supply.unit_of_account = flat_years.unit_of_account
        and left(supply.period_id, 4) = flat_years.year_id
    where supply.series_kind = 'backbone' and supply.period_id like '%H_' and supply.central_amount is not null
),

divisions as (
    select
        pairs.before_period,
        pairs.after_period,
        pairs.direction,
        units.unit,
        targets.target,
        coalesce(befores.is_divided, false) or coalesce(afters.is_divided, false) as is_allocated,
        left(pairs.before_period, 4) = left(pairs.after_period, 4)
            and coalesce(befores.is_divided, false)
            and coalesce(afters.is_divided, false) as is_flat_by_allocation
    from pairs
    cross join units
    cross join targets
    left join divided as befores
        on targets.target = befores.channel and units.unit = befores.unit and pairs.before_period = befores.period_id
    left join divided as afters
        on targets.target = afters.channel and units.unit = afters.unit and pairs.after_period = afters.period_id
),

legal_draws as (
    select pairs.before_period, pairs.after_period, pairs.direction, units.unit, befores.draw_id,
        case
            when pairs.direction = 'tighten' then befores.draw_amount - afters.draw_amount
            else afters.draw_amount - befores.draw_amount
        end as licensed_change
    from pairs
    cross join units
    inner join cells as befores
        on befores.channel = 'legal' and befores.period_id = pairs.before_period and befores.unit = units.unit
    inner join cells as afters
        on afters.channel = 'legal'
        and afters.period_id = pairs.after_period
        and afters.unit = units.unit
        and befores.draw_id = afters.draw_id
),

shortfalls as (
    select before_period, after_period, direction, unit,
        cast(count(case when licensed_change > 0 then 1 end) as double) / cast(count(*) as double) as positive_share
    from legal_draws
    group by before_period, after_period, direction, unit
),

target_amounts as (
    select
        legal_draws.before_period,
        legal_draws.after_period,
        legal_draws.direction,
        legal_draws.unit,
        targets.target,
        legal_draws.draw_id,
        legal_draws.licensed_change,
        case when legal_draws.direction = 'tighten' then afters.draw_amount else befores.draw_amount end as whole_amount,
        case
            when divisions.is_flat_by_allocation then null
            when legal_draws.direction = 'tighten' then afters.draw_amount - befores.draw_amount
            else befores.draw_amount - afters.draw_amount
        end as diverted_amount
    from legal_draws
    inner join shortfalls
        on legal_draws.before_period = shortfalls.before_period
        and legal_draws.after_period = shortfalls.after_period
        and legal_draws.direction = shortfalls.direction
        and legal_draws.unit = shortfalls.unit
    cross join targets
    inner join divisions
        on legal_draws.before_period = divisions.before_period
        and legal_draws.after_period = divisions.after_period
        and legal_draws.direction = divisions.direction
        and legal_draws.unit = divisions.unit
        and targets.target = divisions.target
    left join cells as afters
        on afters.channel = targets.target
        and afters.period_id = legal_draws.after_period
        and afters.unit = legal_draws.unit
        and legal_draws.draw_id = afters.draw_id
    left join cells as befores
        on befores.channel = targets.target
        and befores.period_id = legal_draws.before_period
        and befores.unit = legal_draws.unit
        and legal_draws.draw_id = befores.draw_id
    where shortfalls.positive_share >= 0.95 and legal_draws.licensed_change > 0
),

target_draws as (
    select
        before_period, after_period, direction, unit, target, draw_id,
        cast(whole_amount as double) / cast(licensed_change as double) as whole,
        cast(diverted_amount as double) / cast(licensed_change as double) as diverted
    from target_amounts
    where whole_amount is not null
),

counted as (
    select
        known.before_period,
        known.after_period,
        known.direction,
        known.unit,
        string_agg(known.target, ';' order by known.target) as counted_targets,
        max(case when divisions.is_allocated then 1 else 0 end) = 1 as is_allocated
    from (
        select distinct before_period, after_period, direction, unit, target
        from target_draws
        where diverted is not null
    ) as known
    inner join divisions
        on known.before_period = divisions.before_period
        and known.after_period = divisions.after_period
        and known.direction = divisions.direction
        and known.unit = divisions.unit
        and known.target = divisions.target
    group by known.before_period, known.after_period, known.direction, known.unit
),

all_targets as (
    select
        before_period, after_period, direction, unit, draw_id,
        sum(cast(round(diverted, 12) as decimal(38, 12))) as diverted_sum,
        count(diverted) as n_targets
    from target_draws
    group by before_period, after_period, direction, unit, draw_id
),

target_ratios as (
    select before_period, after_period, direction, unit, target, whole, diverted
    from target_draws
    union all
    select before_period, after_period, direction, unit, 'nothing' as target, cast(null as double) as whole,
        case when n_targets >= 2 then 1 - cast(diverted_sum as double) end as diverted
    from all_targets
),

intervals as (
    select
        before_period,
        after_period,
        direction,
        unit,
        target,
        quantile_disc(diverted, 0.05) as diversion_p05,
        quantile_disc(diverted, 0.5) as diversion_p50,
        quantile_disc(diverted, 0.95) as diversion_p95,
        quantile_disc(whole, 0.05) as set_p05,
        quantile_disc(whole, 0.5) as set_p50,
        quantile_disc(whole, 0.95) as set_p95
    from target_ratios
    group by before_period, after_period, direction, unit, target
),

lines as (
    select
        windows.rule_id, windows.rule_bite_date, windows.direction, windows.is_licence_rule, windows.before_period,
        windows.after_period, windows.window_form, windows.n_window_rules, windows.n_licence_rules, units.unit, named.target
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
        lines.rule_bite_date,
        lines.direction,
        lines.before_period,
        lines.after_period,
        lines.window_form,
        false as is_window_mismatched,
        lines.n_window_rules,
        lines.n_licence_rules,
        shortfalls.positive_share,
        coalesce(case when lines.target = 'nothing' then counted.is_allocated else divisions.is_allocated end, false)
            as is_allocated,
        case when lines.target = 'nothing' and intervals.diversion_p50 is not null then counted.counted_targets end
            as counted_targets,
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
            when shortfalls.positive_share < 0.95 and lines.direction = 'loosen' then 'licensed_did_not_rise'
            when shortfalls.positive_share < 0.95 then 'shortfall_not_positive'
            when intervals.diversion_p50 is null and intervals.set_p50 is null then 'no_data'
            when coalesce(divisions.is_flat_by_allocation, false) then 'allocated_no_change_seen'
            when lines.n_licence_rules > 0 then 'not_separable'
            when intervals.diversion_p50 is not null
                and coalesce(case when lines.target = 'nothing' then counted.is_allocated else divisions.is_allocated end, false)
                then 'allocated_step'
            when intervals.diversion_p50 is not null then 'estimated'
            else 'identified_set'
        end as diversion_status,
        case
            when shortfalls.positive_share is null then 'no_licensed_figure'
            when shortfalls.positive_share < 0.95 and lines.direction = 'loosen' then 'licensed_did_not_rise'
            when shortfalls.positive_share < 0.95 then 'shortfall_not_positive'
            when intervals.diversion_p50 is null and intervals.set_p50 is null and lines.target = 'nothing'
                then 'fewer_than_two_targets'
            when intervals.diversion_p50 is null and intervals.set_p50 is null then 'no_claim'
        end as absence_reason
    from lines
    left join divisions
        on lines.before_period = divisions.before_period
        and lines.after_period = divisions.after_period
        and lines.direction = divisions.direction
        and lines.unit = divisions.unit
        and lines.target = divisions.target
    left join shortfalls
        on lines.before_period = shortfalls.before_period
        and lines.after_period = shortfalls.after_period
        and lines.direction = shortfalls.direction
        and lines.unit = shortfalls.unit
    left join counted
        on lines.before_period = counted.before_period
        and lines.after_period = counted.after_period
        and lines.direction = counted.direction
        and lines.unit = counted.unit
    left join intervals
        on lines.before_period = intervals.before_period
        and lines.after_period = intervals.after_period
        and lines.direction = intervals.direction
        and lines.unit = intervals.unit
        and lines.target = intervals.target
),

claim_rows as (
    select
        windows.rule_id,
        'claims' as diversion_basis,
        answers.unit_of_account as unit,
        'smuggled' as target,
        windows.rule_bite_date,
        windows.direction,
        windows.before_period,
        windows.after_period,
        windows.window_form,
        true as is_window_mismatched,
        windows.n_window_rules,
        windows.n_licence_rules,
        cast(1 as double) as positive_share,
        false as is_allocated,
        cast(null as varchar) as counted_targets,
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
    inner join answers on answers.answer_id like 'diversion-upper-h20-2025-%'
    where windows.rule_id = 'us_usg_h20_mi308_letters_2025'
),

found as (
    select rule_id, diversion_basis, unit, target, rule_bite_date, direction, before_period, after_period, window_form,
        is_window_mismatched, n_window_rules, n_licence_rules, positive_share, is_allocated, counted_targets, diversion_p05,
        diversion_p50, diversion_p95, set_lower, set_p05, set_p50, set_p95, set_upper_at_floor, is_open_above, diversion_status,
        absence_reason
    from half_year_rows
    union all
    select rule_id, diversion_basis, unit, target, rule_bite_date, direction, before_period, after_period, window_form,
        is_window_mismatched, n_window_rules, n_licence_rules, positive_share, is_allocated, counted_targets, diversion_p05,
        diversion_p50, diversion_p95, set_lower, set_p05, set_p50, set_p95, set_upper_at_floor, is_open_above, diversion_status,
        absence_reason
    from claim_rows
)

select
    cast(rule_id as VARCHAR) as rule_id,
    cast(diversion_basis as VARCHAR) as diversion_basis,
    cast(unit as VARCHAR) as unit_of_account,
    cast(target as VARCHAR) as diversion_target,
    cast(rule_bite_date as DATE) as rule_bite_date,
    cast(direction as VARCHAR) as direction,
    cast(before_period as VARCHAR) as before_period,
    cast(after_period as VARCHAR) as after_period,
    cast(window_form as VARCHAR) as window_form,
    cast(is_window_mismatched as BOOLEAN) as is_window_mismatched,
    cast(n_window_rules as BIGINT) as n_window_rules,
    cast(n_licence_rules as BIGINT) as n_licence_rules,
    cast(positive_share as DOUBLE) as positive_shortfall_share,
    cast(is_allocated as BOOLEAN) as is_allocated,
    cast(counted_targets as VARCHAR) as counted_targets,
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
            when direction = 'loosen' and (diversion_p50 < 0 or diversion_p50 > 1)
                then 'outside 0 to 1: the change of the target is not that of licensed supply with its sign turned'
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
    cast(
        case when diversion_status in ('estimated', 'allocated_step', 'not_separable') then 'descriptive' else 'accounting' end as VARCHAR
    ) as evidence_label
from found
