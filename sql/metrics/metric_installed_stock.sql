-- One row per half-year and scope (C13): installed AI compute in China: last stock less depreciation plus additions, draw by draw.
-- K(t) = (1 - d)^2 K(t-1) + additions, d a quarter; what is added in a half-year is not depreciated in it. In H100-equivalents, from the
-- priors of the stock at the end of 2023 and of d, which is the same in every period of a draw. Written out for the four half-years.

with
quantities as (select * from metrics.metric_quantity),

draws as (select * from metrics.fact_draw),

scopes as (
    select 'arrivals' as scope, 3 as n_channels
    union all
    select 'with_offshore' as scope, 4 as n_channels
),

additions as (
    select
        scopes.scope,
        scopes.n_channels,
        draws.draw_id,
        sum(case when quantities.period_id = '2024H1' then draws.draw_amount end) as added_1,
        sum(case when quantities.period_id = '2024H2' then draws.draw_amount end) as added_2,
        sum(case when quantities.period_id = '2025H1' then draws.draw_amount end) as added_3,
        sum(case when quantities.period_id = '2025H2' then draws.draw_amount end) as added_4,
        count(*) as n_cells
    from quantities
    cross join scopes
    inner join draws on quantities.quantity_id = draws.quantity_id
    where quantities.quantity_kind = 'cell'
        and quantities.quantity_series = 'backbone'
        and quantities.unit = 'h100e'
        and quantities.period_id in ('2024H1', '2024H2', '2025H1', '2025H2')
        and (quantities.channel <> 'offshore' or scopes.scope = 'with_offshore')
    group by scopes.scope, scopes.n_channels, draws.draw_id
),

started as (
    select
        draw_id,
        max(case when quantity_id = 'prior:installed-2023-end' then cast(draw_amount as double) end) as stock_0,
        power(1 - max(case when quantity_id = 'prior:depreciation-quarter' then cast(draw_amount as double) end), 2) as kept
    from draws
    where quantity_id in ('prior:installed-2023-end', 'prior:depreciation-quarter')
    group by draw_id
),

first_half as (
    select additions.scope, additions.draw_id, additions.added_2, additions.added_3, additions.added_4, started.kept,
        started.kept * started.stock_0 + cast(additions.added_1 as double) as stock_1
    from additions
    inner join started on additions.draw_id = started.draw_id
    where additions.n_cells = 4 * additions.n_channels
),

second_half as (
    select scope, draw_id, added_3, added_4, kept, stock_1, kept * stock_1 + cast(added_2 as double) as stock_2
    from first_half
),

third_half as (
    select scope, draw_id, added_4, kept, stock_1, stock_2, kept * stock_2 + cast(added_3 as double) as stock_3
    from second_half
),

stocks as (
    select scope, '2024H1' as period_id, stock_1 as stock
    from third_half
    union all
    select scope, '2024H2' as period_id, stock_2 as stock
    from third_half
    union all
    select scope, '2025H1' as period_id, stock_3 as stock
    from third_half
    union all
    select scope, '2025H2' as period_id, kept * stock_3 + cast(added_4 as double) as stock
    from third_half
),

intervals as (
    select
        scope,
        period_id,
        quantile_disc(stock, 0.05) as stock_p05,
        quantile_disc(stock, 0.5) as stock_p50,
        quantile_disc(stock, 0.95) as stock_p95
    from stocks
    group by scope, period_id
),

lines as (
    select scopes.scope, periods.period_id
    from scopes
    cross join (
        select '2024H1' as period_id
        union all
        select '2024H2' as period_id
        union all
        select '2025H1' as period_id
        union all
        select '2025H2' as period_id
    ) as periods
)

select
    cast(lines.scope as VARCHAR) as scope,
    cast(lines.period_id as VARCHAR) as period_id,
    cast(intervals.stock_p05 as DOUBLE) as stock_p05,
    cast(intervals.stock_p50 as DOUBLE) as stock_p50,
    cast(intervals.stock_p95 as DOUBLE) as stock_p95,
    cast(case when intervals.stock_p50 is null then 'input_not_known' end as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from lines
left join intervals on lines.scope = intervals.scope and lines.period_id = intervals.period_id
