"""Tests that the months before an event have no trend (METHODS B4): a linear slope and the means of half-years."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.estimators import event_errors as errors
from pipelines.estimators.event_errors import Bools, Floats
from pipelines.estimators.event_window import NO_SEASON, Window, half_years, identified, observed, seasons

DRAWS = 499
NAN = float("nan")


@dataclass(frozen=True)
class Pretrend:
    """Pre-trend of a series: slope per month with its interval; p of the slope, of the half-years, and of both jointly.

    `p_bins` is a rank among 499 series drawn without a trend from the estimated noise, so at least 1/500; `p` is twice the
    smaller of the two (Bonferroni). NaN where the pre months are too few; `n_bins` counts half-years with three months seen.
    """

    p: float
    slope: float
    slope_low: float
    slope_high: float
    p_slope: float
    p_bins: float
    n_bins: int


def pretrend_test(y: Floats, window: Window, *, seasonal: str = NO_SEASON) -> Pretrend:
    """Test of the pre months of y against a linear slope and against means of half-years, counted back from the event."""
    series = observed(y, window)
    used = np.isfinite(series) & window.having("pre")
    season = seasons(window.months, seasonal, used)
    flat = np.concatenate([np.ones((used.size, 1)), season], axis=1)
    line = np.concatenate([flat, (window.months - window.break_month).astype(float)[:, None]], axis=1)
    bins = half_years(window, used)
    n_bins = len(np.unique(bins[bins >= 0]))
    if int(used.sum()) <= line.shape[1] or not identified(line, used):
        return Pretrend(NAN, NAN, NAN, NAN, NAN, NAN, n_bins)
    slope = errors.coefficients(series, line, used, [flat.shape[1]])[0][0]
    p_bins = _rank(series, flat, _wider(flat, bins, used), used)
    tests = [p for p in (slope.p_value, p_bins) if np.isfinite(p)]
    both = min(1.0, len(tests) * min(tests))
    return Pretrend(both, slope.estimate, slope.conf_low, slope.conf_high, slope.p_value, p_bins, n_bins)


def joint_statistic(panels: Floats, flat: Floats, wide: Floats, used: Bools) -> Floats:
    """F ratio of the half-years in `wide` beyond `flat`, averaged over the noise of the trendless fit; (panels,)."""
    more, dof = wide.shape[1] - flat.shape[1], int(used.sum()) - wide.shape[1]
    null, wider = errors.nested_noise(panels, flat, wide, used)
    under = wider / dof
    above = np.maximum(null.scale**2 * null.dof - under * dof, 0.0) / more
    return np.asarray(np.sum(null.weight * above / np.maximum(under, 1e-300), axis=1))


def _rank(series: Floats, flat: Floats, wide: Floats, used: Bools) -> float:
    """Rank p-value of the joint statistic among draws without a trend, the noise estimated anew in every draw.

    The statistic's own F distribution would reject in 1 % of panels of independent months and in 7 % of persistent ones.
    """
    if wide.shape[1] == flat.shape[1] or int(used.sum()) <= wide.shape[1]:
        return NAN
    seen = np.flatnonzero(used)
    span = slice(seen[0], seen[-1] + 1)
    y, flat, wide, used = np.where(used, series, 0.0)[span], flat[span], wide[span], used[span]
    null = errors.noise(y[None, :], flat, used)
    if null.scale[0, 0] == 0:
        return 1.0  # the constant and the season fit exactly: no trend
    found = joint_statistic(np.vstack([y, errors.noise_draws(null, y.size, DRAWS)]), flat, wide, used)
    found = np.round(found, 9)
    return float((1 + np.sum(found[1:] >= found[0])) / (1 + DRAWS))


def _wider(flat: Floats, bins: NDArray[np.int64], used: Bools) -> Floats:
    """The trendless design with a column for every half-year that the constant and the season do not already span."""
    design = flat
    for place in np.unique(bins[bins > 0]):
        wider = np.concatenate([design, (bins == place)[:, None] * 1.0], axis=1)
        design = wider if identified(wider, used) else design
    return design
