-- One row per factor and pool member of an uncertain quantity (C2): its distribution and the dimension it is drawn on.
-- From the channel supply, claim pools, claims, priors and derived quantities. A cell is drawn in its base unit on the one
-- dimension of its channel, so its periods and units share the error; other units are a factor with its own dimension. Claims of one
-- independence group share a dimension. A channel and period without a backbone takes its envelope of published figures: only an
-- upper end is uniform from zero, a low and a high a range as in C2. Draws of a user's own claim end below a trillion, which is what
-- a draw can hold. 1.6448536 is the 95th percentile of the standard normal.

with
supply as (select * from metrics.metric_channel_supply),

units as (select * from tidy.channel_unit),

members as (select * from tidy.claim_pool),

grades as (select * from tidy.claim_grade),

claims as (select * from core.fact_claim),

distributions as (select * from metrics.metric_claim_distribution),

priors as (select * from core.dim_prior),

derived as (select * from tidy.derived_quantity),

weights as (select * from metrics.metric_compute_weight),

backbone as (
    select
        channel,
        period_id,
        unit_of_account,
        cast(low_amount as double) as low,
        cast(central_amount as double) as central,
        cast(high_amount as double) as high
    from supply
    where series_kind = 'backbone' and low_amount is not null and central_amount is not null and high_amount is not null
),

figured as (
    select channel, period_id, unit_of_account, 'backbone' as quantity_series, low, central, high
    from backbone
    union all
    select
        supply.channel,
        supply.period_id,
        supply.unit_of_account,
        'envelope' as quantity_series,
        cast(supply.low_amount as double) as low,
        cast(supply.central_amount as double) as central,
        cast(supply.high_amount as double) as high
    from supply
    left join (select distinct channel, period_id from backbone) as covered
        on supply.channel = covered.channel and supply.period_id = covered.period_id
    where supply.series_kind = 'envelope' and supply.high_amount > 0 and covered.channel is null
),

cells as (
    select
        figured.channel,
        figured.period_id,
        figured.unit_of_account,
        figured.quantity_series,
        units.base_unit,
        base.low as base_low,
        base.central as base_central,
        base.high as base_high,
        coalesce(figured.central / nullif(base.central, 0), figured.high / nullif(base.high, 0)) as ratio,
        case
            when figured.low / nullif(base.low, 0) < figured.high / nullif(base.high, 0) then figured.low / nullif(base.low, 0)
            else figured.high / nullif(base.high, 0)
        end as ratio_low,
        case
            when figured.low / nullif(base.low, 0) < figured.high / nullif(base.high, 0) then figured.high / nullif(base.high, 0)
            else coalesce(figured.low / nullif(base.low, 0), figured.high / nullif(base.high, 0))
        end as ratio_high
    from figured
    inner join units on figured.channel = units.channel and figured.unit_of_account = units.unit_of_account
    inner join figured as base
        on figured.channel = base.channel
        and figured.period_id = base.period_id
        and units.base_unit = base.unit_of_account
),

level_shapes as (
    select
        channel,
        period_id,
        unit_of_account,
        quantity_series,
        base_low,
        base_central,
        base_high,
        case
            when base_central is not null and base_low > 0 and base_high > base_low then 'two_piece_lognormal'
            when base_central is not null then 'fixed'
            when base_low > 0 and base_high > 2 * base_low then 'lognormal'
            when base_high > coalesce(base_low, 0) then 'uniform'
            else 'fixed'
        end as factor_distribution
    from cells
),

levels as (
    select
        channel,
        period_id,
        unit_of_account,
        quantity_series,
        1 as factor_no,
        case when quantity_series = 'backbone' then 'level:' else 'envelope:' end || channel as dim_id,
        factor_distribution,
        case
            when base_central is not null then base_central
            when factor_distribution = 'lognormal' then sqrt(base_low * base_high)
            when factor_distribution = 'uniform' then (coalesce(base_low, 0) + base_high) / 2
            else base_high
        end as factor_median,
        case
            when factor_distribution = 'two_piece_lognormal' then ln(base_central / base_low) / 1.6448536269514722
            when factor_distribution = 'lognormal' then ln(base_high / base_low) / 2 / 1.6448536269514722
        end as sigma_low,
        case
            when factor_distribution = 'two_piece_lognormal' then ln(base_high / base_central) / 1.6448536269514722
            when factor_distribution = 'lognormal' then ln(base_high / base_low) / 2 / 1.6448536269514722
        end as sigma_high,
        case when factor_distribution = 'uniform' then coalesce(base_low, 0) end as lower_end,
        case when factor_distribution = 'uniform' then base_high end as upper_end
    from level_shapes
),

conversions as (
    select
        channel,
        period_id,
        unit_of_account,
        quantity_series,
        2 as factor_no,
        'factor:' || channel || ':' || unit_of_account as dim_id,
        case when ratio_high > ratio_low * 1.000001 and ratio_low > 0 then 'two_piece_lognormal' else 'fixed' end
            as factor_distribution,
        ratio as factor_median,
        case
            when ratio_high > ratio_low * 1.000001 and ratio_low > 0 and ratio_low < ratio
                then ln(ratio / ratio_low) / 1.6448536269514722
            when ratio_high > ratio_low * 1.000001 and ratio_low > 0 then 0
        end as sigma_low,
        case
            when ratio_high > ratio_low * 1.000001 and ratio_low > 0 and ratio_high > ratio
                then ln(ratio_high / ratio) / 1.6448536269514722
            when ratio_high > ratio_low * 1.000001 and ratio_low > 0 then 0
        end as sigma_high
    from cells
    where base_unit <> unit_of_account and ratio > 0
),

cell_factors as (
    select
        channel, period_id, unit_of_account, quantity_series, factor_no, dim_id, factor_distribution, factor_median, sigma_low,
        sigma_high, lower_end, upper_end
    from levels
    union all
    select
        channel, period_id, unit_of_account, quantity_series, factor_no, dim_id, factor_distribution, factor_median, sigma_low,
        sigma_high, cast(null as double) as lower_end, cast(null as double) as upper_end
    from conversions
),

proxy_shares as (
    select
        right(prior_id, 4) as year_id,
        'prior:' || prior_id as dim_id,
        prior_central as factor_median,
        ln(prior_central / prior_low) / 1.6448536269514722 as sigma_low,
        ln(prior_high / prior_central) / 1.6448536269514722 as sigma_high
    from priors
    where prior_id like 'proxy-die-share-%'
),

parts as (
    select 'own' as channel_part, true as is_complement
    union all
    select 'proxy' as channel_part, false as is_complement
),

claim_shapes as (
    select
        claims.claim_id,
        claims.unit,
        claims.channel,
        case when claims.claim_origin = 'user' then 'claim of the user ' else 'claim ' end || claims.claim_id as factor_origin,
        'group:' || claims.independence_group as dim_id,
        case
            when distributions.distribution in ('lognormal', 'two_piece_lognormal') and distributions.sigma_high > 0
                then distributions.distribution
            when distributions.distribution in ('uniform', 'log_uniform', 'pareto') then distributions.distribution
            else 'fixed'
        end as factor_distribution,
        coalesce(distributions.claim_p50, cast(claims.central as double)) as factor_median,
        distributions.sigma_low,
        distributions.sigma_high,
        case
            when distributions.distribution = 'uniform' then coalesce(cast(claims.low as double), 0)
            when distributions.distribution in ('log_uniform', 'pareto') then cast(claims.low as double)
        end as lower_end,
        coalesce(
            case
                when distributions.distribution in ('uniform', 'log_uniform') then cast(claims.high as double)
                when distributions.distribution = 'pareto' then distributions.claim_cap
            end,
            case when claims.claim_origin = 'user' then 999999999999 end
        ) as upper_end,
        distributions.pareto_alpha
    from claims
    inner join distributions on claims.claim_id = distributions.claim_id
    where claims.unit in ('chips', 'usd', 'h100_equivalents')
        and claims.bound_kind <> 'direction_only'
        and coalesce(distributions.claim_p50, cast(claims.central as double)) > 0
),

pool_candidates as (
    select
        members.member_id,
        members.channel,
        members.period_id,
        members.unit_of_account as pool_unit,
        members.claim_id,
        members.multiplier,
        grades.pool_weight
    from members
    inner join grades on members.grade = grades.grade
    left join claim_shapes on members.claim_id = claim_shapes.claim_id
    left join levels
        on members.channel = levels.channel
        and members.period_id = levels.period_id
        and members.unit_of_account = levels.unit_of_account
        and levels.quantity_series = 'backbone'
    where claim_shapes.claim_id is not null or (members.claim_id is null and levels.channel is not null)
),

pool_shares as (
    select
        member_id,
        channel,
        period_id,
        pool_unit,
        claim_id,
        multiplier,
        pool_weight,
        cast(sum(pool_weight) over (
            partition by channel, period_id, pool_unit order by member_id rows between unbounded preceding and current row
        ) as double) as weight_up_to,
        cast(sum(pool_weight) over (partition by channel, period_id, pool_unit) as double) as weight_of_all
    from pool_candidates
),

pool_levels as (
    select
        pool_shares.member_id,
        pool_shares.channel,
        pool_shares.period_id,
        pool_shares.pool_unit,
        coalesce(claim_shapes.factor_origin, 'backbone series of the channel') as factor_origin,
        coalesce(claim_shapes.dim_id, levels.dim_id) as dim_id,
        coalesce(claim_shapes.factor_distribution, levels.factor_distribution) as factor_distribution,
        pool_shares.multiplier * coalesce(claim_shapes.factor_median, levels.factor_median) as factor_median,
        coalesce(claim_shapes.sigma_low, levels.sigma_low) as sigma_low,
        coalesce(claim_shapes.sigma_high, levels.sigma_high) as sigma_high,
        pool_shares.multiplier * claim_shapes.lower_end as lower_end,
        pool_shares.multiplier * claim_shapes.upper_end as upper_end,
        claim_shapes.pareto_alpha,
        (pool_shares.weight_up_to - cast(pool_shares.pool_weight as double)) / pool_shares.weight_of_all as pool_from,
        pool_shares.weight_up_to / pool_shares.weight_of_all as pool_to
    from pool_shares
    left join claim_shapes on pool_shares.claim_id = claim_shapes.claim_id
    left join levels
        on pool_shares.claim_id is null
        and pool_shares.channel = levels.channel
        and pool_shares.period_id = levels.period_id
        and pool_shares.pool_unit = levels.unit_of_account
        and levels.quantity_series = 'backbone'
),

pool_factors as (
    select
        pool_levels.channel, pool_levels.period_id, units.unit_of_account, 1 as factor_no, pool_levels.member_id,
        pool_levels.factor_origin, pool_levels.dim_id, pool_levels.factor_distribution, pool_levels.factor_median, pool_levels.sigma_low,
        pool_levels.sigma_high, pool_levels.lower_end, pool_levels.upper_end, pool_levels.pareto_alpha,
        'pool:' || pool_levels.channel as pool_dim_id, pool_levels.pool_from, pool_levels.pool_to
    from pool_levels
    inner join units on pool_levels.channel = units.channel and pool_levels.pool_unit = units.base_unit
    left join conversions
        on units.channel = conversions.channel
        and pool_levels.period_id = conversions.period_id
        and units.unit_of_account = conversions.unit_of_account
    where units.unit_of_account = pool_levels.pool_unit or conversions.channel is not null
    union all
    select
        conversions.channel, conversions.period_id, conversions.unit_of_account, 2 as factor_no, 'only' as member_id,
        'price or mix of the channel' as factor_origin, conversions.dim_id, conversions.factor_distribution, conversions.factor_median, conversions.sigma_low,
        conversions.sigma_high, cast(null as double) as lower_end, cast(null as double) as upper_end,
        cast(null as double) as pareto_alpha, cast(null as varchar) as pool_dim_id, cast(null as double) as pool_from,
        cast(null as double) as pool_to
    from conversions
    inner join units on conversions.channel = units.channel and conversions.unit_of_account = units.unit_of_account
    inner join (select distinct channel, period_id, pool_unit from pool_levels) as pooled
        on conversions.channel = pooled.channel
        and conversions.period_id = pooled.period_id
        and units.base_unit = pooled.pool_unit
),

prior_shapes as (
    select
        prior_id,
        unit,
        'prior ' || prior_id as factor_origin,
        'prior:' || prior_id as dim_id,
        prior_distribution as factor_distribution,
        prior_central as factor_median,
        case when prior_distribution = 'two_piece_lognormal' then ln(prior_central / prior_low) / 1.6448536269514722 end
            as sigma_low,
        case when prior_distribution = 'two_piece_lognormal' then ln(prior_high / prior_central) / 1.6448536269514722 end
            as sigma_high,
        case when prior_distribution in ('uniform', 'log_uniform') then prior_low end as lower_end,
        case when prior_distribution in ('uniform', 'log_uniform') then prior_high end as upper_end
    from priors
    where prior_role = 'quantity'
),

derived_factors as (
    select
        derived.derived_id,
        derived.factor_no,
        derived.power,
        derived.unit_of_account,
        coalesce(claim_shapes.factor_origin, prior_shapes.factor_origin, 'weight of chip ' || derived.factor_ref) as factor_origin,
        coalesce(claim_shapes.dim_id, prior_shapes.dim_id, 'fixed') as dim_id,
        coalesce(claim_shapes.factor_distribution, prior_shapes.factor_distribution, 'fixed') as factor_distribution,
        coalesce(
            claim_shapes.factor_median,
            prior_shapes.factor_median,
            cast(case when derived.factor_source = 'weight_h100e' then weights.h100e else weights.bandwidth_h100 end as double)
        ) as factor_median,
        coalesce(claim_shapes.sigma_low, prior_shapes.sigma_low) as sigma_low,
        coalesce(claim_shapes.sigma_high, prior_shapes.sigma_high) as sigma_high,
        coalesce(claim_shapes.lower_end, prior_shapes.lower_end) as lower_end,
        coalesce(claim_shapes.upper_end, prior_shapes.upper_end) as upper_end,
        claim_shapes.pareto_alpha
    from derived
    left join claim_shapes on derived.factor_source = 'claim' and derived.factor_ref = claim_shapes.claim_id
    left join prior_shapes on derived.factor_source = 'prior' and derived.factor_ref = prior_shapes.prior_id
    left join weights
        on derived.factor_source in ('weight_h100e', 'weight_bandwidth') and derived.factor_ref = weights.chip_id
),

complete_derived as (
    select derived_id
    from derived_factors
    group by derived_id
    having count(*) = count(factor_median)
),

factors as (
    select
        'cell:' || channel || ':' || period_id || ':' || quantity_series || ':' || unit_of_account as quantity_id,
        'cell' as quantity_kind, channel, 'all' as channel_part, period_id, quantity_series, unit_of_account as unit, factor_no,
        'only' as member_id,
        case
            when factor_no = 2 then 'price or mix of the channel'
            when quantity_series = 'envelope' then 'envelope of the channel (data/reference/channel_inputs.csv)'
            else 'figures of the channel (data/reference/channel_inputs.csv)'
        end as factor_origin,
        dim_id, factor_distribution, factor_median, sigma_low, sigma_high, lower_end,
        upper_end, cast(null as double) as pareto_alpha, 1 as power, false as is_complement,
        cast(null as varchar) as pool_dim_id, cast(null as double) as pool_from, cast(null as double) as pool_to
    from cell_factors
    union all
    select
        'cell:' || channel || ':' || period_id || ':pooled:' || unit_of_account as quantity_id, 'cell' as quantity_kind,
        channel, 'all' as channel_part, period_id, 'pooled' as quantity_series, unit_of_account as unit, factor_no,
        member_id, factor_origin, dim_id, factor_distribution, factor_median, sigma_low, sigma_high, lower_end, upper_end, pareto_alpha,
        1 as power, false as is_complement, pool_dim_id, pool_from, pool_to
    from pool_factors
    union all
    select
        'part:' || parts.channel_part || ':' || cell_factors.period_id || ':' || cell_factors.unit_of_account as quantity_id,
        'part' as quantity_kind, cell_factors.channel, parts.channel_part, cell_factors.period_id,
        'backbone' as quantity_series, cell_factors.unit_of_account as unit, cell_factors.factor_no, 'only' as member_id,
        case
            when cell_factors.factor_no = 1 then 'figures of the channel (data/reference/channel_inputs.csv)'
            else 'price or mix of the channel'
        end as factor_origin,
        cell_factors.dim_id, cell_factors.factor_distribution, cell_factors.factor_median, cell_factors.sigma_low,
        cell_factors.sigma_high, null as lower_end, null as upper_end, null as pareto_alpha, 1 as power,
        false as is_complement, null as pool_dim_id, null as pool_from, null as pool_to
    from cell_factors
    inner join proxy_shares on left(cell_factors.period_id, 4) = proxy_shares.year_id
    cross join parts
    where cell_factors.channel = 'domestic' and cell_factors.quantity_series = 'backbone'
    union all
    select
        'part:' || parts.channel_part || ':' || levels.period_id || ':' || levels.unit_of_account as quantity_id,
        'part' as quantity_kind, levels.channel, parts.channel_part, levels.period_id, 'backbone' as quantity_series,
        levels.unit_of_account as unit, 3 as factor_no, 'only' as member_id,
        'prior ' || substring(proxy_shares.dim_id, 7) as factor_origin, proxy_shares.dim_id,
        'two_piece_lognormal' as factor_distribution, proxy_shares.factor_median, proxy_shares.sigma_low, proxy_shares.sigma_high,
        null as lower_end, 1 as upper_end, null as pareto_alpha, 1 as power, parts.is_complement, null as pool_dim_id,
        null as pool_from, null as pool_to
    from levels
    inner join proxy_shares on left(levels.period_id, 4) = proxy_shares.year_id
    cross join parts
    where levels.channel = 'domestic' and levels.quantity_series = 'backbone'
    union all
    select
        'claim:' || claim_id as quantity_id, 'claim' as quantity_kind, channel, 'all' as channel_part, null as period_id,
        null as quantity_series, unit, 1 as factor_no, 'only' as member_id, factor_origin, dim_id, factor_distribution, factor_median,
        sigma_low, sigma_high, lower_end, upper_end, pareto_alpha, 1 as power, false as is_complement, null as pool_dim_id,
        null as pool_from, null as pool_to
    from claim_shapes
    where channel = 'smuggled' and factor_distribution <> 'fixed'
    union all
    select
        'prior:' || prior_id as quantity_id, 'prior' as quantity_kind, null as channel, 'all' as channel_part,
        null as period_id, null as quantity_series, unit, 1 as factor_no, 'only' as member_id, factor_origin, dim_id,
        factor_distribution, factor_median, sigma_low, sigma_high, lower_end, upper_end, null as pareto_alpha, 1 as power, false as is_complement,
        null as pool_dim_id, null as pool_from, null as pool_to
    from prior_shapes
    union all
    select
        'derived:' || derived_factors.derived_id as quantity_id, 'derived' as quantity_kind, null as channel,
        'all' as channel_part, null as period_id, null as quantity_series, derived_factors.unit_of_account as unit,
        derived_factors.factor_no, 'only' as member_id, derived_factors.factor_origin, derived_factors.dim_id, derived_factors.factor_distribution,
        derived_factors.factor_median, derived_factors.sigma_low, derived_factors.sigma_high, derived_factors.lower_end,
        derived_factors.upper_end, derived_factors.pareto_alpha, derived_factors.power, false as is_complement,
        null as pool_dim_id, null as pool_from, null as pool_to
    from derived_factors
    inner join complete_derived on derived_factors.derived_id = complete_derived.derived_id
)

select
    cast(quantity_id as VARCHAR) as quantity_id,
    cast(quantity_kind as VARCHAR) as quantity_kind,
    cast(channel as VARCHAR) as channel,
    cast(channel_part as VARCHAR) as channel_part,
    cast(period_id as VARCHAR) as period_id,
    cast(quantity_series as VARCHAR) as quantity_series,
    cast(unit as VARCHAR) as unit,
    cast(factor_no as BIGINT) as factor_no,
    cast(member_id as VARCHAR) as member_id,
    cast(factor_origin as VARCHAR) as factor_origin,
    cast(dim_id as VARCHAR) as dim_id,
    cast(factor_distribution as VARCHAR) as factor_distribution,
    cast(factor_median as DOUBLE) as factor_median,
    cast(sigma_low as DOUBLE) as sigma_low,
    cast(sigma_high as DOUBLE) as sigma_high,
    cast(lower_end as DOUBLE) as lower_end,
    cast(upper_end as DOUBLE) as upper_end,
    cast(pareto_alpha as DOUBLE) as pareto_alpha,
    cast(power as BIGINT) as power,
    cast(is_complement as BOOLEAN) as is_complement,
    cast(pool_dim_id as VARCHAR) as pool_dim_id,
    cast(pool_from as DOUBLE) as pool_from,
    cast(pool_to as DOUBLE) as pool_to,
    cast('claim' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from factors
