-- One row per rule and outcome series of the same goods (B2): clean months before and after, or why there are too few.
-- From metrics.metric_rule_dose, metrics.metric_outcome_month and the registry. A rule meets a series when they share an
-- exposed HS6 code: on a lane that the rule governs it is exposed, on another a control. US export rules reach any exporter,
-- those of other countries their own; duties and import bans govern what their country imports from the origins they name. Decisive export rules
-- also meet the other registered series, as context. Partial and anticipation months are left out; with fewer than 6 clean months before
-- or 3 after, the change is NULL. What is left coincides with the rule; it does not show an effect.

with
rules as (select * from core.fact_rule_change),

outcomes as (select * from tidy.outcome_series),

products as (select * from core.dim_product),

countries as (select * from core.dim_country),

doses as (select * from metrics.metric_rule_dose),

series as (select * from metrics.metric_outcome_month),

events as (
    select rule_id, jurisdiction, flow_side, destinations, hs6_exposed, importance
    from rules
    where bite_date is not null and event_grade <> 'N' and flow_side in ('export_control', 'import_restriction', 'import_duty')
),

lanes as (
    select distinct
        outcomes.outcome_id,
        case when outcomes.flow = 'X' then outcomes.reporter_iso3 else countries.country_iso3 end as exporter_iso3,
        case when outcomes.flow = 'X' then countries.country_iso3 else outcomes.reporter_iso3 end as importer_iso3,
        countries.country_iso3 as partner_iso3,
        case when outcomes.flow = 'X' then countries.rollup end as importer_rollup
    from outcomes
    inner join countries on ';' || outcomes.partner_isos || ';' like '%;' || countries.country_iso3 || ';%'
),

exposed_goods as (
    select distinct events.rule_id, outcomes.outcome_id
    from events
    inner join products on ';' || events.hs6_exposed || ';' like '%;' || products.code || ';%'
    inner join outcomes on ';' || outcomes.hs6_exposed || ';' like '%;' || products.code || ';%'
),

exposed_lanes as (
    select distinct events.rule_id, lanes.outcome_id
    from events
    inner join lanes
        on (
            events.flow_side = 'export_control'
            and events.jurisdiction in ('USA', lanes.exporter_iso3)
            and events.jurisdiction <> lanes.importer_iso3
            and (
                ';' || events.destinations || ';' like '%;' || lanes.importer_iso3 || ';%'
                or ';' || events.destinations || ';' like '%;worldwide;%'
                or (lanes.importer_rollup = 'CHN+HKG+MAC' and ';' || events.destinations || ';' like '%;CHN;%')
            )
        )
        or (
            events.flow_side in ('import_restriction', 'import_duty')
            and events.jurisdiction = lanes.importer_iso3
            and (
                ';' || events.destinations || ';' like '%;' || lanes.exporter_iso3 || ';%'
                or ';' || events.destinations || ';' like '%;worldwide;%'
                or events.destinations = lanes.importer_iso3
            )
        )
),

pairs as (
    select
        exposed_goods.rule_id,
        exposed_goods.outcome_id,
        case when exposed_lanes.rule_id is null then 'control' else 'exposed' end as pair_role
    from exposed_goods
    inner join events on exposed_goods.rule_id = events.rule_id
    left join exposed_lanes
        on exposed_goods.rule_id = exposed_lanes.rule_id
        and exposed_goods.outcome_id = exposed_lanes.outcome_id
    where exposed_lanes.rule_id is not null or events.flow_side = 'export_control'
    union all
    select events.rule_id, outcomes.outcome_id, 'context' as pair_role
    from events
    cross join outcomes
    left join exposed_goods on events.rule_id = exposed_goods.rule_id and outcomes.outcome_id = exposed_goods.outcome_id
    where events.importance = 1 and events.flow_side = 'export_control' and outcomes.outcome_role in ('exposed', 'control')
        and exposed_goods.rule_id is null
),

windowed as (
    select
        pairs.rule_id,
        pairs.outcome_id,
        doses.months_from_event,
        doses.month_role,
        series.value,
        before.value as value_before
    from pairs
    inner join doses on pairs.rule_id = doses.rule_id
    inner join series on pairs.outcome_id = series.outcome_id and doses.month = series.month
    left join series as before
        on pairs.outcome_id = before.outcome_id
        and 12 * extract(year from before.month) + extract(month from before.month) = 12 * extract(year from series.month) + extract(month from series.month) - 12
),

averaged as (
    select
        rule_id,
        outcome_id,
        count(value) filter (where month_role = 'pre' and months_from_event between -12 and -1) as n_pre,
        sum(value) filter (where month_role = 'pre' and months_from_event between -12 and -1) as sum_pre,
        count(value) filter (where month_role = 'post' and months_from_event between 1 and 6) as n_post,
        sum(value) filter (where month_role = 'post' and months_from_event between 1 and 6) as sum_post,
        count(value) filter (where months_from_event between -24 and -1) as n_history,
        count(value_before) filter (where month_role = 'post' and months_from_event between 1 and 6) as n_before,
        sum(value_before) filter (where month_role = 'post' and months_from_event between 1 and 6) as sum_before
    from windowed
    group by rule_id, outcome_id
),

window_overlaps as (
    select
        pairs.rule_id,
        pairs.outcome_id,
        count(*) as n_overlapping,
        string_agg(others.rule_id, ';' order by others.rule_id) as overlapping
    from pairs
    inner join rules on pairs.rule_id = rules.rule_id
    inner join pairs as others on pairs.outcome_id = others.outcome_id and pairs.rule_id <> others.rule_id
    inner join rules as other_rules on others.rule_id = other_rules.rule_id
    where others.pair_role = 'exposed' and other_rules.event_grade in ('A', 'B', 'C')
        and 12 * extract(year from other_rules.bite_date) + extract(month from other_rules.bite_date)
        between 12 * extract(year from rules.bite_date) + extract(month from rules.bite_date)
        and 12 * extract(year from rules.bite_date) + extract(month from rules.bite_date) + 6
    group by pairs.rule_id, pairs.outcome_id
),

means as (
    select
        rule_id,
        outcome_id,
        n_pre,
        n_post,
        case when n_pre >= 6 and n_post >= 3 then cast(sum_pre as double) / n_pre end as pre_mean,
        case when n_pre >= 6 and n_post >= 3 then cast(sum_post as double) / n_post end as post_mean,
        case
            when n_pre >= 6 and n_post >= 3 and n_history = 24 and n_before = n_post
                then cast(sum_post as double) / nullif(cast(sum_before as double), 0) - 1
        end as matched
    from averaged
)

select
    cast(pairs.rule_id as VARCHAR) as rule_id,
    cast(pairs.outcome_id as VARCHAR) as outcome_id,
    cast(pairs.pair_role as VARCHAR) as pair_role,
    cast(rules.bite_date as DATE) as bite_date,
    cast(rules.direction as VARCHAR) as direction,
    cast(rules.event_grade as VARCHAR) as event_grade,
    cast(case when outcomes.outcome_measure = 'value_usd' then 'usd' else 'kg' end as VARCHAR) as unit,
    cast(coalesce(means.n_pre, 0) as BIGINT) as n_pre,
    cast(coalesce(means.n_post, 0) as BIGINT) as n_post,
    cast(means.pre_mean as DOUBLE) as pre_mean,
    cast(means.post_mean as DOUBLE) as post_mean,
    cast(means.post_mean / nullif(means.pre_mean, 0) - 1 as DOUBLE) as change_ratio,
    cast(
        case when means.pre_mean > 0 and means.post_mean > 0 then ln(means.post_mean) - ln(means.pre_mean) end as DOUBLE
    ) as change_log,
    cast(2 * (means.post_mean - means.pre_mean) / nullif(means.post_mean + means.pre_mean, 0) as DOUBLE) as change_dhs,
    cast(means.matched as DOUBLE) as matched_change_ratio,
    cast(coalesce(window_overlaps.n_overlapping, 0) as BIGINT) as n_overlapping_rules,
    cast(window_overlaps.overlapping as VARCHAR) as overlapping_rule_ids,
    cast(coalesce(window_overlaps.n_overlapping, 0) = 0 and means.post_mean is not null as BOOLEAN) as is_separately_identified,
    cast(
        case
            when means.n_pre is null then 'no_data'
            when means.pre_mean is null then 'too_short'
            when means.pre_mean = 0 then 'base_zero'
        end as VARCHAR
    ) as absence_reason,
    cast('official' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from pairs
inner join rules on pairs.rule_id = rules.rule_id
inner join outcomes on pairs.outcome_id = outcomes.outcome_id
left join means on pairs.rule_id = means.rule_id and pairs.outcome_id = means.outcome_id
left join window_overlaps on pairs.rule_id = window_overlaps.rule_id and pairs.outcome_id = window_overlaps.outcome_id
