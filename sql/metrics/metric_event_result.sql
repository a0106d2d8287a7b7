-- One row per registered design: estimate, tests, overlaps, status, rung and one sentence that may be quoted.
-- From tidy.event_design and the metric_event tables. The status says first whether the event can be told apart on its lane: another
-- rule that shares more than half of its six-month window, or bites before three clean months have passed, makes it
-- not_separately_identified whatever the data say (B10). Then come missing data, short data, refusals of the estimator, and the
-- trend before the event. A design that is not estimated has no estimate.

with
designs as (select * from tidy.event_design),

window_months as (select * from metrics.metric_event_month),

other_rules as (select * from metrics.metric_event_overlap),

units as (select * from metrics.metric_event_unit_month),

points as (select * from metrics.metric_event_point),

fits as (select * from metrics.metric_event_fit),

tests as (select * from metrics.metric_event_test),

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

shared as (
    select
        design_id,
        count(*) as n_overlapping,
        count(case when overlap_place = 'before' then 1 end) as n_before,
        max(overlap_share) as largest_share,
        string_agg(other_rule_id, ';' order by other_rule_id) as overlapping,
        string_agg(case when overlap_share > 0.5 then other_rule_id end, ', ' order by other_rule_id) as too_near
    from other_rules
    group by design_id
),

observed as (
    select
        design_id,
        count(case when unit_role = 'treated' then log_value end) as n_treated,
        count(case when unit_role = 'control_near' then log_value end) as n_near
    from units
    group by design_id
),

judged as (
    select
        designs.design_id,
        designs.title,
        designs.event_rule_ids,
        designs.estimator,
        designs.control_near_ids,
        designs.expected_sign,
        designs.expected_source,
        designs.family_id,
        designs.family_correction,
        designs.registered_on,
        case when designs.control_near_ids is null then 'none' else 'near' end as control_set,
        windows.first_bite,
        windows.last_bite,
        windows.signal,
        coalesce(windows.n_clean, 0) as n_clean,
        coalesce(windows.n_anticipation, 0) as n_anticipation,
        coalesce(shared.n_overlapping, 0) as n_overlapping,
        coalesce(shared.n_before, 0) as n_before,
        coalesce(shared.largest_share, 0) as largest_share,
        shared.overlapping,
        shared.too_near,
        case
            when windows.design_id is null then 'no_event_date'
            when designs.estimator = 'joint_dose' or designs.estimator = 'staggered_did' then null
            when coalesce(shared.largest_share, 0) > 0.5 then 'not_separately_identified'
            when windows.n_clean < 3 and windows.n_excluded > 0 then 'not_separately_identified'
        end as event_status,
        case
            when coalesce(observed.n_treated, 0) = 0 then 'no_data'
            when designs.control_near_ids is not null and coalesce(observed.n_near, 0) = 0 then 'no_data'
        end as data_status
    from designs
    left join windows on designs.design_id = windows.design_id
    left join shared on designs.design_id = shared.design_id
    left join observed on designs.design_id = observed.design_id
),

estimated as (
    select
        judged.design_id,
        judged.title,
        judged.event_rule_ids,
        judged.estimator,
        judged.control_near_ids,
        judged.expected_sign,
        judged.expected_source,
        judged.family_id,
        judged.family_correction,
        judged.registered_on,
        judged.control_set,
        judged.first_bite,
        judged.last_bite,
        judged.signal,
        judged.n_clean,
        judged.n_anticipation,
        judged.n_overlapping,
        judged.n_before,
        judged.largest_share,
        judged.overlapping,
        judged.too_near,
        judged.event_status,
        judged.data_status,
        coalesce(points.n_pre_months, 0) as n_pre,
        coalesce(points.n_post_months, 0) as n_post,
        fits.estimate_log as fitted_log,
        fits.ci_low as fitted_low,
        fits.ci_high as fitted_high,
        fits.p_value,
        fits.inference,
        fits.is_size_uncertain,
        fits.pretrend_p,
        fits.sensitivity_low,
        fits.sensitivity_high,
        fits.breakdown_ratio,
        fits.front_loading_log,
        fits.pre_fit_rmse,
        fits.condition_number,
        far_fits.estimate_log as far_log,
        coalesce(
            judged.event_status,
            judged.data_status,
            case when fits.estimate_log is null then coalesce(fits.absence_reason, 'not_computable') end,
            case when fits.condition_number > 30 then 'not_separately_identified' end,
            case when fits.pretrend_p <= 0.1 then 'pretrend_failed' end,
            'estimated'
        ) as status
    from judged
    left join points on judged.design_id = points.design_id and judged.control_set = points.control_set
    left join fits on judged.design_id = fits.design_id and judged.control_set = fits.control_set
    left join fits as far_fits on judged.design_id = far_fits.design_id and far_fits.control_set = 'far'
),

tested as (
    select
        estimated.design_id,
        estimated.title,
        estimated.event_rule_ids,
        estimated.estimator,
        estimated.control_near_ids,
        estimated.expected_sign,
        estimated.expected_source,
        estimated.family_id,
        estimated.family_correction,
        estimated.registered_on,
        estimated.control_set,
        estimated.first_bite,
        estimated.last_bite,
        estimated.signal,
        estimated.n_clean,
        estimated.n_anticipation,
        estimated.n_overlapping,
        estimated.n_before,
        estimated.largest_share,
        estimated.overlapping,
        estimated.too_near,
        estimated.event_status,
        estimated.data_status,
        estimated.n_pre,
        estimated.n_post,
        estimated.fitted_log,
        estimated.fitted_low,
        estimated.fitted_high,
        estimated.p_value,
        estimated.inference,
        estimated.is_size_uncertain,
        estimated.pretrend_p,
        estimated.sensitivity_low,
        estimated.sensitivity_high,
        estimated.breakdown_ratio,
        estimated.front_loading_log,
        estimated.pre_fit_rmse,
        estimated.condition_number,
        estimated.far_log,
        estimated.status,
        estimated.status in ('estimated', 'pretrend_failed') as is_shown,
        coalesce(placebo.n_event_placebos, 0) as n_placebos,
        coalesce(placebo.n_as_extreme, 0) as n_extreme,
        placebo.test_p as placebo_p,
        placebo.test_p_adjusted as p_adjusted,
        interval_test.test_p_adjusted as p_value_adjusted
    from estimated
    left join tests as placebo on estimated.design_id = placebo.design_id and placebo.test_kind = 'placebo'
    left join tests as interval_test on estimated.design_id = interval_test.design_id and interval_test.test_kind = 'interval'
),

passed as (
    select
        tested.design_id,
        tested.title,
        tested.event_rule_ids,
        tested.estimator,
        tested.control_near_ids,
        tested.expected_sign,
        tested.expected_source,
        tested.family_id,
        tested.family_correction,
        tested.registered_on,
        tested.control_set,
        tested.first_bite,
        tested.last_bite,
        tested.signal,
        tested.n_clean,
        tested.n_anticipation,
        tested.n_overlapping,
        tested.n_before,
        tested.largest_share,
        tested.overlapping,
        tested.too_near,
        tested.event_status,
        tested.data_status,
        tested.n_pre,
        tested.n_post,
        tested.fitted_log,
        tested.fitted_low,
        tested.fitted_high,
        tested.p_value,
        tested.inference,
        tested.is_size_uncertain,
        tested.pretrend_p,
        tested.sensitivity_low,
        tested.sensitivity_high,
        tested.breakdown_ratio,
        tested.front_loading_log,
        tested.pre_fit_rmse,
        tested.condition_number,
        tested.far_log,
        tested.status,
        tested.is_shown,
        tested.n_placebos,
        tested.n_extreme,
        tested.placebo_p,
        tested.p_adjusted,
        tested.p_value_adjusted,
        case when is_shown then fitted_log end as shown_log,
        case when is_shown then fitted_low end as shown_low,
        case when is_shown then fitted_high end as shown_high,
        case when pretrend_p is not null then pretrend_p > 0.1 end as pretrend_passed,
        case when n_placebos >= 9 then placebo_p <= 0.1 end as placebo_passed,
        sensitivity_low is not null and sensitivity_high is not null and is_shown as sensitivity_shown,
        case
            when not is_shown or fitted_low is null then null
            when fitted_high < 0 then 'negative'
            when fitted_low > 0 then 'positive'
            else 'not_distinguishable'
        end as sign_found
    from tested
),

ranked as (
    select
        passed.design_id,
        passed.title,
        passed.event_rule_ids,
        passed.estimator,
        passed.control_near_ids,
        passed.expected_sign,
        passed.expected_source,
        passed.family_id,
        passed.family_correction,
        passed.registered_on,
        passed.control_set,
        passed.first_bite,
        passed.last_bite,
        passed.signal,
        passed.n_clean,
        passed.n_anticipation,
        passed.n_overlapping,
        passed.n_before,
        passed.largest_share,
        passed.overlapping,
        passed.too_near,
        passed.event_status,
        passed.data_status,
        passed.n_pre,
        passed.n_post,
        passed.fitted_log,
        passed.fitted_low,
        passed.fitted_high,
        passed.p_value,
        passed.inference,
        passed.is_size_uncertain,
        passed.pretrend_p,
        passed.sensitivity_low,
        passed.sensitivity_high,
        passed.breakdown_ratio,
        passed.front_loading_log,
        passed.pre_fit_rmse,
        passed.condition_number,
        passed.far_log,
        passed.status,
        passed.is_shown,
        passed.n_placebos,
        passed.n_extreme,
        passed.placebo_p,
        passed.p_adjusted,
        passed.p_value_adjusted,
        passed.shown_log,
        passed.shown_low,
        passed.shown_high,
        passed.pretrend_passed,
        passed.placebo_passed,
        passed.sensitivity_shown,
        passed.sign_found,
        case
            when not is_shown then 'descriptive'
            when estimator in ('ppml', 'synthetic_control', 'synthetic_did') and coalesce(pretrend_passed, false) and coalesce(placebo_passed, false)
                and n_clean >= 6 and coalesce(p_adjusted <= 0.05, false) and sensitivity_shown
                then 'quasi_experimental'
            when estimator = 'interrupted_series' and (n_pre < 24 or n_post < 6) then 'descriptive'
            when estimator in ('joint_dose', 'quasi_poisson') then 'descriptive'
            when coalesce(pretrend_passed, false) and coalesce(placebo_passed, false) then 'comparative'
            else 'descriptive'
        end as rung
    from passed
),

worded as (
    select
        ranked.design_id,
        ranked.title,
        ranked.event_rule_ids,
        ranked.estimator,
        ranked.control_near_ids,
        ranked.expected_sign,
        ranked.expected_source,
        ranked.family_id,
        ranked.family_correction,
        ranked.registered_on,
        ranked.control_set,
        ranked.first_bite,
        ranked.last_bite,
        ranked.signal,
        ranked.n_clean,
        ranked.n_anticipation,
        ranked.n_overlapping,
        ranked.n_before,
        ranked.largest_share,
        ranked.overlapping,
        ranked.too_near,
        ranked.event_status,
        ranked.data_status,
        ranked.n_pre,
        ranked.n_post,
        ranked.fitted_log,
        ranked.fitted_low,
        ranked.fitted_high,
        ranked.p_value,
        ranked.inference,
        ranked.is_size_uncertain,
        ranked.pretrend_p,
        ranked.sensitivity_low,
        ranked.sensitivity_high,
        ranked.breakdown_ratio,
        ranked.front_loading_log,
        ranked.pre_fit_rmse,
        ranked.condition_number,
        ranked.far_log,
        ranked.status,
        ranked.is_shown,
        ranked.n_placebos,
        ranked.n_extreme,
        ranked.placebo_p,
        ranked.p_adjusted,
        ranked.p_value_adjusted,
        ranked.shown_log,
        ranked.shown_low,
        ranked.shown_high,
        ranked.pretrend_passed,
        ranked.placebo_passed,
        ranked.sensitivity_shown,
        ranked.sign_found,
        ranked.rung,
        cast(cast(round(100 * (exp(shown_log) - 1), 0) as decimal(12, 0)) as varchar) || ' %' as percent_text,
        cast(cast(round(100 * (exp(shown_low) - 1), 0) as decimal(12, 0)) as varchar) || ' to '
        || cast(cast(round(100 * (exp(shown_high) - 1), 0) as decimal(12, 0)) as varchar) || ' %' as interval_text,
        coalesce(cast(first_bite as varchar), 'a day that is not known') as day_text
    from ranked
)

select
    cast(design_id as VARCHAR) as design_id,
    cast(title as VARCHAR) as title,
    cast(event_rule_ids as VARCHAR) as event_rule_ids,
    cast(first_bite as DATE) as first_bite_date,
    cast(last_bite as DATE) as last_bite_date,
    cast(signal as DATE) as signal_date,
    cast(estimator as VARCHAR) as estimator,
    cast(control_set as VARCHAR) as control_set,
    cast(status as VARCHAR) as design_status,
    cast(shown_log as DOUBLE) as estimate_log,
    cast(shown_low as DOUBLE) as ci_low,
    cast(shown_high as DOUBLE) as ci_high,
    cast(100 * (exp(shown_log) - 1) as DOUBLE) as estimate_percent,
    cast(case when is_shown then p_value end as DOUBLE) as p_value,
    cast(case when is_shown then p_value_adjusted end as DOUBLE) as p_value_adjusted,
    cast(case when is_shown then inference end as VARCHAR) as inference,
    cast(case when is_shown then is_size_uncertain end as BOOLEAN) as is_size_uncertain,
    cast(pretrend_p as DOUBLE) as pretrend_p,
    cast(pretrend_passed as BOOLEAN) as is_pretrend_passed,
    cast(n_placebos as BIGINT) as n_event_placebos,
    cast(n_extreme as BIGINT) as n_as_extreme,
    cast(placebo_p as DOUBLE) as placebo_p,
    cast(p_adjusted as DOUBLE) as p_adjusted,
    cast(n_placebos >= 19 as BOOLEAN) as can_reach_five_percent,
    cast(placebo_passed as BOOLEAN) as is_placebo_passed,
    cast(sensitivity_shown as BOOLEAN) as is_sensitivity_shown,
    cast(case when is_shown then sensitivity_low end as DOUBLE) as sensitivity_low,
    cast(case when is_shown then sensitivity_high end as DOUBLE) as sensitivity_high,
    cast(case when is_shown then breakdown_ratio end as DOUBLE) as breakdown_ratio,
    cast(case when is_shown then far_log end as DOUBLE) as estimate_far_log,
    cast(case when is_shown then front_loading_log end as DOUBLE) as front_loading_log,
    cast(pre_fit_rmse as DOUBLE) as pre_fit_rmse,
    cast(condition_number as DOUBLE) as condition_number,
    cast(n_pre as BIGINT) as n_pre_months,
    cast(n_post as BIGINT) as n_post_months,
    cast(n_clean as BIGINT) as n_clean_post_months,
    cast(n_anticipation as BIGINT) as n_anticipation_months,
    cast(n_before as BIGINT) as n_rules_before,
    cast(n_overlapping as BIGINT) as n_overlapping_rules,
    cast(overlapping as VARCHAR) as overlapping_rule_ids,
    cast(expected_sign as VARCHAR) as expected_sign,
    cast(expected_source as VARCHAR) as expected_source,
    cast(sign_found as VARCHAR) as found_sign,
    cast(
        case
            when expected_sign = 'not_stated' then 'not_stated'
            when sign_found is null then 'not_tested'
            when expected_sign = 'none' and sign_found = 'not_distinguishable' then 'found'
            when expected_sign = sign_found then 'found'
            when sign_found = 'not_distinguishable' then 'not_found'
            else 'opposite'
        end as VARCHAR
    ) as expectation,
    cast(family_id as VARCHAR) as family_id,
    cast(family_correction as VARCHAR) as family_correction,
    cast(registered_on as DATE) as registered_on,
    cast(
        case
            when status = 'no_event_date' then title || ': not identified: no rule of the event has a day on which flows could change.'
            when status = 'not_separately_identified' and condition_number > 30
                then title || ': not identified: the rules on this lane lie so close together that one regression cannot tell them apart (condition number '
                || cast(cast(round(condition_number, 0) as decimal(18, 0)) as varchar) || ').'
            when status = 'not_separately_identified' and largest_share > 0.5
                then title || ': not identified: the event of ' || day_text || ' shares more than half of its six-month window with ' || too_near
                || ', and leaves ' || cast(n_clean as varchar) || ' clean months, so monthly data cannot tell the rules apart.'
            when status = 'not_separately_identified'
                then title || ': not identified: after ' || day_text || ' only ' || cast(n_clean as varchar)
                || ' clean months pass before another rule bites on the same lane, where 3 are needed.'
            when status = 'no_data' then title || ': not identified: the monthly series that the design needs are not loaded.'
            when status = 'too_short' then title || ': not identified: ' || cast(n_pre as varchar) || ' clean months before and '
                || cast(n_post as varchar) || ' after ' || day_text || ' are loaded, where 6 and 3 are needed.'
            when status = 'zeros_in_series' then title || ': not identified: months with zero trade have no logarithm; the Poisson designs of the same lane take them.'
            when status = 'poor_fit' then title || ': not identified: no mix of the other series follows this one before the event (error '
                || cast(cast(round(pre_fit_rmse, 2) as decimal(12, 2)) as varchar) || ' log points, at most 0.10 is published).'
            when not is_shown then title || ': not identified: ' || replace(status, '_', ' ') || '.'
            when status = 'pretrend_failed'
                then title || ': the gap moved by ' || percent_text || ' (95 % interval ' || interval_text || ') around ' || day_text
                || ', but it was already drifting before, so the move coincided with the rule and no more is said.'
            when rung = 'quasi_experimental'
                then title || ': estimated effect ' || percent_text || ' (95 % interval ' || interval_text || ') after ' || day_text
                || ', assuming that treated and comparable series would have moved alike.'
            when rung = 'comparative'
                then title || ': ' || percent_text || ' (95 % interval ' || interval_text || ') after ' || day_text || ' relative to comparable series.'
            else title || ': a change of ' || percent_text || ' (95 % interval ' || interval_text || ') coincided with the rule of ' || day_text || '.'
        end as VARCHAR
    ) as finding,
    cast(case when shown_log is null then status end as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast(rung as VARCHAR) as evidence_label
from worded
