"""Placebos of registered event studies: the same estimator at pseudo-dates and on series that no rule touched (METHODS B8)."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from pipelines.estimators import event_lanes as lanes
from pipelines.estimators.event_cases import FAR, Case, Floats, Frames, Ints, month_numbers, read_cases
from pipelines.estimators.event_series import placebo_dates
from pipelines.estimators.event_window import Window
from pipelines.estimators.events import FORMS
from pipelines.schemas.tables.metrics_events import MetricEventPlacebo

LONGEST_POST = 12
GRAVITY_STEP = 3  # months between the pseudo-dates of a gravity model
GRAVITY_PRE = 12
Row = dict[str, Any]


def event_placebos(frames: Frames) -> pl.DataFrame:
    """Every placebo of every design that has an estimate; the columns of metric_event_placebo.

    Differences in differences pretend other dates on the treated lane, at least 12 months from any rule on it, and the event
    on each control series against the others at every date. Interrupted series pretend dates, synthetic controls pretend
    donors, gravity models pretend dates and partners. Reads the tables named in the registry; the event's own estimate is
    that of metric_event_fit.
    """
    others = frames["metrics.metric_event_overlap"].sort("design_id", "bite_date").partition_by("design_id", as_dict=True)
    fits = frames["metrics.metric_event_fit"].filter((pl.col("control_set") != FAR) & pl.col("estimate_log").is_not_null())
    estimates = dict(fits.select("design_id", "estimate_log").iter_rows())
    rows: list[Row] = []
    for case in read_cases(frames):
        if case.design_id in estimates:
            bites = others.get((case.design_id,))
            away = month_numbers(bites["bite_date"]) if bites is not None else np.array([], dtype=np.int64)
            rows += _of(case, estimates[case.design_id], away, frames)
    return pl.DataFrame(rows, schema=dict(MetricEventPlacebo.schema()), orient="row")


def _of(case: Case, own: float, away: Ints, frames: Frames) -> Iterator[Row]:
    if case.estimator in FORMS:
        yield from _of_series(case, own, away)
    elif case.estimator in ("synthetic_control", "synthetic_did"):
        yield from _of_synthetic(case)
    elif case.estimator == "ppml":
        yield from _of_gravity(case, own, away, frames)


def _row(case: Case, name: str, kind: str, estimate: float, statistics: tuple[float, float]) -> Row:
    statistic, own = statistics
    return {
        "design_id": case.design_id,
        "placebo_id": name,
        "placebo_kind": kind,
        "placebo_log": float(estimate),
        "placebo_statistic": float(statistic),
        "own_statistic": float(own),
        "value_label": "estimate",
        "evidence_label": "descriptive",
    }


def _of_series(case: Case, own: float, away: Ints) -> Iterator[Row]:
    form, seasonal = FORMS[case.estimator], case.design["seasonal_terms"]
    n_post = case.counts(case.main_set)[1]
    treated, near = case.named("treated"), case.named("control_near")
    for name, y, excluded, window in _pretended(case, treated, near, away, n_post):
        found = placebo_dates(y, window, form=form, seasonal=seasonal, excluded=excluded)
        for month, estimate in zip(found.months, found.estimates, strict=True):
            kind = "date" if name == "treated" else "unit_date"
            place = f"{name}@{lanes.as_date(int(month)):%Y-%m}"
            yield _row(case, place, kind, estimate, (abs(estimate), abs(own)))


def _pretended(
    case: Case, treated: list[str], near: list[str], away: Ints, n_post: int
) -> Iterator[tuple[str, Floats, Ints, Window]]:
    """Series to pretend on: the treated gap over its whole history before the signal, then each control against the others."""
    months = _history_months(case, [*treated, *near])
    gap = case.logs(treated, months) - (case.logs(near, months) if near else 0)
    yield "treated", gap, away, _before(case, months)
    controls = [*near, *case.named("control_far")]
    for name in controls if near else []:
        others = [other for other in controls if other != name]
        if others:
            own = _history_months(case, [name, *others])
            y = case.logs([name], own) - case.logs(others, own)
            yield name, y, np.array([], dtype=np.int64), _ending(own, min(n_post, LONGEST_POST))


def _history_months(case: Case, names: list[str]) -> Ints:
    first = max(int(case.history[name][0][0]) for name in names)
    last = min(int(case.history[name][0][-1]) for name in names)
    return np.arange(first, max(last, first) + 1)


def _before(case: Case, months: Ints) -> Window:
    """The months of the whole history with the roles of the design; earlier than its window is `pre`, later is `excluded`."""
    place = months - case.window.months[0]
    inside = (place >= 0) & (place < len(case.window.months))
    role = np.where(place < 0, "pre", "excluded").astype("U12")
    role[inside] = case.window.role[place[inside]]
    dose = np.where(place < 0, 0.0, 1.0)
    dose[inside] = case.window.dose[place[inside]]
    return Window(months, dose, role)


def _ending(months: Ints, n_post: int) -> Window:
    """All months `pre` but the last, so that every earlier one may be pretended."""
    after = np.arange(len(months)) >= len(months) - n_post
    return Window(months, after.astype(float), np.where(after, "post", "pre"))


def _of_synthetic(case: Case) -> Iterator[Row]:
    fit = lanes.synthetic_fit(case)
    if isinstance(fit, str) or fit.reason or fit.statistic is None:
        return
    for place, (value, statistic) in enumerate(zip(fit.placebos, fit.placebo_statistics, strict=True)):
        yield _row(case, f"donor_{place + 1:02d}", "unit", value, (statistic, fit.statistic))


def _of_gravity(case: Case, own: float, away: Ints, frames: Frames) -> Iterator[Row]:
    flows = lanes.flows_of(case, frames["tidy.outcome_series"])
    treated = set(flows.filter(pl.col("dose") > 0)["outcome_id"].to_list())
    products = set(flows.filter(pl.col("dose") > 0)["product"].to_list())
    before = flows.filter(~pl.col("post"))
    starts = sorted(before["month"].unique().to_list())
    n_post = min(flows.filter(pl.col("post"))["month"].n_unique(), LONGEST_POST)
    for start in starts[GRAVITY_PRE : len(starts) - n_post + 1 : GRAVITY_STEP]:
        if len(away) == 0 or np.abs(away - start).min() >= GRAVITY_PRE:
            theta = _pretend(before.filter(pl.col("month") < start + n_post), pl.col("outcome_id").is_in(sorted(treated)), start)
            if theta is not None:
                yield _row(case, f"treated@{lanes.as_date(start):%Y-%m}", "date", theta, (abs(theta), abs(own)))
    free = flows.filter(~pl.col("outcome_id").is_in(sorted(treated)))
    begins = int(flows.filter(pl.col("post"))["month"].min())  # type: ignore[arg-type]
    for partner in sorted(set(free.filter(pl.col("product").is_in(sorted(products)))["importer"].to_list())):
        exposed = (pl.col("importer") == partner) & pl.col("product").is_in(sorted(products))
        theta = _pretend(free, exposed, begins)
        if theta is not None:
            yield _row(case, f"{partner}@event", "unit", theta, (abs(theta), abs(own)))


def _pretend(flows: pl.DataFrame, exposed: pl.Expr, start: int) -> float | None:
    return lanes.gravity_fit(flows.with_columns(dose=(exposed & (pl.col("month") >= start)).cast(pl.Float64))).theta
