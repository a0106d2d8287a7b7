-- One row per outcome series and month (A4): rolling sums, growth, index. From metrics.metric_outcome_month.
-- A zero or missing base gives NULL with its reason, never infinity. January and February are also read together.

with
series as (select * from metrics.metric_outcome_month),

registry as (select * from tidy.outcome_series),

numbered as (
    select
        series.outcome_id,
        series.month,
        series.unit,
        series.value,
        extract(year from series.month) as calendar_year,
        extract(month from series.month) as calendar_month,
        12 * extract(year from series.month) + extract(month from series.month) as month_number
    from series
),

rolled as (
    select
        outcome_id,
        month_number,
        sum(value) over three_months as sum_3,
        count(value) over three_months as n_3,
        sum(value) over twelve_months as sum_12,
        count(value) over twelve_months as n_12
    from numbered
    window
        three_months as (partition by outcome_id order by month_number rows between 2 preceding and current row),
        twelve_months as (partition by outcome_id order by month_number rows between 11 preceding and current row)
),

winters as (
    select
        outcome_id,
        calendar_year,
        sum(value) as value
    from numbered
    where calendar_month <= 2
    group by outcome_id, calendar_year
    having count(value) = 2
),

winter_growth as (
    select
        now.outcome_id,
        now.calendar_year,
        cast(now.value as double) / nullif(cast(before.value as double), 0) - 1 as growth
    from winters as now
    inner join winters as before on now.outcome_id = before.outcome_id and now.calendar_year = before.calendar_year + 1
),

full_years as (
    select
        outcome_id,
        calendar_year,
        sum(value) as value
    from numbered
    group by outcome_id, calendar_year
    having count(value) = 12
),

bases as (
    select
        outcome_id,
        min(calendar_year) as base_year
    from full_years
    where value > 0
    group by outcome_id
),

compared as (
    select
        now.outcome_id,
        now.month,
        now.unit,
        now.value,
        now.calendar_year,
        now.calendar_month,
        now.month_number,
        before.value as base_value,
        cast(now.value as double) as v1,
        cast(before.value as double) as v0,
        bases.base_year,
        cast(full_years.value as double) / 12 as base_mean,
        registry.reporter_iso3 in ('CHN', 'HKG', 'TWN', 'SGP', 'MYS', 'VNM', 'KOR') as is_lunar
    from numbered as now
    inner join registry on now.outcome_id = registry.outcome_id
    left join numbered as before on now.outcome_id = before.outcome_id and now.month_number = before.month_number + 12
    left join bases on now.outcome_id = bases.outcome_id
    left join full_years on bases.outcome_id = full_years.outcome_id and bases.base_year = full_years.calendar_year
)

select
    cast(compared.outcome_id as VARCHAR) as outcome_id,
    cast(compared.month as DATE) as month,
    cast(compared.unit as VARCHAR) as unit,
    cast(compared.value as DECIMAL(24,6)) as value,
    cast(case when rolled.n_3 = 3 then rolled.sum_3 end as DECIMAL(24,6)) as rolling_3,
    cast(case when rolled.n_12 = 12 then rolled.sum_12 end as DECIMAL(24,6)) as rolling_12,
    cast(compared.base_value as DECIMAL(24,6)) as base_value,
    cast(compared.v1 / nullif(compared.v0, 0) - 1 as DOUBLE) as yoy,
    cast(case when compared.calendar_month <= 2 and compared.is_lunar then winter_growth.growth end as DOUBLE) as yoy_jan_feb,
    cast(case when compared.v1 > 0 and compared.v0 > 0 then ln(compared.v1) - ln(compared.v0) end as DOUBLE) as dlog_12,
    cast(
        case
            when compared.v1 >= 0 and compared.v0 >= 0 then 2 * (compared.v1 - compared.v0) / nullif(compared.v1 + compared.v0, 0)
        end as DOUBLE
    ) as dhs,
    cast(100 * compared.v1 / nullif(compared.base_mean, 0) as DOUBLE) as index_100,
    cast(compared.base_year as BIGINT) as index_base_year,
    cast(compared.is_lunar as BOOLEAN) as is_lunar_new_year_reporter,
    cast(
        case
            when compared.value is null then 'missing'
            when compared.base_value is null then 'no_base'
            when compared.base_value = 0 then 'base_zero'
        end as VARCHAR
    ) as absence_reason,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from compared
inner join rolled on compared.outcome_id = rolled.outcome_id and compared.month_number = rolled.month_number
left join winter_growth
    on compared.outcome_id = winter_growth.outcome_id
    and compared.calendar_year = winter_growth.calendar_year
