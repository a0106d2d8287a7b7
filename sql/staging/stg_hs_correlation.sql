-- One row per link between a newer and an older six-digit code, of the latest table of its pair of revisions known at as_of.
-- From tidy.hs_correlation. Links with a waste code (8549) move no goods and are marked.

with
run as (select * from core.run),

filed as (select * from tidy.hs_correlation),

tables as (
    select distinct
        filed.newer_revision,
        filed.older_revision,
        filed.vintage_at,
        filed.source_file_sha256
    from filed
    cross join run
    where filed.known_at <= run.as_of
),

ranked as (
    select
        newer_revision,
        older_revision,
        vintage_at,
        source_file_sha256,
        row_number() over (
            partition by newer_revision, older_revision order by vintage_at desc, source_file_sha256
        ) as place
    from tables
),

chosen as (
    select newer_revision, older_revision, vintage_at, source_file_sha256
    from ranked
    where place = 1
)

select
    cast(filed.source_id as VARCHAR) as source_id,
    cast(filed.dataset_id as VARCHAR) as dataset_id,
    cast(filed.source_row as BIGINT) as source_row,
    cast(filed.newer_revision as VARCHAR) as newer_revision,
    cast(filed.older_revision as VARCHAR) as older_revision,
    cast(filed.newer_code as VARCHAR) as newer_code,
    cast(filed.older_code as VARCHAR) as older_code,
    cast(filed.relationship as VARCHAR) as relationship,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.vintage_at as DATE) as vintage_at,
    cast(filed.source_file_sha256 as VARCHAR) as source_file_sha256,
    cast(filed.newer_code like '8549%' or filed.older_code like '8549%' as BOOLEAN) as is_waste_link,
    cast(filed.vintage_at > run.as_of as BOOLEAN) as is_later_vintage
from filed
inner join chosen
    on filed.newer_revision = chosen.newer_revision and filed.older_revision = chosen.older_revision
    and filed.vintage_at = chosen.vintage_at and filed.source_file_sha256 = chosen.source_file_sha256
cross join run
where filed.known_at <= run.as_of
