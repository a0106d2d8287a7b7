-- One row per trade hub valid at as_of. From data/reference/hubs.csv.

with
run as (select * from core.run),

filed as (select * from tidy.hub)

select
    cast(filed.country_iso3 as VARCHAR) as country_iso3,
    cast(filed.valid_from as DATE) as valid_from,
    cast(filed.valid_to as DATE) as valid_to,
    cast(filed.hub_role as VARCHAR) as hub_role,
    cast(filed.publishes_reexports as VARCHAR) as publishes_reexports,
    cast(filed.reason as VARCHAR) as reason
from filed
cross join run
where coalesce(filed.valid_from, run.as_of) <= run.as_of and coalesce(filed.valid_to, run.as_of) >= run.as_of
