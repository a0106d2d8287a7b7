-- Every claim named in overlaps_with exists; a shipped claim is named in return, a user's own need not be.
-- guards: staging.stg_claim
with
links as (
    select claim_id, unnest(string_split(overlaps_with, ';')) as other_id, true as is_shipped
    from tidy.claim
    where overlaps_with is not null
    union all
    select claim_id, unnest(string_split(overlaps_with, ';')), false from tidy.user_claim where overlaps_with is not null
),
others as (select claim_id, overlaps_with from tidy.claim union all select claim_id, overlaps_with from tidy.user_claim)
select links.claim_id, links.other_id, case when others.claim_id is null then 'does not exist' else 'does not link back' end as fault
from links
left join others on links.other_id = others.claim_id
where others.claim_id is null
    or (links.is_shipped and not contains(';' || coalesce(others.overlaps_with, '') || ';', ';' || links.claim_id || ';'))
