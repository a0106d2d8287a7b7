-- One row per hub, target, goods and window (A11): what leaves the hub for the target over what arrives from the world.
-- From metrics.metric_hub_window. Re-exports go before exports; exports of a producer hold its own output, so that a throughput
-- above 1 is no sign of diversion there. Imports of twelve-month windows are those of one month earlier; years have no such
-- lag. Every hub has a row for every year and goods: what is not loaded is missing.

with
hubs as (select * from core.dim_hub),

windows as (select * from metrics.metric_hub_window),

world as (select * from metrics.metric_world_report),

products as (select * from core.dim_product),

countries as (select * from core.dim_country),

rates as (select * from metrics.metric_freight_rate),

targets as (
    select countries.country_iso3 as target_iso3
    from countries
    left join hubs on countries.country_iso3 = hubs.country_iso3
    where countries.country_iso3 = 'WLD' or (countries.rollup = 'CHN+HKG+MAC' and hubs.country_iso3 is null)
),

goods as (
    select code as goods_id
    from products
    where ai_group in ('ai_accelerator', 'upstream_memory', 'tool_chain') or code = '8542'
    union
    select ai_group as goods_id
    from products
    where ai_group = 'ai_accelerator'
),

years as (
    select distinct period_start, period_end
    from world
    where frequency = 'A' and value_usd is not null
),

frame as (
    select hubs.country_iso3 as hub_iso3, goods.goods_id, 'year' as window_kind, years.period_start, years.period_end
    from hubs
    cross join goods
    cross join years
    union
    select distinct hub_iso3, goods_id, window_kind, period_start, period_end
    from windows
    where window_kind = 'rolling_12' and value_usd is not null
),

amounts as (
    select
        frame.hub_iso3,
        targets.target_iso3,
        frame.goods_id,
        frame.window_kind,
        frame.period_start,
        frame.period_end,
        max(case when windows.flow = 'M' and windows.partner_iso3 = 'WLD' then windows.value_usd end) as import_usd,
        max(case when windows.flow = 'M' and windows.partner_iso3 = 'WLD' then windows.value_basis end) as import_basis,
        max(case when windows.flow = 'X' and windows.partner_iso3 = targets.target_iso3 then windows.value_usd end) as export_usd,
        max(case when windows.flow = 'RX' and windows.partner_iso3 = targets.target_iso3 then windows.value_usd end)
            as reexport_usd
    from frame
    cross join targets
    left join windows
        on frame.hub_iso3 = windows.hub_iso3
        and frame.goods_id = windows.goods_id
        and frame.window_kind = windows.window_kind
        and case
            when frame.window_kind = 'rolling_12' and windows.flow = 'M' then cast(frame.period_start - interval 1 month as date)
            else frame.period_start
        end = windows.period_start
        and windows.partner_iso3 in ('WLD', targets.target_iso3)
    group by
        frame.hub_iso3, targets.target_iso3, frame.goods_id, frame.window_kind, frame.period_start, frame.period_end
),

rated as (
    select
        amounts.hub_iso3,
        amounts.target_iso3,
        amounts.goods_id,
        amounts.window_kind,
        amounts.period_start,
        amounts.period_end,
        amounts.import_usd,
        amounts.export_usd,
        amounts.reexport_usd,
        coalesce(amounts.reexport_usd, amounts.export_usd) as onward_usd,
        case
            when amounts.import_basis not in ('CIF', 'unknown') then 0
            else rates.freight_low
        end as freight_low,
        case
            when amounts.import_basis not in ('CIF', 'unknown') then 0
            else rates.freight_central
        end as freight_central,
        case
            when amounts.import_basis not in ('CIF', 'unknown') then 0
            else rates.freight_high
        end as freight_high
    from amounts
    left join rates
        on amounts.hub_iso3 = rates.importer_iso3
        and case when amounts.goods_id = 'ai_accelerator' then '847150' else amounts.goods_id end = rates.product_code
        and date_trunc('year', amounts.period_start) = rates.period_start
),

divided as (
    select
        hub_iso3,
        target_iso3,
        goods_id,
        window_kind,
        period_start,
        period_end,
        import_usd,
        export_usd,
        reexport_usd,
        onward_usd,
        case when import_usd > 0 and onward_usd >= 0 then cast(onward_usd as double) * (1 + freight_low) / cast(import_usd as double) end as low,
        case when import_usd > 0 and onward_usd >= 0 then cast(onward_usd as double) * (1 + freight_central) / cast(import_usd as double) end
            as central,
        case when import_usd > 0 and onward_usd >= 0 then cast(onward_usd as double) * (1 + freight_high) / cast(import_usd as double) end
            as high
    from rated
),

peers as (
    select target_iso3, goods_id, window_kind, period_start, median(central) as peer_median, count(central) as n_peers
    from divided
    group by target_iso3, goods_id, window_kind, period_start
)

select
    cast(divided.hub_iso3 as VARCHAR) as hub_iso3,
    cast(divided.target_iso3 as VARCHAR) as target_iso3,
    cast(divided.goods_id as VARCHAR) as goods_id,
    cast(divided.window_kind as VARCHAR) as window_kind,
    cast(divided.period_start as DATE) as period_start,
    cast(divided.period_end as DATE) as period_end,
    cast(divided.import_usd as DECIMAL(20,3)) as import_usd,
    cast(divided.export_usd as DECIMAL(20,3)) as export_usd,
    cast(divided.reexport_usd as DECIMAL(20,3)) as reexport_usd,
    cast(
        case
            when divided.reexport_usd is not null then 'reexports'
            when divided.export_usd is not null then 'exports'
        end as VARCHAR
    ) as onward_basis,
    cast(divided.low as DOUBLE) as throughput_low,
    cast(divided.central as DOUBLE) as throughput,
    cast(divided.high as DOUBLE) as throughput_high,
    cast(case when peers.n_peers >= 3 then divided.central / nullif(peers.peer_median, 0) end as DOUBLE) as relative_throughput,
    cast(
        case
            when divided.central is null then 'no_value'
            when peers.n_peers < 3 then 'too_few_peers'
            when peers.peer_median = 0 then 'peer_median_zero'
        end as VARCHAR
    ) as ratio_absence_reason,
    cast(peers.n_peers as BIGINT) as n_peers,
    cast(divided.reexport_usd is null and hubs.hub_role <> 'entrepot' as BOOLEAN) as is_own_output_included,
    cast(
        case
            when divided.import_usd is null and divided.onward_usd is null then 'missing_imports_and_exports'
            when divided.import_usd is null then 'missing_imports'
            when divided.onward_usd is null then 'missing_exports'
            when divided.import_usd <= 0 then 'base_zero'
            when divided.onward_usd < 0 then 'negative_correction'
            when divided.central is null then 'freight_unknown'
        end as VARCHAR
    ) as absence_reason,
    cast('place_to_look_not_accusation' as VARCHAR) as claim_limit,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from divided
inner join hubs on divided.hub_iso3 = hubs.country_iso3
inner join peers
    on divided.target_iso3 = peers.target_iso3
    and divided.goods_id = peers.goods_id
    and divided.window_kind = peers.window_kind
    and divided.period_start = peers.period_start
