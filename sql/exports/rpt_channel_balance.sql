-- One row per period and scope: supply less growth of installed compute and retirements, or why it is skipped.
-- From metrics.metric_channel_balance.

with
metric as (select * from metrics.metric_channel_balance)

select
    cast(metric.scope as VARCHAR) as scope,
    cast(metric.period_id as VARCHAR) as period_id,
    cast(metric.supply_p50 as DOUBLE) as supply_p50,
    cast(metric.capacity_growth_p50 as DOUBLE) as capacity_growth_p50,
    cast(metric.retirement_p50 as DOUBLE) as retirement_p50,
    cast(metric.residual_p05 as DOUBLE) as residual_p05,
    cast(metric.residual_p50 as DOUBLE) as residual_p50,
    cast(metric.residual_p95 as DOUBLE) as residual_p95,
    cast(metric.residual_share_p05 as DOUBLE) as residual_share_p05,
    cast(metric.residual_share_p50 as DOUBLE) as residual_share_p50,
    cast(metric.residual_share_p95 as DOUBLE) as residual_share_p95,
    cast(metric.balance_status as VARCHAR) as balance_status,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
