-- One row per pair of neighbouring half-years, unit and version of availability (C6): arc elasticity of smuggled quantity, draw by draw.
-- From metrics.fact_draw and the dates of the H20 rules. announced and licensed: share of days outside the stop, which ends with the
-- announcement or with the first licences; delivered: licensed deliveries over those of the second half of 2024, the largest before
-- the stop. Without a change of availability there is no elasticity.

with
rules as (select * from core.fact_rule_change),

quantities as (select * from metrics.metric_quantity),

draws as (select * from metrics.fact_draw),

stops as (
    select
        max(case when rule_id = 'us_usg_h20_mi308_letters_2025' then bite_date end) as stop_date,
        max(case when rule_id = 'us_usg_h20_resumption_2025' then announced_date end) as announced_date,
        max(case when rule_id = 'us_usg_h20_resumption_2025' then bite_date end) as licensed_date
    from rules
),

halves as (
    select '2024H1' as period_id, 1 as half_no, cast('2024-01-01' as date) as half_start, cast('2024-06-30' as date) as half_end
    union all
    select '2024H2', 2, cast('2024-07-01' as date), cast('2024-12-31' as date)
    union all
    select '2025H1', 3, cast('2025-01-01' as date), cast('2025-06-30' as date)
    union all
    select '2025H2', 4, cast('2025-07-01' as date), cast('2025-12-31' as date)
),

versions as (
    select 'announced' as availability_version, stop_date, announced_date as open_date
    from stops
    union all
    select 'licensed' as availability_version, stop_date, licensed_date as open_date
    from stops
),

closed as (
    select
        halves.period_id,
        versions.availability_version,
        cast(halves.half_end - halves.half_start as bigint) + 1 as n_days,
        case
            when versions.stop_date is null or versions.stop_date > halves.half_end then 0
            when versions.open_date is not null and versions.open_date <= halves.half_start then 0
            else cast(
                case when versions.open_date is null or versions.open_date > halves.half_end
                    then halves.half_end + 1 else versions.open_date end
                - case when versions.stop_date > halves.half_start then versions.stop_date else halves.half_start end as bigint
            )
        end as n_closed
    from halves
    cross join versions
),

open_shares as (
    select period_id, availability_version, 1 - cast(n_closed as double) / cast(n_days as double) as availability
    from closed
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

cell_draws as (
    select quantities.channel, quantities.period_id, quantities.unit, draws.draw_id, cast(draws.draw_amount as double) as amount
    from quantities
    inner join draws on quantities.quantity_id = draws.quantity_id
    where quantities.quantity_kind = 'cell'
        and quantities.quantity_series = 'backbone'
        and quantities.channel in ('legal', 'smuggled')
        and quantities.period_id in ('2024H1', '2024H2', '2025H1', '2025H2')
),

delivered as (
    select own.period_id, own.unit, own.draw_id, own.amount / nullif(base.amount, 0) as availability
    from cell_draws as own
    inner join cell_draws as base
        on base.channel = 'legal' and base.period_id = '2024H2' and own.unit = base.unit and own.draw_id = base.draw_id
    where own.channel = 'legal'
),

pairs as (
    select befores.period_id as before_period, afters.period_id as after_period
    from halves as befores
    inner join halves as afters on befores.half_no + 1 = afters.half_no
),

smuggled as (
    select pairs.before_period, pairs.after_period, befores.unit, befores.draw_id, befores.amount as before_amount,
        afters.amount as after_amount
    from pairs
    inner join cell_draws as befores on befores.channel = 'smuggled' and pairs.before_period = befores.period_id
    inner join cell_draws as afters
        on afters.channel = 'smuggled'
        and pairs.after_period = afters.period_id
        and befores.unit = afters.unit
        and befores.draw_id = afters.draw_id
),

with_availability as (
    select
        smuggled.before_period, smuggled.after_period, smuggled.unit, smuggled.before_amount, smuggled.after_amount,
        open_before.availability_version, open_before.availability as availability_before,
        open_after.availability as availability_after
    from smuggled
    inner join open_shares as open_before on smuggled.before_period = open_before.period_id
    inner join open_shares as open_after
        on smuggled.after_period = open_after.period_id
        and open_before.availability_version = open_after.availability_version
    union all
    select
        smuggled.before_period, smuggled.after_period, smuggled.unit, smuggled.before_amount, smuggled.after_amount,
        'delivered' as availability_version, delivered_before.availability as availability_before,
        delivered_after.availability as availability_after
    from smuggled
    inner join delivered as delivered_before
        on smuggled.before_period = delivered_before.period_id
        and smuggled.unit = delivered_before.unit
        and smuggled.draw_id = delivered_before.draw_id
    inner join delivered as delivered_after
        on smuggled.after_period = delivered_after.period_id
        and smuggled.unit = delivered_after.unit
        and smuggled.draw_id = delivered_after.draw_id
),

elasticities as (
    select
        before_period,
        after_period,
        unit,
        availability_version,
        availability_before,
        availability_after,
        case
            when availability_before <> availability_after and before_amount + after_amount > 0
                then (2 * (after_amount - before_amount) / (before_amount + after_amount))
                    / (2 * (availability_after - availability_before) / (availability_before + availability_after))
        end as arc,
        case
            when (availability_before = 0 or availability_after = 0) and availability_before <> availability_after
                and before_amount > 0 and after_amount > 0
                then ln(after_amount / before_amount) / (availability_after - availability_before)
        end as semi_slope
    from with_availability
),

intervals as (
    select
        before_period,
        after_period,
        unit,
        availability_version,
        quantile_disc(availability_before, 0.5) as availability_before,
        quantile_disc(availability_after, 0.5) as availability_after,
        quantile_disc(arc, 0.05) as arc_p05,
        quantile_disc(arc, 0.5) as arc_p50,
        quantile_disc(arc, 0.95) as arc_p95,
        quantile_disc(semi_slope, 0.5) as semi_p50
    from elasticities
    group by before_period, after_period, unit, availability_version
),

lines as (
    select pairs.before_period, pairs.after_period, units.unit, kinds.availability_version
    from pairs
    cross join units
    cross join (
        select 'announced' as availability_version
        union all
        select 'licensed' as availability_version
        union all
        select 'delivered' as availability_version
    ) as kinds
)

select
    cast(lines.before_period as VARCHAR) as before_period,
    cast(lines.after_period as VARCHAR) as after_period,
    cast(lines.unit as VARCHAR) as unit_of_account,
    cast(lines.availability_version as VARCHAR) as availability_version,
    cast(intervals.availability_before as DOUBLE) as availability_before,
    cast(intervals.availability_after as DOUBLE) as availability_after,
    cast(intervals.arc_p05 as DOUBLE) as arc_p05,
    cast(intervals.arc_p50 as DOUBLE) as arc_p50,
    cast(intervals.arc_p95 as DOUBLE) as arc_p95,
    cast(intervals.semi_p50 as DOUBLE) as semi_p50,
    cast(
        case
            when intervals.arc_p50 is not null then null
            when intervals.availability_before is null then 'no_data'
            else 'no_change_in_availability'
        end as VARCHAR
    ) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from lines
left join intervals
    on lines.before_period = intervals.before_period
    and lines.unit = intervals.unit
    and lines.availability_version = intervals.availability_version
