-- One row per exporter, HS code and year with exports that name no country: how far partners' reports explain them.
-- From metrics.metric_areas_nes. A sum of which one part is not known has no value. Where terms bar passing on rows, a row goes out only over three importers' reports or more.

with
metric as (select * from metrics.metric_areas_nes),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence),

summed as (
    select
        metric.reporter_iso3,
        metric.product_code,
        metric.period_start,
        max(case when metric.nes_role in ('unspecified', 'not_listed') then metric.absence_reason end) as absence_reason,
        sum(case when metric.nes_role in ('unspecified', 'not_listed') then metric.nes_exporter_usd end) as before_usd,
        sum(case when metric.nes_role = 'named' then metric.nes_moved_usd else 0 end) as named_usd,
        sum(case when metric.nes_role = 'never_named' then metric.nes_importer_usd else 0 end) as never_named_usd,
        sum(case when metric.nes_role in ('unspecified', 'not_listed') then metric.nes_adjusted_usd end) as after_usd,
        count(metric.nes_importer_usd) as n_importers,
        max(
            case when not licences.may_redistribute_rows and metric.nes_importer_usd is not null then 1 else 0 end
        ) as n_barred
    from metric
    inner join licences on metric.licence_id = licences.licence_id
    where metric.frequency = 'A'
    group by metric.reporter_iso3, metric.product_code, metric.period_start
)

select
    cast(reporters.name_en as VARCHAR) as country_name,
    cast(products.title as VARCHAR) as product_title,
    cast(summed.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(summed.product_code as VARCHAR) as product_code,
    cast(summed.period_start as DATE) as period_start,
    cast(case when summed.absence_reason is null then summed.before_usd end as DECIMAL(20,3)) as nes_before_usd,
    cast(summed.named_usd as DECIMAL(20,3)) as nes_named_usd,
    cast(summed.never_named_usd as DECIMAL(20,3)) as nes_never_named_usd,
    cast(case when summed.absence_reason is null then summed.after_usd end as DECIMAL(20,3)) as nes_after_usd,
    cast(summed.n_importers as BIGINT) as n_importers,
    cast(
        'set against the reports of ' || cast(summed.n_importers as varchar)
        || ' importers; a partner whose report is not loaded explains nothing' as VARCHAR
    ) as coverage_statement,
    cast(summed.absence_reason as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from summed
left join countries as reporters on summed.reporter_iso3 = reporters.country_iso3
left join products on summed.product_code = products.code
where summed.n_barred = 0 or summed.n_importers >= 3
