-- One row per headline number: a ratio of sums of quantities, computed draw by draw, never on percentiles.
-- From tidy.answer, tidy.answer_term and metrics.fact_draw. A headline with a quantity that is not known on the as-of day has a reason.
-- A change between periods is drawn a second time with half of each period's level variance its own (apart_*): with a fully
-- shared error the error cancels, and the interval would look far surer than the series is. Where a quantity is a floor, the number at the floor itself stands beside the median, which rests on a prior.

with
answers as (select * from tidy.answer),

terms as (select * from tidy.answer_term),

quantities as (select * from metrics.metric_quantity),

draws as (select * from metrics.fact_draw),

factors as (select * from metrics.metric_quantity_factor),

normals as (select * from metrics.fact_normal),

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

at_floor as (
    select
        answer_id,
        sum(case when ratio_side = 'numerator' then coefficient * figure end)
            / nullif(sum(case when ratio_side = 'denominator' then coefficient * figure end), 0) as ratio_at_floor
    from (
        select
            terms.answer_id,
            terms.ratio_side,
            cast(terms.coefficient as decimal(18, 6)) as coefficient,
            cast(round(coalesce(quantities.quantity_floor, quantities.draw_p50), 6) as decimal(24, 6)) as figure,
            max(case when quantities.quantity_floor is not null then 1 else 0 end) over (partition by terms.answer_id) as has_floor
        from terms
        inner join quantities on terms.quantity_id = quantities.quantity_id
    ) as figures
    where has_floor = 1
    group by answer_id
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
),

compared as (
    select terms.answer_id, terms.ratio_side, terms.coefficient, terms.quantity_id
    from terms
    inner join answers on terms.answer_id = answers.answer_id
    inner join known on terms.answer_id = known.answer_id
    where answers.offset_value = -1 and known.n_known = known.n_terms
),

level_factors as (
    select
        factors.quantity_id,
        factors.sigma_low,
        factors.sigma_high,
        factors.dim_id,
        'period:' || factors.channel || ':' || factors.period_id as period_dim_id
    from factors
    inner join (select distinct quantity_id from compared) as used on factors.quantity_id = used.quantity_id
    where factors.factor_no = 1
        and factors.dim_id like 'level:%'
        and factors.pool_dim_id is null
        and factors.factor_distribution = 'two_piece_lognormal'
),

errors as (
    select
        level_factors.quantity_id,
        shared.draw_id,
        level_factors.sigma_low,
        level_factors.sigma_high,
        shared.draw_z as shared_z,
        sqrt(0.5) * shared.draw_z + sqrt(0.5) * own.draw_z as apart_z
    from level_factors
    inner join normals as shared on level_factors.dim_id = shared.dim_id
    inner join normals as own on level_factors.period_dim_id = own.dim_id and shared.draw_id = own.draw_id
),

stretches as (
    select
        quantity_id,
        draw_id,
        exp(
            apart_z * case when apart_z < 0 then sigma_low else sigma_high end
            - shared_z * case when shared_z < 0 then sigma_low else sigma_high end
        ) as stretch
    from errors
),

apart_draws as (
    select
        compared.answer_id,
        compared.ratio_side,
        draws.draw_id,
        stretches.stretch,
        compared.coefficient
            * cast(round(cast(draws.draw_amount as double) * coalesce(stretches.stretch, 1), 6) as decimal(24, 6)) as amount
    from compared
    inner join draws on compared.quantity_id = draws.quantity_id
    left join stretches on draws.quantity_id = stretches.quantity_id and draws.draw_id = stretches.draw_id
),

apart_sides as (
    select
        answer_id,
        draw_id,
        count(stretch) as n_apart,
        sum(case when ratio_side = 'numerator' then amount end) as numerator,
        sum(case when ratio_side = 'denominator' then amount end) as denominator
    from apart_draws
    group by answer_id, draw_id
),

apart_ratios as (
    select
        apart_sides.answer_id,
        cast(apart_sides.numerator as double) / cast(apart_sides.denominator as double) + answers.offset_value as answer
    from apart_sides
    inner join answers on apart_sides.answer_id = answers.answer_id
    where apart_sides.denominator > 0 and apart_sides.n_apart > 0
),

apart_intervals as (
    select
        answer_id,
        quantile_disc(answer, 0.05) as apart_p05,
        quantile_disc(answer, 0.5) as apart_p50,
        quantile_disc(answer, 0.95) as apart_p95,
        cast(count(case when answer > 0 then 1 end) as double) / cast(count(*) as double) as apart_above_zero_probability
    from apart_ratios
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
    cast(apart_intervals.apart_p05 as DOUBLE) as apart_p05,
    cast(apart_intervals.apart_p50 as DOUBLE) as apart_p50,
    cast(apart_intervals.apart_p95 as DOUBLE) as apart_p95,
    cast(apart_intervals.apart_above_zero_probability as DOUBLE) as apart_above_zero_probability,
    cast(case when intervals.answer_p50 is not null then at_floor.ratio_at_floor + answers.offset_value end as DOUBLE)
        as answer_at_floor,
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
left join apart_intervals on answers.answer_id = apart_intervals.answer_id
left join at_floor on answers.answer_id = at_floor.answer_id
