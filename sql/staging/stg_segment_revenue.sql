-- One row per area, period and filing known at as_of. From tidy.segment_revenue.
-- Later filings state a period again as comparison, at times on another basis: the latest filing of a period is current.

with
run as (select * from core.run),

filed as (select * from tidy.segment_revenue)

select
    cast(filed.source_id as VARCHAR) as source_id,
    cast(filed.dataset_id as VARCHAR) as dataset_id,
    cast(filed.source_row as BIGINT) as source_row,
    cast(filed.company as VARCHAR) as company,
    cast(filed.accession as VARCHAR) as accession,
    cast(filed.form as VARCHAR) as form,
    cast(filed.filed_on as DATE) as filed_on,
    cast(filed.segment_member as VARCHAR) as segment_member,
    cast(filed.segment_iso3 as VARCHAR) as segment_iso3,
    cast(filed.segment_basis as VARCHAR) as segment_basis,
    cast(filed.period_start as DATE) as period_start,
    cast(filed.period_end as DATE) as period_end,
    cast(filed.revenue_usd as DECIMAL(20,3)) as revenue_usd,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.vintage_at as DATE) as vintage_at,
    cast(filed.source_file_sha256 as VARCHAR) as source_file_sha256,
    cast(
        row_number() over (
            partition by filed.company, filed.segment_member, filed.period_start, filed.period_end
            order by filed.filed_on desc, filed.accession desc, filed.vintage_at desc, filed.source_file_sha256, filed.source_row
        ) = 1 as BOOLEAN
    ) as is_current,
    cast(filed.vintage_at > run.as_of as BOOLEAN) as is_later_vintage
from filed
cross join run
where filed.known_at <= run.as_of
