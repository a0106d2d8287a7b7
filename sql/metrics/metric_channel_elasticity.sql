-- One row per pair of neighbouring half-years and effective unit (C7): CES elasticity between smuggled and licensed supply at medians.
-- -change of log quantity ratio over change of log price ratio; price = dollars per effective unit. Valid only where neither channel is
-- rationed: from the stop of April 2025 on the licensed price is no marginal price, so the number stands as a bound. A negative
-- number rejects the model. Price ratios within 1 % of each other count as equal: they tell no elasticity.

with
rules as (select * from core.fact_rule_change),

quantities as (select * from metrics.metric_quantity),

stops as (
    select max(bite_date) as stop_date
    from rules
    where rule_id = 'us_usg_h20_mi308_letters_2025'
),

pairs as (
    select '2024H1' as before_period, '2024H2' as after_period, cast('2024-12-31' as date) as pair_end
    union all
    select '2024H2', '2025H1', cast('2025-06-30' as date)
    union all
    select '2025H1', '2025H2', cast('2025-12-31' as date)
),

units as (
    select 'h100e' as unit
    union all
    select 'bandwidth' as unit
),

cells as (
    select channel, period_id, unit, draw_p50
    from quantities
    where quantity_kind = 'cell' and quantity_series = 'backbone' and draw_p50 > 0
),

ratios as (
    select
        smuggled.period_id,
        smuggled.unit,
        smuggled.draw_p50 / licensed.draw_p50 as quantity_ratio,
        (smuggled_usd.draw_p50 / smuggled.draw_p50) / (licensed_usd.draw_p50 / licensed.draw_p50) as price_ratio
    from cells as smuggled
    inner join cells as licensed
        on licensed.channel = 'legal' and smuggled.period_id = licensed.period_id and smuggled.unit = licensed.unit
    inner join cells as smuggled_usd
        on smuggled_usd.channel = 'smuggled' and smuggled_usd.unit = 'usd' and smuggled.period_id = smuggled_usd.period_id
    inner join cells as licensed_usd
        on licensed_usd.channel = 'legal' and licensed_usd.unit = 'usd' and smuggled.period_id = licensed_usd.period_id
    where smuggled.channel = 'smuggled'
),

measured as (
    select
        pairs.before_period,
        pairs.after_period,
        units.unit,
        stops.stop_date is not null and stops.stop_date <= pairs.pair_end as is_rationed,
        befores.quantity_ratio is not null and afters.quantity_ratio is not null as is_known,
        case
            when abs(ln(afters.price_ratio / befores.price_ratio)) > 0.01
                then -ln(afters.quantity_ratio / befores.quantity_ratio) / ln(afters.price_ratio / befores.price_ratio)
        end as sigma
    from pairs
    cross join units
    cross join stops
    left join ratios as befores on pairs.before_period = befores.period_id and units.unit = befores.unit
    left join ratios as afters on pairs.after_period = afters.period_id and units.unit = afters.unit
),

judged as (
    select
        before_period,
        after_period,
        unit,
        sigma,
        case
            when not is_known then 'no_data'
            when sigma is null then 'equal_prices'
            when is_rationed then 'legal_channel_rationed'
            when sigma < 0 then 'model_rejected'
            else 'valid'
        end as ces_status
    from measured
)

select
    cast(before_period as VARCHAR) as before_period,
    cast(after_period as VARCHAR) as after_period,
    cast(unit as VARCHAR) as effective_unit_basis,
    cast(case when ces_status = 'valid' then sigma end as DOUBLE) as ces_sigma,
    cast(sigma as DOUBLE) as ces_if_unrationed,
    cast(ces_status as VARCHAR) as ces_status,
    cast(case when ces_status <> 'valid' then ces_status end as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from judged
