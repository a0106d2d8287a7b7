-- One row per registered design, as written down before estimation. From tidy.event_design.

with
metric as (select * from tidy.event_design)

select
    cast(metric.design_id as VARCHAR) as design_id,
    cast(metric.title as VARCHAR) as title,
    cast(metric.event_rule_ids as VARCHAR) as event_rule_ids,
    cast(metric.date_basis as VARCHAR) as date_basis,
    cast(metric.treated_ids as VARCHAR) as treated_ids,
    cast(metric.control_near_ids as VARCHAR) as control_near_ids,
    cast(metric.control_far_ids as VARCHAR) as control_far_ids,
    cast(metric.estimator as VARCHAR) as estimator,
    cast(metric.seasonal_terms as VARCHAR) as seasonal_terms,
    cast(metric.pre_months as BIGINT) as pre_months,
    cast(metric.post_months as BIGINT) as post_months,
    cast(metric.family_id as VARCHAR) as family_id,
    cast(metric.family_correction as VARCHAR) as family_correction,
    cast(metric.expected_sign as VARCHAR) as expected_sign,
    cast(metric.expected_source as VARCHAR) as expected_source,
    cast(metric.registered_on as DATE) as registered_on,
    cast(metric.reason as VARCHAR) as reason,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from metric
