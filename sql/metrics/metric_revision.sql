-- One row per cell with at least two releases (A17): first and latest figure and the revision between them.
-- From metrics.metric_vintage. Where the first vintage is lost (the first value was retrieved long after it was published),
-- first_maturity_month says how old the period was when the first value was seen: such a revision is no first revision.

with
vintages as (select * from metrics.metric_vintage),

cells as (
    select
        source_id,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_basis,
        classification,
        product_code,
        frequency,
        period_start,
        max(period_end) as period_end,
        count(*) as n_releases,
        max(case when release_number = 1 then value_usd end) as first_usd,
        max(case when release_number = 1 then greatest(known_from, vintage_at) end) as first_held,
        max(case when is_latest_release then value_usd end) as latest_usd,
        max(case when is_latest_release then vintage_state end) as latest_state,
        max(case when is_latest_release then greatest(known_from, vintage_at) end) as latest_held,
        max(case when is_latest_release then revision end) as revision,
        max(licence_id) as licence_id
    from vintages
    group by
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, frequency, period_start
    having count(*) > 1
)

select
    cast(source_id as VARCHAR) as source_id,
    cast(reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(partner_iso3 as VARCHAR) as partner_iso3,
    cast(flow as VARCHAR) as flow,
    cast(trade_basis as VARCHAR) as trade_basis,
    cast(classification as VARCHAR) as classification,
    cast(product_code as VARCHAR) as product_code,
    cast(frequency as VARCHAR) as frequency,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(n_releases as BIGINT) as n_releases,
    cast(first_usd as DECIMAL(20,3)) as first_usd,
    cast(latest_usd as DECIMAL(20,3)) as latest_usd,
    cast(
        12 * extract(year from first_held) + extract(month from first_held)
        - 12 * extract(year from period_end) - extract(month from period_end) as BIGINT
    ) as first_maturity_month,
    cast(
        12 * extract(year from latest_held) + extract(month from latest_held)
        - 12 * extract(year from period_end) - extract(month from period_end) as BIGINT
    ) as maturity_month,
    cast(revision as DOUBLE) as revision,
    cast(
        case
            when latest_state = 'withdrawn' then 'withdrawn'
            when latest_usd is null then 'latest_without_value'
            when first_usd is null then 'first_without_value'
            when first_usd = 0 then 'first_zero'
            when first_usd < 0 then 'first_negative'
        end as VARCHAR
    ) as absence_reason,
    cast(licence_id as VARCHAR) as licence_id,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from cells
