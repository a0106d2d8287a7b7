-- One row per country, HS code and year: share of imports that stays. From metrics.metric_retained_import.
-- Shares only: the amounts are records whose terms keep them inside.

with
metric as (select * from metrics.metric_retained_import),

countries as (select * from core.dim_country),

products as (select * from core.dim_product)

select
    cast(metric.country_iso3 as VARCHAR) as country_iso3,
    cast(reporters.name_en as VARCHAR) as reporter_name,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(coalesce(products.title, metric.product_code) as VARCHAR) as goods_title,
    cast(metric.period_start as DATE) as period_start,
    cast(cast(metric.retained_low_usd as double) / nullif(cast(metric.import_usd as double), 0) as DOUBLE) as retained_share_low,
    cast(cast(metric.retained_usd as double) / nullif(cast(metric.import_usd as double), 0) as DOUBLE) as retained_share,
    cast(
        cast(metric.retained_high_usd as double) / nullif(cast(metric.import_usd as double), 0)
        as DOUBLE
    ) as retained_share_high,
    cast(metric.is_over_reexport as BOOLEAN) as is_over_reexport,
    cast(metric.is_hub as BOOLEAN) as is_hub,
    cast(
        case metric.absence_reason
            when 'missing_imports_and_reexports' then 'neither imports nor re-exports of the country are loaded'
            when 'missing_imports' then 'imports of the country are not loaded'
            when 'missing_reexports' then 're-exports of the country are not loaded'
            else 'imports and re-exports of the country are loaded'
        end
        as VARCHAR
    ) as coverage_statement,
    cast(
        case when metric.absence_reason is null and metric.import_usd = 0 then 'base_zero' else metric.absence_reason end
        as VARCHAR
    ) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as reporters on metric.country_iso3 = reporters.country_iso3
left join products on metric.product_code = products.code
