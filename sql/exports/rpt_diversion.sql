-- One row per rule, exporter, target, HS code and window: offset of lost direct exports by hubs. From metrics.metric_diversion.
-- The sums behind it are in metrics.metric_diversion; here are ratios with what the sums hold.

with
metric as (select * from metrics.metric_diversion),

rules as (select * from core.fact_rule_change),

countries as (select * from core.dim_country),

products as (select * from core.dim_product)

select
    cast(metric.rule_id as VARCHAR) as rule_id,
    cast(rules.title as VARCHAR) as rule_title,
    cast(metric.exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(exporters.name_en as VARCHAR) as exporter_name,
    cast(metric.target_iso3 as VARCHAR) as target_iso3,
    cast(targets.name_en as VARCHAR) as target_name,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(coalesce(products.title, metric.product_code) as VARCHAR) as goods_title,
    cast(metric.window_kind as VARCHAR) as window_kind,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.period_end as DATE) as period_end,
    cast(metric.offset_low as DOUBLE) as offset_low,
    cast(metric.offset_index as DOUBLE) as offset_index,
    cast(metric.offset_high as DOUBLE) as offset_high,
    cast(metric.band_absence_reason as VARCHAR) as band_absence_reason,
    cast(
        'excess is summed over ' || cast(metric.n_present as varchar) || ' of ' || cast(metric.n_expected as varchar)
        || ' hubs of the table of hubs'
        || case
            when metric.missing_hubs is not null then '; the exporter''s report gives no excess for ' || replace(metric.missing_hubs, ';', ', ')
            else ''
        end
        || case metric.absence_reason
            when 'target_not_in_report' then '; the target is not in the exporter''s report'
            when 'rest_holds_hubs' then '; what unnamed partners hold besides hubs is not known'
            else ''
        end
        as VARCHAR
    ) as coverage_statement,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.claim_limit as VARCHAR) as claim_limit,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join rules on metric.rule_id = rules.rule_id
inner join countries as exporters on metric.exporter_iso3 = exporters.country_iso3
inner join countries as targets on metric.target_iso3 = targets.country_iso3
left join products on metric.product_code = products.code
