-- One row per event study and placebo. From metrics.metric_event_placebo.

with
metric as (select * from metrics.metric_event_placebo),

designs as (select * from tidy.event_design)

select
    cast(metric.design_id as VARCHAR) as design_id,
    cast(designs.title as VARCHAR) as title,
    cast(metric.placebo_id as VARCHAR) as placebo_id,
    cast(metric.placebo_kind as VARCHAR) as placebo_kind,
    cast(metric.placebo_log as DOUBLE) as placebo_log,
    cast(metric.placebo_statistic as DOUBLE) as placebo_statistic,
    cast(metric.own_statistic as DOUBLE) as own_statistic,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join designs on metric.design_id = designs.design_id
