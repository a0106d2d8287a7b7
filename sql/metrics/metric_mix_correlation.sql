-- One row per correlation case, period, unit and channel (C3): how far the correlation of errors moves totals and shares.
-- From metrics.metric_quantity_factor and the stored normals, backbone series, arrivals only. plus_half and minus_half: a Gaussian copula with
-- that correlation between the level errors of the three channels; halves_apart: half-years of one channel share half of the
-- variance. Factors (prices, mixes) keep their own dimensions.

with
factors as (select * from metrics.metric_quantity_factor),

normals as (select * from metrics.fact_normal),

cells as (
    select channel, period_id, unit, factor_no, dim_id, factor_distribution, factor_median, sigma_low, sigma_high
    from factors
    where quantity_kind = 'cell' and quantity_series = 'backbone' and channel in ('legal', 'smuggled', 'domestic')
),

complete as (
    select period_id, unit
    from cells
    group by period_id, unit
    having count(distinct channel) = 3
),

cases as (
    select 'independent' as correlation_case
    union all
    select 'plus_half' as correlation_case
    union all
    select 'minus_half' as correlation_case
    union all
    select 'halves_apart' as correlation_case
),

levels as (
    select own.channel, own.draw_id, own.draw_z, common.draw_z as common_z, means.mean_z
    from (
        select substring(dim_id, 7) as channel, draw_id, draw_z
        from normals
        where dim_id in ('level:legal', 'level:smuggled', 'level:domestic')
    ) as own
    inner join normals as common on common.dim_id = 'copula:common' and own.draw_id = common.draw_id
    inner join (
        select
            draw_id,
            (max(case when dim_id = 'level:legal' then draw_z end) + max(case when dim_id = 'level:smuggled' then draw_z end)
                + max(case when dim_id = 'level:domestic' then draw_z end)) / 3 as mean_z
        from normals
        where dim_id in ('level:legal', 'level:smuggled', 'level:domestic')
        group by draw_id
    ) as means
        on own.draw_id = means.draw_id
),

errors as (
    select
        cases.correlation_case,
        periods.channel,
        periods.period_id,
        levels.draw_id,
        case cases.correlation_case
            when 'plus_half' then sqrt(0.5) * levels.draw_z + sqrt(0.5) * levels.common_z
            when 'minus_half' then sqrt(1.5) * (levels.draw_z - levels.mean_z)
            when 'halves_apart' then sqrt(0.5) * levels.draw_z + sqrt(0.5) * apart.draw_z
            else levels.draw_z
        end as level_z
    from (
        select distinct cells.channel, cells.period_id
        from cells
        inner join complete on cells.period_id = complete.period_id
    ) as periods
    cross join cases
    inner join levels on periods.channel = levels.channel
    inner join normals as apart
        on apart.dim_id = 'period:' || periods.channel || ':' || periods.period_id
        and levels.draw_id = apart.draw_id
),

sums as (
    select correlation_case, span_id, unit, channel, period_id, is_single,
        dense_rank() over (order by correlation_case, span_id, unit) as mix_no,
        dense_rank() over (order by correlation_case, span_id, unit, channel) as sum_no
    from (
        select cases.correlation_case, complete.period_id as span_id, complete.unit, cells.channel, complete.period_id, 1 as is_single
        from complete
        cross join cases
        inner join cells on complete.period_id = cells.period_id and complete.unit = cells.unit and cells.factor_no = 1
        union all
        select cases.correlation_case, years.span_id, years.unit, cells.channel, complete.period_id, 0 as is_single
        from (
            select left(period_id, 4) as span_id, unit
            from complete
            group by left(period_id, 4), unit
            having count(*) = 2
        ) as years
        cross join cases
        inner join complete on years.span_id = left(complete.period_id, 4) and years.unit = complete.unit
        inner join cells on complete.period_id = cells.period_id and complete.unit = cells.unit and cells.factor_no = 1
    ) as named
),

halves as (
    select
        numbers.sum_no,
        errors.draw_id,
        case
            when first.factor_distribution = 'fixed' then first.factor_median
            else first.factor_median
                * exp(errors.level_z * case when errors.level_z < 0 then first.sigma_low else first.sigma_high end)
        end
        * case
            when second.factor_median is null then 1
            when second.factor_distribution = 'fixed' then second.factor_median
            else second.factor_median
                * exp(factor_normals.draw_z * case when factor_normals.draw_z < 0 then second.sigma_low else second.sigma_high end)
        end as amount
    from sums as numbers
    inner join cells as first
        on numbers.channel = first.channel and numbers.period_id = first.period_id and numbers.unit = first.unit
    inner join errors
        on numbers.correlation_case = errors.correlation_case
        and numbers.channel = errors.channel
        and numbers.period_id = errors.period_id
    left join cells as second
        on first.channel = second.channel
        and first.period_id = second.period_id
        and first.unit = second.unit
        and second.factor_no = 2
    left join normals as factor_normals
        on second.dim_id = factor_normals.dim_id
        and errors.draw_id = factor_normals.draw_id
    where numbers.is_single = 1 and first.factor_no = 1
),

drawn as (
    select sum_no, draw_id, cast(cast(round(amount, 6) as decimal(24, 6)) as decimal(38, 6)) as amount
    from halves
    union all
    select years.sum_no, halves.draw_id, sum(cast(round(halves.amount, 6) as decimal(24, 6))) as amount
    from halves
    inner join sums as numbers on halves.sum_no = numbers.sum_no and numbers.is_single = 1
    inner join sums as years
        on numbers.correlation_case = years.correlation_case
        and numbers.channel = years.channel
        and numbers.unit = years.unit
        and numbers.period_id = years.period_id
        and years.is_single = 0
    group by years.sum_no, halves.draw_id
),

numbered as (select distinct mix_no, sum_no, correlation_case, span_id, unit, channel from sums),

totals as (
    select numbered.mix_no, drawn.draw_id, sum(drawn.amount) as total
    from drawn
    inner join numbered on drawn.sum_no = numbered.sum_no
    group by numbered.mix_no, drawn.draw_id
),

total_intervals as (
    select
        mix_no,
        quantile_disc(total, 0.05) as total_p05,
        quantile_disc(total, 0.5) as total_p50,
        quantile_disc(total, 0.95) as total_p95
    from totals
    group by mix_no
),

share_intervals as (
    select
        drawn.sum_no,
        quantile_disc(cast(drawn.amount as double) / cast(totals.total as double), 0.05) as share_p05,
        quantile_disc(cast(drawn.amount as double) / cast(totals.total as double), 0.5) as share_p50,
        quantile_disc(cast(drawn.amount as double) / cast(totals.total as double), 0.95) as share_p95
    from drawn
    inner join numbered on drawn.sum_no = numbered.sum_no
    inner join totals on numbered.mix_no = totals.mix_no and drawn.draw_id = totals.draw_id
    group by drawn.sum_no
)

select
    cast(numbered.correlation_case as VARCHAR) as correlation_case,
    cast(numbered.span_id as VARCHAR) as period_id,
    cast(numbered.unit as VARCHAR) as unit_of_account,
    cast(numbered.channel as VARCHAR) as channel,
    cast(share_intervals.share_p05 as DOUBLE) as share_p05,
    cast(share_intervals.share_p50 as DOUBLE) as share_p50,
    cast(share_intervals.share_p95 as DOUBLE) as share_p95,
    cast(total_intervals.total_p05 as DOUBLE) as total_p05,
    cast(total_intervals.total_p50 as DOUBLE) as total_p50,
    cast(total_intervals.total_p95 as DOUBLE) as total_p95,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from numbered
inner join share_intervals on numbered.sum_no = share_intervals.sum_no
inner join total_intervals on numbered.mix_no = total_intervals.mix_no
