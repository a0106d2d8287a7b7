-- Exchange rates: the Hong Kong dollar stays within 7.75 to 7.85 per US dollar, the dirham at 3.6725 within 0.1 %.
-- guards: staging.stg_fx_rate
select source_id, currency, period_start, local_per_usd
from staging.stg_fx_rate
where (currency = 'HKD' and local_per_usd not between 7.75 and 7.85)
    or (currency = 'AED' and abs(local_per_usd / 3.6725 - 1) > 0.001)
