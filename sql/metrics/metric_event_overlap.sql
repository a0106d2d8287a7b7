-- One row per design and other rule on its lane (B10): months between them and the common share of their six-month windows.
-- From tidy.event_design, core.fact_rule_change and metrics.metric_pre_post, which knows the rules that a series is exposed to. A
-- design without a monthly series shares its lane with rules on the same HS6 code and a destination of its leading rule.

with
designs as (select * from tidy.event_design),

rules as (select * from core.fact_rule_change),

products as (select * from core.dim_product),

countries as (select * from core.dim_country),

exposures as (select * from metrics.metric_pre_post),

members as (
    select
        designs.design_id,
        designs.treated_ids,
        designs.event_rule_ids,
        designs.post_months,
        rules.hs6_exposed,
        rules.destinations,
        case when designs.date_basis = 'announced' then rules.announced_date else rules.bite_date end as event_date,
        designs.event_rule_ids = rules.rule_id or designs.event_rule_ids like rules.rule_id || ';%' as is_leading
    from designs
    inner join rules on ';' || designs.event_rule_ids || ';' like '%;' || rules.rule_id || ';%'
),

events as (
    select
        design_id,
        treated_ids,
        event_rule_ids,
        post_months,
        min(event_date) as first_bite,
        max(event_date) as last_bite,
        max(case when is_leading then hs6_exposed end) as lead_codes,
        max(case when is_leading then destinations end) as lead_destinations
    from members
    where event_date is not null
    group by design_id, treated_ids, event_rule_ids, post_months
),

by_series as (
    select distinct events.design_id, exposures.rule_id
    from events
    inner join exposures on ';' || events.treated_ids || ';' like '%;' || exposures.outcome_id || ';%'
    where exposures.pair_role = 'exposed' and exposures.event_grade in ('A', 'B', 'C')
),

by_goods as (
    select distinct events.design_id, rules.rule_id
    from events
    inner join products on ';' || events.lead_codes || ';' like '%;' || products.code || ';%'
    inner join rules on ';' || rules.hs6_exposed || ';' like '%;' || products.code || ';%'
    where events.treated_ids is null and rules.bite_date is not null and rules.event_grade in ('A', 'B', 'C')
),

by_lane as (
    select distinct by_goods.design_id, by_goods.rule_id
    from by_goods
    inner join events on by_goods.design_id = events.design_id
    inner join rules on by_goods.rule_id = rules.rule_id
    inner join countries
        on ';' || events.lead_destinations || ';' like '%;' || countries.country_iso3 || ';%'
        and (
            ';' || rules.destinations || ';' like '%;' || countries.country_iso3 || ';%'
            or ';' || rules.destinations || ';' like '%;worldwide;%'
        )
),

lanes as (
    select design_id, rule_id from by_series
    union all
    select design_id, rule_id from by_lane
),

others as (
    select
        lanes.design_id,
        lanes.rule_id,
        rules.bite_date,
        rules.event_grade,
        events.post_months,
        12 * extract(year from rules.bite_date) + extract(month from rules.bite_date)
        - 12 * extract(year from events.first_bite) - extract(month from events.first_bite) as from_first,
        12 * extract(year from rules.bite_date) + extract(month from rules.bite_date)
        - 12 * extract(year from events.last_bite) - extract(month from events.last_bite) as from_last
    from lanes
    inner join events on lanes.design_id = events.design_id
    inner join rules on lanes.rule_id = rules.rule_id
    where ';' || events.event_rule_ids || ';' not like '%;' || lanes.rule_id || ';%'
),

placed as (
    select
        design_id,
        rule_id,
        bite_date,
        event_grade,
        post_months,
        from_last,
        case when from_first < 0 then from_first when from_last > 0 then from_last else 0 end as apart
    from others
)

select
    cast(design_id as VARCHAR) as design_id,
    cast(rule_id as VARCHAR) as other_rule_id,
    cast(bite_date as DATE) as bite_date,
    cast(event_grade as VARCHAR) as event_grade,
    cast(apart as BIGINT) as months_apart,
    cast(greatest(6 - abs(cast(apart as double)), 0) / 6 as DOUBLE) as overlap_share,
    cast(case when apart < 0 then 'before' when apart > 0 then 'after' else 'during' end as VARCHAR) as overlap_place,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from placed
where from_last <= post_months
