-- One row per pair of claims about one subject and unit. From metrics.metric_claim_consistency.

with
metric as (select * from metrics.metric_claim_consistency)

select
    cast(metric.claim_a_id as VARCHAR) as claim_a_id,
    cast(metric.claim_b_id as VARCHAR) as claim_b_id,
    cast(metric.unit_of_account as VARCHAR) as unit_of_account,
    cast(metric.claim_subject as VARCHAR) as claim_subject,
    cast(metric.per_quarter_a as DOUBLE) as per_quarter_a,
    cast(metric.per_quarter_b as DOUBLE) as per_quarter_b,
    cast(metric.claim_ratio as DOUBLE) as claim_ratio,
    cast(metric.interval_overlap as DOUBLE) as interval_overlap,
    cast(metric.overlap_coefficient as DOUBLE) as overlap_coefficient,
    cast(metric.days_a as BIGINT) as days_a,
    cast(metric.days_b as BIGINT) as days_b,
    cast(metric.days_common as BIGINT) as days_common,
    cast(metric.is_same_quantity as BOOLEAN) as is_same_quantity,
    cast(metric.is_same_period as BOOLEAN) as is_same_period,
    cast(metric.is_same_group as BOOLEAN) as is_same_group,
    cast(metric.has_user_claim as BOOLEAN) as has_user_claim,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
