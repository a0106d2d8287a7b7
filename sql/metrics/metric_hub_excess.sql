-- One row per rule, exporter, hub and HS code (A12): exports to the hub above constant shares, with the placebo band.
-- From metrics.metric_destination_shift and core.dim_hub. Negative excess stays; `positive_excess_usd` cuts it off at zero. A hub without
-- a row in the exporter's report has one here that says so.

with
shifts as (select * from metrics.metric_destination_shift),

hubs as (select * from core.dim_hub),

events as (
    select rule_id, exporter_iso3, product_code, window_kind, base_start, base_end, period_start, period_end
    from shifts
    group by rule_id, exporter_iso3, product_code, window_kind, base_start, base_end, period_start, period_end
),

frame as (
    select
        events.rule_id,
        events.exporter_iso3,
        hubs.country_iso3 as hub_iso3,
        events.product_code,
        events.window_kind,
        max(events.base_start) as base_start,
        max(events.base_end) as base_end,
        max(events.period_start) as period_start,
        max(events.period_end) as period_end
    from events
    inner join hubs on events.exporter_iso3 <> hubs.country_iso3
    group by events.rule_id, events.exporter_iso3, hubs.country_iso3, events.product_code, events.window_kind
)

select
    cast(frame.rule_id as VARCHAR) as rule_id,
    cast(frame.exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(frame.hub_iso3 as VARCHAR) as hub_iso3,
    cast(frame.product_code as VARCHAR) as product_code,
    cast(frame.window_kind as VARCHAR) as window_kind,
    cast(frame.base_start as DATE) as base_start,
    cast(frame.base_end as DATE) as base_end,
    cast(frame.period_start as DATE) as period_start,
    cast(frame.period_end as DATE) as period_end,
    cast(shifts.base_usd as DECIMAL(20,3)) as base_usd,
    cast(shifts.actual_usd as DECIMAL(20,3)) as actual_usd,
    cast(shifts.counterfactual_usd as DECIMAL(20,3)) as counterfactual_usd,
    cast(shifts.excess_low_usd as DECIMAL(20,3)) as excess_low_usd,
    cast(shifts.excess_usd as DECIMAL(20,3)) as excess_usd,
    cast(shifts.excess_high_usd as DECIMAL(20,3)) as excess_high_usd,
    cast(case when shifts.excess_usd > 0 then shifts.excess_usd when shifts.excess_usd is not null then 0 end as DECIMAL(20,3)) as positive_excess_usd,
    cast(shifts.excess_ratio as DOUBLE) as excess_ratio,
    cast(shifts.band_low_ratio as DOUBLE) as band_low_ratio,
    cast(shifts.band_high_ratio as DOUBLE) as band_high_ratio,
    cast(shifts.is_outside_band as BOOLEAN) as is_outside_band,
    cast(coalesce(shifts.n_placebos, 0) as BIGINT) as n_placebos,
    cast(shifts.n_rest as BIGINT) as n_rest,
    cast(shifts.rest_world_share as DOUBLE) as rest_world_share,
    cast(coalesce(shifts.absence_reason, case when shifts.rule_id is null then 'hub_not_in_report' end) as VARCHAR)
        as absence_reason,
    cast(case when shifts.rule_id is null then 'no_value' else shifts.ratio_absence_reason end as VARCHAR) as ratio_absence_reason,
    cast(coalesce(shifts.band_absence_reason, case when shifts.rule_id is null then 'hub_not_in_report' end) as VARCHAR)
        as band_absence_reason,
    cast('place_to_look_not_accusation' as VARCHAR) as claim_limit,
    cast(shifts.licence_id as VARCHAR) as licence_id,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from frame
left join shifts
    on frame.rule_id = shifts.rule_id
    and frame.exporter_iso3 = shifts.exporter_iso3
    and frame.hub_iso3 = shifts.destination_iso3
    and frame.product_code = shifts.product_code
    and frame.window_kind = shifts.window_kind
