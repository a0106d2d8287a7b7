-- One row per claim (C2): the distribution that its wording stands for, with 5th, 50th and 95th percentile.
-- From core.fact_claim, the spread per grade and the priors. 1.6448536 is the 95th percentile of the standard normal. A floor
-- becomes a Pareto with median 1.5 times the floor (prior at-least-multiple), cut at the physical cap where a prior names one; the
-- floor is always shown beside it, and so are the median and the 95th percentile at the two ends of that prior (1.25 and 2). A range wider than twofold is taken as a 90 % lognormal interval, a narrower one as
-- uniform. An upper end that a source leaves in words may come from a prior. Signed figures (percent changes) get no spread.

with
claims as (select * from core.fact_claim),

grades as (select * from tidy.claim_grade),

priors as (select * from core.dim_prior),

multiples as (
    select max(prior_central) as multiple, max(prior_low) as low_multiple, max(prior_high) as high_multiple
    from priors
    where prior_id = 'at-least-multiple'
),

ends as (
    select
        claim_id,
        max(case when prior_role = 'claim_high' then prior_central end) as claim_high,
        max(case when prior_role = 'claim_cap' then prior_central end) as claim_cap,
        max(case when prior_role = 'claim_gsd' then prior_central end) as claim_gsd
    from priors
    where prior_role in ('claim_high', 'claim_cap', 'claim_gsd')
    group by claim_id
),

known as (
    select
        claims.claim_id,
        claims.bound_kind,
        claims.unit,
        claims.low,
        claims.central,
        coalesce(cast(claims.high as double), ends.claim_high) as high,
        ends.claim_cap,
        ends.claim_gsd,
        claims.stated_level,
        claims.grade
    from claims
    left join ends on claims.claim_id = ends.claim_id
),

numbers as (
    select
        known.claim_id,
        known.bound_kind,
        known.unit,
        cast(known.low as double) as low,
        cast(known.central as double) as central,
        known.high,
        coalesce(grades.gsd, known.claim_gsd) as gsd,
        known.stated_level,
        known.claim_cap,
        multiples.multiple,
        case
            when known.bound_kind = 'direction_only' or known.unit = 'percent_change' then 'none'
            when known.bound_kind = 'point' and known.central > 0 and coalesce(grades.gsd, known.claim_gsd) is not null then 'lognormal'
            when known.bound_kind = 'range' and known.low > 0 and known.high > 2 * known.low then 'lognormal'
            when known.bound_kind = 'range' and known.low is not null and known.high is not null then 'uniform'
            when known.bound_kind = 'at_least' and known.low > 0 and multiples.multiple > 1 then 'pareto'
            when known.bound_kind = 'at_most' and known.high > 0 then 'uniform'
            when known.bound_kind = 'order_of_magnitude' and known.low > 0 and known.high > known.low then 'log_uniform'
            when known.bound_kind in ('low_central_high', 'percentiles') and known.low > 0 and known.central > 0
                and known.high > 0
                then 'two_piece_lognormal'
            when known.bound_kind in ('low_central_high', 'percentiles') and known.low > 0 and known.central > 0
                then 'lognormal'
            else 'none'
        end as distribution
    from known
    left join grades on known.grade = grades.grade
    cross join multiples
),

levels as (
    select
        claim_id,
        bound_kind,
        distribution,
        low,
        central,
        high,
        gsd,
        claim_cap,
        multiple,
        case stated_level when 0.95 then 1.959963984540054 when 0.8 then 1.2815515655446004 else 1.6448536269514722 end as z
    from numbers
),

fitted as (
    select
        claim_id,
        bound_kind,
        distribution,
        low,
        central,
        high,
        claim_cap,
        case
            when distribution = 'lognormal' and bound_kind = 'point' then central
            when distribution = 'lognormal' and bound_kind = 'range' then sqrt(low * high)
            when distribution in ('lognormal', 'two_piece_lognormal') then central
            when distribution = 'pareto' then multiple * low
            when distribution = 'uniform' then (coalesce(low, 0) + high) / 2
            when distribution = 'log_uniform' then sqrt(low * high)
        end as p50,
        case
            when distribution = 'lognormal' and bound_kind = 'point' then ln(gsd)
            when distribution = 'lognormal' and bound_kind = 'range' then ln(high / low) / 2 / 1.6448536269514722
            when distribution in ('lognormal', 'two_piece_lognormal') then ln(central / low) / z
        end as sigma_low,
        case
            when distribution = 'lognormal' and bound_kind = 'point' then ln(gsd)
            when distribution = 'lognormal' and bound_kind = 'range' then ln(high / low) / 2 / 1.6448536269514722
            when distribution = 'two_piece_lognormal' then ln(high / central) / z
            when distribution = 'lognormal' then ln(central / low) / z
        end as sigma_high,
        case when distribution = 'pareto' then ln(2) / ln(multiple) end as pareto_alpha
    from levels
),

capped as (
    select
        claim_id,
        distribution,
        low,
        high,
        p50,
        sigma_low,
        sigma_high,
        pareto_alpha,
        case when distribution = 'pareto' and fitted.claim_cap > low then fitted.claim_cap end as claim_cap,
        case when fitted.claim_cap > low then 1 - power(low / fitted.claim_cap, pareto_alpha) else 1 end as below_cap
    from fitted
),

other_multiples as (
    select
        capped.claim_id,
        ends.is_low,
        ln(2) / ln(ends.multiple) as alpha,
        capped.low,
        case when capped.claim_cap > capped.low then 1 - power(capped.low / capped.claim_cap, ln(2) / ln(ends.multiple)) else 1 end
            as below_cap
    from capped
    cross join (
        select true as is_low, low_multiple as multiple from multiples
        union all
        select false as is_low, high_multiple as multiple from multiples
    ) as ends
    where capped.distribution = 'pareto' and ends.multiple > 1
),

sensitivity as (
    select
        claim_id,
        max(case when is_low then low * power(1 - 0.5 * below_cap, -1 / alpha) end) as p50_at_125,
        max(case when is_low then low * power(1 - 0.95 * below_cap, -1 / alpha) end) as p95_at_125,
        max(case when not is_low then low * power(1 - 0.5 * below_cap, -1 / alpha) end) as p50_at_200,
        max(case when not is_low then low * power(1 - 0.95 * below_cap, -1 / alpha) end) as p95_at_200
    from other_multiples
    group by claim_id
),

percentiles as (
    select
        claim_id,
        case when distribution = 'pareto' then low * power(1 - 0.5 * below_cap, -1 / pareto_alpha) else p50 end as p50,
        sigma_low,
        sigma_high,
        pareto_alpha,
        claim_cap,
        case
            when sigma_low is not null then p50 * exp(-1.6448536269514722 * sigma_low)
            when distribution = 'pareto' then low * power(1 - 0.05 * below_cap, -1 / pareto_alpha)
            when distribution = 'uniform' then coalesce(low, 0) + 0.05 * (high - coalesce(low, 0))
            when distribution = 'log_uniform' then low * exp(0.05 * ln(high / low))
        end as p05,
        case
            when sigma_high is not null then p50 * exp(1.6448536269514722 * sigma_high)
            when distribution = 'pareto' then low * power(1 - 0.95 * below_cap, -1 / pareto_alpha)
            when distribution = 'uniform' then coalesce(low, 0) + 0.95 * (high - coalesce(low, 0))
            when distribution = 'log_uniform' then low * exp(0.95 * ln(high / low))
        end as p95
    from capped
)

select
    cast(claims.claim_id as VARCHAR) as claim_id,
    cast(claims.channel as VARCHAR) as channel,
    cast(claims.unit as VARCHAR) as unit,
    cast(claims.bound_kind as VARCHAR) as bound_kind,
    cast(claims.grade as VARCHAR) as grade,
    cast(numbers.distribution as VARCHAR) as distribution,
    cast(
        case
            when numbers.distribution = 'none' then 'none'
            when claims.bound_kind = 'at_least' then 'floor_only'
            when claims.bound_kind = 'at_most' then 'ceiling_only'
            when claims.bound_kind = 'point' then 'grade_spread'
            when claims.stated_level is not null then 'stated'
            else 'assumed_90'
        end as VARCHAR
    ) as distribution_flag,
    cast(case when claims.bound_kind = 'at_least' then numbers.low end as DOUBLE) as claim_floor,
    cast(percentiles.p05 as DOUBLE) as claim_p05,
    cast(percentiles.p50 as DOUBLE) as claim_p50,
    cast(percentiles.p95 as DOUBLE) as claim_p95,
    cast(sensitivity.p50_at_125 as DOUBLE) as claim_p50_at_125,
    cast(sensitivity.p95_at_125 as DOUBLE) as claim_p95_at_125,
    cast(sensitivity.p50_at_200 as DOUBLE) as claim_p50_at_200,
    cast(sensitivity.p95_at_200 as DOUBLE) as claim_p95_at_200,
    cast(percentiles.sigma_low as DOUBLE) as sigma_low,
    cast(percentiles.sigma_high as DOUBLE) as sigma_high,
    cast(percentiles.pareto_alpha as DOUBLE) as pareto_alpha,
    cast(percentiles.claim_cap as DOUBLE) as claim_cap,
    cast(case when numbers.distribution = 'pareto' then percentiles.claim_cap is not null end as BOOLEAN) as is_capped,
    cast(claims.series_role as VARCHAR) as series_role,
    cast(claims.independence_group as VARCHAR) as independence_group,
    cast(
        case
            when percentiles.p50 is not null then null
            when claims.bound_kind = 'direction_only' then 'no_quantity'
            when claims.unit = 'percent_change' then 'signed_change'
            when claims.bound_kind = 'at_least' and numbers.multiple is null then 'prior_not_known'
            when numbers.gsd is null and claims.bound_kind = 'point' then 'no_spread_for_grade'
            else 'incomplete_bounds'
        end as VARCHAR
    ) as absence_reason,
    cast(claims.claim_origin as VARCHAR) as claim_origin,
    cast('claim' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from claims
inner join numbers on claims.claim_id = numbers.claim_id
inner join percentiles on claims.claim_id = percentiles.claim_id
left join sensitivity on claims.claim_id = sensitivity.claim_id
