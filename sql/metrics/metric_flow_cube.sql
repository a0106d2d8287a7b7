-- One row per source, reporter, partner, flow, code and period (A1): the current release, national lines added to HS6.
-- From core.fact_trade_flow and core.fact_filing. Lines are added to HS6 only where the file holds every line of its
-- headings. A pair and code seen in a file at any time is expected in every period: zero if the reporter filed the
-- period, missing if it did not. Files about one line or one year hold no expectation beyond their own rows. Where files
-- of one source overlap, a reported cell goes before an expected one, and a filed period before a missing one.

with
flows as (select * from core.fact_trade_flow),

filings as (select * from core.fact_filing),

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
        case when scopes.has_all_lines then flows.hs6 else flows.product_code end as product_code,
        flows.frequency,
        flows.period_start,
        flows.value_usd,
        flows.net_kg,
        flows.is_weight_estimated,
        flows.value_basis,
        flows.absence_reason,
        flows.is_taiwan_proxy,
        flows.is_later_vintage,
        flows.is_current,
        flows.licence_id
    from flows
    left join scopes on flows.dataset_id = scopes.dataset_id
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
        case when count(value_usd) = count(*) then sum(value_usd) end as value_usd,
        case when count(net_kg) = count(*) then sum(net_kg) end as net_kg,
        max(case when is_weight_estimated then 1 else 0 end) as n_estimated,
        max(case when is_later_vintage then 1 else 0 end) as n_later,
        max(absence_reason) as absence_reason,
        count(*) as n_lines
    from filed_cells
    where is_current
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
        filings.filing_state,
        reported.value_usd,
        reported.net_kg,
        reported.n_estimated,
        reported.absence_reason,
        reported.n_lines,
        expected_cells.value_basis,
        expected_cells.n_taiwan,
        coalesce(reported.n_later, expected_cells.n_later) as n_later,
        expected_cells.licence_id,
        row_number() over (
            partition by
                expected_cells.source_id, expected_cells.reporter_iso3, expected_cells.partner_iso3, expected_cells.flow,
                expected_cells.trade_basis, expected_cells.filed_classification, expected_cells.product_code,
                expected_cells.frequency, filings.period_start
            order by
                case when expected_cells.dataset_id = reported.dataset_id then 0 else 1 end, filings.filing_state,
                expected_cells.release_id desc
        ) as preference
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
)

select
    cast(candidates.source_id as VARCHAR) as source_id,
    cast(candidates.dataset_id as VARCHAR) as dataset_id,
    cast(candidates.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(candidates.partner_iso3 as VARCHAR) as partner_iso3,
    cast(candidates.flow as VARCHAR) as flow,
    cast(candidates.trade_basis as VARCHAR) as trade_basis,
    cast(candidates.classification as VARCHAR) as classification,
    cast(candidates.product_code as VARCHAR) as product_code,
    cast(candidates.frequency as VARCHAR) as frequency,
    cast(candidates.period_start as DATE) as period_start,
    cast(candidates.period_end as DATE) as period_end,
    cast(
        case
            when candidates.n_lines is not null then candidates.value_usd
            when candidates.filing_state = 'filed' then 0
        end as DECIMAL(20,3)
    ) as value_usd,
    cast(candidates.net_kg as DECIMAL(24,6)) as net_kg,
    cast(case when candidates.net_kg is not null then candidates.n_estimated = 1 end as BOOLEAN) as is_weight_estimated,
    cast(candidates.value_basis as VARCHAR) as value_basis,
    cast(
        case
            when candidates.absence_reason is not null then candidates.absence_reason
            when candidates.n_lines is not null then 'reported'
            when candidates.filing_state = 'filed' then 'zero'
            else 'missing'
        end as VARCHAR
    ) as cell_state,
    cast(
        case
            when candidates.n_lines is not null then candidates.absence_reason
            when candidates.filing_state = 'missing' then 'missing'
        end as VARCHAR
    ) as absence_reason,
    cast(coalesce(candidates.n_lines, 0) as BIGINT) as n_lines,
    cast(candidates.n_taiwan = 1 as BOOLEAN) as is_taiwan_proxy,
    cast(candidates.n_later = 1 as BOOLEAN) as is_later_vintage,
    cast(candidates.licence_id as VARCHAR) as licence_id,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from candidates
where candidates.preference = 1
