-- One row per rule on AI chips for China, unit, target and basis: diversion ratio, or the set that is identified.
-- From metrics.metric_diversion_ratio.

with
metric as (select * from metrics.metric_diversion_ratio)

select
    cast(metric.rule_id as VARCHAR) as rule_id,
    cast(metric.diversion_basis as VARCHAR) as diversion_basis,
    cast(metric.unit_of_account as VARCHAR) as unit_of_account,
    cast(metric.diversion_target as VARCHAR) as diversion_target,
    cast(metric.rule_bite_date as DATE) as rule_bite_date,
    cast(metric.direction as VARCHAR) as direction,
    cast(metric.before_period as VARCHAR) as before_period,
    cast(metric.after_period as VARCHAR) as after_period,
    cast(metric.window_form as VARCHAR) as window_form,
    cast(metric.is_window_mismatched as BOOLEAN) as is_window_mismatched,
    cast(metric.n_window_rules as BIGINT) as n_window_rules,
    cast(metric.n_licence_rules as BIGINT) as n_licence_rules,
    cast(metric.positive_shortfall_share as DOUBLE) as positive_shortfall_share,
    cast(metric.is_allocated as BOOLEAN) as is_allocated,
    cast(metric.counted_targets as VARCHAR) as counted_targets,
    cast(metric.diversion_p05 as DOUBLE) as diversion_p05,
    cast(metric.diversion_p50 as DOUBLE) as diversion_p50,
    cast(metric.diversion_p95 as DOUBLE) as diversion_p95,
    cast(metric.set_lower as DOUBLE) as set_lower,
    cast(metric.set_upper_p05 as DOUBLE) as set_upper_p05,
    cast(metric.set_upper_p50 as DOUBLE) as set_upper_p50,
    cast(metric.set_upper_p95 as DOUBLE) as set_upper_p95,
    cast(metric.set_upper_at_floor as DOUBLE) as set_upper_at_floor,
    cast(metric.is_open_above as BOOLEAN) as is_open_above,
    cast(metric.diversion_status as VARCHAR) as diversion_status,
    cast(metric.ratio_reading as VARCHAR) as ratio_reading,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
