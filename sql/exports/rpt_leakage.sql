-- One row per unit, measure and counterfactual: leakage, induced diversion and effectiveness of the H20 stop. From metrics.metric_leakage.

with
metric as (select * from metrics.metric_leakage)

select
    cast(metric.period_id as VARCHAR) as period_id,
    cast(metric.unit_of_account as VARCHAR) as unit_of_account,
    cast(metric.leakage_measure as VARCHAR) as leakage_measure,
    cast(metric.smuggled_counterfactual as VARCHAR) as smuggled_counterfactual,
    cast(metric.leakage_p05 as DOUBLE) as leakage_p05,
    cast(metric.leakage_p50 as DOUBLE) as leakage_p50,
    cast(metric.leakage_p95 as DOUBLE) as leakage_p95,
    cast(metric.counted_offsets as VARCHAR) as counted_offsets,
    cast(metric.limit_note as VARCHAR) as limit_note,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
