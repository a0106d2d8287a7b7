-- One row per reporter, partner, flow, stage and period; rows that may not be passed on are left out. From metrics.metric_proxy_group.

with
metric as (select * from metrics.metric_proxy_group),

licences as (select * from core.dim_licence)

select
    cast(
        cast(metric.n_present as varchar) || ' of ' || cast(metric.n_expected as varchar) || ' codes of the stage are reported or zero'
        as VARCHAR
    ) as coverage_statement,
    cast(metric.dataset_id as VARCHAR) as dataset_id,
    cast(metric.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(metric.partner_iso3 as VARCHAR) as partner_iso3,
    cast(metric.flow as VARCHAR) as flow,
    cast(metric.trade_basis as VARCHAR) as trade_basis,
    cast(metric.stage as VARCHAR) as stage,
    cast(metric.frequency as VARCHAR) as frequency,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.period_end as DATE) as period_end,
    cast(metric.gross_usd as DECIMAL(20,3)) as gross_usd,
    cast(metric.low_usd as DECIMAL(20,3)) as low_usd,
    cast(metric.central_usd as DECIMAL(20,3)) as central_usd,
    cast(metric.high_usd as DECIMAL(20,3)) as high_usd,
    cast(metric.n_expected as BIGINT) as n_expected,
    cast(metric.n_present as BIGINT) as n_present,
    cast(metric.proxy_label as VARCHAR) as proxy_label,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.licence_id as VARCHAR) as licence_id,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join licences on metric.licence_id = licences.licence_id
where licences.may_redistribute_rows
