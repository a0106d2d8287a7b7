-- One row per design, series and month of the window: value and natural logarithm, each series in its role.
-- From tidy.event_design, metrics.metric_event_month and metrics.metric_outcome_month.

with
designs as (select * from tidy.event_design),

window_months as (select * from metrics.metric_event_month),

series as (select * from metrics.metric_outcome_month),

named as (
    select distinct outcome_id from series
),

units as (
    select designs.design_id, named.outcome_id, 'treated' as unit_role
    from designs
    inner join named on ';' || designs.treated_ids || ';' like '%;' || named.outcome_id || ';%'
    union all
    select designs.design_id, named.outcome_id, 'control_near' as unit_role
    from designs
    inner join named on ';' || designs.control_near_ids || ';' like '%;' || named.outcome_id || ';%'
    union all
    select designs.design_id, named.outcome_id, 'control_far' as unit_role
    from designs
    inner join named on ';' || designs.control_far_ids || ';' like '%;' || named.outcome_id || ';%'
)

select
    cast(units.design_id as VARCHAR) as design_id,
    cast(units.outcome_id as VARCHAR) as outcome_id,
    cast(units.unit_role as VARCHAR) as unit_role,
    cast(window_months.month as DATE) as month,
    cast(series.value as DECIMAL(24,6)) as value,
    cast(case when series.value > 0 then round(ln(cast(series.value as double)), 12) end as DECIMAL(24,12)) as log_value,
    cast(
        case
            when series.value > 0 then null
            when series.value = 0 then 'zero'
            when series.value < 0 then 'negative_value'
            else 'missing'
        end as VARCHAR
    ) as absence_reason,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from units
inner join window_months on units.design_id = window_months.design_id
left join series on units.outcome_id = series.outcome_id and window_months.month = series.month
