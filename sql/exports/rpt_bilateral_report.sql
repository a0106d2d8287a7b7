-- One row per reporter, partner, flow, HS code and year: the report that the flow metrics use. From metrics.metric_bilateral_report.
-- Rows that may not be passed on are left out.

with
metric as (select * from metrics.metric_bilateral_report),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence)

select
    cast(metric.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(reporters.name_en as VARCHAR) as reporter_name,
    cast(metric.partner_iso3 as VARCHAR) as partner_iso3,
    cast(partners.name_en as VARCHAR) as partner_label,
    cast(metric.flow as VARCHAR) as flow,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(coalesce(products.title, metric.product_code) as VARCHAR) as goods_title,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.value_usd as DECIMAL(20,3)) as value_usd,
    cast(metric.value_basis as VARCHAR) as value_basis,
    cast(metric.net_kg as DECIMAL(24,6)) as net_kg,
    cast(metric.cell_state as VARCHAR) as cell_state,
    cast(metric.report_basis as VARCHAR) as report_basis,
    cast(metric.source_id as VARCHAR) as source_id,
    cast(metric.licence_id as VARCHAR) as licence_id,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as reporters on metric.reporter_iso3 = reporters.country_iso3
inner join countries as partners on metric.partner_iso3 = partners.country_iso3
left join products on metric.product_code = products.code
inner join licences on metric.licence_id = licences.licence_id
where metric.frequency = 'A' and licences.may_redistribute_rows
