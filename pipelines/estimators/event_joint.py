"""Several doses in one regression with their condition number (METHODS B10), and counts with zeros (METHODS B3)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import ModelError
from pipelines.estimators import event_errors as errors
from pipelines.estimators.event_errors import Bools, Coefficient, Floats
from pipelines.estimators.event_window import (
    NO_SEASON,
    STEP,
    Window,
    condition_number,
    identified,
    means,
    observed,
    seasons,
)

COMPOSITE_ABOVE = 30.0
SEPARATED = 1e-8  # a month expected below this is fitted as impossible: its calendar month is zero throughout
NAN = float("nan")
NOTHING = Coefficient(NAN, NAN, NAN, NAN, NAN, NAN)


@dataclass(frozen=True)
class Joint:
    """Effects of doses that share a regression, in the order of `names`, and whether the data can tell them apart.

    `condition_number` is that of the design with columns of unit length; above 30 `composite` is true: read the effect of
    `composite_dose` (the largest dose of each month, METHODS B10) instead of the single effects.
    """

    names: tuple[str, ...]
    effects: tuple[Coefficient, ...]
    condition_number: float
    composite: bool
    composite_dose: Floats
    composite_effect: Coefficient
    n_months: int


@dataclass(frozen=True)
class CountFit:
    """Level change of a count in log points (quasi-Poisson) with its interval, HAC errors and dispersion."""

    level: Coefficient
    slope: Coefficient
    dispersion: float
    n_zero: int
    absence_reason: str | None


def joint_doses(y: Floats, doses: Floats, names: Sequence[str], months: NDArray[np.int64], seasonal: str = NO_SEASON) -> Joint:
    """All doses (T, m) in one least-squares regression of y (T, NaN where missing) with a constant and the season.

    `months` are consecutive month numbers. Partial months stay in, with their share. Doses that cannot be told apart at all
    have NaN effects and an infinite condition number.
    """
    series, doses = np.asarray(y, dtype=float), np.asarray(doses, dtype=float)
    if doses.shape != (series.size, len(names)) or len(months) != series.size or np.any(np.diff(months) != 1):
        raise ModelError(
            f"joint doses: {doses.shape} doses and {len(months)} months for {series.size} values and {len(names)} names; "
            "give one row a consecutive month and one column a name"
        )
    used = np.isfinite(series)
    season = seasons(months, seasonal, used)
    largest = doses.max(axis=1) if doses.shape[1] else np.zeros(series.size)
    design, single = _with(doses, season), _with(largest[:, None], season)
    number = condition_number(design[used])
    return Joint(
        names=tuple(names),
        effects=tuple(_effects(series, design, used, len(names))),
        condition_number=number,
        composite=number > COMPOSITE_ABOVE,
        composite_dose=largest,
        composite_effect=_effects(series, single, used, 1)[0],
        n_months=int(used.sum()),
    )


def quasi_poisson_its(
    y: Floats, window: Window, offset: Floats | None = None, *, form: str = STEP, seasonal: str = NO_SEASON
) -> CountFit:
    """Level change of counts or values with zeros, by a Poisson GLM (statsmodels) with errors for autocorrelated months.

    `offset` is a log exposure per month; a month without it is missing. HAC errors are those of the GLM scores on the month
    grid. The interval is that of the weighted linear model which the last iteration solves, with the averaged noise.
    """
    series = observed(y, window)
    exposure = np.zeros(series.size) if offset is None else observed(offset, window)
    used = np.isfinite(series) & np.isfinite(exposure) & window.having("pre", "post")
    design = np.concatenate([means(window, form), seasons(window.months, seasonal, used)], axis=1)
    reason = _unfit(series, window, design, used)
    if reason:
        return CountFit(NOTHING, NOTHING, NAN, int((series[used] == 0).sum()), reason)
    expected, params = _poisson(series, design, used, exposure)
    if expected[used].min() < SEPARATED:
        return CountFit(NOTHING, NOTHING, NAN, int((series[used] == 0).sum()), "separated")
    root = np.sqrt(expected)
    working = root * (design @ params) + np.where(used, series - expected, 0.0) / root
    weighted = design * root[:, None]
    places = [1, 3] if form != STEP else [1]
    found, _ = errors.coefficients(working, weighted, used, places)
    dof = int(used.sum()) - design.shape[1]
    pearson = float(np.sum((series[used] - expected[used]) ** 2 / expected[used]))
    slope = found[1] if len(found) > 1 else NOTHING
    return CountFit(found[0], slope, pearson / dof if dof else NAN, int((series[used] == 0).sum()), None)


def _with(doses: Floats, season: Floats) -> Floats:
    return np.concatenate([np.ones((doses.shape[0], 1)), doses, season], axis=1)


def _effects(series: Floats, design: Floats, used: Bools, n_doses: int) -> list[Coefficient]:
    """Effects of the columns after the constant, or nothing where the design is not identified."""
    if not used.any() or not identified(design, used):
        return [NOTHING] * n_doses
    return errors.coefficients(series, design, used, list(range(1, n_doses + 1)))[0]


def _unfit(series: Floats, window: Window, design: Floats, used: Bools) -> str | None:
    """Why no level change of a count can be had: negative values, a design not identified, or one side all zero."""
    if not used.any() or not identified(design, used):
        return "not_identified"
    if np.any(series[used] < 0):
        return "negative_values"
    sides = [float(series[used & window.having(role)].sum()) for role in ("pre", "post")]
    return None if min(sides) > 0 else "all_zero"


def _poisson(series: Floats, design: Floats, used: Bools, exposure: Floats) -> tuple[Floats, Floats]:
    """Expected counts (1 in unused months) and coefficients of the Poisson GLM."""
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    fitted = GLM(series[used], design[used], family=Poisson(), offset=exposure[used]).fit(tol=1e-13, maxiter=200)
    params = np.asarray(fitted.params)
    expected = np.ones(series.size)
    expected[used] = np.asarray(fitted.fittedvalues)
    return expected, params
