-- One row per publisher. From data/reference/sources.csv.

with
filed as (select * from tidy.source)

select
    cast(filed.source_id as VARCHAR) as source_id,
    cast(filed.publisher as VARCHAR) as publisher,
    cast(filed.title as VARCHAR) as title,
    cast(filed.url as VARCHAR) as url,
    cast(filed.publication_frequency as VARCHAR) as publication_frequency,
    cast(filed.licence_id as VARCHAR) as licence_id,
    cast(filed.import_basis as VARCHAR) as import_basis,
    cast(filed.export_basis as VARCHAR) as export_basis,
    cast(filed.currency as VARCHAR) as currency,
    cast(filed.release_lag_days_monthly as BIGINT) as release_lag_days_monthly,
    cast(filed.release_lag_days_annual as BIGINT) as release_lag_days_annual,
    cast(filed.release_calendar_note as VARCHAR) as release_calendar_note,
    cast(filed.revision_note as VARCHAR) as revision_note,
    cast(filed.reason as VARCHAR) as reason
from filed
