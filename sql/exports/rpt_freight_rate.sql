-- One row per importer, HS code and year: freight and insurance over FOB value. From metrics.metric_freight_rate.

with
metric as (select * from metrics.metric_freight_rate),

countries as (select * from core.dim_country),

products as (select * from core.dim_product)

select
    cast(metric.importer_iso3 as VARCHAR) as importer_iso3,
    cast(importers.name_en as VARCHAR) as importer_name,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(coalesce(products.title, metric.product_code) as VARCHAR) as goods_title,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.freight_low as DOUBLE) as freight_low,
    cast(metric.freight_central as DOUBLE) as freight_central,
    cast(metric.freight_high as DOUBLE) as freight_high,
    cast(metric.freight_basis as VARCHAR) as freight_basis,
    cast(metric.n_two_values as BIGINT) as n_two_values,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as importers on metric.importer_iso3 = importers.country_iso3
left join products on metric.product_code = products.code
