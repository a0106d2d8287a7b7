-- One row per quantity and joint draw: the product of its factors, from metrics.metric_quantity_factor and the stored normals.
-- A pooled quantity takes, in each draw, one member of its pool, picked by the rank of the pool's own dimension.

with
factors as (select * from metrics.metric_quantity_factor),

normals as (select * from metrics.fact_normal),

picked as (
    select
        factors.quantity_id,
        factors.factor_no,
        factors.dim_id,
        factors.factor_distribution,
        factors.factor_median,
        factors.sigma_low,
        factors.sigma_high,
        factors.lower_end,
        factors.upper_end,
        factors.pareto_alpha,
        factors.power,
        factors.is_complement,
        selectors.draw_id
    from factors
    inner join normals as selectors on factors.pool_dim_id = selectors.dim_id
    where selectors.draw_u >= factors.pool_from and selectors.draw_u < factors.pool_to
),

placed as (
    select
        picked.quantity_id, picked.factor_no, picked.factor_distribution, picked.factor_median, picked.sigma_low,
        picked.sigma_high, picked.lower_end, picked.upper_end, picked.pareto_alpha, picked.power, picked.is_complement,
        normals.draw_id, normals.draw_u, normals.draw_z
    from picked
    inner join normals on picked.dim_id = normals.dim_id and picked.draw_id = normals.draw_id
    union all
    select
        factors.quantity_id, factors.factor_no, factors.factor_distribution, factors.factor_median, factors.sigma_low,
        factors.sigma_high, factors.lower_end, factors.upper_end, factors.pareto_alpha, factors.power, factors.is_complement,
        normals.draw_id, normals.draw_u, normals.draw_z
    from factors
    inner join normals on factors.dim_id = normals.dim_id
    where factors.pool_dim_id is null
),

drawn as (
    select
        quantity_id,
        factor_no,
        draw_id,
        power,
        is_complement,
        upper_end,
        factor_distribution,
        case factor_distribution
            when 'fixed' then factor_median
            when 'uniform' then lower_end + draw_u * (upper_end - lower_end)
            when 'log_uniform' then lower_end * exp(draw_u * ln(upper_end / lower_end))
            when 'pareto'
                then lower_end * power(
                    1 - draw_u * case when upper_end > lower_end then 1 - power(lower_end / upper_end, pareto_alpha) else 1 end,
                    -1 / pareto_alpha
                )
            else factor_median * exp(draw_z * case when draw_z < 0 then sigma_low else sigma_high end)
        end as drawn_value
    from placed
),

bounded as (
    select
        quantity_id,
        factor_no,
        draw_id,
        power,
        is_complement,
        case when drawn_value > upper_end then upper_end else drawn_value end as drawn_value
    from drawn
),

applied as (
    select
        quantity_id,
        factor_no,
        draw_id,
        case
            when is_complement then 1 - drawn_value
            when power = -1 then 1 / drawn_value
            else drawn_value
        end as factor_value
    from bounded
),

products as (
    select
        quantity_id,
        draw_id,
        max(case when factor_no = 1 then factor_value end)
            * coalesce(max(case when factor_no = 2 then factor_value end), 1)
            * coalesce(max(case when factor_no = 3 then factor_value end), 1) as amount
    from applied
    group by quantity_id, draw_id
)

select
    cast(quantity_id as VARCHAR) as quantity_id,
    cast(draw_id as BIGINT) as draw_id,
    cast(round(amount, 6) as DECIMAL(18,6)) as draw_amount,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from products
