-- One row per accelerator: compute weights. From metrics.metric_compute_weight.

with
metric as (select * from metrics.metric_compute_weight)

select
    cast(metric.chip_id as VARCHAR) as chip_id,
    cast(metric.tpp as DECIMAL(24,6)) as tpp,
    cast(metric.memory_bandwidth_tbs as DECIMAL(24,6)) as memory_bandwidth_tbs,
    cast(metric.h100e as DECIMAL(24,6)) as h100e,
    cast(metric.h100e_bf16 as DECIMAL(24,6)) as h100e_bf16,
    cast(metric.h100e_int8 as DECIMAL(24,6)) as h100e_int8,
    cast(metric.bandwidth_h100 as DECIMAL(24,6)) as bandwidth_h100,
    cast(metric.effective_alpha_0 as DOUBLE) as effective_alpha_0,
    cast(metric.effective_alpha_05 as DOUBLE) as effective_alpha_05,
    cast(metric.effective_alpha_1 as DOUBLE) as effective_alpha_1,
    cast(metric.confidence as VARCHAR) as confidence,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
