-- One row per filed total (World or a group of countries), kept apart from the cells it adds up. From staging.stg_trade_obs.
-- What breaks a total down by second partner, procedure or transport stays in staging.

with
filed as (select * from staging.stg_trade_obs),

datasets as (select * from tidy.dataset)

select
    cast(filed.source_id as VARCHAR) as source_id,
    cast(filed.dataset_id as VARCHAR) as dataset_id,
    cast(filed.release_id as VARCHAR) as release_id,
    cast(filed.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(filed.partner_iso3 as VARCHAR) as partner_iso3,
    cast(filed.flow as VARCHAR) as flow,
    cast(filed.trade_basis as VARCHAR) as trade_basis,
    cast(filed.classification as VARCHAR) as classification,
    cast(filed.product_code as VARCHAR) as product_code,
    cast(filed.hs6 as VARCHAR) as hs6,
    cast(filed.hs_revision as VARCHAR) as hs_revision,
    cast(filed.frequency as VARCHAR) as frequency,
    cast(filed.period_start as DATE) as period_start,
    cast(filed.period_end as DATE) as period_end,
    cast(filed.period_status as VARCHAR) as period_status,
    cast(filed.row_route as VARCHAR) as control_kind,
    cast(filed.value_usd as DECIMAL(20,3)) as value_usd,
    cast(filed.value_local as DECIMAL(20,3)) as value_local,
    cast(filed.currency as VARCHAR) as currency,
    cast(filed.duty_usd as DECIMAL(20,3)) as duty_usd,
    cast(filed.value_basis as VARCHAR) as value_basis,
    cast(filed.quantity as DECIMAL(24,6)) as quantity,
    cast(filed.quantity_unit as VARCHAR) as quantity_unit,
    cast(filed.net_kg as DECIMAL(24,6)) as net_kg,
    cast(filed.is_quantity_estimated as BOOLEAN) as is_quantity_estimated,
    cast(filed.is_weight_estimated as BOOLEAN) as is_weight_estimated,
    cast(filed.absence_reason as VARCHAR) as absence_reason,
    cast(filed.source_row as BIGINT) as source_row,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.vintage_at as DATE) as vintage_at,
    cast(filed.is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(
        row_number() over (
            partition by
                filed.source_id, filed.reporter_iso3, filed.partner_iso3, filed.flow, filed.trade_basis,
                filed.classification, filed.product_code, filed.frequency, filed.period_start
            order by filed.vintage_at desc, filed.release_id desc
        ) = 1 as BOOLEAN
    ) as is_current,
    cast(datasets.licence_id as VARCHAR) as licence_id,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from filed
inner join datasets on filed.dataset_id = datasets.dataset_id
where filed.row_route in ('world_total', 'aggregate_partner')
    and filed.partner2_code = '0' and filed.customs_code = 'C00' and filed.transport_code = '0'
