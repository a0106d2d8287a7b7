-- One row per year and basis: demand at reference prices that supply did not meet. From metrics.metric_tightness.

with
metric as (select * from metrics.metric_tightness)

select
    cast(metric.period_id as VARCHAR) as period_id,
    cast(metric.tightness_basis as VARCHAR) as tightness_basis,
    cast(metric.tightness_p05 as DOUBLE) as tightness_p05,
    cast(metric.tightness_p50 as DOUBLE) as tightness_p50,
    cast(metric.tightness_p95 as DOUBLE) as tightness_p95,
    cast(metric.limit_note as VARCHAR) as limit_note,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
