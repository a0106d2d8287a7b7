-- One row per link of the claim that started the project: what was claimed, what each unit says, its label and why.
-- From the headlines, the quantities behind them and the claims. On an as-of day before a claim was public its links say not_known.

with
answers as (select * from metrics.metric_answer),

quantities as (select * from metrics.metric_quantity),

claims as (select * from core.fact_claim),

pairs as (select * from metrics.metric_claim_consistency),

premiums as (select * from metrics.metric_premium),

units as (
    select 'usd' as unit_of_account, 1 as unit_no, 'US dollars' as unit_words
    union all
    select 'chips' as unit_of_account, 2 as unit_no, 'chips' as unit_words
    union all
    select 'h100e' as unit_of_account, 3 as unit_no, 'H100-equivalents' as unit_words
    union all
    select 'bandwidth' as unit_of_account, 4 as unit_no, 'H100 memory bandwidths' as unit_words
),

known as (
    select
        max(case when claim_id = 'ft-2025-b200-1bn' then publisher || ', ' || cast(known_at as varchar) end) as sales_claim,
        max(case when claim_id = 'ft-2025-demand-drop-after-h20' then 'article of ' || cast(known_at as varchar) || ', no number' end)
            as drop_claim,
        max(case when claim_id = 'ft-2025-demand-persists-summary' then publisher || ', ' || cast(known_at as varchar) end)
            as persist_claim
    from claims
),

sales as (
    select
        10 + units.unit_no as link_no,
        'How much was smuggled in three months of 2025, in ' || units.unit_words || '?' as link_title,
        coalesce('At least 1bn USD of restricted Nvidia chips in three months (' || known.sales_claim || ')', 'not public yet') as link_claim,
        units.unit_of_account,
        quantities.quantity_floor as link_low,
        quantities.draw_p50 as link_central,
        quantities.draw_p95 as link_high,
        units.unit_words as link_unit,
        case when quantities.quantity_id is null then 'not_known' else 'floor_only' end as link_verdict,
        'The source gives a floor (the lower end here) and no upper figure; the median is 1.5 times the floor by convention, the top is cut at a share of the '
            || 'vendor''s output. Dollars become chips at the street price of the same source' as link_reason,
        'A count of chips with its method, or a share of detected shipments' as deciding_datum,
        'ft-2025-b200-1bn' as claim_id,
        'claim' as value_label,
        'accounting' as evidence_label
    from units
    cross join known
    left join quantities on quantities.quantity_id = 'derived:ft-2025-sales-' || units.unit_of_account
),

level_links as (
    select
        20 + units.unit_no as link_no,
        'Is that more than what others had counted before the H20 stop, in ' || units.unit_words || '?' as link_title,
        'The same claim beside the count for 2024 by CNAS, both per quarter' as link_claim,
        units.unit_of_account,
        cast(null as double) as link_low,
        case when pairs.claim_a_id = 'ft-2025-b200-1bn' then pairs.claim_ratio else 1 / pairs.claim_ratio end as link_central,
        cast(null as double) as link_high,
        'floor of 2025 over median of 2024, per quarter' as link_unit,
        case when pairs.claim_ratio is null then 'not_known' else 'not_identified' end as link_verdict,
        'A floor beside a median: a ratio near one is no jump, a ratio below one is no fall. The two count different chips, so the units '
            || 'disagree' as link_reason,
        'Two counts of the same kind for neighbouring periods' as deciding_datum,
        'cnas-2024-chips' as claim_id,
        'claim' as value_label,
        'accounting' as evidence_label
    from units
    left join pairs
        on units.unit_of_account = pairs.unit_of_account
        and (
            pairs.claim_a_id = 'cnas-2024-chips' and pairs.claim_b_id = 'ft-2025-b200-1bn'
            or pairs.claim_a_id = 'ft-2025-b200-1bn' and pairs.claim_b_id = 'cnas-2024-chips'
        )
    where units.unit_of_account <> 'usd'
),

stop_links as (
    select
        30 + units.unit_no as link_no,
        'When licensed H20 sales stopped in April 2025, how much of them can smuggled chips have made up, in ' || units.unit_words || '?'
            as link_title,
        '8.0bn USD of lost sales guided by Nvidia, beside the floor of link 11' as link_claim,
        units.unit_of_account,
        case when answers.answer_p50 is not null then 0 end as link_low,
        answers.answer_p50 as link_central,
        answers.answer_p95 as link_high,
        'share of the shortfall; the centre is the median of the upper end' as link_unit,
        case when answers.answer_p50 is null then 'not_known' else 'bounded' end as link_verdict,
        'Lower end 0: what would have been smuggled anyway is not known. The windows differ by two weeks. The unit alone moves the upper '
            || 'end more than tenfold, for an H20 is a seventh of an H100 in compute and more than one in bandwidth' as link_reason,
        'Smuggled quantities for the quarter before, by the same source' as deciding_datum,
        'ft-2025-b200-1bn' as claim_id,
        'estimate' as value_label,
        'accounting' as evidence_label
    from units
    left join answers on answers.answer_id = 'diversion-upper-h20-2025-' || units.unit_of_account
),

other_premiums as (
    select
        claims.claim_id,
        count(*) as n_others,
        max(premiums.premium_low) as highest_low
    from claims
    inner join claims as quotes
        on claims.conversion_chip_id = quotes.conversion_chip_id
        and claims.independence_group <> quotes.independence_group
        and quotes.claim_origin = 'shipped'
    inner join premiums
        on quotes.claim_id = premiums.price_id
        and premiums.premium is not null
        and extract(year from premiums.quote_date) = extract(year from claims.period_end)
    where claims.claim_id = 'ft-2025-b200-premium'
    group by claims.claim_id
),

premium_link as (
    select
        41 as link_no,
        'What did a banned chip cost beside the price elsewhere, mid-2025?' as link_title,
        'Racks of eight B200 half above the US price (' || claims.publisher || ', ' || cast(claims.known_at as varchar) || ')' as link_claim,
        'usd' as unit_of_account,
        other_premiums.highest_low as link_low,
        cast(claims.central as double) / 100 as link_central,
        cast(null as double) as link_high,
        'premium over the reference price' as link_unit,
        case when other_premiums.highest_low <= cast(claims.central as double) / 100 then 'supported' else 'not_identified' end
            as link_verdict,
        'One source states both price and mark-up, without a range; '
            || case
                when other_premiums.n_others is null then 'no other source quotes the chip in that year'
                when other_premiums.highest_low <= cast(claims.central as double) / 100
                    then 'no quote of another source for the chip in that year lies above it (low is the highest of '
                        || cast(other_premiums.n_others as varchar) || ')'
                else 'a quote of another source for the chip in that year lies above it (low)'
            end
            || '. Asks overstate, and scarce supply lifts the reference as well' as link_reason,
        'Contract prices of the same system in China and elsewhere in the same month' as deciding_datum,
        claims.claim_id,
        'claim' as value_label,
        'descriptive' as evidence_label
    from claims
    left join other_premiums on claims.claim_id = other_premiums.claim_id
    where claims.claim_id = 'ft-2025-b200-premium'
),

return_links as (
    select
        50 + units.unit_no as link_no,
        'Did licensed sales come back after July 2025, in ' || units.unit_words || '?' as link_title,
        'H20 sales allowed again on 14 July 2025' as link_claim,
        units.unit_of_account,
        least(answers.answer_p05, coalesce(answers.apart_p05, answers.answer_p05)) as link_low,
        answers.answer_p50 as link_central,
        greatest(answers.answer_p95, coalesce(answers.apart_p95, answers.answer_p95)) as link_high,
        'licensed quantity of the second half of 2025 over the first, less one' as link_unit,
        case when answers.answer_p50 is null then 'not_known' else 'not_identified' end as link_verdict,
        'Allowed is not delivered: the licensed series fell further, so nothing can be read off an arrival of licensed chips' as link_reason,
        'Licensed deliveries by month' as deciding_datum,
        'epoch-legal-nvidia-cum-2025q4' as claim_id,
        'estimate' as value_label,
        'descriptive' as evidence_label
    from units
    left join answers on answers.answer_id = 'legal-change-2025h2-' || units.unit_of_account
    where units.unit_of_account in ('chips', 'h100e')
),

drop_links as (
    select
        60 + units.unit_no as link_no,
        'Did smuggled demand drop once licensed sales were allowed again, in ' || units.unit_words || '?' as link_title,
        coalesce('Said to drop (' || known.drop_claim || ')', 'not public yet')
            || coalesce('; said to persist (' || known.persist_claim || ')', '') as link_claim,
        units.unit_of_account,
        least(answers.answer_p05, coalesce(answers.apart_p05, answers.answer_p05)) as link_low,
        answers.answer_p50 as link_central,
        greatest(answers.answer_p95, coalesce(answers.apart_p95, answers.answer_p95)) as link_high,
        'smuggled quantity of the second half of 2025 over the first, less one' as link_unit,
        case when answers.answer_p50 is null and known.drop_claim is null then 'not_known' else 'not_identified' end as link_verdict,
        'No source gives a number; a change between halves, if any, coincided with no licensed arrivals, with Chinese customs checks and '
            || 'with US enforcement, and rests on a series whose halves share much of their error (half of the variance here)' as link_reason,
        'Street prices week by week around 14 July 2025, or a monthly count of smuggled chips' as deciding_datum,
        'ft-2025-demand-drop-after-h20' as claim_id,
        'estimate' as value_label,
        'descriptive' as evidence_label
    from units
    cross join known
    left join answers on answers.answer_id = 'smuggled-change-2025h2-' || units.unit_of_account
    where units.unit_of_account in ('chips', 'h100e')
),

rival_links as (
    select
        70 + row_number() over (order by answers.position) as link_no,
        answers.title as link_title,
        'Huawei''s systems said to rival US products' as link_claim,
        answers.unit_of_account,
        answers.answer_p05 as link_low,
        answers.answer_p50 as link_central,
        answers.answer_p95 as link_high,
        'share' as link_unit,
        case when answers.answer_p50 is null then 'not_known' else 'bounded' end as link_verdict,
        answers.limit_note as link_reason,
        'Output by month and the share of it made from dies fabricated abroad' as deciding_datum,
        'semianalysis-2025-tsmc-dies' as claim_id,
        'estimate' as value_label,
        'accounting' as evidence_label
    from answers
    where answers.answer_id in ('domestic-share-2025-h100e', 'domestic-own-share-2025-h100e')
),

links as (
    select link_no, link_title, link_claim, unit_of_account, link_low, link_central, link_high, link_unit, link_verdict, link_reason,
        deciding_datum, claim_id, value_label, evidence_label
    from sales
    union all
    select link_no, link_title, link_claim, unit_of_account, link_low, link_central, link_high, link_unit, link_verdict, link_reason,
        deciding_datum, claim_id, value_label, evidence_label
    from level_links
    union all
    select link_no, link_title, link_claim, unit_of_account, link_low, link_central, link_high, link_unit, link_verdict, link_reason,
        deciding_datum, claim_id, value_label, evidence_label
    from stop_links
    union all
    select link_no, link_title, link_claim, unit_of_account, link_low, link_central, link_high, link_unit, link_verdict, link_reason,
        deciding_datum, claim_id, value_label, evidence_label
    from premium_link
    union all
    select link_no, link_title, link_claim, unit_of_account, link_low, link_central, link_high, link_unit, link_verdict, link_reason,
        deciding_datum, claim_id, value_label, evidence_label
    from return_links
    union all
    select link_no, link_title, link_claim, unit_of_account, link_low, link_central, link_high, link_unit, link_verdict, link_reason,
        deciding_datum, claim_id, value_label, evidence_label
    from drop_links
    union all
    select link_no, link_title, link_claim, unit_of_account, link_low, link_central, link_high, link_unit, link_verdict, link_reason,
        deciding_datum, claim_id, value_label, evidence_label
    from rival_links
)

select
    cast(link_no as BIGINT) as link_no,
    cast(link_title as VARCHAR) as link_title,
    cast(link_claim as VARCHAR) as link_claim,
    cast(unit_of_account as VARCHAR) as unit_of_account,
    cast(link_low as DOUBLE) as link_low,
    cast(link_central as DOUBLE) as link_central,
    cast(link_high as DOUBLE) as link_high,
    cast(link_unit as VARCHAR) as link_unit,
    cast(link_verdict as VARCHAR) as link_verdict,
    cast(link_reason as VARCHAR) as link_reason,
    cast(deciding_datum as VARCHAR) as deciding_datum,
    cast(claim_id as VARCHAR) as claim_id,
    cast(value_label as VARCHAR) as value_label,
    cast(evidence_label as VARCHAR) as evidence_label
from links
