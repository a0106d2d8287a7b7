-- One row per year and basis (C10): demand at reference prices that supply did not meet, in US dollars, draw by draw.
-- 1 - supply / demand from the draws of 2025 and the prior of demand. Compute rented abroad has no dollar figure and is left out.

with
draws as (select * from metrics.fact_draw),

wide as (
    select
        draw_id,
        max(case when quantity_id = 'prior:latent-demand-2025' then draw_amount end) as demand,
        sum(case when quantity_id like 'cell:legal:2025H_:backbone:usd' or quantity_id like 'cell:domestic:2025H_:backbone:usd'
            then draw_amount end) as open_supply,
        sum(case when quantity_id like 'cell:smuggled:2025H_:backbone:usd' then draw_amount end) as smuggled_supply,
        count(case when quantity_id like 'cell:%' then 1 end) as n_cells
    from draws
    where quantity_id in (
        'prior:latent-demand-2025', 'cell:legal:2025H1:backbone:usd', 'cell:legal:2025H2:backbone:usd',
        'cell:domestic:2025H1:backbone:usd', 'cell:domestic:2025H2:backbone:usd', 'cell:smuggled:2025H1:backbone:usd',
        'cell:smuggled:2025H2:backbone:usd'
    )
    group by draw_id
),

measured as (
    select 'legal_domestic' as tightness_basis, 1 - cast(open_supply as double) / cast(demand as double) as unmet
    from wide
    where n_cells = 6 and demand > 0
    union all
    select 'legal_domestic_smuggled', 1 - cast(open_supply + smuggled_supply as double) / cast(demand as double)
    from wide
    where n_cells = 6 and demand > 0
),

intervals as (
    select
        tightness_basis,
        quantile_disc(unmet, 0.05) as tightness_p05,
        quantile_disc(unmet, 0.5) as tightness_p50,
        quantile_disc(unmet, 0.95) as tightness_p95
    from measured
    group by tightness_basis
),

lines as (
    select 'legal_domestic' as tightness_basis
    union all
    select 'legal_domestic_smuggled' as tightness_basis
)

select
    cast('2025' as VARCHAR) as period_id,
    cast(lines.tightness_basis as VARCHAR) as tightness_basis,
    cast(intervals.tightness_p05 as DOUBLE) as tightness_p05,
    cast(intervals.tightness_p50 as DOUBLE) as tightness_p50,
    cast(intervals.tightness_p95 as DOUBLE) as tightness_p95,
    cast(
        'Demand is one house''s estimate as a prior; below 0 supply exceeds it; smuggled goods are valued at street prices' as VARCHAR
    ) as limit_note,
    cast(case when intervals.tightness_p50 is null then 'input_not_known' end as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from lines
left join intervals on lines.tightness_basis = intervals.tightness_basis
