-- Licences travel with the data: amounts that rest on a record under restrictive terms leave rounded to 10 million US dollars.
-- A ratio to an open value tells the restricted one as exactly as the value itself, so it must be that of the rounded value.
-- guards: exports.rpt_mirror_gap
with
exported as (
    select 'rpt_mirror_gap' as found_in, rpt.exporter_iso3 || '-' || rpt.importer_iso3 || '-' || rpt.product_code as row_key,
        rpt.is_rounded_by_terms, rpt.importer_usd as amount_usd, rpt.gap_usd as other_usd, metric.pair_licence_id as licence_id
    from exports.rpt_mirror_gap as rpt
    inner join metrics.metric_mirror_gap as metric
        on rpt.exporter_iso3 = metric.exporter_iso3 and rpt.importer_iso3 = metric.importer_iso3
        and rpt.product_code = metric.product_code and rpt.window_kind = metric.window_kind
        and rpt.period_start = metric.period_start
    union all
    select 'rpt_mirror_waterfall', rpt.exporter_iso3 || '-' || rpt.importer_iso3 || '-' || rpt.product_code,
        rpt.is_rounded_by_terms, rpt.raw_gap_usd, rpt.component_low_usd, metric.pair_licence_id
    from exports.rpt_mirror_waterfall as rpt
    inner join metrics.metric_mirror_waterfall as metric
        on rpt.exporter_iso3 = metric.exporter_iso3 and rpt.importer_iso3 = metric.importer_iso3
        and rpt.product_code = metric.product_code and rpt.window_kind = metric.window_kind
        and rpt.period_start = metric.period_start and rpt.component = metric.component
    union all
    select 'rpt_reconciled_flow', rpt.exporter_iso3 || '-' || rpt.importer_iso3 || '-' || rpt.product_code,
        rpt.is_rounded_by_terms, rpt.importer_used_usd, rpt.reconciled_usd, metric.pair_licence_id
    from exports.rpt_reconciled_flow as rpt
    inner join metrics.metric_reconciled_flow as metric
        on rpt.exporter_iso3 = metric.exporter_iso3 and rpt.importer_iso3 = metric.importer_iso3
        and rpt.product_code = metric.product_code and metric.window_kind = 'year'
        and rpt.period_start = metric.period_start
    union all
    select 'rpt_baci_comparison', rpt.exporter_iso3 || '-' || rpt.importer_iso3 || '-' || rpt.product_code,
        rpt.is_rounded_by_terms, rpt.reconciled_usd,
        case when abs(rpt.baci_usd / nullif(rpt.baci_ratio, 0) - rpt.reconciled_usd) > 1000 then 1 else 0 end, metric.pair_licence_id
    from exports.rpt_baci_comparison as rpt
    inner join metrics.metric_reconciled_flow as metric
        on rpt.exporter_iso3 = metric.exporter_iso3 and rpt.importer_iso3 = metric.importer_iso3
        and rpt.product_code = metric.product_code and metric.window_kind = 'year'
        and rpt.period_start = metric.period_start
    union all
    select 'rpt_reexport_adjustment', rpt.origin_iso3 || '-' || rpt.destination_iso3 || '-' || rpt.product_code,
        rpt.is_rounded_by_terms, rpt.surplus_before_usd, rpt.surplus_after_usd, metric.pair_licence_id
    from exports.rpt_reexport_adjustment as rpt
    inner join metrics.metric_reexport_adjustment as metric
        on rpt.origin_iso3 = metric.origin_iso3 and rpt.destination_iso3 = metric.destination_iso3
        and rpt.product_code = metric.product_code and rpt.window_kind = metric.window_kind
        and rpt.period_start = metric.period_start
    union all
    select 'rpt_unmatched_flow', rpt.reporter_iso3 || '-' || rpt.partner_iso3 || '-' || rpt.product_code,
        rpt.is_rounded_by_terms, rpt.value_usd, rpt.value_usd, pairs.pair_licence_id
    from exports.rpt_unmatched_flow as rpt
    inner join metrics.metric_mirror_pair as pairs
        on pairs.exporter_iso3 = case when rpt.reporter_role = 'exporter' then rpt.reporter_iso3 else rpt.partner_iso3 end
        and pairs.importer_iso3 = case when rpt.reporter_role = 'exporter' then rpt.partner_iso3 else rpt.reporter_iso3 end
        and rpt.product_code = pairs.product_code and pairs.window_kind = 'year'
        and rpt.period_start = pairs.period_start
    union all
    select 'rpt_proxy_net_arrival', rpt.country_iso3 || '-' || cast(rpt.period_start as varchar),
        rpt.is_rounded_by_terms, rpt.import_usd, coalesce(rpt.net_gross_usd, rpt.export_usd), totals.licence_id
    from exports.rpt_proxy_net_arrival as rpt
    inner join core.fact_control_total as totals
        on rpt.country_iso3 = totals.reporter_iso3 and rpt.frequency = totals.frequency
        and rpt.period_start = totals.period_start
    union all
    select 'rpt_destination_shift', rpt.rule_id || '-' || rpt.exporter_iso3 || '-' || rpt.destination_iso3,
        rpt.is_rounded_by_terms, rpt.actual_usd, rpt.counterfactual_usd, metric.licence_id
    from exports.rpt_destination_shift as rpt
    inner join metrics.metric_destination_shift as metric
        on rpt.rule_id = metric.rule_id and rpt.exporter_iso3 = metric.exporter_iso3
        and rpt.product_code = metric.product_code and rpt.window_kind = metric.window_kind
        and rpt.destination_iso3 = metric.destination_iso3
    union all
    select 'rpt_hub_excess', rpt.rule_id || '-' || rpt.exporter_iso3 || '-' || rpt.hub_iso3,
        rpt.is_rounded_by_terms, rpt.actual_usd, rpt.excess_usd, metric.licence_id
    from exports.rpt_hub_excess as rpt
    inner join metrics.metric_hub_excess as metric
        on rpt.rule_id = metric.rule_id and rpt.exporter_iso3 = metric.exporter_iso3
        and rpt.product_code = metric.product_code and rpt.window_kind = metric.window_kind
        and rpt.hub_iso3 = metric.hub_iso3
)
select exported.found_in, exported.row_key, exported.amount_usd, exported.licence_id
from exported
left join core.dim_licence as licences on exported.licence_id = licences.licence_id
where licences.may_redistribute_rows is not true
    and (
        not exported.is_rounded_by_terms or exported.amount_usd % 10000000 <> 0
        or coalesce(exported.other_usd % 10000000, 0) <> 0
    )
