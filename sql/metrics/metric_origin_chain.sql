-- One row per pair of hubs in a row, destination, origin, goods and window (A14): how much of what the second hub sends on to the
-- destination can have come from the origin by way of the first. From metrics.metric_hub_window and metrics.metric_freight_rate. A chain
-- of mass balances: the first hub's bounds for what it sends to the second, landed there with freight, are arrivals of the second.
-- Shares are multiplied for the proportional mix only: a product of lower (or upper) shares is no bound, for the second hub may
-- send on just the goods of the other origin. Holds if goods leave a hub in the window in which they arrive, and if what the
-- first hub declares for the second is what arrives there: the second hub's own record of partners is not used, for it may go
-- by origin. Rows: every pair in the latest loaded year, and every window with both legs; what is not loaded is missing.

with
hubs as (select * from core.dim_hub),

windows as (select * from metrics.metric_hub_window),

world as (select * from metrics.metric_world_report),

rates as (select * from metrics.metric_freight_rate),

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

latest as (
    select max(period_start) as period_start, max(period_end) as period_end
    from world
    where frequency = 'A' and value_usd is not null
),

onward as (
    select
        hub_iso3,
        goods_id,
        window_kind,
        period_start,
        max(period_end) as period_end,
        partner_iso3,
        coalesce(max(case when flow = 'RX' then value_usd end), max(case when flow = 'X' then value_usd end)) as sent_usd,
        count(case when flow = 'RX' then value_usd end) > 0 as is_reexport
    from windows
    where flow in ('X', 'RX') and window_kind in ('year', 'rolling_6')
    group by hub_iso3, goods_id, window_kind, period_start, partner_iso3
),

arrivals as (
    select hub_iso3, goods_id, window_kind, period_start, partner_iso3, value_usd, value_basis
    from windows
    where flow = 'M' and window_kind in ('year', 'rolling_6') and value_usd is not null
),

pairs as (
    select
        first_hub.country_iso3 as first_iso3, second_hub.country_iso3 as second_iso3, targets.destination_iso3, goods.goods_id,
        'year' as window_kind, latest.period_start, latest.period_end
    from hubs as first_hub
    inner join hubs as second_hub on first_hub.country_iso3 <> second_hub.country_iso3
    cross join targets
    cross join goods
    cross join latest
    where latest.period_start is not null
    union
    select
        first_leg.hub_iso3 as first_iso3, second_leg.hub_iso3 as second_iso3, targets.destination_iso3, first_leg.goods_id,
        first_leg.window_kind, first_leg.period_start, first_leg.period_end
    from onward as first_leg
    inner join onward as second_leg
        on first_leg.partner_iso3 = second_leg.hub_iso3
        and first_leg.goods_id = second_leg.goods_id
        and first_leg.window_kind = second_leg.window_kind
        and first_leg.period_start = second_leg.period_start
    inner join targets on second_leg.partner_iso3 = targets.destination_iso3
    where first_leg.sent_usd is not null and second_leg.sent_usd is not null
),

origins as (
    select
        pairs.first_iso3,
        pairs.second_iso3,
        pairs.destination_iso3,
        coalesce(arrivals.partner_iso3, 'WLD') as origin_iso3,
        pairs.goods_id,
        pairs.window_kind,
        pairs.period_start,
        pairs.period_end,
        arrivals.value_usd as origin_usd
    from pairs
    left join arrivals
        on pairs.first_iso3 = arrivals.hub_iso3
        and pairs.goods_id = arrivals.goods_id
        and pairs.window_kind = arrivals.window_kind
        and pairs.period_start = arrivals.period_start
        and arrivals.partner_iso3 not in ('WLD', pairs.first_iso3, pairs.second_iso3, pairs.destination_iso3)
),

margins as (
    select parameter, reporter_class, parameter_high
    from parameters
    where parameter in ('reexport_markup', 'value_added_margin') and stage_scope = 'any'
),

outputs as (
    select reporter_class, stage_scope, valid_from, valid_to, parameter_central, parameter_high
    from parameters
    where parameter = 'domestic_output_usd'
),

legs as (
    select
        origins.first_iso3,
        origins.second_iso3,
        origins.destination_iso3,
        origins.origin_iso3,
        origins.goods_id,
        origins.window_kind,
        origins.period_start,
        origins.period_end,
        cast(origins.origin_usd as double) as origin_usd,
        first_leg.sent_usd as first_sent,
        second_leg.sent_usd as second_sent,
        cast(first_leg.sent_usd as double) as first_sent_usd,
        cast(second_leg.sent_usd as double) as second_sent_usd,
        cast(first_total.value_usd as double) as first_total_usd,
        cast(second_total.value_usd as double) as second_total_usd,
        case when first_leg.is_reexport then 0 else first_output.parameter_high end as first_output_high,
        case when second_leg.is_reexport then 0 else second_output.parameter_high end as second_output_high,
        case
            when first_leg.is_reexport then 0
            when origins.window_kind = 'year' then first_output.parameter_central
            else first_output.parameter_central / 2
        end as first_output,
        case
            when second_leg.is_reexport then 0
            when origins.window_kind = 'year' then second_output.parameter_central
            else second_output.parameter_central / 2
        end as second_output,
        1 + coalesce(first_margin.parameter_high, any_margin.parameter_high) as first_factor,
        1 + coalesce(second_margin.parameter_high, any_margin.parameter_high) as second_factor,
        case when second_total.value_basis in ('CIF', 'unknown') then rates.freight_low else 0 end as freight_low,
        case when second_total.value_basis in ('CIF', 'unknown') then rates.freight_central else 0 end as freight_central,
        case when second_total.value_basis in ('CIF', 'unknown') then rates.freight_high else 0 end as freight_high
    from origins
    left join onward as first_leg
        on origins.first_iso3 = first_leg.hub_iso3
        and origins.second_iso3 = first_leg.partner_iso3
        and origins.goods_id = first_leg.goods_id
        and origins.window_kind = first_leg.window_kind
        and origins.period_start = first_leg.period_start
    left join onward as second_leg
        on origins.second_iso3 = second_leg.hub_iso3
        and origins.destination_iso3 = second_leg.partner_iso3
        and origins.goods_id = second_leg.goods_id
        and origins.window_kind = second_leg.window_kind
        and origins.period_start = second_leg.period_start
    left join arrivals as first_total
        on origins.first_iso3 = first_total.hub_iso3
        and first_total.partner_iso3 = 'WLD'
        and origins.goods_id = first_total.goods_id
        and origins.window_kind = first_total.window_kind
        and origins.period_start = first_total.period_start
    left join arrivals as second_total
        on origins.second_iso3 = second_total.hub_iso3
        and second_total.partner_iso3 = 'WLD'
        and origins.goods_id = second_total.goods_id
        and origins.window_kind = second_total.window_kind
        and origins.period_start = second_total.period_start
    left join outputs as first_output
        on origins.first_iso3 = first_output.reporter_class
        and first_output.stage_scope = origins.goods_id
        and coalesce(first_output.valid_from, origins.period_start) <= origins.period_start
        and coalesce(first_output.valid_to, origins.period_end) >= origins.period_end
    left join outputs as second_output
        on origins.second_iso3 = second_output.reporter_class
        and second_output.stage_scope = origins.goods_id
        and coalesce(second_output.valid_from, origins.period_start) <= origins.period_start
        and coalesce(second_output.valid_to, origins.period_end) >= origins.period_end
    left join margins as any_margin
        on any_margin.reporter_class = 'any'
        and any_margin.parameter = case when origins.goods_id = 'ai_accelerator' then 'value_added_margin' else 'reexport_markup' end
    left join margins as first_margin
        on first_margin.reporter_class = origins.first_iso3
        and first_margin.parameter = case when origins.goods_id = 'ai_accelerator' then 'value_added_margin' else 'reexport_markup' end
    left join margins as second_margin
        on second_margin.reporter_class = origins.second_iso3
        and second_margin.parameter = case when origins.goods_id = 'ai_accelerator' then 'value_added_margin' else 'reexport_markup' end
    left join rates
        on origins.second_iso3 = rates.importer_iso3
        and case when origins.goods_id = 'ai_accelerator' then '847150' else origins.goods_id end = rates.product_code
        and date_trunc('year', origins.period_start) = rates.period_start
),

landed as (
    select
        first_iso3, second_iso3, destination_iso3, origin_iso3, goods_id, window_kind, period_start, period_end, origin_usd, first_sent,
        second_sent, first_sent_usd, second_sent_usd, first_total_usd, second_total_usd, first_output_high, second_output_high,
        first_output, second_output, first_factor, second_factor, freight_central,
        least(first_sent_usd, origin_usd * first_factor) * (1 + freight_high) as landed_high,
        case
            when first_output_high is null then 0 * first_sent_usd
            else greatest(first_sent_usd - first_output_high - greatest(first_total_usd - origin_usd, 0) * first_factor, 0)
        end * (1 + freight_low) as landed_low,
        concat_ws(
            ';',
            case when first_total_usd is null then 'first_imports' end,
            case when origin_iso3 = 'WLD' then 'first_origins' end,
            case when first_sent_usd is null then 'first_exports' end,
            case when second_total_usd is null then 'second_imports' end,
            case when second_sent_usd is null then 'second_exports' end
        ) as missing_parts
    from legs
),

bounded as (
    select
        first_iso3,
        second_iso3,
        destination_iso3,
        origin_iso3,
        goods_id,
        window_kind,
        period_start,
        period_end,
        origin_usd,
        first_sent,
        second_sent,
        missing_parts,
        first_output_high is null or second_output_high is null as is_output_unknown,
        least(second_sent_usd, landed_high * second_factor, second_total_usd * second_factor) as upper_usd,
        case
            when second_output_high is null then 0 * second_sent_usd
            else greatest(second_sent_usd - second_output_high - greatest(second_total_usd - landed_low, 0) * second_factor, 0)
        end as lower_usd,
        case
            when first_total_usd + coalesce(first_output, 0) > 0 and second_total_usd + coalesce(second_output, 0) > 0
                then second_sent_usd * origin_usd / (first_total_usd + coalesce(first_output, 0))
                    * least(first_sent_usd * (1 + freight_central) / (second_total_usd + coalesce(second_output, 0)), 1)
        end as mix_usd,
        coalesce(
            first_sent_usd > coalesce(first_output_high, first_sent_usd) + first_total_usd * first_factor
            or second_sent_usd > coalesce(second_output_high, second_sent_usd) + second_total_usd * second_factor
            or landed_low > second_total_usd, false
        ) as is_infeasible,
        case
            when missing_parts like '%first_%' and missing_parts like '%second_%' then 'missing_both_hubs'
            when missing_parts like '%first_%' then 'missing_first_hub'
            when missing_parts like '%second_%' then 'missing_second_hub'
            when least(origin_usd, first_sent_usd, second_sent_usd, first_total_usd, second_total_usd) < 0 then 'negative_correction'
            when landed_high is null then 'freight_unknown'
        end as absence_reason
    from landed
)

select
    cast(first_iso3 as VARCHAR) as first_hub_iso3,
    cast(second_iso3 as VARCHAR) as second_hub_iso3,
    cast(destination_iso3 as VARCHAR) as destination_iso3,
    cast(origin_iso3 as VARCHAR) as origin_iso3,
    cast(goods_id as VARCHAR) as goods_id,
    cast(window_kind as VARCHAR) as window_kind,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(round(origin_usd, 3) as DECIMAL(20,3)) as arrived_usd,
    cast(first_sent as DECIMAL(20,3)) as first_sent_usd,
    cast(second_sent as DECIMAL(20,3)) as sent_on_usd,
    cast(case when absence_reason is null then round(least(lower_usd, upper_usd), 3) end as DECIMAL(20,3)) as origin_lower_usd,
    cast(
        case
            when absence_reason is null and not is_infeasible
                then round(greatest(least(mix_usd, upper_usd), least(lower_usd, upper_usd)), 3)
        end as DECIMAL(20,3)
    ) as origin_mix_usd,
    cast(case when absence_reason is null then round(upper_usd, 3) end as DECIMAL(20,3)) as origin_upper_usd,
    cast(
        case
            when absence_reason is not null then 'missing'
            when is_infeasible then 'infeasible'
            when is_output_unknown then 'feasible_output_unknown'
            else 'feasible'
        end as VARCHAR
    ) as bound_state,
    cast(nullif(missing_parts, '') as VARCHAR) as missing_parts,
    cast(absence_reason as VARCHAR) as absence_reason,
    cast('place_to_look_not_accusation' as VARCHAR) as claim_limit,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from bounded
