-- Once everything compiled is known, every quantity of a headline, and every claim, prior and chip behind one, exists.
-- guards: metrics.metric_answer
with
compiled as (select max(retrieved) as compiled_at from tidy.dataset),
named as (
    select 'quantity of a headline' as what, answer_id as named_in, quantity_id as named_id
    from tidy.answer_term
    where quantity_id not in (select quantity_id from metrics.metric_quantity)
    union all
    select 'claim of a pool' as what, member_id as named_in, claim_id as named_id
    from tidy.claim_pool
    where claim_id not in (select claim_id from core.fact_claim)
    union all
    select 'grade of a pool' as what, pools.member_id as named_in, pools.grade as named_id
    from tidy.claim_pool as pools
    inner join core.fact_claim as claims on pools.claim_id = claims.claim_id
    where pools.grade <> claims.grade
    union all
    select 'claim of a prior' as what, prior_id as named_in, claim_id as named_id
    from core.dim_prior
    where claim_id not in (select claim_id from core.fact_claim)
    union all
    select 'factor of a derived quantity' as what, derived_id as named_in, factor_ref as named_id
    from tidy.derived_quantity
    where 'derived:' || derived_id not in (select quantity_id from metrics.metric_quantity)
    union all
    select 'headline with one side' as what, answers.answer_id as named_in, null as named_id
    from tidy.answer as answers
    left join tidy.answer_term as terms on answers.answer_id = terms.answer_id
    group by answers.answer_id
    having count(distinct terms.ratio_side) < 2
)
select named.what, named.named_in, named.named_id
from named
cross join core.run
cross join compiled
where run.as_of >= compiled.compiled_at
