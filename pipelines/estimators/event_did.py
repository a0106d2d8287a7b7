"""Difference-in-differences around one date (METHODS B4): two-way fixed effects, event-study path, inference with few units.

Coefficients and clustered errors come from statsmodels on columns with the effects taken out, the wild cluster bootstrap
from diff-diff.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from pipelines.estimators.event_panel import (
    SEED,
    Bools,
    Floats,
    Ints,
    Panel,
    demeaned,
    finite,
    numbered,
    other_choices,
    placebo_p,
    steady,
    student,
)

FEW_CLUSTERS = 10
DRAWS = 999
ROUNDING = 1e-12  # a smaller error, in units of the largest outcome, is that of a fit without residuals: none
Covariates = Mapping[str, Floats]


@dataclass(frozen=True)
class DidFit:
    """The coefficient on exposed-after with its inference; `reason` says why there is none.

    `inference` names what `p`, `low` and `high` rest on: `cluster` (t with one degree less than clusters), `wild_bootstrap`
    (restricted, all sign vectors, where there are fewer than ten clusters; no limits where even the smallest possible p, two
    over the number of vectors, is above 1 - level) or `randomisation` (one cluster on a side: no
    error and no limits). `p_randomisation` reassigns exposure over clusters; it cannot fall below 1 / (1 + assignments).
    """

    reason: str | None = None
    estimate: float | None = None
    error: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    inference: str | None = None
    p_randomisation: float | None = None
    assignments: int = 0
    clusters: int = 0
    n: int = 0


@dataclass(frozen=True)
class PathPoint:
    """The exposed-less-other difference of one month against the reference month; `offset` counts months from it."""

    month: int
    offset: int
    estimate: float | None
    error: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class EventPath:
    """An event-study path; `largest_pre_step` is the largest change between neighbouring months before (trend sensitivity)."""

    reference: int
    points: tuple[PathPoint, ...] = ()
    largest_pre_step: float | None = None
    clusters: int = 0
    few_clusters: bool = True
    reason: str | None = None


@dataclass(frozen=True)
class Rows:
    """The observed cells of a panel as columns, one row a unit and month, in the panel's order."""

    y: Floats
    unit: Ints
    month: Ints
    cluster: Ints
    covariates: dict[str, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, panel: Panel, covariates: Covariates | None, clusters: Sequence[str] | None, counted: Bools) -> "Rows":
        """Cells of the counted months in which the outcome and every covariate are known."""
        extra = dict(covariates or {})
        known = ~np.isnan(np.stack([panel.outcomes, *extra.values()])).any(axis=0) & counted
        unit, month = np.nonzero(known)
        cluster = numbered(clusters if clusters is not None else panel.units)
        return cls(panel.outcomes[known], unit, month, cluster[unit], {name: values[known] for name, values in extra.items()})


def did_regression(
    panel: Panel, covariates: Covariates | None = None, clusters: Sequence[str] | None = None, level: float = 0.95
) -> DidFit:
    """Two-way fixed-effects coefficient on exposed-after; in a balanced panel without covariates the cell-mean difference.

    `covariates` are arrays shaped like the outcomes; `clusters` has one label a unit (each unit its own where not given).
    """
    rows = Rows.of(panel, covariates, clusters, panel.counted)
    exposed, after = panel.treated[rows.unit], panel.after[rows.month]
    n_clusters = len(np.unique(rows.cluster))
    if len(set(zip(exposed.tolist(), after.tolist(), strict=True))) < 4:
        return DidFit("no_comparison", clusters=n_clusters, n=len(rows.y))
    dose = (exposed & after).astype(float)
    estimates, errors = within_fit(rows, dose[:, None])
    placebos = _placebos(panel, rows)
    p_random = placebo_p(float(estimates[0]), placebos)
    fit = DidFit(estimate=finite(estimates[0]), p_randomisation=p_random, assignments=len(placebos))
    fit = replace(fit, clusters=n_clusters, n=len(rows.y))
    if _lone(rows, exposed):
        return replace(fit, inference="randomisation", p=p_random)
    fit = replace(fit, error=finite(errors[0]))
    if n_clusters < FEW_CLUSTERS:
        p, low, high = _wild(rows, dose, level)
        return replace(fit, inference="wild_bootstrap", p=p, low=low, high=high)
    p, low, high = student(estimates[0], errors[0], n_clusters - 1, level)
    return replace(fit, inference="cluster", p=p, low=low, high=high)


def event_study_regression(
    panel: Panel,
    reference: int | None = None,
    covariates: Covariates | None = None,
    clusters: Sequence[str] | None = None,
    level: float = 0.95,
) -> EventPath:
    """Exposed-less-other difference of every month against the reference month (default: the last observed one before).

    In a balanced panel without covariates these are differences of cell means. Months left out of both sides have a point
    too. Errors are clustered (t with one degree less than clusters) and missing where one side has a single cluster.
    """
    chosen = _reference(panel, reference)
    rows = Rows.of(panel, covariates, clusters, np.ones(len(panel.months), dtype=bool))
    n_clusters = len(np.unique(rows.cluster))
    if chosen is None or not panel.treated.any() or panel.treated.all():
        return EventPath(reference or 0, clusters=n_clusters, reason="no_comparison")
    others = [month for month in range(len(panel.months)) if month != chosen]
    exposed = panel.treated[rows.unit]
    columns = np.column_stack([exposed & (rows.month == month) for month in others]).astype(float)
    estimates, errors = within_fit(rows, columns)
    if _lone(rows, exposed):
        errors = np.full(len(errors), np.nan)
    start = int(panel.months[chosen])
    points = [PathPoint(start, 0, 0.0)]
    for month, estimate, error in zip(panel.months[others].tolist(), estimates, errors, strict=True):
        _, low, high = student(estimate, error, max(n_clusters - 1, 1), level)
        points.append(PathPoint(month, month - start, finite(estimate), finite(error), low, high))
    points.sort(key=lambda point: point.month)
    return EventPath(start, tuple(points), _largest_step(panel, points), n_clusters, n_clusters < FEW_CLUSTERS)


def within_fit(rows: Rows, columns: Floats) -> tuple[Floats, Floats]:
    """Coefficients on the columns with clustered errors, effects of unit and month taken out; NaN where effects leave nothing.

    The small-sample factor counts the month effects; unit effects lie inside clusters and are not counted.
    """
    from statsmodels.regression.linear_model import OLS

    extra = [rows.covariates[name] for name in sorted(rows.covariates)]
    together = np.column_stack([rows.y, columns, *extra])
    left = demeaned(together, [rows.unit, numbered(rows.month)])
    spread = np.abs(left[:, 1:]).max(axis=0, initial=0.0)
    known = spread > 1e-9 * np.maximum(np.abs(together[:, 1:]).max(axis=0, initial=0.0), 1e-300)
    fitted = OLS(left[:, 0], left[:, 1:][:, known]).fit(method="qr", cov_type="cluster", cov_kwds={"groups": rows.cluster})
    variances = np.maximum(np.diag(fitted.cov_params()), 0.0)
    n, k, months = len(rows.y), int(known.sum()), len(np.unique(rows.month))
    factor = np.sqrt((n - k) / (n - k - months)) if n > k + months else np.nan
    estimates, errors = (np.full(len(known), np.nan) for _ in range(2))
    estimates[known], errors[known] = np.asarray(fitted.params), factor * np.sqrt(variances)
    errors[errors <= ROUNDING * np.abs(rows.y).max(initial=0.0)] = np.nan
    return estimates[: columns.shape[1]], errors[: columns.shape[1]]


def _lone(rows: Rows, exposed: Bools) -> bool:
    """Whether one side of the comparison is a single cluster, on which no clustered error can rest."""
    return min(len(np.unique(rows.cluster[side])) for side in (exposed, ~exposed)) == 1


def _wild(rows: Rows, dose: Floats, level: float) -> tuple[float | None, float | None, float | None]:
    """p and limits of the restricted wild cluster bootstrap over all sign vectors.

    The library counts vectors more extreme than the estimate; its own signs and their opposites are counted in here, as in
    METHODS B8, so p is at least two over the number of vectors and no limits exist where that exceeds 1 - level.
    """
    from diff_diff import wild_bootstrap_se

    own = 2.0 ** (1 - len(np.unique(rows.cluster)))
    room = 1 - level - own
    extra = [rows.covariates[name] for name in sorted(rows.covariates)]
    effects = [numbers[:, None] == np.unique(numbers) for numbers in (rows.unit, rows.month)]
    design = np.column_stack([dose, *extra, effects[0], effects[1][:, 1:]]).astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few clusters: said in the result
        found = wild_bootstrap_se(
            design,
            rows.y,
            np.zeros(len(dose)),
            rows.cluster,
            0,
            n_bootstrap=DRAWS,
            alpha=room if room > 0 else 1 - level,
            seed=SEED,
        )
    p = finite(min(float(found.p_value) + own, 1.0))
    return (p, steady(found.ci_lower), steady(found.ci_upper)) if room > 0 else (p, None, None)


def _placebos(panel: Panel, rows: Rows) -> Floats:
    """The same coefficient under every other assignment of exposure to as many clusters, or units where clusters are mixed."""
    exposed = panel.treated[rows.unit]
    groups = rows.cluster
    if any(len(set(exposed[groups == group].tolist())) == 2 for group in np.unique(groups)):
        groups = rows.unit
    names, group = np.unique(groups, return_inverse=True)
    actual = np.array([exposed[groups == name].any() for name in names])
    choices = other_choices(actual, DRAWS)
    if not len(choices):
        return np.empty(0)
    columns = (choices.T[group] & panel.after[rows.month][:, None]).astype(float)
    extra = [rows.covariates[name] for name in sorted(rows.covariates)]
    left = demeaned(np.column_stack([rows.y, *extra, columns]), [rows.unit, numbered(rows.month)])
    y, others, exposures = left[:, :1], left[:, 1 : 1 + len(extra)], left[:, 1 + len(extra) :]
    if extra:
        y, exposures = (part - others @ np.linalg.lstsq(others, part, rcond=None)[0] for part in (y, exposures))
    mass = (exposures**2).sum(axis=0)
    known = mass > 1e-12
    effects: Floats = (exposures * y).sum(axis=0)[known] / mass[known]
    return effects


def _reference(panel: Panel, reference: int | None) -> int | None:
    """Place of the reference month, which must be observed on both sides."""
    seen = ~np.isnan(panel.outcomes)
    both = seen[panel.treated].any(axis=0) & seen[~panel.treated].any(axis=0)
    places = np.flatnonzero(both & (panel.before if reference is None else panel.months == reference))
    return int(places[-1]) if len(places) else None


def _largest_step(panel: Panel, points: Sequence[PathPoint]) -> float | None:
    before = [point for point, counts in zip(points, panel.before, strict=True) if counts]
    steps = [
        abs(later.estimate - earlier.estimate)
        for earlier, later in pairwise(before)
        if earlier.estimate is not None and later.estimate is not None and later.month == earlier.month + 1
    ]
    return max(steps, default=None)
