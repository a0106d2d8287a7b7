-- One row per pair of half-years and effective unit: CES elasticity where it may be read, a bound where not. From metrics.metric_channel_elasticity.

with
metric as (select * from metrics.metric_channel_elasticity)

select
    cast(metric.before_period as VARCHAR) as before_period,
    cast(metric.after_period as VARCHAR) as after_period,
    cast(metric.effective_unit_basis as VARCHAR) as effective_unit_basis,
    cast(metric.ces_sigma as DOUBLE) as ces_sigma,
    cast(metric.ces_if_unrationed as DOUBLE) as ces_if_unrationed,
    cast(metric.ces_status as VARCHAR) as ces_status,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
