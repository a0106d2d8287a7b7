-- One row per exporter, importer, HS code, year and loaded BACI revision: BACI's value beside this project's reconciled value.
-- From staging.stg_baci_flow and metrics.metric_reconciled_flow. Headings are sums over BACI's codes. A code or year that the revision does
-- not hold is left out; a pair without a row there has no flow. The ratio is taken of the values as shown, so that it gives no rounded
-- value away. Empty when BACI is not loaded.

with
baci as (select * from staging.stg_baci_flow),

metric as (select * from metrics.metric_reconciled_flow),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence),

lines as (
    select hs_revision, release_name, exporter_iso3, importer_iso3, product_code, period_start, period_status, value_usd,
        is_taiwan_proxy, is_later_vintage
    from baci

    union all

    select hs_revision, release_name, exporter_iso3, importer_iso3, left(product_code, 4), period_start, period_status, value_usd,
        is_taiwan_proxy, is_later_vintage
    from baci
),

cells as (
    select
        hs_revision,
        exporter_iso3,
        importer_iso3,
        product_code,
        period_start,
        sum(value_usd) as baci_usd,
        bool_or(is_taiwan_proxy) as is_taiwan_proxy
    from lines
    group by hs_revision, exporter_iso3, importer_iso3, product_code, period_start
),

years as (
    select
        hs_revision,
        period_start,
        max(release_name) as release_name,
        max(period_status) as period_status,
        bool_or(is_later_vintage) as is_later_vintage
    from lines
    group by hs_revision, period_start
),

codes as (select distinct hs_revision, product_code from lines),

paired as (
    select
        metric.exporter_iso3,
        metric.importer_iso3,
        metric.product_code,
        metric.period_start,
        metric.reconcile_state,
        metric.is_entrepot_pair,
        metric.absence_reason,
        metric.pair_licence_id,
        years.hs_revision,
        years.release_name,
        years.period_status,
        cells.baci_usd,
        coalesce(cells.is_taiwan_proxy, false) or metric.is_taiwan_proxy as is_taiwan_proxy,
        years.is_later_vintage or metric.is_later_vintage as is_later_vintage,
        coalesce(licences.may_redistribute_rows, false) as is_open,
        case
            when coalesce(licences.may_redistribute_rows, false) then metric.reconciled_usd
            else round(metric.reconciled_usd / 10000000, 0) * 10000000
        end as reconciled_usd
    from metric
    inner join years on metric.period_start = years.period_start
    inner join codes on years.hs_revision = codes.hs_revision and metric.product_code = codes.product_code
    left join cells
        on years.hs_revision = cells.hs_revision and metric.exporter_iso3 = cells.exporter_iso3
        and metric.importer_iso3 = cells.importer_iso3 and metric.product_code = cells.product_code
        and metric.period_start = cells.period_start
    left join licences on metric.pair_licence_id = licences.licence_id
    where metric.window_kind = 'year'
)

select
    cast(paired.exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(exporters.name_en as VARCHAR) as exporter_name,
    cast(paired.importer_iso3 as VARCHAR) as importer_iso3,
    cast(importers.name_en as VARCHAR) as importer_name,
    cast(paired.product_code as VARCHAR) as product_code,
    cast(coalesce(products.title, paired.product_code) as VARCHAR) as goods_title,
    cast(paired.hs_revision as VARCHAR) as hs_revision,
    cast(
        paired.hs_revision = case
            when extract(year from paired.period_start) >= 2022 then 'H6'
            when extract(year from paired.period_start) >= 2017 then 'H5'
            else 'H4'
        end as BOOLEAN
    ) as is_revision_of_year,
    cast(paired.period_start as DATE) as period_start,
    cast(paired.release_name as VARCHAR) as release_name,
    cast(paired.period_status as VARCHAR) as period_status,
    cast(paired.baci_usd as DECIMAL(20,3)) as baci_usd,
    cast(paired.reconciled_usd as DECIMAL(20,3)) as reconciled_usd,
    cast(
        case when paired.reconciled_usd > 0 then cast(paired.baci_usd as double) / cast(paired.reconciled_usd as double) end as DOUBLE
    ) as baci_ratio,
    cast(
        case
            when paired.reconciled_usd is null then paired.absence_reason
            when paired.baci_usd is null then 'no_flow_in_baci'
            when paired.reconciled_usd <= 0 and paired.is_open then 'reconciled_is_zero'
            when paired.reconciled_usd <= 0 then 'zero_after_rounding'
        end as VARCHAR
    ) as absence_reason,
    cast(paired.reconcile_state as VARCHAR) as reconcile_state,
    cast(paired.is_entrepot_pair as BOOLEAN) as is_entrepot_pair,
    cast(not paired.is_open as BOOLEAN) as is_rounded_by_terms,
    cast(paired.is_taiwan_proxy as BOOLEAN) as is_taiwan_proxy,
    cast(paired.is_later_vintage as BOOLEAN) as is_later_vintage,
    cast('reconciled' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from paired
inner join countries as exporters on paired.exporter_iso3 = exporters.country_iso3
inner join countries as importers on paired.importer_iso3 = importers.country_iso3
left join products on paired.product_code = products.code
