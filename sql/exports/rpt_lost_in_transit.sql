-- One row per exporter, hub, HS code and year: share declared for the hub that it does not record. From metrics.metric_lost_in_transit.

with
metric as (select * from metrics.metric_lost_in_transit),

countries as (select * from core.dim_country),

products as (select * from core.dim_product)

select
    cast(metric.exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(exporters.name_en as VARCHAR) as exporter_name,
    cast(metric.hub_iso3 as VARCHAR) as hub_iso3,
    cast(hubs.name_en as VARCHAR) as hub_name,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(coalesce(products.title, metric.product_code) as VARCHAR) as goods_title,
    cast(metric.period_start as DATE) as period_start,
    cast(round(metric.lost_share_low, 4) as DOUBLE) as lost_share_low,
    cast(round(metric.lost_share, 4) as DOUBLE) as lost_share,
    cast(round(metric.lost_share_high, 4) as DOUBLE) as lost_share_high,
    cast(
        'declared by ' || exporters.name_en || ' for ' || hubs.name_en || '; '
        || case
            when metric.absence_reason is null then 'the imports of the hub from the exporter are loaded'
            when metric.absence_reason = 'hub_missing' then 'the imports of the hub from the exporter are not loaded'
            when metric.absence_reason = 'freight_unknown' then 'the imports of the hub are loaded, their freight is not known'
            when metric.absence_reason = 'negative_correction' then 'the imports of the hub are a negative correction'
            else 'the imports of the hub from the exporter are not known'
        end
        || '; goods of the exporter that the hub books under other partners are not in them'
        as VARCHAR
    ) as coverage_statement,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.claim_limit as VARCHAR) as claim_limit,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as exporters on metric.exporter_iso3 = exporters.country_iso3
inner join countries as hubs on metric.hub_iso3 = hubs.country_iso3
left join products on metric.product_code = products.code
where metric.window_kind = 'year'
