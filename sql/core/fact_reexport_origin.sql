-- One row per release, hub, origin, destination, HS code and period: what a hub re-exports by origin. From staging.stg_trade_obs.
-- Filed as flow RX with the destination as partner and the origin as second partner, over all procedures and transports. In
-- the cube the same rows are parts of the hub's re-exports to the destination; here they say whose goods these were.

with
filed as (select * from staging.stg_trade_obs),

countries as (select * from core.dim_country),

aliases as (select * from tidy.country_alias),

datasets as (select * from tidy.dataset),

origins as (
    select comtrade_code as code, country_iso3 from countries where comtrade_code is not null
    union
    select code, country_iso3 from aliases where scheme = 'comtrade'
),

split as (
    select
        filed.source_id,
        filed.dataset_id,
        filed.release_id,
        filed.reporter_iso3,
        coalesce(origins.country_iso3, 'XNS') as origin_iso3,
        filed.partner_iso3,
        filed.product_code,
        filed.frequency,
        filed.period_start,
        max(filed.period_end) as period_end,
        case when count(filed.value_usd) = count(*) then sum(filed.value_usd) end as value_usd,
        max(filed.absence_reason) as absence_reason,
        max(filed.known_at) as known_at,
        max(filed.vintage_at) as vintage_at,
        max(filed.is_later_vintage) as is_later_vintage
    from filed
    left join origins on filed.partner2_code = origins.code
    where filed.row_route = 'breakdown_part' and filed.flow = 'RX' and filed.classification = 'HS'
        and filed.partner2_code <> '0' and filed.customs_code = 'C00' and filed.transport_code = '0'
    group by
        filed.source_id, filed.dataset_id, filed.release_id, filed.reporter_iso3, coalesce(origins.country_iso3, 'XNS'),
        filed.partner_iso3, filed.product_code, filed.frequency, filed.period_start
)

select
    cast(split.source_id as VARCHAR) as source_id,
    cast(split.dataset_id as VARCHAR) as dataset_id,
    cast(split.release_id as VARCHAR) as release_id,
    cast(split.reporter_iso3 as VARCHAR) as hub_iso3,
    cast(split.origin_iso3 as VARCHAR) as origin_iso3,
    cast(split.partner_iso3 as VARCHAR) as destination_iso3,
    cast(split.product_code as VARCHAR) as product_code,
    cast(split.frequency as VARCHAR) as frequency,
    cast(split.period_start as DATE) as period_start,
    cast(split.period_end as DATE) as period_end,
    cast(split.value_usd as DECIMAL(20,3)) as value_usd,
    cast(case when split.value_usd is null then coalesce(split.absence_reason, 'suppressed') end as VARCHAR) as absence_reason,
    cast(split.known_at as DATE) as known_at,
    cast(split.vintage_at as DATE) as vintage_at,
    cast(split.is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(
        row_number() over (
            partition by
                split.reporter_iso3, split.origin_iso3, split.partner_iso3, split.product_code, split.frequency,
                split.period_start
            order by
                split.vintage_at desc, case when split.source_id = 'comtrade' then 1 else 0 end, split.source_id, split.release_id desc
        ) = 1 as BOOLEAN
    ) as is_current,
    cast(datasets.licence_id as VARCHAR) as licence_id,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from split
inner join datasets on split.dataset_id = datasets.dataset_id
