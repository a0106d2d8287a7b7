-- One row per calendar month. From the calendar of the build.

with
filed as (select * from tidy.calendar)

select
    cast(filed.month as DATE) as month,
    cast(filed.month_end as DATE) as month_end,
    cast(filed.days_in_month as BIGINT) as days_in_month
from filed
