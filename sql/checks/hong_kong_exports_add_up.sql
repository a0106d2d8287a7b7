-- Reconciliation: Hong Kong's total exports are its domestic exports and its re-exports, to each destination and to the world;
-- releases of one day only, two thousand Hong Kong dollars for rounding.
-- guards: core.fact_trade_flow
with
cells as (
    select partner_iso3, product_code, period_start, vintage_at, flow, value_local
    from core.fact_trade_flow
    where dataset_id in ('hkcsd_domestic_exports', 'hkcsd_reexports', 'hkcsd_total_exports')
),
totals as (
    select partner_iso3, product_code, period_start, vintage_at, flow, value_local
    from core.fact_control_total
    where dataset_id in ('hkcsd_domestic_exports', 'hkcsd_reexports', 'hkcsd_total_exports')
),
filed as (
    select * from cells
    union all
    select * from totals
),
whole_days as (
    select period_start, vintage_at from filed group by period_start, vintage_at having count(distinct flow) = 3
),
sums as (
    select
        filed.partner_iso3,
        filed.product_code,
        filed.period_start,
        filed.vintage_at,
        coalesce(sum(case when filed.flow in ('DX', 'RX') then filed.value_local end), 0) as parts_hkd,
        coalesce(sum(case when filed.flow = 'X' then filed.value_local end), 0) as total_hkd
    from filed
    inner join whole_days on filed.period_start = whole_days.period_start and filed.vintage_at = whole_days.vintage_at
    group by filed.partner_iso3, filed.product_code, filed.period_start, filed.vintage_at
)
select partner_iso3, product_code, period_start, vintage_at, parts_hkd, total_hkd
from sums
where abs(parts_hkd - total_hkd) > 2000
