-- One row per reporter, flow, HS code and year: Herfindahl index over partners, with bounds and coverage.
-- From metrics.metric_concentration. Where terms bar passing on rows, only indices over three partners or more go out, and
-- the coverage only where the World total may be passed on too: sum and coverage together would give it away.

with
metric as (select * from metrics.metric_concentration),

worlds as (select * from metrics.metric_world_report),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence)

select
    cast(reporters.name_en as VARCHAR) as country_name,
    cast(products.title as VARCHAR) as product_title,
    cast(
        cast(metric.n_present as varchar) || ' of ' || cast(metric.n_expected as varchar) || ' partners have a figure; '
        || coalesce(
            case
                when world_terms.may_redistribute_rows
                    then 'they hold ' || cast(round(100 * metric.world_covered_ratio, 1) as varchar) || ' % of the World total'
            end,
            'their share of the World total is not known or may not be passed on'
        ) as VARCHAR
    ) as coverage_statement,
    cast(metric.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(metric.flow as VARCHAR) as flow,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(metric.frequency as VARCHAR) as frequency,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.period_end as DATE) as period_end,
    cast(metric.partner_total_usd as DECIMAL(20,3)) as partner_total_usd,
    cast(metric.n_partners as BIGINT) as n_partners,
    cast(metric.n_residual_partners as BIGINT) as n_residual_partners,
    cast(metric.n_negative as BIGINT) as n_negative,
    cast(metric.n_expected as BIGINT) as n_expected,
    cast(metric.n_present as BIGINT) as n_present,
    cast(case when world_terms.may_redistribute_rows then metric.world_covered_ratio end as DOUBLE) as world_covered_ratio,
    cast(metric.hhi_low as DOUBLE) as hhi_low,
    cast(metric.hhi as DOUBLE) as hhi,
    cast(metric.hhi_high as DOUBLE) as hhi_high,
    cast(metric.hhi_10000 as DOUBLE) as hhi_10000,
    cast(metric.effective_partners as DOUBLE) as effective_partners,
    cast(metric.hhi_normalised as DOUBLE) as hhi_normalised,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(metric.licence_id as VARCHAR) as licence_id,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join licences on metric.licence_id = licences.licence_id
left join worlds
    on metric.reporter_iso3 = worlds.reporter_iso3
    and metric.flow = worlds.flow
    and metric.product_code = worlds.product_code
    and metric.frequency = worlds.frequency
    and metric.period_start = worlds.period_start
left join licences as world_terms on worlds.licence_id = world_terms.licence_id
left join countries as reporters on metric.reporter_iso3 = reporters.country_iso3
left join products on metric.product_code = products.code
where metric.frequency = 'A' and (licences.may_redistribute_rows or metric.n_partners >= 3)
