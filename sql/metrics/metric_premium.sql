-- One row per street price or stated premium (C9): premium over the like legal price, price per unit of compute, rent.
-- From core.fact_price and core.fact_claim. A premium that the source states is kept as stated. Otherwise the reference is,
-- in order, a list price of the same item in the same year, or the Epoch price sheet for that chip and year, times the number
-- of chips, with the 38 % server markup for eight-chip systems. Yuan quotes use the rate of the claim nearest in time. Each row says
-- whether the two prices are of one system, one kind and one time; only then are they like for like. The quality-adjusted premium sets the
-- price per unit of compute or bandwidth against that of an H100 elsewhere. The net premium takes freight and a
-- trader's margin (dim_flow_parameter) off as well. A quote that another row already tells is marked.

with
prices as (select * from core.fact_price),

claims as (select * from core.fact_claim),

weights as (select * from metrics.metric_compute_weight),

parameters as (select * from core.dim_flow_parameter),

costs as (
    select
        freight.stage_scope,
        (1 + freight.parameter_low) * (1 + margins.parameter_low) as cost_low,
        (1 + freight.parameter_central) * (1 + margins.parameter_central) as cost_central,
        (1 + freight.parameter_high) * (1 + margins.parameter_high) as cost_high
    from parameters as freight
    inner join parameters as margins on margins.parameter_id = 'markup-any'
    where freight.parameter_id in ('freight-server', 'freight-chip')
),

quotes_in_prices as (
    select
        prices.price_id,
        prices.chip_id,
        prices.chips_per_item,
        prices.quote_date,
        prices.price_type,
        prices.usd_low,
        prices.usd,
        prices.usd_high,
        prices.cny_low,
        prices.cny,
        prices.cny_high,
        prices.premium_ratio,
        1 as preference
    from prices
    where prices.market = 'grey_market' and prices.per = 'item' and prices.price_type <> 'turnover'
),

quotes_in_claims as (
    select
        claims.claim_id as price_id,
        claims.conversion_chip_id as chip_id,
        claims.chips_per_item,
        claims.period_end as quote_date,
        case when claims.bound_kind = 'at_least' then 'floor_quote' else 'quote' end as price_type,
        cast(claims.low as decimal(20, 3)) as usd_low,
        cast(coalesce(claims.central, case when claims.bound_kind = 'at_least' then claims.low end) as decimal(20, 3)) as usd,
        cast(claims.high as decimal(20, 3)) as usd_high,
        cast(null as decimal(20, 3)) as cny_low,
        cast(null as decimal(20, 3)) as cny,
        cast(null as decimal(20, 3)) as cny_high,
        cast(null as double) as premium_ratio,
        2 as preference,
        claims.claim_origin
    from claims
    where claims.subkind = 'street_price' and claims.channel = 'smuggled' and claims.unit = 'usd_per_unit'
        and not exists (
            select 1
            from quotes_in_prices
            where quotes_in_prices.chip_id = claims.conversion_chip_id
                and quotes_in_prices.usd = coalesce(claims.central, claims.low)
        )
),

rates as (
    select
        quotes_in_prices.price_id,
        claims.fx_cny_per_usd,
        row_number() over (
            partition by quotes_in_prices.price_id
            order by
                abs(
                    372 * (extract(year from claims.period_end) - extract(year from quotes_in_prices.quote_date))
                    + 31 * (extract(month from claims.period_end) - extract(month from quotes_in_prices.quote_date))
                    + extract(day from claims.period_end) - extract(day from quotes_in_prices.quote_date)
                ),
                claims.claim_id
        ) as nearness
    from quotes_in_prices
    inner join claims on claims.fx_cny_per_usd is not null and claims.claim_origin = 'shipped'
    where quotes_in_prices.usd is null and quotes_in_prices.cny is not null
),

quotes as (
    select
        quotes_in_prices.price_id,
        quotes_in_prices.chip_id,
        quotes_in_prices.chips_per_item,
        quotes_in_prices.quote_date,
        quotes_in_prices.price_type,
        coalesce(cast(quotes_in_prices.usd_low as double), quotes_in_prices.cny_low / cast(rates.fx_cny_per_usd as double)) as low,
        coalesce(cast(quotes_in_prices.usd as double), quotes_in_prices.cny / cast(rates.fx_cny_per_usd as double)) as street,
        coalesce(cast(quotes_in_prices.usd_high as double), quotes_in_prices.cny_high / cast(rates.fx_cny_per_usd as double))
            as high,
        quotes_in_prices.premium_ratio,
        rates.fx_cny_per_usd,
        'shipped' as claim_origin
    from quotes_in_prices
    left join rates on quotes_in_prices.price_id = rates.price_id and rates.nearness = 1
    union all
    select
        price_id,
        chip_id,
        chips_per_item,
        quote_date,
        price_type,
        cast(usd_low as double) as low,
        coalesce(cast(usd as double), sqrt(cast(usd_low as double) * cast(usd_high as double))) as street,
        cast(usd_high as double) as high,
        premium_ratio,
        cast(null as decimal(24, 6)) as fx_cny_per_usd,
        claim_origin
    from quotes_in_claims
),

references_found as (
    select
        quotes.price_id,
        prices.price_id as reference_price_id,
        cast(
            coalesce(prices.usd, (prices.usd_low + prices.usd_high) / 2) as double
        ) * case when prices.market = 'list' then 1 else quotes.chips_per_item end
        * case
            when prices.market <> 'list' and quotes.chips_per_item = 8 then 1.38
            else 1
        end as reference_usd,
        prices.market as reference_market,
        prices.price_type as reference_price_type,
        abs(cast(prices.quote_date - quotes.quote_date as bigint)) as days_apart,
        extract(year from prices.quote_date) = extract(year from quotes.quote_date) as is_same_year,
        row_number() over (
            partition by quotes.price_id
            order by
                case when prices.market = 'list' then 0 else 1 end,
                abs(extract(year from prices.quote_date) - extract(year from quotes.quote_date)),
                prices.price_id
        ) as preference
    from quotes
    inner join prices
        on quotes.chip_id = prices.chip_id
        and prices.location_iso3 in ('USA', 'WLD')
        and extract(year from prices.quote_date) between extract(year from quotes.quote_date) - 1 and extract(year from quotes.quote_date) + 1
        and (
            (prices.market = 'list' and prices.chips_per_item = quotes.chips_per_item)
            or (prices.market = 'list_or_contract' and prices.chips_per_item = 1 and prices.per = 'item'
                and extract(year from prices.quote_date) <= extract(year from quotes.quote_date))
        )
),

benchmarks as (
    select
        quotes.price_id,
        prices.price_id as benchmark_price_id,
        cast(coalesce(prices.usd, (prices.usd_low + prices.usd_high) / 2) as double) as usd_per_h100,
        row_number() over (
            partition by quotes.price_id order by extract(year from prices.quote_date) desc, prices.price_id
        ) as preference
    from quotes
    inner join prices
        on prices.chip_id = 'h100-sxm'
        and prices.market = 'list_or_contract'
        and prices.per = 'item'
        and prices.chips_per_item = 1
        and prices.location_iso3 in ('USA', 'WLD')
        and extract(year from prices.quote_date) between extract(year from quotes.quote_date) - 1 and extract(year from quotes.quote_date)
),

repeats as (
    select later.price_id, min(earlier.price_id) as repeats_price_id
    from quotes as later
    inner join quotes as earlier
        on later.chip_id = earlier.chip_id
        and later.chips_per_item = earlier.chips_per_item
        and later.price_id <> earlier.price_id
        and abs(later.street / earlier.street - 1) <= 0.01
        and cast(later.quote_date - earlier.quote_date as bigint) between 0 and 62
        and (later.quote_date > earlier.quote_date or later.price_id > earlier.price_id)
    group by later.price_id
),

sales as (
    select
        quotes.price_id,
        max(cast(coalesce(claims.low, claims.central) as double)) as sales_usd
    from quotes
    inner join claims
        on quotes.chip_id = claims.conversion_chip_id
        and claims.unit = 'usd'
        and claims.unit_basis like '%sales_value%'
        and claims.series_role = 'cross_check'
        and (claims.claim_origin = 'shipped' or quotes.claim_origin = 'user')
        and claims.period_start <= quotes.quote_date
        and extract(year from claims.period_end) = extract(year from quotes.quote_date)
        and extract(month from claims.period_end) = extract(month from quotes.quote_date)
    where quotes.premium_ratio is not null
    group by quotes.price_id
),

premiums as (
    select
        quotes.price_id,
        quotes.chip_id,
        quotes.chips_per_item,
        quotes.quote_date,
        quotes.price_type,
        quotes.street,
        quotes.fx_cny_per_usd,
        quotes.claim_origin,
        case
            when quotes.premium_ratio is not null then quotes.street / nullif(1 + quotes.premium_ratio, 0)
            else references_found.reference_usd
        end as reference_usd,
        case when quotes.premium_ratio is null then references_found.reference_price_id end as reference_price_id,
        coalesce(quotes.premium_ratio, quotes.street / references_found.reference_usd - 1) as premium,
        coalesce(quotes.premium_ratio, coalesce(quotes.low, quotes.street) / references_found.reference_usd - 1) as premium_low,
        coalesce(quotes.premium_ratio, coalesce(quotes.high, quotes.street) / references_found.reference_usd - 1) as premium_high,
        case
            when quotes.premium_ratio is not null then 'stated'
            when references_found.reference_usd is not null then 'computed'
        end as premium_basis,
        case
            when quotes.premium_ratio is not null then true
            when references_found.reference_price_id is not null
                then references_found.reference_market = 'list' or quotes.chips_per_item = 1
        end as is_same_system,
        case
            when quotes.premium_ratio is null and references_found.reference_price_id is null then null
            when quotes.price_type = 'floor_quote' then false
            when quotes.premium_ratio is not null and coalesce(references_found.reference_market, 'none') <> 'list' then null
            when references_found.reference_price_type = 'list_price' then quotes.price_type = 'ask'
            else quotes.price_type = references_found.reference_price_type
        end as is_same_price_basis,
        case
            when quotes.premium_ratio is not null and coalesce(references_found.reference_market, 'none') <> 'list' then true
            when references_found.reference_market = 'list' then references_found.days_apart <= 92
            when references_found.reference_price_id is not null then references_found.is_same_year
        end as is_contemporaneous
    from quotes
    left join references_found on quotes.price_id = references_found.price_id and references_found.preference = 1
),

judged as (
    select
        price_id,
        case
            when premium is not null
                then coalesce(is_same_system, false) and coalesce(is_same_price_basis, false) and coalesce(is_contemporaneous, false)
        end as is_like_for_like,
        case
            when street is null then 'no street price'
            when premium is null then 'no reference price'
            when is_same_system and is_same_price_basis and is_contemporaneous then 'same system, same kind of price, at most 92 days apart'
            else trim(
                both ';' from
                case when is_same_system then '' else 'server set against the chip price times a markup;' end
                || case
                    when is_same_price_basis then ''
                    when price_type = 'floor_quote' then 'quote is only a floor;'
                    when is_same_price_basis is null then 'source does not say what its reference price is;'
                    else 'kinds of price differ or are not known;'
                end
                || case when is_contemporaneous then '' else 'reference is of another time;' end
            )
        end as like_for_like_reason
    from premiums
)

select
    cast(premiums.price_id as VARCHAR) as price_id,
    cast(premiums.chip_id as VARCHAR) as chip_id,
    cast(premiums.quote_date as DATE) as quote_date,
    cast(premiums.price_type as VARCHAR) as price_type,
    cast(round(premiums.street, 3) as DECIMAL(20,3)) as street_usd,
    cast(round(premiums.reference_usd, 3) as DECIMAL(20,3)) as reference_usd,
    cast(premiums.reference_price_id as VARCHAR) as reference_price_id,
    cast(case when premiums.premium is not null then premiums.premium_basis end as VARCHAR) as premium_basis,
    cast(case when premiums.premium is not null then premiums.premium_low end as DOUBLE) as premium_low,
    cast(premiums.premium as DOUBLE) as premium,
    cast(case when premiums.premium is not null then premiums.premium_high end as DOUBLE) as premium_high,
    cast((1 + premiums.premium_low) / costs.cost_high - 1 as DOUBLE) as premium_net_low,
    cast((1 + premiums.premium) / costs.cost_central - 1 as DOUBLE) as premium_net,
    cast((1 + premiums.premium_high) / costs.cost_low - 1 as DOUBLE) as premium_net_high,
    cast(case when premiums.premium is not null then premiums.is_same_system end as BOOLEAN) as is_same_system,
    cast(case when premiums.premium is not null then premiums.is_same_price_basis end as BOOLEAN) as is_same_price_basis,
    cast(case when premiums.premium is not null then premiums.is_contemporaneous end as BOOLEAN) as is_contemporaneous,
    cast(judged.is_like_for_like as BOOLEAN) as is_like_for_like,
    cast(judged.like_for_like_reason as VARCHAR) as like_for_like_reason,
    cast(repeats.repeats_price_id as VARCHAR) as repeats_price_id,
    cast(round(premiums.street / premiums.chips_per_item, 3) as DECIMAL(20,3)) as street_usd_per_chip,
    cast(round(premiums.street / premiums.chips_per_item / nullif(cast(weights.h100e as double), 0), 3) as DECIMAL(20,3))
        as street_usd_per_h100e,
    cast(
        round(premiums.street / premiums.chips_per_item / nullif(cast(weights.bandwidth_h100 as double), 0), 3) as DECIMAL(20,3)
    ) as street_usd_per_bandwidth,
    cast(
        premiums.street / premiums.chips_per_item / nullif(cast(weights.h100e as double), 0) / benchmarks.usd_per_h100 - 1 as DOUBLE
    ) as premium_per_h100e,
    cast(
        premiums.street / premiums.chips_per_item / nullif(cast(weights.bandwidth_h100 as double), 0) / benchmarks.usd_per_h100 - 1 as DOUBLE
    ) as premium_per_bandwidth,
    cast(
        case when premiums.street / premiums.chips_per_item is not null then benchmarks.benchmark_price_id end as VARCHAR
    ) as benchmark_price_id,
    cast(
        case
            when premiums.premium is not null
                then round((premiums.street - premiums.reference_usd) / premiums.chips_per_item, 3)
        end as DECIMAL(20,3)
    ) as shadow_value_usd,
    cast(premiums.fx_cny_per_usd as DECIMAL(24,6)) as fx_rate,
    cast(round(sales.sales_usd, 3) as DECIMAL(20,3)) as sales_usd,
    cast(round(sales.sales_usd * premiums.premium_low / nullif(1 + premiums.premium_low, 0), 3) as DECIMAL(20,3)) as rent_low_usd,
    cast(round(sales.sales_usd * premiums.premium / nullif(1 + premiums.premium, 0), 3) as DECIMAL(20,3)) as rent_usd,
    cast(round(sales.sales_usd * premiums.premium_high / nullif(1 + premiums.premium_high, 0), 3) as DECIMAL(20,3)) as rent_high_usd,
    cast(
        case
            when premiums.premium is not null then null
            when premiums.street is null then 'no_street_price'
            else 'no_reference_price'
        end as VARCHAR
    ) as absence_reason,
    cast(premiums.claim_origin as VARCHAR) as claim_origin,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from premiums
left join weights on premiums.chip_id = weights.chip_id
left join costs on costs.stage_scope = case when premiums.chips_per_item = 1 then 'chip' else 'server' end
    and premiums.premium is not null
inner join judged on premiums.price_id = judged.price_id
left join repeats on premiums.price_id = repeats.price_id
left join benchmarks on premiums.price_id = benchmarks.price_id and benchmarks.preference = 1
left join sales on premiums.price_id = sales.price_id
