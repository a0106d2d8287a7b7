-- One row per prior: distribution, reason, source, day. From core.dim_prior.

with
metric as (select * from core.dim_prior)

select
    cast(metric.prior_id as VARCHAR) as prior_id,
    cast(metric.title as VARCHAR) as title,
    cast(metric.prior_role as VARCHAR) as prior_role,
    cast(metric.claim_id as VARCHAR) as claim_id,
    cast(metric.unit as VARCHAR) as unit,
    cast(metric.prior_distribution as VARCHAR) as prior_distribution,
    cast(metric.prior_low as DOUBLE) as prior_low,
    cast(metric.prior_central as DOUBLE) as prior_central,
    cast(metric.prior_high as DOUBLE) as prior_high,
    cast(metric.reason as VARCHAR) as reason,
    cast(metric.prior_source as VARCHAR) as prior_source,
    cast(metric.url as VARCHAR) as url,
    cast(metric.known_at as DATE) as known_at,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from metric
