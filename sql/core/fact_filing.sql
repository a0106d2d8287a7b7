-- One row per release, reporter, flow and period: did this reporter file? From staging.stg_trade_obs.
-- Expected are all reporters of a release in all periods of that release; a reporter without any row in a period is
-- missing there, whatever the reason. What a release does not hold is not judged.

with
filed as (select * from staging.stg_trade_obs),

counted as (
    select
        filed.source_id,
        filed.dataset_id,
        filed.release_id,
        filed.reporter_iso3,
        filed.flow,
        filed.trade_basis,
        filed.frequency,
        filed.period_start,
        filed.period_end,
        count(*) as n_rows
    from filed
    group by
        filed.source_id, filed.dataset_id, filed.release_id, filed.reporter_iso3, filed.flow, filed.trade_basis,
        filed.frequency, filed.period_start, filed.period_end
),

reporters as (
    select distinct source_id, dataset_id, release_id, reporter_iso3, flow, trade_basis, frequency
    from counted
),

periods as (
    select distinct release_id, flow, trade_basis, frequency, period_start, period_end
    from counted
)

select
    cast(reporters.source_id as VARCHAR) as source_id,
    cast(reporters.dataset_id as VARCHAR) as dataset_id,
    cast(reporters.release_id as VARCHAR) as release_id,
    cast(reporters.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(reporters.flow as VARCHAR) as flow,
    cast(reporters.trade_basis as VARCHAR) as trade_basis,
    cast(reporters.frequency as VARCHAR) as frequency,
    cast(periods.period_start as DATE) as period_start,
    cast(periods.period_end as DATE) as period_end,
    cast(case when counted.n_rows is null then 'missing' else 'filed' end as VARCHAR) as filing_state,
    cast(coalesce(counted.n_rows, 0) as BIGINT) as n_rows
from reporters
inner join periods
    on reporters.release_id = periods.release_id
    and reporters.flow = periods.flow
    and reporters.trade_basis = periods.trade_basis
    and reporters.frequency = periods.frequency
left join counted
    on reporters.release_id = counted.release_id
    and reporters.reporter_iso3 = counted.reporter_iso3
    and reporters.flow = counted.flow
    and reporters.trade_basis = counted.trade_basis
    and reporters.frequency = counted.frequency
    and periods.period_start = counted.period_start
