-- One row per pair of neighbouring half-years, unit, version of availability and form (C6): elasticity of smuggled quantity, draw by draw.
-- From metrics.fact_draw and the dates of the H20 rules. announced and licensed: share of days outside the stop, which ends with the
-- announcement or with the first licences; delivered: licensed deliveries over those of the largest half-year before the stop.
-- Without a change of availability there is no elasticity. The half-years are those with a smuggled figure. A panel regression needs three
-- chips and eight periods: its row says how many there are.

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

periods as (
    select
        period_id,
        cast(left(period_id, 4) as bigint) * 2 + case when right(period_id, 2) = 'H1' then 0 else 1 end as half_no,
        count(distinct channel_part) as n_chips
    from quantities
    where quantity_kind = 'cell' and quantity_series = 'backbone' and channel = 'smuggled' and period_id like '%H_'
    group by period_id
),

halves as (
    select
        period_id,
        half_no,
        cast(left(period_id, 4) || case when half_no % 2 = 0 then '-01-01' else '-07-01' end as date) as half_start,
        cast(left(period_id, 4) || case when half_no % 2 = 0 then '-06-30' else '-12-31' end as date) as half_end
    from periods
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

cells as (
    select quantity_id, channel, period_id, unit
    from quantities
    where quantity_kind = 'cell'
        and quantity_series = 'backbone'
        and channel in ('legal', 'smuggled')
        and period_id like '%H_'
),

licensed_halves as (
    select
        quantities.unit,
        quantities.period_id,
        row_number() over (
            partition by quantities.unit
            order by
                case
                    when cast(
                        left(quantities.period_id, 4)
                        || case when right(quantities.period_id, 2) = 'H1' then '-06-30' else '-12-31' end as date
                    ) < stops.stop_date then 0
                    else 1
                end,
                quantities.draw_p50 desc,
                quantities.period_id desc
        ) as place
    from quantities
    cross join stops
    where quantities.quantity_kind = 'cell'
        and quantities.quantity_series = 'backbone'
        and quantities.channel = 'legal'
        and quantities.period_id like '%H_'
),

pairs as (
    select befores.period_id as before_period, afters.period_id as after_period
    from halves as befores
    inner join halves as afters on befores.half_no + 1 = afters.half_no
),

panel as (
    select count(*) as n_periods, max(n_chips) as n_chips, min(period_id) as first_period, max(period_id) as last_period
    from periods
),

smuggled_pairs as (
    select pairs.before_period, pairs.after_period, befores.unit,
        row_number() over (order by pairs.before_period, befores.unit) as pair_no
    from pairs
    inner join cells as befores on befores.channel = 'smuggled' and pairs.before_period = befores.period_id
    inner join cells as afters
        on afters.channel = 'smuggled' and pairs.after_period = afters.period_id and befores.unit = afters.unit
),

roles as (
    select smuggled_pairs.pair_no, cells.quantity_id, 'smuggled_before' as role
    from smuggled_pairs
    inner join cells
        on cells.channel = 'smuggled' and smuggled_pairs.before_period = cells.period_id and smuggled_pairs.unit = cells.unit
    union all
    select smuggled_pairs.pair_no, cells.quantity_id, 'smuggled_after' as role
    from smuggled_pairs
    inner join cells
        on cells.channel = 'smuggled' and smuggled_pairs.after_period = cells.period_id and smuggled_pairs.unit = cells.unit
    union all
    select smuggled_pairs.pair_no, cells.quantity_id, 'licensed_before' as role
    from smuggled_pairs
    inner join cells on cells.channel = 'legal' and smuggled_pairs.before_period = cells.period_id and smuggled_pairs.unit = cells.unit
    union all
    select smuggled_pairs.pair_no, cells.quantity_id, 'licensed_after' as role
    from smuggled_pairs
    inner join cells on cells.channel = 'legal' and smuggled_pairs.after_period = cells.period_id and smuggled_pairs.unit = cells.unit
    union all
    select smuggled_pairs.pair_no, cells.quantity_id, 'licensed_base' as role
    from smuggled_pairs
    inner join licensed_halves on smuggled_pairs.unit = licensed_halves.unit and licensed_halves.place = 1
    inner join cells on cells.channel = 'legal' and licensed_halves.period_id = cells.period_id and smuggled_pairs.unit = cells.unit
),

pair_draws as (
    select
        roles.pair_no,
        draws.draw_id,
        cast(max(case when roles.role = 'smuggled_before' then draws.draw_amount end) as double) as before_amount,
        cast(max(case when roles.role = 'smuggled_after' then draws.draw_amount end) as double) as after_amount,
        cast(max(case when roles.role = 'licensed_before' then draws.draw_amount end) as double) as licensed_before,
        cast(max(case when roles.role = 'licensed_after' then draws.draw_amount end) as double) as licensed_after,
        cast(max(case when roles.role = 'licensed_base' then draws.draw_amount end) as double) as licensed_base
    from roles
    inner join draws on roles.quantity_id = draws.quantity_id
    group by roles.pair_no, draws.draw_id
),

open_pairs as (
    select smuggled_pairs.pair_no, open_before.availability_version, open_before.availability as availability_before,
        open_after.availability as availability_after
    from smuggled_pairs
    inner join open_shares as open_before on smuggled_pairs.before_period = open_before.period_id
    inner join open_shares as open_after
        on smuggled_pairs.after_period = open_after.period_id
        and open_before.availability_version = open_after.availability_version
),

with_availability as (
    select
        pair_draws.pair_no, pair_draws.before_amount, pair_draws.after_amount, open_pairs.availability_version,
        open_pairs.availability_before, open_pairs.availability_after
    from pair_draws
    inner join open_pairs on pair_draws.pair_no = open_pairs.pair_no
    union all
    select
        pair_no, before_amount, after_amount, 'delivered' as availability_version,
        licensed_before / nullif(licensed_base, 0) as availability_before,
        licensed_after / nullif(licensed_base, 0) as availability_after
    from pair_draws
    where licensed_before is not null and licensed_after is not null and licensed_base is not null
),

elasticities as (
    select
        pair_no,
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
        pair_no,
        availability_version,
        quantile_disc(availability_before, 0.5) as availability_before,
        quantile_disc(availability_after, 0.5) as availability_after,
        quantile_disc(arc, 0.05) as arc_p05,
        quantile_disc(arc, 0.5) as arc_p50,
        quantile_disc(arc, 0.95) as arc_p95,
        quantile_disc(semi_slope, 0.05) as semi_p05,
        quantile_disc(semi_slope, 0.5) as semi_p50,
        quantile_disc(semi_slope, 0.95) as semi_p95
    from elasticities
    group by pair_no, availability_version
),

versions_of_line as (
    select 'announced' as availability_version
    union all
    select 'licensed' as availability_version
    union all
    select 'delivered' as availability_version
),

arc_rows as (
    select
        'arc' as elasticity_form,
        pairs.before_period,
        pairs.after_period,
        units.unit,
        versions_of_line.availability_version,
        intervals.availability_before,
        intervals.availability_after,
        intervals.arc_p05,
        intervals.arc_p50,
        intervals.arc_p95,
        intervals.semi_p05,
        intervals.semi_p50,
        intervals.semi_p95,
        2 as n_periods,
        1 as n_chips,
        case
            when intervals.arc_p50 is not null then 'two_period_arc'
            when intervals.availability_before is null then 'no_data'
            when intervals.availability_before = intervals.availability_after then 'no_change_in_availability'
            else 'no_data'
        end as elasticity_status
    from pairs
    cross join units
    cross join versions_of_line
    left join smuggled_pairs
        on pairs.before_period = smuggled_pairs.before_period
        and pairs.after_period = smuggled_pairs.after_period
        and units.unit = smuggled_pairs.unit
    left join intervals
        on smuggled_pairs.pair_no = intervals.pair_no
        and versions_of_line.availability_version = intervals.availability_version
),

panel_rows as (
    select
        'panel' as elasticity_form, panel.first_period as before_period, panel.last_period as after_period, units.unit,
        versions_of_line.availability_version, cast(null as double) as availability_before, cast(null as double) as availability_after,
        cast(null as double) as arc_p05, cast(null as double) as arc_p50, cast(null as double) as arc_p95, cast(null as double) as semi_p05,
        cast(null as double) as semi_p50, cast(null as double) as semi_p95, panel.n_periods, panel.n_chips,
        case when panel.n_periods >= 8 and panel.n_chips >= 3 then 'panel_not_built' else 'panel_not_estimable' end as elasticity_status
    from panel
    cross join units
    cross join versions_of_line
    where panel.n_periods > 0
),

found as (
    select elasticity_form, before_period, after_period, unit, availability_version, availability_before, availability_after, arc_p05,
        arc_p50, arc_p95, semi_p05, semi_p50, semi_p95, n_periods, n_chips, elasticity_status
    from arc_rows
    union all
    select elasticity_form, before_period, after_period, unit, availability_version, availability_before, availability_after, arc_p05,
        arc_p50, arc_p95, semi_p05, semi_p50, semi_p95, n_periods, n_chips, elasticity_status
    from panel_rows
)

select
    cast(elasticity_form as VARCHAR) as elasticity_form,
    cast(before_period as VARCHAR) as before_period,
    cast(after_period as VARCHAR) as after_period,
    cast(unit as VARCHAR) as unit_of_account,
    cast(availability_version as VARCHAR) as availability_version,
    cast(availability_before as DOUBLE) as availability_before,
    cast(availability_after as DOUBLE) as availability_after,
    cast(arc_p05 as DOUBLE) as arc_p05,
    cast(arc_p50 as DOUBLE) as arc_p50,
    cast(arc_p95 as DOUBLE) as arc_p95,
    cast(semi_p05 as DOUBLE) as semi_p05,
    cast(semi_p50 as DOUBLE) as semi_p50,
    cast(semi_p95 as DOUBLE) as semi_p95,
    cast(n_periods as BIGINT) as n_periods,
    cast(n_chips as BIGINT) as n_chips,
    cast(elasticity_status as VARCHAR) as elasticity_status,
    cast(case when elasticity_status <> 'two_period_arc' then elasticity_status end as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from found
