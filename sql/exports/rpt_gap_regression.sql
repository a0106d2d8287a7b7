-- One row per graded export rule: shift of the mirror gap of exposed goods, or what is lacking. From metrics.metric_gap_regression.

with
metric as (select * from metrics.metric_gap_regression),

rules as (select * from core.fact_rule_change)

select
    cast(metric.rule_id as VARCHAR) as rule_id,
    cast(rules.title as VARCHAR) as rule_title,
    cast(metric.bite_date as DATE) as bite_date,
    cast(metric.gap_shift_low as DOUBLE) as gap_shift_low,
    cast(metric.gap_shift as DOUBLE) as gap_shift,
    cast(metric.gap_shift_high as DOUBLE) as gap_shift_high,
    cast(metric.n_gap_cells as BIGINT) as n_gap_cells,
    cast(metric.n_lanes as BIGINT) as n_lanes,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.claim_limit as VARCHAR) as claim_limit,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join rules on metric.rule_id = rules.rule_id
