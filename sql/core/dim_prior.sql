-- One row per prior that could be known on the as-of day. From data/reference/priors.csv. A convention has no day.

with
filed as (select * from tidy.prior),

runs as (select * from core.run)

select
    cast(filed.prior_id as VARCHAR) as prior_id,
    cast(filed.title as VARCHAR) as title,
    cast(filed.prior_role as VARCHAR) as prior_role,
    cast(filed.claim_id as VARCHAR) as claim_id,
    cast(filed.unit as VARCHAR) as unit,
    cast(filed.prior_distribution as VARCHAR) as prior_distribution,
    cast(filed.prior_low as DOUBLE) as prior_low,
    cast(filed.prior_central as DOUBLE) as prior_central,
    cast(filed.prior_high as DOUBLE) as prior_high,
    cast(filed.reason as VARCHAR) as reason,
    cast(filed.prior_source as VARCHAR) as prior_source,
    cast(filed.url as VARCHAR) as url,
    cast(filed.known_at as DATE) as known_at
from filed
cross join runs
where filed.known_at is null or filed.known_at <= runs.as_of
