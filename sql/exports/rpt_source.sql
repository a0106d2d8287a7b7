-- One row per input file: source, licence, attribution, rows read and accepted. From core.dim_dataset, dim_source and dim_licence.

with
datasets as (select * from core.dim_dataset),

sources as (select * from core.dim_source),

licences as (select * from core.dim_licence)

select
    cast(datasets.dataset_id as VARCHAR) as dataset_id,
    cast(datasets.dataset_group as VARCHAR) as dataset_group,
    cast(datasets.source_id as VARCHAR) as source_id,
    cast(sources.publisher as VARCHAR) as publisher,
    cast(datasets.licence_id as VARCHAR) as licence_id,
    cast(licences.licence_name as VARCHAR) as licence_name,
    cast(licences.may_redistribute_rows as BOOLEAN) as may_redistribute_rows,
    cast(licences.attribution as VARCHAR) as attribution,
    cast(datasets.file_name as VARCHAR) as file_name,
    cast(datasets.content_sha256 as VARCHAR) as content_sha256,
    cast(datasets.retrieved as DATE) as retrieved,
    cast(datasets.rows_read as BIGINT) as rows_read,
    cast(datasets.rows_accepted as BIGINT) as rows_accepted,
    cast(datasets.origin_url as VARCHAR) as origin_url,
    cast(datasets.file_sha256 as VARCHAR) as file_sha256
from datasets
inner join sources on datasets.source_id = sources.source_id
inner join licences on datasets.licence_id = licences.licence_id
