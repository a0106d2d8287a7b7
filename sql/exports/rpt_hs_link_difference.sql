-- One row per link in which the shipped links between HS revisions and a loaded UN correlation table differ.
-- From core.dim_hs_link and staging.stg_hs_correlation. A link of the table that is not shipped counts only where the shipped links of one
-- of its codes are said to be complete, and never with a waste code (8549) on the other side, as completeness leaves those out.

with
links as (select * from core.dim_hs_link),

loaded as (select * from staging.stg_hs_correlation),

pairs as (select distinct newer_revision, older_revision from loaded),

complete_newer as (select distinct newer_revision, older_revision, newer_code from links where is_newer_complete),

complete_older as (select distinct newer_revision, older_revision, older_code from links where is_older_complete),

shipped as (
    select
        links.newer_revision,
        links.older_revision,
        links.newer_code,
        links.older_code,
        case when loaded.newer_code is null then 'not_in_table' else 'other_relationship' end as link_difference,
        links.relationship,
        loaded.relationship as table_relationship
    from links
    inner join pairs on links.newer_revision = pairs.newer_revision and links.older_revision = pairs.older_revision
    left join loaded
        on links.newer_revision = loaded.newer_revision and links.older_revision = loaded.older_revision
        and links.newer_code = loaded.newer_code and links.older_code = loaded.older_code
    where loaded.newer_code is null or loaded.relationship <> links.relationship
),

lacking as (
    select
        loaded.newer_revision,
        loaded.older_revision,
        loaded.newer_code,
        loaded.older_code,
        'not_in_links' as link_difference,
        cast(null as varchar) as relationship,
        loaded.relationship as table_relationship
    from loaded
    left join links
        on loaded.newer_revision = links.newer_revision and loaded.older_revision = links.older_revision
        and loaded.newer_code = links.newer_code and loaded.older_code = links.older_code
    left join complete_newer
        on loaded.newer_revision = complete_newer.newer_revision and loaded.older_revision = complete_newer.older_revision
        and loaded.newer_code = complete_newer.newer_code
    left join complete_older
        on loaded.newer_revision = complete_older.newer_revision and loaded.older_revision = complete_older.older_revision
        and loaded.older_code = complete_older.older_code
    where links.newer_code is null
        and (
            (complete_newer.newer_code is not null and loaded.older_code not like '8549%')
            or (complete_older.older_code is not null and loaded.newer_code not like '8549%')
        )
),

differences as (
    select newer_revision, older_revision, newer_code, older_code, link_difference, relationship, table_relationship
    from shipped

    union all

    select newer_revision, older_revision, newer_code, older_code, link_difference, relationship, table_relationship
    from lacking
)

select
    cast(newer_revision as VARCHAR) as newer_revision,
    cast(older_revision as VARCHAR) as older_revision,
    cast(newer_code as VARCHAR) as newer_code,
    cast(older_code as VARCHAR) as older_code,
    cast(link_difference as VARCHAR) as link_difference,
    cast(relationship as VARCHAR) as relationship,
    cast(table_relationship as VARCHAR) as table_relationship,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from differences
