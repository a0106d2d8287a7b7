-- One row per reporter, flow, HS code, frequency and period: the reporter's trade with the world, and whether it adds up.
-- From the World totals of core.fact_control_total and the partners of metrics.metric_bilateral_report. The filed total goes
-- first; partners are added up only where the file holds all of them. A year of twelve filed months is added up too.
-- A list of partners is complete for pairs where next to nothing (0.5 %) lies with partners that are not named, which has to be
-- known: only then is an absent pair a zero. World holds what the reporter took back from itself, so that is added to the
-- partners before the two are compared.

with
totals as (select * from core.fact_control_total),

reports as (select * from metrics.metric_bilateral_report),

flows as (select * from core.fact_trade_flow),

self_trades as (select * from core.fact_self_trade),

scopes as (select * from tidy.dataset_scope),

filed_ranked as (
    select
        totals.source_id,
        totals.reporter_iso3,
        totals.flow,
        totals.product_code,
        totals.frequency,
        totals.period_start,
        totals.period_end,
        totals.value_usd,
        totals.value_basis,
        totals.absence_reason,
        totals.is_later_vintage,
        totals.licence_id,
        row_number() over (
            partition by totals.reporter_iso3, totals.flow, totals.product_code, totals.frequency, totals.period_start
            order by
                case when totals.value_usd is not null then 0 else 1 end,
                case when totals.trade_basis = 'imports_for_consumption' then 1 else 0 end,
                case when totals.source_id = 'comtrade' then 1 else 0 end, totals.source_id, totals.trade_basis,
                totals.dataset_id
        ) as preference
    from totals
    where totals.is_current and totals.control_kind = 'world_total' and totals.partner_iso3 = 'WLD'
        and totals.classification = 'HS' and totals.frequency in ('M', 'A')
),

filed as (
    select
        source_id, reporter_iso3, flow, product_code, frequency, period_start, period_end, value_usd, value_basis,
        absence_reason, is_later_vintage, licence_id, 'as_filed' as report_basis
    from filed_ranked
    where preference = 1
),

years as (
    select
        max(source_id) as source_id,
        reporter_iso3,
        flow,
        product_code,
        'A' as frequency,
        date_trunc('year', period_start) as period_start,
        cast(date_trunc('year', period_start) + interval 1 year - interval 1 day as date) as period_end,
        case when count(value_usd) = 12 then sum(value_usd) end as value_usd,
        max(value_basis) as value_basis,
        case when count(value_usd) < 12 then 'missing_months' end as absence_reason,
        max(is_later_vintage) as is_later_vintage,
        max(licence_id) as licence_id,
        'months_added' as report_basis
    from filed
    where frequency = 'M'
    group by reporter_iso3, flow, product_code, date_trunc('year', period_start)
),

countries as (select * from core.dim_country),

complete_files as (
    select distinct flows.reporter_iso3, flows.flow, flows.source_id
    from flows
    inner join scopes on flows.dataset_id = scopes.dataset_id
    where scopes.has_all_partners
),

partners as (
    select
        max(reports.source_id) as source_id,
        reports.reporter_iso3,
        reports.flow,
        reports.product_code,
        reports.frequency,
        reports.period_start,
        max(reports.period_end) as period_end,
        case when count(reports.value_usd) = count(*) then sum(reports.value_usd) end as value_usd,
        sum(reports.value_usd) as present_usd,
        max(reports.value_basis) as value_basis,
        max(reports.absence_reason) as absence_reason,
        max(reports.is_later_vintage) as is_later_vintage,
        max(reports.licence_id) as licence_id,
        count(*) as n_expected,
        count(reports.value_usd) as n_present,
        case
            when max(case when countries.country_kind = 'residual' and reports.value_usd is null then 1 else 0 end) = 0
                then sum(case when countries.country_kind = 'residual' then reports.value_usd else 0 end)
        end as residual_usd,
        min(case when complete_files.source_id is not null then 1 else 0 end) as has_all_partners
    from reports
    inner join countries on reports.partner_iso3 = countries.country_iso3
    left join complete_files
        on reports.reporter_iso3 = complete_files.reporter_iso3
        and reports.flow = complete_files.flow
        and reports.source_id = complete_files.source_id
    group by reports.reporter_iso3, reports.flow, reports.product_code, reports.frequency, reports.period_start
),

own_returns as (
    select
        source_id, reporter_iso3, flow, product_code, frequency, period_start, vintage_at, sum(value_usd) as value_usd,
        row_number() over (
            partition by reporter_iso3, flow, product_code, frequency, period_start order by vintage_at desc, source_id
        ) as newness
    from self_trades
    where classification = 'HS'
    group by source_id, reporter_iso3, flow, product_code, frequency, period_start, vintage_at
),

candidates as (
    select
        source_id, reporter_iso3, flow, product_code, frequency, period_start, period_end, value_usd, value_basis,
        absence_reason, is_later_vintage, licence_id, report_basis, 1 as basis_rank
    from filed
    union all
    select
        source_id, reporter_iso3, flow, product_code, frequency, period_start, period_end, value_usd, value_basis,
        absence_reason, is_later_vintage, licence_id, report_basis, 2 as basis_rank
    from years
    union all
    select
        source_id, reporter_iso3, flow, product_code, frequency, period_start, period_end,
        case when has_all_partners = 1 then value_usd end as value_usd,
        value_basis,
        case when value_usd is null then absence_reason when has_all_partners = 0 then 'partners_incomplete' end
            as absence_reason,
        is_later_vintage, licence_id, 'partners_added' as report_basis, 3 as basis_rank
    from partners
),

ranked as (
    select
        source_id, reporter_iso3, flow, product_code, frequency, period_start, period_end, value_usd, value_basis,
        absence_reason, is_later_vintage, licence_id, report_basis,
        row_number() over (
            partition by reporter_iso3, flow, product_code, frequency, period_start
            order by case when value_usd is not null then 0 else 1 end, basis_rank
        ) as preference
    from candidates
),

judged as (
    select
        ranked.source_id,
        ranked.reporter_iso3,
        ranked.flow,
        ranked.product_code,
        ranked.frequency,
        ranked.period_start,
        ranked.period_end,
        ranked.value_usd,
        ranked.value_basis,
        ranked.absence_reason,
        ranked.is_later_vintage,
        ranked.licence_id,
        ranked.report_basis,
        partners.present_usd,
        coalesce(partners.n_expected, 0) as n_expected,
        coalesce(partners.n_present, 0) as n_present,
        coalesce(partners.has_all_partners, 0) as has_all_partners,
        coalesce(abs(partners.residual_usd) * 200 <= abs(ranked.value_usd), false) as has_small_residual,
        case
            when ranked.report_basis in ('as_filed', 'months_added') and partners.value_usd is not null
                then abs(partners.value_usd + coalesce(own_returns.value_usd, 0) - ranked.value_usd) * 200 - abs(ranked.value_usd)
        end as distance
    from ranked
    left join partners
        on ranked.reporter_iso3 = partners.reporter_iso3
        and ranked.flow = partners.flow
        and ranked.product_code = partners.product_code
        and ranked.frequency = partners.frequency
        and ranked.period_start = partners.period_start
    left join own_returns
        on ranked.reporter_iso3 = own_returns.reporter_iso3
        and ranked.flow = own_returns.flow
        and ranked.product_code = own_returns.product_code
        and ranked.frequency = own_returns.frequency
        and ranked.period_start = own_returns.period_start
        and own_returns.newness = 1
    where ranked.preference = 1
)

select
    cast(judged.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(judged.flow as VARCHAR) as flow,
    cast(judged.product_code as VARCHAR) as product_code,
    cast(judged.frequency as VARCHAR) as frequency,
    cast(judged.period_start as DATE) as period_start,
    cast(judged.period_end as DATE) as period_end,
    cast(judged.value_usd as DECIMAL(20,3)) as value_usd,
    cast(judged.value_basis as VARCHAR) as value_basis,
    cast(judged.report_basis as VARCHAR) as report_basis,
    cast(judged.present_usd as DECIMAL(20,3)) as partners_usd,
    cast(judged.n_expected as BIGINT) as n_expected,
    cast(judged.n_present as BIGINT) as n_present,
    cast(
        judged.n_expected > 0 and judged.has_small_residual and (judged.has_all_partners = 1 or coalesce(judged.distance <= 0, false)) as BOOLEAN
    ) as is_partner_list_complete,
    cast(judged.has_all_partners = 1 and coalesce(judged.distance > 0, false) as BOOLEAN) as is_world_mismatch,
    cast(judged.source_id as VARCHAR) as source_id,
    cast(judged.absence_reason as VARCHAR) as absence_reason,
    cast(judged.is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(judged.licence_id as VARCHAR) as licence_id,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from judged
