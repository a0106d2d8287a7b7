-- One row per pair of hubs in a row, destination, origin, goods and window: share sent on that can come from the origin by both.
-- From metrics.metric_origin_chain. The bounds are an identified set, not a confidence interval. Ratios only.

with
metric as (select * from metrics.metric_origin_chain),

countries as (select * from core.dim_country),

products as (select * from core.dim_product)

select
    cast(metric.first_hub_iso3 as VARCHAR) as first_hub_iso3,
    cast(first_hubs.name_en as VARCHAR) as first_hub_name,
    cast(metric.second_hub_iso3 as VARCHAR) as second_hub_iso3,
    cast(second_hubs.name_en as VARCHAR) as second_hub_name,
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
    cast(cast(metric.origin_lower_usd as double) / nullif(cast(metric.sent_on_usd as double), 0) as DOUBLE) as origin_lower_share,
    cast(cast(metric.origin_mix_usd as double) / nullif(cast(metric.sent_on_usd as double), 0) as DOUBLE) as origin_mix_share,
    cast(cast(metric.origin_upper_usd as double) / nullif(cast(metric.sent_on_usd as double), 0) as DOUBLE) as origin_upper_share,
    cast(
        case
            when metric.origin_upper_usd is null then 'no_value'
            when metric.sent_on_usd = 0 then 'nothing_sent_on'
        end as VARCHAR
    ) as ratio_absence_reason,
    cast(metric.bound_state as VARCHAR) as bound_state,
    cast(
        case
            when metric.missing_parts is not null
                then 'not loaded: ' || replace(replace(replace(metric.missing_parts, ';', ', '), 'first_', 'first hub''s '), 'second_', 'second hub''s ')
            else 'imports and goods sent on of both hubs are loaded; holds if what the first declares for the second arrives there in the same window'
        end
        as VARCHAR
    ) as coverage_statement,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.claim_limit as VARCHAR) as claim_limit,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as first_hubs on metric.first_hub_iso3 = first_hubs.country_iso3
inner join countries as second_hubs on metric.second_hub_iso3 = second_hubs.country_iso3
inner join countries as destinations on metric.destination_iso3 = destinations.country_iso3
inner join countries as origins on metric.origin_iso3 = origins.country_iso3
left join products on metric.goods_id = products.code
