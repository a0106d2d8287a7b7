-- One row per input file: bytes, hash, account of rows, and for statistics the publisher file behind it.
-- From tidy.dataset (written when the file was taken in), the snapshot manifest and the scopes of line files.

with
datasets as (select * from tidy.dataset),

files as (select * from tidy.snapshot_file),

scopes as (select * from tidy.dataset_scope)

select
    cast(datasets.dataset_id as VARCHAR) as dataset_id,
    cast(datasets.dataset_group as VARCHAR) as dataset_group,
    cast(datasets.table_name as VARCHAR) as table_name,
    cast(datasets.source_id as VARCHAR) as source_id,
    cast(datasets.licence_id as VARCHAR) as licence_id,
    cast(datasets.file_name as VARCHAR) as file_name,
    cast(datasets.content_sha256 as VARCHAR) as content_sha256,
    cast(datasets.retrieved as DATE) as retrieved,
    cast(datasets.rows_read as BIGINT) as rows_read,
    cast(datasets.rows_accepted as BIGINT) as rows_accepted,
    cast(datasets.rows_quarantined as BIGINT) as rows_quarantined,
    cast(files.origin_url as VARCHAR) as origin_url,
    cast(files.file_sha256 as VARCHAR) as file_sha256,
    cast(files.parser as VARCHAR) as parser,
    cast(files.checks as VARCHAR) as checks,
    cast(scopes.has_all_lines as BOOLEAN) as has_all_lines
from datasets
left join files on datasets.dataset_id = files.dataset_id
left join scopes on datasets.dataset_id = scopes.dataset_id
