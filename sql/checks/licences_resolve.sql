-- Every file, publisher and published series names terms that exist, and every file a publisher that exists.
-- guards: core.dim_licence
with
named as (
    select 'dataset ' || dataset_id as found_in, licence_id, source_id from tidy.dataset
    union all select 'source ' || source_id, licence_id, source_id from tidy.source
    union all select 'series ' || series_id, licence_id, 'curated' from tidy.compute_series
)
select named.found_in, named.licence_id, named.source_id
from named
left join tidy.licence as licences on named.licence_id = licences.licence_id
left join tidy.source as sources on named.source_id = sources.source_id
where licences.licence_id is null or sources.source_id is null
