-- One row per headline number with its interval, label and limit. From metrics.metric_answer.

with
metric as (select * from metrics.metric_answer)

select
    cast(metric.answer_id as VARCHAR) as answer_id,
    cast(metric.position as BIGINT) as position,
    cast(metric.title as VARCHAR) as title,
    cast(metric.question as VARCHAR) as question,
    cast(metric.unit_of_account as VARCHAR) as unit_of_account,
    cast(metric.set_kind as VARCHAR) as set_kind,
    cast(metric.answer_p05 as DOUBLE) as answer_p05,
    cast(metric.answer_p50 as DOUBLE) as answer_p50,
    cast(metric.answer_p95 as DOUBLE) as answer_p95,
    cast(metric.above_zero_probability as DOUBLE) as above_zero_probability,
    cast(metric.apart_p05 as DOUBLE) as apart_p05,
    cast(metric.apart_p50 as DOUBLE) as apart_p50,
    cast(metric.apart_p95 as DOUBLE) as apart_p95,
    cast(metric.apart_above_zero_probability as DOUBLE) as apart_above_zero_probability,
    cast(metric.answer_at_floor as DOUBLE) as answer_at_floor,
    cast(metric.limit_note as VARCHAR) as limit_note,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
