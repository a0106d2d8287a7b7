-- One row per design, control set and month: gap of mean logs and the path against the reference month (B4).
-- From tidy.event_design, metrics.metric_event_month and metrics.metric_event_unit_month. A side counts only where every series
-- that the registry names has a logarithm; what is left out would move the mean. An interrupted series has the control set none.

with
designs as (select * from tidy.event_design),

window_months as (select * from metrics.metric_event_month),

units as (select * from metrics.metric_event_unit_month),

counted as (
    select
        design_id,
        pre_months,
        length(treated_ids) - length(replace(treated_ids, ';', '')) + 1 as n_treated,
        length(control_near_ids) - length(replace(control_near_ids, ';', '')) + 1 as n_near,
        length(control_far_ids) - length(replace(control_far_ids, ';', '')) + 1 as n_far
    from designs
),

control_sets as (
    select design_id, 'none' as control_set, n_treated, cast(0 as bigint) as n_control from counted where n_near is null
    union all
    select design_id, 'near' as control_set, n_treated, n_near as n_control from counted where n_near is not null
    union all
    select design_id, 'far' as control_set, n_treated, n_far as n_control from counted where n_far is not null
),

sides as (
    select
        design_id,
        month,
        count(log_value) filter (where unit_role = 'treated') as n_treated,
        sum(log_value) filter (where unit_role = 'treated') as sum_treated,
        sum(value) filter (where unit_role = 'treated') as value_treated,
        count(log_value) filter (where unit_role = 'control_near') as n_near,
        sum(log_value) filter (where unit_role = 'control_near') as sum_near,
        sum(value) filter (where unit_role = 'control_near') as value_near,
        count(log_value) filter (where unit_role = 'control_far') as n_far,
        sum(log_value) filter (where unit_role = 'control_far') as sum_far,
        sum(value) filter (where unit_role = 'control_far') as value_far,
        count(case when absence_reason = 'zero' then 1 end) as n_zero
    from units
    group by design_id, month
),

joined as (
    select
        control_sets.design_id,
        control_sets.control_set,
        control_sets.n_treated as asked_treated,
        control_sets.n_control as asked_control,
        window_months.month,
        window_months.months_from_event,
        window_months.month_role,
        window_months.is_reference_month,
        coalesce(sides.n_treated, 0) as n_treated,
        case control_sets.control_set when 'near' then coalesce(sides.n_near, 0) when 'far' then coalesce(sides.n_far, 0) else 0 end
            as n_control,
        sides.sum_treated,
        sides.value_treated,
        case control_sets.control_set when 'near' then sides.sum_near when 'far' then sides.sum_far end as sum_control,
        case control_sets.control_set when 'near' then sides.value_near when 'far' then sides.value_far end as value_control,
        coalesce(sides.n_zero, 0) as n_zero
    from control_sets
    inner join window_months on control_sets.design_id = window_months.design_id
    left join sides on control_sets.design_id = sides.design_id and window_months.month = sides.month
),

gaps as (
    select
        design_id,
        control_set,
        month,
        months_from_event,
        month_role,
        is_reference_month,
        n_treated,
        n_control,
        cast(value_treated as double) / nullif(asked_treated, 0) as treated_mean,
        cast(value_control as double) / nullif(asked_control, 0) as control_mean,
        case
            when n_treated = asked_treated and n_control = asked_control
                then cast(sum_treated as double) / asked_treated - coalesce(cast(sum_control as double) / nullif(asked_control, 0), 0)
        end as gap,
        case
            when n_treated = asked_treated and n_control = asked_control then null
            when n_zero > 0 then 'zero'
            else 'missing'
        end as reason
    from joined
),

reference_gaps as (
    select design_id, control_set, gap as reference_gap
    from gaps
    where is_reference_month
)

select
    cast(gaps.design_id as VARCHAR) as design_id,
    cast(gaps.control_set as VARCHAR) as control_set,
    cast(gaps.month as DATE) as month,
    cast(gaps.months_from_event as BIGINT) as months_from_event,
    cast(gaps.month_role as VARCHAR) as month_role,
    cast(gaps.n_treated as BIGINT) as n_units_treated,
    cast(gaps.n_control as BIGINT) as n_units_control,
    cast(round(case when gaps.gap is not null then gaps.treated_mean end, 6) as DECIMAL(24,6)) as treated_mean,
    cast(round(case when gaps.gap is not null then gaps.control_mean end, 6) as DECIMAL(24,6)) as control_mean,
    cast(round(gaps.gap, 12) as DECIMAL(24,12)) as gap_log,
    cast(gaps.gap - reference_gaps.reference_gap as DOUBLE) as path_log,
    cast(gaps.is_reference_month as BOOLEAN) as is_reference_month,
    cast(gaps.reason as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from gaps
left join reference_gaps on gaps.design_id = reference_gaps.design_id and gaps.control_set = reference_gaps.control_set
