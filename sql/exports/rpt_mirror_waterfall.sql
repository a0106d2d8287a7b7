-- One row per exporter, importer, HS code, window and component: what the raw gap is made of. From metrics.metric_mirror_waterfall.
-- Amounts under terms that keep single records inside are rounded to 10 million US dollars.

with
metric as (select * from metrics.metric_mirror_waterfall),

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
    cast(metric.window_kind as VARCHAR) as window_kind,
    cast(metric.period_start as DATE) as period_start,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.raw_gap_usd else round(metric.raw_gap_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as raw_gap_usd,
    cast(metric.component_position as BIGINT) as component_position,
    cast(metric.component as VARCHAR) as component,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.component_low_usd else round(metric.component_low_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as component_low_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.component_usd else round(metric.component_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as component_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.component_high_usd else round(metric.component_high_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as component_high_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.explainable_usd else round(metric.explainable_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as explainable_usd,
    cast(metric.component_state as VARCHAR) as component_state,
    cast(metric.component_note as VARCHAR) as component_note,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.claim_limit as VARCHAR) as claim_limit,
    cast(not coalesce(licences.may_redistribute_rows, false) as BOOLEAN) as is_rounded_by_terms,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as exporters on metric.exporter_iso3 = exporters.country_iso3
inner join countries as importers on metric.importer_iso3 = importers.country_iso3
left join products on metric.product_code = products.code
left join licences on metric.pair_licence_id = licences.licence_id
