-- Reconciliation: Hong Kong's partners add up to its World row, flow by flow, code by code; releases of one day only, five
-- hundred Hong Kong dollars for the rounding of each partner.
-- guards: core.fact_control_total
with
cells as (
    select dataset_id, product_code, period_start, vintage_at, sum(value_local) as value_local, count(*) as n_partners
    from core.fact_trade_flow
    where dataset_id in ('hkcsd_imports', 'hkcsd_domestic_exports', 'hkcsd_reexports', 'hkcsd_total_exports')
    group by dataset_id, product_code, period_start, vintage_at
),
own_origin as (
    select dataset_id, product_code, period_start, vintage_at, value_local
    from core.fact_self_trade
    where dataset_id = 'hkcsd_imports'
),
totals as (
    select dataset_id, product_code, period_start, vintage_at, value_local
    from core.fact_control_total
    where source_id = 'hkcsd' and partner_iso3 = 'WLD'
),
paired as (
    select
        totals.dataset_id,
        totals.product_code,
        totals.period_start,
        cells.value_local + coalesce(own_origin.value_local, 0) as partners_hkd,
        totals.value_local as world_hkd,
        500 * (cells.n_partners + 2) as tolerance_hkd
    from totals
    inner join cells
        on totals.dataset_id = cells.dataset_id
        and totals.product_code = cells.product_code
        and totals.period_start = cells.period_start
        and totals.vintage_at = cells.vintage_at
    left join own_origin
        on totals.dataset_id = own_origin.dataset_id
        and totals.product_code = own_origin.product_code
        and totals.period_start = own_origin.period_start
        and totals.vintage_at = own_origin.vintage_at
)
select dataset_id, product_code, period_start, partners_hkd, world_hkd
from paired
where abs(partners_hkd - world_hkd) > tolerance_hkd
