-- One row per licence rule, unit, measure and counterfactuals: leakage, effectiveness, displacement on re-opening.
-- From metrics.metric_leakage.

with
metric as (select * from metrics.metric_leakage)

select
    cast(metric.rule_id as VARCHAR) as rule_id,
    cast(metric.rule_bite_date as DATE) as rule_bite_date,
    cast(metric.before_period as VARCHAR) as before_period,
    cast(metric.after_period as VARCHAR) as after_period,
    cast(metric.window_form as VARCHAR) as window_form,
    cast(metric.n_licence_rules as BIGINT) as n_licence_rules,
    cast(metric.unit_of_account as VARCHAR) as unit_of_account,
    cast(metric.unit_convention as VARCHAR) as unit_convention,
    cast(metric.leakage_measure as VARCHAR) as leakage_measure,
    cast(metric.smuggled_counterfactual as VARCHAR) as smuggled_counterfactual,
    cast(metric.uncontrolled_basis as VARCHAR) as uncontrolled_basis,
    cast(metric.leakage_p05 as DOUBLE) as leakage_p05,
    cast(metric.leakage_p50 as DOUBLE) as leakage_p50,
    cast(metric.leakage_p95 as DOUBLE) as leakage_p95,
    cast(metric.leakage_status as VARCHAR) as leakage_status,
    cast(metric.counted_offsets as VARCHAR) as counted_offsets,
    cast(metric.left_out_offsets as VARCHAR) as left_out_offsets,
    cast(metric.limit_note as VARCHAR) as limit_note,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
