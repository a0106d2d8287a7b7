-- One row per licence or set of terms. From data/reference/licences.csv.

with
filed as (select * from tidy.licence)

select
    cast(filed.licence_id as VARCHAR) as licence_id,
    cast(filed.licence_name as VARCHAR) as licence_name,
    cast(filed.url as VARCHAR) as url,
    cast(filed.may_redistribute_rows as BOOLEAN) as may_redistribute_rows,
    cast(filed.may_publish_aggregates as BOOLEAN) as may_publish_aggregates,
    cast(filed.attribution as VARCHAR) as attribution,
    cast(filed.reason as VARCHAR) as reason
from filed
