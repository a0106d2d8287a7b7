-- One row per span of half-years, effective unit and form: CES elasticity where it may be read, else a bound if any.
-- From metrics.metric_channel_elasticity.

with
metric as (select * from metrics.metric_channel_elasticity)

select
    cast(metric.elasticity_form as VARCHAR) as elasticity_form,
    cast(metric.before_period as VARCHAR) as before_period,
    cast(metric.after_period as VARCHAR) as after_period,
    cast(metric.effective_unit_basis as VARCHAR) as effective_unit_basis,
    cast(metric.n_periods as BIGINT) as n_periods,
    cast(metric.is_period_rule_met as BOOLEAN) as is_period_rule_met,
    cast(metric.ces_p05 as DOUBLE) as ces_p05,
    cast(metric.ces_p50 as DOUBLE) as ces_p50,
    cast(metric.ces_p95 as DOUBLE) as ces_p95,
    cast(metric.ces_upper_bound_p05 as DOUBLE) as ces_upper_bound_p05,
    cast(metric.ces_upper_bound_p50 as DOUBLE) as ces_upper_bound_p50,
    cast(metric.ces_upper_bound_p95 as DOUBLE) as ces_upper_bound_p95,
    cast(metric.ces_status as VARCHAR) as ces_status,
    cast(metric.limit_note as VARCHAR) as limit_note,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
