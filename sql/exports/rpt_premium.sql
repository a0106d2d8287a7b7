-- One row per street price: premium, price per unit of compute, rent. From metrics.metric_premium.

with
metric as (select * from metrics.metric_premium)

select
    cast(metric.price_id as VARCHAR) as price_id,
    cast(metric.chip_id as VARCHAR) as chip_id,
    cast(metric.quote_date as DATE) as quote_date,
    cast(metric.price_type as VARCHAR) as price_type,
    cast(metric.street_usd as DECIMAL(20,3)) as street_usd,
    cast(metric.reference_usd as DECIMAL(20,3)) as reference_usd,
    cast(metric.reference_price_id as VARCHAR) as reference_price_id,
    cast(metric.premium_basis as VARCHAR) as premium_basis,
    cast(metric.premium_low as DOUBLE) as premium_low,
    cast(metric.premium as DOUBLE) as premium,
    cast(metric.premium_high as DOUBLE) as premium_high,
    cast(metric.premium_net_low as DOUBLE) as premium_net_low,
    cast(metric.premium_net as DOUBLE) as premium_net,
    cast(metric.premium_net_high as DOUBLE) as premium_net_high,
    cast(metric.is_same_system as BOOLEAN) as is_same_system,
    cast(metric.is_same_price_basis as BOOLEAN) as is_same_price_basis,
    cast(metric.is_contemporaneous as BOOLEAN) as is_contemporaneous,
    cast(metric.is_like_for_like as BOOLEAN) as is_like_for_like,
    cast(metric.like_for_like_reason as VARCHAR) as like_for_like_reason,
    cast(metric.repeats_price_id as VARCHAR) as repeats_price_id,
    cast(metric.street_usd_per_chip as DECIMAL(20,3)) as street_usd_per_chip,
    cast(metric.street_usd_per_h100e as DECIMAL(20,3)) as street_usd_per_h100e,
    cast(metric.street_usd_per_bandwidth as DECIMAL(20,3)) as street_usd_per_bandwidth,
    cast(metric.premium_per_h100e as DOUBLE) as premium_per_h100e,
    cast(metric.premium_per_bandwidth as DOUBLE) as premium_per_bandwidth,
    cast(metric.benchmark_price_id as VARCHAR) as benchmark_price_id,
    cast(metric.shadow_value_usd as DECIMAL(20,3)) as shadow_value_usd,
    cast(metric.fx_rate as DECIMAL(24,6)) as fx_rate,
    cast(metric.sales_usd as DECIMAL(20,3)) as sales_usd,
    cast(metric.rent_low_usd as DECIMAL(20,3)) as rent_low_usd,
    cast(metric.rent_usd as DECIMAL(20,3)) as rent_usd,
    cast(metric.rent_high_usd as DECIMAL(20,3)) as rent_high_usd,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.claim_origin as VARCHAR) as claim_origin,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
