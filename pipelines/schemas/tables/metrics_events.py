"""Rule-change event studies: overlaps, months, gaps, points in SQL, fits, placebos and results (METHODS B3 to B10)."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import events as e
from pipelines.schemas.fields import facts as f
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.fields import reference as r
from pipelines.schemas.table import Table
from pipelines.schemas.tables.core import LABELS


class MetricEventOverlap(Table):
    """One row per design and other rule on its goods and lane that bites before or within the window (B10), and their overlap."""

    layer = "metrics"
    name = "metric_event_overlap"
    columns = (
        e.design_id,
        e.other_rule_id,
        f.bite_date,
        f.event_grade,
        e.months_apart,
        e.overlap_share,
        e.overlap_place,
        *LABELS,
    )
    key = ("design_id", "other_rule_id")
    may_be_empty = True


class MetricEventMonth(Table):
    """One row per design and month of its window: the month's role, dose, and whether it is the reference of the path.

    A composite event bites when its last rule has; its dose is the largest of its rules. Months after another rule on the
    lane has bitten are `excluded`.
    """

    layer = "metrics"
    name = "metric_event_month"
    columns = (
        e.design_id,
        c.month,
        m.months_from_event,
        m.month_role,
        m.dose,
        e.is_reference_month,
        e.first_bite_date,
        e.last_bite_date,
        e.signal_date,
        *LABELS,
    )
    key = ("design_id", "month")


class MetricEventStanding(Table):
    """One row per registered design (B10): can its event be told apart on its lane, from the rules alone, before any data."""

    layer = "metrics"
    name = "metric_event_standing"
    columns = (
        e.design_id,
        e.first_bite_date.optional("the event has no day on which flows could change"),
        e.last_bite_date.optional("as first_bite_date"),
        e.signal_date.optional("as first_bite_date"),
        e.n_clean_post_months,
        e.n_anticipation_months,
        e.n_rules_before,
        e.n_rules_too_near,
        e.largest_overlap_share,
        m.n_overlapping_rules,
        m.overlapping_rule_ids.optional("none"),
        e.nearest_rule_title.optional("none"),
        e.nearest_rule_date.optional("none"),
        e.event_standing,
        *LABELS,
    )
    key = ("design_id",)


class MetricEventUnitMonth(Table):
    """One row per design, series and month of the window: value and logarithm; a zero has no logarithm."""

    layer = "metrics"
    name = "metric_event_unit_month"
    columns = (
        e.design_id,
        r.outcome_id,
        e.unit_role,
        c.month,
        m.value.optional("not filed"),
        e.log_value.optional("see absence_reason"),
        c.absence_reason.optional("log_value is present"),
        *LABELS,
    )
    key = ("design_id", "outcome_id", "unit_role", "month")
    measure = "log_value"


class MetricEventGap(Table):
    """One row per design, control set and month: gap of mean logs and the path against the reference.

    NULL unless every series of the side has a logarithm in the month. With control set `none` it is the treated series itself.
    """

    layer = "metrics"
    name = "metric_event_gap"
    design = "did_its"
    columns = (
        e.design_id,
        e.control_set,
        c.month,
        m.months_from_event,
        m.month_role,
        e.n_units_treated,
        e.n_units_control,
        e.treated_mean.optional("a series is missing"),
        e.control_mean.optional("a series is missing, or there are no controls"),
        e.gap_log.optional("see absence_reason"),
        e.path_log.optional("no gap in this month or in the reference month"),
        e.is_reference_month,
        c.absence_reason.optional("gap_log is present"),
        *LABELS,
    )
    key = ("design_id", "control_set", "month")
    measure = "gap_log"


class MetricEventPoint(Table):
    """One row per design and control set: points from cell means and from two lines, without seasonal terms (B3, B4, B7)."""

    layer = "metrics"
    name = "metric_event_point"
    design = "did_its"
    columns = (
        e.design_id,
        e.control_set,
        e.n_pre_months,
        e.n_post_months,
        e.n_zero_months,
        e.did_log.optional("see absence_reason"),
        e.did_level.optional("too few months, or no controls"),
        e.ratio_of_ratios.optional("too few months, no controls, or a zero mean"),
        e.theta_saturated.optional("as ratio_of_ratios"),
        e.its_level.optional("fewer than 3 months on a side"),
        e.its_slope.optional("fewer than 3 months on a side"),
        c.absence_reason.optional("did_log is present"),
        *LABELS,
    )
    key = ("design_id", "control_set")
    measure = "did_log"


class MetricEventFit(Table):
    """One row per design and control set: estimate with interval, pre-trend test, sensitivity, or why there is none.

    Series estimators (interrupted_series, quasi_poisson, did, joint_dose) and panel estimators (staggered_did,
    synthetic_control, synthetic_did, ppml) share the columns; what does not apply is NULL.
    """

    layer = "metrics"
    name = "metric_event_fit"
    design = "did_its"
    columns = (
        e.design_id,
        e.control_set,
        e.estimator,
        e.estimate_log.optional("see absence_reason"),
        e.plain_log.optional("no such point for this estimator"),
        e.ci_low.optional("no interval"),
        e.ci_high.optional("no interval"),
        e.p_value.optional("no interval"),
        e.standard_error.optional("no interval"),
        e.standard_error_12.optional("not a HAC error"),
        e.hac_lag.optional("not a HAC error"),
        e.inference.optional("no interval"),
        e.is_size_uncertain.optional("no interval"),
        e.slope_log.optional("no slope in this estimator"),
        e.front_loading_log.optional("no anticipation month"),
        e.autocorrelation_p.optional("not a series estimator"),
        e.pretrend_p.optional("too few months before, or an estimator with a trend of its own"),
        e.pretrend_slope.optional("as pretrend_p"),
        e.breakdown_ratio.optional("not a series estimator"),
        e.sensitivity_low.optional("not a series estimator"),
        e.sensitivity_high.optional("not a series estimator"),
        e.pre_fit_rmse.optional("not a synthetic control"),
        e.is_outside_hull.optional("not a synthetic control"),
        e.unit_weights.optional("not a synthetic control"),
        e.condition_number.optional("not a joint model"),
        e.n_cells_dropped.optional("not a gravity model"),
        c.absence_reason.optional("estimate_log is present"),
        *LABELS,
    )
    key = ("design_id", "control_set")
    measure = "estimate_log"


class MetricEventBand(Table):
    """One row per design, control set and month: 95 % bands of the path, for the month and for the whole path."""

    layer = "metrics"
    name = "metric_event_band"
    design = "did_its"
    columns = (
        e.design_id,
        e.control_set,
        c.month,
        e.path_log.optional("see absence_reason"),
        e.band_low.optional("no band"),
        e.band_high.optional("no band"),
        e.sup_band_low.optional("no band"),
        e.sup_band_high.optional("no band"),
        c.absence_reason.optional("path_log is present"),
        *LABELS,
    )
    key = ("design_id", "control_set", "month")
    measure = "path_log"
    may_be_empty = True


class MetricEventPlacebo(Table):
    """One row per design and placebo: the same estimator where nothing happened (B8)."""

    layer = "metrics"
    name = "metric_event_placebo"
    design = "did_its"
    columns = (
        e.design_id,
        e.placebo_id,
        e.placebo_kind,
        e.placebo_log,
        e.placebo_statistic,
        e.own_statistic,
        *LABELS,
    )
    key = ("design_id", "placebo_id")
    may_be_empty = True


class MetricEventTest(Table):
    """One row per design and kind of p-value: raw, place in its family, and corrected by Holm or Benjamini-Hochberg (B8, B9)."""

    layer = "metrics"
    name = "metric_event_test"
    design = "did_its"
    columns = (
        e.design_id,
        e.test_kind,
        e.family_id,
        e.family_correction,
        e.n_event_placebos.optional("not a placebo p-value"),
        e.n_as_extreme.optional("not a placebo p-value"),
        e.test_p.optional("see absence_reason"),
        e.family_size,
        e.family_missing,
        e.test_rank.optional("no p-value"),
        e.test_p_adjusted.optional("no p-value"),
        c.absence_reason.optional("test_p is present"),
        *LABELS,
    )
    key = ("design_id", "test_kind")
    measure = "test_p"


class MetricEventJoint(Table):
    """One row per joint model and rule (B10): all doses on one lane in one regression, with the condition number."""

    layer = "metrics"
    name = "metric_event_joint"
    design = "did_its"
    columns = (
        e.design_id,
        c.rule_id,
        e.estimate_log.optional("see absence_reason"),
        e.ci_low.optional("no interval"),
        e.ci_high.optional("no interval"),
        e.p_value.optional("no interval"),
        e.standard_error.optional("no interval"),
        e.condition_number.optional("no regression"),
        c.absence_reason.optional("estimate_log is present"),
        *LABELS,
    )
    key = ("design_id", "rule_id")
    measure = "estimate_log"
    may_be_empty = True


class MetricEventResult(Table):
    """One row per registered design: estimate, interval, tests, overlaps, status, rung and one sentence that may be quoted."""

    layer = "metrics"
    name = "metric_event_result"
    design = "synthetic_or_ppml"
    columns = (
        e.design_id,
        c.title,
        e.event_rule_ids,
        e.first_bite_date.optional("the event has no day on which flows could change"),
        e.last_bite_date.optional("as first_bite_date"),
        e.signal_date.optional("as first_bite_date"),
        e.estimator,
        e.control_set,
        e.design_status,
        e.estimate_log.optional("see absence_reason"),
        e.ci_low.optional("no interval"),
        e.ci_high.optional("no interval"),
        e.estimate_percent.optional("see absence_reason"),
        e.p_value.optional("no interval"),
        e.p_value_adjusted.optional("no p-value"),
        e.inference.optional("no interval"),
        e.is_size_uncertain.optional("no interval"),
        e.pretrend_p.optional("not tested"),
        e.is_pretrend_passed.optional("not tested"),
        e.n_event_placebos,
        e.n_as_extreme,
        e.placebo_p.optional("no placebo"),
        e.p_adjusted.optional("no placebo"),
        e.can_reach_five_percent,
        e.is_placebo_passed.optional("fewer than 9 placebos"),
        e.is_sensitivity_shown,
        e.sensitivity_low.optional("not computed"),
        e.sensitivity_high.optional("not computed"),
        e.breakdown_ratio.optional("not computed"),
        e.estimate_far_log.optional("no far controls, or no estimate"),
        e.is_far_in_interval.optional("no far controls, or no estimate"),
        e.front_loading_log.optional("no anticipation month"),
        e.pre_fit_rmse.optional("not a synthetic control"),
        e.condition_number.optional("not a joint model"),
        e.n_pre_months,
        e.n_post_months,
        e.n_clean_post_months,
        e.n_anticipation_months,
        e.n_rules_before,
        m.n_overlapping_rules,
        m.overlapping_rule_ids.optional("none"),
        e.expected_sign,
        e.expected_source.optional("no sign was stated"),
        e.found_sign.optional("no estimate"),
        e.expectation,
        e.family_id,
        e.family_correction,
        e.registered_on,
        e.finding,
        c.absence_reason.optional("estimate_log is present"),
        *LABELS,
    )
    key = ("design_id",)
    measure = "estimate_log"
