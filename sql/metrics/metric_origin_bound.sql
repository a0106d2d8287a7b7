-- One row per hub, destination, origin, goods and window (A14): how much of what the hub sends on can have come from the origin.
-- From metrics.metric_hub_window. Bounds are an identified set, not a confidence interval: upper = min(sent on, arrived from the origin
-- with the hub's margin), lower = what neither other origins nor own output can explain. Re-exports have no own output in them; of
-- exports the own output is unknown unless a parameter gives it, so that the lower end is 0; half a year can hold as
-- much as the whole year's. Arrivals count as the hub values them, for a margin comes on landed cost. What is not loaded is missing; an
-- origin without a row sent nothing only where the hub's list of partners is complete.

with
hubs as (select * from core.dim_hub),

windows as (select * from metrics.metric_hub_window),

world as (select * from metrics.metric_world_report),

reports as (select * from metrics.metric_bilateral_report),

products as (select * from core.dim_product),

countries as (select * from core.dim_country),

parameters as (select * from core.dim_flow_parameter),

targets as (
    select countries.country_iso3 as destination_iso3
    from countries
    left join hubs on countries.country_iso3 = hubs.country_iso3
    where countries.rollup = 'CHN+HKG+MAC' and hubs.country_iso3 is null
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

hub_origins as (
    select hub_iso3, goods_id, window_kind, period_start, max(period_end) as period_end, partner_iso3 as origin_iso3
    from windows
    where flow = 'M' and partner_iso3 <> 'WLD' and window_kind in ('year', 'rolling_6') and value_usd is not null
    group by hub_iso3, goods_id, window_kind, period_start, partner_iso3
),

unloaded as (
    select
        reports.partner_iso3 as hub_iso3,
        reports.product_code as goods_id,
        'year' as window_kind,
        reports.period_start,
        reports.period_end,
        reports.reporter_iso3 as origin_iso3
    from reports
    inner join hubs on reports.partner_iso3 = hubs.country_iso3
    inner join goods on reports.product_code = goods.goods_id
    where reports.flow = 'X' and reports.frequency = 'A' and reports.value_usd is not null
),

no_origin as (
    select
        hubs.country_iso3 as hub_iso3, goods.goods_id, 'year' as window_kind, world.period_start, world.period_end,
        'WLD' as origin_iso3
    from hubs
    cross join goods
    cross join (select distinct period_start, period_end from world where frequency = 'A' and value_usd is not null) as world
),

frame as (
    select hub_iso3, goods_id, window_kind, period_start, period_end, origin_iso3 from hub_origins
    union
    select hub_iso3, goods_id, window_kind, period_start, period_end, origin_iso3 from unloaded
    union
    select no_origin.hub_iso3, no_origin.goods_id, no_origin.window_kind, no_origin.period_start, no_origin.period_end, no_origin.origin_iso3
    from no_origin
    where not exists (
        select 1
        from hub_origins
        where no_origin.hub_iso3 = hub_origins.hub_iso3 and no_origin.goods_id = hub_origins.goods_id
            and no_origin.period_start = hub_origins.period_start and hub_origins.window_kind = 'year'
    )
    and not exists (
        select 1
        from unloaded
        where no_origin.hub_iso3 = unloaded.hub_iso3 and no_origin.goods_id = unloaded.goods_id
            and no_origin.period_start = unloaded.period_start
    )
),

complete_origins as (
    select reporter_iso3 as hub_iso3, product_code as goods_id, 'year' as window_kind, period_start, 0 as value_usd
    from world
    where flow = 'M' and frequency = 'A' and is_partner_list_complete
),

imports as (
    select hub_iso3, goods_id, window_kind, period_start, partner_iso3, value_usd
    from windows
    where flow = 'M'
),

onward as (
    select
        hub_iso3,
        goods_id,
        window_kind,
        period_start,
        partner_iso3,
        max(case when flow = 'RX' then value_usd end) as reexport_usd,
        max(case when flow = 'X' then value_usd end) as export_usd
    from windows
    where flow in ('X', 'RX')
    group by hub_iso3, goods_id, window_kind, period_start, partner_iso3
),

margins as (
    select parameter, reporter_class, parameter_low, parameter_central, parameter_high
    from parameters
    where parameter in ('reexport_markup', 'value_added_margin') and stage_scope = 'any'
),

outputs as (
    select reporter_class, stage_scope, valid_from, valid_to, parameter_central, parameter_high
    from parameters
    where parameter = 'domestic_output_usd'
),

measured as (
    select
        frame.hub_iso3,
        targets.destination_iso3,
        frame.origin_iso3,
        frame.goods_id,
        frame.window_kind,
        frame.period_start,
        frame.period_end,
        coalesce(onward.reexport_usd, onward.export_usd) as sent_usd,
        case when onward.reexport_usd is not null then 'reexports' when onward.export_usd is not null then 'exports' end
            as onward_basis,
        case when total.value_usd is not null then case when own.hub_iso3 is null then complete_origins.value_usd else own.value_usd end end
            as origin_usd,
        total.value_usd - case when own.hub_iso3 is null then complete_origins.value_usd else own.value_usd end as other_usd,
        total.value_usd as total_usd,
        case
            when onward.reexport_usd is not null then 0
            when frame.window_kind = 'year' then outputs.parameter_central
            else outputs.parameter_central / 2
        end as output_central,
        case when onward.reexport_usd is not null then 0 else outputs.parameter_high end as output_high,
        coalesce(hub_margin.parameter_high, any_margin.parameter_high) as margin_high
    from frame
    cross join targets
    left join onward
        on frame.hub_iso3 = onward.hub_iso3
        and targets.destination_iso3 = onward.partner_iso3
        and frame.goods_id = onward.goods_id
        and frame.window_kind = onward.window_kind
        and frame.period_start = onward.period_start
    left join imports as own
        on frame.hub_iso3 = own.hub_iso3
        and frame.origin_iso3 = own.partner_iso3
        and own.partner_iso3 <> 'WLD'
        and frame.goods_id = own.goods_id
        and frame.window_kind = own.window_kind
        and frame.period_start = own.period_start
    left join imports as total
        on frame.hub_iso3 = total.hub_iso3
        and total.partner_iso3 = 'WLD'
        and frame.goods_id = total.goods_id
        and frame.window_kind = total.window_kind
        and frame.period_start = total.period_start
    left join complete_origins
        on frame.hub_iso3 = complete_origins.hub_iso3
        and frame.goods_id = complete_origins.goods_id
        and frame.window_kind = complete_origins.window_kind
        and frame.period_start = complete_origins.period_start
    left join outputs
        on frame.hub_iso3 = outputs.reporter_class
        and outputs.stage_scope = frame.goods_id
        and coalesce(outputs.valid_from, frame.period_start) <= frame.period_start
        and coalesce(outputs.valid_to, frame.period_end) >= frame.period_end
    left join margins as any_margin
        on any_margin.reporter_class = 'any'
        and any_margin.parameter = case when frame.goods_id = 'ai_accelerator' then 'value_added_margin' else 'reexport_markup' end
    left join margins as hub_margin
        on hub_margin.reporter_class = frame.hub_iso3
        and hub_margin.parameter = case when frame.goods_id = 'ai_accelerator' then 'value_added_margin' else 'reexport_markup' end
    where frame.origin_iso3 <> targets.destination_iso3 and frame.origin_iso3 <> frame.hub_iso3 and frame.hub_iso3 <> targets.destination_iso3
),

bounded as (
    select
        hub_iso3,
        destination_iso3,
        origin_iso3,
        goods_id,
        window_kind,
        period_start,
        period_end,
        sent_usd,
        onward_basis,
        origin_usd,
        other_usd,
        output_high,
        case
            when sent_usd >= 0 and origin_usd is not null
                then least(
                    sent_usd, cast(round(cast(origin_usd as double) * (1 + margin_high), 3) as decimal(20, 3))
                )
        end as upper_usd,
        case
            when sent_usd < 0 or origin_usd is null then null
            when output_high is null then 0
            else greatest(
                sent_usd - cast(round(output_high + greatest(cast(other_usd as double), 0) * (1 + margin_high), 3) as decimal(20, 3)), 0
            )
        end as lower_usd,
        case
            when sent_usd >= 0 and total_usd + coalesce(output_central, 0) > 0
                then cast(
                    round(cast(sent_usd as double) * cast(origin_usd as double)
                        / (cast(total_usd as double) + coalesce(output_central, 0)), 3) as decimal(20, 3)
                )
        end as mix_usd,
        sent_usd is not null and total_usd is not null
        and cast(sent_usd as double) > coalesce(output_high, cast(sent_usd as double)) + cast(total_usd as double) * (1 + margin_high)
            as is_infeasible,
        case
            when sent_usd is null and total_usd is null then 'missing_hub_imports_and_exports'
            when total_usd is null then 'missing_hub_imports'
            when sent_usd is null then 'missing_hub_exports'
            when origin_iso3 = 'WLD' or origin_usd is null then 'missing_hub_origins'
            when sent_usd < 0 or origin_usd < 0 or total_usd < 0 then 'negative_correction'
        end as absence_reason
    from measured
)

select
    cast(hub_iso3 as VARCHAR) as hub_iso3,
    cast(destination_iso3 as VARCHAR) as destination_iso3,
    cast(origin_iso3 as VARCHAR) as origin_iso3,
    cast(goods_id as VARCHAR) as goods_id,
    cast(window_kind as VARCHAR) as window_kind,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(sent_usd as DECIMAL(20,3)) as sent_on_usd,
    cast(onward_basis as VARCHAR) as onward_basis,
    cast(origin_usd as DECIMAL(20,3)) as arrived_usd,
    cast(other_usd as DECIMAL(20,3)) as arrived_other_usd,
    cast(case when absence_reason is null then least(lower_usd, upper_usd) end as DECIMAL(20,3)) as origin_lower_usd,
    cast(
        case when absence_reason is null and not is_infeasible and mix_usd is not null then greatest(least(mix_usd, upper_usd), least(lower_usd, upper_usd)) end
        as DECIMAL(20,3)
    ) as origin_mix_usd,
    cast(case when absence_reason is null then upper_usd end as DECIMAL(20,3)) as origin_upper_usd,
    cast(
        case
            when absence_reason is not null then 'missing'
            when is_infeasible then 'infeasible'
            when output_high is null then 'feasible_output_unknown'
            else 'feasible'
        end as VARCHAR
    ) as bound_state,
    cast(absence_reason as VARCHAR) as absence_reason,
    cast('place_to_look_not_accusation' as VARCHAR) as claim_limit,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from bounded
