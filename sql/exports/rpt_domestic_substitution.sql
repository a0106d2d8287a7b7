-- One row per measure, scope, unit and period: self-sufficiency, import displacement, capacity-limited share.
-- From metrics.metric_domestic_substitution.

with
metric as (select * from metrics.metric_domestic_substitution)

select
    cast(metric.substitution_measure as VARCHAR) as substitution_measure,
    cast(metric.scope as VARCHAR) as scope,
    cast(metric.unit_of_account as VARCHAR) as unit_of_account,
    cast(metric.period_id as VARCHAR) as period_id,
    cast(metric.matched_period as VARCHAR) as matched_period,
    cast(metric.publisher as VARCHAR) as publisher,
    cast(metric.substitution_p05 as DOUBLE) as substitution_p05,
    cast(metric.substitution_p50 as DOUBLE) as substitution_p50,
    cast(metric.substitution_p95 as DOUBLE) as substitution_p95,
    cast(metric.limit_note as VARCHAR) as limit_note,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
