-- Reconciliation: partner cells of Korean multi-chip memory exports add up to the all-partner total, in dollars and kilograms.
-- guards: core.fact_trade_flow
with
cells as (
    select period_start, sum(value_usd) as value_usd, sum(net_kg) as net_kg
    from core.fact_trade_flow
    where dataset_id = 'kcs_8542323000_country'
    group by period_start
),
totals as (
    select period_start, value_usd, net_kg
    from core.fact_control_total
    where dataset_id = 'kcs_8542323000_world_exports'
)
select totals.period_start, cells.value_usd as partners_usd, totals.value_usd as total_usd, cells.net_kg as partners_kg,
    totals.net_kg as total_kg
from totals
full join cells on totals.period_start = cells.period_start
where totals.value_usd is null or cells.value_usd is null or totals.value_usd <> cells.value_usd
    or totals.net_kg <> cells.net_kg
