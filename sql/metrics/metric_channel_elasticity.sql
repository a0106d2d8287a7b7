-- One row per span of half-years, effective unit and form (C7): CES elasticity between smuggled and licensed supply, draw by draw.
-- two_period: -change of log quantity ratio over change of log price ratio between neighbouring half-years; price = dollars per effective
-- unit. regression: minus the slope over all half-years before the first rationed one, read only from eight periods on. Valid only where
-- neither channel is rationed: licensed supply is rationed in a half-year in which a licence rule names a chip that was sold. Then the price
-- paid is no marginal price; the number stands as an upper bound where licensed quantity fell into rationing while smuggled goods became
-- cheaper relative to it, and nowhere else. A negative number rejects the model. Price ratios within 1 % of each other tell nothing.

with
rules as (select * from core.fact_rule_change),

windows as (select * from metrics.metric_rule_window),

sales as (select * from core.fact_supply),

quantities as (select * from metrics.metric_quantity),

draws as (select * from metrics.fact_draw),

units as (
    select 'h100e' as unit
    union all
    select 'bandwidth' as unit
    union all
    select 'effective_05' as unit
),

halves as (
    select distinct
        period_id,
        cast(left(period_id, 4) as bigint) * 2 + case when right(period_id, 2) = 'H1' then 0 else 1 end as half_no,
        cast(left(period_id, 4) || case when right(period_id, 2) = 'H1' then '-01-01' else '-07-01' end as date) as half_start,
        cast(left(period_id, 4) || case when right(period_id, 2) = 'H1' then '-06-30' else '-12-31' end as date) as half_end
    from quantities
    where quantity_kind = 'cell'
        and quantity_series = 'backbone'
        and channel in ('legal', 'smuggled')
        and period_id like '%H_'
),

rationed as (
    select distinct halves.period_id
    from halves
    inner join sales
        on sales.channel = 'legal'
        and sales.role = 'supply'
        and sales.location = 'China'
        and sales.period_start <= halves.half_end
        and sales.period_end >= halves.half_start
        and coalesce(sales.central, sales.high) > 0
    inner join rules
        on rules.direction = 'tighten'
        and rules.bite_date <= halves.half_end
        and (rules.ended_date is null or rules.ended_date >= halves.half_start)
        and ';' || rules.chips || ';' like '%;' || sales.chip || ';%'
    inner join windows on rules.rule_id = windows.rule_id and windows.is_licence_rule
),

cell_draws as (
    select quantities.channel, quantities.period_id, quantities.unit, draws.draw_id, cast(draws.draw_amount as double) as amount
    from quantities
    inner join draws on quantities.quantity_id = draws.quantity_id
    where quantities.quantity_kind = 'cell'
        and quantities.quantity_series = 'backbone'
        and quantities.channel in ('legal', 'smuggled')
        and quantities.period_id like '%H_'
        and draws.draw_amount > 0
),

amounts as (
    select channel, period_id, unit, draw_id, amount
    from cell_draws
    where unit in ('h100e', 'bandwidth')
    union all
    select compute.channel, compute.period_id, 'effective_05' as unit, compute.draw_id, sqrt(compute.amount * memory.amount) as amount
    from cell_draws as compute
    inner join cell_draws as memory
        on compute.channel = memory.channel
        and compute.period_id = memory.period_id
        and compute.draw_id = memory.draw_id
        and memory.unit = 'bandwidth'
    where compute.unit = 'h100e'
),

ratios as (
    select
        smuggled.period_id,
        smuggled.unit,
        smuggled.draw_id,
        licensed.amount as licensed_amount,
        ln(smuggled.amount / licensed.amount) as log_quantity,
        ln((smuggled_usd.amount / smuggled.amount) / (licensed_usd.amount / licensed.amount)) as log_price
    from amounts as smuggled
    inner join amounts as licensed
        on licensed.channel = 'legal'
        and smuggled.period_id = licensed.period_id
        and smuggled.unit = licensed.unit
        and smuggled.draw_id = licensed.draw_id
    inner join cell_draws as smuggled_usd
        on smuggled_usd.channel = 'smuggled'
        and smuggled_usd.unit = 'usd'
        and smuggled.period_id = smuggled_usd.period_id
        and smuggled.draw_id = smuggled_usd.draw_id
    inner join cell_draws as licensed_usd
        on licensed_usd.channel = 'legal'
        and licensed_usd.unit = 'usd'
        and smuggled.period_id = licensed_usd.period_id
        and smuggled.draw_id = licensed_usd.draw_id
    where smuggled.channel = 'smuggled'
),

pairs as (
    select
        befores.period_id as before_period,
        afters.period_id as after_period,
        rationed_before.period_id is not null as is_rationed_before,
        rationed_after.period_id is not null as is_rationed_after
    from halves as befores
    inner join halves as afters on befores.half_no + 1 = afters.half_no
    left join rationed as rationed_before on befores.period_id = rationed_before.period_id
    left join rationed as rationed_after on afters.period_id = rationed_after.period_id
),

pair_draws as (
    select
        pairs.before_period,
        pairs.after_period,
        befores.unit,
        befores.draw_id,
        befores.licensed_amount > afters.licensed_amount as is_licensed_lower,
        afters.log_quantity - befores.log_quantity as quantity_change,
        afters.log_price - befores.log_price as price_change
    from pairs
    inner join ratios as befores on pairs.before_period = befores.period_id
    inner join ratios as afters
        on pairs.after_period = afters.period_id and befores.unit = afters.unit and befores.draw_id = afters.draw_id
),

pair_sigmas as (
    select
        before_period, after_period, unit,
        case when abs(price_change) > 0.01 then -quantity_change / price_change end as sigma,
        case when price_change < -0.01 and quantity_change > 0 and is_licensed_lower then -quantity_change / price_change end as bound
    from pair_draws
),

pair_intervals as (
    select
        before_period,
        after_period,
        unit,
        cast(count(sigma) as double) / cast(count(*) as double) as sigma_share,
        cast(count(bound) as double) / cast(count(*) as double) as bound_share,
        quantile_disc(sigma, 0.05) as sigma_p05,
        quantile_disc(sigma, 0.5) as sigma_p50,
        quantile_disc(sigma, 0.95) as sigma_p95,
        quantile_disc(bound, 0.05) as bound_p05,
        quantile_disc(bound, 0.5) as bound_p50,
        quantile_disc(bound, 0.95) as bound_p95
    from pair_sigmas
    group by before_period, after_period, unit
),

two_period as (
    select
        'two_period' as elasticity_form,
        pairs.before_period,
        pairs.after_period,
        units.unit,
        2 as n_periods,
        pair_intervals.sigma_p05,
        pair_intervals.sigma_p50,
        pair_intervals.sigma_p95,
        pair_intervals.bound_share,
        pair_intervals.bound_p05,
        pair_intervals.bound_p50,
        pair_intervals.bound_p95,
        case
            when pair_intervals.sigma_share is null then 'no_data'
            when pairs.is_rationed_before or pairs.is_rationed_after then 'legal_channel_rationed'
            when pair_intervals.sigma_share < 0.95 then 'equal_prices'
            when pair_intervals.sigma_p50 < 0 then 'model_rejected'
            else 'valid'
        end as ces_status
    from pairs
    cross join units
    left join pair_intervals
        on pairs.before_period = pair_intervals.before_period
        and pairs.after_period = pair_intervals.after_period
        and units.unit = pair_intervals.unit
),

first_rationed as (
    select min(halves.half_no) as half_no
    from halves
    inner join rationed on halves.period_id = rationed.period_id
    inner join ratios on halves.period_id = ratios.period_id
),

free_ratios as (
    select ratios.period_id, ratios.unit, ratios.draw_id, ratios.log_quantity, ratios.log_price
    from ratios
    inner join halves on ratios.period_id = halves.period_id
    cross join first_rationed
    where first_rationed.half_no is null or halves.half_no < first_rationed.half_no
),

spans as (
    select unit, count(distinct period_id) as n_periods
    from free_ratios
    group by unit
),

slopes as (
    select
        unit,
        draw_id,
        case
            when var_pop(log_price) > 0.0001 then -covar_pop(log_quantity, log_price) / var_pop(log_price)
        end as sigma
    from free_ratios
    group by unit, draw_id
),

slope_intervals as (
    select
        unit,
        quantile_disc(round(sigma, 9), 0.05) as sigma_p05,
        quantile_disc(round(sigma, 9), 0.5) as sigma_p50,
        quantile_disc(round(sigma, 9), 0.95) as sigma_p95
    from slopes
    group by unit
),

all_halves as (
    select min(period_id) as first_period, max(period_id) as last_period
    from halves
),

regression as (
    select
        'regression' as elasticity_form,
        all_halves.first_period as before_period,
        all_halves.last_period as after_period,
        units.unit,
        coalesce(spans.n_periods, 0) as n_periods,
        slope_intervals.sigma_p05,
        slope_intervals.sigma_p50,
        slope_intervals.sigma_p95,
        case
            when coalesce(spans.n_periods, 0) < 8 then 'fewer_than_8_periods'
            when slope_intervals.sigma_p50 is null then 'equal_prices'
            when slope_intervals.sigma_p50 < 0 then 'model_rejected'
            else 'valid'
        end as ces_status
    from all_halves
    cross join units
    left join spans on units.unit = spans.unit
    left join slope_intervals on units.unit = slope_intervals.unit
    where all_halves.first_period is not null
),

found as (
    select elasticity_form, before_period, after_period, unit, n_periods, sigma_p05, sigma_p50, sigma_p95, bound_share, bound_p05,
        bound_p50, bound_p95, ces_status
    from two_period
    union all
    select elasticity_form, before_period, after_period, unit, n_periods, sigma_p05, sigma_p50, sigma_p95,
        cast(null as double) as bound_share, cast(null as double) as bound_p05, cast(null as double) as bound_p50,
        cast(null as double) as bound_p95, ces_status
    from regression
),

bounded as (
    select
        elasticity_form, before_period, after_period, unit, n_periods, sigma_p05, sigma_p50, sigma_p95, bound_p05, bound_p50,
        bound_p95, ces_status,
        ces_status = 'legal_channel_rationed' and bound_share >= 0.95 as has_bound
    from found
)

select
    cast(elasticity_form as VARCHAR) as elasticity_form,
    cast(before_period as VARCHAR) as before_period,
    cast(after_period as VARCHAR) as after_period,
    cast(unit as VARCHAR) as effective_unit_basis,
    cast(n_periods as BIGINT) as n_periods,
    cast(n_periods >= 8 and ces_status = 'valid' as BOOLEAN) as is_period_rule_met,
    cast(case when ces_status = 'valid' then sigma_p05 end as DOUBLE) as ces_p05,
    cast(case when ces_status = 'valid' then sigma_p50 end as DOUBLE) as ces_p50,
    cast(case when ces_status = 'valid' then sigma_p95 end as DOUBLE) as ces_p95,
    cast(case when has_bound then bound_p05 end as DOUBLE) as ces_upper_bound_p05,
    cast(case when has_bound then bound_p50 end as DOUBLE) as ces_upper_bound_p50,
    cast(case when has_bound then bound_p95 end as DOUBLE) as ces_upper_bound_p95,
    cast(ces_status as VARCHAR) as ces_status,
    cast(
        case
            when has_bound
                then 'Upper bound, never the elasticity: the price at which buyers would choose the rationed quantity lies above the paid one'
            when ces_status = 'legal_channel_rationed'
                then 'Licensed supply is rationed and the direction of the error is open: not even a bound'
            when ces_status = 'valid' and n_periods < 8 then 'Two periods and no supply shifter: an arithmetic ratio, not an identified elasticity'
            when ces_status = 'valid' then 'No supply shifter as an instrument: a descriptive slope'
            when ces_status = 'model_rejected' then 'The sign contradicts the model'
            when ces_status = 'fewer_than_8_periods' then 'A regression needs at least eight unrationed periods'
            when ces_status = 'equal_prices' then 'Price ratios hardly differ, so they tell no elasticity'
            else 'A channel has no quantity or no price'
        end as VARCHAR
    ) as limit_note,
    cast(case when ces_status <> 'valid' then ces_status end as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from bounded
