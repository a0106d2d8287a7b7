-- One row per measure, scope, unit and period (C11): self-sufficiency, import displacement and capacity-limited share of domestic supply.
-- From metrics.fact_draw, draw by draw: H / (H + L + S), with compute rented abroad in the scope with_offshore; change of H over fall of L between
-- neighbouring half-years or years, without a number where L did not fall or where halves are a year's figure divided; share of draws in
-- which a year's H reaches a stated capacity, which needs a capacity as a flow of chips (a ceiling of output is none). Beside them one publisher's
-- supply over its own demand of the same year, from core.fact_supply; a forecast may stand above one.

with
supply as (select * from metrics.metric_channel_supply),

published as (select * from core.fact_supply),

quantities as (select * from metrics.metric_quantity),

draws as (select * from metrics.fact_draw),

units as (
    select 'chips' as unit
    union all
    select 'usd' as unit
    union all
    select 'h100e' as unit
    union all
    select 'bandwidth' as unit
),

scopes as (
    select 'arrivals' as scope, 0 as has_offshore
    union all
    select 'with_offshore' as scope, 1 as has_offshore
),

cells as (
    select quantity_id, channel, period_id, unit
    from quantities
    where quantity_kind = 'cell' and quantity_series = 'backbone' and period_id like '%H_'
),

whole_years as (
    select channel, left(period_id, 4) as period_id, unit
    from cells
    group by channel, left(period_id, 4), unit
    having count(*) = 2
),

members as (
    select quantity_id, channel, period_id, unit,
        case
            when right(period_id, 2) = 'H2' then left(period_id, 4) || 'H1'
            else cast(cast(left(period_id, 4) as bigint) - 1 as varchar) || 'H2'
        end as before_period
    from cells
    union all
    select cells.quantity_id, whole_years.channel, whole_years.period_id, whole_years.unit,
        cast(cast(whole_years.period_id as bigint) - 1 as varchar) as before_period
    from whole_years
    inner join cells
        on whole_years.channel = cells.channel
        and whole_years.unit = cells.unit
        and whole_years.period_id = left(cells.period_id, 4)
),

spans as (
    select period_id, before_period, unit, row_number() over (order by period_id, unit) as span_no
    from (select distinct period_id, before_period, unit from members) as once
),

wide as (
    select
        spans.span_no,
        draws.draw_id,
        cast(sum(case when members.channel = 'domestic' then draws.draw_amount end) as double) as domestic,
        cast(sum(case when members.channel = 'legal' then draws.draw_amount end) as double) as legal,
        cast(sum(case when members.channel = 'smuggled' then draws.draw_amount end) as double) as smuggled,
        cast(sum(case when members.channel = 'offshore' then draws.draw_amount end) as double) as offshore
    from members
    inner join spans on members.period_id = spans.period_id and members.unit = spans.unit
    inner join draws on members.quantity_id = draws.quantity_id
    group by spans.span_no, draws.draw_id
),

periods as (select distinct period_id, before_period from members),

flat_years as (
    select
        unit_of_account as unit,
        left(period_id, 4) as year_id,
        coalesce(min(allocations) like '%allocated%', false)
            or (count(*) = 2 and min(central_amount) = max(central_amount) and min(central_amount) > 0) as is_divided
    from supply
    where series_kind = 'backbone' and channel = 'domestic' and period_id like '%H_' and central_amount is not null
    group by unit_of_account, left(period_id, 4)
),

sufficiency as (
    select
        wide.span_no,
        scopes.has_offshore,
        wide.domestic / nullif(
            wide.domestic + wide.legal + wide.smuggled + case when scopes.has_offshore = 1 then wide.offshore else 0 end, 0
        ) as ratio,
        case
            when wide.domestic is null or wide.legal is null or wide.smuggled is null then 'channel_missing'
            when scopes.has_offshore = 1 and wide.offshore is null then 'offshore_not_known'
            when wide.domestic + wide.legal + wide.smuggled = 0 then 'base_zero'
        end as missing
    from wide
    cross join scopes
),

changes as (
    select
        afters.span_no,
        befores.span_no as before_no,
        coalesce(flat_years.is_divided, before_years.is_divided, false) as is_divided
    from spans as afters
    inner join spans as befores on afters.before_period = befores.period_id and afters.unit = befores.unit
    left join flat_years
        on length(afters.period_id) = 6
        and flat_years.is_divided
        and left(afters.period_id, 4) = flat_years.year_id
        and afters.unit = flat_years.unit
    left join flat_years as before_years
        on length(afters.period_id) = 6
        and before_years.is_divided
        and left(befores.period_id, 4) = before_years.year_id
        and afters.unit = before_years.unit
),

displacement as (
    select
        changes.span_no,
        case
            when changes.is_divided then null
            when befores.legal > afters.legal then (afters.domestic - befores.domestic) / (befores.legal - afters.legal)
        end as ratio,
        case
            when afters.domestic is null or afters.legal is null or befores.domestic is null or befores.legal is null
                then 'channel_missing'
            when befores.legal <= afters.legal then 'licensed_did_not_fall'
            when changes.is_divided then 'allocated_half_years'
        end as missing
    from changes
    inner join wide as afters on changes.span_no = afters.span_no
    inner join wide as befores on changes.before_no = befores.span_no and afters.draw_id = befores.draw_id
),

capacities as (
    select cast(cast(year(period_start) as bigint) as varchar) as period_id, max(cast(central as double)) as capacity
    from published
    where channel = 'domestic'
        and measure = 'production_capacity'
        and unit = 'chips'
        and central is not null
        and month(period_start) = 1
        and month(period_end) = 12
        and year(period_start) = year(period_end)
    group by cast(cast(year(period_start) as bigint) as varchar)
),

found_sufficiency as (
    select
        span_no,
        has_offshore,
        cast(count(ratio) as double) / cast(count(*) as double) as defined_share,
        max(missing) as missing,
        quantile_disc(ratio, 0.05) as ratio_p05,
        quantile_disc(ratio, 0.5) as ratio_p50,
        quantile_disc(ratio, 0.95) as ratio_p95
    from sufficiency
    group by span_no, has_offshore
),

found_displacement as (
    select
        span_no,
        cast(count(ratio) as double) / cast(count(*) as double) as defined_share,
        max(missing) as missing,
        quantile_disc(ratio, 0.05) as ratio_p05,
        quantile_disc(ratio, 0.5) as ratio_p50,
        quantile_disc(ratio, 0.95) as ratio_p95
    from displacement
    group by span_no
),

capacity_limited as (
    select wide.span_no, avg(case when wide.domestic >= capacities.capacity then cast(1 as double) else cast(0 as double) end) as ratio
    from wide
    inner join spans on wide.span_no = spans.span_no and spans.unit = 'chips'
    inner join capacities on spans.period_id = capacities.period_id
    where wide.domestic is not null
    group by wide.span_no
),

intervals as (
    select
        'self_sufficiency' as substitution_measure, scopes.scope, spans.unit, spans.period_id, found.defined_share, found.missing,
        found.ratio_p05, found.ratio_p50, found.ratio_p95
    from found_sufficiency as found
    inner join spans on found.span_no = spans.span_no
    inner join scopes on found.has_offshore = scopes.has_offshore
    union all
    select
        'import_displacement' as substitution_measure, 'arrivals' as scope, spans.unit, spans.period_id, found.defined_share,
        found.missing, found.ratio_p05, found.ratio_p50, found.ratio_p95
    from found_displacement as found
    inner join spans on found.span_no = spans.span_no
    union all
    select
        'capacity_limited' as substitution_measure, 'arrivals' as scope, spans.unit, spans.period_id, cast(1 as double) as defined_share,
        cast(null as varchar) as missing, cast(null as double) as ratio_p05, found.ratio as ratio_p50,
        cast(null as double) as ratio_p95
    from capacity_limited as found
    inner join spans on found.span_no = spans.span_no
),

lines as (
    select 'self_sufficiency' as substitution_measure, scopes.scope, units.unit, periods.period_id, cast(null as varchar) as before_period
    from periods
    cross join units
    cross join scopes
    union all
    select 'import_displacement' as substitution_measure, 'arrivals' as scope, units.unit, periods.period_id, periods.before_period
    from periods
    cross join units
    where periods.before_period in (select period_id from members)
    union all
    select 'capacity_limited' as substitution_measure, 'arrivals' as scope, 'chips' as unit, period_id,
        cast(null as varchar) as before_period
    from periods
    where length(period_id) = 4
),

pairs as (
    select
        demanded.publisher,
        cast(cast(year(demanded.period_start) as bigint) as varchar) as period_id,
        cast(supplied.central as double) / nullif(cast(demanded.central as double), 0) as ratio
    from published as demanded
    inner join published as supplied
        on supplied.channel = 'domestic'
        and supplied.measure = 'production'
        and supplied.unit = 'usd'
        and demanded.publisher = supplied.publisher
        and demanded.period_start = supplied.period_start
        and demanded.period_end = supplied.period_end
    where demanded.channel = 'all' and demanded.measure = 'demand' and demanded.unit = 'usd'
),

pair_rows as (
    select period_id, min(publisher) as publisher, min(ratio) as ratio
    from pairs
    group by period_id
    having count(*) = 1
),

found as (
    select
        lines.substitution_measure,
        lines.scope,
        lines.unit,
        lines.period_id,
        lines.before_period,
        cast(null as varchar) as publisher,
        case when intervals.defined_share >= 0.95 then intervals.ratio_p05 end as ratio_p05,
        case when intervals.defined_share >= 0.95 then intervals.ratio_p50 end as ratio_p50,
        case when intervals.defined_share >= 0.95 then intervals.ratio_p95 end as ratio_p95,
        case
            when intervals.defined_share >= 0.95 then null
            when lines.substitution_measure = 'capacity_limited' then 'no_flow_capacity'
            else coalesce(intervals.missing, 'channel_missing')
        end as absence_reason
    from lines
    left join intervals
        on lines.substitution_measure = intervals.substitution_measure
        and lines.scope = intervals.scope
        and lines.unit = intervals.unit
        and lines.period_id = intervals.period_id
    union all
    select 'supply_over_demand' as substitution_measure, 'arrivals' as scope, 'usd' as unit, period_id,
        cast(null as varchar) as before_period, publisher, cast(null as double) as ratio_p05, ratio as ratio_p50,
        cast(null as double) as ratio_p95, case when ratio is null then 'base_zero' end as absence_reason
    from pair_rows
)

select
    cast(substitution_measure as VARCHAR) as substitution_measure,
    cast(scope as VARCHAR) as scope,
    cast(unit as VARCHAR) as unit_of_account,
    cast(period_id as VARCHAR) as period_id,
    cast(before_period as VARCHAR) as matched_period,
    cast(publisher as VARCHAR) as publisher,
    cast(ratio_p05 as DOUBLE) as substitution_p05,
    cast(ratio_p50 as DOUBLE) as substitution_p50,
    cast(ratio_p95 as DOUBLE) as substitution_p95,
    cast(
        case substitution_measure
            when 'self_sufficiency'
                then 'Domestic output counts dies fabricated abroad by proxy; output figures rest on one publisher'
            when 'import_displacement' then 'Two changes over the same months; other things moved as well'
            when 'capacity_limited' then 'Share of draws in which output of the year reaches the stated capacity'
            else 'One publisher''s supply over its own demand; forecasts for years to come'
        end as VARCHAR
    ) as limit_note,
    cast(absence_reason as VARCHAR) as absence_reason,
    cast(case when substitution_measure = 'supply_over_demand' then 'claim' else 'estimate' end as VARCHAR) as value_label,
    cast(case when substitution_measure = 'import_displacement' then 'descriptive' else 'accounting' end as VARCHAR) as evidence_label
from found
