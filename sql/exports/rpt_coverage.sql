-- One row per heading, flow and period: share of base-period trade whose reporters filed. From metrics.metric_coverage.

with
metric as (select * from metrics.metric_coverage)

select
    cast(metric.product_code as VARCHAR) as product_code,
    cast(metric.flow as VARCHAR) as flow,
    cast(metric.frequency as VARCHAR) as frequency,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.period_end as DATE) as period_end,
    cast(metric.base_start as DATE) as base_start,
    cast(metric.base_end as DATE) as base_end,
    cast(metric.coverage_share as DOUBLE) as coverage_share,
    cast(metric.n_reporters_expected as BIGINT) as n_reporters_expected,
    cast(metric.n_reporters_filed as BIGINT) as n_reporters_filed,
    cast(metric.missing_reporters as VARCHAR) as missing_reporters,
    cast(metric.is_headline_allowed as BOOLEAN) as is_headline_allowed,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
