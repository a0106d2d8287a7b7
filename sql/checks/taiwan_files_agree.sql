-- Reconciliation: Taiwan's HS 8542 exports by partner equal the all-partner file within 0.01 %, line by line, year by year.
-- guards: core.fact_control_total
with
cells as (
    select product_code, period_start, sum(value_usd) as value_usd
    from (
        select product_code, period_start, value_usd from core.fact_trade_flow where dataset_id = 'twmof_exports_8542_country'
        union all
        select product_code, period_start, value_usd from core.fact_self_trade where dataset_id = 'twmof_exports_8542_country'
    ) as filed
    group by product_code, period_start
),
totals as (
    select product_code, period_start, value_usd from core.fact_control_total where dataset_id = 'twmof_exports_8542_total'
)
select totals.product_code, totals.period_start, cells.value_usd as partners_usd, totals.value_usd as total_usd
from totals
full join cells on totals.product_code = cells.product_code and totals.period_start = cells.period_start
where abs(coalesce(totals.value_usd, 0) - coalesce(cells.value_usd, 0)) > greatest(0.0001 * coalesce(totals.value_usd, 0), 1000)
