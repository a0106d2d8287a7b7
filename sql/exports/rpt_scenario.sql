-- One row per scenario, base, year, output, channel and unit, in the model. From metrics.metric_scenario_outcome and the files.

with
metric as (select * from metrics.metric_scenario_outcome),

registry as (select * from tidy.scenario_value),

scenarios as (select scenario_id, title, question from registry where value_key = 'horizon')

select
    cast(metric.scenario_id as VARCHAR) as scenario_id,
    cast(scenarios.title as VARCHAR) as title,
    cast(scenarios.question as VARCHAR) as question,
    cast(metric.base_id as VARCHAR) as base_id,
    cast(metric.scenario_period as BIGINT) as scenario_period,
    cast(metric.scenario_output as VARCHAR) as scenario_output,
    cast(metric.channel as VARCHAR) as channel,
    cast(metric.outcome_unit as VARCHAR) as outcome_unit,
    cast(metric.outcome_p05 as DOUBLE) as outcome_p05,
    cast(metric.outcome_p50 as DOUBLE) as outcome_p50,
    cast(metric.outcome_p95 as DOUBLE) as outcome_p95,
    cast(metric.baseline_id as VARCHAR) as baseline_id,
    cast(metric.difference_p05 as DOUBLE) as difference_p05,
    cast(metric.difference_p50 as DOUBLE) as difference_p50,
    cast(metric.difference_p95 as DOUBLE) as difference_p95,
    cast(metric.parameter_hash as VARCHAR) as parameter_hash,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join scenarios on metric.scenario_id = scenarios.scenario_id
