-- One row per reporter, flow, HS code, frequency and period: how few partners hold the trade, as an index with bounds (A15).
-- From metrics.metric_bilateral_report. Shares are of the positive values; corrections below zero stay out. Each partner as
-- filed is one unit; residual partners (not elsewhere specified) are spread thinly for the low bound and one unit together
-- for the high bound. How much of the reporter's World the loaded partners hold stands beside it: read it first.

with
reports as (select * from metrics.metric_bilateral_report),

worlds as (select * from metrics.metric_world_report),

countries as (select * from core.dim_country),

licences as (select * from core.dim_licence),

partners as (
    select
        reports.reporter_iso3,
        reports.partner_iso3,
        reports.flow,
        reports.product_code,
        reports.frequency,
        reports.period_start,
        reports.period_end,
        reports.value_usd,
        case when reports.value_usd > 0 then reports.value_usd end as positive_usd,
        countries.country_kind = 'residual' or countries.country_iso3 = 'XSC' as is_residual,
        reports.absence_reason,
        reports.is_later_vintage,
        reports.licence_id,
        case when not licences.may_redistribute_rows then reports.licence_id end as barred_licence_id
    from reports
    inner join countries on reports.partner_iso3 = countries.country_iso3
    left join licences on reports.licence_id = licences.licence_id
),

totals as (
    select
        reporter_iso3,
        flow,
        product_code,
        frequency,
        period_start,
        max(period_end) as period_end,
        sum(positive_usd) as total_usd,
        sum(value_usd) as net_usd,
        count(positive_usd) as n_partners,
        count(case when is_residual then positive_usd end) as n_residual,
        sum(case when is_residual then positive_usd else 0 end) as residual_usd,
        sum(case when value_usd < 0 then 1 else 0 end) as n_negative,
        count(*) as n_expected,
        count(value_usd) as n_present,
        max(absence_reason) as absence_reason,
        max(is_later_vintage) as is_later_vintage,
        coalesce(min(barred_licence_id), min(licence_id)) as licence_id
    from partners
    group by reporter_iso3, flow, product_code, frequency, period_start
),

shares as (
    select
        partners.reporter_iso3,
        partners.partner_iso3,
        partners.flow,
        partners.product_code,
        partners.frequency,
        partners.period_start,
        partners.is_residual,
        cast(partners.positive_usd as double) / cast(totals.total_usd as double) as share
    from partners
    inner join totals
        on partners.reporter_iso3 = totals.reporter_iso3
        and partners.flow = totals.flow
        and partners.product_code = totals.product_code
        and partners.frequency = totals.frequency
        and partners.period_start = totals.period_start
    where partners.positive_usd is not null
),

squares as (
    select
        reporter_iso3,
        flow,
        product_code,
        frequency,
        period_start,
        sum(share * share order by partner_iso3) as squared_all,
        coalesce(sum(case when not is_residual then share * share end order by partner_iso3), 0) as squared_named
    from shares
    group by reporter_iso3, flow, product_code, frequency, period_start
),

measured as (
    select
        totals.reporter_iso3,
        totals.flow,
        totals.product_code,
        totals.frequency,
        totals.period_start,
        totals.period_end,
        totals.total_usd,
        totals.net_usd,
        totals.n_partners,
        totals.n_residual,
        totals.n_negative,
        totals.n_expected,
        totals.n_present,
        case
            when totals.n_present = 0 then coalesce(totals.absence_reason, 'missing')
            when totals.n_partners = 0 and totals.n_negative > 0 then 'no_positive_value'
            when totals.n_partners = 0 then 'zero_total'
        end as absence_reason,
        squares.squared_named as hhi_low,
        case
            when totals.n_partners > 0 then greatest(least(squares.squared_all, 1), 1.0 / totals.n_partners)
        end as hhi,
        case
            when totals.n_partners > 0
                then
                    least(
                        squares.squared_named
                        + power(cast(totals.residual_usd as double) / cast(totals.total_usd as double), 2), 1
                    )
        end as hhi_high,
        totals.is_later_vintage,
        totals.licence_id
    from totals
    left join squares
        on totals.reporter_iso3 = squares.reporter_iso3
        and totals.flow = squares.flow
        and totals.product_code = squares.product_code
        and totals.frequency = squares.frequency
        and totals.period_start = squares.period_start
)

select
    cast(measured.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(measured.flow as VARCHAR) as flow,
    cast(measured.product_code as VARCHAR) as product_code,
    cast(measured.frequency as VARCHAR) as frequency,
    cast(measured.period_start as DATE) as period_start,
    cast(measured.period_end as DATE) as period_end,
    cast(measured.total_usd as DECIMAL(20,3)) as partner_total_usd,
    cast(measured.n_partners as BIGINT) as n_partners,
    cast(measured.n_residual as BIGINT) as n_residual_partners,
    cast(measured.n_negative as BIGINT) as n_negative,
    cast(measured.n_expected as BIGINT) as n_expected,
    cast(measured.n_present as BIGINT) as n_present,
    cast(
        cast(measured.net_usd as double) / nullif(cast(worlds.value_usd as double), 0) as DOUBLE
    ) as world_covered_ratio,
    cast(case when measured.hhi is not null then least(measured.hhi_low, measured.hhi) end as DOUBLE) as hhi_low,
    cast(measured.hhi as DOUBLE) as hhi,
    cast(case when measured.hhi is not null then greatest(measured.hhi_high, measured.hhi) end as DOUBLE) as hhi_high,
    cast(10000 * measured.hhi as DOUBLE) as hhi_10000,
    cast(1 / measured.hhi as DOUBLE) as effective_partners,
    cast(
        case
            when measured.n_partners > 1
                then (measured.hhi - 1.0 / measured.n_partners) / (1 - 1.0 / measured.n_partners)
        end as DOUBLE
    ) as hhi_normalised,
    cast(measured.absence_reason as VARCHAR) as absence_reason,
    cast(measured.is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(measured.licence_id as VARCHAR) as licence_id,
    cast('official' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from measured
left join worlds
    on measured.reporter_iso3 = worlds.reporter_iso3
    and measured.flow = worlds.flow
    and measured.product_code = worlds.product_code
    and measured.frequency = worlds.frequency
    and measured.period_start = worlds.period_start
