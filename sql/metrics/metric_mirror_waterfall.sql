-- One row per exporter, importer, HS code, window and component: what the raw mirror gap is made of, each part with its interval.
-- From metrics.metric_mirror_pair, metrics.metric_reexport_adjustment and core.dim_flow_parameter, for pairs that both report with known freight. The
-- amounts that are not NULL add up to the raw gap exactly; a component that is only bounded has no amount and stays in the
-- residual. Timing: goods under way for up to the longest transit. Re-exports, as far as only the listed hubs sell goods on:
-- what the exporter sent to hubs that are not loaded, with the highest freight and margin; without that figure the end is
-- open. Other countries can sell on, too: the end is no bound on them. Classification: opposite gaps of the same pair within
-- a heading. `explainable_usd` is how much of the gap a component can explain under that condition, the gap at most.

with
pairs as (select * from metrics.metric_mirror_pair),

adjustments as (select * from metrics.metric_reexport_adjustment),

parameters as (select * from core.dim_flow_parameter),

hubs as (select * from core.dim_hub),

transit as (
    select max(parameter_central) as lag_central, max(parameter_high) as lag_high
    from parameters
    where parameter = 'transit_months' and reporter_class = 'any' and stage_scope = 'any'
),

markup as (
    select
        (1 + coalesce(max(case when parameter = 'reexport_markup' and stage_scope = 'any' then parameter_high end), 0))
        * (1 + coalesce(max(case when parameter = 'freight_rate' then parameter_high end), 0)) as factor
    from parameters
),

two_sided as (
    select
        pairs.exporter_iso3,
        pairs.importer_iso3,
        pairs.product_code,
        pairs.window_kind,
        pairs.period_start,
        pairs.period_end,
        pairs.exporter_usd,
        pairs.exporter_usd - pairs.importer_usd as raw_gap_usd,
        pairs.importer_fob_low_usd - pairs.importer_usd as freight_low_usd,
        pairs.importer_fob_usd - pairs.importer_usd as freight_usd,
        pairs.importer_fob_high_usd - pairs.importer_usd as freight_high_usd,
        pairs.exporter_usd - pairs.importer_fob_usd as gap_usd,
        pairs.importer_fob_high_usd - pairs.exporter_usd as surplus_high_usd,
        pairs.exporter_shifted_usd,
        case when pairs.window_kind = 'year' then 12 else 3 end as n_months,
        pairs.freight_basis,
        pairs.is_taiwan_proxy,
        pairs.is_later_vintage,
        pairs.pair_licence_id
    from pairs
    where pairs.exporter_usd is not null and pairs.importer_fob_usd is not null and pairs.pair_state <> 'both_zero'
),

unseen_hubs as (
    select
        adjustments.origin_iso3,
        adjustments.destination_iso3,
        adjustments.product_code,
        adjustments.window_kind,
        adjustments.period_start,
        count(*) as n_unseen,
        count(to_hub.exporter_usd) as n_known,
        sum(greatest(to_hub.exporter_usd, 0)) as sent_usd
    from adjustments
    inner join hubs on ';' || adjustments.missing_hubs || ';' like '%;' || hubs.country_iso3 || ';%'
    left join pairs as to_hub
        on adjustments.origin_iso3 = to_hub.exporter_iso3
        and hubs.country_iso3 = to_hub.importer_iso3
        and adjustments.product_code = to_hub.product_code
        and adjustments.window_kind = to_hub.window_kind
        and adjustments.period_start = to_hub.period_start
    group by
        adjustments.origin_iso3, adjustments.destination_iso3, adjustments.product_code, adjustments.window_kind,
        adjustments.period_start
),

headings as (
    select
        exporter_iso3,
        importer_iso3,
        substr(product_code, 1, 4) as heading,
        window_kind,
        period_start,
        count(*) as n_codes,
        sum(case when gap_usd > 0 then gap_usd else 0 end) as positive_usd,
        sum(case when gap_usd < 0 then -gap_usd else 0 end) as negative_usd
    from two_sided
    where length(product_code) = 6
    group by exporter_iso3, importer_iso3, substr(product_code, 1, 4), window_kind, period_start
),

measured as (
    select
        two_sided.exporter_iso3,
        two_sided.importer_iso3,
        two_sided.product_code,
        two_sided.window_kind,
        two_sided.period_start,
        two_sided.period_end,
        two_sided.raw_gap_usd,
        two_sided.freight_low_usd,
        two_sided.freight_usd,
        two_sided.freight_high_usd,
        two_sided.freight_basis,
        two_sided.exporter_shifted_usd is not null as is_timing_observed,
        cast(
            round(
                case
                    when two_sided.exporter_shifted_usd is null
                        then -abs(cast(two_sided.exporter_usd as double)) * transit.lag_high / two_sided.n_months
                    when two_sided.exporter_usd < two_sided.exporter_shifted_usd
                        then cast(two_sided.exporter_usd - two_sided.exporter_shifted_usd as double) * transit.lag_high
                    else 0
                end, 3
            ) as decimal(20, 3)
        ) as timing_low_usd,
        cast(
            round(
                coalesce(cast(two_sided.exporter_usd - two_sided.exporter_shifted_usd as double) * transit.lag_central, 0), 3
            ) as decimal(20, 3)
        ) as timing_usd,
        cast(
            round(
                case
                    when two_sided.exporter_shifted_usd is null
                        then abs(cast(two_sided.exporter_usd as double)) * transit.lag_high / two_sided.n_months
                    when two_sided.exporter_usd > two_sided.exporter_shifted_usd
                        then cast(two_sided.exporter_usd - two_sided.exporter_shifted_usd as double) * transit.lag_high
                    else 0
                end, 3
            ) as decimal(20, 3)
        ) as timing_high_usd,
        -adjustments.reexport_usd as reexport_usd,
        adjustments.n_hubs_present,
        adjustments.missing_hubs,
        case
            when adjustments.missing_hubs is null then 0
            when unseen_hubs.n_known = unseen_hubs.n_unseen
                then cast(round(greatest(cast(unseen_hubs.sent_usd as double), 0) * markup.factor, 3) as decimal(20, 3))
        end as unseen_usd,
        headings.n_codes,
        case when two_sided.gap_usd > 0 then 0 else -least(-two_sided.gap_usd, headings.positive_usd) end as class_low_usd,
        case when two_sided.gap_usd > 0 then least(two_sided.gap_usd, headings.negative_usd) else 0 end as class_high_usd,
        two_sided.is_taiwan_proxy,
        two_sided.is_later_vintage,
        two_sided.pair_licence_id
    from two_sided
    cross join transit
    cross join markup
    inner join adjustments
        on two_sided.exporter_iso3 = adjustments.origin_iso3
        and two_sided.importer_iso3 = adjustments.destination_iso3
        and two_sided.product_code = adjustments.product_code
        and two_sided.window_kind = adjustments.window_kind
        and two_sided.period_start = adjustments.period_start
    left join unseen_hubs
        on two_sided.exporter_iso3 = unseen_hubs.origin_iso3
        and two_sided.importer_iso3 = unseen_hubs.destination_iso3
        and two_sided.product_code = unseen_hubs.product_code
        and two_sided.window_kind = unseen_hubs.window_kind
        and two_sided.period_start = unseen_hubs.period_start
    left join headings
        on length(two_sided.product_code) = 6
        and headings.n_codes > 1
        and two_sided.exporter_iso3 = headings.exporter_iso3
        and two_sided.importer_iso3 = headings.importer_iso3
        and substr(two_sided.product_code, 1, 4) = headings.heading
        and two_sided.window_kind = headings.window_kind
        and two_sided.period_start = headings.period_start
),

components as (
    select
        exporter_iso3, importer_iso3, product_code, window_kind, period_start, period_end, raw_gap_usd, is_taiwan_proxy,
        is_later_vintage, pair_licence_id,
        'freight' as component, 1 as position, freight_low_usd as low_usd, freight_usd as amount_usd,
        freight_high_usd as high_usd,
        case when freight_basis in ('own_two_values', 'pooled_two_values', 'not_cif') then 'observed' else 'assumed' end as state,
        'freight and insurance in the importer''s value: ' || freight_basis as note
    from measured
    union all
    select
        exporter_iso3, importer_iso3, product_code, window_kind, period_start, period_end, raw_gap_usd, is_taiwan_proxy,
        is_later_vintage, pair_licence_id,
        'timing' as component, 2 as position, timing_low_usd as low_usd, timing_usd as amount_usd, timing_high_usd as high_usd,
        'assumed' as state,
        case
            when is_timing_observed then 'the exporter''s window moved by the longest transit'
            else 'at most the trade of the longest transit, the exporter''s months being unknown'
        end as note
    from measured
    union all
    select
        exporter_iso3, importer_iso3, product_code, window_kind, period_start, period_end, raw_gap_usd, is_taiwan_proxy,
        is_later_vintage, pair_licence_id,
        'reexport' as component, 3 as position, coalesce(reexport_usd, 0) - unseen_usd as low_usd, reexport_usd as amount_usd,
        coalesce(reexport_usd, 0) as high_usd,
        case when reexport_usd is null and unseen_usd is null then 'unknown' when reexport_usd is null then 'bounded' else 'observed' end
            as state,
        case
            when missing_hubs is null then 're-exports by origin of every listed hub are loaded; other countries may sell on, too'
            else 'if only listed hubs sell on: re-exports by origin are not loaded for ' || missing_hubs
        end as note
    from measured
    union all
    select
        exporter_iso3, importer_iso3, product_code, window_kind, period_start, period_end, raw_gap_usd, is_taiwan_proxy,
        is_later_vintage, pair_licence_id,
        'classification' as component, 4 as position, case when n_codes is not null then class_low_usd end as low_usd,
        cast(null as decimal(20, 3)) as amount_usd, case when n_codes is not null then class_high_usd end as high_usd,
        case when n_codes is null then 'unknown' else 'bounded' end as state,
        case
            when n_codes is null and length(product_code) < 6
                then 'a whole heading: what moves between its subheadings cancels out, other headings are not compared'
            when n_codes is null then 'no neighbouring code of the heading is reported by both sides'
            else 'opposite gaps of the pair within the heading'
        end as note
    from measured
    union all
    select
        exporter_iso3, importer_iso3, product_code, window_kind, period_start, period_end, raw_gap_usd, is_taiwan_proxy,
        is_later_vintage, pair_licence_id,
        'residual' as component, 5 as position,
        raw_gap_usd - freight_high_usd - timing_high_usd - coalesce(reexport_usd, 0)
        - coalesce(case when n_codes is not null then class_high_usd end, 0) as low_usd,
        raw_gap_usd - freight_usd - timing_usd - coalesce(reexport_usd, 0) as amount_usd,
        raw_gap_usd - freight_low_usd - timing_low_usd - coalesce(reexport_usd, 0) + unseen_usd
        - coalesce(case when n_codes is not null then class_low_usd end, 0) as high_usd,
        'remainder' as state,
        case
            when is_taiwan_proxy then 'what is left, with code 490 (Other Asia) standing for Taiwan on one side'
            else 'what is left'
        end as note
    from measured
)

select
    cast(exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(importer_iso3 as VARCHAR) as importer_iso3,
    cast(product_code as VARCHAR) as product_code,
    cast(window_kind as VARCHAR) as window_kind,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(component as VARCHAR) as component,
    cast(position as BIGINT) as component_position,
    cast(low_usd as DECIMAL(20,3)) as component_low_usd,
    cast(amount_usd as DECIMAL(20,3)) as component_usd,
    cast(high_usd as DECIMAL(20,3)) as component_high_usd,
    cast(
        case
            when component = 'classification' and low_usd is null then null
            when raw_gap_usd < 0 and (low_usd is null or low_usd <= raw_gap_usd) then -raw_gap_usd
            when raw_gap_usd < 0 and low_usd < 0 then -low_usd
            when raw_gap_usd >= 0 and (high_usd is null or high_usd >= raw_gap_usd) then raw_gap_usd
            when raw_gap_usd >= 0 and high_usd > 0 then high_usd
            else 0
        end as DECIMAL(20,3)
    ) as explainable_usd,
    cast(state as VARCHAR) as component_state,
    cast(note as VARCHAR) as component_note,
    cast(raw_gap_usd as DECIMAL(20,3)) as raw_gap_usd,
    cast(case when amount_usd is null then 'not_identified' end as VARCHAR) as absence_reason,
    cast('difference_between_reports_not_evasion' as VARCHAR) as claim_limit,
    cast(is_taiwan_proxy as BOOLEAN) as is_taiwan_proxy,
    cast(is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(pair_licence_id as VARCHAR) as pair_licence_id,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from components
