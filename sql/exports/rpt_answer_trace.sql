-- One row per step from published figures to a headline; the last step is the headline. From metrics.metric_answer_trace.

with
metric as (select * from metrics.metric_answer_trace)

select
    cast(metric.answer_id as VARCHAR) as answer_id,
    cast(metric.step_no as BIGINT) as step_no,
    cast(metric.step_kind as VARCHAR) as step_kind,
    cast(metric.step_label as VARCHAR) as step_label,
    cast(metric.expression as VARCHAR) as expression,
    cast(metric.step_unit as VARCHAR) as step_unit,
    cast(metric.step_p05 as DOUBLE) as step_p05,
    cast(metric.step_p50 as DOUBLE) as step_p50,
    cast(metric.step_p95 as DOUBLE) as step_p95,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
