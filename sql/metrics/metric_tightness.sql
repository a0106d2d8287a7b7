-- One row per year and basis (C10): demand at reference prices that supply did not meet, in US dollars, draw by draw.
-- 1 - supply / demand. Years are those with a prior of demand (latent-demand-YYYY); supply is the sum of both half-years. A basis with compute
-- rented abroad needs its value in dollars; without one it has no number. Demand is a prior, so the figure describes and accounts for nothing.

with
draws as (select * from metrics.fact_draw),

quantities as (select * from metrics.metric_quantity),

demands as (
    select right(quantity_id, 4) as year_id, draw_id, cast(draw_amount as double) as demand
    from draws
    where quantity_id like 'prior:latent-demand-%'
),

years as (select distinct year_id from demands),

sums as (
    select
        left(quantities.period_id, 4) as year_id,
        draws.draw_id,
        sum(case when quantities.channel = 'legal' then draws.draw_amount end) as legal,
        sum(case when quantities.channel = 'domestic' then draws.draw_amount end) as domestic,
        sum(case when quantities.channel = 'smuggled' then draws.draw_amount end) as smuggled,
        sum(case when quantities.channel = 'offshore' then draws.draw_amount end) as offshore,
        count(case when quantities.channel = 'legal' then 1 end) as n_legal,
        count(case when quantities.channel = 'domestic' then 1 end) as n_domestic,
        count(case when quantities.channel = 'smuggled' then 1 end) as n_smuggled,
        count(case when quantities.channel = 'offshore' then 1 end) as n_offshore
    from quantities
    inner join years on left(quantities.period_id, 4) = years.year_id
    inner join draws on quantities.quantity_id = draws.quantity_id
    where quantities.quantity_kind = 'cell'
        and quantities.quantity_series = 'backbone'
        and quantities.unit = 'usd'
        and quantities.period_id like '%H_'
    group by left(quantities.period_id, 4), draws.draw_id
),

bases as (
    select 'legal_domestic' as tightness_basis, 0 as has_smuggled, 0 as has_offshore
    union all
    select 'legal_domestic_smuggled', 1, 0
    union all
    select 'legal_domestic_offshore', 0, 1
    union all
    select 'legal_domestic_smuggled_offshore', 1, 1
),

measured as (
    select
        demands.year_id,
        bases.tightness_basis,
        1 - cast(
            sums.legal
            + sums.domestic
            + case when bases.has_smuggled = 1 then sums.smuggled else 0 end
            + case when bases.has_offshore = 1 then sums.offshore else 0 end as double
        ) / demands.demand as unmet
    from demands
    inner join sums on demands.year_id = sums.year_id and demands.draw_id = sums.draw_id
    cross join bases
    where demands.demand > 0
        and sums.n_legal = 2
        and sums.n_domestic = 2
        and (bases.has_smuggled = 0 or sums.n_smuggled = 2)
        and (bases.has_offshore = 0 or sums.n_offshore = 2)
),

intervals as (
    select
        year_id,
        tightness_basis,
        quantile_disc(unmet, 0.05) as tightness_p05,
        quantile_disc(unmet, 0.5) as tightness_p50,
        quantile_disc(unmet, 0.95) as tightness_p95
    from measured
    group by year_id, tightness_basis
),

valued as (
    select year_id, max(n_offshore) as n_offshore
    from sums
    group by year_id
)

select
    cast(years.year_id as VARCHAR) as period_id,
    cast(bases.tightness_basis as VARCHAR) as tightness_basis,
    cast(intervals.tightness_p05 as DOUBLE) as tightness_p05,
    cast(intervals.tightness_p50 as DOUBLE) as tightness_p50,
    cast(intervals.tightness_p95 as DOUBLE) as tightness_p95,
    cast(
        'Demand is one house''s estimate as a prior; below 0 supply exceeds it'
        || case when bases.has_smuggled = 1 then '; smuggled goods are valued at street prices' else '' end
        || case when bases.has_offshore = 0 then '; compute rented abroad is left out' else '' end as VARCHAR
    ) as limit_note,
    cast(
        case
            when intervals.tightness_p50 is not null then null
            when bases.has_offshore = 1 and coalesce(valued.n_offshore, 0) < 2 then 'offshore_not_valued'
            else 'input_not_known'
        end as VARCHAR
    ) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from years
cross join bases
left join intervals on years.year_id = intervals.year_id and bases.tightness_basis = intervals.tightness_basis
left join valued on years.year_id = valued.year_id
