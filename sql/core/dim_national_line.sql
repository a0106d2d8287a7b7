-- One row per national tariff or statistical line. From data/reference/national_lines.csv.

with
filed as (select * from tidy.national_line)

select
    cast(filed.classification as VARCHAR) as classification,
    cast(filed.code as VARCHAR) as code,
    cast(filed.hs6 as VARCHAR) as hs6,
    cast(filed.valid_from as DATE) as valid_from,
    cast(filed.valid_to as DATE) as valid_to,
    cast(filed.stage as VARCHAR) as stage,
    cast(filed.title as VARCHAR) as title,
    cast(filed.is_confirmed as BOOLEAN) as is_confirmed,
    cast(filed.line_source as VARCHAR) as line_source
from filed
