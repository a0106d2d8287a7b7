-- One row per flow claim and unit (C12): the claim per quarter on a common base, with how it was converted.
-- From core.fact_claim, its distributions, the compute weights and the street prices. Only claims that speak of smuggled
-- quantities over a period and may enter a comparison are taken: stocks, cases, plans and derivatives stay out. A floor is
-- shown as the floor itself. Dollars become chips at a street price of the same chip from the same piece of evidence; a claim
-- about an unknown mix of chips is counted as H100 class, and says so. A price that a user brought converts the user's claims only.

with
claims as (select * from core.fact_claim),

distributions as (select * from metrics.metric_claim_distribution),

weights as (select * from metrics.metric_compute_weight),

flows as (
    select
        claims.claim_id,
        claims.unit,
        claims.conversion_chip_id,
        claims.period_start,
        claims.period_end,
        claims.independence_group,
        claims.claim_origin,
        cast(claims.period_end - claims.period_start as bigint) + 1 as n_days,
        distributions.claim_p05,
        coalesce(distributions.claim_floor, distributions.claim_p50) as claim_mid,
        distributions.claim_p95,
        case when distributions.claim_floor is not null then distributions.claim_floor else distributions.claim_p05 end
            as claim_low
    from claims
    inner join distributions on claims.claim_id = distributions.claim_id
    where claims.channel = 'smuggled'
        and claims.claim_kind in ('aggregate_estimate', 'pathway_model')
        and claims.unit in ('chips', 'usd', 'h100_equivalents')
        and claims.series_role in ('backbone', 'cross_check', 'anchor_2023', 'anchor_2026_low', 'anchor_2026_high')
        and claims.subkind not in ('stock_claim', 'trade_mirror')
        and distributions.claim_p50 is not null
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
        flows.unit,
        flows.period_start,
        flows.period_end,
        flows.n_days,
        flows.independence_group,
        flows.claim_origin,
        flows.conversion_chip_id,
        per_item_prices.usd_per_chip,
        case
            when abs(flows.n_days / 91.3125 - round(flows.n_days / 91.3125)) <= 0.02 then round(flows.n_days / 91.3125)
            else flows.n_days / 91.3125
        end as n_quarters,
        flows.claim_low,
        flows.claim_mid,
        flows.claim_p95
    from flows
    left join per_item_prices on flows.claim_id = per_item_prices.claim_id
),

based as (
    select
        scaled.claim_id,
        scaled.unit,
        scaled.period_start,
        scaled.period_end,
        scaled.n_days,
        scaled.independence_group,
        scaled.claim_origin,
        scaled.conversion_chip_id is null as is_mix_unknown,
        case
            when scaled.unit = 'chips' then 1
            when scaled.unit = 'usd' then 1 / scaled.usd_per_chip
        end as chips_per_unit,
        coalesce(cast(own.h100e as double), cast(h100.h100e as double)) as h100e,
        coalesce(cast(own.bandwidth_h100 as double), cast(h100.bandwidth_h100 as double)) as bandwidth,
        scaled.claim_low / scaled.n_quarters as low,
        scaled.claim_mid / scaled.n_quarters as mid,
        scaled.claim_p95 / scaled.n_quarters as high
    from scaled
    left join weights as own on scaled.conversion_chip_id = own.chip_id
    left join weights as h100 on h100.chip_id = 'h100-sxm'
),

converted as (
    select claim_id, period_start, period_end, n_days, independence_group, claim_origin, 'chips' as unit_of_account,
        chips_per_unit as multiplier, low, mid, high,
        case when unit = 'chips' then 'as_stated' else 'street_price' end as conversion
    from based
    where chips_per_unit is not null
    union all
    select claim_id, period_start, period_end, n_days, independence_group, claim_origin, 'h100e' as unit_of_account,
        case when unit = 'h100_equivalents' then 1 else chips_per_unit * h100e end as multiplier, low, mid, high,
        case
            when unit = 'h100_equivalents' then 'as_stated'
            when is_mix_unknown then 'assumed_h100_class'
            else 'chip_weight'
        end as conversion
    from based
    where unit = 'h100_equivalents' or chips_per_unit is not null
    union all
    select claim_id, period_start, period_end, n_days, independence_group, claim_origin, 'bandwidth' as unit_of_account,
        chips_per_unit * bandwidth as multiplier, low, mid, high,
        case when is_mix_unknown then 'assumed_h100_class' else 'chip_weight' end as conversion
    from based
    where chips_per_unit is not null
    union all
    select claim_id, period_start, period_end, n_days, independence_group, claim_origin, 'usd' as unit_of_account,
        1 as multiplier, low, mid, high, 'as_stated' as conversion
    from based
    where unit = 'usd'
)

select
    cast(converted.claim_id as VARCHAR) as claim_id,
    cast(converted.unit_of_account as VARCHAR) as unit_of_account,
    cast(converted.period_start as DATE) as period_start,
    cast(converted.period_end as DATE) as period_end,
    cast(converted.n_days as BIGINT) as n_days,
    cast(converted.low * converted.multiplier as DOUBLE) as per_quarter_low,
    cast(converted.mid * converted.multiplier as DOUBLE) as per_quarter,
    cast(converted.high * converted.multiplier as DOUBLE) as per_quarter_high,
    cast(converted.conversion as VARCHAR) as conversion,
    cast(converted.independence_group as VARCHAR) as independence_group,
    cast(converted.claim_origin as VARCHAR) as claim_origin,
    cast('claim' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from converted
