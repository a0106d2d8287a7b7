-- One row per lane and rule: all rules in one regression. From metrics.metric_event_joint and core.fact_rule_change.

with
metric as (select * from metrics.metric_event_joint),

designs as (select * from tidy.event_design),

rules as (select * from core.fact_rule_change)

select
    cast(metric.design_id as VARCHAR) as design_id,
    cast(designs.title as VARCHAR) as title,
    cast(metric.rule_id as VARCHAR) as rule_id,
    cast(rules.bite_date as DATE) as bite_date,
    cast(metric.estimate_log as DOUBLE) as estimate_log,
    cast(metric.ci_low as DOUBLE) as ci_low,
    cast(metric.ci_high as DOUBLE) as ci_high,
    cast(metric.p_value as DOUBLE) as p_value,
    cast(metric.standard_error as DOUBLE) as standard_error,
    cast(metric.condition_number as DOUBLE) as condition_number,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join designs on metric.design_id = designs.design_id
left join rules on metric.rule_id = rules.rule_id
