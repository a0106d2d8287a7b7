-- One row per event study, control set and month: path with bands, the data of the plot. From metrics.metric_event_gap and metric_event_band;
-- the paths of synthetic controls come from the bands alone, those of gravity and roll-outs are in the result.

with
metric as (select * from metrics.metric_event_gap),

bands as (select * from metrics.metric_event_band),

designs as (select * from tidy.event_design)

select
    cast(metric.design_id as VARCHAR) as design_id,
    cast(designs.title as VARCHAR) as title,
    cast(designs.estimator as VARCHAR) as estimator,
    cast(metric.control_set as VARCHAR) as control_set,
    cast(metric.month as DATE) as month,
    cast(metric.months_from_event as BIGINT) as months_from_event,
    cast(metric.month_role as VARCHAR) as month_role,
    cast(metric.is_reference_month as BOOLEAN) as is_reference_month,
    cast(case when designs.estimator in ('synthetic_control', 'synthetic_did') then bands.path_log else metric.path_log end as DOUBLE) as path_log,
    cast(bands.band_low as DOUBLE) as band_low,
    cast(bands.band_high as DOUBLE) as band_high,
    cast(bands.sup_band_low as DOUBLE) as sup_band_low,
    cast(bands.sup_band_high as DOUBLE) as sup_band_high,
    cast(case
            when designs.estimator in ('synthetic_control', 'synthetic_did')
                then case when bands.path_log is null then coalesce(bands.absence_reason, 'not_computable') end
            when metric.path_log is null then coalesce(metric.absence_reason, 'no_reference_month')
        end as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join designs on metric.design_id = designs.design_id
left join bands on metric.design_id = bands.design_id and metric.control_set = bands.control_set and metric.month = bands.month
where metric.control_set <> 'far' or designs.estimator = 'did'
