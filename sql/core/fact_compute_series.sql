-- One row of a published compute series for China. From staging.stg_compute_series.

with
filed as (select * from staging.stg_compute_series)

select
    cast(filed.series_id as VARCHAR) as series_id,
    cast(filed.publisher as VARCHAR) as publisher,
    cast(filed.channel as VARCHAR) as channel,
    cast(filed.vendor as VARCHAR) as vendor,
    cast(filed.chip as VARCHAR) as chip,
    cast(filed.chip_id as VARCHAR) as chip_id,
    cast(filed.period_id as VARCHAR) as period_id,
    cast(filed.period_start as DATE) as period_start,
    cast(filed.period_end as DATE) as period_end,
    cast(filed.measure as VARCHAR) as measure,
    cast(filed.accumulation as VARCHAR) as accumulation,
    cast(filed.p05 as DECIMAL(24,6)) as p05,
    cast(filed.p50 as DECIMAL(24,6)) as p50,
    cast(filed.p95 as DECIMAL(24,6)) as p95,
    cast(filed.bound_kind as VARCHAR) as bound_kind,
    cast(filed.is_incomplete as BOOLEAN) as is_incomplete,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.known_at_basis as VARCHAR) as known_at_basis,
    cast(filed.source_file as VARCHAR) as source_file,
    cast(filed.url as VARCHAR) as url,
    cast(filed.licence_id as VARCHAR) as licence_id,
    cast(filed.is_derived_difference as BOOLEAN) as is_derived_difference,
    cast(filed.note as VARCHAR) as note,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from filed
