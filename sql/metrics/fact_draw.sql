-- One row per quantity and joint draw: the product of its factors, from metrics.metric_quantity_factor and the stored normals.
-- A factor that several quantities share (one dimension, one distribution) is drawn once. A pooled quantity takes, in each draw, one
-- member of its pool, picked by the rank of the pool's own dimension.

with
factors as (select * from metrics.metric_quantity_factor),

normals as (select * from metrics.fact_normal),

numbered as (
    select quantity_id, factor_no, dim_id, factor_distribution, factor_median, sigma_low, sigma_high, lower_end, upper_end,
        pareto_alpha, power, is_complement, pool_dim_id, pool_from, pool_to,
        dense_rank() over (
            order by factor_no, dim_id, factor_distribution, factor_median, sigma_low, sigma_high, lower_end, upper_end, pareto_alpha,
                power, is_complement, pool_dim_id, pool_from, pool_to
        ) as shape_no
    from factors
),

shapes as (
    select distinct shape_no, factor_no, dim_id, factor_distribution, factor_median, sigma_low, sigma_high, lower_end, upper_end,
        pareto_alpha, power, is_complement, pool_dim_id, pool_from, pool_to
    from numbered
),

placed as (
    select
        shapes.shape_no, shapes.factor_no, shapes.factor_distribution, shapes.factor_median, shapes.sigma_low, shapes.sigma_high,
        shapes.lower_end, shapes.upper_end, shapes.pareto_alpha, shapes.power, shapes.is_complement,
        normals.draw_id, normals.draw_u, normals.draw_z
    from shapes
    inner join normals as selectors on shapes.pool_dim_id = selectors.dim_id
    inner join normals on shapes.dim_id = normals.dim_id and selectors.draw_id = normals.draw_id
    where selectors.draw_u >= shapes.pool_from and selectors.draw_u < shapes.pool_to
    union all
    select
        shapes.shape_no, shapes.factor_no, shapes.factor_distribution, shapes.factor_median, shapes.sigma_low, shapes.sigma_high,
        shapes.lower_end, shapes.upper_end, shapes.pareto_alpha, shapes.power, shapes.is_complement,
        normals.draw_id, normals.draw_u, normals.draw_z
    from shapes
    inner join normals on shapes.dim_id = normals.dim_id
    where shapes.pool_dim_id is null
),

drawn as (
    select
        shape_no,
        factor_no,
        draw_id,
        power,
        is_complement,
        upper_end,
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
        shape_no,
        factor_no,
        draw_id,
        power,
        is_complement,
        case when drawn_value > upper_end then upper_end else drawn_value end as drawn_value
    from drawn
),

applied as (
    select
        shape_no,
        factor_no,
        draw_id,
        case
            when is_complement then 1 - drawn_value
            when power = -1 then 1 / drawn_value
            else drawn_value
        end as factor_value
    from bounded
),

quantities as (
    select
        firsts.quantity_id,
        firsts.shape_no as first_shape,
        seconds.shape_no as second_shape,
        thirds.shape_no as third_shape
    from numbered as firsts
    left join numbered as seconds on firsts.quantity_id = seconds.quantity_id and seconds.factor_no = 2
    left join numbered as thirds on firsts.quantity_id = thirds.quantity_id and thirds.factor_no = 3
    where firsts.factor_no = 1
),

products as (
    select
        quantities.quantity_id,
        firsts.draw_id,
        firsts.factor_value * coalesce(seconds.factor_value, 1) * coalesce(thirds.factor_value, 1) as amount
    from quantities
    inner join applied as firsts on quantities.first_shape = firsts.shape_no and firsts.factor_no = 1
    left join applied as seconds
        on quantities.second_shape = seconds.shape_no and firsts.draw_id = seconds.draw_id and seconds.factor_no = 2
    left join applied as thirds
        on quantities.third_shape = thirds.shape_no and firsts.draw_id = thirds.draw_id and thirds.factor_no = 3
)

select
    cast(quantity_id as VARCHAR) as quantity_id,
    cast(draw_id as BIGINT) as draw_id,
    cast(round(amount, 6) as DECIMAL(18,6)) as draw_amount,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from products
