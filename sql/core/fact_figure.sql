-- One row per number in the curated facts that a metric may use, addressed as table:row:column. From the staging facts.

with
supply as (select * from staging.stg_supply),

claim as (select * from staging.stg_claim),

compute_series as (select * from staging.stg_compute_series),

price as (select * from staging.stg_price),

smuggled_series as (select * from staging.stg_smuggled_series),

figures as (
    select 'supply' as figure_table, supply_id as figure_row, 'low' as figure_column, cast(low as decimal(24, 6)) as figure_value, known_at
    from supply
    union all
    select 'supply' as figure_table, supply_id as figure_row, 'central' as figure_column, cast(central as decimal(24, 6)) as figure_value, known_at
    from supply
    union all
    select 'supply' as figure_table, supply_id as figure_row, 'high' as figure_column, cast(high as decimal(24, 6)) as figure_value, known_at
    from supply
    union all
    select 'claim' as figure_table, claim_id as figure_row, 'low' as figure_column, cast(low as decimal(24, 6)) as figure_value, known_at
    from claim
    union all
    select 'claim' as figure_table, claim_id as figure_row, 'central' as figure_column, cast(central as decimal(24, 6)) as figure_value, known_at
    from claim
    union all
    select 'claim' as figure_table, claim_id as figure_row, 'high' as figure_column, cast(high as decimal(24, 6)) as figure_value, known_at
    from claim
    union all
    select 'compute_series' as figure_table, series_id as figure_row, 'p05' as figure_column, cast(p05 as decimal(24, 6)) as figure_value, known_at
    from compute_series
    union all
    select 'compute_series' as figure_table, series_id as figure_row, 'p50' as figure_column, cast(p50 as decimal(24, 6)) as figure_value, known_at
    from compute_series
    union all
    select 'compute_series' as figure_table, series_id as figure_row, 'p95' as figure_column, cast(p95 as decimal(24, 6)) as figure_value, known_at
    from compute_series
    union all
    select 'price' as figure_table, price_id as figure_row, 'usd_low' as figure_column, cast(usd_low as decimal(24, 6)) as figure_value, known_at
    from price
    union all
    select 'price' as figure_table, price_id as figure_row, 'usd' as figure_column, cast(usd as decimal(24, 6)) as figure_value, known_at
    from price
    union all
    select 'price' as figure_table, price_id as figure_row, 'usd_high' as figure_column, cast(usd_high as decimal(24, 6)) as figure_value, known_at
    from price
    union all
    select 'price' as figure_table, price_id as figure_row, 'usd_per_chip' as figure_column, cast(usd_per_chip as decimal(24, 6)) as figure_value, known_at
    from price
    union all
    select 'smuggled_series' as figure_table, period_id as figure_row, 'backbone_low_h100e' as figure_column, cast(backbone_low_h100e as decimal(24, 6)) as figure_value, known_at
    from smuggled_series
    union all
    select 'smuggled_series' as figure_table, period_id as figure_row, 'backbone_central_h100e' as figure_column, cast(backbone_central_h100e as decimal(24, 6)) as figure_value, known_at
    from smuggled_series
    union all
    select 'smuggled_series' as figure_table, period_id as figure_row, 'backbone_high_h100e' as figure_column, cast(backbone_high_h100e as decimal(24, 6)) as figure_value, known_at
    from smuggled_series
    union all
    select 'smuggled_series' as figure_table, period_id as figure_row, 'envelope_low_h100e' as figure_column, cast(envelope_low_h100e as decimal(24, 6)) as figure_value, known_at
    from smuggled_series
    union all
    select 'smuggled_series' as figure_table, period_id as figure_row, 'envelope_central_h100e' as figure_column, cast(envelope_central_h100e as decimal(24, 6)) as figure_value, known_at
    from smuggled_series
    union all
    select 'smuggled_series' as figure_table, period_id as figure_row, 'envelope_high_h100e' as figure_column, cast(envelope_high_h100e as decimal(24, 6)) as figure_value, known_at
    from smuggled_series
)

select
    cast(figures.figure_table || ':' || figures.figure_row || ':' || figures.figure_column as VARCHAR) as figure_id,
    cast(figures.figure_table as VARCHAR) as figure_table,
    cast(figures.figure_value as DECIMAL(24,6)) as figure_value,
    cast(figures.known_at as DATE) as known_at
from figures
where figures.figure_value is not null
