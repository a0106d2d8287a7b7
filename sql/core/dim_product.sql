-- One row per HS heading or subheading. From data/reference/products.csv.

with
filed as (select * from tidy.product)

select
    cast(filed.product_id as VARCHAR) as product_id,
    cast(filed.classification as VARCHAR) as classification,
    cast(filed.code as VARCHAR) as code,
    cast(filed.level as BIGINT) as level,
    cast(filed.title as VARCHAR) as title,
    cast(filed.stage as VARCHAR) as stage,
    cast(filed.ai_group as VARCHAR) as ai_group,
    cast(filed.comparable_from_hs as VARCHAR) as comparable_from_hs,
    cast(filed.comparable_to_hs as VARCHAR) as comparable_to_hs,
    cast(filed.valid_from as DATE) as valid_from,
    cast(filed.valid_to as DATE) as valid_to,
    cast(filed.reason as VARCHAR) as reason
from filed
