-- One row per exporter, importer, HS code and window (A7): one value from two reports, by three methods, with both ends.
-- From metrics.metric_mirror_pair and metrics.metric_reporter_reliability. Default: weights by inverse variance of lognormal reporter
-- errors. Freight is not taken off where that would widen the gap. A single report stands alone, also against a suppressed
-- one, zero against a value keeps the value, and each is flagged, never averaged; negative corrections are not reconciled.
-- Softmax: e to the score over the sum of both, which is a sharpness of 1; scores have geometric mean 1 within a role.

with
pairs as (select * from metrics.metric_mirror_pair),

reliability as (select * from metrics.metric_reporter_reliability),

scales as (
    select
        reporter_iso3,
        reporter_role,
        reliability_method,
        extract(year from period_end) as from_year,
        lead(extract(year from period_end)) over (
            partition by reporter_iso3, reporter_role, reliability_method order by period_end
        ) as next_year,
        error_scale,
        reliability_score
    from reliability
),

guarded as (
    select
        exporter_iso3,
        importer_iso3,
        product_code,
        window_kind,
        period_start,
        period_end,
        exporter_usd,
        exporter_state,
        case
            when abs(exporter_usd - importer_fob_usd) > abs(exporter_usd - importer_usd) then importer_usd
            else importer_fob_usd
        end as importer_usd,
        importer_state,
        coalesce(abs(exporter_usd - importer_fob_usd) > abs(exporter_usd - importer_usd), false) as is_freight_withheld,
        exporter_quantity,
        importer_quantity,
        pair_quantity_unit,
        pair_state,
        is_entrepot_pair,
        is_taiwan_proxy,
        is_later_vintage,
        pair_licence_id
    from pairs
),

judged as (
    select
        guarded.exporter_iso3,
        guarded.importer_iso3,
        guarded.product_code,
        guarded.window_kind,
        guarded.period_start,
        guarded.period_end,
        guarded.exporter_usd,
        guarded.exporter_state,
        guarded.importer_usd,
        guarded.importer_state,
        guarded.is_freight_withheld,
        guarded.exporter_quantity,
        guarded.importer_quantity,
        guarded.pair_quantity_unit,
        guarded.is_entrepot_pair,
        guarded.is_taiwan_proxy,
        guarded.is_later_vintage,
        guarded.pair_licence_id,
        case
            when guarded.exporter_usd < 0 or guarded.importer_usd < 0 then 'negative_correction'
            when guarded.exporter_usd is null and guarded.importer_usd is null
                and 'suppressed' in (guarded.exporter_state, guarded.importer_state)
                then 'suppressed'
            when guarded.exporter_usd is null and guarded.importer_usd is null then 'missing'
            when (guarded.exporter_usd is null and guarded.exporter_state = 'suppressed')
                or (guarded.importer_usd is null and guarded.importer_state = 'suppressed')
                then 'other_side_suppressed'
            when guarded.exporter_usd is null or guarded.importer_usd is null then 'single_reporter'
            when guarded.exporter_usd = 0 and guarded.importer_usd = 0 then 'both_zero'
            when guarded.exporter_usd = 0 or guarded.importer_usd = 0 then 'asymmetric_zero'
            else 'two_reports'
        end as reconcile_state,
        x_effects.error_scale as exporter_scale,
        m_effects.error_scale as importer_scale,
        x_points.reliability_score as exporter_score,
        m_points.reliability_score as importer_score
    from guarded
    left join scales as x_effects
        on guarded.exporter_iso3 = x_effects.reporter_iso3
        and x_effects.reporter_role = 'exporter' and x_effects.reliability_method = 'effects'
        and extract(year from guarded.period_end) >= x_effects.from_year
        and extract(year from guarded.period_end) < coalesce(x_effects.next_year, 9999)
    left join scales as m_effects
        on guarded.importer_iso3 = m_effects.reporter_iso3
        and m_effects.reporter_role = 'importer' and m_effects.reliability_method = 'effects'
        and extract(year from guarded.period_end) >= m_effects.from_year
        and extract(year from guarded.period_end) < coalesce(m_effects.next_year, 9999)
    left join scales as x_points
        on guarded.exporter_iso3 = x_points.reporter_iso3
        and x_points.reporter_role = 'exporter' and x_points.reliability_method = 'fixed_point'
        and extract(year from guarded.period_end) >= x_points.from_year
        and extract(year from guarded.period_end) < coalesce(x_points.next_year, 9999)
    left join scales as m_points
        on guarded.importer_iso3 = m_points.reporter_iso3
        and m_points.reporter_role = 'importer' and m_points.reliability_method = 'fixed_point'
        and extract(year from guarded.period_end) >= m_points.from_year
        and extract(year from guarded.period_end) < coalesce(m_points.next_year, 9999)
),

varied as (
    select
        exporter_iso3,
        importer_iso3,
        product_code,
        window_kind,
        period_start,
        period_end,
        exporter_usd,
        exporter_state,
        importer_usd,
        importer_state,
        is_freight_withheld,
        exporter_quantity,
        importer_quantity,
        pair_quantity_unit,
        is_entrepot_pair,
        is_taiwan_proxy,
        is_later_vintage,
        pair_licence_id,
        reconcile_state,
        exporter_scale,
        importer_scale,
        case when exporter_scale is not null and importer_scale is not null
            then exp(exporter_scale * exporter_scale) * (exp(exporter_scale * exporter_scale) - 1) end as exporter_variance,
        case when exporter_scale is not null and importer_scale is not null
            then exp(importer_scale * importer_scale) * (exp(importer_scale * importer_scale) - 1) end as importer_variance,
        1 / (1 + exp(importer_score - exporter_score)) as softmax_weight
    from judged
),

weighted as (
    select
        exporter_iso3,
        importer_iso3,
        product_code,
        window_kind,
        period_start,
        period_end,
        exporter_usd,
        exporter_state,
        importer_usd,
        importer_state,
        is_freight_withheld,
        exporter_quantity,
        importer_quantity,
        pair_quantity_unit,
        is_entrepot_pair,
        is_taiwan_proxy,
        is_later_vintage,
        pair_licence_id,
        reconcile_state,
        exporter_scale,
        importer_scale,
        exporter_variance,
        importer_variance,
        case
            when reconcile_state = 'two_reports' then coalesce(importer_variance / (exporter_variance + importer_variance), 0.5)
            when reconcile_state in ('single_reporter', 'other_side_suppressed') and exporter_usd is not null then 1
            when reconcile_state in ('single_reporter', 'other_side_suppressed') then 0
            when reconcile_state = 'asymmetric_zero' and exporter_usd > 0 then 1
            when reconcile_state = 'asymmetric_zero' then 0
            when reconcile_state = 'both_zero' then 0.5
        end as exporter_weight,
        case when reconcile_state = 'two_reports' then softmax_weight end as softmax_weight
    from varied
),

averaged as (
    select
        exporter_iso3,
        importer_iso3,
        product_code,
        window_kind,
        period_start,
        period_end,
        exporter_usd,
        exporter_state,
        importer_usd,
        importer_state,
        is_freight_withheld,
        exporter_quantity,
        importer_quantity,
        pair_quantity_unit,
        is_entrepot_pair,
        is_taiwan_proxy,
        is_later_vintage,
        pair_licence_id,
        reconcile_state,
        exporter_scale,
        importer_scale,
        exporter_variance,
        importer_variance,
        exporter_weight,
        softmax_weight,
        case
            when reconcile_state in ('two_reports', 'both_zero')
                then least(
                    greatest(
                        importer_usd
                        + cast(round(exporter_weight * cast(exporter_usd - importer_usd as double), 3) as decimal(20, 3)),
                        least(exporter_usd, importer_usd)
                    ),
                    greatest(exporter_usd, importer_usd)
                )
            when exporter_weight = 1 then exporter_usd
            when exporter_weight = 0 then importer_usd
        end as reconciled_usd
    from weighted
)

select
    cast(exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(importer_iso3 as VARCHAR) as importer_iso3,
    cast(product_code as VARCHAR) as product_code,
    cast(window_kind as VARCHAR) as window_kind,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(exporter_usd as DECIMAL(20,3)) as exporter_usd,
    cast(exporter_state as VARCHAR) as exporter_state,
    cast(importer_usd as DECIMAL(20,3)) as importer_used_usd,
    cast(importer_state as VARCHAR) as importer_state,
    cast(is_freight_withheld as BOOLEAN) as is_freight_withheld,
    cast(reconcile_state as VARCHAR) as reconcile_state,
    cast(exporter_scale as DOUBLE) as exporter_error_scale,
    cast(importer_scale as DOUBLE) as importer_error_scale,
    cast(exporter_weight as DOUBLE) as exporter_weight,
    cast(
        case when reconcile_state in ('two_reports', 'asymmetric_zero') then least(exporter_usd, importer_usd) else reconciled_usd end
        as DECIMAL(20,3)
    ) as reconciled_low_usd,
    cast(reconciled_usd as DECIMAL(20,3)) as reconciled_usd,
    cast(
        case when reconcile_state in ('two_reports', 'asymmetric_zero') then greatest(exporter_usd, importer_usd) else reconciled_usd end
        as DECIMAL(20,3)
    ) as reconciled_high_usd,
    cast(
        case
            when reconcile_state = 'two_reports' and exporter_variance is not null
                then cast(reconciled_usd as double) * sqrt(
                    exporter_weight * exporter_weight * exporter_variance
                    + (1 - exporter_weight) * (1 - exporter_weight) * importer_variance
                )
        end as DOUBLE
    ) as reconciled_sd_usd,
    cast(softmax_weight as DOUBLE) as softmax_weight,
    cast(
        case
            when reconcile_state = 'two_reports'
                then importer_usd + cast(round(softmax_weight * cast(exporter_usd - importer_usd as double), 3) as decimal(20, 3))
            else reconciled_usd
        end as DECIMAL(20,3)
    ) as softmax_usd,
    cast(case when reconcile_state <> 'negative_correction' then coalesce(importer_usd, exporter_usd) end as DECIMAL(20,3))
        as mirror_fill_usd,
    cast(
        case
            when reconcile_state = 'two_reports' and pair_quantity_unit is not null
                then cast(
                    round(exporter_weight * cast(exporter_quantity as double) + (1 - exporter_weight) * cast(importer_quantity as double), 6)
                    as decimal(24, 6)
                )
        end as DECIMAL(24,6)
    ) as reconciled_quantity,
    cast(case when reconcile_state = 'two_reports' then pair_quantity_unit end as VARCHAR) as pair_quantity_unit,
    cast(is_entrepot_pair as BOOLEAN) as is_entrepot_pair,
    cast(case when reconciled_usd is null then reconcile_state end as VARCHAR) as absence_reason,
    cast(
        case
            when reconciled_usd is null then null
            when reconcile_state <> 'two_reports' then 'not_two_reports'
            when exporter_variance is null and softmax_weight is null then 'error_scale_unknown;score_unknown'
            when exporter_variance is null then 'error_scale_unknown'
            when softmax_weight is null then 'score_unknown'
        end as VARCHAR
    ) as ratio_absence_reason,
    cast(is_taiwan_proxy as BOOLEAN) as is_taiwan_proxy,
    cast(is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(pair_licence_id as VARCHAR) as pair_licence_id,
    cast('reconciled' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from averaged
