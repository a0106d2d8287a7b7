-- One row per outcome series, month and method (A4): factor and adjusted value; series that may not be passed on are left out.
-- From metrics.metric_seasonal_adjustment.

with
metric as (select * from metrics.metric_seasonal_adjustment),

registry as (select * from tidy.outcome_series),

sources as (select * from core.dim_source),

licences as (select * from core.dim_licence)

select
    cast(metric.outcome_id as VARCHAR) as outcome_id,
    cast(registry.title as VARCHAR) as title,
    cast(registry.source_id as VARCHAR) as source_id,
    cast(sources.licence_id as VARCHAR) as licence_id,
    cast(metric.month as DATE) as month,
    cast(metric.adjustment as VARCHAR) as adjustment,
    cast(metric.seasonal_factor as DOUBLE) as seasonal_factor,
    cast(metric.adjusted as DOUBLE) as adjusted,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join registry on metric.outcome_id = registry.outcome_id
inner join sources on registry.source_id = sources.source_id
inner join licences on sources.licence_id = licences.licence_id
where licences.may_redistribute_rows
