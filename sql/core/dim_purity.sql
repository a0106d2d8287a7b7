-- One row per purity interval of an HS6 code. From data/reference/purity.csv.

with
filed as (select * from tidy.purity)

select
    cast(filed.purity_id as VARCHAR) as purity_id,
    cast(filed.hs6 as VARCHAR) as hs6,
    cast(filed.reporter_class as VARCHAR) as reporter_class,
    cast(filed.valid_from as DATE) as valid_from,
    cast(filed.valid_to as DATE) as valid_to,
    cast(filed.purity_low as DOUBLE) as purity_low,
    cast(filed.purity_central as DOUBLE) as purity_central,
    cast(filed.purity_high as DOUBLE) as purity_high,
    cast(filed.purity_basis as VARCHAR) as purity_basis,
    cast(filed.reason as VARCHAR) as reason
from filed
