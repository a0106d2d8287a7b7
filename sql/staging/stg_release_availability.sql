-- One row per released dataset, reporter, period and classification in a list that was public at as_of; is_current marks the
-- latest list that holds it. From live lists of releases: which reporter has released which period, when, and in which state.

with
run as (select * from core.run),

filed as (select * from tidy.release_availability)

select
    cast(filed.source_id as VARCHAR) as source_id,
    cast(filed.dataset_id as VARCHAR) as dataset_id,
    cast(filed.source_row as BIGINT) as source_row,
    cast(filed.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(filed.period_start as DATE) as period_start,
    cast(filed.period_end as DATE) as period_end,
    cast(filed.frequency as VARCHAR) as frequency,
    cast(filed.release_classification as VARCHAR) as release_classification,
    cast(filed.is_original_classification as BOOLEAN) as is_original_classification,
    cast(filed.n_records as BIGINT) as n_records,
    cast(filed.release_checksum as VARCHAR) as release_checksum,
    cast(filed.first_released_on as DATE) as first_released_on,
    cast(filed.last_released_on as DATE) as last_released_on,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.vintage_at as DATE) as vintage_at,
    cast(filed.source_file_sha256 as VARCHAR) as source_file_sha256,
    cast(
        row_number() over (
            partition by
                filed.source_id, filed.dataset_id, filed.reporter_iso3, filed.frequency, filed.period_start,
                filed.release_classification
            order by
                filed.vintage_at desc, filed.last_released_on desc, filed.source_file_sha256 desc, filed.source_row desc
        ) = 1 as BOOLEAN
    ) as is_current
from filed
cross join run
where filed.known_at <= run.as_of
