-- One row per published supply figure. From staging.stg_supply.

with
filed as (select * from staging.stg_supply)

select
    cast(filed.supply_id as VARCHAR) as supply_id,
    cast(filed.channel as VARCHAR) as channel,
    cast(filed.vendor as VARCHAR) as vendor,
    cast(filed.chip as VARCHAR) as chip,
    cast(filed.chip_id as VARCHAR) as chip_id,
    cast(filed.location as VARCHAR) as location,
    cast(filed.basis as VARCHAR) as basis,
    cast(filed.measure as VARCHAR) as measure,
    cast(filed.role as VARCHAR) as role,
    cast(filed.fiscal_label as VARCHAR) as fiscal_label,
    cast(filed.period_start as DATE) as period_start,
    cast(filed.period_end as DATE) as period_end,
    cast(filed.unit as VARCHAR) as unit,
    cast(filed.low as DECIMAL(24,6)) as low,
    cast(filed.central as DECIMAL(24,6)) as central,
    cast(filed.high as DECIMAL(24,6)) as high,
    cast(filed.bound_kind as VARCHAR) as bound_kind,
    cast(filed.kind as VARCHAR) as kind,
    cast(filed.publisher as VARCHAR) as publisher,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.known_at_basis as VARCHAR) as known_at_basis,
    cast(filed.url as VARCHAR) as url,
    cast(filed.is_seen as BOOLEAN) as is_seen,
    cast(filed.note as VARCHAR) as note,
    cast('claim' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from filed
