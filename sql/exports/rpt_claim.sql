-- One row per claim with its bounds as stated and the distribution they stand for. From core.fact_claim and metrics.metric_claim_distribution.

with
claims as (select * from core.fact_claim),

distributions as (select * from metrics.metric_claim_distribution)

select
    cast(claims.claim_id as VARCHAR) as claim_id,
    cast(claims.claim_kind as VARCHAR) as claim_kind,
    cast(claims.subkind as VARCHAR) as subkind,
    cast(claims.channel as VARCHAR) as channel,
    cast(claims.publisher as VARCHAR) as publisher,
    cast(claims.known_at as DATE) as known_at,
    cast(claims.measured as VARCHAR) as measured,
    cast(claims.period_start as DATE) as period_start,
    cast(claims.period_end as DATE) as period_end,
    cast(claims.unit as VARCHAR) as unit,
    cast(claims.unit_basis as VARCHAR) as unit_basis,
    cast(claims.low as DECIMAL(24,6)) as low,
    cast(claims.central as DECIMAL(24,6)) as central,
    cast(claims.high as DECIMAL(24,6)) as high,
    cast(claims.bound_kind as VARCHAR) as bound_kind,
    cast(distributions.distribution as VARCHAR) as distribution,
    cast(distributions.distribution_flag as VARCHAR) as distribution_flag,
    cast(distributions.claim_floor as DOUBLE) as claim_floor,
    cast(distributions.claim_p05 as DOUBLE) as claim_p05,
    cast(distributions.claim_p50 as DOUBLE) as claim_p50,
    cast(distributions.claim_p95 as DOUBLE) as claim_p95,
    cast(distributions.claim_p50_at_125 as DOUBLE) as claim_p50_at_125,
    cast(distributions.claim_p95_at_125 as DOUBLE) as claim_p95_at_125,
    cast(distributions.claim_p50_at_200 as DOUBLE) as claim_p50_at_200,
    cast(distributions.claim_p95_at_200 as DOUBLE) as claim_p95_at_200,
    cast(distributions.claim_cap as DOUBLE) as claim_cap,
    cast(distributions.is_capped as BOOLEAN) as is_capped,
    cast(distributions.absence_reason as VARCHAR) as absence_reason,
    cast(claims.grade as VARCHAR) as grade,
    cast(claims.series_role as VARCHAR) as series_role,
    cast(claims.independence_group as VARCHAR) as independence_group,
    cast(claims.overlaps_with as VARCHAR) as overlaps_with,
    cast(claims.is_seen as BOOLEAN) as is_seen,
    cast(claims.url as VARCHAR) as url,
    cast(claims.note as VARCHAR) as note,
    cast(claims.claim_origin as VARCHAR) as claim_origin,
    cast(claims.value_label as VARCHAR) as value_label,
    cast(claims.evidence_label as VARCHAR) as evidence_label
from claims
inner join distributions on claims.claim_id = distributions.claim_id
