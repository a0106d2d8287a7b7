-- One row per rule, exporter, hub, HS code and window: exports above constant shares, or why there is no figure. From
-- metrics.metric_hub_excess.
-- Amounts under terms that keep single records inside are rounded to 10 million US dollars.

with
metric as (select * from metrics.metric_hub_excess),

rules as (select * from core.fact_rule_change),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence)

select
    cast(metric.rule_id as VARCHAR) as rule_id,
    cast(rules.title as VARCHAR) as rule_title,
    cast(metric.exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(exporters.name_en as VARCHAR) as exporter_name,
    cast(metric.hub_iso3 as VARCHAR) as hub_iso3,
    cast(hubs.name_en as VARCHAR) as hub_name,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(coalesce(products.title, metric.product_code) as VARCHAR) as goods_title,
    cast(metric.window_kind as VARCHAR) as window_kind,
    cast(metric.base_start as DATE) as base_start,
    cast(metric.base_end as DATE) as base_end,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.period_end as DATE) as period_end,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.base_usd else round(metric.base_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as base_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.actual_usd else round(metric.actual_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as actual_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.counterfactual_usd else round(metric.counterfactual_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as counterfactual_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.excess_low_usd else round(metric.excess_low_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as excess_low_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.excess_usd else round(metric.excess_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as excess_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.excess_high_usd else round(metric.excess_high_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as excess_high_usd,
    cast(metric.excess_ratio as DOUBLE) as excess_ratio,
    cast(metric.ratio_absence_reason as VARCHAR) as ratio_absence_reason,
    cast(metric.band_low_ratio as DOUBLE) as band_low_ratio,
    cast(metric.band_high_ratio as DOUBLE) as band_high_ratio,
    cast(metric.is_outside_band as BOOLEAN) as is_outside_band,
    cast(metric.n_placebos as BIGINT) as n_placebos,
    cast(metric.band_absence_reason as VARCHAR) as band_absence_reason,
    cast(
        'the rest of the world is ' || cast(coalesce(metric.n_rest, 0) as varchar) || ' of the destinations in the exporter''s report'
        || case
            when metric.rest_world_share is null then ', of a World that is not loaded for the base window'
            else ' with ' || cast(cast(round(1000 * metric.rest_world_share) as bigint) / 10 as varchar) || ' % of the exporter''s World in the base window'
        end
        || case metric.absence_reason
            when 'rest_holds_hubs' then '; what unnamed partners hold besides hubs is not known'
            when 'hub_not_in_report' then '; the hub is not in the exporter''s report'
            else ''
        end
        as VARCHAR
    ) as coverage_statement,
    cast(not coalesce(licences.may_redistribute_rows, false) as BOOLEAN) as is_rounded_by_terms,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.claim_limit as VARCHAR) as claim_limit,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join rules on metric.rule_id = rules.rule_id
inner join countries as exporters on metric.exporter_iso3 = exporters.country_iso3
inner join countries as hubs on metric.hub_iso3 = hubs.country_iso3
left join products on metric.product_code = products.code
left join licences on metric.licence_id = licences.licence_id
