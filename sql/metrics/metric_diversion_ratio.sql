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
    select quantity_id, channel, period_id, unit
    from quantities
    where quantity_kind = 'cell' and quantity_series = 'backbone'
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

window_units as (
    select
        pairs.before_period, pairs.after_period, pairs.direction, units.unit,
        max(case when divisions.target = 'smuggled' and divisions.is_flat_by_allocation then 1 else 0 end) = 1 as is_smuggled_flat,
        max(case when divisions.target = 'domestic' and divisions.is_flat_by_allocation then 1 else 0 end) = 1 as is_domestic_flat,
        max(case when divisions.target = 'offshore' and divisions.is_flat_by_allocation then 1 else 0 end) = 1 as is_offshore_flat,
        row_number() over (order by pairs.before_period, pairs.after_period, pairs.direction, units.unit) as window_no
    from pairs
    cross join units
    inner join divisions
        on pairs.before_period = divisions.before_period
        and pairs.after_period = divisions.after_period
        and pairs.direction = divisions.direction
        and units.unit = divisions.unit
    group by pairs.before_period, pairs.after_period, pairs.direction, units.unit
),

roles as (
    select window_units.window_no, cells.quantity_id, cells.channel || '_before' as role
    from window_units
    inner join cells on window_units.before_period = cells.period_id and window_units.unit = cells.unit
    union all
    select window_units.window_no, cells.quantity_id, cells.channel || '_after' as role
    from window_units
    inner join cells on window_units.after_period = cells.period_id and window_units.unit = cells.unit
),

window_draws as (
    select
        roles.window_no,
        max(case when roles.role = 'legal_before' then draws.draw_amount end) as licensed_before,
        max(case when roles.role = 'legal_after' then draws.draw_amount end) as licensed_after,
        max(case when roles.role = 'smuggled_before' then draws.draw_amount end) as smuggled_before,
        max(case when roles.role = 'smuggled_after' then draws.draw_amount end) as smuggled_after,
        max(case when roles.role = 'domestic_before' then draws.draw_amount end) as domestic_before,
        max(case when roles.role = 'domestic_after' then draws.draw_amount end) as domestic_after,
        max(case when roles.role = 'offshore_before' then draws.draw_amount end) as offshore_before,
        max(case when roles.role = 'offshore_after' then draws.draw_amount end) as offshore_after
    from roles
    inner join draws on roles.quantity_id = draws.quantity_id
    group by roles.window_no, draws.draw_id
),

changes as (
    select
        window_draws.window_no, window_units.direction, window_units.is_smuggled_flat, window_units.is_domestic_flat,
        window_units.is_offshore_flat, window_draws.smuggled_before, window_draws.smuggled_after, window_draws.domestic_before,
        window_draws.domestic_after, window_draws.offshore_before, window_draws.offshore_after,
        case
            when window_units.direction = 'tighten' then window_draws.licensed_before - window_draws.licensed_after
            else window_draws.licensed_after - window_draws.licensed_before
        end as licensed_change
    from window_draws
    inner join window_units on window_draws.window_no = window_units.window_no
    where window_draws.licensed_before is not null and window_draws.licensed_after is not null
),

positive_shares as (
    select window_no,
        cast(count(case when licensed_change > 0 then 1 end) as double) / cast(count(*) as double) as positive_share
    from changes
    group by window_no
),

amounts as (
    select
        window_no,
        licensed_change,
        case when direction = 'tighten' then smuggled_after else smuggled_before end as smuggled_whole,
        case when direction = 'tighten' then domestic_after else domestic_before end as domestic_whole,
        case when direction = 'tighten' then offshore_after else offshore_before end as offshore_whole,
        case
            when is_smuggled_flat then null
            when direction = 'tighten' then smuggled_after - smuggled_before
            else smuggled_before - smuggled_after
        end as smuggled_diverted,
        case
            when is_domestic_flat then null
            when direction = 'tighten' then domestic_after - domestic_before
            else domestic_before - domestic_after
        end as domestic_diverted,
        case
            when is_offshore_flat then null
            when direction = 'tighten' then offshore_after - offshore_before
            else offshore_before - offshore_after
        end as offshore_diverted
    from changes
    where licensed_change > 0 and window_no in (select window_no from positive_shares where positive_share >= 0.95)
),

ratios as (
    select
        window_no,
        cast(smuggled_whole as double) / cast(licensed_change as double) as smuggled_whole,
        cast(smuggled_diverted as double) / cast(licensed_change as double) as smuggled_diverted,
        cast(domestic_whole as double) / cast(licensed_change as double) as domestic_whole,
        cast(domestic_diverted as double) / cast(licensed_change as double) as domestic_diverted,
        cast(offshore_whole as double) / cast(licensed_change as double) as offshore_whole,
        cast(offshore_diverted as double) / cast(licensed_change as double) as offshore_diverted
    from amounts
),

with_nothing as (
    select
        window_no, smuggled_whole, smuggled_diverted, domestic_whole, domestic_diverted, offshore_whole, offshore_diverted,
        case
            when case when smuggled_diverted is null then 0 else 1 end + case when domestic_diverted is null then 0 else 1 end
                + case when offshore_diverted is null then 0 else 1 end >= 2
                then 1 - cast(
                    coalesce(cast(round(smuggled_diverted, 12) as decimal(38, 12)), 0)
                    + coalesce(cast(round(domestic_diverted, 12) as decimal(38, 12)), 0)
                    + coalesce(cast(round(offshore_diverted, 12) as decimal(38, 12)), 0) as double
                )
        end as nothing_diverted
    from ratios
),

window_intervals as (
    select
        window_no,
        count(smuggled_diverted) as n_smuggled,
        count(domestic_diverted) as n_domestic,
        count(offshore_diverted) as n_offshore,
        quantile_disc(smuggled_diverted, 0.05) as smuggled_diverted_p05,
        quantile_disc(smuggled_diverted, 0.5) as smuggled_diverted_p50,
        quantile_disc(smuggled_diverted, 0.95) as smuggled_diverted_p95,
        quantile_disc(smuggled_whole, 0.05) as smuggled_whole_p05,
        quantile_disc(smuggled_whole, 0.5) as smuggled_whole_p50,
        quantile_disc(smuggled_whole, 0.95) as smuggled_whole_p95,
        quantile_disc(domestic_diverted, 0.05) as domestic_diverted_p05,
        quantile_disc(domestic_diverted, 0.5) as domestic_diverted_p50,
        quantile_disc(domestic_diverted, 0.95) as domestic_diverted_p95,
        quantile_disc(domestic_whole, 0.05) as domestic_whole_p05,
        quantile_disc(domestic_whole, 0.5) as domestic_whole_p50,
        quantile_disc(domestic_whole, 0.95) as domestic_whole_p95,
        quantile_disc(offshore_diverted, 0.05) as offshore_diverted_p05,
        quantile_disc(offshore_diverted, 0.5) as offshore_diverted_p50,
        quantile_disc(offshore_diverted, 0.95) as offshore_diverted_p95,
        quantile_disc(offshore_whole, 0.05) as offshore_whole_p05,
        quantile_disc(offshore_whole, 0.5) as offshore_whole_p50,
        quantile_disc(offshore_whole, 0.95) as offshore_whole_p95,
        quantile_disc(nothing_diverted, 0.05) as nothing_diverted_p05,
        quantile_disc(nothing_diverted, 0.5) as nothing_diverted_p50,
        quantile_disc(nothing_diverted, 0.95) as nothing_diverted_p95
    from with_nothing
    group by window_no
),

target_intervals as (
    select window_no, 'smuggled' as target, n_smuggled as n_diverted, smuggled_diverted_p05 as diversion_p05, smuggled_diverted_p50 as diversion_p50,
        smuggled_diverted_p95 as diversion_p95, smuggled_whole_p05 as set_p05, smuggled_whole_p50 as set_p50, smuggled_whole_p95 as set_p95
    from window_intervals
    union all
    select window_no, 'domestic', n_domestic, domestic_diverted_p05, domestic_diverted_p50, domestic_diverted_p95, domestic_whole_p05, domestic_whole_p50,
        domestic_whole_p95
    from window_intervals
    union all
    select window_no, 'offshore', n_offshore, offshore_diverted_p05, offshore_diverted_p50, offshore_diverted_p95, offshore_whole_p05, offshore_whole_p50,
        offshore_whole_p95
    from window_intervals
    union all
    select window_no, 'nothing', 0, nothing_diverted_p05, nothing_diverted_p50, nothing_diverted_p95, null, null, null
    from window_intervals
),

shortfalls as (
    select window_units.before_period, window_units.after_period, window_units.direction, window_units.unit, positive_shares.positive_share
    from window_units
    inner join positive_shares on window_units.window_no = positive_shares.window_no
),

intervals as (
    select window_units.before_period, window_units.after_period, window_units.direction, window_units.unit, found.target,
        found.n_diverted, found.diversion_p05, found.diversion_p50, found.diversion_p95, found.set_p05, found.set_p50, found.set_p95
    from window_units
    inner join target_intervals as found on window_units.window_no = found.window_no
),

counted as (
    select
        intervals.before_period,
        intervals.after_period,
        intervals.direction,
        intervals.unit,
        string_agg(intervals.target, ';' order by intervals.target) as counted_targets,
        max(case when divisions.is_allocated then 1 else 0 end) = 1 as is_allocated
    from intervals
    inner join divisions
        on intervals.before_period = divisions.before_period
        and intervals.after_period = divisions.after_period
        and intervals.direction = divisions.direction
        and intervals.unit = divisions.unit
        and intervals.target = divisions.target
    where intervals.n_diverted > 0
    group by intervals.before_period, intervals.after_period, intervals.direction, intervals.unit
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
