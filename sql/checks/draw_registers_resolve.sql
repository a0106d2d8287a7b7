-- Once everything compiled is known, every quantity of a headline, and every claim, prior and chip behind one, exists; members of a
-- pool rest on different evidence: no independence group twice, and none of those behind the channel's own series beside it.
-- guards: metrics.metric_answer
with
compiled as (select max(retrieved) as compiled_at from tidy.dataset),
grouped as (
    select pools.member_id, pools.channel, pools.period_id, pools.unit_of_account, claims.independence_group
    from tidy.claim_pool as pools
    inner join core.fact_claim as claims on pools.claim_id = claims.claim_id
    union all
    select pools.member_id, pools.channel, pools.period_id, pools.unit_of_account, behind.independence_group
    from tidy.claim_pool as pools
    inner join (select distinct channel, independence_group from core.fact_claim where series_role = 'backbone') as behind
        on pools.channel = behind.channel
    where pools.claim_id is null
),
named as (
    select
        'one independence group twice in a pool' as what,
        min(member_id) || ' and ' || max(member_id) as named_in,
        independence_group as named_id
    from grouped
    group by channel, period_id, unit_of_account, independence_group
    having count(*) > 1
    union all
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
