-- One row per cell and unit: unit value, its median, and the quantity to use; annual rows, and every flagged month.
-- From metrics.metric_unit_value; rows that may not be passed on are left out.

with
metric as (select * from metrics.metric_unit_value),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence)

select
    cast(reporters.name_en as VARCHAR) as country_name,
    cast(partners.name_en as VARCHAR) as partner_name,
    cast(products.title as VARCHAR) as product_title,
    cast(metric.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(metric.partner_iso3 as VARCHAR) as partner_iso3,
    cast(metric.flow as VARCHAR) as flow,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(metric.frequency as VARCHAR) as frequency,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.period_end as DATE) as period_end,
    cast(metric.quantity_basis as VARCHAR) as quantity_basis,
    cast(metric.value_usd as DECIMAL(20,3)) as value_usd,
    cast(metric.unit_quantity as DECIMAL(24,6)) as unit_quantity,
    cast(metric.unit_value_usd as DOUBLE) as unit_value_usd,
    cast(metric.median_unit_value_usd as DOUBLE) as median_unit_value_usd,
    cast(metric.log_spread as DOUBLE) as log_spread,
    cast(metric.robust_z as DOUBLE) as robust_z,
    cast(metric.n_window as BIGINT) as n_window,
    cast(metric.outlier_rule as VARCHAR) as outlier_rule,
    cast(metric.is_unit_value_flagged as BOOLEAN) as is_unit_value_flagged,
    cast(metric.imputed_quantity as DECIMAL(24,6)) as imputed_quantity,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.source_id as VARCHAR) as source_id,
    cast(metric.is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(metric.licence_id as VARCHAR) as licence_id,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join licences on metric.licence_id = licences.licence_id
left join countries as reporters on metric.reporter_iso3 = reporters.country_iso3
left join countries as partners on metric.partner_iso3 = partners.country_iso3
left join products on metric.product_code = products.code
where licences.may_redistribute_rows and (metric.frequency = 'A' or metric.is_unit_value_flagged)
