-- One row per back-test, output, unit and later figure, in the model. From metrics.metric_scenario_backtest.

with
metric as (select * from metrics.metric_scenario_backtest)

select
    cast(metric.backtest_id as VARCHAR) as backtest_id,
    cast(metric.calibrated_on as DATE) as calibrated_on,
    cast(metric.base_known_at as DATE) as base_known_at,
    cast(metric.base_rows as VARCHAR) as base_rows,
    cast(metric.hindsight as VARCHAR) as hindsight,
    cast(metric.scenario_output as VARCHAR) as scenario_output,
    cast(metric.channel as VARCHAR) as channel,
    cast(metric.outcome_unit as VARCHAR) as outcome_unit,
    cast(metric.outcome_p05 as DOUBLE) as outcome_p05,
    cast(metric.outcome_p50 as DOUBLE) as outcome_p50,
    cast(metric.outcome_p95 as DOUBLE) as outcome_p95,
    cast(metric.later_id as VARCHAR) as later_id,
    cast(metric.later_known_at as DATE) as later_known_at,
    cast(metric.later_low as DOUBLE) as later_low,
    cast(metric.later_central as DOUBLE) as later_central,
    cast(metric.later_high as DOUBLE) as later_high,
    cast(metric.is_later_inside as BOOLEAN) as is_later_inside,
    cast(metric.explanation as VARCHAR) as explanation,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
