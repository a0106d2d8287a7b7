-- One row per pair of scenarios, base and output, in the model. From metrics.metric_scenario_comparison.

with
metric as (select * from metrics.metric_scenario_comparison)

select
    cast(metric.scenario_id as VARCHAR) as scenario_id,
    cast(metric.other_scenario_id as VARCHAR) as other_scenario_id,
    cast(metric.base_id as VARCHAR) as base_id,
    cast(metric.scenario_output as VARCHAR) as scenario_output,
    cast(metric.outcome_unit as VARCHAR) as outcome_unit,
    cast(metric.above_probability as DOUBLE) as above_probability,
    cast(metric.difference_p05 as DOUBLE) as difference_p05,
    cast(metric.difference_p50 as DOUBLE) as difference_p50,
    cast(metric.difference_p95 as DOUBLE) as difference_p95,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
