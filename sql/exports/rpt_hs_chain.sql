-- One row per cell and code in the target revision, with names in full; rows that may not be passed on are left out.
-- From metrics.metric_hs_chain, the countries, products and licences.

with
metric as (select * from metrics.metric_hs_chain),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence)

select
    cast(coalesce(reporters.name_en, metric.reporter_iso3) as VARCHAR) as country_name,
    cast(coalesce(partners.name_en, metric.partner_iso3) as VARCHAR) as partner_name,
    cast(coalesce(products.title, 'HS ' || metric.product_code) as VARCHAR) as product_title,
    cast(
        case
            when metric.is_comparable and metric.chain_method = 'as_filed' then 'As filed: the reporter uses this revision.'
            when metric.is_comparable then 'Same goods under both revisions: may be compared.'
            when metric.may_miss_inflow then 'Goods moved between codes: an estimate that may lack goods of other codes.'
            when metric.chain_state = 'converted' then 'Goods moved between codes: an estimate, read the interval.'
            when metric.absence_reason = 'revision_not_stated' then 'Not converted: the publisher does not state the HS revision.'
            when metric.absence_reason = 'links_incomplete' then 'Not converted: not all links of this code are shipped.'
            else 'Not converted: the shipped part of the UN table has no link for it.'
        end as VARCHAR
    ) as comparability_words,
    cast(metric.source_id as VARCHAR) as source_id,
    cast(metric.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(metric.partner_iso3 as VARCHAR) as partner_iso3,
    cast(metric.flow as VARCHAR) as flow,
    cast(metric.trade_basis as VARCHAR) as trade_basis,
    cast(metric.target_revision as VARCHAR) as target_revision,
    cast(metric.product_code as VARCHAR) as product_code,
    cast(metric.chain_state as VARCHAR) as chain_state,
    cast(metric.frequency as VARCHAR) as frequency,
    cast(metric.period_start as DATE) as period_start,
    cast(metric.period_end as DATE) as period_end,
    cast(metric.filed_revision as VARCHAR) as filed_revision,
    cast(metric.n_filed_codes as BIGINT) as n_filed_codes,
    cast(metric.filed_usd as DECIMAL(20,3)) as filed_usd,
    cast(metric.chain_low_usd as DECIMAL(20,3)) as chain_low_usd,
    cast(metric.chain_usd as DECIMAL(20,3)) as chain_usd,
    cast(metric.chain_high_usd as DECIMAL(20,3)) as chain_high_usd,
    cast(metric.chain_quantity as DECIMAL(24,6)) as chain_quantity,
    cast(metric.quantity_unit as VARCHAR) as quantity_unit,
    cast(metric.chain_method as VARCHAR) as chain_method,
    cast(metric.may_miss_inflow as BOOLEAN) as may_miss_inflow,
    cast(metric.is_comparable as BOOLEAN) as is_comparable,
    cast(metric.absence_reason as VARCHAR) as absence_reason,
    cast(metric.licence_id as VARCHAR) as licence_id,
    cast(metric.value_label as VARCHAR) as value_label,
    cast(metric.evidence_label as VARCHAR) as evidence_label
from metric
inner join licences on metric.licence_id = licences.licence_id
left join countries as reporters on metric.reporter_iso3 = reporters.country_iso3
left join countries as partners on metric.partner_iso3 = partners.country_iso3
left join products on metric.product_code = products.code
where licences.may_redistribute_rows
