-- One row per exporter, importer, HS code and year that both report: one value. From metrics.metric_reconciled_flow.
-- Amounts under terms that keep single records inside are rounded to 10 million US dollars.
-- A single report is no reconciliation: it is in rpt_unmatched_flow. Negative corrections stay without a value.

with
metric as (select * from metrics.metric_reconciled_flow),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence)

select
    cast(metric.exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(exporters.name_en as VARCHAR) as exporter_name,
    cast(metric.importer_iso3 as VARCHAR) as importer_iso3,
    cast(importers.name_en as VARCHAR) as importer_name,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(coalesce(products.title, metric.product_code) as VARCHAR) as goods_title,
    cast(metric.period_start as DATE) as period_start,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.exporter_usd else round(metric.exporter_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as exporter_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.importer_used_usd else round(metric.importer_used_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as importer_used_usd,
    cast(metric.is_freight_withheld as BOOLEAN) as is_freight_withheld,
    cast(metric.exporter_weight as DOUBLE) as exporter_weight,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.reconciled_low_usd else round(metric.reconciled_low_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as reconciled_low_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.reconciled_usd else round(metric.reconciled_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as reconciled_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.reconciled_high_usd else round(metric.reconciled_high_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as reconciled_high_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.softmax_usd else round(metric.softmax_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as softmax_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.mirror_fill_usd else round(metric.mirror_fill_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as mirror_fill_usd,
    cast(metric.reconcile_state as VARCHAR) as reconcile_state,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.ratio_absence_reason as VARCHAR) as ratio_absence_reason,
    cast(metric.is_entrepot_pair as BOOLEAN) as is_entrepot_pair,
    cast(not coalesce(licences.may_redistribute_rows, false) as BOOLEAN) as is_rounded_by_terms,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as exporters on metric.exporter_iso3 = exporters.country_iso3
inner join countries as importers on metric.importer_iso3 = importers.country_iso3
left join products on metric.product_code = products.code
left join licences on metric.pair_licence_id = licences.licence_id
where metric.window_kind = 'year' and metric.exporter_usd is not null and metric.importer_used_usd is not null
    and metric.reconcile_state <> 'both_zero'
