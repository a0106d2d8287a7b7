-- One row per pair of HS revisions, newer and older code that the UNSD correlation table links. From data/reference/hs_links.csv.

with
filed as (select * from tidy.hs_link)

select
    cast(filed.newer_revision as VARCHAR) as newer_revision,
    cast(filed.older_revision as VARCHAR) as older_revision,
    cast(filed.newer_code as VARCHAR) as newer_code,
    cast(filed.older_code as VARCHAR) as older_code,
    cast(filed.relationship as VARCHAR) as relationship,
    cast(filed.is_waste_link as BOOLEAN) as is_waste_link,
    cast(filed.is_newer_complete as BOOLEAN) as is_newer_complete,
    cast(filed.is_older_complete as BOOLEAN) as is_older_complete,
    cast(filed.reason as VARCHAR) as reason
from filed
