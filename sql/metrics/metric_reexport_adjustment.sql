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

entrepots as (
    select country_iso3 from hubs where hub_role in ('entrepot', 'both')
),

goods_windows as (
    select distinct product_code, window_kind, period_start from two_sided
),

window_hubs as (
    select
        goods_windows.product_code,
        goods_windows.window_kind,
        goods_windows.period_start,
        count(*) as n_hubs,
        count(hub_windows.hub_iso3) as n_loaded,
        ';' || string_agg(case when hub_windows.hub_iso3 is null then entrepots.country_iso3 end, ';' order by entrepots.country_iso3) || ';'
            as not_loaded
    from goods_windows
    cross join entrepots
    left join hub_windows
        on entrepots.country_iso3 = hub_windows.hub_iso3
        and goods_windows.product_code = hub_windows.product_code
        and goods_windows.window_kind = hub_windows.window_kind
        and goods_windows.period_start = hub_windows.period_start
    group by goods_windows.product_code, goods_windows.window_kind, goods_windows.period_start
),

hidden_hubs as (
    select
        hidden_lanes.origin_iso3,
        hidden_lanes.destination_iso3,
        hidden_lanes.product_code,
        hidden_lanes.window_kind,
        hidden_lanes.period_start,
        count(*) as n_hidden
    from hidden_lanes
    inner join entrepots on hidden_lanes.hub_iso3 = entrepots.country_iso3
    inner join hub_windows
        on hidden_lanes.hub_iso3 = hub_windows.hub_iso3
        and hidden_lanes.product_code = hub_windows.product_code
        and hidden_lanes.window_kind = hub_windows.window_kind
        and hidden_lanes.period_start = hub_windows.period_start
    where hidden_lanes.hub_iso3 <> hidden_lanes.origin_iso3 and hidden_lanes.hub_iso3 <> hidden_lanes.destination_iso3
    group by
        hidden_lanes.origin_iso3, hidden_lanes.destination_iso3, hidden_lanes.product_code, hidden_lanes.window_kind,
        hidden_lanes.period_start
),

hidden_names as (
    select
        hidden_hubs.origin_iso3,
        hidden_hubs.destination_iso3,
        hidden_hubs.product_code,
        hidden_hubs.window_kind,
        hidden_hubs.period_start,
        string_agg(
            case when hub_windows.hub_iso3 is null or hidden_lanes.hub_iso3 is not null then entrepots.country_iso3 end,
            ';' order by entrepots.country_iso3
        ) as missing_hubs
    from hidden_hubs
    inner join entrepots
        on entrepots.country_iso3 <> hidden_hubs.origin_iso3 and entrepots.country_iso3 <> hidden_hubs.destination_iso3
    left join hub_windows
        on entrepots.country_iso3 = hub_windows.hub_iso3
        and hidden_hubs.product_code = hub_windows.product_code
        and hidden_hubs.window_kind = hub_windows.window_kind
        and hidden_hubs.period_start = hub_windows.period_start
    left join hidden_lanes
        on entrepots.country_iso3 = hidden_lanes.hub_iso3
        and hidden_hubs.origin_iso3 = hidden_lanes.origin_iso3
        and hidden_hubs.destination_iso3 = hidden_lanes.destination_iso3
        and hidden_hubs.product_code = hidden_lanes.product_code
        and hidden_hubs.window_kind = hidden_lanes.window_kind
        and hidden_hubs.period_start = hidden_lanes.period_start
    group by
        hidden_hubs.origin_iso3, hidden_hubs.destination_iso3, hidden_hubs.product_code, hidden_hubs.window_kind, hidden_hubs.period_start
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
        sold_on.reexport_usd,
        coalesce(window_hubs.n_hubs, 0)
        - case when exporter_hubs.country_iso3 is not null then 1 else 0 end
        - case when importer_hubs.country_iso3 is not null then 1 else 0 end as n_expected,
        coalesce(window_hubs.n_loaded, 0)
        - case when exporter_hubs.country_iso3 is not null and exporter_windows.hub_iso3 is not null then 1 else 0 end
        - case when importer_hubs.country_iso3 is not null and importer_windows.hub_iso3 is not null then 1 else 0 end
        - coalesce(hidden_hubs.n_hidden, 0) as n_present,
        coalesce(
            hidden_names.missing_hubs,
            nullif(
                trim(
                    replace(
                        replace(window_hubs.not_loaded, ';' || two_sided.exporter_iso3 || ';', ';'), ';' || two_sided.importer_iso3 || ';', ';'
                    ),
                    ';'
                ),
                ''
            )
        ) as missing_hubs,
        two_sided.pair_licence_id
    from two_sided
    left join window_hubs
        on two_sided.product_code = window_hubs.product_code
        and two_sided.window_kind = window_hubs.window_kind
        and two_sided.period_start = window_hubs.period_start
    left join entrepots as exporter_hubs on two_sided.exporter_iso3 = exporter_hubs.country_iso3
    left join entrepots as importer_hubs
        on two_sided.importer_iso3 = importer_hubs.country_iso3 and two_sided.importer_iso3 <> two_sided.exporter_iso3
    left join hub_windows as exporter_windows
        on two_sided.exporter_iso3 = exporter_windows.hub_iso3
        and two_sided.product_code = exporter_windows.product_code
        and two_sided.window_kind = exporter_windows.window_kind
        and two_sided.period_start = exporter_windows.period_start
    left join hub_windows as importer_windows
        on two_sided.importer_iso3 = importer_windows.hub_iso3
        and two_sided.product_code = importer_windows.product_code
        and two_sided.window_kind = importer_windows.window_kind
        and two_sided.period_start = importer_windows.period_start
    left join hidden_hubs
        on two_sided.exporter_iso3 = hidden_hubs.origin_iso3
        and two_sided.importer_iso3 = hidden_hubs.destination_iso3
        and two_sided.product_code = hidden_hubs.product_code
        and two_sided.window_kind = hidden_hubs.window_kind
        and two_sided.period_start = hidden_hubs.period_start
    left join hidden_names
        on two_sided.exporter_iso3 = hidden_names.origin_iso3
        and two_sided.importer_iso3 = hidden_names.destination_iso3
        and two_sided.product_code = hidden_names.product_code
        and two_sided.window_kind = hidden_names.window_kind
        and two_sided.period_start = hidden_names.period_start
    left join sold_on
        on two_sided.exporter_iso3 = sold_on.origin_iso3
        and two_sided.importer_iso3 = sold_on.destination_iso3
        and two_sided.product_code = sold_on.product_code
        and two_sided.window_kind = sold_on.window_kind
        and two_sided.period_start = sold_on.period_start
),

counted as (
    select
        exporter_iso3,
        importer_iso3,
        product_code,
        window_kind,
        period_start,
        period_end,
        before_low_usd,
        before_usd,
        before_high_usd,
        case when n_present > 0 then coalesce(reexport_usd, 0) end as reexport_usd,
        n_expected,
        n_present,
        missing_hubs,
        pair_licence_id
    from joined
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
from counted
