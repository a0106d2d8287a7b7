-- One row per series, unit, period, selection of rows and price method: change on a year before as price plus volume (A5).
-- From metrics.metric_unit_value. A cell is split by its unit value. A stage is split by Törnqvist and Fisher price indices
-- over the pairs of HS6 code and partner seen in both periods, so that a shift between stages is no price change; partner
-- WLD stands for all partners. Volume is value less price, so the parts add up exactly. Both with and without flagged rows.

with
unit_values as (select * from metrics.metric_unit_value),

reports as (select * from metrics.metric_bilateral_report),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence),

selections as (
    select 'all_rows' as row_selection
    union all
    select 'without_flagged' as row_selection
),

termed as (
    select
        unit_values.reporter_iso3,
        unit_values.partner_iso3,
        unit_values.flow,
        unit_values.product_code,
        unit_values.frequency,
        unit_values.period_start,
        unit_values.period_end,
        unit_values.quantity_basis,
        unit_values.value_usd,
        cast(unit_values.value_usd as double) as value_real,
        cast(unit_values.unit_quantity as double) as quantity_real,
        unit_values.unit_value_usd,
        coalesce(unit_values.is_unit_value_flagged, false) as is_flagged,
        unit_values.absence_reason,
        unit_values.is_later_vintage,
        unit_values.licence_id,
        case when not licences.may_redistribute_rows then unit_values.licence_id end as barred_licence_id
    from unit_values
    left join licences on unit_values.licence_id = licences.licence_id
),

pairs as (
    select
        termed.reporter_iso3,
        termed.partner_iso3,
        termed.flow,
        termed.product_code,
        termed.frequency,
        termed.period_start,
        termed.period_end,
        termed.quantity_basis,
        selections.row_selection,
        termed.value_usd,
        base.value_usd as base_value_usd,
        termed.value_real,
        base.value_real as base_value_real,
        termed.quantity_real,
        base.quantity_real as base_quantity_real,
        termed.unit_value_usd,
        base.unit_value_usd as base_unit_value_usd,
        case
            when termed.absence_reason is not null then termed.absence_reason
            when termed.value_usd = 0 then 'zero_value'
            when base.reporter_iso3 is null then 'no_base_period'
            when base.absence_reason is not null then 'base_' || base.absence_reason
            when base.value_usd = 0 then 'base_zero_value'
            when selections.row_selection = 'without_flagged' and (termed.is_flagged or base.is_flagged) then 'flagged'
        end as absence_reason,
        termed.is_later_vintage or coalesce(base.is_later_vintage, false) as is_later_vintage,
        coalesce(termed.barred_licence_id, base.barred_licence_id, termed.licence_id) as licence_id,
        coalesce(termed.barred_licence_id, base.barred_licence_id) as barred_licence_id
    from termed
    cross join selections
    left join termed as base
        on termed.reporter_iso3 = base.reporter_iso3
        and termed.partner_iso3 = base.partner_iso3
        and termed.flow = base.flow
        and termed.product_code = base.product_code
        and termed.frequency = base.frequency
        and termed.quantity_basis = base.quantity_basis
        and termed.period_start = base.period_start + interval 1 year
),

cells as (
    select
        reporter_iso3,
        partner_iso3,
        flow,
        'cell' as price_series_kind,
        product_code as price_series_code,
        frequency,
        period_start,
        period_end,
        quantity_basis,
        row_selection,
        'unit_value' as price_method,
        case when absence_reason is null then 1 else 0 end as n_varieties,
        case when absence_reason is null then 1.0 end as matched_share,
        case when absence_reason is null then ln(unit_value_usd / base_unit_value_usd) end as dlog_price,
        case when absence_reason is null then ln(quantity_real / base_quantity_real) end as dlog_volume,
        absence_reason,
        is_later_vintage,
        licence_id
    from pairs
),

staged as (
    select
        pairs.reporter_iso3,
        pairs.partner_iso3,
        pairs.partner_iso3 as variety_partner,
        'stage_lane' as price_series_kind,
        pairs.flow,
        products.stage,
        pairs.product_code,
        pairs.frequency,
        pairs.period_start,
        pairs.period_end,
        pairs.quantity_basis,
        pairs.row_selection,
        pairs.value_usd,
        pairs.base_value_usd,
        pairs.value_real,
        pairs.base_value_real,
        pairs.unit_value_usd,
        pairs.base_unit_value_usd,
        pairs.absence_reason,
        pairs.is_later_vintage,
        pairs.licence_id,
        pairs.barred_licence_id
    from pairs
    inner join products on pairs.product_code = products.code and products.level = 6
),

varieties as (
    select
        reporter_iso3, partner_iso3, variety_partner, price_series_kind, flow, stage, product_code, frequency, period_start,
        period_end, quantity_basis, row_selection, value_usd, base_value_usd, value_real, base_value_real, unit_value_usd,
        base_unit_value_usd, absence_reason, is_later_vintage, licence_id, barred_licence_id
    from staged
    union all
    select
        reporter_iso3, 'WLD' as partner_iso3, variety_partner, 'stage_reporter' as price_series_kind, flow, stage, product_code,
        frequency, period_start, period_end, quantity_basis, row_selection, value_usd, base_value_usd, value_real,
        base_value_real, unit_value_usd, base_unit_value_usd, absence_reason, is_later_vintage, licence_id,
        barred_licence_id
    from staged
),

totals as (
    select
        reporter_iso3,
        partner_iso3,
        price_series_kind,
        flow,
        stage,
        frequency,
        period_start,
        quantity_basis,
        row_selection,
        max(period_end) as period_end,
        sum(case when absence_reason is null then 1 else 0 end) as n_varieties,
        sum(case when absence_reason is null then value_usd end) as matched_usd,
        sum(case when absence_reason is null then base_value_usd end) as base_matched_usd,
        max(is_later_vintage) as is_later_vintage,
        coalesce(min(barred_licence_id), min(licence_id)) as licence_id
    from varieties
    group by
        reporter_iso3, partner_iso3, price_series_kind, flow, stage, frequency, period_start, quantity_basis, row_selection
),

weighed as (
    select
        varieties.reporter_iso3,
        varieties.partner_iso3,
        varieties.price_series_kind,
        varieties.variety_partner,
        varieties.flow,
        varieties.stage,
        varieties.product_code,
        varieties.frequency,
        varieties.period_start,
        varieties.quantity_basis,
        varieties.row_selection,
        varieties.unit_value_usd / varieties.base_unit_value_usd as price_ratio,
        varieties.value_real / cast(totals.matched_usd as double) as share_now,
        varieties.base_value_real / cast(totals.base_matched_usd as double) as share_base
    from varieties
    inner join totals
        on varieties.reporter_iso3 = totals.reporter_iso3
        and varieties.partner_iso3 = totals.partner_iso3
        and varieties.price_series_kind = totals.price_series_kind
        and varieties.flow = totals.flow
        and varieties.stage = totals.stage
        and varieties.frequency = totals.frequency
        and varieties.period_start = totals.period_start
        and varieties.quantity_basis = totals.quantity_basis
        and varieties.row_selection = totals.row_selection
    where varieties.absence_reason is null
),

indices as (
    select
        reporter_iso3,
        partner_iso3,
        price_series_kind,
        flow,
        stage,
        frequency,
        period_start,
        quantity_basis,
        row_selection,
        sum(0.5 * (share_base + share_now) * ln(price_ratio) order by product_code, variety_partner) as log_tornqvist,
        ln(sum(share_base * price_ratio order by product_code, variety_partner)) as log_laspeyres,
        -ln(sum(share_now / price_ratio order by product_code, variety_partner)) as log_paasche
    from weighed
    group by
        reporter_iso3, partner_iso3, price_series_kind, flow, stage, frequency, period_start, quantity_basis, row_selection
),

whole_lanes as (
    select
        reports.reporter_iso3,
        reports.partner_iso3,
        reports.flow,
        products.stage,
        reports.frequency,
        reports.period_start,
        sum(reports.value_usd) as whole_usd
    from reports
    inner join products on reports.product_code = products.code and products.level = 6
    where reports.value_usd > 0
    group by
        reports.reporter_iso3, reports.partner_iso3, reports.flow, products.stage, reports.frequency, reports.period_start
),

wholes as (
    select reporter_iso3, partner_iso3, 'stage_lane' as price_series_kind, flow, stage, frequency, period_start, whole_usd
    from whole_lanes
    union all
    select
        reporter_iso3, 'WLD' as partner_iso3, 'stage_reporter' as price_series_kind, flow, stage, frequency, period_start,
        sum(whole_usd) as whole_usd
    from whole_lanes
    group by reporter_iso3, flow, stage, frequency, period_start
),

methods as (
    select 'tornqvist' as price_method
    union all
    select 'fisher' as price_method
),

stages as (
    select
        totals.reporter_iso3,
        totals.partner_iso3,
        totals.flow,
        totals.price_series_kind,
        totals.stage as price_series_code,
        totals.frequency,
        totals.period_start,
        totals.period_end,
        totals.quantity_basis,
        totals.row_selection,
        methods.price_method,
        totals.n_varieties,
        case
            when totals.n_varieties > 0 then cast(totals.matched_usd as double) / cast(wholes.whole_usd as double)
        end as matched_share,
        case
            when methods.price_method = 'tornqvist' then indices.log_tornqvist
            else 0.5 * (indices.log_laspeyres + indices.log_paasche)
        end as dlog_price,
        ln(cast(totals.matched_usd as double) / cast(totals.base_matched_usd as double)) as dlog_matched,
        case when totals.n_varieties = 0 then 'no_matched_pair' end as absence_reason,
        totals.is_later_vintage,
        totals.licence_id
    from totals
    cross join methods
    left join indices
        on totals.reporter_iso3 = indices.reporter_iso3
        and totals.partner_iso3 = indices.partner_iso3
        and totals.price_series_kind = indices.price_series_kind
        and totals.flow = indices.flow
        and totals.stage = indices.stage
        and totals.frequency = indices.frequency
        and totals.period_start = indices.period_start
        and totals.quantity_basis = indices.quantity_basis
        and totals.row_selection = indices.row_selection
    left join wholes
        on totals.reporter_iso3 = wholes.reporter_iso3
        and totals.partner_iso3 = wholes.partner_iso3
        and totals.price_series_kind = wholes.price_series_kind
        and totals.flow = wholes.flow
        and totals.stage = wholes.stage
        and totals.frequency = wholes.frequency
        and totals.period_start = wholes.period_start
),

series as (
    select
        reporter_iso3, partner_iso3, flow, price_series_kind, price_series_code, frequency, period_start, period_end,
        quantity_basis, row_selection, price_method, n_varieties, matched_share, dlog_price, dlog_volume, absence_reason,
        is_later_vintage, licence_id
    from cells
    union all
    select
        reporter_iso3, partner_iso3, flow, price_series_kind, price_series_code, frequency, period_start, period_end,
        quantity_basis, row_selection, price_method, n_varieties, matched_share, dlog_price, dlog_matched - dlog_price as dlog_volume,
        absence_reason, is_later_vintage, licence_id
    from stages
)

select
    cast(reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(partner_iso3 as VARCHAR) as partner_iso3,
    cast(flow as VARCHAR) as flow,
    cast(price_series_kind as VARCHAR) as price_series_kind,
    cast(price_series_code as VARCHAR) as price_series_code,
    cast(quantity_basis as VARCHAR) as quantity_basis,
    cast(frequency as VARCHAR) as frequency,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(period_start - interval 1 year as DATE) as price_base_start,
    cast(row_selection as VARCHAR) as row_selection,
    cast(price_method as VARCHAR) as price_method,
    cast(n_varieties as BIGINT) as n_varieties,
    cast(case when matched_share is not null then least(matched_share, 1) end as DOUBLE) as matched_share,
    cast(dlog_price + dlog_volume as DOUBLE) as dlog_value,
    cast(dlog_price as DOUBLE) as dlog_price,
    cast(dlog_volume as DOUBLE) as dlog_volume,
    cast(exp(dlog_price + dlog_volume) - 1 as DOUBLE) as value_change,
    cast(exp(dlog_price) - 1 as DOUBLE) as price_change,
    cast(exp(dlog_volume) - 1 as DOUBLE) as volume_change,
    cast(absence_reason as VARCHAR) as absence_reason,
    cast(is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(licence_id as VARCHAR) as licence_id,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from series
