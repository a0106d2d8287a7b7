-- One row per hub, destination, origin, goods and window: share sent on that can come from the origin. From metrics.metric_origin_bound.
-- The bounds are an identified set, not a confidence interval.

with
metric as (select * from metrics.metric_origin_bound),

countries as (select * from core.dim_country),

products as (select * from core.dim_product)

select
    cast(metric.hub_iso3 as VARCHAR) as hub_iso3,
    cast(hubs.name_en as VARCHAR) as hub_name,
    cast(metric.destination_iso3 as VARCHAR) as destination_iso3,
    cast(destinations.name_en as VARCHAR) as destination_name,
    cast(metric.origin_iso3 as VARCHAR) as origin_iso3,
    cast(origins.name_en as VARCHAR) as origin_name,
    cast(metric.goods_id as VARCHAR) as goods_id,
    cast(
        case when metric.goods_id = 'ai_accelerator' then 'Chips, cards, units and servers added (AI group)' else coalesce(products.title, metric.goods_id) end
        as VARCHAR
    ) as goods_title,
    cast(metric.window_kind as VARCHAR) as window_kind,
    cast(metric.period_start as DATE) as period_start,
    cast(
        cast(metric.origin_lower_usd as double) / nullif(cast(metric.sent_on_usd as double), 0)
        as DOUBLE
    ) as origin_lower_share,
    cast(cast(metric.origin_mix_usd as double) / nullif(cast(metric.sent_on_usd as double), 0) as DOUBLE) as origin_mix_share,
    cast(
        cast(metric.origin_upper_usd as double) / nullif(cast(metric.sent_on_usd as double), 0)
        as DOUBLE
    ) as origin_upper_share,
    cast(
        case
            when metric.origin_upper_usd is null then 'no_value'
            when metric.sent_on_usd = 0 then 'nothing_sent_on'
        end as VARCHAR
    ) as ratio_absence_reason,
    cast(metric.bound_state as VARCHAR) as bound_state,
    cast(
        case metric.absence_reason
            when 'missing_hub_imports_and_exports' then 'neither imports nor exports of the hub are loaded'
            when 'missing_hub_imports' then 'imports of the hub are not loaded'
            when 'missing_hub_exports' then 'exports of the hub to the destination are not loaded'
            when 'missing_hub_origins' then 'imports of the hub are loaded without their origins'
            else 'imports of the hub by origin and goods sent on are loaded'
        end
        as VARCHAR
    ) as coverage_statement,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.claim_limit as VARCHAR) as claim_limit,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as hubs on metric.hub_iso3 = hubs.country_iso3
inner join countries as destinations on metric.destination_iso3 = destinations.country_iso3
inner join countries as origins on metric.origin_iso3 = origins.country_iso3
left join products on metric.goods_id = products.code
