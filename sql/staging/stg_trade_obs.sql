-- One row per filed record whose period the publisher's calendar had released by as_of. From data/snapshot.
-- Every row gets exactly one route: World and groups are totals of other rows, a country trading with itself re-imports,
-- parts break a cell down by second partner, procedure or transport, and what is left is a cell total (METHODS A1).
-- A value filed in local currency only is converted with the chosen rate of its month (of a year: the mean of its twelve
-- months, all needed); without a rate it stays NULL as not_rates.

with
run as (select * from core.run),

filed as (select * from tidy.trade_obs),

countries as (select * from tidy.country),

chosen as (
    select currency, period_start, local_per_usd
    from staging.stg_fx_rate
    where is_chosen_rate
),

rates as (
    select 'M' as frequency, currency, period_start, round(cast(local_per_usd as double), 6) as local_per_usd
    from chosen

    union all

    select 'A', currency, cast(date_trunc('year', period_start) as date), round(avg(local_per_usd), 6)
    from chosen
    group by currency, date_trunc('year', period_start)
    having count(*) = 12
)

select
    cast(filed.source_id as VARCHAR) as source_id,
    cast(filed.dataset_id as VARCHAR) as dataset_id,
    cast(filed.source_row as BIGINT) as source_row,
    cast(filed.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(filed.partner_iso3 as VARCHAR) as partner_iso3,
    cast(filed.is_taiwan_proxy as BOOLEAN) as is_taiwan_proxy,
    cast(filed.flow as VARCHAR) as flow,
    cast(filed.trade_basis as VARCHAR) as trade_basis,
    cast(filed.classification as VARCHAR) as classification,
    cast(filed.hs_revision as VARCHAR) as hs_revision,
    cast(filed.product_code as VARCHAR) as product_code,
    cast(filed.period_start as DATE) as period_start,
    cast(filed.period_end as DATE) as period_end,
    cast(filed.frequency as VARCHAR) as frequency,
    cast(filed.period_status as VARCHAR) as period_status,
    cast(filed.partner2_code as VARCHAR) as partner2_code,
    cast(filed.customs_code as VARCHAR) as customs_code,
    cast(filed.transport_code as VARCHAR) as transport_code,
    cast(
        case
            when rates.local_per_usd is not null then round(filed.value_local / rates.local_per_usd, 3)
            else filed.value_usd
        end as DECIMAL(20,3)
    ) as value_usd,
    cast(filed.value_local as DECIMAL(20,3)) as value_local,
    cast(filed.currency as VARCHAR) as currency,
    cast(coalesce(round(rates.local_per_usd, 6), filed.local_per_usd) as DECIMAL(24,6)) as local_per_usd,
    cast(filed.duty_usd as DECIMAL(20,3)) as duty_usd,
    cast(filed.value_basis as VARCHAR) as value_basis,
    cast(filed.quantity as DECIMAL(24,6)) as quantity,
    cast(filed.quantity_unit as VARCHAR) as quantity_unit,
    cast(filed.is_quantity_estimated as BOOLEAN) as is_quantity_estimated,
    cast(filed.net_kg as DECIMAL(24,6)) as net_kg,
    cast(filed.is_weight_estimated as BOOLEAN) as is_weight_estimated,
    cast(case when rates.local_per_usd is null then filed.absence_reason end as VARCHAR) as absence_reason,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.vintage_at as DATE) as vintage_at,
    cast(filed.source_file_sha256 as VARCHAR) as source_file_sha256,
    cast(case when length(filed.product_code) >= 6 then substr(filed.product_code, 1, 6) end as VARCHAR) as hs6,
    cast(filed.dataset_id || '@' || cast(filed.vintage_at as varchar) as VARCHAR) as release_id,
    cast(
        case
            when filed.partner_iso3 = 'WLD' then 'world_total'
            when countries.country_kind = 'aggregate' then 'aggregate_partner'
            when filed.partner2_code <> '0' or filed.customs_code <> 'C00' or filed.transport_code <> '0'
                then 'breakdown_part'
            when filed.partner_iso3 = filed.reporter_iso3 then 'self_trade'
            else 'cell_total'
        end as VARCHAR
    ) as row_route,
    cast(filed.vintage_at > run.as_of as BOOLEAN) as is_later_vintage
from filed
inner join countries on filed.partner_iso3 = countries.country_iso3
cross join run
left join rates
    on filed.currency = rates.currency
    and filed.period_start = rates.period_start
    and filed.frequency = rates.frequency
    and filed.value_usd is null
    and filed.value_local is not null
    and filed.absence_reason = 'not_converted'
where filed.known_at <= run.as_of
