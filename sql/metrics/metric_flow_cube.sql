-- One row per source, reporter, partner, flow, code and period (A1): the current release, national lines added to HS6.
-- From core.fact_trade_flow and core.fact_filing. Lines are added to HS6 only where the file holds every line of its
-- headings. A pair and code seen in a file at any time is expected in every period: zero if the reporter filed the
-- period, missing if it did not, or if the period of a file that is filed by good lacks the good. Files about one line or one year hold no expectation beyond their own rows. Where files
-- of one source overlap, a reported cell goes before an expected one, and a filed period before a missing one; only periods that
-- several releases cover are ranked. A cell that a later release of the same file leaves out of its complete list of partners is
-- withdrawn (A17) and has no value; of its lines, those that the later release leaves out are not added.

with
flows as (select * from core.fact_trade_flow),

filed_periods as (select * from core.fact_filing),

scopes as (select * from tidy.dataset_scope),

filed_cells as (
    select
        flows.source_id,
        flows.dataset_id,
        flows.release_id,
        flows.reporter_iso3,
        flows.partner_iso3,
        flows.flow,
        flows.trade_basis,
        flows.classification as filed_classification,
        case when scopes.has_all_lines then 'HS' else flows.classification end as classification,
        case when scopes.has_all_lines then coalesce(flows.hs6, flows.product_code) else flows.product_code end as product_code,
        flows.frequency,
        flows.period_start,
        flows.value_usd,
        flows.quantity,
        flows.quantity_unit,
        flows.is_quantity_estimated,
        flows.net_kg,
        flows.is_weight_estimated,
        flows.value_basis,
        flows.absence_reason,
        flows.is_taiwan_proxy,
        flows.is_later_vintage,
        flows.is_current,
        flows.vintage_at,
        flows.licence_id
    from flows
    left join scopes on flows.dataset_id = scopes.dataset_id
),

listed_again as (
    select
        filed_periods.dataset_id, filed_periods.reporter_iso3, filed_periods.flow, filed_periods.trade_basis,
        filed_periods.frequency, filed_periods.period_start
    from filed_periods
    inner join scopes on filed_periods.dataset_id = scopes.dataset_id
    where scopes.has_all_partners and filed_periods.filing_state = 'filed'
    group by
        filed_periods.dataset_id, filed_periods.reporter_iso3, filed_periods.flow, filed_periods.trade_basis,
        filed_periods.frequency, filed_periods.period_start
    having min(filed_periods.release_id) < max(filed_periods.release_id)
),

lists as (
    select
        filed_cells.dataset_id,
        filed_cells.reporter_iso3,
        filed_cells.flow,
        filed_cells.trade_basis,
        filed_cells.filed_classification,
        filed_cells.product_code,
        filed_cells.frequency,
        filed_cells.period_start,
        max(filed_cells.vintage_at) as listed_at
    from filed_cells
    inner join listed_again
        on filed_cells.dataset_id = listed_again.dataset_id
        and filed_cells.reporter_iso3 = listed_again.reporter_iso3
        and filed_cells.flow = listed_again.flow
        and filed_cells.trade_basis = listed_again.trade_basis
        and filed_cells.frequency = listed_again.frequency
        and filed_cells.period_start = listed_again.period_start
    group by
        filed_cells.dataset_id, filed_cells.reporter_iso3, filed_cells.flow, filed_cells.trade_basis,
        filed_cells.filed_classification, filed_cells.product_code, filed_cells.frequency, filed_cells.period_start
),

current_cells as (
    select
        filed_cells.source_id,
        filed_cells.dataset_id,
        filed_cells.reporter_iso3,
        filed_cells.partner_iso3,
        filed_cells.flow,
        filed_cells.trade_basis,
        filed_cells.filed_classification,
        filed_cells.product_code,
        filed_cells.frequency,
        filed_cells.period_start,
        case when lists.dataset_id is null then filed_cells.value_usd end as value_usd,
        case when lists.dataset_id is null then filed_cells.quantity end as quantity,
        case when lists.dataset_id is null then filed_cells.quantity_unit end as quantity_unit,
        filed_cells.is_quantity_estimated,
        case when lists.dataset_id is null then filed_cells.net_kg end as net_kg,
        filed_cells.is_weight_estimated,
        filed_cells.is_later_vintage,
        case when lists.dataset_id is null then filed_cells.absence_reason end as absence_reason,
        case when lists.dataset_id is null then 1 else 0 end as n_kept
    from filed_cells
    left join lists
        on filed_cells.dataset_id = lists.dataset_id
        and filed_cells.reporter_iso3 = lists.reporter_iso3
        and filed_cells.flow = lists.flow
        and filed_cells.trade_basis = lists.trade_basis
        and filed_cells.filed_classification = lists.filed_classification
        and filed_cells.product_code = lists.product_code
        and filed_cells.frequency = lists.frequency
        and filed_cells.period_start = lists.period_start
        and filed_cells.vintage_at < lists.listed_at
    where filed_cells.is_current
),

reported as (
    select
        source_id,
        max(dataset_id) as dataset_id,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_basis,
        filed_classification,
        product_code,
        frequency,
        period_start,
        case when count(value_usd) = sum(n_kept) then sum(value_usd) end as value_usd,
        case when count(quantity) = sum(n_kept) and min(quantity_unit) = max(quantity_unit) then sum(quantity) end as quantity,
        min(quantity_unit) as quantity_unit,
        max(case when is_quantity_estimated then 1 else 0 end) as n_quantity_estimated,
        case when count(net_kg) = sum(n_kept) then sum(net_kg) end as net_kg,
        max(case when is_weight_estimated then 1 else 0 end) as n_estimated,
        max(case when is_later_vintage then 1 else 0 end) as n_later,
        case when sum(n_kept) = 0 then 'withdrawn' else max(absence_reason) end as absence_reason,
        sum(n_kept) as n_lines
    from current_cells
    group by
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, filed_classification, product_code, frequency, period_start
),

expected_cells as (
    select
        source_id,
        dataset_id,
        release_id,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_basis,
        filed_classification,
        classification,
        product_code,
        frequency,
        min(value_basis) as value_basis,
        max(case when is_taiwan_proxy then 1 else 0 end) as n_taiwan,
        max(case when is_later_vintage then 1 else 0 end) as n_later,
        min(licence_id) as licence_id
    from filed_cells
    group by
        source_id, dataset_id, release_id, reporter_iso3, partner_iso3, flow, trade_basis, filed_classification,
        classification, product_code, frequency
),

goods_filed as (
    select distinct
        filed_cells.release_id, filed_cells.reporter_iso3, filed_cells.flow, filed_cells.trade_basis,
        filed_cells.filed_classification, filed_cells.product_code, filed_cells.frequency, filed_cells.period_start
    from filed_cells
    inner join scopes on filed_cells.dataset_id = scopes.dataset_id
    where scopes.is_filed_by_good
),

filings as (
    select
        release_id,
        reporter_iso3,
        flow,
        trade_basis,
        frequency,
        period_start,
        period_end,
        filing_state,
        count(*) over (
            partition by source_id, reporter_iso3, flow, trade_basis, frequency, period_start
        ) as n_releases
    from filed_periods
),

candidates as (
    select
        expected_cells.source_id,
        coalesce(reported.dataset_id, expected_cells.dataset_id) as dataset_id,
        expected_cells.reporter_iso3,
        expected_cells.partner_iso3,
        expected_cells.flow,
        expected_cells.trade_basis,
        expected_cells.classification,
        expected_cells.product_code,
        expected_cells.frequency,
        filings.period_start,
        filings.period_end,
        case
            when scopes.is_filed_by_good and goods_filed.release_id is null then 'missing'
            else filings.filing_state
        end as filing_state,
        reported.value_usd,
        reported.quantity,
        reported.quantity_unit,
        reported.n_quantity_estimated,
        reported.net_kg,
        reported.n_estimated,
        reported.absence_reason,
        reported.n_lines,
        expected_cells.value_basis,
        expected_cells.n_taiwan,
        coalesce(reported.n_later, expected_cells.n_later) as n_later,
        expected_cells.licence_id,
        expected_cells.release_id,
        expected_cells.filed_classification,
        case when expected_cells.dataset_id = reported.dataset_id then 0 else 1 end as is_other_file,
        filings.n_releases
    from expected_cells
    inner join filings
        on expected_cells.release_id = filings.release_id
        and expected_cells.reporter_iso3 = filings.reporter_iso3
        and expected_cells.flow = filings.flow
        and expected_cells.trade_basis = filings.trade_basis
        and expected_cells.frequency = filings.frequency
    left join reported
        on expected_cells.source_id = reported.source_id
        and expected_cells.reporter_iso3 = reported.reporter_iso3
        and expected_cells.partner_iso3 = reported.partner_iso3
        and expected_cells.flow = reported.flow
        and expected_cells.trade_basis = reported.trade_basis
        and expected_cells.filed_classification = reported.filed_classification
        and expected_cells.product_code = reported.product_code
        and expected_cells.frequency = reported.frequency
        and filings.period_start = reported.period_start
    left join scopes on expected_cells.dataset_id = scopes.dataset_id
    left join goods_filed
        on expected_cells.release_id = goods_filed.release_id
        and expected_cells.reporter_iso3 = goods_filed.reporter_iso3
        and expected_cells.flow = goods_filed.flow
        and expected_cells.trade_basis = goods_filed.trade_basis
        and expected_cells.filed_classification = goods_filed.filed_classification
        and expected_cells.product_code = goods_filed.product_code
        and expected_cells.frequency = goods_filed.frequency
        and filings.period_start = goods_filed.period_start
),

ranked as (
    select
        source_id, dataset_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, frequency,
        period_start, period_end, filing_state, value_usd, quantity, quantity_unit, n_quantity_estimated, net_kg,
        n_estimated, absence_reason, n_lines, value_basis, n_taiwan, n_later, licence_id,
        row_number() over (
            partition by
                source_id, reporter_iso3, partner_iso3, flow, trade_basis, filed_classification, product_code, frequency, period_start
            order by is_other_file, filing_state, release_id desc
        ) as preference
    from candidates
    where n_releases > 1
),

chosen as (
    select
        source_id, dataset_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, frequency,
        period_start, period_end, filing_state, value_usd, quantity, quantity_unit, n_quantity_estimated, net_kg,
        n_estimated, absence_reason, n_lines, value_basis, n_taiwan, n_later, licence_id
    from candidates
    where n_releases = 1
    union all
    select
        source_id, dataset_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, frequency,
        period_start, period_end, filing_state, value_usd, quantity, quantity_unit, n_quantity_estimated, net_kg,
        n_estimated, absence_reason, n_lines, value_basis, n_taiwan, n_later, licence_id
    from ranked
    where preference = 1
)

select
    cast(chosen.source_id as VARCHAR) as source_id,
    cast(chosen.dataset_id as VARCHAR) as dataset_id,
    cast(chosen.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(chosen.partner_iso3 as VARCHAR) as partner_iso3,
    cast(chosen.flow as VARCHAR) as flow,
    cast(chosen.trade_basis as VARCHAR) as trade_basis,
    cast(chosen.classification as VARCHAR) as classification,
    cast(chosen.product_code as VARCHAR) as product_code,
    cast(chosen.frequency as VARCHAR) as frequency,
    cast(chosen.period_start as DATE) as period_start,
    cast(chosen.period_end as DATE) as period_end,
    cast(
        case
            when chosen.n_lines is not null then chosen.value_usd
            when chosen.filing_state = 'filed' then 0
        end as DECIMAL(20,3)
    ) as value_usd,
    cast(chosen.quantity as DECIMAL(24,6)) as quantity,
    cast(case when chosen.quantity is not null then chosen.quantity_unit end as VARCHAR) as quantity_unit,
    cast(case when chosen.quantity is not null then chosen.n_quantity_estimated = 1 end as BOOLEAN)
        as is_quantity_estimated,
    cast(chosen.net_kg as DECIMAL(24,6)) as net_kg,
    cast(case when chosen.net_kg is not null then chosen.n_estimated = 1 end as BOOLEAN) as is_weight_estimated,
    cast(chosen.value_basis as VARCHAR) as value_basis,
    cast(
        case
            when chosen.absence_reason is not null then chosen.absence_reason
            when chosen.n_lines is not null then 'reported'
            when chosen.filing_state = 'filed' then 'zero'
            else 'missing'
        end as VARCHAR
    ) as cell_state,
    cast(
        case
            when chosen.n_lines is not null then chosen.absence_reason
            when chosen.filing_state = 'missing' then 'missing'
        end as VARCHAR
    ) as absence_reason,
    cast(coalesce(chosen.n_lines, 0) as BIGINT) as n_lines,
    cast(chosen.n_taiwan = 1 as BOOLEAN) as is_taiwan_proxy,
    cast(chosen.n_later = 1 as BOOLEAN) as is_later_vintage,
    cast(chosen.licence_id as VARCHAR) as licence_id,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from chosen
