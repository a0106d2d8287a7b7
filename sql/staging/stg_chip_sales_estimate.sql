-- One row per chip, owner, period and unit of a chip-sales archive retrieved by as_of. From tidy.chip_sales_estimate.
-- An archive replaces the one before it; the latest is current. Percentiles are never added or differenced.

with
run as (select * from core.run),

filed as (select * from tidy.chip_sales_estimate)

select
    cast(filed.source_id as VARCHAR) as source_id,
    cast(filed.dataset_id as VARCHAR) as dataset_id,
    cast(filed.source_row as BIGINT) as source_row,
    cast(filed.vendor as VARCHAR) as vendor,
    cast(filed.chip as VARCHAR) as chip,
    cast(filed.owner as VARCHAR) as owner,
    cast(filed.period_start as DATE) as period_start,
    cast(filed.period_end as DATE) as period_end,
    cast(filed.accumulation as VARCHAR) as accumulation,
    cast(filed.unit as VARCHAR) as unit,
    cast(filed.estimate_low as DECIMAL(24,6)) as estimate_low,
    cast(filed.estimate_median as DECIMAL(24,6)) as estimate_median,
    cast(filed.estimate_high as DECIMAL(24,6)) as estimate_high,
    cast(filed.is_incomplete as BOOLEAN) as is_incomplete,
    cast(filed.source_file as VARCHAR) as source_file,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.vintage_at as DATE) as vintage_at,
    cast(filed.source_file_sha256 as VARCHAR) as source_file_sha256,
    cast(
        filed.vintage_at = max(filed.vintage_at) over (partition by filed.dataset_id) as BOOLEAN
    ) as is_current,
    cast(filed.vintage_at > run.as_of as BOOLEAN) as is_later_vintage
from filed
cross join run
where filed.known_at <= run.as_of
