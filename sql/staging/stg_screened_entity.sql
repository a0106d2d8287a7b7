-- One row per company on a screening list and snapshot retrieved by as_of. From tidy.screened_entity.
-- A snapshot is the whole list of its day; the latest is current. A company that left the list is in older snapshots only.

with
run as (select * from core.run),

filed as (select * from tidy.screened_entity)

select
    cast(filed.source_id as VARCHAR) as source_id,
    cast(filed.dataset_id as VARCHAR) as dataset_id,
    cast(filed.source_row as BIGINT) as source_row,
    cast(filed.entity_id as VARCHAR) as entity_id,
    cast(filed.screening_list as VARCHAR) as screening_list,
    cast(filed.entity_name as VARCHAR) as entity_name,
    cast(filed.alternative_names as VARCHAR) as alternative_names,
    cast(filed.entity_addresses as VARCHAR) as entity_addresses,
    cast(filed.programs as VARCHAR) as programs,
    cast(filed.federal_register_notice as VARCHAR) as federal_register_notice,
    cast(filed.listed_on as DATE) as listed_on,
    cast(filed.listed_until as DATE) as listed_until,
    cast(filed.license_requirement as VARCHAR) as license_requirement,
    cast(filed.license_policy as VARCHAR) as license_policy,
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
