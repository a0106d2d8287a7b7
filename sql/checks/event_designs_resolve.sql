-- Every rule and series named in the registry of event studies exists, and staggered designs pair rules with series.
-- guards: metrics.metric_event_month
with
rule_names as (
    select design_id, unnest(string_split(event_rule_ids, ';')) as named from tidy.event_design
),
series_names as (
    select design_id, unnest(string_split(coalesce(treated_ids, ''), ';')) as named from tidy.event_design
    union all
    select design_id, unnest(string_split(coalesce(control_near_ids, ''), ';')) as named from tidy.event_design
    union all
    select design_id, unnest(string_split(coalesce(control_far_ids, ''), ';')) as named from tidy.event_design
)
select rule_names.design_id, rule_names.named, 'no such rule' as problem
from rule_names
left join tidy.rule_change as rules on rule_names.named = rules.rule_id
where rules.rule_id is null
union all
select series_names.design_id, series_names.named, 'no such series' as problem
from series_names
left join tidy.outcome_series as series on series_names.named = series.outcome_id
where series.outcome_id is null and series_names.named <> ''
union all
select design_id, treated_ids as named, 'rules and series do not pair' as problem
from tidy.event_design
where estimator = 'staggered_did'
    and len(string_split(event_rule_ids, ';')) <> len(string_split(coalesce(treated_ids, ''), ';'))
