"""Estimates of registered event studies, one row per design and control set, whatever the estimator (METHODS B3 to B10)."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from pipelines.estimators import event_lanes as lanes
from pipelines.estimators.event_cases import FAR, Case, Frames, listed, read_cases
from pipelines.estimators.event_errors import Coefficient
from pipelines.estimators.event_joint import joint_doses, quasi_poisson_its
from pipelines.estimators.event_paths import event_path
from pipelines.estimators.event_pretrend import pretrend_test
from pipelines.estimators.event_series import step_fit
from pipelines.estimators.event_window import BROKEN_TREND, STEP, Window
from pipelines.schemas.table import Table
from pipelines.schemas.tables.metrics_events import MetricEventBand, MetricEventFit, MetricEventJoint

FORMS = {"did": STEP, "interrupted_series": BROKEN_TREND}
SERIES_INFERENCE = "autocorrelation-robust t, see docs/event-power.md"
SENSITIVITY_STEP = 1.0
NO_DOSE = "dose_does_not_vary"  # of a rule, for example on an early as-of day
JOINT_COLUMNS = ("estimate_log", "ci_low", "ci_high", "p_value", "standard_error", "condition_number", "absence_reason")
Row = dict[str, Any]


def event_fits(frames: Frames) -> pl.DataFrame:
    """Estimate of every design and control set, or the reason why there is none; the columns of metric_event_fit.

    Reads the tables named in the registry; joint models come from metric_event_joint. Far controls are
    estimated for differences in differences only, where they serve as sensitivity.
    """
    rows = []
    for case in read_cases(frames):
        sets = [case.main_set, *([FAR] if case.estimator == "did" and FAR in case.gaps else [])]
        rows += [_fit(case, control_set, frames) for control_set in sets]
    return _frame(rows, MetricEventFit)


def event_bands(frames: Frames) -> pl.DataFrame:
    """Path of every design by month with bands; the columns of metric_event_band."""
    rows: list[Row] = []
    for case in read_cases(frames):
        if case.estimator in ("synthetic_control", "synthetic_did"):
            rows += lanes.synthetic_path(case)
        elif case.estimator in FORMS:
            sets = [case.main_set, *([FAR] if FAR in case.gaps else [])]
            rows += [row for control_set in sets for row in _path(case, control_set)]
    return _frame(rows, MetricEventBand)


def event_joints(frames: Frames) -> pl.DataFrame:
    """Doses of all rules of each joint design in one regression; the columns of metric_event_joint."""
    rows = [row for case in read_cases(frames) if case.estimator == "joint_dose" for row in _joint(case, frames)]
    return _frame(rows, MetricEventJoint)


def _fit(case: Case, control_set: str, frames: Frames) -> Row:
    head = {"design_id": case.design_id, "control_set": control_set, "estimator": case.estimator}
    found = ESTIMATES[case.estimator](case, control_set, frames)
    reason = found.get("absence_reason") or (None if found.get("estimate_log") is not None else "not_computable")
    return {**head, **found, "absence_reason": reason}


def _series(case: Case, control_set: str, _: Frames) -> Row:
    reason = case.refusal(control_set)
    if reason:
        return {"absence_reason": reason}
    y, seasonal = case.gaps[control_set], case.design["seasonal_terms"]
    fit = step_fit(y, case.window, form=FORMS[case.estimator], seasonal=seasonal)
    if fit.absence_reason:
        return {"absence_reason": "not_computable"}
    trend = None if case.estimator == "interrupted_series" else pretrend_test(y, case.window, seasonal=seasonal)
    bounds = next(bound for bound in fit.sensitivity if bound.mbar == SENSITIVITY_STEP)
    return {
        "estimate_log": fit.estimate,
        "plain_log": fit.plain_estimate,
        "ci_low": fit.conf_low,
        "ci_high": fit.conf_high,
        "p_value": fit.p_value,
        "standard_error": fit.se_hac,
        "standard_error_12": fit.se_hac_12,
        "hac_lag": fit.hac_lag,
        "inference": SERIES_INFERENCE,
        "is_size_uncertain": bool(fit.flags),
        "slope_log": fit.slope,
        "front_loading_log": fit.front_loading,
        "autocorrelation_p": fit.ljung_box_p,
        "pretrend_p": trend.p if trend else None,
        "pretrend_slope": trend.slope if trend else fit.slope_before,
        "breakdown_ratio": fit.breakdown,
        "sensitivity_low": bounds.low,
        "sensitivity_high": bounds.high,
    }


def _counts(case: Case, control_set: str, _: Frames) -> Row:
    reason = case.refusal(control_set)
    if reason in ("no_data", "too_short"):
        return {"absence_reason": reason}
    y = np.sum([case.values(name, case.window.months) for name in case.named("treated")], axis=0)
    fit = quasi_poisson_its(y, case.window, seasonal=case.design["seasonal_terms"])
    if fit.absence_reason:
        return {"absence_reason": "not_computable"}
    return _coefficient(fit.level) | {"inference": "quasi-Poisson, HAC", "is_size_uncertain": True}


def _coefficient(one: Coefficient) -> Row:
    return {
        "estimate_log": one.estimate,
        "ci_low": one.conf_low,
        "ci_high": one.conf_high,
        "p_value": one.p_value,
        "standard_error": one.se_hac,
    }


def _joint_fit(case: Case, control_set: str, frames: Frames) -> Row:
    """The leading rule's row of metric_event_joint, where the regression is."""
    leading = listed(case.design["event_rule_ids"])[0]
    mine = (pl.col("design_id") == case.design_id) & (pl.col("rule_id") == leading)
    (lead,) = frames["metrics.metric_event_joint"].filter(mine).to_dicts()
    row = {name: lead[name] for name in JOINT_COLUMNS} | {"inference": "HAC", "is_size_uncertain": True}
    return row | {"absence_reason": "not_computable"} if row["absence_reason"] == NO_DOSE else row


def _joint(case: Case, frames: Frames) -> list[Row]:
    rules = listed(case.design["event_rule_ids"])
    reason = case.refusal_joint()
    if reason:
        return [{"design_id": case.design_id, "rule_id": rule, "absence_reason": reason} for rule in rules]
    doses = lanes.rule_doses(frames["metrics.metric_rule_dose"], rules, case.window)
    y = case.gaps[case.main_set]
    seen = [place for place in range(len(rules)) if np.ptp(doses[:, place][np.isfinite(y)]) > 0]
    names = tuple(rules[place] for place in seen)
    if not names:
        return [{"design_id": case.design_id, "rule_id": rule, "absence_reason": NO_DOSE} for rule in rules]
    fit = joint_doses(y, doses[:, seen], names, case.window.months, seasonal=case.design["seasonal_terms"])
    rows = []
    for rule in rules:
        row: Row = {"design_id": case.design_id, "rule_id": rule}
        if rule in names:
            row |= _coefficient(fit.effects[names.index(rule)]) | {"condition_number": fit.condition_number}
            if not math.isfinite(fit.condition_number):
                row |= {"estimate_log": None, "absence_reason": "not_separately_identified"}
        else:
            row["absence_reason"] = NO_DOSE
        rows.append(row)
    return rows


def _path(case: Case, control_set: str) -> list[Row]:
    y, window = case.gaps[control_set], case.window
    reason = case.refusal(control_set)
    reference = _reference(window)
    path = None if reason or reference is None or not np.isfinite(y[reference]) else event_path(y, window)
    rows = []
    for place in range(len(window.months)):
        value = _number(path.coefficient[place]) if path else None
        row: Row = {
            "design_id": case.design_id,
            "control_set": control_set,
            "month": lanes.as_date(int(window.months[place])),
            "path_log": value,
            "absence_reason": None if value is not None else (reason or "missing"),
        }
        if path and value is not None:
            row |= {"band_low": path.conf_low[place], "band_high": path.conf_high[place]}
            row |= {"sup_band_low": path.band_low[place], "sup_band_high": path.band_high[place]}
        rows.append(row)
    return rows


def _reference(window: Window) -> int | None:
    before = np.flatnonzero(window.having("pre"))
    return int(before[-1]) if before.size else None


def _number(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _frame(rows: Sequence[Row], declared: type[Table]) -> pl.DataFrame:
    """Rows as a frame of the declared columns; what a row does not say is NULL, and NaN and infinities are NULL, too."""
    labels = {"value_label": "estimate", "evidence_label": "descriptive"}
    schema = dict(declared.schema())
    cells = {name: [row.get(name, labels.get(name)) for row in rows] for name in schema}
    floats = pl.col(pl.Float64)
    return pl.DataFrame(cells, schema=schema).with_columns(pl.when(floats.is_finite()).then(floats))


ESTIMATES: Mapping[str, Callable[[Case, str, Frames], Row]] = {
    "did": _series,
    "interrupted_series": _series,
    "quasi_poisson": _counts,
    "joint_dose": _joint_fit,
    "synthetic_control": lanes.synthetic,
    "synthetic_did": lanes.synthetic,
    "ppml": lanes.gravity,
    "staggered_did": lanes.staggered,
}
