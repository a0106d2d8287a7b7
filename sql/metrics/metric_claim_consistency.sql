-- One row per pair of claims about one subject and unit (C12): both per quarter, ratio, overlap of intervals and of distributions.
-- From metrics.metric_claim_quarter. Two rows of one running total are no pair. Agreement of claims that rest on one piece of
-- evidence confirms nothing, and claims about other quantities or periods need not agree: each pair says so. The overlap coefficient is the
-- integral of the smaller of the two densities, summed over 400 bins of equal width in logs between the outermost per mille and at the ends of bounded ones; the normal
-- distribution function is that of Abramowitz and Stegun 26.2.17 (error below 1e-7).

with
claims as (select * from metrics.metric_claim_quarter),

pairs as (
    select
        a.claim_id as claim_a_id,
        b.claim_id as claim_b_id,
        a.unit_of_account,
        a.claim_subject,
        a.per_quarter as per_quarter_a,
        b.per_quarter as per_quarter_b,
        a.n_days as days_a,
        b.n_days as days_b,
        a.independence_group = b.independence_group as is_same_group,
        a.claim_origin = 'user' or b.claim_origin = 'user' as has_user_claim,
        a.measure_kind = b.measure_kind
            and coalesce(a.conversion_chip_id = b.conversion_chip_id, a.claim_subject = 'smuggled'
                or (a.conversion_chip_id is null and b.conversion_chip_id is null)) as is_same_quantity,
        case
            when least(a.period_end, b.period_end) >= greatest(a.period_start, b.period_start)
                then cast(least(a.period_end, b.period_end) - greatest(a.period_start, b.period_start) as bigint) + 1
            else 0
        end as days_common,
        least(a.per_quarter_high, b.per_quarter_high) as common_high,
        greatest(a.per_quarter_low, b.per_quarter_low) as common_low,
        greatest(a.per_quarter_high, b.per_quarter_high) as joint_high,
        least(a.per_quarter_low, b.per_quarter_low) as joint_low
    from claims as a
    inner join claims as b
        on a.unit_of_account = b.unit_of_account and a.claim_subject = b.claim_subject and a.claim_id < b.claim_id
    where not (a.claim_id like 'epoch-smuggled-cum-%' and b.claim_id like 'epoch-smuggled-cum-%')
),

shapes as (
    select
        claim_id,
        unit_of_account,
        distribution,
        per_quarter_p50 as p50,
        sigma_low,
        sigma_high,
        lower_end,
        upper_end,
        pareto_alpha,
        case when upper_end > lower_end and distribution = 'pareto' then 1 - power(lower_end / upper_end, pareto_alpha) else 1 end as below_cap
    from claims
    where distribution in ('lognormal', 'two_piece_lognormal') and sigma_low > 0 and sigma_high > 0 and per_quarter_p50 > 0
        or distribution = 'uniform' and upper_end > lower_end and lower_end >= 0
        or distribution = 'log_uniform' and upper_end > lower_end and lower_end > 0
        or distribution = 'pareto' and lower_end > 0 and pareto_alpha > 0
),

outer_ends as (
    select
        claim_id,
        unit_of_account,
        case distribution
            when 'uniform' then lower_end + 0.001 * (upper_end - lower_end)
            when 'log_uniform' then lower_end
            when 'pareto' then lower_end
            else p50 * exp(-3.090232306167813 * sigma_low)
        end as outer_low,
        case distribution
            when 'uniform' then upper_end
            when 'log_uniform' then upper_end
            when 'pareto' then coalesce(upper_end, lower_end * power(0.001, -1 / pareto_alpha))
            else p50 * exp(3.090232306167813 * sigma_high)
        end as outer_high
    from shapes
),

digits as (
    select 0 as digit union all select 1 as digit union all select 2 as digit union all select 3 as digit union all select 4 as digit
    union all select 5 as digit union all select 6 as digit union all select 7 as digit union all select 8 as digit
    union all select 9 as digit union all select 10 as digit union all select 11 as digit union all select 12 as digit
    union all select 13 as digit union all select 14 as digit union all select 15 as digit union all select 16 as digit
    union all select 17 as digit union all select 18 as digit union all select 19 as digit
),

steps as (
    select cast(20 * tens.digit + ones.digit as double) as step
    from digits as tens
    cross join digits as ones
    union all
    select cast(400 as double) as step
),

ranges as (
    select
        pairs.claim_a_id,
        pairs.claim_b_id,
        pairs.unit_of_account,
        least(a.outer_low, b.outer_low) as range_low,
        greatest(a.outer_high, b.outer_high) as range_high
    from pairs
    inner join outer_ends as a on pairs.claim_a_id = a.claim_id and pairs.unit_of_account = a.unit_of_account
    inner join outer_ends as b on pairs.claim_b_id = b.claim_id and pairs.unit_of_account = b.unit_of_account
),

points as (
    select
        ranges.claim_a_id,
        ranges.claim_b_id,
        ranges.unit_of_account,
        steps.step,
        ranges.range_low * exp(steps.step / 400 * ln(ranges.range_high / ranges.range_low)) as x
    from ranges
    cross join steps
    where ranges.range_low > 0 and ranges.range_high > ranges.range_low
    union all
    select ranges.claim_a_id, ranges.claim_b_id, ranges.unit_of_account, -1 as step, edges.x
    from ranges
    inner join (
        select claim_id, unit_of_account, lower_end as x from shapes where lower_end is not null
        union all
        select claim_id, unit_of_account, upper_end as x from shapes where upper_end is not null
    ) as edges
        on ranges.unit_of_account = edges.unit_of_account
        and (ranges.claim_a_id = edges.claim_id or ranges.claim_b_id = edges.claim_id)
    where edges.x > ranges.range_low and edges.x < ranges.range_high
),

placed as (
    select points.claim_a_id, points.claim_b_id, points.unit_of_account, points.step, points.x, 'a' as side, points.claim_a_id as claim_id
    from points
    union all
    select points.claim_a_id, points.claim_b_id, points.unit_of_account, points.step, points.x, 'b' as side, points.claim_b_id as claim_id
    from points
),

scored as (
    select
        placed.claim_a_id,
        placed.claim_b_id,
        placed.unit_of_account,
        placed.step,
        placed.side,
        placed.x,
        shapes.distribution,
        shapes.lower_end,
        shapes.upper_end,
        shapes.pareto_alpha,
        shapes.below_cap,
        ln(placed.x / shapes.p50) / case when placed.x < shapes.p50 then shapes.sigma_low else shapes.sigma_high end as z
    from placed
    inner join shapes on placed.claim_id = shapes.claim_id and placed.unit_of_account = shapes.unit_of_account
),

tails as (
    select claim_a_id, claim_b_id, unit_of_account, step, side, x, distribution, lower_end, upper_end, pareto_alpha, below_cap, z,
        exp(-z * z / 2) / 2.5066282746310002 as density,
        1 / (1 + 0.2316419 * abs(z)) as t
    from scored
),

ranks as (
    select
        claim_a_id,
        claim_b_id,
        unit_of_account,
        step,
        x,
        side,
        case
            when distribution = 'uniform' then least(greatest((x - lower_end) / (upper_end - lower_end), 0), 1)
            when distribution = 'log_uniform' then least(greatest(ln(x / lower_end) / ln(upper_end / lower_end), 0), 1)
            when distribution = 'pareto' and x <= lower_end then 0
            when distribution = 'pareto' then least((1 - power(lower_end / x, pareto_alpha)) / below_cap, 1)
            when z < 0
                then density * t
                    * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
            else 1 - density * t
                * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
        end as rank_at
    from tails
),

side_by_side as (
    select
        claim_a_id,
        claim_b_id,
        unit_of_account,
        x,
        max(step) as step,
        max(case when side = 'a' then rank_at end) as rank_a,
        max(case when side = 'b' then rank_at end) as rank_b
    from ranks
    group by claim_a_id, claim_b_id, unit_of_account, x
),

bins as (
    select
        claim_a_id,
        claim_b_id,
        unit_of_account,
        rank_a - lag(rank_a, 1, 0.0) over (partition by claim_a_id, claim_b_id, unit_of_account order by x) as mass_a,
        rank_b - lag(rank_b, 1, 0.0) over (partition by claim_a_id, claim_b_id, unit_of_account order by x) as mass_b,
        case when step = 400 then least(1 - rank_a, 1 - rank_b) else 0 end as mass_above
    from side_by_side
),

common_parts as (
    select
        claim_a_id,
        claim_b_id,
        unit_of_account,
        least(greatest(round(sum(least(mass_a, mass_b)) + max(mass_above), 6), 0), 1) as overlap_coefficient
    from bins
    group by claim_a_id, claim_b_id, unit_of_account
)

select
    cast(pairs.claim_a_id as VARCHAR) as claim_a_id,
    cast(pairs.claim_b_id as VARCHAR) as claim_b_id,
    cast(pairs.unit_of_account as VARCHAR) as unit_of_account,
    cast(pairs.claim_subject as VARCHAR) as claim_subject,
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
    cast(common_parts.overlap_coefficient as DOUBLE) as overlap_coefficient,
    cast(pairs.days_a as BIGINT) as days_a,
    cast(pairs.days_b as BIGINT) as days_b,
    cast(pairs.days_common as BIGINT) as days_common,
    cast(pairs.is_same_quantity as BOOLEAN) as is_same_quantity,
    cast(10 * pairs.days_common >= 9 * greatest(pairs.days_a, pairs.days_b) as BOOLEAN) as is_same_period,
    cast(pairs.is_same_group as BOOLEAN) as is_same_group,
    cast(pairs.has_user_claim as BOOLEAN) as has_user_claim,
    cast(case when pairs.per_quarter_b = 0 then 'base_zero' end as VARCHAR) as absence_reason,
    cast('claim' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from pairs
left join common_parts
    on pairs.claim_a_id = common_parts.claim_a_id
    and pairs.claim_b_id = common_parts.claim_b_id
    and pairs.unit_of_account = common_parts.unit_of_account
