-- One row per country, HS code of the AI chain, year and basis: transit balance and PageRank; descriptive only.
-- From metrics.metric_network_position. Where a record behind the row may not be passed on, the row goes out only if each
-- side with a flow adds up three countries or more.

with
metric as (select * from metrics.metric_network_position),

reports as (select * from metrics.metric_bilateral_report),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence),

barred_reports as (
    select reports.reporter_iso3, reports.partner_iso3, reports.flow, reports.product_code, reports.period_start
    from reports
    inner join licences on reports.licence_id = licences.licence_id
    where reports.frequency = 'A' and not licences.may_redistribute_rows
),

barred as (
    select reporter_iso3 as country_iso3, flow, product_code, period_start
    from barred_reports
    union
    select partner_iso3 as country_iso3, flow, product_code, period_start
    from barred_reports
),

sides as (
    select distinct
        case when flow = 'X' then 'exporter_report' else 'importer_report' end as flow_basis, reporter_iso3, product_code,
        period_start
    from reports
    where frequency = 'A' and flow in ('X', 'M') and value_usd is not null
    union
    select distinct 'reconciled' as flow_basis, reporter_iso3, product_code, period_start
    from reports
    where frequency = 'A' and flow in ('X', 'M') and value_usd is not null
),

reporting as (
    select
        flow_basis,
        product_code,
        period_start,
        count(*) as n_reporters,
        string_agg(reporter_iso3, ', ' order by reporter_iso3) as reporters
    from sides
    group by flow_basis, product_code, period_start
)

select
    cast(countries.name_en as VARCHAR) as name_en,
    cast(products.title as VARCHAR) as product_title,
    cast(
        'reporters loaded: ' || cast(coalesce(reporting.n_reporters, 0) as varchar)
        || case when reporting.n_reporters <= 12 then ' (' || reporting.reporters || ')' else '' end
        || '; trade that none of them reports is in no total' as VARCHAR
    ) as coverage_statement,
    cast(metric.country_iso3 as VARCHAR) as country_iso3,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(metric.flow_basis as VARCHAR) as flow_basis,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.period_end as DATE) as period_end,
    cast(metric.inflow_usd as DECIMAL(20,3)) as inflow_usd,
    cast(metric.outflow_usd as DECIMAL(20,3)) as outflow_usd,
    cast(metric.n_in as BIGINT) as n_in,
    cast(metric.n_out as BIGINT) as n_out,
    cast(metric.n_countries as BIGINT) as n_countries,
    cast(metric.transit_balance as DOUBLE) as transit_balance,
    cast(metric.transit_reason as VARCHAR) as transit_reason,
    cast(metric.pagerank as DOUBLE) as pagerank,
    cast(metric.reading as VARCHAR) as reading,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join products on metric.product_code = products.code
left join countries on metric.country_iso3 = countries.country_iso3
left join reporting
    on metric.flow_basis = reporting.flow_basis
    and metric.product_code = reporting.product_code
    and metric.period_start = reporting.period_start
where products.ai_group <> 'none'
    and (
        (metric.n_in not in (1, 2) and metric.n_out not in (1, 2))
        or not exists (
            select 1
            from barred
            where barred.country_iso3 = metric.country_iso3
                and barred.product_code = metric.product_code
                and barred.period_start = metric.period_start
                and (
                    metric.flow_basis = 'reconciled'
                    or barred.flow = case when metric.flow_basis = 'exporter_report' then 'X' else 'M' end
                )
        )
    )
