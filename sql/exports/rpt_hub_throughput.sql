-- One row per hub, target, goods and window: what leaves over what arrives. From metrics.metric_hub_throughput.
-- Ratios only: the amounts are records whose terms keep them inside.

with
metric as (select * from metrics.metric_hub_throughput),

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
    cast(metric.window_kind as VARCHAR) as window_kind,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.throughput_low as DOUBLE) as throughput_low,
    cast(metric.throughput as DOUBLE) as throughput,
    cast(metric.throughput_high as DOUBLE) as throughput_high,
    cast(metric.relative_throughput as DOUBLE) as relative_throughput,
    cast(metric.ratio_absence_reason as VARCHAR) as ratio_absence_reason,
    cast(metric.onward_basis as VARCHAR) as onward_basis,
    cast(metric.is_own_output_included as BOOLEAN) as is_own_output_included,
    cast(
        case metric.absence_reason
            when 'missing_imports_and_exports' then 'neither imports nor exports of the hub are loaded'
            when 'missing_imports' then 'imports of the hub are not loaded'
            when 'missing_exports' then 'exports of the hub to the target are not loaded'
            else 'imports and goods sent on are loaded; ' || cast(metric.n_peers as varchar) || ' hubs can be compared'
        end
        as VARCHAR
    ) as coverage_statement,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.claim_limit as VARCHAR) as claim_limit,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as hubs on metric.hub_iso3 = hubs.country_iso3
inner join countries as targets on metric.target_iso3 = targets.country_iso3
left join products on metric.goods_id = products.code
