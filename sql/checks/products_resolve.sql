-- Every code in the shipped statistics is a known heading, subheading or national line, and every line belongs to a known
-- subheading. Live answers bring lines as publishers make them; those count under their first six digits.
-- guards: core.dim_product
with
codes as (
    select distinct classification, product_code
    from tidy.trade_obs
    where dataset_id not in (select dataset_id from tidy.dataset where dataset_group = 'live')
)
select codes.classification, codes.product_code
from codes
left join tidy.product as products on codes.classification = 'HS' and codes.product_code = products.code
left join tidy.national_line as lines on codes.classification = lines.classification and codes.product_code = lines.code
where products.code is null and lines.code is null
union all
select lines.classification, lines.code
from tidy.national_line as lines
left join tidy.product as products on lines.hs6 = products.code
where products.code is null
