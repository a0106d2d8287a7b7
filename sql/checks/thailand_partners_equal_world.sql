-- Reconciliation: Thailand's HS 8542 imports by partner, its own goods returning included, equal its World row within 5 US dollars.
-- guards: core.fact_control_total
with
cells as (
    select period_start, sum(value_usd) as value_usd
    from (
        select period_start, value_usd from core.fact_trade_flow where dataset_id = 'comtrade_tha_imports_8542_annual'
        union all
        select period_start, value_usd from core.fact_self_trade where dataset_id = 'comtrade_tha_imports_8542_annual'
    ) as filed
    group by period_start
),
totals as (
    select period_start, value_usd
    from core.fact_control_total
    where dataset_id = 'comtrade_tha_imports_8542_annual'
)
select totals.period_start, cells.value_usd as partners_usd, totals.value_usd as world_usd
from totals
full join cells on totals.period_start = cells.period_start
where totals.value_usd is null or cells.value_usd is null or abs(totals.value_usd - cells.value_usd) > 5
