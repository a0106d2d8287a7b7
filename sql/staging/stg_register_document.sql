-- One row per Federal Register document that was in print at as_of, as last retrieved by then. From tidy.register_document.
-- The day of print is never the event day; effective_on is one day of possibly several, so dates_text is kept whole.

with
run as (select * from core.run),

filed as (select * from tidy.register_document),

ranked as (
    select
        filed.dataset_id,
        filed.source_row,
        filed.source_file_sha256,
        filed.vintage_at,
        filed.vintage_at > run.as_of as is_later_vintage,
        row_number() over (
            partition by filed.document_number
            order by
                filed.vintage_at > run.as_of,
                case when filed.vintage_at <= run.as_of then filed.vintage_at end desc,
                filed.vintage_at,
                filed.source_file_sha256,
                filed.source_row
        ) as place
    from filed
    cross join run
    where filed.known_at <= run.as_of
)

select
    cast(filed.source_id as VARCHAR) as source_id,
    cast(filed.dataset_id as VARCHAR) as dataset_id,
    cast(filed.source_row as BIGINT) as source_row,
    cast(filed.document_number as VARCHAR) as document_number,
    cast(filed.document_type as VARCHAR) as document_type,
    cast(filed.title as VARCHAR) as title,
    cast(filed.action_text as VARCHAR) as action_text,
    cast(filed.published_date as DATE) as published_date,
    cast(filed.effective_on as DATE) as effective_on,
    cast(filed.dates_text as VARCHAR) as dates_text,
    cast(filed.n_dates as BIGINT) as n_dates,
    cast(filed.is_staggered as BOOLEAN) as is_staggered,
    cast(filed.citation as VARCHAR) as citation,
    cast(filed.cfr_references as VARCHAR) as cfr_references,
    cast(filed.docket_ids as VARCHAR) as docket_ids,
    cast(filed.correction_of as VARCHAR) as correction_of,
    cast(filed.url as VARCHAR) as url,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.vintage_at as DATE) as vintage_at,
    cast(filed.source_file_sha256 as VARCHAR) as source_file_sha256,
    cast(ranked.is_later_vintage as BOOLEAN) as is_later_vintage
from filed
inner join ranked
    on filed.dataset_id = ranked.dataset_id
    and filed.source_row = ranked.source_row
    and filed.source_file_sha256 = ranked.source_file_sha256
    and filed.vintage_at = ranked.vintage_at
where ranked.place = 1
