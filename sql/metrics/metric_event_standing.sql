-- One row per registered design (B10): can its event be told apart on its lane, judged from the rules alone, before any data.
-- From tidy.event_design, core.fact_rule_change, metrics.metric_event_month and metrics.metric_event_overlap. Another rule that shares more
-- than half of the six-month window, or bites before three clean months have passed, makes it not separately identified.
-- Joint models and roll-outs are made for several rules and are judged by their own tests.

with
designs as (select * from tidy.event_design),

rules as (select * from core.fact_rule_change),

window_months as (select * from metrics.metric_event_month),

other_rules as (select * from metrics.metric_event_overlap),

windows as (
    select
        design_id,
        min(first_bite_date) as first_bite,
        min(last_bite_date) as last_bite,
        min(signal_date) as signal,
        count(case when month_role = 'post' then 1 end) as n_clean,
        count(case when month_role = 'excluded' then 1 end) as n_excluded,
        count(case when month_role = 'anticipation' then 1 end) as n_anticipation
    from window_months
    group by design_id
),

inside as (
    select
        other_rules.design_id,
        other_rules.other_rule_id,
        other_rules.bite_date,
        other_rules.overlap_share,
        other_rules.overlap_place,
        rules.title,
        row_number() over (
            partition by other_rules.design_id
            order by abs(other_rules.months_apart), other_rules.bite_date, other_rules.other_rule_id
        ) as nearness
    from other_rules
    inner join designs on other_rules.design_id = designs.design_id
    inner join rules on other_rules.other_rule_id = rules.rule_id
    where other_rules.months_apart >= -designs.pre_months
),

shared as (
    select
        design_id,
        count(*) as n_overlapping,
        count(case when overlap_place = 'before' then 1 end) as n_before,
        count(case when overlap_share > 0.5 then 1 end) as n_too_near,
        max(overlap_share) as largest_share,
        string_agg(other_rule_id, ';' order by other_rule_id) as overlapping,
        max(case when nearness = 1 then title end) as nearest_title,
        max(case when nearness = 1 then bite_date end) as nearest_date
    from inside
    group by design_id
)

select
    cast(designs.design_id as VARCHAR) as design_id,
    cast(windows.first_bite as DATE) as first_bite_date,
    cast(windows.last_bite as DATE) as last_bite_date,
    cast(windows.signal as DATE) as signal_date,
    cast(coalesce(windows.n_clean, 0) as BIGINT) as n_clean_post_months,
    cast(coalesce(windows.n_anticipation, 0) as BIGINT) as n_anticipation_months,
    cast(coalesce(shared.n_before, 0) as BIGINT) as n_rules_before,
    cast(coalesce(shared.n_too_near, 0) as BIGINT) as n_rules_too_near,
    cast(coalesce(shared.largest_share, 0) as DOUBLE) as largest_overlap_share,
    cast(coalesce(shared.n_overlapping, 0) as BIGINT) as n_overlapping_rules,
    cast(shared.overlapping as VARCHAR) as overlapping_rule_ids,
    cast(shared.nearest_title as VARCHAR) as nearest_rule_title,
    cast(shared.nearest_date as DATE) as nearest_rule_date,
    cast(
        case
            when windows.design_id is null then 'no_event_date'
            when designs.estimator in ('joint_dose', 'staggered_did') then 'apart'
            when shared.largest_share > 0.5 then 'overlapping'
            when windows.n_clean < 3 and windows.n_excluded > 0 then 'cut_short'
            else 'apart'
        end as VARCHAR
    ) as event_standing,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from designs
left join windows on designs.design_id = windows.design_id
left join shared on designs.design_id = shared.design_id
