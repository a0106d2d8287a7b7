-- One row per channel, half-year, series, unit and scope: share of China's added AI compute. From metrics.metric_supply_mix.

with
metric as (select * from metrics.metric_supply_mix)

select
    cast(metric.scope as VARCHAR) as scope,
    cast(metric.period_id as VARCHAR) as period_id,
    cast(metric.series_kind as VARCHAR) as series_kind,
    cast(metric.unit_of_account as VARCHAR) as unit_of_account,
    cast(metric.channel as VARCHAR) as channel,
    cast(metric.low_amount as DECIMAL(24,6)) as low_amount,
    cast(metric.central_amount as DECIMAL(24,6)) as central_amount,
    cast(metric.high_amount as DECIMAL(24,6)) as high_amount,
    cast(metric.mix_share_low as DOUBLE) as mix_share_low,
    cast(metric.mix_share as DOUBLE) as mix_share,
    cast(metric.mix_share_high as DOUBLE) as mix_share_high,
    cast(metric.total_low as DECIMAL(24,6)) as total_low,
    cast(metric.total_central as DECIMAL(24,6)) as total_central,
    cast(metric.total_high as DECIMAL(24,6)) as total_high,
    cast(metric.total_rss_low as DOUBLE) as total_rss_low,
    cast(metric.total_rss_high as DOUBLE) as total_rss_high,
    cast(metric.mix_state as VARCHAR) as mix_state,
    cast(metric.missing_channels as VARCHAR) as missing_channels,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
