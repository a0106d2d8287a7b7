-- The as-of law: no staged row became public after as_of.
-- guards: staging.stg_claim
with
known as (
    select 'stg_trade_obs' as found_in, max(known_at) as known_at from staging.stg_trade_obs
    union all select 'stg_rule_change', max(known_at) from staging.stg_rule_change
    union all select 'stg_chip_regime', max(known_at) from staging.stg_chip_regime
    union all select 'stg_claim', max(known_at) from staging.stg_claim
    union all select 'stg_supply', max(known_at) from staging.stg_supply
    union all select 'stg_price', max(known_at) from staging.stg_price
    union all select 'stg_share', max(known_at) from staging.stg_share
    union all select 'stg_import_headline', max(known_at) from staging.stg_import_headline
    union all select 'stg_compute_series', max(known_at) from staging.stg_compute_series
    union all select 'stg_smuggled_series', max(known_at) from staging.stg_smuggled_series
    union all select 'stg_chip', max(known_at) from staging.stg_chip
    union all select 'stg_fx_rate', max(known_at) from staging.stg_fx_rate
    union all select 'stg_register_document', max(known_at) from staging.stg_register_document
    union all select 'stg_screened_entity', max(known_at) from staging.stg_screened_entity
    union all select 'stg_segment_revenue', max(known_at) from staging.stg_segment_revenue
    union all select 'stg_chip_sales_estimate', max(known_at) from staging.stg_chip_sales_estimate
)
select known.found_in, known.known_at, run.as_of
from known
cross join core.run
where known.known_at > run.as_of
