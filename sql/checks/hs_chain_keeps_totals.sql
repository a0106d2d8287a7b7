-- HS chain: converted values and what stays unconverted add up to what was filed, to the dollar.
-- guards: metrics.metric_hs_chain
with
accounted as (
    select source_id, reporter_iso3, partner_iso3, flow, trade_basis, filed_revision, target_revision, frequency, period_start,
        sum(case when chain_state = 'converted' then chain_usd else filed_usd end) as chain_usd,
        bool_and(filed_usd is not null) as is_whole
    from metrics.metric_hs_chain
    group by source_id, reporter_iso3, partner_iso3, flow, trade_basis, filed_revision, target_revision, frequency, period_start
),
filed as (
    select source_id, reporter_iso3, partner_iso3, flow, trade_basis, filed_revision, frequency, period_start,
        sum(value_usd) as filed_usd
    from metrics.metric_hs_cell
    where is_current
    group by source_id, reporter_iso3, partner_iso3, flow, trade_basis, filed_revision, frequency, period_start
)
select accounted.source_id, accounted.reporter_iso3, accounted.partner_iso3, accounted.flow, accounted.filed_revision,
    accounted.target_revision, accounted.period_start, accounted.chain_usd, filed.filed_usd
from accounted
left join filed
    on accounted.source_id = filed.source_id and accounted.reporter_iso3 = filed.reporter_iso3
    and accounted.partner_iso3 = filed.partner_iso3 and accounted.flow = filed.flow
    and accounted.trade_basis = filed.trade_basis and accounted.filed_revision = filed.filed_revision
    and accounted.frequency = filed.frequency and accounted.period_start = filed.period_start
where accounted.is_whole and abs(accounted.chain_usd - coalesce(filed.filed_usd, 0)) > 1
