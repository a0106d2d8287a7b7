"""Columns of rule-change event studies: registry of designs, windows, estimates, placebos, results (METHODS B)."""

from pipelines.schemas.field import AMOUNT, DAY, FLAG, RATE, REAL, TEXT, WHOLE, Field
from pipelines.schemas.fields import declare

ESTIMATORS = (
    "interrupted_series",
    "quasi_poisson",
    "did",
    "staggered_did",
    "synthetic_control",
    "synthetic_did",
    "ppml",
    "joint_dose",
)
CONTROL_SETS = ("near", "far", "none")

# Registry
design_id = declare(Field("design_id", TEXT, "One registered event study", pattern=r"^[a-z0-9_]+$"))
event_rule_ids = declare(
    Field("event_rule_ids", TEXT, "Rules of the event, separated by ;, the leading one first; several are one composite event")
)
date_basis = declare(
    Field(
        "date_basis",
        TEXT,
        "Day of the event: bite = first day on which flows could change, announced = placebo events without a goods flow",
        allowed=("bite", "announced"),
    )
)
treated_ids = declare(Field("treated_ids", TEXT, "Outcome series that the event should move, separated by ;"))
control_near_ids = declare(
    Field("control_near_ids", TEXT, "Outcome series of comparable lanes or goods, separated by ;; the estimate rests on them")
)
control_far_ids = declare(
    Field("control_far_ids", TEXT, "Outcome series further away, safe from mis-coding and diversion, separated by ;; sensitivity")
)
estimator = declare(Field("estimator", TEXT, "How the change is estimated (METHODS B3 to B10)", allowed=ESTIMATORS))
seasonal_terms = declare(
    Field(
        "seasonal_terms",
        TEXT,
        "Seasonal terms of the fit: none, two pairs of harmonics, or one term per calendar month",
        allowed=("none", "harmonics", "month_effects"),
    )
)
pre_months = declare(Field("pre_months", WHOLE, "Months before the event that the window reaches back", unit="months", minimum=6))
post_months = declare(Field("post_months", WHOLE, "Months after the event that the window reaches", unit="months", minimum=3))
family_id = declare(
    Field("family_id", TEXT, "Family of tests: event and outcome group, fixed before estimation (B9)", pattern=r"^[a-z0-9_]+$")
)
family_correction = declare(
    Field(
        "family_correction",
        TEXT,
        "Correction of the family: holm for headline claims, bh (Benjamini-Hochberg) for screens",
        allowed=("holm", "bh"),
    )
)
expected_sign = declare(
    Field(
        "expected_sign",
        TEXT,
        "Sign that was expected before estimation",
        allowed=("negative", "positive", "none", "not_stated"),
    )
)
expected_source = declare(Field("expected_source", TEXT, "Where the expected sign comes from"))
registered_on = declare(Field("registered_on", DAY, "Day on which the design was written down"))

# Windows
first_bite_date = declare(Field("first_bite_date", DAY, "First day of the event (of the first rule, where several)"))
last_bite_date = declare(Field("last_bite_date", DAY, "Day on which the last rule of the event began"))
signal_date = declare(Field("signal_date", DAY, "Earliest public signal of the event; anticipation begins here"))
other_rule_id = declare(Field("other_rule_id", TEXT, "Another rule on the same goods and lane"))
months_apart = declare(
    Field("months_apart", WHOLE, "Months from the event to the other rule, negative where it came before", unit="months")
)
overlap_share = declare(
    Field("overlap_share", REAL, "Common part of the two six-month windows (B10)", unit="share", minimum=0, maximum=1)
)
overlap_place = declare(
    Field(
        "overlap_place",
        TEXT,
        "Where the other rule falls: before, in or after the event's months",
        allowed=("before", "during", "after"),
    )
)
is_reference_month = declare(
    Field("is_reference_month", FLAG, "True for the month that the path is measured against: the last one before any signal")
)
unit_role = declare(
    Field("unit_role", TEXT, "Part of the series in the design", allowed=("treated", "control_near", "control_far"))
)
log_value = declare(Field("log_value", RATE, "Natural logarithm of the value", unit="log points"))
control_set = declare(
    Field("control_set", TEXT, "Which controls are taken off: near, far, or none (interrupted series)", allowed=CONTROL_SETS)
)
treated_mean = declare(Field("treated_mean", AMOUNT, "Mean of the treated series' values in the month", unit="unit of the row"))
control_mean = declare(Field("control_mean", AMOUNT, "Mean of the control series' values in the month", unit="unit of the row"))
gap_log = declare(Field("gap_log", RATE, "Mean log of the treated series minus mean log of the controls", unit="log points"))
path_log = declare(
    Field("path_log", REAL, "The gap against the gap of the reference month: coefficient of the event study", unit="log points")
)
n_units_treated = declare(Field("n_units_treated", WHOLE, "Treated series with a value", unit="series", minimum=0))
n_units_control = declare(Field("n_units_control", WHOLE, "Control series with a value", unit="series", minimum=0))

# Points in SQL
n_pre_months = declare(Field("n_pre_months", WHOLE, "Observed clean months before the event", unit="months", minimum=0))
n_post_months = declare(Field("n_post_months", WHOLE, "Observed clean months after the event", unit="months", minimum=0))
did_log = declare(
    Field("did_log", REAL, "Mean gap after minus mean gap before: differences in differences from cell means", unit="log points")
)
did_level = declare(Field("did_level", REAL, "The same on values instead of logs", unit="unit of the row"))
ratio_of_ratios = declare(
    Field("ratio_of_ratios", REAL, "(treated after / before) / (controls after / before), from mean values", unit="ratio")
)
theta_saturated = declare(
    Field("theta_saturated", REAL, "Logarithm of the ratio of ratios: the saturated Poisson coefficient (B7)", unit="log points")
)
its_level = declare(
    Field("its_level", REAL, "Line after minus line before, at the event month (B3, without seasonal terms)", unit="log points")
)
its_slope = declare(Field("its_slope", REAL, "Slope after minus slope before", unit="log points per month"))
n_zero_months = declare(Field("n_zero_months", WHOLE, "Months of the window with a zero, which have no log", minimum=0))

# Estimates
estimate_log = declare(Field("estimate_log", REAL, "Estimated change of the treated series at the event", unit="log points"))
estimate_percent = declare(Field("estimate_percent", REAL, "The same in percent: 100 (exp(estimate) - 1)", unit="percent"))
plain_log = declare(
    Field("plain_log", REAL, "The estimate without seasonal terms; equals the SQL point to 1e-9", unit="log points")
)
ci_low = declare(Field("ci_low", REAL, "Lower end of the 95 % interval", unit="log points"))
ci_high = declare(Field("ci_high", REAL, "Upper end of the 95 % interval", unit="log points"))
standard_error = declare(Field("standard_error", REAL, "Standard error (HAC, clustered or placebo, by estimator)", minimum=0))
standard_error_12 = declare(Field("standard_error_12", REAL, "HAC standard error with 12 lags", minimum=0))
hac_lag = declare(Field("hac_lag", WHOLE, "Bartlett lags of the HAC error", unit="months", minimum=0))
inference = declare(Field("inference", TEXT, "How interval and p-value were made"))
p_value = declare(Field("p_value", REAL, "p-value of no change", minimum=0, maximum=1))
slope_log = declare(Field("slope_log", REAL, "Change of the slope after the event", unit="log points per month"))
front_loading_log = declare(
    Field(
        "front_loading_log", REAL, "Mean gap of the anticipation months against the fit before: front-loading", unit="log points"
    )
)
autocorrelation_p = declare(Field("autocorrelation_p", REAL, "Ljung-Box p-value of the residuals", minimum=0, maximum=1))
is_size_uncertain = declare(
    Field("is_size_uncertain", FLAG, "True where simulations show that the interval may be too narrow (docs/event-power.md)")
)
pretrend_p = declare(Field("pretrend_p", REAL, "p-value of no trend apart before the event", minimum=0, maximum=1))
pretrend_slope = declare(Field("pretrend_slope", REAL, "Trend of the gap before the event", unit="log points per month"))
breakdown_ratio = declare(
    Field(
        "breakdown_ratio",
        REAL,
        "Trend violation, in largest pre-event steps, at which the interval first covers 0 (Rambachan-Roth idea)",
        minimum=0,
    )
)
sensitivity_low = declare(
    Field("sensitivity_low", REAL, "Lower end if the trend may be off by one largest pre-event step", unit="log points")
)
sensitivity_high = declare(Field("sensitivity_high", REAL, "Upper end under the same", unit="log points"))
pre_fit_rmse = declare(
    Field("pre_fit_rmse", REAL, "Root mean square gap to the synthetic control before the event", unit="log points", minimum=0)
)
is_outside_hull = declare(Field("is_outside_hull", FLAG, "True when the treated series lies outside the donors' convex hull"))
unit_weights = declare(Field("unit_weights", TEXT, "Weights of the donors as series=weight, separated by ;"))
condition_number = declare(
    Field(
        "condition_number", REAL, "Condition number of the scaled doses; above 30 the rules cannot be told apart (B10)", minimum=0
    )
)
n_cells_dropped = declare(Field("n_cells_dropped", WHOLE, "Cells of groups with zeros only, which carry nothing", minimum=0))
band_low = declare(Field("band_low", REAL, "Lower end of the 95 % band of the path coefficient", unit="log points"))
band_high = declare(Field("band_high", REAL, "Upper end of that band", unit="log points"))
sup_band_low = declare(Field("sup_band_low", REAL, "Lower end of the band that covers the whole path", unit="log points"))
sup_band_high = declare(Field("sup_band_high", REAL, "Upper end of that band", unit="log points"))

# Placebos
placebo_id = declare(Field("placebo_id", TEXT, "One placebo: pseudo-month, pseudo-treated series, or both"))
placebo_kind = declare(
    Field(
        "placebo_kind",
        TEXT,
        "What is pretended: the date, the treated series (a partner or a code), or both",
        allowed=("date", "unit", "unit_date"),
    )
)
placebo_log = declare(Field("placebo_log", REAL, "Estimate at the placebo", unit="log points"))
placebo_statistic = declare(
    Field("placebo_statistic", REAL, "What is compared with the event's own: |estimate|, or the RMSPE ratio", minimum=0)
)
own_statistic = declare(Field("own_statistic", REAL, "The same statistic of the event itself", minimum=0))
n_event_placebos = declare(Field("n_event_placebos", WHOLE, "Placebos; fewer than 19 cannot reach 5 %", minimum=0))
n_as_extreme = declare(Field("n_as_extreme", WHOLE, "Placebos at least as extreme as the event", minimum=0))
placebo_p = declare(Field("placebo_p", REAL, "(1 + placebos as extreme) / (1 + placebos), METHODS B8", minimum=0, maximum=1))
can_reach_five_percent = declare(
    Field("can_reach_five_percent", FLAG, "False with fewer than 19 placebos: no placebo p can be at most 0.05")
)
family_size = declare(Field("family_size", WHOLE, "Tests of the family that have a p-value", minimum=0))
family_missing = declare(
    Field("family_missing", WHOLE, "Tests of the family without one; they are counted, not corrected for", minimum=0)
)
p_adjusted = declare(
    Field("p_adjusted", REAL, "Placebo p-value corrected for the family (Holm or Benjamini-Hochberg)", minimum=0, maximum=1)
)
p_value_adjusted = declare(Field("p_value_adjusted", REAL, "p_value corrected for the family", minimum=0, maximum=1))
test_kind = declare(Field("test_kind", TEXT, "Which p-value is corrected", allowed=("placebo", "interval")))
test_p = declare(Field("test_p", REAL, "The p-value", minimum=0, maximum=1))
test_rank = declare(Field("test_rank", WHOLE, "Place in the family, smallest p first, ties by key", minimum=1))
test_p_adjusted = declare(Field("test_p_adjusted", REAL, "The p-value corrected for its family", minimum=0, maximum=1))

# Results
design_status = declare(
    Field(
        "design_status",
        TEXT,
        "What came of the design",
        allowed=(
            "estimated",
            "pretrend_failed",
            "not_separately_identified",
            "too_short",
            "no_data",
            "zeros_in_series",
            "no_event_date",
            "poor_fit",
            "too_few_donors",
            "missing_months",
            "not_computable",
        ),
    )
)
n_clean_post_months = declare(
    Field("n_clean_post_months", WHOLE, "Months after the event before another rule on the lane bites", unit="months", minimum=0)
)
n_anticipation_months = declare(
    Field("n_anticipation_months", WHOLE, "Months between the first signal and the event, left out of both sides", minimum=0)
)
n_rules_before = declare(
    Field("n_rules_before", WHOLE, "Other rules on the lane that bite inside the window before the event", minimum=0)
)
is_pretrend_passed = declare(
    Field("is_pretrend_passed", FLAG, "True when no trend apart is found before the event (p above 0.10)")
)
is_placebo_passed = declare(Field("is_placebo_passed", FLAG, "True when at most 10 % of at least 9 placebos are as extreme"))
is_sensitivity_shown = declare(
    Field("is_sensitivity_shown", FLAG, "True when the interval under a trend violation is published beside it")
)
found_sign = declare(
    Field(
        "found_sign",
        TEXT,
        "Sign of the estimate where the interval keeps clear of 0",
        allowed=("negative", "positive", "not_distinguishable"),
    )
)
expectation = declare(
    Field(
        "expectation",
        TEXT,
        "The expected sign against what was found",
        allowed=("found", "opposite", "not_found", "not_tested", "not_stated"),
    )
)
estimate_far_log = declare(Field("estimate_far_log", REAL, "The estimate against the far controls", unit="log points"))
is_far_in_interval = declare(
    Field(
        "is_far_in_interval",
        FLAG,
        "True when the estimate against the far controls lies inside the interval; if not, nothing above a description is said",
    )
)
finding = declare(Field("finding", TEXT, "One sentence that may be quoted, within the wording of the row's evidence label"))

# Standing
event_standing = declare(
    Field(
        "event_standing",
        TEXT,
        "Judged from the rules alone: apart, overlapping (another rule shares over half of the window), cut_short (fewer than "
        "3 clean months before the next), or without a day",
        allowed=("apart", "overlapping", "cut_short", "no_event_date"),
    )
)
n_rules_too_near = declare(
    Field("n_rules_too_near", WHOLE, "Other rules on the lane that share more than half of the six-month window", minimum=0)
)
largest_overlap_share = declare(
    Field(
        "largest_overlap_share", REAL, "Largest common part of the window with another rule", unit="share", minimum=0, maximum=1
    )
)
nearest_rule_title = declare(Field("nearest_rule_title", TEXT, "Title of the other rule nearest in time"))
nearest_rule_date = declare(Field("nearest_rule_date", DAY, "First day on which that rule could change flows"))
