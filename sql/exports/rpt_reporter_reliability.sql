-- One row per reporter, role, method and three-year window: disagreement with mirrors. From metrics.metric_reporter_reliability.

with
metric as (select * from metrics.metric_reporter_reliability),

countries as (select * from core.dim_country)

select
    cast(metric.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(reporters.name_en as VARCHAR) as reporter_name,
    cast(metric.reporter_role as VARCHAR) as reporter_role,
    cast(metric.reliability_method as VARCHAR) as reliability_method,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.period_end as DATE) as period_end,
    cast(metric.error_scale_low as DOUBLE) as error_scale_low,
    cast(metric.error_scale as DOUBLE) as error_scale,
    cast(metric.error_scale_high as DOUBLE) as error_scale_high,
    cast(metric.reliability_score as DOUBLE) as reliability_score,
    cast(metric.n_cells as BIGINT) as n_cells,
    cast(metric.is_pooled as BOOLEAN) as is_pooled,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.band_absence_reason as VARCHAR) as band_absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join countries as reporters on metric.reporter_iso3 = reporters.country_iso3
