-- One row per period and scope (C13): installed AI compute in China: last stock less depreciation plus additions, draw by draw.
-- K(t) = (1 - d)^n K(t-1) + additions, d a quarter and n quarters in the period; what is added in a period is not depreciated in it. In
-- H100-equivalents, from the priors of the stock at the end of a year (installed-YYYY-end) and of d, which is the same in every period of a
-- draw. Periods follow the data: from the one after that year on, as long as every channel of the scope has a figure. Means are published
-- beside the medians: they add up, percentiles do not.

with recursive
supply as (select * from metrics.metric_channel_supply),

quantities as (select * from metrics.metric_quantity),

all_draws as (select * from metrics.fact_draw),

draws as (
    select all_draws.quantity_id, all_draws.draw_id, all_draws.draw_amount
    from all_draws
    left join quantities on all_draws.quantity_id = quantities.quantity_id
    where all_draws.quantity_id like 'prior:installed-%-end'
        or all_draws.quantity_id = 'prior:depreciation-quarter'
        or (quantities.quantity_kind = 'cell' and quantities.quantity_series = 'backbone' and quantities.unit = 'h100e')
),

scopes as (
    select 'arrivals' as scope, 3 as n_channels
    union all
    select 'with_offshore' as scope, 4 as n_channels
),

periods as (
    select distinct
        period_id,
        case when substring(period_id, 5, 1) = 'H' then 2 else 1 end as n_quarters,
        cast(left(period_id, 4) as bigint) * 4
            + (cast(right(period_id, 1) as bigint) - 1) * case when substring(period_id, 5, 1) = 'H' then 2 else 1 end as start_no
    from (
        select period_id
        from quantities
        where quantity_kind = 'cell' and quantity_series = 'backbone' and unit = 'h100e'
        union all
        select period_id
        from supply
    ) as named
    where period_id like '%H_' or period_id like '%Q_'
),

started as (
    select
        stocks.draw_id,
        cast(substring(stocks.quantity_id, 17, 4) as bigint) * 4 + 4 as start_no,
        cast(stocks.draw_amount as double) as stock_0,
        1 - cast(rates.draw_amount as double) as kept_quarter
    from draws as stocks
    inner join draws as rates on rates.quantity_id = 'prior:depreciation-quarter' and stocks.draw_id = rates.draw_id
    where stocks.quantity_id like 'prior:installed-____-end'
        and stocks.quantity_id = (
            select min(quantity_id)
            from draws
            where quantity_id like 'prior:installed-____-end'
        )
),

additions as (
    select
        scopes.scope,
        periods.period_id,
        periods.start_no,
        periods.n_quarters,
        draws.draw_id,
        cast(sum(draws.draw_amount) as double) as added
    from quantities
    cross join scopes
    inner join periods on quantities.period_id = periods.period_id
    inner join draws on quantities.quantity_id = draws.quantity_id
    where quantities.quantity_kind = 'cell'
        and quantities.quantity_series = 'backbone'
        and quantities.unit = 'h100e'
        and (quantities.channel <> 'offshore' or scopes.scope = 'with_offshore')
    group by scopes.scope, scopes.n_channels, periods.period_id, periods.start_no, periods.n_quarters, draws.draw_id
    having count(*) = scopes.n_channels
),

stocks as (
    select
        additions.scope,
        additions.period_id,
        additions.start_no,
        additions.n_quarters,
        additions.draw_id,
        started.kept_quarter,
        power(started.kept_quarter, additions.n_quarters) * started.stock_0 as carried,
        additions.added,
        power(started.kept_quarter, additions.n_quarters) * started.stock_0 + additions.added as stock
    from additions
    inner join started on additions.draw_id = started.draw_id and additions.start_no = started.start_no
    union all
    select
        additions.scope,
        additions.period_id,
        additions.start_no,
        additions.n_quarters,
        additions.draw_id,
        stocks.kept_quarter,
        power(stocks.kept_quarter, additions.n_quarters) * stocks.stock as carried,
        additions.added,
        power(stocks.kept_quarter, additions.n_quarters) * stocks.stock + additions.added as stock
    from stocks
    inner join additions
        on stocks.scope = additions.scope
        and stocks.draw_id = additions.draw_id
        and stocks.n_quarters = additions.n_quarters
        and stocks.start_no + stocks.n_quarters = additions.start_no
),

intervals as (
    select
        scope,
        period_id,
        quantile_disc(stock, 0.05) as stock_p05,
        quantile_disc(stock, 0.5) as stock_p50,
        quantile_disc(stock, 0.95) as stock_p95,
        avg(cast(round(carried, 6) as decimal(24, 6))) as carried_mean,
        avg(cast(round(added, 6) as decimal(24, 6))) as added_mean,
        avg(cast(round(stock, 6) as decimal(24, 6))) as stock_mean
    from stocks
    group by scope, period_id
),

first_period as (select min(start_no) as start_no from started),

lines as (
    select scopes.scope, periods.period_id, periods.start_no < first_period.start_no as is_before
    from scopes
    cross join periods
    cross join first_period
)

select
    cast(lines.scope as VARCHAR) as scope,
    cast(lines.period_id as VARCHAR) as period_id,
    cast(intervals.stock_p05 as DOUBLE) as stock_p05,
    cast(intervals.stock_p50 as DOUBLE) as stock_p50,
    cast(intervals.stock_p95 as DOUBLE) as stock_p95,
    cast(intervals.carried_mean as DOUBLE) as carried_mean,
    cast(intervals.added_mean as DOUBLE) as added_mean,
    cast(intervals.stock_mean as DOUBLE) as stock_mean,
    cast(
        case
            when intervals.stock_p50 is not null then null
            when coalesce(lines.is_before, false) then 'before_initial_stock'
            else 'input_not_known'
        end as VARCHAR
    ) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from lines
left join intervals on lines.scope = intervals.scope and lines.period_id = intervals.period_id
