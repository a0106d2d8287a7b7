-- One row per correlation case, period, unit and channel: how far correlated errors move shares and totals. From metrics.metric_mix_correlation.

with
metric as (select * from metrics.metric_mix_correlation)

select
    cast(metric.correlation_case as VARCHAR) as correlation_case,
    cast(metric.period_id as VARCHAR) as period_id,
    cast(metric.unit_of_account as VARCHAR) as unit_of_account,
    cast(metric.channel as VARCHAR) as channel,
    cast(metric.share_p05 as DOUBLE) as share_p05,
    cast(metric.share_p50 as DOUBLE) as share_p50,
    cast(metric.share_p95 as DOUBLE) as share_p95,
    cast(metric.total_p05 as DOUBLE) as total_p05,
    cast(metric.total_p50 as DOUBLE) as total_p50,
    cast(metric.total_p95 as DOUBLE) as total_p95,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
