-- One row per correlation case, period, unit and channel (C3): how far the correlation of errors moves totals and shares.
-- From metrics.metric_quantity_factor and the stored normals, backbone series, arrivals only. plus_half and minus_half: a Gaussian copula with
-- that correlation between the level errors of the three channels; halves_apart: half-years of one channel share half of the
-- variance. Factors (prices, mixes) keep their own dimensions. Dimensions and half-years are numbered, so that draws meet on numbers.

with
factors as (select * from metrics.metric_quantity_factor),

normals as (select * from metrics.fact_normal),

cells as (
    select channel, period_id, unit, factor_no, dim_id, factor_distribution, factor_median, sigma_low, sigma_high,
        'period:' || channel || ':' || period_id as apart_dim_id
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

dims as (
    select dim_id, row_number() over (order by dim_id) as dim_no
    from (
        select dim_id
        from cells
        union
        select apart_dim_id
        from cells
        union
        select 'level:' || channel
        from cells
        union
        select 'copula:common'
    ) as named
),

draws as (
    select dims.dim_no, dims.dim_id, normals.draw_id, normals.draw_z
    from normals
    inner join dims on normals.dim_id = dims.dim_id
),

levels as (
    select
        draw_id,
        max(case when dim_id = 'copula:common' then draw_z end) as common_z,
        (max(case when dim_id = 'level:legal' then draw_z end) + max(case when dim_id = 'level:smuggled' then draw_z end)
            + max(case when dim_id = 'level:domestic' then draw_z end)) / 3 as mean_z
    from draws
    where dim_id in ('level:legal', 'level:smuggled', 'level:domestic', 'copula:common')
    group by draw_id
),

numbered_cells as (
    select
        firsts.channel, firsts.period_id, firsts.unit, firsts.factor_distribution, firsts.factor_median, firsts.sigma_low,
        firsts.sigma_high, seconds.factor_distribution as second_distribution, seconds.factor_median as second_median,
        seconds.sigma_low as second_sigma_low, seconds.sigma_high as second_sigma_high, own_dims.dim_no, apart_dims.dim_no as apart_dim_no,
        second_dims.dim_no as second_dim_no
    from cells as firsts
    inner join complete on firsts.period_id = complete.period_id and firsts.unit = complete.unit
    inner join dims as own_dims on own_dims.dim_id = 'level:' || firsts.channel
    inner join dims as apart_dims on firsts.apart_dim_id = apart_dims.dim_id
    left join cells as seconds
        on firsts.channel = seconds.channel
        and firsts.period_id = seconds.period_id
        and firsts.unit = seconds.unit
        and seconds.factor_no = 2
    left join dims as second_dims on seconds.dim_id = second_dims.dim_id
    where firsts.factor_no = 1
),

cell_draws as (
    select
        cells.channel, cells.period_id, cells.unit, cells.factor_distribution, cells.factor_median, cells.sigma_low, cells.sigma_high,
        own.draw_id, own.draw_z, levels.common_z, levels.mean_z, apart.draw_z as apart_z,
        case
            when cells.second_median is null then 1
            when cells.second_distribution = 'fixed' then cells.second_median
            else cells.second_median
                * exp(seconds.draw_z * case when seconds.draw_z < 0 then cells.second_sigma_low else cells.second_sigma_high end)
        end as second_factor
    from numbered_cells as cells
    inner join draws as own on cells.dim_no = own.dim_no
    inner join levels on own.draw_id = levels.draw_id
    inner join draws as apart on cells.apart_dim_no = apart.dim_no and own.draw_id = apart.draw_id
    left join draws as seconds on cells.second_dim_no = seconds.dim_no and own.draw_id = seconds.draw_id
),

half_mixes as (
    select cases.correlation_case, complete.period_id, complete.unit,
        row_number() over (order by cases.correlation_case, complete.unit, complete.period_id) as half_no
    from complete
    cross join cases
),

errors as (
    select
        half_mixes.half_no,
        cell_draws.channel,
        cell_draws.draw_id,
        cell_draws.factor_distribution,
        cell_draws.factor_median,
        cell_draws.sigma_low,
        cell_draws.sigma_high,
        cell_draws.second_factor,
        case half_mixes.correlation_case
            when 'plus_half' then sqrt(0.5) * cell_draws.draw_z + sqrt(0.5) * cell_draws.common_z
            when 'minus_half' then sqrt(1.5) * (cell_draws.draw_z - cell_draws.mean_z)
            when 'halves_apart' then sqrt(0.5) * cell_draws.draw_z + sqrt(0.5) * cell_draws.apart_z
            else cell_draws.draw_z
        end as level_z
    from half_mixes
    inner join cell_draws on half_mixes.period_id = cell_draws.period_id and half_mixes.unit = cell_draws.unit
),

amounts as (
    select
        half_no,
        draw_id,
        channel,
        case
            when factor_distribution = 'fixed' then factor_median
            else factor_median * exp(level_z * case when level_z < 0 then sigma_low else sigma_high end)
        end * second_factor as amount
    from errors
),

halves as (
    select
        half_no,
        draw_id,
        cast(round(max(case when channel = 'legal' then amount end), 6) as decimal(24, 6)) as legal,
        cast(round(max(case when channel = 'smuggled' then amount end), 6) as decimal(24, 6)) as smuggled,
        cast(round(max(case when channel = 'domestic' then amount end), 6) as decimal(24, 6)) as domestic
    from amounts
    group by half_no, draw_id
),

mixes as (
    select correlation_case, span_id, unit, first_half, second_half,
        row_number() over (order by correlation_case, span_id, unit) as mix_no
    from (
        select correlation_case, period_id as span_id, unit, half_no as first_half, cast(null as bigint) as second_half
        from half_mixes
        union all
        select correlation_case, left(period_id, 4) as span_id, unit, min(half_no) as first_half, max(half_no) as second_half
        from half_mixes
        group by correlation_case, left(period_id, 4), unit
        having count(*) = 2
    ) as spans
),

drawn as (
    select mixes.mix_no, firsts.legal, firsts.smuggled, firsts.domestic
    from mixes
    inner join halves as firsts on mixes.first_half = firsts.half_no
    where mixes.second_half is null
    union all
    select mixes.mix_no, firsts.legal + seconds.legal as legal, firsts.smuggled + seconds.smuggled as smuggled,
        firsts.domestic + seconds.domestic as domestic
    from mixes
    inner join halves as firsts on mixes.first_half = firsts.half_no
    inner join halves as seconds on mixes.second_half = seconds.half_no and firsts.draw_id = seconds.draw_id
),

totals as (
    select mix_no, legal, smuggled, domestic, legal + smuggled + domestic as total
    from drawn
),

intervals as (
    select
        mix_no,
        quantile_disc(total, 0.05) as total_p05,
        quantile_disc(total, 0.5) as total_p50,
        quantile_disc(total, 0.95) as total_p95,
        quantile_disc(cast(legal as double) / cast(total as double), 0.05) as legal_p05,
        quantile_disc(cast(legal as double) / cast(total as double), 0.5) as legal_p50,
        quantile_disc(cast(legal as double) / cast(total as double), 0.95) as legal_p95,
        quantile_disc(cast(smuggled as double) / cast(total as double), 0.05) as smuggled_p05,
        quantile_disc(cast(smuggled as double) / cast(total as double), 0.5) as smuggled_p50,
        quantile_disc(cast(smuggled as double) / cast(total as double), 0.95) as smuggled_p95,
        quantile_disc(cast(domestic as double) / cast(total as double), 0.05) as domestic_p05,
        quantile_disc(cast(domestic as double) / cast(total as double), 0.5) as domestic_p50,
        quantile_disc(cast(domestic as double) / cast(total as double), 0.95) as domestic_p95
    from totals
    group by mix_no
),

rows_by_channel as (
    select mix_no, 'legal' as channel, legal_p05 as share_p05, legal_p50 as share_p50, legal_p95 as share_p95, total_p05, total_p50, total_p95
    from intervals
    union all
    select mix_no, 'smuggled' as channel, smuggled_p05, smuggled_p50, smuggled_p95, total_p05, total_p50, total_p95
    from intervals
    union all
    select mix_no, 'domestic' as channel, domestic_p05, domestic_p50, domestic_p95, total_p05, total_p50, total_p95
    from intervals
)

select
    cast(mixes.correlation_case as VARCHAR) as correlation_case,
    cast(mixes.span_id as VARCHAR) as period_id,
    cast(mixes.unit as VARCHAR) as unit_of_account,
    cast(found.channel as VARCHAR) as channel,
    cast(found.share_p05 as DOUBLE) as share_p05,
    cast(found.share_p50 as DOUBLE) as share_p50,
    cast(found.share_p95 as DOUBLE) as share_p95,
    cast(found.total_p05 as DOUBLE) as total_p05,
    cast(found.total_p50 as DOUBLE) as total_p50,
    cast(found.total_p95 as DOUBLE) as total_p95,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from mixes
inner join rows_by_channel as found on mixes.mix_no = found.mix_no
