-- One row per cell of the square matrix of claims about one subject in one unit: row over column, both ways and the diagonal.
-- From metrics.metric_claim_consistency and core.fact_claim. Spread claim_ratio or overlap_coefficient over matrix_row and
-- matrix_column. A user's own claims come last, and what is compared with them alone, so that they move no number of the others.

with
pairs as (select * from metrics.metric_claim_consistency),

claims as (select * from core.fact_claim),

cells as (
    select claim_subject, unit_of_account, claim_a_id as claim_id, claim_b_id as other_claim_id, per_quarter_a, per_quarter_b, claim_ratio,
        overlap_coefficient, is_same_quantity, is_same_period, is_same_group, has_user_claim
    from pairs
    union all
    select claim_subject, unit_of_account, claim_b_id as claim_id, claim_a_id as other_claim_id, per_quarter_b as per_quarter_a,
        per_quarter_a as per_quarter_b, per_quarter_b / nullif(per_quarter_a, 0) as claim_ratio, overlap_coefficient, is_same_quantity,
        is_same_period, is_same_group, has_user_claim
    from pairs
),

named as (
    select
        cells.claim_subject,
        cells.unit_of_account,
        cells.claim_id,
        coalesce(max(claims.claim_origin), 'shipped') as claim_origin,
        min(case when cells.has_user_claim then 1 else 0 end) as is_beside_own_claims_only,
        max(cells.per_quarter_a) as per_quarter
    from cells
    left join claims on cells.claim_id = claims.claim_id
    group by cells.claim_subject, cells.unit_of_account, cells.claim_id
),

full_cells as (
    select claim_subject, unit_of_account, claim_id, other_claim_id, per_quarter_a, per_quarter_b, claim_ratio, overlap_coefficient,
        is_same_quantity, is_same_period, is_same_group
    from cells
    union all
    select claim_subject, unit_of_account, claim_id, claim_id as other_claim_id, per_quarter as per_quarter_a, per_quarter as per_quarter_b,
        per_quarter / nullif(per_quarter, 0) as claim_ratio, 1 as overlap_coefficient, true as is_same_quantity, true as is_same_period,
        true as is_same_group
    from named
    where claim_origin = 'user' or is_beside_own_claims_only = 0
),

numbered as (
    select
        claim_subject,
        unit_of_account,
        claim_id,
        row_number() over (
            partition by claim_subject, unit_of_account
            order by claim_origin, is_beside_own_claims_only, claim_id
        ) as place
    from named
)

select
    cast(full_cells.claim_subject as VARCHAR) as claim_subject,
    cast(full_cells.unit_of_account as VARCHAR) as unit_of_account,
    cast(matrix_rows.place as BIGINT) as matrix_row,
    cast(full_cells.claim_id as VARCHAR) as claim_id,
    cast(matrix_columns.place as BIGINT) as matrix_column,
    cast(full_cells.other_claim_id as VARCHAR) as other_claim_id,
    cast(full_cells.per_quarter_a as DOUBLE) as per_quarter_a,
    cast(full_cells.per_quarter_b as DOUBLE) as per_quarter_b,
    cast(full_cells.claim_ratio as DOUBLE) as claim_ratio,
    cast(full_cells.overlap_coefficient as DOUBLE) as overlap_coefficient,
    cast(full_cells.is_same_quantity as BOOLEAN) as is_same_quantity,
    cast(full_cells.is_same_period as BOOLEAN) as is_same_period,
    cast(full_cells.is_same_group as BOOLEAN) as is_same_group,
    cast(case when full_cells.claim_ratio is null then 'base_zero' end as VARCHAR) as absence_reason,
    cast('claim' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from full_cells
inner join numbered as matrix_rows
    on full_cells.unit_of_account = matrix_rows.unit_of_account
    and full_cells.claim_subject = matrix_rows.claim_subject
    and full_cells.claim_id = matrix_rows.claim_id
inner join numbered as matrix_columns
    on full_cells.unit_of_account = matrix_columns.unit_of_account
    and full_cells.claim_subject = matrix_columns.claim_subject
    and full_cells.other_claim_id = matrix_columns.claim_id
