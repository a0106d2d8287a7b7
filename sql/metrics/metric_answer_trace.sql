-- One row per step from claims and priors to a headline: figures, factors, quantities, sides, and last the headline itself.
-- From tidy.answer_term, the register of channel inputs, metrics.metric_quantity_factor and metrics.fact_draw; the percentiles of a factor are those of its distribution, all
-- others are read off the draws. 1.6448536 is the 95th percentile of the standard normal.

with
terms as (select * from tidy.answer_term),

answers as (select * from metrics.metric_answer),

quantities as (select * from metrics.metric_quantity),

factors as (select * from metrics.metric_quantity_factor),

draws as (select * from metrics.fact_draw),

supply as (select * from metrics.metric_channel_supply),

units as (select * from tidy.channel_unit),

inputs as (select * from tidy.channel_input),

answered as (
    select answer_id, unit_of_account, answer_p05, answer_p50, answer_p95
    from answers
    where answer_p50 is not null
),

used as (
    select distinct terms.answer_id, terms.quantity_id
    from terms
    inner join answered on terms.answer_id = answered.answer_id
),

used_cells as (
    select distinct used.answer_id, quantities.channel, quantities.period_id, units.base_unit
    from used
    inner join quantities on used.quantity_id = quantities.quantity_id
    inner join units on quantities.channel = units.channel and quantities.unit = units.unit_of_account
    where quantities.quantity_kind in ('cell', 'part')
),

named_figures as (
    select channel, period_id, base_unit, string_agg(figure_id, ' + ' order by figure_id) as figures
    from (
        select distinct used_cells.channel, used_cells.period_id, used_cells.base_unit, inputs.figure_id
        from used_cells
        inner join inputs
            on used_cells.channel = inputs.channel
            and used_cells.period_id = inputs.period_id
            and inputs.series_kind = 'backbone'
            and ';' || inputs.feeds_units || ';' like '%;' || used_cells.base_unit || ';%'
    ) as figures_of_cells
    group by channel, period_id, base_unit
),

figure_steps as (
    select
        used_cells.answer_id,
        0 as stage,
        used_cells.channel || ' ' || used_cells.period_id || ' ' || used_cells.base_unit as place,
        'figure' as step_kind,
        'published figures of ' || used_cells.channel || ', ' || used_cells.period_id as step_label,
        named_figures.figures as expression,
        used_cells.base_unit as step_unit,
        cast(supply.low_amount as double) as step_p05,
        cast(supply.central_amount as double) as step_p50,
        cast(supply.high_amount as double) as step_p95
    from used_cells
    inner join named_figures
        on used_cells.channel = named_figures.channel
        and used_cells.period_id = named_figures.period_id
        and used_cells.base_unit = named_figures.base_unit
    inner join supply
        on used_cells.channel = supply.channel
        and used_cells.period_id = supply.period_id
        and used_cells.base_unit = supply.unit_of_account
        and supply.series_kind = 'backbone'
    where supply.low_amount is not null and supply.central_amount is not null and supply.high_amount is not null
),

factor_steps as (
    select
        used.answer_id,
        1 as stage,
        used.quantity_id || ' ' || cast(factors.factor_no as varchar) || ' ' || factors.member_id as place,
        'factor' as step_kind,
        'factor ' || cast(factors.factor_no as varchar) || ' of ' || used.quantity_id
            || case when factors.pool_dim_id is null then '' else ', pool member ' || factors.member_id end as step_label,
        factors.factor_origin || ': ' || factors.factor_distribution || ' on ' || factors.dim_id
            || case when factors.power = -1 then ', divided by' else '' end
            || case when factors.is_complement then ', one minus it' else '' end
            || case
                when factors.pool_dim_id is null then ''
                else ', taken with probability ' || cast(round(factors.pool_to - factors.pool_from, 3) as varchar)
            end as expression,
        'unit of the factor' as step_unit,
        case factors.factor_distribution
            when 'fixed' then factors.factor_median
            when 'uniform' then factors.lower_end + 0.05 * (factors.upper_end - factors.lower_end)
            when 'log_uniform' then factors.lower_end * exp(0.05 * ln(factors.upper_end / factors.lower_end))
            when 'pareto'
                then factors.lower_end * power(
                    1 - 0.05 * case
                        when factors.upper_end > factors.lower_end
                            then 1 - power(factors.lower_end / factors.upper_end, factors.pareto_alpha)
                        else 1
                    end,
                    -1 / factors.pareto_alpha
                )
            else factors.factor_median * exp(-1.6448536269514722 * factors.sigma_low)
        end as step_p05,
        factors.factor_median as step_p50,
        case factors.factor_distribution
            when 'fixed' then factors.factor_median
            when 'uniform' then factors.lower_end + 0.95 * (factors.upper_end - factors.lower_end)
            when 'log_uniform' then factors.lower_end * exp(0.95 * ln(factors.upper_end / factors.lower_end))
            when 'pareto'
                then factors.lower_end * power(
                    1 - 0.95 * case
                        when factors.upper_end > factors.lower_end
                            then 1 - power(factors.lower_end / factors.upper_end, factors.pareto_alpha)
                        else 1
                    end,
                    -1 / factors.pareto_alpha
                )
            else factors.factor_median * exp(1.6448536269514722 * factors.sigma_high)
        end as step_p95
    from used
    inner join factors on used.quantity_id = factors.quantity_id
),

quantity_steps as (
    select
        used.answer_id,
        2 as stage,
        used.quantity_id as place,
        'quantity' as step_kind,
        used.quantity_id as step_label,
        'product of its factors, draw by draw' as expression,
        quantities.unit as step_unit,
        quantities.draw_p05 as step_p05,
        quantities.draw_p50 as step_p50,
        quantities.draw_p95 as step_p95
    from used
    inner join quantities on used.quantity_id = quantities.quantity_id
),

side_draws as (
    select terms.answer_id, terms.ratio_side, draws.draw_id, sum(terms.coefficient * draws.draw_amount) as amount
    from terms
    inner join answered on terms.answer_id = answered.answer_id
    inner join draws on terms.quantity_id = draws.quantity_id
    group by terms.answer_id, terms.ratio_side, draws.draw_id
),

side_labels as (
    select
        answer_id,
        ratio_side,
        string_agg(case when coefficient < 0 then 'minus ' else '' end || quantity_id, ' + ' order by term_no) as expression
    from terms
    group by answer_id, ratio_side
),

side_steps as (
    select
        side_draws.answer_id,
        case side_draws.ratio_side when 'numerator' then 3 else 4 end as stage,
        side_draws.ratio_side as place,
        'side' as step_kind,
        side_draws.ratio_side as step_label,
        side_labels.expression,
        answered.unit_of_account as step_unit,
        cast(quantile_disc(side_draws.amount, 0.05) as double) as step_p05,
        cast(quantile_disc(side_draws.amount, 0.5) as double) as step_p50,
        cast(quantile_disc(side_draws.amount, 0.95) as double) as step_p95
    from side_draws
    inner join answered on side_draws.answer_id = answered.answer_id
    inner join side_labels on side_draws.answer_id = side_labels.answer_id and side_draws.ratio_side = side_labels.ratio_side
    group by side_draws.answer_id, side_draws.ratio_side, side_labels.expression, answered.unit_of_account
),

answer_steps as (
    select
        answer_id,
        5 as stage,
        'answer' as place,
        'answer' as step_kind,
        'headline' as step_label,
        'numerator over denominator, draw by draw' as expression,
        'ratio' as step_unit,
        answer_p05 as step_p05,
        answer_p50 as step_p50,
        answer_p95 as step_p95
    from answered
),

steps as (
    select answer_id, stage, place, step_kind, step_label, expression, step_unit, step_p05, step_p50, step_p95 from figure_steps
    union all
    select answer_id, stage, place, step_kind, step_label, expression, step_unit, step_p05, step_p50, step_p95 from factor_steps
    union all
    select answer_id, stage, place, step_kind, step_label, expression, step_unit, step_p05, step_p50, step_p95 from quantity_steps
    union all
    select answer_id, stage, place, step_kind, step_label, expression, step_unit, step_p05, step_p50, step_p95 from side_steps
    union all
    select answer_id, stage, place, step_kind, step_label, expression, step_unit, step_p05, step_p50, step_p95 from answer_steps
),

numbered as (
    select
        answer_id,
        row_number() over (partition by answer_id order by stage, place) as step_no,
        step_kind,
        step_label,
        expression,
        step_unit,
        step_p05,
        step_p50,
        step_p95
    from steps
)

select
    cast(answer_id as VARCHAR) as answer_id,
    cast(step_no as BIGINT) as step_no,
    cast(step_kind as VARCHAR) as step_kind,
    cast(step_label as VARCHAR) as step_label,
    cast(expression as VARCHAR) as expression,
    cast(step_unit as VARCHAR) as step_unit,
    cast(step_p05 as DOUBLE) as step_p05,
    cast(step_p50 as DOUBLE) as step_p50,
    cast(step_p95 as DOUBLE) as step_p95,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from numbered
