-- A user's own claim never takes the name of a shipped claim or price, so that no register can draw it into a shipped figure.
-- guards: staging.stg_claim
with
taken as (
    select claim_id as taken_id, 'claim' as taken_by from tidy.claim
    union all
    select price_id, 'price' from tidy.price
)
select brought.claim_id, taken.taken_by
from tidy.user_claim as brought
inner join taken on brought.claim_id = taken.taken_id
