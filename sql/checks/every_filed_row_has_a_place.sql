-- Conservation: per file, rows in staging equal rows in the cube, among the totals, in self trade and among the parts of cells.
-- guards: core.fact_trade_flow
with
staged as (select dataset_id, count(*) as n from staging.stg_trade_obs group by dataset_id),
placed as (
    select dataset_id, sum(n) as n
    from (
        select dataset_id, count(*) as n from core.fact_trade_flow where source_row is not null group by dataset_id
        union all
        select dataset_id, count(*) as n from core.fact_control_total group by dataset_id
        union all
        select dataset_id, count(*) as n from core.fact_self_trade group by dataset_id
        union all
        select dataset_id, count(*) as n
        from staging.stg_trade_obs
        where row_route = 'breakdown_part'
            or (
                row_route in ('world_total', 'aggregate_partner')
                and (partner2_code <> '0' or customs_code <> 'C00' or transport_code <> '0')
            )
        group by dataset_id
    ) as parts
    group by dataset_id
)
select staged.dataset_id, staged.n as rows_staged, placed.n as rows_placed
from staged
left join placed on staged.dataset_id = placed.dataset_id
where placed.n is null or staged.n <> placed.n
