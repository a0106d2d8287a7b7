-- One row per exporter, importer, HS code and window with a value on either side (A9): the gap in every form, with its interval.
-- From metrics.metric_mirror_pair. Positive = missing imports. Where one side is missing there is no gap; where the importer
-- filed and has nothing, all is missing. A millionth of the larger report is rounding, not a gap. The excess gap compares with
-- the pair's own earlier windows and its control codes.

with
pairs as (select * from metrics.metric_mirror_pair),

products as (select * from core.dim_product),

gaps as (
    select
        pairs.exporter_iso3,
        pairs.importer_iso3,
        pairs.product_code,
        pairs.window_kind,
        pairs.period_start,
        pairs.period_end,
        pairs.exporter_usd,
        pairs.exporter_state,
        pairs.importer_usd,
        pairs.importer_state,
        pairs.importer_fob_low_usd,
        pairs.importer_fob_usd,
        pairs.importer_fob_high_usd,
        pairs.exporter_quantity,
        pairs.importer_quantity,
        pairs.pair_quantity_unit,
        pairs.pair_state,
        pairs.is_entrepot_pair,
        pairs.is_taiwan_proxy,
        pairs.is_later_vintage,
        pairs.pair_licence_id,
        pairs.exporter_usd is not null and pairs.importer_usd is not null as has_both,
        1e-6 * greatest(abs(cast(pairs.exporter_usd as double)), abs(cast(pairs.importer_usd as double))) as rounding_usd,
        case
            when pairs.exporter_usd > 0 and pairs.importer_fob_usd > 0
                then ln(cast(pairs.exporter_usd as double)) - ln(cast(pairs.importer_fob_usd as double))
        end as log_gap,
        case
            when pairs.exporter_usd > 0 and pairs.importer_fob_usd > 0 and pairs.exporter_quantity > 0
                and pairs.importer_quantity > 0
                then ln(cast(pairs.exporter_quantity as double)) - ln(cast(pairs.importer_quantity as double))
        end as quantity_part
    from pairs
    where pairs.pair_state in ('paired', 'orphaned', 'lost', 'both_zero')
),

grouped as (
    select
        gaps.exporter_iso3,
        gaps.importer_iso3,
        gaps.product_code,
        gaps.window_kind,
        gaps.period_start,
        year(gaps.period_start) * 12 + month(gaps.period_start) as month_no,
        gaps.log_gap,
        coalesce(products.ai_group, 'none') as ai_group
    from gaps
    left join products on gaps.product_code = products.code
),

histories as (
    select
        exporter_iso3,
        importer_iso3,
        product_code,
        window_kind,
        period_start,
        ai_group,
        log_gap,
        case
            when window_kind = 'year' then avg(log_gap) over years_before
            else avg(log_gap) over months_before
        end as own_mean,
        case
            when window_kind = 'year' then count(log_gap) over years_before
            else count(log_gap) over months_before
        end as n_before
    from grouped
    window
        years_before as (
            partition by exporter_iso3, importer_iso3, product_code, window_kind order by month_no
            range between 36 preceding and 12 preceding
        ),
        months_before as (
            partition by exporter_iso3, importer_iso3, product_code, window_kind order by month_no
            range between 14 preceding and 3 preceding
        )
),

controls as (
    select
        exporter_iso3,
        importer_iso3,
        window_kind,
        period_start,
        avg(log_gap - own_mean) as change
    from histories
    where ai_group in ('control_near', 'control_far') and n_before >= 2
    group by exporter_iso3, importer_iso3, window_kind, period_start
)

select
    cast(gaps.exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(gaps.importer_iso3 as VARCHAR) as importer_iso3,
    cast(gaps.product_code as VARCHAR) as product_code,
    cast(gaps.window_kind as VARCHAR) as window_kind,
    cast(gaps.period_start as DATE) as period_start,
    cast(gaps.period_end as DATE) as period_end,
    cast(gaps.exporter_usd as DECIMAL(20,3)) as exporter_usd,
    cast(gaps.importer_usd as DECIMAL(20,3)) as importer_usd,
    cast(gaps.importer_fob_usd as DECIMAL(20,3)) as importer_fob_usd,
    cast(gaps.pair_state as VARCHAR) as pair_state,
    cast(case when gaps.has_both then gaps.exporter_usd - gaps.importer_usd end as DECIMAL(20,3)) as raw_gap_usd,
    cast(case when gaps.has_both then gaps.exporter_usd - gaps.importer_fob_high_usd end as DECIMAL(20,3)) as gap_low_usd,
    cast(case when gaps.has_both then gaps.exporter_usd - gaps.importer_fob_usd end as DECIMAL(20,3)) as gap_usd,
    cast(case when gaps.has_both then gaps.exporter_usd - gaps.importer_fob_low_usd end as DECIMAL(20,3)) as gap_high_usd,
    cast(
        case
            when gaps.exporter_usd > 0 and gaps.importer_fob_high_usd >= 0
                then 1 - cast(gaps.importer_fob_high_usd as double) / cast(gaps.exporter_usd as double)
        end as DOUBLE
    ) as missing_share_low,
    cast(
        case
            when gaps.exporter_usd > 0 and gaps.importer_fob_usd >= 0
                then 1 - cast(gaps.importer_fob_usd as double) / cast(gaps.exporter_usd as double)
        end as DOUBLE
    ) as missing_share,
    cast(
        case
            when gaps.exporter_usd > 0 and gaps.importer_fob_low_usd >= 0
                then 1 - cast(gaps.importer_fob_low_usd as double) / cast(gaps.exporter_usd as double)
        end as DOUBLE
    ) as missing_share_high,
    cast(
        case
            when gaps.exporter_usd >= 0 and gaps.importer_fob_usd >= 0
                then cast(gaps.exporter_usd - gaps.importer_fob_usd as double)
                    / nullif(cast(gaps.exporter_usd + gaps.importer_fob_usd as double), 0)
        end as DOUBLE
    ) as symmetric_gap,
    cast(gaps.log_gap as DOUBLE) as log_gap,
    cast(gaps.quantity_part as DOUBLE) as quantity_part,
    cast(gaps.log_gap - gaps.quantity_part as DOUBLE) as unit_value_part,
    cast(case when gaps.quantity_part is not null then gaps.pair_quantity_unit end as VARCHAR) as pair_quantity_unit,
    cast(case when histories.n_before >= 2 then histories.own_mean end as DOUBLE) as own_mean_log_gap,
    cast(coalesce(histories.n_before, 0) as BIGINT) as n_windows_before,
    cast(case when histories.n_before >= 2 then gaps.log_gap - histories.own_mean end as DOUBLE) as gap_change,
    cast(case when histories.n_before >= 2 then controls.change end as DOUBLE) as control_change,
    cast(case when histories.n_before >= 2 then gaps.log_gap - histories.own_mean - controls.change end as DOUBLE)
        as excess_log_gap,
    cast(
        case
            when not gaps.has_both then 'one_side_only'
            when gaps.importer_fob_usd is null then 'freight_unknown'
            when gaps.pair_state = 'both_zero' then 'no_trade'
            when gaps.is_entrepot_pair then 'entrepot_needs_adjustment'
            when gaps.exporter_usd - gaps.importer_fob_high_usd > gaps.rounding_usd then 'exporter_reports_more'
            when gaps.importer_fob_low_usd - gaps.exporter_usd > gaps.rounding_usd then 'importer_reports_more'
            else 'within_freight'
        end as VARCHAR
    ) as gap_reading,
    cast(
        case
            when not gaps.has_both and gaps.exporter_usd is null then 'exporter_' || gaps.exporter_state
            when not gaps.has_both then 'importer_' || gaps.importer_state
            when gaps.importer_fob_usd is null then 'freight_unknown'
        end as VARCHAR
    ) as absence_reason,
    cast(
        case
            when gaps.has_both and gaps.importer_fob_usd is not null
                then nullif(
                    concat_ws(
                        ';',
                        case
                            when gaps.exporter_usd < 0 or gaps.importer_fob_usd < 0 then 'negative_correction'
                            when gaps.exporter_usd = 0 and gaps.importer_fob_usd = 0 then 'both_zero'
                            when gaps.exporter_usd = 0 then 'exporter_zero'
                            when gaps.importer_fob_usd = 0 then 'importer_zero'
                        end,
                        case when gaps.log_gap is not null and gaps.quantity_part is null then 'no_common_quantity' end,
                        case
                            when gaps.log_gap is null then null
                            when coalesce(histories.n_before, 0) < 2 then 'too_few_windows_before'
                            when controls.change is null then 'no_control_code'
                        end
                    ), ''
                )
        end as VARCHAR
    ) as ratio_absence_reason,
    cast('difference_between_reports_not_evasion' as VARCHAR) as claim_limit,
    cast(gaps.is_taiwan_proxy as BOOLEAN) as is_taiwan_proxy,
    cast(gaps.is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(gaps.pair_licence_id as VARCHAR) as pair_licence_id,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from gaps
left join histories
    on gaps.exporter_iso3 = histories.exporter_iso3
    and gaps.importer_iso3 = histories.importer_iso3
    and gaps.product_code = histories.product_code
    and gaps.window_kind = histories.window_kind
    and gaps.period_start = histories.period_start
left join controls
    on gaps.exporter_iso3 = controls.exporter_iso3
    and gaps.importer_iso3 = controls.importer_iso3
    and gaps.window_kind = controls.window_kind
    and gaps.period_start = controls.period_start
