-- The mean installed stock is what is carried over plus what is added, and equals the closed form K0 k^n + sum of q k^(later quarters),
-- computed again from the draws: K(t) = kept K(t-1) + additions in every draw, for the half-years of the published table.
-- guards: metrics.metric_installed_stock
with
stocks as (
    select scope, period_id, carried_mean, added_mean, stock_mean,
        cast(left(period_id, 4) as bigint) * 4 + (cast(right(period_id, 1) as bigint) - 1) * 2 as start_no
    from metrics.metric_installed_stock
    where stock_mean is not null and period_id like '%H_'
),
cells as (
    select quantity_id, channel,
        cast(left(period_id, 4) as bigint) * 4 + (cast(right(period_id, 1) as bigint) - 1) * 2 as start_no
    from metrics.metric_quantity
    where quantity_kind = 'cell' and quantity_series = 'backbone' and unit = 'h100e' and period_id like '%H_'
),
firsts as (select min(start_no) as start_no from stocks),
added as (
    select scopes.scope, cells.start_no, draws.draw_id, cast(sum(draws.draw_amount) as double) as amount
    from cells
    cross join (select distinct scope from stocks) as scopes
    inner join metrics.fact_draw as draws on cells.quantity_id = draws.quantity_id
    where cells.channel <> 'offshore' or scopes.scope = 'with_offshore'
    group by scopes.scope, cells.start_no, draws.draw_id
),
started as (
    select opening.draw_id, cast(opening.draw_amount as double) as stock_0, 1 - cast(rates.draw_amount as double) as kept_quarter
    from metrics.fact_draw as opening
    inner join metrics.fact_draw as rates
        on rates.quantity_id = 'prior:depreciation-quarter' and opening.draw_id = rates.draw_id
    where opening.quantity_id = (
        select min(quantity_id)
        from metrics.fact_draw
        where quantity_id like 'prior:installed-____-end'
    )
),
closed as (
    select stocks.scope, stocks.period_id, started.draw_id,
        power(started.kept_quarter, stocks.start_no - firsts.start_no + 2) * max(started.stock_0)
        + sum(added.amount * power(started.kept_quarter, stocks.start_no - added.start_no)) as stock
    from stocks
    cross join firsts
    inner join added on stocks.scope = added.scope and added.start_no <= stocks.start_no and added.start_no >= firsts.start_no
    inner join started on added.draw_id = started.draw_id
    group by stocks.scope, stocks.period_id, started.draw_id, started.kept_quarter, stocks.start_no, firsts.start_no
),
means as (select scope, period_id, avg(stock) as closed_mean from closed group by scope, period_id)
select stocks.scope, stocks.period_id, stocks.carried_mean, stocks.added_mean, stocks.stock_mean, means.closed_mean
from stocks
left join means on stocks.scope = means.scope and stocks.period_id = means.period_id
where abs(stocks.stock_mean - stocks.carried_mean - stocks.added_mean) > 0.000001 * (1 + stocks.stock_mean)
    or means.closed_mean is null
    or abs(stocks.stock_mean - means.closed_mean) > 0.000001 * (1 + stocks.stock_mean)
