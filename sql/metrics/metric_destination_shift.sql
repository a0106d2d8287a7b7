-- One row per rule, exporter, HS code and destination (A12, A13): actual exports after the rule against constant shares.
-- From metrics.metric_bilateral_report, metrics.metric_world_report, core.fact_rule_change and core.dim_hub. Counterfactual = base
-- exports to the destination times the growth of exports to the REST (all destinations but hubs, target and the destination itself).
-- Partners without a name ("all others", areas nes) count in the REST only where every hub and target has figures of its own;
-- otherwise hubs may be among them, and where they hold more than 0.5 % there is no counterfactual. Base: the last 12 months
-- before the first sign of the rule, or the year before; after: the first 12 full months, or the first full year, from the
-- day on which the rule bites. Destinations that are neither hub nor target are placebos: the band of their ratios says what
-- happens without any reason (the order statistics hold 90 % of new draws; 19 placebos are needed).

with
rules as (select * from core.fact_rule_change),

reports as (select * from metrics.metric_bilateral_report),

world as (select * from metrics.metric_world_report),

countries as (select * from core.dim_country),

hubs as (select * from core.dim_hub),

products as (select * from core.dim_product),

licences as (select * from core.dim_licence),

events as (
    select
        rules.rule_id,
        rules.jurisdiction,
        rules.hs6_exposed,
        date_trunc(
            'month',
            least(
                coalesce(rules.anticipation_date, rules.announced_date, rules.bite_date),
                coalesce(rules.announced_date, rules.bite_date), rules.bite_date
            )
        ) as base_end,
        case
            when extract(day from rules.bite_date) = 1 then rules.bite_date
            else cast(date_trunc('month', rules.bite_date) + interval 1 month as date)
        end as post_start,
        case
            when extract(month from rules.bite_date) = 1 and extract(day from rules.bite_date) = 1 then rules.bite_date
            else cast(date_trunc('year', rules.bite_date) + interval 1 year as date)
        end as post_year
    from rules
    where rules.flow_side = 'export_control' and rules.event_grade in ('A', 'B') and rules.direction in ('tighten', 'loosen')
        and rules.bite_date is not null and rules.hs6_exposed is not null
        and ';' || rules.destinations || ';' like '%;CHN;%'
),

exposed as (
    select distinct events.rule_id, products.code as product_code
    from events
    inner join products
        on ';' || events.hs6_exposed || ';' like '%;' || products.code || ';%'
        or (length(products.code) = 4 and ';' || events.hs6_exposed like '%;' || products.code || '%')
),

roles as (
    select
        countries.country_iso3,
        countries.country_kind,
        case
            when hubs.country_iso3 is not null then 'hub'
            when countries.rollup = 'CHN+HKG+MAC' then 'target'
            when countries.country_kind in ('country', 'territory') then 'placebo'
            else 'rest_only'
        end as destination_role
    from countries
    left join hubs on countries.country_iso3 = hubs.country_iso3
),

to_name as (
    select count(*) as n_to_name
    from roles
    where destination_role in ('hub', 'target')
),

exports as (
    select
        reports.reporter_iso3, reports.partner_iso3, reports.product_code, reports.frequency, reports.period_start, reports.value_usd,
        reports.licence_id, case when licences.may_redistribute_rows then null else reports.licence_id end as strict_licence_id
    from reports
    left join licences on reports.licence_id = licences.licence_id
    where reports.flow = 'X'
),

observed as (
    select
        events.rule_id,
        exports.reporter_iso3,
        exports.product_code,
        'rolling_12' as window_kind,
        exports.partner_iso3,
        sum(case when exports.period_start < events.base_end then exports.value_usd end) as base_usd,
        sum(case when exports.period_start >= events.post_start then exports.value_usd end) as actual_usd,
        count(case when exports.period_start < events.base_end then exports.value_usd end) as n_base,
        count(case when exports.period_start >= events.post_start then exports.value_usd end) as n_post,
        12 as n_needed,
        coalesce(max(exports.strict_licence_id), max(exports.licence_id)) as licence_id,
        max(cast(events.base_end - interval 12 months as date)) as base_start,
        max(cast(events.base_end - interval 1 day as date)) as base_last,
        max(events.post_start) as post_start,
        max(cast(events.post_start + interval 12 months - interval 1 day as date)) as post_last
    from events
    inner join exposed on events.rule_id = exposed.rule_id
    inner join exports
        on exposed.product_code = exports.product_code
        and events.jurisdiction in ('USA', exports.reporter_iso3)
        and exports.frequency = 'M'
        and (
            (exports.period_start >= events.base_end - interval 12 months and exports.period_start < events.base_end)
            or (exports.period_start >= events.post_start and exports.period_start < events.post_start + interval 12 months)
        )
    group by events.rule_id, exports.reporter_iso3, exports.product_code, exports.partner_iso3
    union all
    select
        events.rule_id,
        exports.reporter_iso3,
        exports.product_code,
        'year' as window_kind,
        exports.partner_iso3,
        sum(case when exports.period_start < events.base_end then exports.value_usd end) as base_usd,
        sum(case when exports.period_start >= events.post_year then exports.value_usd end) as actual_usd,
        count(case when exports.period_start < events.base_end then exports.value_usd end) as n_base,
        count(case when exports.period_start >= events.post_year then exports.value_usd end) as n_post,
        1 as n_needed,
        coalesce(max(exports.strict_licence_id), max(exports.licence_id)) as licence_id,
        max(cast(date_trunc('year', events.base_end) - interval 1 year as date)) as base_start,
        max(cast(date_trunc('year', events.base_end) - interval 1 day as date)) as base_last,
        max(events.post_year) as post_start,
        max(cast(events.post_year + interval 1 year - interval 1 day as date)) as post_last
    from events
    inner join exposed on events.rule_id = exposed.rule_id
    inner join exports
        on exposed.product_code = exports.product_code
        and events.jurisdiction in ('USA', exports.reporter_iso3)
        and exports.frequency = 'A'
        and (
            exports.period_start = date_trunc('year', events.base_end) - interval 1 year
            or exports.period_start = events.post_year
        )
    group by events.rule_id, exports.reporter_iso3, exports.product_code, exports.partner_iso3
),

cells as (
    select
        observed.rule_id,
        observed.reporter_iso3,
        observed.product_code,
        observed.window_kind,
        observed.partner_iso3,
        roles.destination_role,
        case when observed.n_base = observed.n_needed then observed.base_usd end as base_usd,
        case when observed.n_post = observed.n_needed then observed.actual_usd end as actual_usd,
        case when roles.destination_role = 'rest_only' then abs(coalesce(observed.base_usd, 0)) else 0 end as unnamed_base_usd,
        case when roles.destination_role = 'rest_only' then abs(coalesce(observed.actual_usd, 0)) else 0 end as unnamed_actual_usd,
        observed.n_base = observed.n_needed and observed.n_post = observed.n_needed as is_whole,
        observed.base_start,
        observed.base_last,
        observed.post_start,
        observed.post_last,
        observed.licence_id
    from observed
    inner join roles on observed.partner_iso3 = roles.country_iso3
    where observed.partner_iso3 <> observed.reporter_iso3
),

added as (
    select
        rule_id,
        reporter_iso3,
        product_code,
        window_kind,
        sum(base_usd) as base_usd,
        sum(actual_usd) as actual_usd,
        sum(unnamed_base_usd) as unnamed_base_usd,
        sum(unnamed_actual_usd) as unnamed_actual_usd,
        count(case when destination_role in ('hub', 'target') and is_whole then 1 end) as n_named,
        sum(case when destination_role = 'placebo' and is_whole then base_usd end) as placebo_base_usd,
        sum(case when destination_role = 'placebo' and is_whole then actual_usd end) as placebo_actual_usd,
        count(case when destination_role = 'placebo' and is_whole then 1 end) as n_placebo,
        sum(case when destination_role = 'rest_only' and is_whole then base_usd end) as other_base_usd,
        sum(case when destination_role = 'rest_only' and is_whole then actual_usd end) as other_actual_usd,
        count(case when destination_role = 'rest_only' and is_whole then 1 end) as n_other
    from cells
    group by rule_id, reporter_iso3, product_code, window_kind
),

named as (
    select
        added.rule_id,
        added.reporter_iso3,
        added.product_code,
        added.window_kind,
        added.base_usd,
        added.unnamed_base_usd * 200 > coalesce(added.base_usd, 0) or added.unnamed_actual_usd * 200 > coalesce(added.actual_usd, 0)
            as has_unnamed,
        added.n_named >= to_name.n_to_name - case when exporter.destination_role in ('hub', 'target') then 1 else 0 end as is_named,
        added.placebo_base_usd,
        added.placebo_actual_usd,
        added.n_placebo,
        added.other_base_usd,
        added.other_actual_usd,
        added.n_other
    from added
    cross join to_name
    left join roles as exporter on added.reporter_iso3 = exporter.country_iso3
),

rest as (
    select
        rule_id,
        reporter_iso3,
        product_code,
        window_kind,
        base_usd,
        has_unnamed and not is_named as is_rest_open,
        coalesce(placebo_base_usd, 0) + case when is_named then coalesce(other_base_usd, 0) else 0 end as rest_base_usd,
        coalesce(placebo_actual_usd, 0) + case when is_named then coalesce(other_actual_usd, 0) else 0 end as rest_actual_usd,
        n_placebo + case when is_named then n_other else 0 end as n_rest
    from named
),

world_base as (
    select
        events.rule_id,
        world.reporter_iso3,
        world.product_code,
        'rolling_12' as window_kind,
        case when count(world.value_usd) = 12 then sum(world.value_usd) end as value_usd
    from events
    inner join exposed on events.rule_id = exposed.rule_id
    inner join world
        on exposed.product_code = world.product_code
        and world.flow = 'X'
        and world.frequency = 'M'
        and world.period_start >= events.base_end - interval 12 months
        and world.period_start < events.base_end
    group by events.rule_id, world.reporter_iso3, world.product_code
    union all
    select
        events.rule_id,
        world.reporter_iso3,
        world.product_code,
        'year' as window_kind,
        world.value_usd
    from events
    inner join exposed on events.rule_id = exposed.rule_id
    inner join world
        on exposed.product_code = world.product_code
        and world.flow = 'X'
        and world.frequency = 'A'
        and world.period_start = date_trunc('year', events.base_end) - interval 1 year
),

shares as (
    select
        cells.rule_id,
        cells.reporter_iso3,
        cells.product_code,
        cells.window_kind,
        cells.partner_iso3,
        cells.destination_role,
        cells.base_usd,
        cells.actual_usd,
        cells.base_start,
        cells.base_last,
        cells.post_start,
        cells.post_last,
        cells.licence_id,
        case
            when cells.destination_role = 'placebo' and cells.is_whole then rest.n_rest - 1
            else rest.n_rest
        end as n_rest,
        rest.is_rest_open,
        world_base.value_usd as world_base_usd,
        rest.base_usd as all_base_usd,
        case
            when cells.destination_role = 'placebo' and cells.is_whole
                then rest.rest_base_usd - cells.base_usd
            else rest.rest_base_usd
        end as rest_base_usd,
        case
            when cells.destination_role = 'placebo' and cells.is_whole
                then rest.rest_actual_usd - cells.actual_usd
            else rest.rest_actual_usd
        end as rest_actual_usd
    from cells
    inner join rest
        on cells.rule_id = rest.rule_id
        and cells.reporter_iso3 = rest.reporter_iso3
        and cells.product_code = rest.product_code
        and cells.window_kind = rest.window_kind
    left join world_base
        on cells.rule_id = world_base.rule_id
        and cells.reporter_iso3 = world_base.reporter_iso3
        and cells.product_code = world_base.product_code
        and cells.window_kind = world_base.window_kind
),

counterfactuals as (
    select
        rule_id,
        reporter_iso3,
        product_code,
        window_kind,
        partner_iso3,
        destination_role,
        base_usd,
        actual_usd,
        base_start,
        base_last,
        post_start,
        post_last,
        licence_id,
        n_rest,
        is_rest_open,
        world_base_usd,
        all_base_usd,
        case when n_rest > 0 then rest_base_usd end as rest_base_usd,
        case when n_rest > 0 then rest_actual_usd end as rest_actual_usd,
        case
            when not is_rest_open and base_usd >= 0 and rest_base_usd > 0 and rest_actual_usd >= 0
                then cast(round(cast(base_usd as double) * cast(rest_actual_usd as double) / cast(rest_base_usd as double), 3)
                    as decimal(20, 3))
        end as counterfactual_usd
    from shares
),

ratios as (
    select
        rule_id,
        reporter_iso3,
        product_code,
        window_kind,
        cast(actual_usd as double) / cast(counterfactual_usd as double) as ratio,
        row_number() over (
            partition by rule_id, reporter_iso3, product_code, window_kind
            order by cast(actual_usd as double) / cast(counterfactual_usd as double), partner_iso3
        ) as place,
        count(*) over (partition by rule_id, reporter_iso3, product_code, window_kind) as n_placebos
    from counterfactuals
    where destination_role = 'placebo' and counterfactual_usd > 0 and actual_usd >= 0 and base_usd >= 10000
        and base_usd * 10000 >= all_base_usd
),

bands as (
    select
        rule_id,
        reporter_iso3,
        product_code,
        window_kind,
        max(n_placebos) as n_placebos,
        max(case when place = cast(floor((n_placebos + 1) * 0.05) as bigint) then ratio end) as band_low,
        max(case when place = cast(ceil((n_placebos + 1) * 0.95) as bigint) then ratio end) as band_high
    from ratios
    group by rule_id, reporter_iso3, product_code, window_kind
),

banded as (
    select
        counterfactuals.rule_id,
        counterfactuals.reporter_iso3,
        counterfactuals.product_code,
        counterfactuals.window_kind,
        counterfactuals.partner_iso3,
        counterfactuals.destination_role,
        counterfactuals.base_start,
        counterfactuals.base_last,
        counterfactuals.post_start,
        counterfactuals.post_last,
        counterfactuals.licence_id,
        counterfactuals.base_usd,
        counterfactuals.actual_usd,
        counterfactuals.rest_base_usd,
        counterfactuals.rest_actual_usd,
        counterfactuals.n_rest,
        counterfactuals.is_rest_open,
        counterfactuals.world_base_usd,
        counterfactuals.counterfactual_usd,
        coalesce(bands.n_placebos, 0) as n_placebos,
        case when bands.band_low is not null and bands.band_high is not null then least(bands.band_low, 1) end as band_low,
        case when bands.band_low is not null and bands.band_high is not null then greatest(bands.band_high, 1) end as band_high
    from counterfactuals
    left join bands
        on counterfactuals.rule_id = bands.rule_id
        and counterfactuals.reporter_iso3 = bands.reporter_iso3
        and counterfactuals.product_code = bands.product_code
        and counterfactuals.window_kind = bands.window_kind
)

select
    cast(rule_id as VARCHAR) as rule_id,
    cast(reporter_iso3 as VARCHAR) as exporter_iso3,
    cast(product_code as VARCHAR) as product_code,
    cast(window_kind as VARCHAR) as window_kind,
    cast(partner_iso3 as VARCHAR) as destination_iso3,
    cast(destination_role as VARCHAR) as destination_role,
    cast(base_start as DATE) as base_start,
    cast(base_last as DATE) as base_end,
    cast(post_start as DATE) as period_start,
    cast(post_last as DATE) as period_end,
    cast(base_usd as DECIMAL(20,3)) as base_usd,
    cast(rest_base_usd as DECIMAL(20,3)) as rest_base_usd,
    cast(rest_actual_usd as DECIMAL(20,3)) as rest_actual_usd,
    cast(n_rest as BIGINT) as n_rest,
    cast(
        case when world_base_usd > 0 then cast(coalesce(rest_base_usd, 0) as double) / cast(world_base_usd as double) end as DOUBLE
    ) as rest_world_share,
    cast(actual_usd as DECIMAL(20,3)) as actual_usd,
    cast(counterfactual_usd as DECIMAL(20,3)) as counterfactual_usd,
    cast(actual_usd - cast(round(cast(counterfactual_usd as double) * band_high, 3) as decimal(20, 3)) as DECIMAL(20,3))
        as excess_low_usd,
    cast(actual_usd - counterfactual_usd as DECIMAL(20,3)) as excess_usd,
    cast(actual_usd - cast(round(cast(counterfactual_usd as double) * band_low, 3) as decimal(20, 3)) as DECIMAL(20,3))
        as excess_high_usd,
    cast(case when counterfactual_usd > 0 then cast(actual_usd as double) / cast(counterfactual_usd as double) end as DOUBLE)
        as excess_ratio,
    cast(band_low as DOUBLE) as band_low_ratio,
    cast(band_high as DOUBLE) as band_high_ratio,
    cast(
        case
            when counterfactual_usd > 0 and band_low is not null
                then cast(actual_usd as double) / cast(counterfactual_usd as double) not between band_low and band_high
        end as BOOLEAN
    ) as is_outside_band,
    cast(n_placebos as BIGINT) as n_placebos,
    cast(
        case
            when base_usd is null then 'missing_base'
            when actual_usd is null then 'missing_after'
            when is_rest_open then 'rest_holds_hubs'
            when base_usd < 0 or rest_base_usd < 0 or rest_actual_usd < 0 then 'negative_correction'
            when counterfactual_usd is null then 'rest_zero'
        end as VARCHAR
    ) as absence_reason,
    cast(
        case
            when counterfactual_usd = 0 then 'counterfactual_zero'
            when counterfactual_usd is null or actual_usd is null then 'no_value'
        end as VARCHAR
    ) as ratio_absence_reason,
    cast(
        case
            when band_low is null and n_placebos < 19 then 'too_few_placebos'
            when band_low is null then 'no_band'
        end as VARCHAR
    ) as band_absence_reason,
    cast('place_to_look_not_accusation' as VARCHAR) as claim_limit,
    cast(licence_id as VARCHAR) as licence_id,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from banded
where destination_role <> 'rest_only'
