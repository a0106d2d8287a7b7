-- One row per reporter, partner, flow, stage and period (A3): value of AI accelerators as an interval, beside the gross value.
-- From metrics.metric_flow_cube, the product groups and the purity intervals; a purity for the reporter goes before the one
-- for any reporter. Purities of several codes are taken as fully dependent (worst case), so ends are added to ends.
-- A negative value is a correction of another period: it has no share of accelerators and leaves its stage open.

with
cube as (select * from metrics.metric_flow_cube),

products as (select * from core.dim_product),

purities as (select * from core.dim_purity),

cells as (
    select
        cube.dataset_id,
        cube.reporter_iso3,
        cube.partner_iso3,
        cube.flow,
        cube.trade_basis,
        products.stage,
        cube.product_code,
        cube.frequency,
        cube.period_start,
        cube.period_end,
        case when cube.value_usd >= 0 then cube.value_usd end as value_usd,
        case when cube.value_usd < 0 then 'negative_value' else cube.absence_reason end as absence_reason,
        cube.licence_id
    from cube
    inner join products on cube.product_code = products.code
    where cube.classification = 'HS' and products.ai_group = 'ai_accelerator'
),

matching_purities as (
    select
        cells.dataset_id,
        cells.reporter_iso3,
        cells.partner_iso3,
        cells.flow,
        cells.trade_basis,
        cells.product_code,
        cells.frequency,
        cells.period_start,
        purities.purity_low,
        purities.purity_central,
        purities.purity_high,
        purities.purity_basis,
        row_number() over (
            partition by
                cells.dataset_id, cells.reporter_iso3, cells.partner_iso3, cells.flow, cells.trade_basis,
                cells.product_code, cells.frequency, cells.period_start
            order by case when purities.reporter_class = cells.reporter_iso3 then 0 else 1 end, purities.purity_id
        ) as preference
    from cells
    inner join purities
        on cells.product_code = purities.hs6
        and purities.reporter_class in (cells.reporter_iso3, 'any')
        and coalesce(purities.valid_from, cells.period_start) <= cells.period_start
        and coalesce(purities.valid_to, cells.period_end) >= cells.period_end
),

weighted as (
    select
        cells.dataset_id,
        cells.reporter_iso3,
        cells.partner_iso3,
        cells.flow,
        cells.trade_basis,
        cells.stage,
        cells.frequency,
        cells.period_start,
        cells.period_end,
        cells.value_usd,
        cells.absence_reason,
        cells.licence_id,
        cast(round(cells.value_usd * coalesce(matching_purities.purity_low, 0), 3) as decimal(20, 3)) as low_usd,
        cast(round(cells.value_usd * matching_purities.purity_central, 3) as decimal(20, 3)) as central_usd,
        cast(round(cells.value_usd * coalesce(matching_purities.purity_high, 1), 3) as decimal(20, 3)) as high_usd,
        case when coalesce(matching_purities.purity_basis, 'unknown') = 'unknown' then 1 else 0 end as is_unanchored
    from cells
    left join matching_purities
        on cells.dataset_id = matching_purities.dataset_id
        and cells.reporter_iso3 = matching_purities.reporter_iso3
        and cells.partner_iso3 = matching_purities.partner_iso3
        and cells.flow = matching_purities.flow
        and cells.trade_basis = matching_purities.trade_basis
        and cells.product_code = matching_purities.product_code
        and cells.frequency = matching_purities.frequency
        and cells.period_start = matching_purities.period_start
        and matching_purities.preference = 1
),

grouped as (
    select
        dataset_id,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_basis,
        stage,
        frequency,
        period_start,
        period_end,
        count(*) as n_expected,
        count(value_usd) as n_present,
        sum(value_usd) as gross_usd,
        sum(low_usd) as low_usd,
        count(central_usd) as n_central,
        sum(central_usd) as central_usd,
        sum(high_usd) as high_usd,
        max(is_unanchored) as is_unanchored,
        max(absence_reason) as absence_reason,
        min(licence_id) as licence_id
    from weighted
    group by
        dataset_id, reporter_iso3, partner_iso3, flow, trade_basis, stage, frequency, period_start, period_end
)

select
    cast(grouped.dataset_id as VARCHAR) as dataset_id,
    cast(grouped.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(grouped.partner_iso3 as VARCHAR) as partner_iso3,
    cast(grouped.flow as VARCHAR) as flow,
    cast(grouped.trade_basis as VARCHAR) as trade_basis,
    cast(grouped.stage as VARCHAR) as stage,
    cast(grouped.frequency as VARCHAR) as frequency,
    cast(grouped.period_start as DATE) as period_start,
    cast(grouped.period_end as DATE) as period_end,
    cast(case when grouped.n_present = grouped.n_expected then grouped.gross_usd end as DECIMAL(20,3)) as gross_usd,
    cast(case when grouped.n_present = grouped.n_expected then grouped.low_usd end as DECIMAL(20,3)) as low_usd,
    cast(case when grouped.n_central = grouped.n_expected then grouped.central_usd end as DECIMAL(20,3)) as central_usd,
    cast(case when grouped.n_present = grouped.n_expected then grouped.high_usd end as DECIMAL(20,3)) as high_usd,
    cast(grouped.n_expected as BIGINT) as n_expected,
    cast(grouped.n_present as BIGINT) as n_present,
    cast(case when grouped.is_unanchored = 1 then 'proxy_only' else 'anchored' end as VARCHAR) as proxy_label,
    cast(case when grouped.n_present < grouped.n_expected then grouped.absence_reason end as VARCHAR) as absence_reason,
    cast(grouped.licence_id as VARCHAR) as licence_id,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from grouped
