-- One row per rule and outcome series of the same goods, with the title of the series. From metrics.metric_pre_post.

with
metric as (select * from metrics.metric_pre_post),

registry as (select * from tidy.outcome_series)

select
    cast(metric.rule_id as VARCHAR) as rule_id,
    cast(metric.outcome_id as VARCHAR) as outcome_id,
    cast(metric.pair_role as VARCHAR) as pair_role,
    cast(registry.title as VARCHAR) as title,
    cast(metric.bite_date as DATE) as bite_date,
    cast(metric.direction as VARCHAR) as direction,
    cast(metric.event_grade as VARCHAR) as event_grade,
    cast(metric.unit as VARCHAR) as unit,
    cast(metric.n_pre as BIGINT) as n_pre,
    cast(metric.n_post as BIGINT) as n_post,
    cast(metric.pre_mean as DOUBLE) as pre_mean,
    cast(metric.post_mean as DOUBLE) as post_mean,
    cast(metric.change_ratio as DOUBLE) as change_ratio,
    cast(metric.change_log as DOUBLE) as change_log,
    cast(metric.change_dhs as DOUBLE) as change_dhs,
    cast(metric.matched_change_ratio as DOUBLE) as matched_change_ratio,
    cast(metric.n_overlapping_rules as BIGINT) as n_overlapping_rules,
    cast(metric.overlapping_rule_ids as VARCHAR) as overlapping_rule_ids,
    cast(metric.is_separately_identified as BOOLEAN) as is_separately_identified,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join registry on metric.outcome_id = registry.outcome_id
