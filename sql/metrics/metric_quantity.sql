-- One row per uncertain quantity (C2): median and 90 % interval of its draws, and the floor that is always shown beside them.
-- The floor of a product is the floor of its claim times the medians of the other factors.
-- From metrics.metric_quantity_factor and metrics.fact_draw.

with
factors as (select * from metrics.metric_quantity_factor),

draws as (select * from metrics.fact_draw),

quantities as (
    select
        quantity_id,
        max(quantity_kind) as quantity_kind,
        max(channel) as channel,
        max(channel_part) as channel_part,
        max(period_id) as period_id,
        max(quantity_series) as quantity_series,
        max(unit) as unit,
        count(distinct member_id) filter (where factor_no = 1) as n_members,
        max(value_label) as value_label
    from factors
    group by quantity_id
),

floors as (
    select
        quantity_id,
        max(case when factor_no = 1 then fixed_value end)
            * coalesce(max(case when factor_no = 2 then fixed_value end), 1)
            * coalesce(max(case when factor_no = 3 then fixed_value end), 1) as quantity_floor
    from (
        select
            quantity_id,
            factor_no,
            factor_distribution,
            case
                when factor_distribution = 'pareto' then lower_end
                when power = -1 then 1 / factor_median
                else factor_median
            end as fixed_value
        from factors
        where quantity_kind in ('claim', 'derived')
    ) as at_floor
    group by quantity_id
    having max(case when factor_distribution = 'pareto' then 1 else 0 end) = 1
),

intervals as (
    select
        quantity_id,
        quantile_disc(draw_amount, 0.05) as draw_p05,
        quantile_disc(draw_amount, 0.5) as draw_p50,
        quantile_disc(draw_amount, 0.95) as draw_p95
    from draws
    group by quantity_id
)

select
    cast(quantities.quantity_id as VARCHAR) as quantity_id,
    cast(quantities.quantity_kind as VARCHAR) as quantity_kind,
    cast(quantities.channel as VARCHAR) as channel,
    cast(quantities.channel_part as VARCHAR) as channel_part,
    cast(quantities.period_id as VARCHAR) as period_id,
    cast(quantities.quantity_series as VARCHAR) as quantity_series,
    cast(quantities.unit as VARCHAR) as unit,
    cast(quantities.n_members as BIGINT) as n_members,
    cast(floors.quantity_floor as DOUBLE) as quantity_floor,
    cast(intervals.draw_p05 as DOUBLE) as draw_p05,
    cast(intervals.draw_p50 as DOUBLE) as draw_p50,
    cast(intervals.draw_p95 as DOUBLE) as draw_p95,
    cast(quantities.value_label as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from quantities
inner join intervals on quantities.quantity_id = intervals.quantity_id
left join floors on quantities.quantity_id = floors.quantity_id
