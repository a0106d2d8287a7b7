-- One row per event study and other rule on its lane. From metrics.metric_event_overlap.

with
metric as (select * from metrics.metric_event_overlap),

designs as (select * from tidy.event_design)

select
    cast(metric.design_id as VARCHAR) as design_id,
    cast(designs.title as VARCHAR) as title,
    cast(metric.other_rule_id as VARCHAR) as other_rule_id,
    cast(metric.bite_date as DATE) as bite_date,
    cast(metric.event_grade as VARCHAR) as event_grade,
    cast(metric.months_apart as BIGINT) as months_apart,
    cast(metric.overlap_share as DOUBLE) as overlap_share,
    cast(metric.overlap_place as VARCHAR) as overlap_place,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join designs on metric.design_id = designs.design_id
