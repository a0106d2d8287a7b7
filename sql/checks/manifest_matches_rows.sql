-- Rows and sum of values of each shipped statistics file equal what its manifest line says.
-- guards: core.dim_dataset
with
held as (
    select dataset_id, count(*) as n_rows, coalesce(sum(value_usd), 0) as value_sum_usd
    from tidy.trade_obs
    where dataset_id not in (select dataset_id from tidy.dataset where dataset_group = 'live')
    group by dataset_id
)
select files.dataset_id, files.n_rows as rows_said, held.n_rows as rows_held, files.value_sum_usd as usd_said,
    held.value_sum_usd as usd_held
from tidy.snapshot_file as files
full join held on files.dataset_id = held.dataset_id
where files.dataset_id is null or held.dataset_id is null or files.n_rows <> held.n_rows
    or files.value_sum_usd <> held.value_sum_usd
