-- One row per reporter, flow, HS code and year: trade with the world, and what the total holds. From metrics.metric_world_report.
-- Rows that may not be passed on are left out.

with
metric as (select * from metrics.metric_world_report),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence)

select
    cast(metric.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(reporters.name_en as VARCHAR) as reporter_name,
    cast(metric.flow as VARCHAR) as flow,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(coalesce(products.title, metric.product_code) as VARCHAR) as goods_title,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.value_usd as DECIMAL(20,3)) as value_usd,
    cast(metric.report_basis as VARCHAR) as report_basis,
    cast(metric.is_partner_list_complete as BOOLEAN) as is_partner_list_complete,
    cast(metric.is_world_mismatch as BOOLEAN) as is_world_mismatch,
    cast(
        case metric.report_basis
            when 'partners_added' then 'partners added up: ' || cast(metric.n_present as varchar) || ' of ' || cast(metric.n_expected as varchar) || ' with a value'
            when 'months_added' then 'World total of twelve months'
            else 'World total as filed'
        end || case
            when metric.absence_reason = 'partners_incomplete' then '; the file does not hold all partners, so there is no total'
            when metric.is_world_mismatch then '; partners and World differ by more than 0.5 %'
            when metric.is_partner_list_complete then '; an absent partner is a zero'
            else ''
        end
        as VARCHAR
    ) as coverage_statement,
    cast(metric.source_id as VARCHAR) as source_id,
    cast(metric.licence_id as VARCHAR) as licence_id,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as reporters on metric.reporter_iso3 = reporters.country_iso3
left join products on metric.product_code = products.code
inner join licences on metric.licence_id = licences.licence_id
where metric.frequency = 'A' and licences.may_redistribute_rows
