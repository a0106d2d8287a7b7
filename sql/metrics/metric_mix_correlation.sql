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

halves as (
    select
        errors.correlation_case,
        first.channel,
        first.period_id,
        first.unit,
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
    from cells as first
    inner join complete on first.period_id = complete.period_id and first.unit = complete.unit
    inner join errors on first.channel = errors.channel and first.period_id = errors.period_id
    left join cells as second
        on first.channel = second.channel
        and first.period_id = second.period_id
        and first.unit = second.unit
        and second.factor_no = 2
    left join normals as factor_normals
        on second.dim_id = factor_normals.dim_id
        and errors.draw_id = factor_normals.draw_id
    where first.factor_no = 1
),

spans as (
    select correlation_case, channel, period_id as span_id, unit, draw_id, cast(round(amount, 6) as decimal(24, 6)) as amount
    from halves
    union all
    select
        correlation_case, channel, left(period_id, 4) as span_id, unit, draw_id,
        sum(cast(round(amount, 6) as decimal(24, 6))) as amount
    from halves
    group by correlation_case, channel, left(period_id, 4), unit, draw_id
    having count(*) = 2
),

totals as (
    select correlation_case, span_id, unit, draw_id, sum(amount) as total
    from spans
    group by correlation_case, span_id, unit, draw_id
),

total_intervals as (
    select
        correlation_case,
        span_id,
        unit,
        quantile_disc(total, 0.05) as total_p05,
        quantile_disc(total, 0.5) as total_p50,
        quantile_disc(total, 0.95) as total_p95
    from totals
    group by correlation_case, span_id, unit
),

shares as (
    select
        spans.correlation_case,
        spans.span_id,
        spans.unit,
        spans.channel,
        quantile_disc(cast(spans.amount as double) / cast(totals.total as double), 0.05) as share_p05,
        quantile_disc(cast(spans.amount as double) / cast(totals.total as double), 0.5) as share_p50,
        quantile_disc(cast(spans.amount as double) / cast(totals.total as double), 0.95) as share_p95
    from spans
    inner join totals
        on spans.correlation_case = totals.correlation_case
        and spans.span_id = totals.span_id
        and spans.unit = totals.unit
        and spans.draw_id = totals.draw_id
    group by spans.correlation_case, spans.span_id, spans.unit, spans.channel
)

select
    cast(shares.correlation_case as VARCHAR) as correlation_case,
    cast(shares.span_id as VARCHAR) as period_id,
    cast(shares.unit as VARCHAR) as unit_of_account,
    cast(shares.channel as VARCHAR) as channel,
    cast(shares.share_p05 as DOUBLE) as share_p05,
    cast(shares.share_p50 as DOUBLE) as share_p50,
    cast(shares.share_p95 as DOUBLE) as share_p95,
    cast(total_intervals.total_p05 as DOUBLE) as total_p05,
    cast(total_intervals.total_p50 as DOUBLE) as total_p50,
    cast(total_intervals.total_p95 as DOUBLE) as total_p95,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from shares
inner join total_intervals
    on shares.correlation_case = total_intervals.correlation_case
    and shares.span_id = total_intervals.span_id
    and shares.unit = total_intervals.unit
