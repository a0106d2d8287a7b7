-- Every claim named in overlaps_with exists and names this claim in return.
-- guards: staging.stg_claim
with
links as (select claim_id, unnest(string_split(overlaps_with, ';')) as other_id from tidy.claim where overlaps_with is not null)
select links.claim_id, links.other_id, case when others.claim_id is null then 'does not exist' else 'does not link back' end as fault
from links
left join tidy.claim as others on links.other_id = others.claim_id
where others.claim_id is null or not contains(';' || coalesce(others.overlaps_with, '') || ';', ';' || links.claim_id || ';')
