-- One row per reporter, partner, flow, HS code, frequency, period and quantity basis (A5): unit value and robust z.
-- From metrics.metric_bilateral_report. The window is the 24 months up to the period, of one code, flow, reporter and unit,
-- over all partners; annual reports have their own. Scale: MAD, then IQR/1.349, then half as much again as the median.
-- Spreads below 1e-9 are rounding noise and count as 0. A flagged cell keeps its value: its quantity is taken to be wrong.

with
reports as (select * from metrics.metric_bilateral_report),

counted as (
    select
        reporter_iso3,
        partner_iso3,
        flow,
        product_code,
        frequency,
        period_start,
        period_end,
        'kg' as quantity_basis,
        value_usd,
        coalesce(net_kg, quantity) as unit_quantity,
        case when net_kg is not null then is_weight_estimated else is_quantity_estimated end as is_estimated,
        source_id,
        is_later_vintage,
        licence_id
    from reports
    where net_kg is not null or (quantity is not null and lower(quantity_unit) in ('kg', 'kgm'))
    union all
    select
        reporter_iso3,
        partner_iso3,
        flow,
        product_code,
        frequency,
        period_start,
        period_end,
        coalesce(quantity_unit, 'not stated') as quantity_basis,
        value_usd,
        quantity as unit_quantity,
        is_quantity_estimated as is_estimated,
        source_id,
        is_later_vintage,
        licence_id
    from reports
    where quantity is not null and coalesce(lower(quantity_unit), '') not in ('kg', 'kgm')
),

judged as (
    select
        reporter_iso3,
        partner_iso3,
        flow,
        product_code,
        frequency,
        period_start,
        period_end,
        quantity_basis,
        value_usd,
        unit_quantity,
        case
            when value_usd is null then 'no_value'
            when unit_quantity = 0 then 'zero_quantity'
            when coalesce(is_estimated, false) then 'estimated_quantity'
            when value_usd < 0 then 'negative_value'
        end as absence_reason,
        source_id,
        is_later_vintage,
        licence_id
    from counted
),

valued as (
    select
        reporter_iso3,
        partner_iso3,
        flow,
        product_code,
        frequency,
        period_start,
        period_end,
        quantity_basis,
        value_usd,
        unit_quantity,
        absence_reason,
        source_id,
        is_later_vintage,
        licence_id,
        case when absence_reason is null then cast(value_usd as double) / cast(unit_quantity as double) end as unit_value,
        case
            when absence_reason is null and value_usd > 0
                then cast(value_usd as double) / cast(unit_quantity as double)
        end as positive_unit_value,
        case
            when absence_reason is null and value_usd > 0
                then round(ln(cast(value_usd as double) / cast(unit_quantity as double)), 12)
        end as log_unit_value
    from judged
),

windowed as (
    select
        reporter_iso3,
        partner_iso3,
        flow,
        product_code,
        frequency,
        period_start,
        period_end,
        quantity_basis,
        value_usd,
        unit_quantity,
        absence_reason,
        source_id,
        is_later_vintage,
        licence_id,
        unit_value,
        log_unit_value,
        count(log_unit_value) over recent as n_window,
        median(positive_unit_value) over recent as median_unit_value,
        median(log_unit_value) over recent as median_log,
        mad(log_unit_value) over recent as log_spread,
        quantile_disc(log_unit_value, 0.75) over recent - quantile_disc(log_unit_value, 0.25) over recent as quartile_range
    from valued
    window recent as (
        partition by reporter_iso3, flow, product_code, frequency, quantity_basis
        order by period_start
        range between interval 23 months preceding and current row
    )
),

ruled as (
    select
        reporter_iso3,
        partner_iso3,
        flow,
        product_code,
        frequency,
        period_start,
        period_end,
        quantity_basis,
        value_usd,
        unit_quantity,
        absence_reason,
        source_id,
        is_later_vintage,
        licence_id,
        unit_value,
        n_window,
        median_unit_value,
        log_spread,
        log_unit_value - median_log as distance,
        case
            when log_unit_value is null then null
            when n_window < 8 then 'too_few'
            when log_spread > 1e-9 then 'mad'
            when quartile_range > 1e-9 then 'iqr'
            else 'ratio'
        end as outlier_rule,
        case
            when log_spread > 1e-9 then log_spread / 0.6745
            when quartile_range > 1e-9 then quartile_range / 1.349
        end as log_scale
    from windowed
),

flagged as (
    select
        reporter_iso3,
        partner_iso3,
        flow,
        product_code,
        frequency,
        period_start,
        period_end,
        quantity_basis,
        value_usd,
        unit_quantity,
        absence_reason,
        source_id,
        is_later_vintage,
        licence_id,
        unit_value,
        n_window,
        median_unit_value,
        log_spread,
        outlier_rule,
        case when outlier_rule in ('mad', 'iqr') then distance / log_scale end as robust_z,
        case
            when outlier_rule in ('mad', 'iqr') then abs(distance) > 3.5 * log_scale
            when outlier_rule = 'ratio' then abs(distance) > ln(1.5)
        end as is_flagged
    from ruled
)

select
    cast(reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(partner_iso3 as VARCHAR) as partner_iso3,
    cast(flow as VARCHAR) as flow,
    cast(product_code as VARCHAR) as product_code,
    cast(frequency as VARCHAR) as frequency,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(quantity_basis as VARCHAR) as quantity_basis,
    cast(value_usd as DECIMAL(20,3)) as value_usd,
    cast(unit_quantity as DECIMAL(24,6)) as unit_quantity,
    cast(unit_value as DOUBLE) as unit_value_usd,
    cast(median_unit_value as DOUBLE) as median_unit_value_usd,
    cast(log_spread as DOUBLE) as log_spread,
    cast(robust_z as DOUBLE) as robust_z,
    cast(n_window as BIGINT) as n_window,
    cast(outlier_rule as VARCHAR) as outlier_rule,
    cast(is_flagged as BOOLEAN) as is_unit_value_flagged,
    cast(
        case when is_flagged then round(cast(value_usd as double) / median_unit_value, 6) end as DECIMAL(24,6)
    ) as imputed_quantity,
    cast(absence_reason as VARCHAR) as absence_reason,
    cast(source_id as VARCHAR) as source_id,
    cast(is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(licence_id as VARCHAR) as licence_id,
    cast(case when is_flagged then 'estimate' else 'official' end as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from flagged
