-- One row per pair of smuggling-flow claims and unit (C12): both per quarter, their ratio and the overlap of their intervals.
-- From metrics.metric_claim_quarter. Two rows of one running total are no pair. Agreement of claims that rest on one piece of
-- evidence confirms nothing, so the pair is marked.

with
claims as (select * from metrics.metric_claim_quarter),

pairs as (
    select
        a.claim_id as claim_a_id,
        b.claim_id as claim_b_id,
        a.unit_of_account,
        a.per_quarter as per_quarter_a,
        b.per_quarter as per_quarter_b,
        a.n_days as days_a,
        b.n_days as days_b,
        a.independence_group = b.independence_group as is_same_group,
        a.claim_origin = 'user' or b.claim_origin = 'user' as has_user_claim,
        least(a.per_quarter_high, b.per_quarter_high) as common_high,
        greatest(a.per_quarter_low, b.per_quarter_low) as common_low,
        greatest(a.per_quarter_high, b.per_quarter_high) as joint_high,
        least(a.per_quarter_low, b.per_quarter_low) as joint_low
    from claims as a
    inner join claims as b on a.unit_of_account = b.unit_of_account and a.claim_id < b.claim_id
    where not (a.claim_id like 'epoch-smuggled-cum-%' and b.claim_id like 'epoch-smuggled-cum-%')
)

select
    cast(pairs.claim_a_id as VARCHAR) as claim_a_id,
    cast(pairs.claim_b_id as VARCHAR) as claim_b_id,
    cast(pairs.unit_of_account as VARCHAR) as unit_of_account,
    cast(pairs.per_quarter_a as DOUBLE) as per_quarter_a,
    cast(pairs.per_quarter_b as DOUBLE) as per_quarter_b,
    cast(pairs.per_quarter_a / nullif(pairs.per_quarter_b, 0) as DOUBLE) as claim_ratio,
    cast(
        case
            when pairs.joint_low <= 0 then null
            when pairs.joint_high = pairs.joint_low then 1
            when pairs.common_high <= pairs.common_low then 0
            else ln(pairs.common_high / pairs.common_low) / ln(pairs.joint_high / pairs.joint_low)
        end as DOUBLE
    ) as interval_overlap,
    cast(pairs.days_a as BIGINT) as days_a,
    cast(pairs.days_b as BIGINT) as days_b,
    cast(pairs.is_same_group as BOOLEAN) as is_same_group,
    cast(pairs.has_user_claim as BOOLEAN) as has_user_claim,
    cast(case when pairs.per_quarter_b = 0 then 'base_zero' end as VARCHAR) as absence_reason,
    cast('claim' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from pairs
