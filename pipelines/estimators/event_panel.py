"""A panel around one rule change: monthly outcomes of exposed and other units, and which months count as before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SEED = 20_221_007  # any fixed number: results must not change between runs
SWEEPS = 10_000


@dataclass(frozen=True)
class Panel:
    """Outcomes of units (rows) by month (columns); NaN is missing. `months` are 12 * year + month - 1, ascending.

    `treated` marks exposed units, `post` the months under the rule. `excluded` marks months that count on neither side
    (anticipation, a month the rule bit in part); they stay in paths. Raises ValueError where shapes do not fit.
    """

    outcomes: Floats
    units: tuple[str, ...]
    months: Ints
    treated: Bools
    post: Bools
    excluded: Bools | None = None

    def __post_init__(self) -> None:
        expected = (len(self.units), len(self.months))
        found = (self.outcomes.shape, self.treated.shape, self.post.shape, self.left_out.shape)
        if found != (expected, expected[:1], expected[1:], expected[1:]):
            raise ValueError(f"panel: found shapes {found} of outcomes, treated, post, excluded; expected those of {expected}")
        if len(set(self.units)) < len(self.units) or np.any(np.diff(self.months) <= 0):
            raise ValueError("panel: units must differ from each other and months must ascend")

    @property
    def left_out(self) -> Bools:
        """Months that count on neither side."""
        return np.zeros(len(self.months), dtype=bool) if self.excluded is None else self.excluded

    @property
    def before(self) -> Bools:
        """Months that count as before the rule."""
        return ~self.post & ~self.left_out

    @property
    def after(self) -> Bools:
        """Months that count as under the rule."""
        return self.post & ~self.left_out

    @property
    def counted(self) -> Bools:
        """Months on either side."""
        return ~self.left_out

    @property
    def gap(self) -> Floats:
        """Mean of exposed units less mean of the others by month; NaN where any unit is missing or one side is empty."""
        if self.treated.all() or not self.treated.any():
            return np.full(len(self.months), np.nan)
        gap: Floats = self.outcomes[self.treated].mean(axis=0) - self.outcomes[~self.treated].mean(axis=0)
        return gap

    def only(self, units: Bools) -> "Panel":
        """The same months with some of the units."""
        names = tuple(name for name, kept in zip(self.units, units, strict=True) if kept)
        return Panel(self.outcomes[units], names, self.months, self.treated[units], self.post, self.excluded)


def demeaned(values: Floats, groups: Sequence[Ints], weights: Floats | None = None, tolerance: float = 1e-13) -> Floats:
    """What the effects of `groups` leave of each column of `values` (rows x columns), by alternating projections.

    `groups` holds one array of group numbers (0, 1, ...) a set of effects; `weights` are those of weighted least squares.
    """
    left = np.array(np.transpose(values), dtype=float, order="C")
    mass = np.ones(left.shape[1]) if weights is None else weights
    totals = [np.bincount(group, weights=mass) for group in groups]
    limit = tolerance * np.maximum(np.abs(left).max(axis=1, initial=0.0), 1e-300)
    for _ in range(SWEEPS):
        before = left.copy()
        for group, total in zip(groups, totals, strict=True):
            for column in range(len(left)):
                left[column] -= (np.bincount(group, weights=mass * left[column]) / total)[group]
        if np.all(np.abs(left - before).max(axis=1, initial=0.0) <= limit):
            break
    return np.ascontiguousarray(left.T)


def numbered(names: Sequence[object] | NDArray[np.generic]) -> Ints:
    """Group numbers 0, 1, ... of names, in their sorted order."""
    numbers: Ints = np.unique(np.asarray(names), return_inverse=True)[1].astype(np.int64)
    return numbers


def other_choices(chosen: Bools, limit: int, seed: int = SEED) -> Bools:
    """Every other way to choose as many (choices x units); where there are more than `limit`, so many drawn with a fixed seed."""
    n, k = len(chosen), int(chosen.sum())
    if comb(n, k) - 1 <= limit:
        rows = [row for row in combinations(range(n), k) if not all(chosen[list(row)])]
    else:
        random = np.random.default_rng(seed)
        rows = [tuple(random.permutation(n)[:k]) for _ in range(limit)]
    choices = np.zeros((len(rows), n), dtype=bool)
    for number, row in enumerate(rows):
        choices[number, list(row)] = True
    return choices


def placebo_p(effect: float, placebos: Floats) -> float | None:
    """Share of placebo effects at least as large in size, the effect itself counted in (METHODS B8); None without placebos."""
    if not len(placebos) or not np.isfinite(effect):
        return None
    extreme = np.abs(placebos) >= abs(effect) - 1e-12 * max(abs(effect), 1e-300)
    return float((1 + int(extreme.sum())) / (1 + len(placebos)))


def student(estimate: float, error: float, df: float, level: float) -> tuple[float | None, float | None, float | None]:
    """p and limits of a t test, None where the error is zero or NaN."""
    from scipy.special import stdtr, stdtrit

    if not error > 0:
        return None, None, None
    reach = float(stdtrit(df, (1 + level) / 2)) * error
    return 2 * float(stdtr(df, -abs(estimate) / error)), finite(estimate - reach), finite(estimate + reach)


def finite(value: float) -> float | None:
    """The number, or None for NaN and infinities."""
    return float(value) if np.isfinite(value) else None


def steady(value: float) -> float | None:
    """The number to ten significant digits, None for NaN and infinities: later digits of dense algebra depend on threads."""
    return float(f"{value:.10g}") if np.isfinite(value) else None
