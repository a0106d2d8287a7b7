-- One row per origin, destination, HS code and window that both report, with known freight (A10): the import surplus before and after re-exports.
-- From metrics.metric_mirror_pair, metrics.metric_hub_reexport and core.dim_hub. Surplus = importer FOB - exporter. Taking off what
-- hubs re-export can only explain imports above exports; where exports are higher it makes matters worse, and that is said.
-- Hubs that publish no re-exports by origin, suppress this lane, or are not loaded, are named.

with
pairs as (select * from metrics.metric_mirror_pair),

reexports as (select * from metrics.metric_hub_reexport),

hubs as (select * from core.dim_hub),

two_sided as (
    select
        exporter_iso3,
        importer_iso3,
        product_code,
        window_kind,
        period_start,
        period_end,
        exporter_usd,
        importer_fob_low_usd,
        importer_fob_usd,
        importer_fob_high_usd,
        pair_licence_id
    from pairs
    where exporter_usd is not null and importer_fob_usd is not null and pair_state <> 'both_zero'
),

hub_windows as (
    select distinct hub_iso3, product_code, window_kind, period_start
    from reexports
    where reexport_usd is not null
),

hidden_lanes as (
    select hub_iso3, origin_iso3, destination_iso3, product_code, window_kind, period_start
    from reexports
    where reexport_usd is null
),

lane_hubs as (
    select
        two_sided.exporter_iso3,
        two_sided.importer_iso3,
        two_sided.product_code,
        two_sided.window_kind,
        two_sided.period_start,
        count(*) as n_expected,
        sum(case when hub_windows.hub_iso3 is not null and hidden_lanes.hub_iso3 is null then 1 else 0 end) as n_present,
        string_agg(
            case when hub_windows.hub_iso3 is null or hidden_lanes.hub_iso3 is not null then hubs.country_iso3 end,
            ';' order by hubs.country_iso3
        ) as missing_hubs
    from two_sided
    inner join hubs
        on hubs.hub_role in ('entrepot', 'both')
        and hubs.country_iso3 <> two_sided.exporter_iso3
        and hubs.country_iso3 <> two_sided.importer_iso3
    left join hub_windows
        on hubs.country_iso3 = hub_windows.hub_iso3
        and two_sided.product_code = hub_windows.product_code
        and two_sided.window_kind = hub_windows.window_kind
        and two_sided.period_start = hub_windows.period_start
    left join hidden_lanes
        on hubs.country_iso3 = hidden_lanes.hub_iso3
        and two_sided.exporter_iso3 = hidden_lanes.origin_iso3
        and two_sided.importer_iso3 = hidden_lanes.destination_iso3
        and two_sided.product_code = hidden_lanes.product_code
        and two_sided.window_kind = hidden_lanes.window_kind
        and two_sided.period_start = hidden_lanes.period_start
    group by
        two_sided.exporter_iso3, two_sided.importer_iso3, two_sided.product_code, two_sided.window_kind, two_sided.period_start
),

sold_on as (
    select origin_iso3, destination_iso3, product_code, window_kind, period_start, sum(reexport_usd) as reexport_usd
    from reexports
    where reexport_usd is not null and hub_iso3 <> origin_iso3 and hub_iso3 <> destination_iso3
    group by origin_iso3, destination_iso3, product_code, window_kind, period_start
),

joined as (
    select
        two_sided.exporter_iso3,
        two_sided.importer_iso3,
        two_sided.product_code,
        two_sided.window_kind,
        two_sided.period_start,
        two_sided.period_end,
        two_sided.importer_fob_low_usd - two_sided.exporter_usd as before_low_usd,
        two_sided.importer_fob_usd - two_sided.exporter_usd as before_usd,
        two_sided.importer_fob_high_usd - two_sided.exporter_usd as before_high_usd,
        case when lane_hubs.n_present > 0 then coalesce(sold_on.reexport_usd, 0) end as reexport_usd,
        coalesce(lane_hubs.n_expected, 0) as n_expected,
        coalesce(lane_hubs.n_present, 0) as n_present,
        lane_hubs.missing_hubs,
        two_sided.pair_licence_id
    from two_sided
    left join lane_hubs
        on two_sided.exporter_iso3 = lane_hubs.exporter_iso3
        and two_sided.importer_iso3 = lane_hubs.importer_iso3
        and two_sided.product_code = lane_hubs.product_code
        and two_sided.window_kind = lane_hubs.window_kind
        and two_sided.period_start = lane_hubs.period_start
    left join sold_on
        on two_sided.exporter_iso3 = sold_on.origin_iso3
        and two_sided.importer_iso3 = sold_on.destination_iso3
        and two_sided.product_code = sold_on.product_code
        and two_sided.window_kind = sold_on.window_kind
        and two_sided.period_start = sold_on.period_start
)

select
    cast(exporter_iso3 as VARCHAR) as origin_iso3,
    cast(importer_iso3 as VARCHAR) as destination_iso3,
    cast(product_code as VARCHAR) as product_code,
    cast(window_kind as VARCHAR) as window_kind,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(before_low_usd as DECIMAL(20,3)) as surplus_before_low_usd,
    cast(before_usd as DECIMAL(20,3)) as surplus_before_usd,
    cast(before_high_usd as DECIMAL(20,3)) as surplus_before_high_usd,
    cast(reexport_usd as DECIMAL(20,3)) as reexport_usd,
    cast(before_low_usd - reexport_usd as DECIMAL(20,3)) as surplus_after_low_usd,
    cast(before_usd - reexport_usd as DECIMAL(20,3)) as surplus_after_usd,
    cast(before_high_usd - reexport_usd as DECIMAL(20,3)) as surplus_after_high_usd,
    cast(case when reexport_usd is not null then before_usd < 0 and reexport_usd > 0 end as BOOLEAN) as is_worse_after,
    cast(n_expected as BIGINT) as n_hubs_expected,
    cast(n_present as BIGINT) as n_hubs_present,
    cast(missing_hubs as VARCHAR) as missing_hubs,
    cast(case when reexport_usd is null then 'missing_hub_reexports' end as VARCHAR) as absence_reason,
    cast('difference_between_reports_not_evasion' as VARCHAR) as claim_limit,
    cast(pair_licence_id as VARCHAR) as pair_licence_id,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from joined
