-- One row per scenario, output and input, in the model. From metrics.metric_scenario_sensitivity and the files.

with
metric as (select * from metrics.metric_scenario_sensitivity),

registry as (select * from tidy.scenario_value),

scenarios as (select scenario_id, title, question from registry where value_key = 'horizon')

select
    cast(metric.scenario_id as VARCHAR) as scenario_id,
    cast(scenarios.title as VARCHAR) as title,
    cast(metric.base_id as VARCHAR) as base_id,
    cast(metric.scenario_output as VARCHAR) as scenario_output,
    cast(metric.channel as VARCHAR) as channel,
    cast(metric.outcome_unit as VARCHAR) as outcome_unit,
    cast(metric.scenario_input as VARCHAR) as scenario_input,
    cast(metric.input_low as DOUBLE) as input_low,
    cast(metric.input_central as DOUBLE) as input_central,
    cast(metric.input_high as DOUBLE) as input_high,
    cast(metric.at_low as DOUBLE) as at_low,
    cast(metric.at_central as DOUBLE) as at_central,
    cast(metric.at_high as DOUBLE) as at_high,
    cast(metric.swing_rank as BIGINT) as swing_rank,
    cast(metric.sobol_first as DOUBLE) as sobol_first,
    cast(metric.sobol_first_error as DOUBLE) as sobol_first_error,
    cast(metric.sobol_total as DOUBLE) as sobol_total,
    cast(metric.sobol_total_error as DOUBLE) as sobol_total_error,
    cast(metric.sobol_points as BIGINT) as sobol_points,
    cast(metric.parameter_hash as VARCHAR) as parameter_hash,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join scenarios on metric.scenario_id = scenarios.scenario_id
