-- One row per period and scope: installed AI compute in China.
-- From metrics.metric_installed_stock.

with
metric as (select * from metrics.metric_installed_stock)

select
    cast(metric.scope as VARCHAR) as scope,
    cast(metric.period_id as VARCHAR) as period_id,
    cast(metric.stock_p05 as DOUBLE) as stock_p05,
    cast(metric.stock_p50 as DOUBLE) as stock_p50,
    cast(metric.stock_p95 as DOUBLE) as stock_p95,
    cast(metric.carried_mean as DOUBLE) as carried_mean,
    cast(metric.added_mean as DOUBLE) as added_mean,
    cast(metric.stock_mean as DOUBLE) as stock_mean,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
