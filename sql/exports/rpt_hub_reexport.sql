-- One row per hub, origin, destination, HS code and window: goods that the hub sold on. From metrics.metric_hub_reexport.
-- Rows that may not be passed on are left out.

with
metric as (select * from metrics.metric_hub_reexport),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence)

select
    cast(metric.hub_iso3 as VARCHAR) as hub_iso3,
    cast(hubs.name_en as VARCHAR) as hub_name,
    cast(metric.origin_iso3 as VARCHAR) as origin_iso3,
    cast(origins.name_en as VARCHAR) as origin_name,
    cast(metric.destination_iso3 as VARCHAR) as destination_iso3,
    cast(destinations.name_en as VARCHAR) as destination_name,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(coalesce(products.title, metric.product_code) as VARCHAR) as goods_title,
    cast(metric.window_kind as VARCHAR) as window_kind,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.reexport_usd as DECIMAL(20,3)) as reexport_usd,
    cast(metric.origin_low_usd as DECIMAL(20,3)) as origin_low_usd,
    cast(metric.origin_central_usd as DECIMAL(20,3)) as origin_central_usd,
    cast(metric.origin_high_usd as DECIMAL(20,3)) as origin_high_usd,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.licence_id as VARCHAR) as licence_id,
    cast(metric.claim_limit as VARCHAR) as claim_limit,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as hubs on metric.hub_iso3 = hubs.country_iso3
inner join countries as origins on metric.origin_iso3 = origins.country_iso3
inner join countries as destinations on metric.destination_iso3 = destinations.country_iso3
left join products on metric.product_code = products.code
inner join licences on metric.licence_id = licences.licence_id
where licences.may_redistribute_rows
