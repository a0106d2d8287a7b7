-- One row per period and scope (C4): supply of all channels less growth of installed compute and retirements, in H100-equivalents, draw by draw.
-- Growth needs a figure of installed compute at both ends of the period, filed as a quantity installed-YYYY-end, installed-YYYYh1-end or
-- installed-YYYYq1-end; retirements are the stock at the start times its depreciation. Without both figures the check is skipped, in a row of
-- its own: a stock computed from the same supply balances by construction and tests nothing.

with
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

capacities as (
    select
        case
            when quantity_id like 'prior:installed-____-end' then cast(substring(quantity_id, 17, 4) as bigint) * 4 + 4
            when quantity_id like 'prior:installed-____h_-end'
                then cast(substring(quantity_id, 17, 4) as bigint) * 4 + 2 * cast(substring(quantity_id, 22, 1) as bigint)
            else cast(substring(quantity_id, 17, 4) as bigint) * 4 + cast(substring(quantity_id, 22, 1) as bigint)
        end as end_no,
        draw_id,
        draw_amount
    from draws
    where quantity_id like 'prior:installed-____-end'
        or quantity_id like 'prior:installed-____h_-end'
        or quantity_id like 'prior:installed-____q_-end'
),

dates as (select distinct end_no from capacities),

rates as (
    select draw_id, 1 - cast(draw_amount as double) as kept_quarter
    from draws
    where quantity_id = 'prior:depreciation-quarter'
),

supplies as (
    select scopes.scope, quantities.period_id, draws.draw_id, sum(draws.draw_amount) as supply
    from quantities
    cross join scopes
    inner join periods on quantities.period_id = periods.period_id
    inner join draws on quantities.quantity_id = draws.quantity_id
    where quantities.quantity_kind = 'cell'
        and quantities.quantity_series = 'backbone'
        and quantities.unit = 'h100e'
        and (quantities.channel <> 'offshore' or scopes.scope = 'with_offshore')
    group by scopes.scope, scopes.n_channels, quantities.period_id, draws.draw_id
    having count(*) = scopes.n_channels
),

balances as (
    select
        supplies.scope,
        supplies.period_id,
        cast(supplies.supply as double) as supply,
        cast(ends.draw_amount - starts.draw_amount as double) as growth,
        cast(starts.draw_amount as double) * (1 - power(rates.kept_quarter, periods.n_quarters)) as retirement
    from supplies
    inner join periods on supplies.period_id = periods.period_id
    inner join capacities as starts on periods.start_no = starts.end_no and supplies.draw_id = starts.draw_id
    inner join capacities as ends
        on periods.start_no + periods.n_quarters = ends.end_no and supplies.draw_id = ends.draw_id
    inner join rates on supplies.draw_id = rates.draw_id
),

residuals as (
    select
        scope, period_id, growth, retirement,
        round(supply - growth - retirement, 6) as residual,
        round(abs(supply - growth - retirement), 6) / nullif(supply, 0) as residual_share
    from balances
),

balance_intervals as (
    select
        scope,
        period_id,
        quantile_disc(growth, 0.5) as growth_p50,
        quantile_disc(retirement, 0.5) as retirement_p50,
        quantile_disc(residual, 0.05) as residual_p05,
        quantile_disc(residual, 0.5) as residual_p50,
        quantile_disc(residual, 0.95) as residual_p95,
        quantile_disc(residual_share, 0.05) as residual_share_p05,
        quantile_disc(residual_share, 0.5) as residual_share_p50,
        quantile_disc(residual_share, 0.95) as residual_share_p95
    from residuals
    group by scope, period_id
),

supply_intervals as (
    select scope, period_id, quantile_disc(supply, 0.5) as supply_p50
    from supplies
    group by scope, period_id
),

judged as (
    select
        scopes.scope,
        periods.period_id,
        case
            when supply_intervals.supply_p50 is null then 'skipped_incomplete_supply'
            when start_dates.end_no is null or end_dates.end_no is null then 'skipped_no_capacity_claim'
            when balance_intervals.residual_p50 is null then 'skipped_no_depreciation'
            when balance_intervals.residual_share_p50 is null then 'no_supply'
            else 'checked'
        end as balance_status,
        supply_intervals.supply_p50
    from scopes
    cross join periods
    left join supply_intervals on scopes.scope = supply_intervals.scope and periods.period_id = supply_intervals.period_id
    left join balance_intervals on scopes.scope = balance_intervals.scope and periods.period_id = balance_intervals.period_id
    left join dates as start_dates on periods.start_no = start_dates.end_no
    left join dates as end_dates on periods.start_no + periods.n_quarters = end_dates.end_no
)

select
    cast(judged.scope as VARCHAR) as scope,
    cast(judged.period_id as VARCHAR) as period_id,
    cast(judged.supply_p50 as DOUBLE) as supply_p50,
    cast(balance_intervals.growth_p50 as DOUBLE) as capacity_growth_p50,
    cast(balance_intervals.retirement_p50 as DOUBLE) as retirement_p50,
    cast(balance_intervals.residual_p05 as DOUBLE) as residual_p05,
    cast(balance_intervals.residual_p50 as DOUBLE) as residual_p50,
    cast(balance_intervals.residual_p95 as DOUBLE) as residual_p95,
    cast(balance_intervals.residual_share_p05 as DOUBLE) as residual_share_p05,
    cast(balance_intervals.residual_share_p50 as DOUBLE) as residual_share_p50,
    cast(balance_intervals.residual_share_p95 as DOUBLE) as residual_share_p95,
    cast(judged.balance_status as VARCHAR) as balance_status,
    cast(case when judged.balance_status not in ('checked', 'no_supply') then judged.balance_status end as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from judged
left join balance_intervals on judged.scope = balance_intervals.scope and judged.period_id = balance_intervals.period_id
