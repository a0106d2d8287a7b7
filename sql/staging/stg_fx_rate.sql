-- One row per publisher, currency and month: units of the currency per US dollar, known at as_of. From tidy.fx_rate.
-- A publisher prices everything in one currency (HKMA in HKD, ECB in EUR, H.10 in USD), so a dollar rate is the quotient of two
-- of its own rates. Of several vintages the last by as_of counts, else the first after it. The chosen rate of a currency and
-- month is that of HKMA, then ECB, then H.10.

with
run as (select * from core.run),

filed as (select * from tidy.fx_rate),

ranked as (
    select
        filed.source_id,
        filed.currency,
        filed.base_currency,
        filed.period_start,
        filed.period_end,
        cast(filed.rate as double) as rate,
        filed.known_at,
        filed.vintage_at,
        filed.vintage_at > run.as_of as is_later,
        row_number() over (
            partition by filed.source_id, filed.currency, filed.base_currency, filed.period_start
            order by
                filed.vintage_at > run.as_of,
                case when filed.vintage_at <= run.as_of then filed.vintage_at end desc,
                filed.vintage_at,
                filed.source_file_sha256,
                filed.source_row
        ) as place
    from filed
    cross join run
    where filed.known_at <= run.as_of
),

hubbed as (
    select
        source_id,
        currency,
        base_currency,
        period_start,
        period_end,
        rate,
        known_at,
        vintage_at,
        is_later,
        case source_id when 'hkma' then 'HKD' when 'ecb' then 'EUR' else 'USD' end as hub
    from ranked
    where place = 1 and rate > 0
),

per_hub as (
    select
        source_id,
        case when base_currency = hub then currency else base_currency end as currency,
        period_start,
        period_end,
        case when base_currency = hub then rate else 1 / rate end as units,
        known_at,
        vintage_at,
        is_later,
        false as is_hub
    from hubbed
    where base_currency = hub or currency = hub

    union all

    select source_id, hub, period_start, max(period_end), 1, max(known_at), max(vintage_at), bool_or(is_later), true
    from hubbed
    group by source_id, hub, period_start
),

dollars as (
    select source_id, period_start, units, known_at, vintage_at, is_later
    from per_hub
    where currency = 'USD'
),

crossed as (
    select
        per_hub.source_id,
        per_hub.currency,
        per_hub.period_start,
        per_hub.period_end,
        per_hub.units / dollars.units as local_per_usd,
        case when per_hub.is_hub then dollars.known_at else greatest(per_hub.known_at, dollars.known_at) end as known_at,
        case when per_hub.is_hub then dollars.vintage_at else greatest(per_hub.vintage_at, dollars.vintage_at) end as vintage_at,
        case when per_hub.is_hub then dollars.is_later else per_hub.is_later or dollars.is_later end as is_later_vintage
    from per_hub
    inner join dollars on per_hub.source_id = dollars.source_id and per_hub.period_start = dollars.period_start
    where per_hub.currency <> 'USD'
)

select
    cast(source_id as VARCHAR) as source_id,
    cast(currency as VARCHAR) as currency,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(round(local_per_usd, 6) as DECIMAL(24,6)) as local_per_usd,
    cast(
        row_number() over (
            partition by currency, period_start
            order by case source_id when 'hkma' then 1 when 'ecb' then 2 else 3 end, source_id
        ) = 1 as BOOLEAN
    ) as is_chosen_rate,
    cast(known_at as DATE) as known_at,
    cast(vintage_at as DATE) as vintage_at,
    cast(is_later_vintage as BOOLEAN) as is_later_vintage
from crossed
