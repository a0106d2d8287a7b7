-- One row per headline and input: the share of the headline's variance that the input carries. From metrics.metric_answer_driver.

with
metric as (select * from metrics.metric_answer_driver)

select
    cast(metric.answer_id as VARCHAR) as answer_id,
    cast(metric.input_dim_id as VARCHAR) as input_dim_id,
    cast(metric.datum as VARCHAR) as datum,
    cast(metric.first_order as DOUBLE) as first_order,
    cast(metric.total_order as DOUBLE) as total_order,
    cast(metric.driver_rank as BIGINT) as driver_rank,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
