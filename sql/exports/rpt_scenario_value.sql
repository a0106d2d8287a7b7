-- One row per scenario and value that its file sets. From tidy.scenario_value.

with
metric as (select * from tidy.scenario_value)

select
    cast(metric.scenario_id as VARCHAR) as scenario_id,
    cast(metric.title as VARCHAR) as title,
    cast(metric.question as VARCHAR) as question,
    cast(metric.base_period as VARCHAR) as base_period,
    cast(metric.horizon as BIGINT) as horizon,
    cast(metric.baseline_id as VARCHAR) as baseline_id,
    cast(metric.parameter_hash as VARCHAR) as parameter_hash,
    cast(metric.value_key as VARCHAR) as value_key,
    cast(metric.value_unit as VARCHAR) as value_unit,
    cast(metric.value_low as DOUBLE) as value_low,
    cast(metric.value_central as DOUBLE) as value_central,
    cast(metric.value_high as DOUBLE) as value_high,
    cast(metric.value_path as VARCHAR) as value_path,
    cast(metric.value_source as VARCHAR) as value_source,
    cast(metric.reason as VARCHAR) as reason,
    cast('scenario' as VARCHAR) as value_label,
    cast('structural' as VARCHAR) as evidence_label
from metric
