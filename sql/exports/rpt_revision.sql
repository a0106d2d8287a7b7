-- One row per source, reporter, flow, frequency and age: what was still revised, or that there is only one release.
-- From metrics.metric_revision_maturity; means over many cells, no single record: rows over fewer than three are left out.

with
metric as (select * from metrics.metric_revision_maturity),

countries as (select * from core.dim_country)

select
    cast(reporters.name_en as VARCHAR) as country_name,
    cast(metric.source_id as VARCHAR) as source_id,
    cast(metric.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(metric.flow as VARCHAR) as flow,
    cast(metric.frequency as VARCHAR) as frequency,
    cast(metric.maturity_month as BIGINT) as maturity_month,
    cast(metric.n_revision_cells as BIGINT) as n_revision_cells,
    cast(metric.mean_revision as DOUBLE) as mean_revision,
    cast(metric.mean_absolute_revision as DOUBLE) as mean_absolute_revision,
    cast(metric.revised_share as DOUBLE) as revised_share,
    cast(metric.nowcast_low as DOUBLE) as nowcast_low,
    cast(metric.nowcast_high as DOUBLE) as nowcast_high,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
left join countries as reporters on metric.reporter_iso3 = reporters.country_iso3
where metric.absence_reason is not null or metric.n_revision_cells >= 3
