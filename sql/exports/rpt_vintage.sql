-- One row per cell and release (A17): the figure and the days on which it was the latest known. From metrics.metric_vintage.
-- Years and other whole periods, and months of which more than one release is known. Rows that may not be passed on are left out.

with
vintages as (select * from metrics.metric_vintage),

countries as (select * from core.dim_country),

licences as (select * from core.dim_licence),

revised as (
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, frequency, period_start
    from vintages
    where release_number = 2
)

select
    cast(reporters.name_en as VARCHAR) as reporter_name,
    cast(partners.name_en as VARCHAR) as partner_label,
    cast(vintages.source_id as VARCHAR) as source_id,
    cast(vintages.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(vintages.partner_iso3 as VARCHAR) as partner_iso3,
    cast(vintages.flow as VARCHAR) as flow,
    cast(vintages.trade_basis as VARCHAR) as trade_basis,
    cast(vintages.classification as VARCHAR) as classification,
    cast(vintages.product_code as VARCHAR) as product_code,
    cast(vintages.frequency as VARCHAR) as frequency,
    cast(vintages.period_start as DATE) as period_start,
    cast(vintages.period_end as DATE) as period_end,
    cast(vintages.release_id as VARCHAR) as release_id,
    cast(vintages.release_number as BIGINT) as release_number,
    cast(vintages.value_usd as DECIMAL(20,3)) as value_usd,
    cast(vintages.vintage_state as VARCHAR) as vintage_state,
    cast(vintages.absence_reason as VARCHAR) as absence_reason,
    cast(vintages.known_at as DATE) as known_at,
    cast(vintages.vintage_at as DATE) as vintage_at,
    cast(vintages.known_from as DATE) as known_from,
    cast(vintages.known_until as DATE) as known_until,
    cast(vintages.known_from_basis as VARCHAR) as known_from_basis,
    cast(vintages.is_latest_release as BOOLEAN) as is_latest_release,
    cast(vintages.revision as DOUBLE) as revision,
    cast(vintages.licence_id as VARCHAR) as licence_id,
    cast(vintages.value_label as VARCHAR) as value_label,
    cast(vintages.evidence_label as VARCHAR) as evidence_label
from vintages
inner join licences on vintages.licence_id = licences.licence_id
inner join countries as reporters on vintages.reporter_iso3 = reporters.country_iso3
inner join countries as partners on vintages.partner_iso3 = partners.country_iso3
left join revised
    on vintages.source_id = revised.source_id
    and vintages.reporter_iso3 = revised.reporter_iso3
    and vintages.partner_iso3 = revised.partner_iso3
    and vintages.flow = revised.flow
    and vintages.trade_basis = revised.trade_basis
    and vintages.classification = revised.classification
    and vintages.product_code = revised.product_code
    and vintages.frequency = revised.frequency
    and vintages.period_start = revised.period_start
where licences.may_redistribute_rows and (vintages.frequency <> 'M' or revised.source_id is not null)
