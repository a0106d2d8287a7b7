-- One row per rule, exporter, target and HS code (A13): hub excess over the shortfall of direct exports to the target.
-- From metrics.metric_destination_shift, core.dim_hub and core.dim_country. Every exporter under a rule has a row for every target and
-- is asked for every hub of the table of hubs but itself: what its report lacks is named, not left out. The ends of the interval take
-- the placebo band of every hub and of the target at its worst; where the shortfall may be zero, the upper end is open. The index may
-- exceed 1 (stocks, other buyers).

with
shifts as (select * from metrics.metric_destination_shift),

hubs as (select * from core.dim_hub),

countries as (select * from core.dim_country),

targets as (
    select countries.country_iso3 as target_iso3
    from countries
    left join hubs on countries.country_iso3 = hubs.country_iso3
    where countries.rollup = 'CHN+HKG+MAC' and hubs.country_iso3 is null
),

events as (
    select
        rule_id,
        exporter_iso3,
        product_code,
        window_kind,
        max(base_start) as base_start,
        max(base_end) as base_end,
        max(period_start) as period_start,
        max(period_end) as period_end
    from shifts
    group by rule_id, exporter_iso3, product_code, window_kind
),

frame as (
    select
        events.rule_id, events.exporter_iso3, targets.target_iso3, events.product_code, events.window_kind, events.base_start,
        events.base_end, events.period_start, events.period_end
    from events
    inner join targets on events.exporter_iso3 <> targets.target_iso3
),

direct as (
    select
        frame.rule_id,
        frame.exporter_iso3,
        frame.target_iso3,
        frame.product_code,
        frame.window_kind,
        frame.base_start,
        frame.base_end,
        frame.period_start,
        frame.period_end,
        case when shifts.rule_id is null then 'target_not_in_report' else shifts.absence_reason end as absence_reason,
        shifts.band_absence_reason,
        shifts.counterfactual_usd,
        shifts.actual_usd,
        -shifts.excess_high_usd as shortfall_low_usd,
        -shifts.excess_usd as shortfall_usd,
        -shifts.excess_low_usd as shortfall_high_usd
    from frame
    left join shifts
        on frame.rule_id = shifts.rule_id
        and frame.exporter_iso3 = shifts.exporter_iso3
        and frame.target_iso3 = shifts.destination_iso3
        and frame.product_code = shifts.product_code
        and frame.window_kind = shifts.window_kind
),

hub_sums as (
    select
        events.rule_id,
        events.exporter_iso3,
        events.product_code,
        events.window_kind,
        count(*) as n_expected,
        count(shifts.excess_usd) as n_present,
        sum(shifts.excess_low_usd) as excess_low_usd,
        sum(shifts.excess_usd) as excess_usd,
        sum(shifts.excess_high_usd) as excess_high_usd,
        string_agg(case when shifts.excess_usd is null then hubs.country_iso3 end, ';' order by hubs.country_iso3) as missing
    from events
    inner join hubs on events.exporter_iso3 <> hubs.country_iso3
    left join shifts
        on events.rule_id = shifts.rule_id
        and events.exporter_iso3 = shifts.exporter_iso3
        and hubs.country_iso3 = shifts.destination_iso3
        and events.product_code = shifts.product_code
        and events.window_kind = shifts.window_kind
    group by events.rule_id, events.exporter_iso3, events.product_code, events.window_kind
),

joined as (
    select
        direct.rule_id,
        direct.exporter_iso3,
        direct.target_iso3,
        direct.product_code,
        direct.window_kind,
        direct.base_start,
        direct.base_end,
        direct.period_start,
        direct.period_end,
        direct.counterfactual_usd,
        direct.actual_usd,
        direct.shortfall_low_usd,
        direct.shortfall_usd,
        direct.shortfall_high_usd,
        hub_sums.excess_low_usd,
        hub_sums.excess_usd,
        hub_sums.excess_high_usd,
        coalesce(hub_sums.n_expected, 0) as n_expected,
        coalesce(hub_sums.n_present, 0) as n_present,
        hub_sums.missing,
        direct.band_absence_reason,
        case
            when direct.absence_reason is not null then direct.absence_reason
            when coalesce(hub_sums.n_present, 0) = 0 then 'missing_hubs'
            when direct.shortfall_usd <= 0 then 'no_shortfall'
        end as absence_reason
    from direct
    left join hub_sums
        on direct.rule_id = hub_sums.rule_id
        and direct.exporter_iso3 = hub_sums.exporter_iso3
        and direct.product_code = hub_sums.product_code
        and direct.window_kind = hub_sums.window_kind
)

select
    cast(rule_id as VARCHAR) as rule_id,
    cast(exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(target_iso3 as VARCHAR) as target_iso3,
    cast(product_code as VARCHAR) as product_code,
    cast(window_kind as VARCHAR) as window_kind,
    cast(base_start as DATE) as base_start,
    cast(base_end as DATE) as base_end,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(counterfactual_usd as DECIMAL(20,3)) as counterfactual_usd,
    cast(actual_usd as DECIMAL(20,3)) as actual_usd,
    cast(shortfall_low_usd as DECIMAL(20,3)) as shortfall_low_usd,
    cast(shortfall_usd as DECIMAL(20,3)) as shortfall_usd,
    cast(shortfall_high_usd as DECIMAL(20,3)) as shortfall_high_usd,
    cast(excess_low_usd as DECIMAL(20,3)) as excess_low_usd,
    cast(excess_usd as DECIMAL(20,3)) as excess_usd,
    cast(excess_high_usd as DECIMAL(20,3)) as excess_high_usd,
    cast(
        case
            when absence_reason is not null or shortfall_high_usd is null then null
            when excess_low_usd >= 0 then cast(excess_low_usd as double) / cast(shortfall_high_usd as double)
            when shortfall_low_usd > 0 then cast(excess_low_usd as double) / cast(shortfall_low_usd as double)
        end as DOUBLE
    ) as offset_low,
    cast(case when absence_reason is null then cast(excess_usd as double) / cast(shortfall_usd as double) end as DOUBLE)
        as offset_index,
    cast(
        case
            when absence_reason is not null or shortfall_low_usd is null then null
            when excess_high_usd < 0 then cast(excess_high_usd as double) / cast(shortfall_high_usd as double)
            when shortfall_low_usd > 0 then cast(excess_high_usd as double) / cast(shortfall_low_usd as double)
        end as DOUBLE
    ) as offset_high,
    cast(
        case
            when absence_reason is not null then null
            when shortfall_low_usd is null then coalesce(band_absence_reason, 'no_band')
            when shortfall_low_usd <= 0 then 'open_shortfall_may_be_zero'
        end as VARCHAR
    ) as band_absence_reason,
    cast(n_expected as BIGINT) as n_expected,
    cast(n_present as BIGINT) as n_present,
    cast(missing as VARCHAR) as missing_hubs,
    cast(absence_reason as VARCHAR) as absence_reason,
    cast('place_to_look_not_accusation' as VARCHAR) as claim_limit,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from joined
