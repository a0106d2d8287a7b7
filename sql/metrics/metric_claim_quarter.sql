-- One row per flow claim and unit (C12): the claim per quarter on a common base, with how it was converted and its distribution.
-- From core.fact_claim, core.fact_supply, the distributions, weights and street prices. Taken are claims about smuggled flows and about
-- domestic output over a period; stocks, cases, plans, orders and derivatives stay out. A floor is shown as the floor itself. Dollars
-- become chips at a street price of the same chip from the same piece of evidence; a smuggled mix of unknown chips is counted as H100
-- class and says so, unless the same evidence states its H100-equivalents. Supply figures carry no grade: reported figures are spread as
-- grade A, official statements as B, estimates as C. A price that a user brought converts the user's claims only.

with
claims as (select * from core.fact_claim),

supply as (select * from core.fact_supply),

distributions as (select * from metrics.metric_claim_distribution),

weights as (select * from metrics.metric_compute_weight),

grades as (select * from tidy.claim_grade),

priors as (select * from core.dim_prior),

multiples as (
    select max(prior_central) as multiple
    from priors
    where prior_id = 'at-least-multiple'
),

claim_flows as (
    select
        claims.claim_id,
        case when claims.channel = 'smuggled' then 'smuggled' when claims.measured like 'Huawei%' then 'domestic: Huawei' else 'domestic' end
            as subject,
        case
            when claims.channel <> 'smuggled' then claims.subkind
            when claims.subkind = 'annual_forecast' then 'forecast'
            when claims.claim_kind = 'pathway_model' then 'pathway'
            else 'flow'
        end as measure_kind,
        claims.unit,
        claims.conversion_chip_id,
        claims.period_start,
        claims.period_end,
        claims.independence_group,
        claims.claim_origin,
        distributions.distribution,
        coalesce(distributions.claim_floor, distributions.claim_p05) as claim_low,
        coalesce(distributions.claim_floor, distributions.claim_p50) as claim_mid,
        distributions.claim_p95 as claim_high,
        distributions.claim_p50,
        distributions.sigma_low,
        distributions.sigma_high,
        case
            when distributions.distribution = 'uniform' then coalesce(cast(claims.low as double), 0)
            when distributions.distribution in ('log_uniform', 'pareto') then cast(claims.low as double)
        end as lower_end,
        case
            when distributions.distribution in ('uniform', 'log_uniform') then cast(claims.high as double)
            when distributions.distribution = 'pareto' then distributions.claim_cap
        end as upper_end,
        distributions.pareto_alpha
    from claims
    inner join distributions on claims.claim_id = distributions.claim_id
    where (
            claims.channel = 'smuggled'
            and claims.claim_kind in ('aggregate_estimate', 'pathway_model')
            and claims.series_role in ('backbone', 'cross_check', 'anchor_2023', 'anchor_2026_low', 'anchor_2026_high')
            and claims.subkind not in ('stock_claim', 'trade_mirror')
            or claims.channel = 'domestic' and claims.subkind = 'domestic_reference'
        )
        and claims.unit in ('chips', 'usd', 'h100_equivalents')
        and distributions.claim_p50 is not null
),

supply_numbers as (
    select
        supply.supply_id,
        supply.vendor,
        supply.measure,
        supply.unit,
        supply.chip_id,
        supply.period_start,
        supply.period_end,
        supply.publisher,
        supply.bound_kind,
        cast(coalesce(supply.central, supply.low) as double) as central,
        cast(supply.low as double) as low,
        cast(supply.high as double) as high,
        grades.gsd,
        multiples.multiple,
        case
            when supply.bound_kind = 'at_least' and supply.low > 0 and multiples.multiple > 1 then 'pareto'
            when supply.bound_kind = 'at_most' and supply.high > 0 then 'uniform'
            when supply.bound_kind = 'point' and supply.central > 0 and grades.gsd > 1 then 'lognormal'
        end as distribution
    from supply
    left join grades
        on grades.grade = case when supply.kind = 'reported' then 'A' when supply.kind = 'official_statement' then 'B' else 'C' end
    cross join multiples
    where supply.channel = 'domestic'
        and supply.measure in ('production', 'production_capacity', 'shipments')
        and supply.unit in ('chips', 'usd')
),

supply_flows as (
    select
        supply_id as claim_id,
        'domestic: ' || vendor as subject,
        measure as measure_kind,
        unit,
        chip_id as conversion_chip_id,
        period_start,
        period_end,
        publisher as independence_group,
        'shipped' as claim_origin,
        distribution,
        case
            when distribution = 'pareto' then low
            when distribution = 'uniform' then 0.05 * high
            else central * exp(-1.6448536269514722 * ln(gsd))
        end as claim_low,
        case when distribution = 'pareto' then low when distribution = 'uniform' then 0.5 * high else central end as claim_mid,
        case
            when distribution = 'pareto' then low * power(0.05, -ln(multiple) / ln(2))
            when distribution = 'uniform' then 0.95 * high
            else central * exp(1.6448536269514722 * ln(gsd))
        end as claim_high,
        case when distribution = 'pareto' then multiple * low when distribution = 'uniform' then 0.5 * high else central end as claim_p50,
        case when distribution = 'lognormal' then ln(gsd) end as sigma_low,
        case when distribution = 'lognormal' then ln(gsd) end as sigma_high,
        case when distribution = 'uniform' then 0 when distribution = 'pareto' then low end as lower_end,
        case when distribution = 'uniform' then high end as upper_end,
        case when distribution = 'pareto' then ln(2) / ln(multiple) end as pareto_alpha
    from supply_numbers
    where distribution is not null
),

all_flows as (
    select claim_id, subject, measure_kind, unit, conversion_chip_id, period_start, period_end, independence_group, claim_origin,
        distribution, claim_low, claim_mid, claim_high, claim_p50, sigma_low, sigma_high, lower_end, upper_end, pareto_alpha
    from claim_flows
    union all
    select claim_id, subject, measure_kind, unit, conversion_chip_id, period_start, period_end, independence_group, claim_origin,
        distribution, claim_low, claim_mid, claim_high, claim_p50, sigma_low, sigma_high, lower_end, upper_end, pareto_alpha
    from supply_flows
),

stated_compute as (
    select subject, independence_group, min(claim_origin) as best_origin
    from all_flows
    where unit = 'h100_equivalents'
    group by subject, independence_group
),

flows as (
    select
        all_flows.claim_id,
        all_flows.subject,
        all_flows.measure_kind,
        all_flows.unit,
        all_flows.conversion_chip_id,
        all_flows.period_start,
        all_flows.period_end,
        all_flows.independence_group,
        all_flows.claim_origin,
        all_flows.distribution,
        all_flows.claim_low,
        all_flows.claim_mid,
        all_flows.claim_high,
        all_flows.claim_p50,
        all_flows.sigma_low,
        all_flows.sigma_high,
        all_flows.lower_end,
        all_flows.upper_end,
        all_flows.pareto_alpha,
        all_flows.subject = 'smuggled' and stated_compute.subject is null as may_be_h100_class,
        cast(all_flows.period_end - all_flows.period_start as bigint) + 1 as n_days
    from all_flows
    left join stated_compute
        on all_flows.subject = stated_compute.subject
        and all_flows.independence_group = stated_compute.independence_group
        and (stated_compute.best_origin = 'shipped' or all_flows.claim_origin = 'user')
),

per_item_prices as (
    select
        flows.claim_id,
        min(cast(quotes.central as double) / quotes.chips_per_item) as usd_per_chip
    from flows
    inner join claims as quotes
        on flows.independence_group = quotes.independence_group
        and flows.conversion_chip_id = quotes.conversion_chip_id
        and quotes.subkind = 'street_price'
        and quotes.central is not null
        and (quotes.claim_origin = 'shipped' or flows.claim_origin = 'user')
    group by flows.claim_id
),

scaled as (
    select
        flows.claim_id,
        case
            when abs(flows.n_days / 91.3125 - round(flows.n_days / 91.3125)) <= 0.02 then round(flows.n_days / 91.3125)
            else flows.n_days / 91.3125
        end as n_quarters,
        case
            when flows.unit = 'chips' then 1
            when flows.unit = 'usd' then 1 / per_item_prices.usd_per_chip
        end as chips_per_unit,
        case when flows.conversion_chip_id is not null then cast(own.h100e as double)
            when flows.may_be_h100_class then cast(h100.h100e as double) end as h100e,
        case when flows.conversion_chip_id is not null then cast(own.bandwidth_h100 as double)
            when flows.may_be_h100_class then cast(h100.bandwidth_h100 as double) end as bandwidth
    from flows
    left join per_item_prices on flows.claim_id = per_item_prices.claim_id
    left join weights as own on flows.conversion_chip_id = own.chip_id
    left join weights as h100 on h100.chip_id = 'h100-sxm'
),

converted as (
    select flows.claim_id, 'chips' as unit_of_account, scaled.chips_per_unit as multiplier,
        case when flows.unit = 'chips' then 'as_stated' else 'street_price' end as conversion
    from flows
    inner join scaled on flows.claim_id = scaled.claim_id
    where scaled.chips_per_unit is not null
    union all
    select flows.claim_id, 'h100e' as unit_of_account,
        case when flows.unit = 'h100_equivalents' then 1 else scaled.chips_per_unit * scaled.h100e end as multiplier,
        case
            when flows.unit = 'h100_equivalents' then 'as_stated'
            when flows.conversion_chip_id is null then 'assumed_h100_class'
            else 'chip_weight'
        end as conversion
    from flows
    inner join scaled on flows.claim_id = scaled.claim_id
    where flows.unit = 'h100_equivalents' or scaled.chips_per_unit * scaled.h100e is not null
    union all
    select flows.claim_id, 'bandwidth' as unit_of_account, scaled.chips_per_unit * scaled.bandwidth as multiplier,
        case when flows.conversion_chip_id is null then 'assumed_h100_class' else 'chip_weight' end as conversion
    from flows
    inner join scaled on flows.claim_id = scaled.claim_id
    where scaled.chips_per_unit * scaled.bandwidth is not null
    union all
    select flows.claim_id, 'usd' as unit_of_account, 1 as multiplier, 'as_stated' as conversion
    from flows
    where flows.unit = 'usd'
)

select
    cast(converted.claim_id as VARCHAR) as claim_id,
    cast(converted.unit_of_account as VARCHAR) as unit_of_account,
    cast(flows.subject as VARCHAR) as claim_subject,
    cast(flows.measure_kind as VARCHAR) as measure_kind,
    cast(flows.conversion_chip_id as VARCHAR) as conversion_chip_id,
    cast(flows.period_start as DATE) as period_start,
    cast(flows.period_end as DATE) as period_end,
    cast(flows.n_days as BIGINT) as n_days,
    cast(flows.claim_low / scaled.n_quarters * converted.multiplier as DOUBLE) as per_quarter_low,
    cast(flows.claim_mid / scaled.n_quarters * converted.multiplier as DOUBLE) as per_quarter,
    cast(flows.claim_high / scaled.n_quarters * converted.multiplier as DOUBLE) as per_quarter_high,
    cast(flows.distribution as VARCHAR) as distribution,
    cast(flows.claim_p50 / scaled.n_quarters * converted.multiplier as DOUBLE) as per_quarter_p50,
    cast(flows.sigma_low as DOUBLE) as sigma_low,
    cast(flows.sigma_high as DOUBLE) as sigma_high,
    cast(flows.lower_end / scaled.n_quarters * converted.multiplier as DOUBLE) as lower_end,
    cast(flows.upper_end / scaled.n_quarters * converted.multiplier as DOUBLE) as upper_end,
    cast(flows.pareto_alpha as DOUBLE) as pareto_alpha,
    cast(converted.conversion as VARCHAR) as conversion,
    cast(flows.independence_group as VARCHAR) as independence_group,
    cast(flows.claim_origin as VARCHAR) as claim_origin,
    cast('claim' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from converted
inner join flows on converted.claim_id = flows.claim_id
inner join scaled on converted.claim_id = scaled.claim_id
