-- One row per price that was public at as_of. From data/facts/prices.csv.

with
run as (select * from core.run),

filed as (select * from tidy.price)

select
    cast(filed.price_id as VARCHAR) as price_id,
    cast(filed.chip as VARCHAR) as chip,
    cast(filed.chip_id as VARCHAR) as chip_id,
    cast(filed.item as VARCHAR) as item,
    cast(filed.chips_per_item as BIGINT) as chips_per_item,
    cast(filed.location_iso3 as VARCHAR) as location_iso3,
    cast(filed.market as VARCHAR) as market,
    cast(filed.price_type as VARCHAR) as price_type,
    cast(filed.quote_date as DATE) as quote_date,
    cast(filed.date_precision as VARCHAR) as date_precision,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.known_at_basis as VARCHAR) as known_at_basis,
    cast(filed.usd_low as DECIMAL(20,3)) as usd_low,
    cast(filed.usd as DECIMAL(20,3)) as usd,
    cast(filed.usd_high as DECIMAL(20,3)) as usd_high,
    cast(filed.cny_low as DECIMAL(20,3)) as cny_low,
    cast(filed.cny as DECIMAL(20,3)) as cny,
    cast(filed.cny_high as DECIMAL(20,3)) as cny_high,
    cast(filed.usd_per_chip as DECIMAL(20,3)) as usd_per_chip,
    cast(filed.premium_ratio as DOUBLE) as premium_ratio,
    cast(filed.per as VARCHAR) as per,
    cast(filed.source as VARCHAR) as source,
    cast(filed.url as VARCHAR) as url,
    cast(filed.is_seen as BOOLEAN) as is_seen,
    cast(filed.note as VARCHAR) as note
from filed
cross join run
where filed.known_at <= run.as_of
