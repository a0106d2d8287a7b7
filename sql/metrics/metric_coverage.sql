-- One row per heading, flow, frequency and period (A19): share of base-period trade whose reporters filed.
-- From the World totals of core.fact_control_total. Weights are the reporters' values in the two calendar years before;
-- a reporter that filed only one of them weighs accordingly less. Below 0.8 the total must not be a headline.

with
totals as (select * from core.fact_control_total),

world as (
    select
        totals.product_code,
        totals.flow,
        totals.frequency,
        totals.reporter_iso3,
        totals.period_start,
        totals.period_end,
        extract(year from totals.period_start) as calendar_year,
        max(totals.value_usd) as value_usd
    from totals
    where totals.is_current and totals.control_kind = 'world_total' and totals.source_id = 'comtrade'
    group by
        totals.product_code, totals.flow, totals.frequency, totals.reporter_iso3, totals.period_start, totals.period_end
),

periods as (
    select product_code, flow, frequency, period_start, period_end, calendar_year, count(*) as n_filed_all
    from world
    group by product_code, flow, frequency, period_start, period_end, calendar_year
),

many_reporters as (
    select product_code, flow
    from world
    group by product_code, flow
    having count(distinct reporter_iso3) > 1
),

weights as (
    select
        periods.product_code,
        periods.flow,
        periods.frequency,
        periods.period_start,
        base.reporter_iso3,
        sum(base.value_usd) as weight_usd
    from periods
    inner join world as base
        on periods.product_code = base.product_code
        and periods.flow = base.flow
        and base.frequency = 'A'
        and base.calendar_year between periods.calendar_year - 2 and periods.calendar_year - 1
    group by periods.product_code, periods.flow, periods.frequency, periods.period_start, base.reporter_iso3
),

base_years as (
    select
        periods.product_code,
        periods.flow,
        periods.frequency,
        periods.period_start,
        min(base.period_start) as base_start,
        max(base.period_end) as base_end,
        count(distinct base.calendar_year) as n_years
    from periods
    inner join world as base
        on periods.product_code = base.product_code
        and periods.flow = base.flow
        and base.frequency = 'A'
        and base.calendar_year between periods.calendar_year - 2 and periods.calendar_year - 1
    group by periods.product_code, periods.flow, periods.frequency, periods.period_start
),

judged as (
    select
        weights.product_code,
        weights.flow,
        weights.frequency,
        weights.period_start,
        count(*) as n_expected,
        count(filed.reporter_iso3) as n_filed,
        sum(weights.weight_usd) as weight_all,
        sum(case when filed.reporter_iso3 is not null then weights.weight_usd else 0 end) as weight_filed
    from weights
    left join world as filed
        on weights.product_code = filed.product_code
        and weights.flow = filed.flow
        and weights.frequency = filed.frequency
        and weights.period_start = filed.period_start
        and weights.reporter_iso3 = filed.reporter_iso3
    group by weights.product_code, weights.flow, weights.frequency, weights.period_start
),

absent as (
    select
        weights.product_code,
        weights.flow,
        weights.frequency,
        weights.period_start,
        string_agg(weights.reporter_iso3, ';' order by weights.reporter_iso3) as missing_reporters
    from weights
    inner join judged
        on weights.product_code = judged.product_code
        and weights.flow = judged.flow
        and weights.frequency = judged.frequency
        and weights.period_start = judged.period_start
    left join world as filed
        on weights.product_code = filed.product_code
        and weights.flow = filed.flow
        and weights.frequency = filed.frequency
        and weights.period_start = filed.period_start
        and weights.reporter_iso3 = filed.reporter_iso3
    where filed.reporter_iso3 is null and weights.weight_usd * 200 >= judged.weight_all
    group by weights.product_code, weights.flow, weights.frequency, weights.period_start
)

select
    cast(periods.product_code as VARCHAR) as product_code,
    cast(periods.flow as VARCHAR) as flow,
    cast(periods.frequency as VARCHAR) as frequency,
    cast(periods.period_start as DATE) as period_start,
    cast(periods.period_end as DATE) as period_end,
    cast(case when base_years.n_years = 2 then base_years.base_start end as DATE) as base_start,
    cast(case when base_years.n_years = 2 then base_years.base_end end as DATE) as base_end,
    cast(
        case
            when base_years.n_years = 2
                then cast(judged.weight_filed as double) / nullif(cast(judged.weight_all as double), 0)
        end as DOUBLE
    ) as coverage_share,
    cast(coalesce(judged.n_expected, 0) as BIGINT) as n_reporters_expected,
    cast(coalesce(judged.n_filed, 0) as BIGINT) as n_reporters_filed,
    cast(absent.missing_reporters as VARCHAR) as missing_reporters,
    cast(
        coalesce(
            base_years.n_years = 2
            and cast(judged.weight_filed as double) >= 0.8 * cast(judged.weight_all as double), false
        ) as BOOLEAN
    ) as is_headline_allowed,
    cast(
        case
            when coalesce(base_years.n_years, 0) < 2 then 'no_base_period'
            when coalesce(judged.weight_all, 0) = 0 then 'base_zero'
        end as VARCHAR
    ) as absence_reason,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from periods
inner join many_reporters on periods.product_code = many_reporters.product_code and periods.flow = many_reporters.flow
left join base_years
    on periods.product_code = base_years.product_code
    and periods.flow = base_years.flow
    and periods.frequency = base_years.frequency
    and periods.period_start = base_years.period_start
left join judged
    on periods.product_code = judged.product_code
    and periods.flow = judged.flow
    and periods.frequency = judged.frequency
    and periods.period_start = judged.period_start
left join absent
    on periods.product_code = absent.product_code
    and periods.flow = absent.flow
    and periods.frequency = absent.frequency
    and periods.period_start = absent.period_start
