-- One row per hub, partner, flow, goods and window: what a hub itself reports, World as partner WLD. From the reports of the hubs.
-- Goods are an HS code, or the group ai_accelerator: chips, cards, units and servers added, since a hub may turn one into the
-- other. A code without a row counts as zero in the group where the hub's list of partners is complete; otherwise the group
-- is missing. Windows: year, 6 and 12 months; all months must be present.

with
hubs as (select * from core.dim_hub),

products as (select * from core.dim_product),

reports as (select * from metrics.metric_bilateral_report),

world as (select * from metrics.metric_world_report),

licences as (select * from core.dim_licence),

watched as (
    select code as product_code, ai_group
    from products
    where ai_group in ('ai_accelerator', 'upstream_memory', 'tool_chain') or code = '8542'
),

cells as (
    select
        reports.reporter_iso3, reports.partner_iso3, reports.flow, reports.product_code, reports.frequency, reports.period_start,
        reports.period_end, reports.value_usd, reports.value_basis, reports.licence_id, watched.ai_group
    from reports
    inner join hubs on reports.reporter_iso3 = hubs.country_iso3
    inner join watched on reports.product_code = watched.product_code
    union all
    select
        world.reporter_iso3, 'WLD' as partner_iso3, world.flow, world.product_code, world.frequency, world.period_start,
        world.period_end, world.value_usd, world.value_basis, world.licence_id, watched.ai_group
    from world
    inner join hubs on world.reporter_iso3 = hubs.country_iso3
    inner join watched on world.product_code = watched.product_code
),

group_size as (
    select count(*) as n_codes
    from watched
    where ai_group = 'ai_accelerator' and length(product_code) = 6
),

complete_codes as (
    select
        world.reporter_iso3, world.flow, world.frequency, world.period_start, count(*) as n_complete
    from world
    inner join watched on world.product_code = watched.product_code
    where watched.ai_group = 'ai_accelerator' and length(watched.product_code) = 6 and world.is_partner_list_complete
    group by world.reporter_iso3, world.flow, world.frequency, world.period_start
),

complete_seen as (
    select
        cells.reporter_iso3, cells.partner_iso3, cells.flow, cells.frequency, cells.period_start, count(*) as n_seen
    from cells
    inner join world
        on cells.reporter_iso3 = world.reporter_iso3
        and cells.flow = world.flow
        and cells.product_code = world.product_code
        and cells.frequency = world.frequency
        and cells.period_start = world.period_start
    where cells.ai_group = 'ai_accelerator' and world.is_partner_list_complete and cells.partner_iso3 <> 'WLD'
    group by cells.reporter_iso3, cells.partner_iso3, cells.flow, cells.frequency, cells.period_start
),

grouped as (
    select
        cells.reporter_iso3,
        cells.partner_iso3,
        cells.flow,
        cells.frequency,
        cells.period_start,
        max(cells.period_end) as period_end,
        sum(cells.value_usd) as value_usd,
        count(cells.value_usd) as n_present,
        count(*) as n_rows,
        max(cells.value_basis) as value_basis,
        max(case when not licences.may_redistribute_rows then cells.licence_id end) as closed_licence_id,
        max(cells.licence_id) as licence_id
    from cells
    left join licences on cells.licence_id = licences.licence_id
    where cells.ai_group = 'ai_accelerator'
    group by cells.reporter_iso3, cells.partner_iso3, cells.flow, cells.frequency, cells.period_start
),

group_cells as (
    select
        grouped.reporter_iso3,
        grouped.partner_iso3,
        grouped.flow,
        'ai_accelerator' as goods_id,
        grouped.frequency,
        grouped.period_start,
        grouped.period_end,
        case
            when grouped.n_present = grouped.n_rows
                and grouped.n_present + coalesce(complete_codes.n_complete, 0) - coalesce(complete_seen.n_seen, 0)
                >= group_size.n_codes
                and (grouped.partner_iso3 <> 'WLD' or grouped.n_present = group_size.n_codes)
                then grouped.value_usd
        end as value_usd,
        grouped.value_basis,
        coalesce(grouped.closed_licence_id, grouped.licence_id) as licence_id
    from grouped
    cross join group_size
    left join complete_codes
        on grouped.reporter_iso3 = complete_codes.reporter_iso3
        and grouped.flow = complete_codes.flow
        and grouped.frequency = complete_codes.frequency
        and grouped.period_start = complete_codes.period_start
    left join complete_seen
        on grouped.reporter_iso3 = complete_seen.reporter_iso3
        and grouped.partner_iso3 = complete_seen.partner_iso3
        and grouped.flow = complete_seen.flow
        and grouped.frequency = complete_seen.frequency
        and grouped.period_start = complete_seen.period_start
),

goods as (
    select
        reporter_iso3, partner_iso3, flow, product_code as goods_id, frequency, period_start, period_end, value_usd,
        value_basis, licence_id
    from cells
    union all
    select
        reporter_iso3, partner_iso3, flow, goods_id, frequency, period_start, period_end, value_usd, value_basis, licence_id
    from group_cells
),

rolled as (
    select
        reporter_iso3,
        partner_iso3,
        flow,
        goods_id,
        period_start as last_month,
        period_end,
        value_basis,
        licence_id,
        sum(value_usd) over last_six as six_usd,
        count(value_usd) over last_six as n_six,
        sum(value_usd) over last_twelve as twelve_usd,
        count(value_usd) over last_twelve as n_twelve
    from goods
    where frequency = 'M'
    window
        last_six as (
            partition by reporter_iso3, partner_iso3, flow, goods_id order by period_start
            range between interval 5 months preceding and current row
        ),
        last_twelve as (
            partition by reporter_iso3, partner_iso3, flow, goods_id order by period_start
            range between interval 11 months preceding and current row
        )
),

windows as (
    select
        reporter_iso3, partner_iso3, flow, goods_id, 'year' as window_kind, period_start, period_end, value_usd, value_basis,
        licence_id
    from goods
    where frequency = 'A'
    union all
    select
        reporter_iso3, partner_iso3, flow, goods_id, 'rolling_6' as window_kind,
        cast(last_month - interval 5 months as date) as period_start, period_end,
        case when n_six = 6 then six_usd end as value_usd, value_basis, licence_id
    from rolled
    union all
    select
        reporter_iso3, partner_iso3, flow, goods_id, 'rolling_12' as window_kind,
        cast(last_month - interval 11 months as date) as period_start, period_end,
        case when n_twelve = 12 then twelve_usd end as value_usd, value_basis, licence_id
    from rolled
)

select
    cast(reporter_iso3 as VARCHAR) as hub_iso3,
    cast(partner_iso3 as VARCHAR) as partner_iso3,
    cast(flow as VARCHAR) as flow,
    cast(goods_id as VARCHAR) as goods_id,
    cast(window_kind as VARCHAR) as window_kind,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(value_usd as DECIMAL(20,3)) as value_usd,
    cast(value_basis as VARCHAR) as value_basis,
    cast(case when value_usd is null then 'missing_parts' end as VARCHAR) as absence_reason,
    cast(licence_id as VARCHAR) as licence_id,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from windows
