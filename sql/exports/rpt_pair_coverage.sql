-- One row per exporter, HS code and year: how much of its trade has a mirror. From metrics.metric_pair_coverage.

with
metric as (select * from metrics.metric_pair_coverage),

countries as (select * from core.dim_country),

products as (select * from core.dim_product)

select
    cast(metric.exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(exporters.name_en as VARCHAR) as exporter_name,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(coalesce(products.title, metric.product_code) as VARCHAR) as goods_title,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.n_importers_named as BIGINT) as n_importers_named,
    cast(metric.n_importers_loaded as BIGINT) as n_importers_loaded,
    cast(metric.mirrored_share as DOUBLE) as mirrored_share,
    cast(metric.missing_importers as VARCHAR) as missing_importers,
    cast(metric.coverage_statement as VARCHAR) as coverage_statement,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as exporters on metric.exporter_iso3 = exporters.country_iso3
left join products on metric.product_code = products.code
