-- One row per published figure on domestic output in chips or dies, side by side and never added: what it counts, and its ratio to the figure
-- in use for that year. From core.fact_supply and metrics.metric_channel_supply.

with
published as (select * from core.fact_supply),

supply as (select * from metrics.metric_channel_supply),

used as (
    select left(period_id, 4) as year_id, sum(central_amount) as used_chips
    from supply
    where channel = 'domestic' and series_kind = 'backbone' and unit_of_account = 'chips' and period_id like '%H_'
    group by left(period_id, 4)
    having count(central_amount) = 2
),

claims as (
    select
        published.supply_id, published.vendor, published.chip, published.measure, published.period_start, published.period_end,
        published.unit, published.low, published.central, published.high, published.bound_kind, published.publisher,
        published.known_at, published.url, published.is_seen, published.note,
        case
            when published.unit = 'dies' then 'dies'
            when published.measure = 'shipments' then 'cards_shipped'
            when published.note like 'Counted in packages%' then 'packages'
            else 'not_stated'
        end as counted_as,
        cast(cast(year(published.period_start) as bigint) as varchar) as year_id,
        month(published.period_start) = 1
            and month(published.period_end) = 12
            and year(published.period_start) = year(published.period_end) as is_whole_year
    from published
    where published.channel = 'domestic' and published.unit in ('chips', 'dies') and published.measure <> 'orders'
)

select
    cast(claims.supply_id as VARCHAR) as supply_id,
    cast(claims.vendor as VARCHAR) as vendor,
    cast(claims.chip as VARCHAR) as chip,
    cast(claims.counted_as as VARCHAR) as counted_as,
    cast(claims.measure as VARCHAR) as measure,
    cast(claims.period_start as DATE) as period_start,
    cast(claims.period_end as DATE) as period_end,
    cast(claims.unit as VARCHAR) as unit,
    cast(claims.low as DECIMAL(24,6)) as low,
    cast(claims.central as DECIMAL(24,6)) as central,
    cast(claims.high as DECIMAL(24,6)) as high,
    cast(claims.bound_kind as VARCHAR) as bound_kind,
    cast(
        case
            when claims.unit = 'chips' and claims.is_whole_year
                then cast(coalesce(claims.central, claims.high, claims.low) as double) / nullif(cast(used.used_chips as double), 0)
        end as DOUBLE
    ) as used_ratio,
    cast(claims.publisher as VARCHAR) as publisher,
    cast(claims.known_at as DATE) as known_at,
    cast(claims.url as VARCHAR) as url,
    cast(claims.is_seen as BOOLEAN) as is_seen,
    cast(claims.note as VARCHAR) as note,
    cast('claim' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from claims
left join used on claims.year_id = used.year_id
