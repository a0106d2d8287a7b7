-- Reconciliation: Japan's exports by partner equal its World row to the thousand yen, item by item, month by month.
-- guards: core.fact_control_total
with
cells as (
    select product_code, period_start, sum(value_local) as value_local
    from core.fact_trade_flow
    where dataset_id = 'jpmof_exports_ic_tools_monthly'
    group by product_code, period_start
),
totals as (
    select product_code, period_start, value_local from core.fact_control_total
    where dataset_id = 'jpmof_exports_ic_tools_monthly'
)
select totals.product_code, totals.period_start, cells.value_local as partners_jpy, totals.value_local as world_jpy
from totals
full join cells on totals.product_code = cells.product_code and totals.period_start = cells.period_start
where totals.value_local is null or cells.value_local is null or totals.value_local <> cells.value_local
