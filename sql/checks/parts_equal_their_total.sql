-- Reconciliation: where a cell is filed with its total and its parts by second partner, the parts add up to the total.
-- guards: staging.stg_trade_obs
with
parts as (
    select release_id, reporter_iso3, partner_iso3, flow, product_code, period_start, sum(value_usd) as value_usd
    from staging.stg_trade_obs
    where row_route = 'breakdown_part' and partner2_code <> '0' and customs_code = 'C00' and transport_code = '0'
    group by release_id, reporter_iso3, partner_iso3, flow, product_code, period_start
)
select parts.reporter_iso3, parts.partner_iso3, parts.product_code, parts.period_start, parts.value_usd as parts_usd,
    totals.value_usd as total_usd
from parts
inner join core.fact_trade_flow as totals
    on parts.release_id = totals.release_id and parts.reporter_iso3 = totals.reporter_iso3
    and parts.partner_iso3 = totals.partner_iso3 and parts.flow = totals.flow
    and parts.product_code = totals.product_code and parts.period_start = totals.period_start
where totals.source_row is not null and parts.value_usd <> totals.value_usd
