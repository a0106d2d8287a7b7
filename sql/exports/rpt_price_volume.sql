-- One row per stage, partner, period and method: change of value on a year before as price plus volume; annual cells too.
-- From metrics.metric_price_volume. Where terms bar passing on rows, only indices over three pairs or more go out: fewer
-- would give away the growth of a single record.

with
metric as (select * from metrics.metric_price_volume),

countries as (select * from core.dim_country),

licences as (select * from core.dim_licence)

select
    cast(reporters.name_en as VARCHAR) as country_name,
    cast(partners.name_en as VARCHAR) as partner_name,
    cast(metric.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(metric.partner_iso3 as VARCHAR) as partner_iso3,
    cast(metric.flow as VARCHAR) as flow,
    cast(metric.price_series_kind as VARCHAR) as price_series_kind,
    cast(metric.price_series_code as VARCHAR) as price_series_code,
    cast(metric.quantity_basis as VARCHAR) as quantity_basis,
    cast(metric.frequency as VARCHAR) as frequency,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.period_end as DATE) as period_end,
    cast(metric.price_base_start as DATE) as price_base_start,
    cast(metric.row_selection as VARCHAR) as row_selection,
    cast(metric.price_method as VARCHAR) as price_method,
    cast(metric.n_varieties as BIGINT) as n_varieties,
    cast(metric.matched_share as DOUBLE) as matched_share,
    cast(metric.dlog_value as DOUBLE) as dlog_value,
    cast(metric.dlog_price as DOUBLE) as dlog_price,
    cast(metric.dlog_volume as DOUBLE) as dlog_volume,
    cast(metric.value_change as DOUBLE) as value_change,
    cast(metric.price_change as DOUBLE) as price_change,
    cast(metric.volume_change as DOUBLE) as volume_change,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(metric.licence_id as VARCHAR) as licence_id,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join licences on metric.licence_id = licences.licence_id
left join countries as reporters on metric.reporter_iso3 = reporters.country_iso3
left join countries as partners on metric.partner_iso3 = partners.country_iso3
where (licences.may_redistribute_rows or metric.n_varieties >= 3)
    and (metric.frequency = 'A' or metric.price_series_kind <> 'cell')
