-- One row per country and period (A3): AI-accelerator value that arrives and stays. From metrics.metric_proxy_net_arrival.
-- Where a World total behind it may not be passed on, amounts are rounded to 10 million US dollars.

with
metric as (select * from metrics.metric_proxy_net_arrival),

totals as (select * from core.fact_control_total),

countries as (select * from core.dim_country),

licences as (select * from core.dim_licence),

barred as (
    select distinct totals.reporter_iso3, totals.frequency, totals.period_start
    from totals
    left join licences on totals.licence_id = licences.licence_id
    where licences.may_redistribute_rows is not true
)

select
    cast(countries.name_en as VARCHAR) as reporter_name,
    cast(metric.country_iso3 as VARCHAR) as country_iso3,
    cast(metric.frequency as VARCHAR) as frequency,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.period_end as DATE) as period_end,
    cast(
        case when barred.reporter_iso3 is null then metric.import_usd else round(metric.import_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as import_usd,
    cast(
        case when barred.reporter_iso3 is null then metric.export_usd else round(metric.export_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as export_usd,
    cast(
        case when barred.reporter_iso3 is null then metric.net_gross_usd else round(metric.net_gross_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as net_gross_usd,
    cast(
        case when barred.reporter_iso3 is null then metric.net_low_usd else round(metric.net_low_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as net_low_usd,
    cast(
        case when barred.reporter_iso3 is null then metric.net_high_usd else round(metric.net_high_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as net_high_usd,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(
        case
            when metric.import_usd is not null and metric.export_usd is not null then 'World imports and exports of the group are loaded'
            when metric.import_usd is not null then 'imports only: exports of the group are not loaded'
            when metric.export_usd is not null then 'exports only: imports of the group are not loaded'
            else 'neither imports nor exports of the group are loaded'
        end as VARCHAR
    ) as coverage_statement,
    cast(barred.reporter_iso3 is not null as BOOLEAN) as is_rounded_by_terms,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries on metric.country_iso3 = countries.country_iso3
left join barred
    on metric.country_iso3 = barred.reporter_iso3
    and metric.frequency = barred.frequency
    and metric.period_start = barred.period_start
