-- Every chip that a claim, supply figure, price, published series or channel input names exists.
-- guards: staging.stg_chip
with
named as (
    select 'claim ' || claim_id as found_in, conversion_chip_id as chip_id from tidy.claim
    union all select 'user claim ' || claim_id, conversion_chip_id from tidy.user_claim
    union all select 'supply ' || supply_id, chip_id from tidy.supply
    union all select 'price ' || price_id, chip_id from tidy.price
    union all select 'series ' || series_id, chip_id from tidy.compute_series
    union all select 'input ' || input_id, chip_id from tidy.channel_input
    union all select 'input ' || input_id, price_chip_id from tidy.channel_input
)
select named.found_in, named.chip_id
from named
left join tidy.chip as chips on named.chip_id = chips.chip_id
where named.chip_id is not null and chips.chip_id is null
