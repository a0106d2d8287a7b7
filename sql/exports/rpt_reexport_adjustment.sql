-- One row per origin, destination, HS code and window that both report: import surplus and re-exports. From metrics.metric_reexport_adjustment.
-- Amounts under terms that keep single records inside are rounded to 10 million US dollars.

with
metric as (select * from metrics.metric_reexport_adjustment),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence)

select
    cast(metric.origin_iso3 as VARCHAR) as origin_iso3,
    cast(origins.name_en as VARCHAR) as origin_name,
    cast(metric.destination_iso3 as VARCHAR) as destination_iso3,
    cast(destinations.name_en as VARCHAR) as destination_name,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(coalesce(products.title, metric.product_code) as VARCHAR) as goods_title,
    cast(metric.window_kind as VARCHAR) as window_kind,
    cast(metric.period_start as DATE) as period_start,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.surplus_before_low_usd else round(metric.surplus_before_low_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as surplus_before_low_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.surplus_before_usd else round(metric.surplus_before_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as surplus_before_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.surplus_before_high_usd else round(metric.surplus_before_high_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as surplus_before_high_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.reexport_usd else round(metric.reexport_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as reexport_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.surplus_after_low_usd else round(metric.surplus_after_low_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as surplus_after_low_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.surplus_after_usd else round(metric.surplus_after_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as surplus_after_usd,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then metric.surplus_after_high_usd else round(metric.surplus_after_high_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as surplus_after_high_usd,
    cast(metric.is_worse_after as BOOLEAN) as is_worse_after,
    cast(
        're-exports by origin of ' || cast(metric.n_hubs_present as varchar) || ' of ' || cast(metric.n_hubs_expected as varchar)
        || ' hubs are loaded' || case when metric.missing_hubs is not null then '; not loaded: ' || replace(metric.missing_hubs, ';', ', ') else '' end
        as VARCHAR
    ) as coverage_statement,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.claim_limit as VARCHAR) as claim_limit,
    cast(not coalesce(licences.may_redistribute_rows, false) as BOOLEAN) as is_rounded_by_terms,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as origins on metric.origin_iso3 = origins.country_iso3
inner join countries as destinations on metric.destination_iso3 = destinations.country_iso3
left join products on metric.product_code = products.code
left join licences on metric.pair_licence_id = licences.licence_id
