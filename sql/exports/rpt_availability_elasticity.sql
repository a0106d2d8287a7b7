-- One row per pair of half-years, unit, version of availability and form: elasticity of smuggled quantity.
-- From metrics.metric_availability_elasticity.

with
metric as (select * from metrics.metric_availability_elasticity)

select
    cast(metric.elasticity_form as VARCHAR) as elasticity_form,
    cast(metric.before_period as VARCHAR) as before_period,
    cast(metric.after_period as VARCHAR) as after_period,
    cast(metric.unit_of_account as VARCHAR) as unit_of_account,
    cast(metric.availability_version as VARCHAR) as availability_version,
    cast(metric.availability_before as DOUBLE) as availability_before,
    cast(metric.availability_after as DOUBLE) as availability_after,
    cast(metric.arc_p05 as DOUBLE) as arc_p05,
    cast(metric.arc_p50 as DOUBLE) as arc_p50,
    cast(metric.arc_p95 as DOUBLE) as arc_p95,
    cast(metric.semi_p05 as DOUBLE) as semi_p05,
    cast(metric.semi_p50 as DOUBLE) as semi_p50,
    cast(metric.semi_p95 as DOUBLE) as semi_p95,
    cast(metric.n_periods as BIGINT) as n_periods,
    cast(metric.n_chips as BIGINT) as n_chips,
    cast(metric.elasticity_status as VARCHAR) as elasticity_status,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
