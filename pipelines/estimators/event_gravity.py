"""Poisson pseudo-maximum likelihood of trade values with effects of any sets of columns (METHODS B7): the dose coefficient.

Iterated weighted least squares with the effects taken out by alternating projections (Correia, Guimarães & Zylkin 2020);
separated cells are found exactly, by a linear program of SciPy (HiGHS).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipelines.estimators.event_panel import Bools, Floats, Ints, demeaned, numbered, student

Sets = Sequence[Sequence[str]]
TRIPLE_DIFFERENCE: Sets = (
    ("exporter", "product", "month"),
    ("importer", "product", "month"),
    ("exporter", "importer", "product"),
)
PAIR = ("exporter", "importer")
FEW_CLUSTERS = 10
STEPS, CLOSE = 200, 1e-10
LOOSE, TIGHT = 1e-4, 1e-13
ROUNDING = 1e-12  # an error below it is that of a fit without residuals: none
LIMIT = 500.0  # of the logarithm of a fitted mean, against overflow in the first steps


@dataclass(frozen=True)
class GravityFit:
    """The dose coefficient theta in log points, its clustered error and limits, and what was left out before.

    `semi_elasticity` is exp(theta) - 1. `dropped_zero` counts cells of effect groups without any trade, `dropped_separated`
    further zero cells that effects or dose fit perfectly; neither bears on theta. Limits are t with one degree less than
    clusters, and not to be relied on where `few_clusters`: fewer than ten, or a single exposed one, whose error is then far too
    small (judge by placebos). `reason` says why there is no estimate.
    """

    reason: str | None = None
    theta: float | None = None
    error: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    semi_elasticity: float | None = None
    n: int = 0
    zeros: int = 0
    dropped_zero: int = 0
    dropped_separated: int = 0
    clusters: int = 0
    exposed_clusters: int = 0
    few_clusters: bool = True
    steps: int = 0


@dataclass(frozen=True)
class _Cells:
    value: Floats
    dose: Floats
    groups: tuple[Ints, ...]
    cluster: Ints

    def only(self, kept: Bools) -> "_Cells":
        groups = tuple(numbered(group[kept]) for group in self.groups)
        return _Cells(self.value[kept], self.dose[kept], groups, numbered(self.cluster[kept]))


def ppml(
    flows: pl.DataFrame, effects: Sets = TRIPLE_DIFFERENCE, cluster: Sequence[str] = PAIR, level: float = 0.95
) -> GravityFit:
    """Theta of value ~ Poisson(exp(effects + theta * dose)); zeros stay in. One row of `flows` is one cell.

    `flows` has `value` (not negative, NULL where nobody filed: left out), `dose` and the columns that `effects` and `cluster`
    name; `effects` are sets of columns, one effect for each combination of values. Raises ValueError on a negative value.
    """
    known = flows.filter(pl.col("value").is_not_null() & pl.col("dose").is_not_null())
    if known.filter(pl.col("value") < 0).height:
        raise ValueError("ppml: found a negative value; expected none; leave corrections out before (METHODS A1)")
    cells = _cells(known, effects, cluster)
    traded = cells.only(_with_trade(cells))
    dropped_zero = len(cells.value) - len(traded.value)
    if not len(traded.value):
        return GravityFit("no_trade", dropped_zero=dropped_zero)
    kept = traded.only(~_separated(traded))
    clusters, exposed = len(np.unique(kept.cluster)), len(np.unique(kept.cluster[kept.dose != 0]))
    base = GravityFit(
        n=len(kept.value),
        zeros=int((kept.value == 0).sum()),
        dropped_zero=dropped_zero,
        dropped_separated=len(traded.value) - len(kept.value),
        clusters=clusters,
        exposed_clusters=exposed,
        few_clusters=clusters < FEW_CLUSTERS or exposed < 2,
    )
    if not _varies(kept):
        return replace(base, reason="separated" if _varies(traded) else "dose_does_not_vary")
    return _described(base, kept, level)


def saturated_theta(exposed_before: float, exposed_after: float, other_before: float, other_after: float) -> float | None:
    """Theta of four cells, the log ratio of ratios; None unless all are positive."""
    four = np.array([exposed_before, exposed_after, other_before, other_after], dtype=float)
    if not np.all(four > 0):
        return None
    return float(np.log(four[1] / four[0]) - np.log(four[3] / four[2]))


def _cells(flows: pl.DataFrame, effects: Sets, cluster: Sequence[str]) -> _Cells:
    def numbers(columns: Sequence[str]) -> Ints:
        ranks: Ints = flows.select(pl.struct(list(columns)).rank("dense") - 1).to_series().to_numpy().astype(np.int64)
        return ranks

    value, dose = (flows[name].cast(pl.Float64).to_numpy() for name in ("value", "dose"))
    return _Cells(value, dose, tuple(numbers(columns) for columns in effects), numbers(cluster))


def _with_trade(cells: _Cells) -> Bools:
    """Cells all of whose effect groups have trade, found until none is left to drop."""
    kept = np.ones(len(cells.value), dtype=bool)
    for _ in range(len(cells.value) + 1):
        value = np.where(kept, cells.value, 0.0)
        found = kept & np.all([np.bincount(group, weights=value)[group] > 0 for group in cells.groups], axis=0)
        if found.sum() == kept.sum():
            break
        kept = found
    return np.asarray(kept, dtype=bool)


def _separated(cells: _Cells) -> Bools:
    """Zero cells that a mix of effects and dose sets apart: it is zero wherever there is trade and positive there.

    The likelihood rises without bound against that mix, so these cells say nothing on the rest. The program looks for one
    mix for all of them: the greatest sum of s with 0 <= s <= 1 and s <= mix on zero cells, mix = 0 on the others.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, hstack, identity

    zero: Bools = np.asarray(cells.value == 0)
    n, n_zero = len(zero), int(zero.sum())
    if not n_zero:
        return zero
    dummies = [csr_matrix((np.ones(n), (np.arange(n), group))) for group in cells.groups]
    design = hstack([*dummies, csr_matrix(cells.dose[:, None])]).tocsr()
    k = design.shape[1]
    found = linprog(
        np.r_[np.zeros(k), -np.ones(n_zero)],
        A_ub=hstack([-design[zero], identity(n_zero)]).tocsr(),
        b_ub=np.zeros(n_zero),
        A_eq=hstack([design[~zero], csr_matrix((n - n_zero, n_zero))]).tocsr(),
        b_eq=np.zeros(n - n_zero),
        bounds=[(None, None)] * k + [(0, 1)] * n_zero,
        method="highs",
    )
    apart = np.zeros(n, dtype=bool)
    apart[zero] = found.x[k:] > 0.5
    return apart


def _varies(cells: _Cells) -> bool:
    """Whether effects leave anything of the dose."""
    if len(cells.value) < 2 or not np.any(cells.dose):
        return False
    left = demeaned(cells.dose[:, None], cells.groups)
    return bool(np.abs(left).max() > 1e-8 * np.abs(cells.dose).max())


def _fitted(cells: _Cells) -> tuple[float, Floats, Floats, int]:
    """Theta, fitted means, the dose less effects (weighted), and the steps taken. Values are scaled to mean 1.

    Each step goes on from what the last one left: the two differ by effects, which the projections take out anyway.
    """
    value = cells.value / cells.value.mean()
    index = np.log((value + 1) / 2)
    working = np.zeros_like(value)
    left = np.column_stack([working, cells.dose])
    theta, close, steps = np.inf, LOOSE, 0
    while steps < STEPS:
        steps += 1
        mean = np.exp(index)
        new = index + (value - mean) / mean
        left[:, 0] += new - working
        working, left = new, demeaned(left, cells.groups, weights=mean, tolerance=close)
        found = float((mean * left[:, 1]) @ left[:, 0] / ((mean * left[:, 1]) @ left[:, 1]))
        residual = left[:, 0] - found * left[:, 1]
        moved = max(abs(found - theta), float(np.abs(np.minimum(mean, 1.0) * (new - residual - index)).max()))
        theta, index = found, np.clip(new - residual, -LIMIT, LIMIT)
        if moved < CLOSE and close <= TIGHT:
            break
        close = max(TIGHT, min(close, 1e-3 * moved))
    return theta, np.exp(index), left[:, 1], steps


def _described(base: GravityFit, cells: _Cells, level: float) -> GravityFit:
    theta, mean, left, steps = _fitted(cells)
    if steps == STEPS:
        return replace(base, reason="not_converged", steps=steps)
    fit = replace(base, theta=theta, semi_elasticity=float(np.expm1(theta)), steps=steps)
    spare = base.n - _parameters(cells)
    if base.clusters < 2 or spare < 1:
        return fit
    scores = np.bincount(cells.cluster, weights=left * (cells.value / cells.value.mean() - mean))
    factor = base.clusters / (base.clusters - 1) * (base.n - 1) / spare
    error = float(np.sqrt(factor * (scores @ scores))) / float((mean * left) @ left)
    if error < ROUNDING:
        return fit
    p, low, high = student(theta, error, base.clusters - 1, level)
    return replace(fit, error=error, low=low, high=high, p=p)


def _parameters(cells: _Cells) -> int:
    """The dose and the effects that do not lie inside clusters, as the small-sample factor of fixest counts them."""
    outside = [group for group in cells.groups if len(set(zip(group, cells.cluster, strict=True))) > len(np.unique(group))]
    return 1 + sum(len(np.unique(group)) for group in outside) - max(len(outside) - 1, 0)
