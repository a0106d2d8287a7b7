-- One row per hub, target, goods and regression: how much of a rise in arrivals leaves again. From metrics.metric_hub_pass_through.

with
metric as (select * from metrics.metric_hub_pass_through),

countries as (select * from core.dim_country),

products as (select * from core.dim_product)

select
    cast(metric.hub_iso3 as VARCHAR) as hub_iso3,
    cast(hubs.name_en as VARCHAR) as hub_name,
    cast(metric.target_iso3 as VARCHAR) as target_iso3,
    cast(targets.name_en as VARCHAR) as target_name,
    cast(metric.goods_id as VARCHAR) as goods_id,
    cast(
        case when metric.goods_id = 'ai_accelerator' then 'Chips, cards, units and servers added (AI group)' else coalesce(products.title, metric.goods_id) end
        as VARCHAR
    ) as goods_title,
    cast(metric.regression as VARCHAR) as regression,
    cast(metric.pass_through_low as DOUBLE) as pass_through_low,
    cast(metric.pass_through as DOUBLE) as pass_through,
    cast(metric.pass_through_high as DOUBLE) as pass_through_high,
    cast(metric.n_months_used as BIGINT) as n_months_used,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.claim_limit as VARCHAR) as claim_limit,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as hubs on metric.hub_iso3 = hubs.country_iso3
inner join countries as targets on metric.target_iso3 = targets.country_iso3
left join products on metric.goods_id = products.code
