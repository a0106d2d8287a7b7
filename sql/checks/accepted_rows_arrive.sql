-- Conservation: per statistics file, rows accepted when it was taken in equal rows in the warehouse.
-- guards: staging.stg_trade_obs
with
arrived as (select dataset_id, count(*) as n from tidy.trade_obs group by dataset_id)
select datasets.dataset_id, datasets.rows_accepted, arrived.n as rows_arrived
from tidy.dataset as datasets
left join arrived on datasets.dataset_id = arrived.dataset_id
where datasets.table_name = 'tidy.trade_obs'
    and (
        coalesce(arrived.n, 0) <> datasets.rows_accepted
        or (arrived.n is null and datasets.dataset_group <> 'live')
    )
