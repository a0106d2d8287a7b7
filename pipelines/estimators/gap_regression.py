"""Regression of the mirror gap on control status (METHODS A9): did gaps of goods under a rule move apart from other goods?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.schemas.evidence import rung_for
from pipelines.schemas.tables.metrics_mirror import MetricGapRegression

MIN_CELLS, MIN_LANES = 30, 10
QUANTILE_90 = 1.6448536269514722
FLOWS_OF_RULES = "export_control"


@dataclass(frozen=True)
class Shift:
    """Coefficient on control status in log points, its standard error clustered by lane."""

    coefficient: float
    error: float


def gap_regression(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per graded export rule: shift of the log gap of exposed goods on the rule's lanes after it bites.

    Reads metric_mirror_gap (yearly log gaps, six-digit codes) and fact_rule_change; returns metric_gap_regression. Least
    squares with effects of lane and code, and of lane and year; errors clustered by pair of countries. At least 30 cells and
    10 lanes, with exposed and other cells before and after, are needed; otherwise the row says which are lacking.
    """
    gaps = frames["metrics.metric_mirror_gap"].filter(
        (pl.col("window_kind") == "year") & pl.col("log_gap").is_not_null() & (pl.col("product_code").str.len_chars() == 6)
    )
    rules = frames["core.fact_rule_change"].filter(
        (pl.col("flow_side") == FLOWS_OF_RULES)
        & pl.col("event_grade").is_in(["A", "B"])
        & pl.col("bite_date").is_not_null()
        & pl.col("hs6_exposed").is_not_null()
    )
    rows = [_row(rule, gaps) for rule in rules.sort("rule_id").iter_rows(named=True)]
    return pl.DataFrame(rows, schema=dict(MetricGapRegression.schema()), orient="row")


def control_shift(
    gap: NDArray[np.float64], status: NDArray[np.float64], first: list[str], second: list[str], lane: list[str]
) -> Shift:
    """Least squares of `gap` on `status` with two sets of effects (`first`, `second`), errors clustered by `lane`.

    All five have one entry a cell. Raises ValueError where the effects leave nothing of `status`.
    """
    from statsmodels.regression.linear_model import OLS

    left, right = _within(gap, first, second), _within(status, first, second)
    if not np.any(np.abs(right) > 1e-9):
        raise ValueError("control status does not vary within the effects")
    groups = np.unique(lane, return_inverse=True)[1]
    fitted = OLS(left, right[:, None]).fit(cov_type="cluster", cov_kwds={"groups": groups})
    return Shift(float(np.asarray(fitted.params)[0]), float(np.asarray(fitted.bse)[0]))


def _row(rule: Mapping[str, object], gaps: pl.DataFrame) -> tuple[object, ...]:
    bite = rule["bite_date"]
    assert isinstance(bite, date)
    codes, destinations = str(rule["hs6_exposed"]).split(";"), str(rule["destinations"]).split(";")
    lanes = gaps.filter(pl.col("importer_iso3").is_in(destinations))
    if rule["jurisdiction"] != "USA":
        lanes = lanes.filter(pl.col("exporter_iso3") == rule["jurisdiction"])
    cells = lanes.with_columns(
        exposed=pl.col("product_code").is_in(codes),
        after=pl.col("period_start") >= bite,
        lane=pl.col("exporter_iso3") + pl.col("importer_iso3"),
        year=pl.col("period_start").dt.year().cast(pl.String),
    ).filter(pl.col("after") | (pl.col("period_end") < bite))
    labels = ("difference_between_reports_not_evasion", "estimate", rung_for(MetricGapRegression.design))
    counts = (cells.height, cells["lane"].n_unique())
    reason = _unfit(cells)
    if reason is None:
        status = (cells["exposed"] & cells["after"]).cast(pl.Float64).to_numpy()
        first = (cells["lane"] + cells["product_code"]).to_list()
        second = (cells["lane"] + cells["year"]).to_list()
        try:
            shift = control_shift(cells["log_gap"].to_numpy(), status, first, second, cells["lane"].to_list())
        except ValueError:
            reason = "no_variation_of_status"
        else:
            reach = QUANTILE_90 * shift.error
            figures = (shift.coefficient - reach, shift.coefficient, shift.coefficient + reach)
            return (rule["rule_id"], bite, *figures, *counts, None, *labels)
    return (rule["rule_id"], bite, None, None, None, *counts, reason, *labels)


def _unfit(cells: pl.DataFrame) -> str | None:
    if cells.height < MIN_CELLS:
        return "too_few_cells"
    if cells["lane"].n_unique() < MIN_LANES:
        return "too_few_lanes"
    kinds = cells.select("exposed", "after").unique().height
    return None if kinds == 4 else "no_comparison"


def _within(values: NDArray[np.float64], first: list[str], second: list[str]) -> NDArray[np.float64]:
    """What two sets of effects leave of the values: alternate demeaning until nothing moves."""
    left = np.asarray(values, dtype=float).copy()
    places = [np.unique(names, return_inverse=True)[1] for names in (first, second)]
    sizes = [np.bincount(place) for place in places]
    for _ in range(10_000):
        before = left.copy()
        for place, size in zip(places, sizes, strict=True):
            left -= (np.bincount(place, weights=left) / size)[place]
        if np.max(np.abs(left - before), initial=0.0) < 1e-12:
            break
    return left
