-- One row per channel, half-year, series, unit and scope (C3): its share of China's added AI compute and the total's interval.
-- From metrics.metric_channel_supply. Totals: worst case, and root of summed squares as if channels erred independently.
-- Share bounds are exact: low / (low + highs of the others), high / (high + lows of the others). A channel without a figure
-- makes the period incomplete, and no share is given.

with
supply as (select * from metrics.metric_channel_supply),

scopes as (
    select 'arrivals' as scope, channel
    from (select distinct channel from supply) as channels
    where channel <> 'offshore'
    union all
    select 'with_offshore' as scope, channel
    from (select distinct channel from supply) as channels
),

scoped as (
    select
        scopes.scope,
        supply.period_id,
        supply.series_kind,
        supply.unit_of_account,
        supply.channel,
        supply.low_amount,
        supply.central_amount,
        supply.high_amount,
        case
            when supply.low_amount is not null and supply.central_amount is not null and supply.high_amount is not null then 1
            else 0
        end as is_known
    from supply
    inner join scopes on supply.channel = scopes.channel
),

totals as (
    select
        scope,
        period_id,
        series_kind,
        unit_of_account,
        min(is_known) as is_complete,
        sum(low_amount) as total_low,
        sum(central_amount) as total_central,
        sum(high_amount) as total_high,
        sum(
            cast(round(cast(central_amount - low_amount as double) * cast(central_amount - low_amount as double), 6)
                as decimal(38, 6))
        ) as squares_low,
        sum(
            cast(round(cast(high_amount - central_amount as double) * cast(high_amount - central_amount as double), 6)
                as decimal(38, 6))
        ) as squares_high,
        string_agg(case when is_known = 0 then channel end, ';' order by channel) as missing_channels
    from scoped
    group by scope, period_id, series_kind, unit_of_account
),

joined as (
    select
        scoped.scope,
        scoped.period_id,
        scoped.series_kind,
        scoped.unit_of_account,
        scoped.channel,
        scoped.low_amount,
        scoped.central_amount,
        scoped.high_amount,
        totals.missing_channels,
        totals.is_complete = 1 as is_complete,
        case when totals.is_complete = 1 then totals.total_low end as total_low,
        case when totals.is_complete = 1 then totals.total_central end as total_central,
        case when totals.is_complete = 1 then totals.total_high end as total_high,
        totals.squares_low,
        totals.squares_high
    from scoped
    inner join totals
        on scoped.scope = totals.scope
        and scoped.period_id = totals.period_id
        and scoped.series_kind = totals.series_kind
        and scoped.unit_of_account = totals.unit_of_account
)

select
    cast(joined.scope as VARCHAR) as scope,
    cast(joined.period_id as VARCHAR) as period_id,
    cast(joined.series_kind as VARCHAR) as series_kind,
    cast(joined.unit_of_account as VARCHAR) as unit_of_account,
    cast(joined.channel as VARCHAR) as channel,
    cast(joined.low_amount as DECIMAL(24,6)) as low_amount,
    cast(joined.central_amount as DECIMAL(24,6)) as central_amount,
    cast(joined.high_amount as DECIMAL(24,6)) as high_amount,
    cast(
        cast(joined.low_amount as double)
        / nullif(cast(joined.low_amount + joined.total_high - joined.high_amount as double), 0) as DOUBLE
    ) as mix_share_low,
    cast(cast(joined.central_amount as double) / nullif(cast(joined.total_central as double), 0) as DOUBLE) as mix_share,
    cast(
        cast(joined.high_amount as double)
        / nullif(cast(joined.high_amount + joined.total_low - joined.low_amount as double), 0) as DOUBLE
    ) as mix_share_high,
    cast(joined.total_low as DECIMAL(24,6)) as total_low,
    cast(joined.total_central as DECIMAL(24,6)) as total_central,
    cast(joined.total_high as DECIMAL(24,6)) as total_high,
    cast(cast(joined.total_central as double) - sqrt(cast(joined.squares_low as double)) as DOUBLE) as total_rss_low,
    cast(cast(joined.total_central as double) + sqrt(cast(joined.squares_high as double)) as DOUBLE) as total_rss_high,
    cast(case when joined.is_complete then 'complete' else 'incomplete' end as VARCHAR) as mix_state,
    cast(joined.missing_channels as VARCHAR) as missing_channels,
    cast(
        case when not joined.is_complete then 'incomplete' when joined.total_central = 0 then 'base_zero' end as VARCHAR
    ) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from joined
