-- One row per channel, half-year, series and unit (C3): low, central, high of what that channel added; NULL is not zero.
-- From the register of channel inputs, the figures it names, the compute weights and the prices. Chips turn into compute by
-- the weight of their model, into dollars by the named price; a channel without a figure keeps its row and its
-- reason, and one input that was not yet public (or has no weight or price) leaves the whole amount NULL.

with
inputs as (select * from tidy.channel_input),

figures as (select * from core.fact_figure),

weights as (select * from metrics.metric_compute_weight),

amounts as (
    select
        inputs.input_id,
        inputs.channel,
        inputs.period_id,
        inputs.series_kind,
        inputs.bound,
        inputs.feeds_units,
        inputs.allocation,
        figures.figure_value * inputs.factor as amount,
        weights.h100e,
        weights.bandwidth_h100,
        prices.figure_value / inputs.price_divisor as usd_per_item,
        inputs.price_figure_id,
        inputs.chip_id,
        case when inputs.price_chip_id is null then 1 else priced.h100e end as h100e_per_priced_item
    from inputs
    left join figures on inputs.figure_id = figures.figure_id
    left join weights on inputs.chip_id = weights.chip_id
    left join figures as prices on inputs.price_figure_id = prices.figure_id
    left join weights as priced on inputs.price_chip_id = priced.chip_id
),

in_units as (
    select channel, period_id, series_kind, bound, allocation, 'chips' as unit_of_account,
        cast(amount as decimal(38, 6)) as amount
    from amounts
    where ';' || feeds_units || ';' like '%;chips;%'
    union all
    select channel, period_id, series_kind, bound, allocation, 'h100e' as unit_of_account,
        cast(round(cast(amount as double) * case when chip_id is null then 1 else cast(h100e as double) end, 6) as decimal(38, 6))
            as amount
    from amounts
    where ';' || feeds_units || ';' like '%;h100e;%'
    union all
    select channel, period_id, series_kind, bound, allocation, 'bandwidth' as unit_of_account,
        cast(round(cast(amount as double) * cast(bandwidth_h100 as double), 6) as decimal(38, 6)) as amount
    from amounts
    where ';' || feeds_units || ';' like '%;bandwidth;%'
    union all
    select channel, period_id, series_kind, bound, allocation, 'usd' as unit_of_account,
        cast(
            round(
                cast(amount as double)
                * case
                    when price_figure_id is null or amount = 0 then 1
                    else cast(usd_per_item as double) / cast(h100e_per_priced_item as double)
                end, 6
            ) as decimal(38, 6)
        ) as amount
    from amounts
    where ';' || feeds_units || ';' like '%;usd;%'
),

bounds as (
    select
        channel,
        period_id,
        series_kind,
        unit_of_account,
        count(*) as n_inputs,
        sum(case when bound = 'low' then amount end) as low_amount,
        sum(case when bound = 'central' then amount end) as central_amount,
        sum(case when bound = 'high' then amount end) as high_amount,
        count(*) - count(amount) as n_unknown
    from in_units
    group by channel, period_id, series_kind, unit_of_account
),

allocated as (
    select channel, period_id, series_kind, unit_of_account, string_agg(allocation, ';' order by allocation) as allocations
    from (select distinct channel, period_id, series_kind, unit_of_account, allocation from in_units) as used
    group by channel, period_id, series_kind, unit_of_account
),

channels as (select distinct channel from inputs),

periods as (select distinct period_id from inputs),

kinds as (select distinct series_kind from inputs),

units as (
    select 'chips' as unit_of_account
    union all
    select 'usd' as unit_of_account
    union all
    select 'h100e' as unit_of_account
    union all
    select 'bandwidth' as unit_of_account
)

select
    cast(channels.channel as VARCHAR) as channel,
    cast(periods.period_id as VARCHAR) as period_id,
    cast(kinds.series_kind as VARCHAR) as series_kind,
    cast(units.unit_of_account as VARCHAR) as unit_of_account,
    cast(case when bounds.n_unknown = 0 and bounds.high_amount is not null then bounds.low_amount end as DECIMAL(24,6))
        as low_amount,
    cast(case when bounds.n_unknown = 0 and bounds.high_amount is not null then bounds.central_amount end as DECIMAL(24,6))
        as central_amount,
    cast(case when bounds.n_unknown = 0 then bounds.high_amount end as DECIMAL(24,6)) as high_amount,
    cast(coalesce(bounds.n_inputs, 0) as BIGINT) as n_inputs,
    cast(allocated.allocations as VARCHAR) as allocations,
    cast(
        case
            when bounds.n_inputs is null then 'no_claim'
            when bounds.n_unknown > 0 then 'input_not_known'
            when bounds.high_amount is null then 'no_upper_figure'
        end as VARCHAR
    ) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from channels
cross join periods
cross join kinds
cross join units
left join bounds
    on channels.channel = bounds.channel
    and periods.period_id = bounds.period_id
    and kinds.series_kind = bounds.series_kind
    and units.unit_of_account = bounds.unit_of_account
left join allocated
    on channels.channel = allocated.channel
    and periods.period_id = allocated.period_id
    and kinds.series_kind = allocated.series_kind
    and units.unit_of_account = allocated.unit_of_account
