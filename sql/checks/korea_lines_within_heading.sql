-- Reconciliation: Korean multi-chip memory and DRAM together never exceed HS 8542, partner by partner, month by month, in value and weight.
-- guards: core.fact_trade_flow
with
lines as (
    select partner_iso3, period_start, sum(value_usd) as value_usd, sum(net_kg) as net_kg
    from core.fact_trade_flow
    where dataset_id in ('kcs_8542323000_country', 'kcs_8542321010_country')
    group by partner_iso3, period_start
),
heading as (
    select partner_iso3, period_start, value_usd, net_kg
    from core.fact_trade_flow
    where dataset_id = 'kcs_8542_country'
)
select lines.partner_iso3, lines.period_start, lines.value_usd as lines_usd, heading.value_usd as heading_usd,
    lines.net_kg as lines_kg, heading.net_kg as heading_kg
from lines
left join heading on lines.partner_iso3 = heading.partner_iso3 and lines.period_start = heading.period_start
where heading.value_usd is null or lines.value_usd > heading.value_usd or lines.net_kg > heading.net_kg
