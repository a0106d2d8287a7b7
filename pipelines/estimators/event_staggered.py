"""Rules that reach units at different dates (METHODS B5): cohort-by-event-time effects averaged with cohort shares.

Sun & Abraham (2021) by diff-diff; the plain two-way coefficient stands beside it as a foil only.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipelines.estimators.event_did import DRAWS, FEW_CLUSTERS, Covariates, Rows, within_fit
from pipelines.estimators.event_panel import SEED, Bools, Floats, Ints, finite, numbered, placebo_p, steady

if TYPE_CHECKING:
    from diff_diff import SunAbrahamResults

NEVER = 0


@dataclass(frozen=True)
class Staggered:
    """Outcomes of units (rows) by month (columns), NaN missing; `first` is each unit's first month under the rule, 0 = never.

    Months are 12 * year + month - 1 (or any numbers one apart). A rule that is lifted makes another panel of its own.
    Raises ValueError where shapes do not fit or months are not one apart.
    """

    outcomes: Floats
    units: tuple[str, ...]
    months: Ints
    first: Ints

    def __post_init__(self) -> None:
        if self.outcomes.shape != (len(self.units), len(self.months)) or self.first.shape != (len(self.units),):
            found = (self.outcomes.shape, self.first.shape)
            raise ValueError(
                f"staggered panel: found shapes {found} of outcomes and first months; expected {len(self.units)} units"
            )
        if np.any(np.diff(self.months) != 1):
            raise ValueError("staggered panel: found a jump in months; expected every month, NaN where missing")


@dataclass(frozen=True)
class CohortPoint:
    """The average effect so many months after the first (0 = the first; negative = before), and each cohort's share in it."""

    offset: int
    estimate: float | None
    error: float | None
    low: float | None
    high: float | None
    shares: dict[int, float]


@dataclass(frozen=True)
class StaggeredFit:
    """Average effect on the exposed over all months under the rule; `naive` is the plain two-way coefficient, a foil.

    Limits and `p` are clustered, t with one degree less than clusters. With fewer than ten clusters `p` is that of dealing
    out first months anew over units (only for balanced panels without covariates and with one unit a cluster).
    `dropped_always` counts units under the rule from the start, `last_month` is the last with clean controls.
    """

    reason: str | None = None
    estimate: float | None = None
    error: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    inference: str | None = None
    path: tuple[CohortPoint, ...] = ()
    naive: float | None = None
    naive_error: float | None = None
    cohorts: tuple[int, ...] = ()
    clusters: int = 0
    dropped_always: int = 0
    last_month: int | None = None
    n: int = 0
    dropped_units: tuple[str, ...] = field(default=())


def sun_abraham(
    panel: Staggered, covariates: Covariates | None = None, clusters: Sequence[str] | None = None, level: float = 0.95
) -> StaggeredFit:
    """Cohort effects against units that never come under the rule, averaged with the cohorts' shares of exposed months.

    Without such units the last cohort is the control and the window ends the month before its own first. Units under the
    rule from the first month on are dropped. `covariates` are arrays shaped like the outcomes, `clusters` one label a unit.
    """
    names = list(clusters if clusters is not None else panel.units)
    kept, controls, dropped = _clean(panel)
    base = StaggeredFit(dropped_always=len(dropped), dropped_units=dropped)
    if controls is None:
        return replace(base, reason="no_clean_controls")
    window = panel.months <= controls[1]
    part = Staggered(panel.outcomes[kept][:, window], _picked(panel.units, kept), panel.months[window], controls[0][kept])
    extra = {name: values[kept][:, window] for name, values in (covariates or {}).items()}
    rows = _rows(part, extra, _picked(names, kept))
    cohorts = tuple(sorted(set(part.first[rows.unit].tolist()) - {NEVER}))
    base = replace(base, cohorts=cohorts, clusters=len(set(rows.cluster.tolist())), last_month=int(controls[1]), n=len(rows.y))
    if not cohorts or not _observed(part):
        return replace(base, reason="no_reference_month" if cohorts else "no_treated")
    return _estimated(base, part, rows, level)


def balanced_effect(outcomes: Floats, months: Ints, first: Ints) -> float:
    """The same average in closed form for a balanced panel without covariates: exposed months less the month before the first,
    each less the change of the controls between the two."""
    control = outcomes[first == NEVER].mean(axis=0)
    relative = outcomes - control
    exposed = (first[:, None] != NEVER) & (months[None, :] >= first[:, None])
    place = np.searchsorted(months, first - 1)
    reference = relative[np.arange(len(first)), np.where(first == NEVER, 0, place)]
    return float((relative - reference[:, None])[exposed].mean())


def _clean(panel: Staggered) -> tuple[Bools, tuple[Ints, int] | None, tuple[str, ...]]:
    """Units kept, (first months with the controls at 0, last month with clean controls) or None, units always exposed."""
    always = (panel.first != NEVER) & (panel.first <= panel.months[0])
    first = np.where(panel.first > panel.months[-1], NEVER, panel.first)
    dropped = _picked(panel.units, always)
    left = first[~always]
    if np.any(left == NEVER):
        return ~always, (first, int(panel.months[-1])), dropped
    if len(set(left.tolist())) < 2:
        return ~always, None, dropped
    latest = int(left.max())
    return ~always, (np.where(first == latest, NEVER, first), latest - 1), dropped


def _rows(panel: Staggered, covariates: Covariates, clusters: Sequence[str]) -> Rows:
    known = ~np.isnan(np.stack([panel.outcomes, *covariates.values()])).any(axis=0)
    unit, month = np.nonzero(known)
    extra = {name: values[known] for name, values in covariates.items()}
    return Rows(panel.outcomes[known], unit, month, numbered(clusters)[unit], extra)


def _observed(panel: Staggered) -> bool:
    """Whether some exposed unit and some control is observed in the month before the unit's first."""
    seen = ~np.isnan(panel.outcomes)
    for cohort in set(panel.first.tolist()) - {NEVER}:
        before = panel.months == cohort - 1
        if not (seen[panel.first == cohort][:, before].any() and seen[panel.first == NEVER][:, before].any()):
            return False
    return True


def _estimated(base: StaggeredFit, panel: Staggered, rows: Rows, level: float) -> StaggeredFit:
    exposed = (panel.first[rows.unit] != NEVER) & (panel.months[rows.month] >= panel.first[rows.unit])
    naive, naive_error = within_fit(rows, exposed[:, None].astype(float))
    fit = _library_fit(panel, rows, level)
    few = base.clusters < FEW_CLUSTERS
    balanced = len(rows.y) == panel.outcomes.size and not rows.covariates and base.clusters == len(panel.units)
    p = steady(fit.overall_p_value)
    if few:
        p = _randomised(panel, float(fit.overall_att)) if balanced else None
    low, high = fit.overall_conf_int
    return replace(
        base,
        estimate=steady(fit.overall_att),
        error=steady(fit.overall_se),
        low=steady(low),
        high=steady(high),
        p=p,
        inference="randomisation" if few else "cluster",
        path=tuple(_point(fit, offset) for offset in sorted(fit.event_study_effects)),
        naive=finite(naive[0]),
        naive_error=finite(naive_error[0]),
    )


def _point(fit: "SunAbrahamResults", offset: int) -> CohortPoint:
    effect = fit.event_study_effects[offset]
    low, high = effect["conf_int"]
    shares = {int(cohort): float(share) for cohort, share in sorted(fit.cohort_weights[offset].items())}
    return CohortPoint(int(offset), steady(effect["effect"]), steady(effect["se"]), steady(low), steady(high), shares)


def _library_fit(panel: Staggered, rows: Rows, level: float) -> "SunAbrahamResults":
    from diff_diff import SunAbraham

    columns = {
        "y": rows.y,
        "unit": rows.unit,
        "month": panel.months[rows.month],
        "first": panel.first[rows.unit],
        "cluster": rows.cluster,
    }
    frame = pl.DataFrame(columns | {f"x_{name}": values for name, values in rows.covariates.items()}).to_pandas()
    model = SunAbraham(cluster="cluster", df_convention="cluster", alpha=1 - level)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few clusters and dropped columns: said in the result
        covariates = [f"x_{name}" for name in sorted(rows.covariates)] or None
        return model.fit(frame, outcome="y", unit="unit", time="month", first_treat="first", covariates=covariates)


def _randomised(panel: Staggered, effect: float) -> float | None:
    """Placebo p with the first months dealt out anew over units, `DRAWS` times with a fixed seed."""
    random = np.random.default_rng(SEED)
    deals = [random.permutation(panel.first) for _ in range(DRAWS)]
    return placebo_p(effect, np.array([balanced_effect(panel.outcomes, panel.months, deal) for deal in deals]))


def _picked(names: Sequence[str], kept: Bools) -> tuple[str, ...]:
    return tuple(name for name, keep in zip(names, kept, strict=True) if keep)
