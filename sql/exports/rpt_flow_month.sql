-- One row per outcome series and month; series under terms that forbid passing rows on are left out. From metrics.metric_growth.

with
growth as (select * from metrics.metric_growth),

outcomes as (select * from metrics.metric_outcome_month),

registry as (select * from tidy.outcome_series),

sources as (select * from core.dim_source),

licences as (select * from core.dim_licence)

select
    cast(growth.outcome_id as VARCHAR) as outcome_id,
    cast(registry.title as VARCHAR) as title,
    cast(registry.source_id as VARCHAR) as source_id,
    cast(sources.licence_id as VARCHAR) as licence_id,
    cast(
        case
            when outcomes.n_present is null then 'the parts of the series are not known'
            when outcomes.n_present < outcomes.n_expected
                then cast(outcomes.n_present as varchar) || ' of ' || cast(outcomes.n_expected as varchar)
                    || ' cells of the month are present: no value'
            else 'all cells of the month are present: ' || cast(outcomes.n_expected as varchar)
        end as VARCHAR
    ) as coverage_statement,
    cast(growth.month as DATE) as month,
    cast(growth.unit as VARCHAR) as unit,
    cast(growth.value as DECIMAL(24,6)) as value,
    cast(growth.rolling_3 as DECIMAL(24,6)) as rolling_3,
    cast(growth.rolling_12 as DECIMAL(24,6)) as rolling_12,
    cast(growth.base_value as DECIMAL(24,6)) as base_value,
    cast(growth.yoy as DOUBLE) as yoy,
    cast(growth.yoy_jan_feb as DOUBLE) as yoy_jan_feb,
    cast(growth.dlog_12 as DOUBLE) as dlog_12,
    cast(growth.dhs as DOUBLE) as dhs,
    cast(growth.index_100 as DOUBLE) as index_100,
    cast(growth.index_base_year as BIGINT) as index_base_year,
    cast(growth.is_lunar_new_year_reporter as BOOLEAN) as is_lunar_new_year_reporter,
    cast(growth.absence_reason as VARCHAR) as absence_reason,
    cast(growth.value_label as VARCHAR) as value_label,
    cast(growth.evidence_label as VARCHAR) as evidence_label
from growth
left join outcomes on growth.outcome_id = outcomes.outcome_id and growth.month = outcomes.month
inner join registry on growth.outcome_id = registry.outcome_id
inner join sources on registry.source_id = sources.source_id
inner join licences on sources.licence_id = licences.licence_id
where licences.may_redistribute_rows
