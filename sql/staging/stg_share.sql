-- One row per market share that was public at as_of. From data/facts/shares.csv.

with
run as (select * from core.run),

filed as (select * from tidy.share)

select
    cast(filed.share_id as VARCHAR) as share_id,
    cast(filed.vendor as VARCHAR) as vendor,
    cast(filed.market_definition as VARCHAR) as market_definition,
    cast(filed.metric as VARCHAR) as metric,
    cast(filed.period_start as DATE) as period_start,
    cast(filed.period_end as DATE) as period_end,
    cast(filed.share_low as DOUBLE) as share_low,
    cast(filed.share_central as DOUBLE) as share_central,
    cast(filed.share_high as DOUBLE) as share_high,
    cast(filed.bound_kind as VARCHAR) as bound_kind,
    cast(filed.kind as VARCHAR) as kind,
    cast(filed.publisher as VARCHAR) as publisher,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.known_at_basis as VARCHAR) as known_at_basis,
    cast(filed.url as VARCHAR) as url,
    cast(filed.is_seen as BOOLEAN) as is_seen,
    cast(filed.note as VARCHAR) as note
from filed
cross join run
where filed.known_at <= run.as_of
