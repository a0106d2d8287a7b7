-- One row per registered design: estimate, tests, overlaps, status, rung and one sentence that may be quoted.
-- From tidy.event_design and the metric_event tables. The status says first whether the event can be told apart on its lane
-- (metric_event_standing), whatever the data say. Then come missing data, short data, refusals of the estimator, and the
-- trend before the event. A design that is not estimated has no estimate.

with
designs as (select * from tidy.event_design),

window_months as (select * from metrics.metric_event_month),

standings as (select * from metrics.metric_event_standing),

units as (select * from metrics.metric_event_unit_month),

points as (select * from metrics.metric_event_point),

fits as (select * from metrics.metric_event_fit),

tests as (select * from metrics.metric_event_test),

observed as (
    select
        units.design_id,
        count(case when units.unit_role = 'treated' then units.value end) as n_treated,
        count(case when units.unit_role = 'control_near' then units.value end) as n_near,
        count(distinct case when units.unit_role = 'treated' and units.value is not null and window_months.month_role = 'pre' then units.month end)
            as n_pre_seen,
        count(distinct case when units.unit_role = 'treated' and units.value is not null and window_months.month_role = 'post' then units.month end)
            as n_post_seen,
        count(distinct case when units.unit_role = 'treated' and units.value is not null and window_months.months_from_event > 0 then units.month end)
            as n_after_seen
    from units
    inner join window_months on units.design_id = window_months.design_id and units.month = window_months.month
    group by units.design_id
),

statuses as (
    select
        designs.design_id,
        coalesce(
            case
                when standings.event_standing = 'no_event_date' then 'no_event_date'
                when standings.event_standing in ('overlapping', 'cut_short') then 'not_separately_identified'
            end,
            case
                when coalesce(observed.n_treated, 0) = 0 then 'no_data'
                when designs.control_near_ids is not null and coalesce(observed.n_near, 0) = 0 then 'no_data'
            end,
            case when main_fits.estimate_log is null then coalesce(main_fits.absence_reason, 'not_computable') end,
            case when main_fits.condition_number > 30 then 'not_separately_identified' end,
            case when main_fits.pretrend_p <= 0.1 then 'pretrend_failed' end,
            'estimated'
        ) as status
    from designs
    inner join standings on designs.design_id = standings.design_id
    left join observed on designs.design_id = observed.design_id
    left join fits as main_fits on designs.design_id = main_fits.design_id and main_fits.control_set in ('near', 'none')
),

checks as (
    select
        statuses.design_id,
        statuses.status,
        statuses.status in ('estimated', 'pretrend_failed') as is_shown,
        standings.n_clean_post_months as n_clean,
        case
            when main_fits.pre_fit_rmse is not null then main_fits.pre_fit_rmse <= 0.1
            when designs.estimator = 'interrupted_series' then points.n_pre_months >= 24 and points.n_post_months >= 6
            when main_fits.pretrend_p is not null then main_fits.pretrend_p > 0.1
        end as pretrend_passed,
        case when placebo_tests.n_event_placebos >= 9 then placebo_tests.test_p <= 0.1 end as placebo_passed,
        main_fits.sensitivity_low is not null and main_fits.sensitivity_high is not null as has_sensitivity,
        case when far_fits.estimate_log is not null then far_fits.estimate_log between main_fits.ci_low and main_fits.ci_high end as far_agrees,
        case
            when main_fits.ci_low is null then null
            when main_fits.ci_high < 0 then 'negative'
            when main_fits.ci_low > 0 then 'positive'
            else 'not_distinguishable'
        end as sign_found
    from statuses
    inner join designs on statuses.design_id = designs.design_id
    inner join standings on statuses.design_id = standings.design_id
    left join points on statuses.design_id = points.design_id and points.control_set in ('near', 'none')
    left join fits as far_fits on statuses.design_id = far_fits.design_id and far_fits.control_set = 'far'
    left join fits as main_fits on statuses.design_id = main_fits.design_id and main_fits.control_set in ('near', 'none')
    left join tests as placebo_tests on statuses.design_id = placebo_tests.design_id and placebo_tests.test_kind = 'placebo'
),

rungs as (
    select
        checks.design_id,
        case
            when not checks.is_shown or not coalesce(checks.pretrend_passed, false) or not coalesce(checks.placebo_passed, false)
                then 'descriptive'
            when designs.estimator in ('ppml', 'synthetic_control', 'synthetic_did')
                and checks.n_clean >= 6 and coalesce(placebo_tests.test_p_adjusted <= 0.05, false) and checks.has_sensitivity
                then 'quasi_experimental'
            when not coalesce(checks.far_agrees, true) or designs.estimator in ('joint_dose', 'quasi_poisson') then 'descriptive'
            else 'comparative'
        end as rung
    from checks
    inner join designs on checks.design_id = designs.design_id
    left join tests as placebo_tests on checks.design_id = placebo_tests.design_id and placebo_tests.test_kind = 'placebo'
),

texts as (
    select
        designs.design_id,
        designs.title || ': ' as lead,
        coalesce(cast(standings.first_bite_date as varchar), '') as day_text,
        cast(standings.n_clean_post_months as varchar) || case when standings.n_clean_post_months = 1 then ' clean month' else ' clean months' end
            as clean_text,
        cast(standings.n_rules_too_near as varchar) || case when standings.n_rules_too_near = 1 then ' other rule' else ' other rules' end
        || ' on the lane (nearest: ' || standings.nearest_rule_title || ', ' || cast(standings.nearest_rule_date as varchar) || ')' as near_text,
        cast(cast(round(100 * (exp(main_fits.estimate_log) - 1), 0) as decimal(18, 0)) as varchar) || ' % (95 % interval '
        || coalesce(
            cast(cast(round(100 * (exp(main_fits.ci_low) - 1), 0) as decimal(18, 0)) as varchar) || ' to '
            || cast(cast(round(100 * (exp(main_fits.ci_high) - 1), 0) as decimal(18, 0)) as varchar) || ' %'
            || case when main_fits.ci_low <= 0 and main_fits.ci_high >= 0 then ', which includes no change)' else ')' end,
            'not computed)'
        ) as change_text,
        case
            when far_fits.estimate_log is null then ''
            else '; against the far controls '
                || cast(cast(round(100 * (exp(far_fits.estimate_log) - 1), 0) as decimal(18, 0)) as varchar) || ' %'
        end as far_text,
        cast(cast(round(main_fits.condition_number, 0) as decimal(18, 0)) as varchar) as condition_text,
        cast(cast(round(main_fits.pre_fit_rmse, 2) as decimal(12, 2)) as varchar) as fit_text
    from designs
    inner join standings on designs.design_id = standings.design_id
    left join fits as main_fits on designs.design_id = main_fits.design_id and main_fits.control_set in ('near', 'none')
    left join fits as far_fits on designs.design_id = far_fits.design_id and far_fits.control_set = 'far'
),

findings as (
    select
        checks.design_id,
        case
            when checks.status = 'no_event_date'
                then texts.lead || 'not identified: no rule of the event has a day on which flows could change.'
            when checks.status = 'not_separately_identified' and main_fits.condition_number > 30
                then texts.lead || 'not identified: the rules on this lane lie so close together that one regression cannot tell them apart '
                || '(condition number ' || texts.condition_text || ').'
            when checks.status = 'not_separately_identified' and standings.event_standing = 'overlapping'
                then texts.lead || 'not identified: the event of ' || texts.day_text || ' shares more than half of its six-month window with '
                || texts.near_text || ' and leaves ' || texts.clean_text || ', so monthly data cannot tell the rules apart.'
            when checks.status = 'not_separately_identified'
                then texts.lead || 'not identified: only ' || texts.clean_text || ' after ' || texts.day_text
                || ' pass before another rule bites on the same lane, where 3 are needed.'
            when checks.status = 'no_data' then texts.lead || 'not identified: the monthly series that the design needs are not loaded.'
            when checks.status = 'too_short'
                then texts.lead || 'not identified: ' || cast(coalesce(points.n_pre_months, 0) as varchar) || ' clean months before and '
                || cast(coalesce(points.n_post_months, 0) as varchar) || ' after ' || texts.day_text || ' are loaded, too few for this estimator.'
            when checks.status = 'zeros_in_series'
                then texts.lead || 'not identified: a month without trade has no logarithm; Poisson designs of the same lane take it.'
            when checks.status = 'poor_fit'
                then texts.lead || 'not identified: no mix of the other series follows this one before the event (error ' || texts.fit_text
                || ' log points, published up to 0.10).'
            when not checks.is_shown then texts.lead || 'not identified: ' || replace(checks.status, '_', ' ') || '.'
            when checks.status = 'pretrend_failed'
                then texts.lead || 'a change of ' || texts.change_text || ' coincided with the rule of ' || texts.day_text
                || texts.far_text || '; the gap was already drifting before it, so no more is said.'
            when rungs.rung = 'quasi_experimental'
                then texts.lead || 'estimated effect ' || texts.change_text || ' after ' || texts.day_text
                || ', assuming that treated and comparable series would have moved alike.'
            when rungs.rung = 'comparative'
                then texts.lead || texts.change_text || ' after ' || texts.day_text || ' relative to comparable series' || texts.far_text || '.'
            else texts.lead || 'a change of ' || texts.change_text || ' coincided with the rule of ' || texts.day_text || texts.far_text || '.'
        end as finding
    from checks
    inner join texts on checks.design_id = texts.design_id
    inner join rungs on checks.design_id = rungs.design_id
    left join fits as main_fits on checks.design_id = main_fits.design_id and main_fits.control_set in ('near', 'none')
    inner join standings on checks.design_id = standings.design_id
    left join points on checks.design_id = points.design_id and points.control_set in ('near', 'none')
)

select
    cast(designs.design_id as VARCHAR) as design_id,
    cast(designs.title as VARCHAR) as title,
    cast(designs.event_rule_ids as VARCHAR) as event_rule_ids,
    cast(standings.first_bite_date as DATE) as first_bite_date,
    cast(standings.last_bite_date as DATE) as last_bite_date,
    cast(standings.signal_date as DATE) as signal_date,
    cast(designs.estimator as VARCHAR) as estimator,
    cast(case when designs.control_near_ids is null then 'none' else 'near' end as VARCHAR) as control_set,
    cast(checks.status as VARCHAR) as design_status,
    cast(case when checks.is_shown then main_fits.estimate_log end as DOUBLE) as estimate_log,
    cast(case when checks.is_shown then main_fits.ci_low end as DOUBLE) as ci_low,
    cast(case when checks.is_shown then main_fits.ci_high end as DOUBLE) as ci_high,
    cast(case when checks.is_shown then 100 * (exp(main_fits.estimate_log) - 1) end as DOUBLE) as estimate_percent,
    cast(case when checks.is_shown then main_fits.p_value end as DOUBLE) as p_value,
    cast(case when checks.is_shown then interval_tests.test_p_adjusted end as DOUBLE) as p_value_adjusted,
    cast(case when checks.is_shown then main_fits.inference end as VARCHAR) as inference,
    cast(case when checks.is_shown then main_fits.is_size_uncertain end as BOOLEAN) as is_size_uncertain,
    cast(main_fits.pretrend_p as DOUBLE) as pretrend_p,
    cast(checks.pretrend_passed as BOOLEAN) as is_pretrend_passed,
    cast(coalesce(placebo_tests.n_event_placebos, 0) as BIGINT) as n_event_placebos,
    cast(coalesce(placebo_tests.n_as_extreme, 0) as BIGINT) as n_as_extreme,
    cast(placebo_tests.test_p as DOUBLE) as placebo_p,
    cast(placebo_tests.test_p_adjusted as DOUBLE) as p_adjusted,
    cast(coalesce(placebo_tests.n_event_placebos, 0) >= 19 as BOOLEAN) as can_reach_five_percent,
    cast(checks.placebo_passed as BOOLEAN) as is_placebo_passed,
    cast(checks.is_shown and checks.has_sensitivity as BOOLEAN) as is_sensitivity_shown,
    cast(case when checks.is_shown then main_fits.sensitivity_low end as DOUBLE) as sensitivity_low,
    cast(case when checks.is_shown then main_fits.sensitivity_high end as DOUBLE) as sensitivity_high,
    cast(case when checks.is_shown then main_fits.breakdown_ratio end as DOUBLE) as breakdown_ratio,
    cast(case when checks.is_shown then far_fits.estimate_log end as DOUBLE) as estimate_far_log,
    cast(case when checks.is_shown then checks.far_agrees end as BOOLEAN) as is_far_in_interval,
    cast(case when checks.is_shown then main_fits.front_loading_log end as DOUBLE) as front_loading_log,
    cast(main_fits.pre_fit_rmse as DOUBLE) as pre_fit_rmse,
    cast(main_fits.condition_number as DOUBLE) as condition_number,
    cast(
        case
            when designs.estimator in ('ppml', 'quasi_poisson', 'staggered_did') then coalesce(observed.n_pre_seen, 0)
            else coalesce(points.n_pre_months, 0)
        end as BIGINT
    ) as n_pre_months,
    cast(
        case
            when designs.estimator in ('joint_dose', 'staggered_did') then coalesce(observed.n_after_seen, 0)
            when designs.estimator in ('ppml', 'quasi_poisson') then coalesce(observed.n_post_seen, 0)
            else coalesce(points.n_post_months, 0)
        end as BIGINT
    ) as n_post_months,
    cast(standings.n_clean_post_months as BIGINT) as n_clean_post_months,
    cast(standings.n_anticipation_months as BIGINT) as n_anticipation_months,
    cast(standings.n_rules_before as BIGINT) as n_rules_before,
    cast(standings.n_overlapping_rules as BIGINT) as n_overlapping_rules,
    cast(standings.overlapping_rule_ids as VARCHAR) as overlapping_rule_ids,
    cast(designs.expected_sign as VARCHAR) as expected_sign,
    cast(designs.expected_source as VARCHAR) as expected_source,
    cast(case when checks.is_shown then checks.sign_found end as VARCHAR) as found_sign,
    cast(
        case
            when designs.expected_sign = 'not_stated' then 'not_stated'
            when not checks.is_shown or checks.sign_found is null then 'not_tested'
            when designs.expected_sign = 'none' and checks.sign_found = 'not_distinguishable' then 'found'
            when designs.expected_sign = checks.sign_found then 'found'
            when checks.sign_found = 'not_distinguishable' then 'not_found'
            else 'opposite'
        end as VARCHAR
    ) as expectation,
    cast(designs.family_id as VARCHAR) as family_id,
    cast(designs.family_correction as VARCHAR) as family_correction,
    cast(designs.registered_on as DATE) as registered_on,
    cast(findings.finding as VARCHAR) as finding,
    cast(case when not checks.is_shown then checks.status end as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast(rungs.rung as VARCHAR) as evidence_label
from designs
inner join checks on designs.design_id = checks.design_id
inner join rungs on designs.design_id = rungs.design_id
inner join findings on designs.design_id = findings.design_id
inner join standings on designs.design_id = standings.design_id
left join observed on designs.design_id = observed.design_id
left join fits as main_fits on designs.design_id = main_fits.design_id and main_fits.control_set in ('near', 'none')
left join fits as far_fits on designs.design_id = far_fits.design_id and far_fits.control_set = 'far'
left join points on designs.design_id = points.design_id and points.control_set in ('near', 'none')
left join tests as placebo_tests on designs.design_id = placebo_tests.design_id and placebo_tests.test_kind = 'placebo'
left join tests as interval_tests on designs.design_id = interval_tests.design_id and interval_tests.test_kind = 'interval'
