-- One row per headline number: a ratio of sums of quantities, computed draw by draw, never on percentiles.
-- From tidy.answer, tidy.answer_term and metrics.fact_draw. A headline with a quantity that is not known on the as-of day has a reason.

with
answers as (select * from tidy.answer),

terms as (select * from tidy.answer_term),

quantities as (select * from metrics.metric_quantity),

draws as (select * from metrics.fact_draw),

known as (
    select terms.answer_id, count(*) as n_terms, count(quantities.quantity_id) as n_known
    from terms
    left join quantities on terms.quantity_id = quantities.quantity_id
    group by terms.answer_id
),

sides as (
    select
        terms.answer_id,
        draws.draw_id,
        sum(case when terms.ratio_side = 'numerator' then terms.coefficient * draws.draw_amount end) as numerator,
        sum(case when terms.ratio_side = 'denominator' then terms.coefficient * draws.draw_amount end) as denominator
    from terms
    inner join known on terms.answer_id = known.answer_id
    inner join draws on terms.quantity_id = draws.quantity_id
    where known.n_known = known.n_terms
    group by terms.answer_id, draws.draw_id
),

ratios as (
    select
        sides.answer_id,
        cast(sides.numerator as double) / cast(sides.denominator as double) + answers.offset_value as answer
    from sides
    inner join answers on sides.answer_id = answers.answer_id
    where sides.denominator > 0
),

intervals as (
    select
        answer_id,
        quantile_disc(answer, 0.05) as answer_p05,
        quantile_disc(answer, 0.5) as answer_p50,
        quantile_disc(answer, 0.95) as answer_p95,
        cast(count(case when answer > 0 then 1 end) as double) / cast(count(*) as double) as above_zero_probability
    from ratios
    group by answer_id
)

select
    cast(answers.answer_id as VARCHAR) as answer_id,
    cast(answers.position as BIGINT) as position,
    cast(answers.title as VARCHAR) as title,
    cast(answers.question as VARCHAR) as question,
    cast(answers.unit_of_account as VARCHAR) as unit_of_account,
    cast(answers.set_kind as VARCHAR) as set_kind,
    cast(intervals.answer_p05 as DOUBLE) as answer_p05,
    cast(intervals.answer_p50 as DOUBLE) as answer_p50,
    cast(intervals.answer_p95 as DOUBLE) as answer_p95,
    cast(intervals.above_zero_probability as DOUBLE) as above_zero_probability,
    cast(answers.limit_note as VARCHAR) as limit_note,
    cast(
        case
            when intervals.answer_p50 is not null then null
            when known.n_known < known.n_terms then 'input_not_known'
            else 'base_zero'
        end as VARCHAR
    ) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast(case when answers.offset_value = -1 then 'descriptive' else 'accounting' end as VARCHAR) as evidence_label
from answers
inner join known on answers.answer_id = known.answer_id
left join intervals on answers.answer_id = intervals.answer_id
