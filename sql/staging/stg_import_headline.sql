-- One row per China Customs headline that was public at as_of. From data/facts/china_import_headlines.csv.

with
run as (select * from core.run),

filed as (select * from tidy.import_headline)

select
    cast(filed.headline_id as VARCHAR) as headline_id,
    cast(filed.publisher as VARCHAR) as publisher,
    cast(filed.reported_by as VARCHAR) as reported_by,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.known_at_basis as VARCHAR) as known_at_basis,
    cast(filed.period_start as DATE) as period_start,
    cast(filed.period_end as DATE) as period_end,
    cast(filed.item as VARCHAR) as item,
    cast(filed.measure as VARCHAR) as measure,
    cast(filed.basis as VARCHAR) as basis,
    cast(filed.unit as VARCHAR) as unit,
    cast(filed.amount as DECIMAL(24,6)) as amount,
    cast(filed.yoy_ratio as DOUBLE) as yoy_ratio,
    cast(filed.partner_iso3 as VARCHAR) as partner_iso3,
    cast(filed.quality as VARCHAR) as quality,
    cast(filed.url as VARCHAR) as url,
    cast(filed.is_seen as BOOLEAN) as is_seen,
    cast(filed.note as VARCHAR) as note
from filed
cross join run
where filed.known_at <= run.as_of
