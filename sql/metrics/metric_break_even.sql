-- One row per priced item (C10): probability of seizure at which moving it past controls stops paying.
-- (street price - reference - handling cost) / (street price + penalty), draw by draw, 0 where there is no margin. From the priors.

with
draws as (select * from metrics.fact_draw),

wide as (
    select
        draw_id,
        max(case when quantity_id = 'prior:b200-street-price' then draw_amount end) as street,
        max(case when quantity_id = 'prior:b200-reference-price' then draw_amount end) as reference,
        max(case when quantity_id = 'prior:handling-cost' then draw_amount end) as handling,
        max(case when quantity_id = 'prior:penalty-per-unit' then draw_amount end) as penalty
    from draws
    where quantity_id in (
        'prior:b200-street-price', 'prior:b200-reference-price', 'prior:handling-cost', 'prior:penalty-per-unit'
    )
    group by draw_id
),

probabilities as (
    select
        draw_id,
        case
            when street - reference - handling <= 0 then cast(0 as double)
            else cast(street - reference - handling as double) / cast(street + penalty as double)
        end as break_even
    from wide
    where street is not null and reference is not null and handling is not null and penalty is not null
),

intervals as (
    select
        quantile_disc(break_even, 0.05) as seizure_p05,
        quantile_disc(break_even, 0.5) as seizure_p50,
        quantile_disc(break_even, 0.95) as seizure_p95,
        cast(count(case when break_even = 0 then 1 end) as double) / nullif(cast(count(*) as double), 0) as unprofitable_share
    from probabilities
)

select
    cast('B200 in a rack of eight, mid-2025' as VARCHAR) as priced_item,
    cast(seizure_p05 as DOUBLE) as seizure_p05,
    cast(seizure_p50 as DOUBLE) as seizure_p50,
    cast(seizure_p95 as DOUBLE) as seizure_p95,
    cast(unprofitable_share as DOUBLE) as unprofitable_share,
    cast('Goods are lost on seizure; handling cost and penalty are priors; both prices come from one source' as VARCHAR) as limit_note,
    cast(case when seizure_p50 is null then 'input_not_known' end as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from intervals
