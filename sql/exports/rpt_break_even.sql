-- One row per priced item: probability of seizure at which moving it past controls stops paying. From metrics.metric_break_even.

with
metric as (select * from metrics.metric_break_even)

select
    cast(metric.priced_item as VARCHAR) as priced_item,
    cast(metric.seizure_p05 as DOUBLE) as seizure_p05,
    cast(metric.seizure_p50 as DOUBLE) as seizure_p50,
    cast(metric.seizure_p95 as DOUBLE) as seizure_p95,
    cast(metric.unprofitable_share as DOUBLE) as unprofitable_share,
    cast(metric.limit_note as VARCHAR) as limit_note,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
