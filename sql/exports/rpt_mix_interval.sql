-- One row per scope, period, series, unit and channel: amount and share of China's added AI compute on joint draws. From metrics.metric_mix_interval.

with
metric as (select * from metrics.metric_mix_interval)

select
    cast(metric.scope as VARCHAR) as scope,
    cast(metric.period_id as VARCHAR) as period_id,
    cast(metric.mix_series as VARCHAR) as mix_series,
    cast(metric.unit_of_account as VARCHAR) as unit_of_account,
    cast(metric.channel as VARCHAR) as channel,
    cast(metric.channel_part as VARCHAR) as channel_part,
    cast(metric.unit_convention as VARCHAR) as unit_convention,
    cast(metric.amount_basis as VARCHAR) as amount_basis,
    cast(metric.amount_p05 as DOUBLE) as amount_p05,
    cast(metric.amount_p50 as DOUBLE) as amount_p50,
    cast(metric.amount_p95 as DOUBLE) as amount_p95,
    cast(metric.share_p05 as DOUBLE) as share_p05,
    cast(metric.share_p50 as DOUBLE) as share_p50,
    cast(metric.share_p95 as DOUBLE) as share_p95,
    cast(metric.total_p05 as DOUBLE) as total_p05,
    cast(metric.total_p50 as DOUBLE) as total_p50,
    cast(metric.total_p95 as DOUBLE) as total_p95,
    cast(metric.largest_probability as DOUBLE) as largest_probability,
    cast(metric.published_floor_usd as DOUBLE) as published_floor_usd,
    cast(metric.mix_state as VARCHAR) as mix_state,
    cast(metric.missing_channels as VARCHAR) as missing_channels,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
