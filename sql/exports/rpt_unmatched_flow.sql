-- One row per exporter, importer, HS code and year that one side alone reports (A9): orphaned and lost flows, and why.
-- From metrics.metric_mirror_pair. Orphaned: only the importer reports the trade; lost: only the exporter. The reporter is the side
-- with a figure; unmatched_reason says what the other side's report is. Amounts under terms that keep single records
-- inside are rounded to 10 million US dollars.

with
pairs as (select * from metrics.metric_mirror_pair),

countries as (select * from core.dim_country),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence),

alone as (
    select
        pair_state,
        case when pair_state = 'lost' then exporter_iso3 else importer_iso3 end as reporter_iso3,
        case when pair_state = 'lost' then 'exporter' else 'importer' end as reporter_role,
        case when pair_state = 'lost' then importer_iso3 else exporter_iso3 end as partner_iso3,
        product_code,
        period_start,
        case when pair_state = 'lost' then exporter_usd else importer_usd end as value_usd,
        case when pair_state = 'lost' then 'importer_' || importer_state else 'exporter_' || exporter_state end
            as unmatched_reason,
        is_entrepot_pair,
        is_taiwan_proxy,
        pair_licence_id
    from pairs
    where window_kind = 'year' and pair_state in ('lost', 'orphaned')
)

select
    cast(alone.pair_state as VARCHAR) as pair_state,
    cast(alone.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(reporters.name_en as VARCHAR) as reporter_name,
    cast(alone.reporter_role as VARCHAR) as reporter_role,
    cast(alone.partner_iso3 as VARCHAR) as partner_iso3,
    cast(partners.name_en as VARCHAR) as partner_label,
    cast(alone.product_code as VARCHAR) as product_code,
    cast(coalesce(products.title, alone.product_code) as VARCHAR) as goods_title,
    cast(alone.period_start as DATE) as period_start,
    cast(
        case when coalesce(licences.may_redistribute_rows, false) then alone.value_usd else round(alone.value_usd / 10000000, 0) * 10000000 end
        as DECIMAL(20,3)
    ) as value_usd,
    cast(alone.unmatched_reason as VARCHAR) as unmatched_reason,
    cast(alone.is_entrepot_pair as BOOLEAN) as is_entrepot_pair,
    cast('difference_between_reports_not_evasion' as VARCHAR) as claim_limit,
    cast(not coalesce(licences.may_redistribute_rows, false) as BOOLEAN) as is_rounded_by_terms,
    cast(alone.is_taiwan_proxy as BOOLEAN) as is_taiwan_proxy,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from alone
inner join countries as reporters on alone.reporter_iso3 = reporters.country_iso3
inner join countries as partners on alone.partner_iso3 = partners.country_iso3
left join products on alone.product_code = products.code
left join licences on alone.pair_licence_id = licences.licence_id
