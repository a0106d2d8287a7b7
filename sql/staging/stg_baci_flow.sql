-- One row per exporter, importer, six-digit code and year of the newest BACI release of an HS revision known at as_of.
-- From tidy.baci_flow. Releases are never mixed: each recomputes every year. Of several archives of one release the last
-- retrieved by as_of counts, else the first after it. The last year of a release is provisional.

with
run as (select * from core.run),

filed as (select * from tidy.baci_flow),

archives as (
    select distinct
        filed.hs_revision,
        filed.release_name,
        filed.vintage_at,
        filed.source_file_sha256
    from filed
    cross join run
    where filed.known_at <= run.as_of
),

ranked as (
    select
        archives.hs_revision,
        archives.vintage_at,
        archives.source_file_sha256,
        row_number() over (
            partition by archives.hs_revision
            order by
                archives.release_name desc,
                archives.vintage_at > run.as_of,
                case when archives.vintage_at <= run.as_of then archives.vintage_at end desc,
                archives.vintage_at,
                archives.source_file_sha256
        ) as place
    from archives
    cross join run
),

chosen as (
    select hs_revision, vintage_at, source_file_sha256
    from ranked
    where place = 1
)

select
    cast(filed.source_id as VARCHAR) as source_id,
    cast(filed.dataset_id as VARCHAR) as dataset_id,
    cast(filed.source_row as BIGINT) as source_row,
    cast(filed.exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(filed.importer_iso3 as VARCHAR) as importer_iso3,
    cast(filed.hs_revision as VARCHAR) as hs_revision,
    cast(filed.product_code as VARCHAR) as product_code,
    cast(filed.period_start as DATE) as period_start,
    cast(filed.period_end as DATE) as period_end,
    cast(filed.value_usd as DECIMAL(20,3)) as value_usd,
    cast(filed.quantity_tonnes as DECIMAL(24,6)) as quantity_tonnes,
    cast(filed.is_taiwan_proxy as BOOLEAN) as is_taiwan_proxy,
    cast(filed.release_name as VARCHAR) as release_name,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.vintage_at as DATE) as vintage_at,
    cast(filed.source_file_sha256 as VARCHAR) as source_file_sha256,
    cast(
        case
            when filed.period_start = max(filed.period_start) over (partition by filed.hs_revision) then 'provisional'
            else 'final'
        end as VARCHAR
    ) as period_status,
    cast(filed.vintage_at > run.as_of as BOOLEAN) as is_later_vintage
from filed
inner join chosen
    on filed.hs_revision = chosen.hs_revision and filed.vintage_at = chosen.vintage_at
    and filed.source_file_sha256 = chosen.source_file_sha256
cross join run
where filed.known_at <= run.as_of
