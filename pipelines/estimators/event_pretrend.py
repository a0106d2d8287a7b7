"""Tests that the months before an event have no trend (METHODS B4): a linear slope and the means of half-years."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.estimators import event_errors as errors
from pipelines.estimators.event_errors import Bools, Floats
from pipelines.estimators.event_window import NO_SEASON, Window, half_years, identified, observed, seasons

DRAWS = 199
NAN = float("nan")


@dataclass(frozen=True)
class Pretrend:
    """Pre-trend of a series: slope per month with its interval; p of the slope, of the half-years, and of both jointly.

    The p-values are ranks among 199 series drawn without a trend from the estimated noise, so the least is 1/200. They are
    NaN where the pre months are too few; `n_bins` counts the half-years with at least three observed months.
    """

    p: float
    slope: float
    slope_low: float
    slope_high: float
    p_slope: float
    p_bins: float
    n_bins: int


def pretrend_test(y: Floats, window: Window, *, seasonal: str = NO_SEASON) -> Pretrend:
    """Test of the pre months of y against a linear slope and against means of half-years, counted back from the event.

    Both statistics average over the noise; the noise is drawn anew from what the trendless fit says of it, and estimated
    anew in every draw, because the joint statistic alone rejects too rarely in independent months (docs/event-power.md).
    """
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
    p_slope, p_bins, p_both = _ranks(series, flat, line, _wider(flat, bins, used), used)
    return Pretrend(p_both, slope.estimate, slope.conf_low, slope.conf_high, p_slope, p_bins, n_bins)


def statistics(panels: Floats, flat: Floats, line: Floats, wide: Floats, used: Bools) -> Floats:
    """p-values before calibration of the slope and of the half-years, shape (2, panels); the second 1 without half-years."""
    from scipy.special import fdtrc

    given = errors.noise(panels, line, used)
    row = errors.solver(line, used)[[-1]]
    slope = errors.tail(np.where(used, panels, 0.0) @ row.T, errors.standard_errors(given, row), given)[:, 0]
    more, dof = wide.shape[1] - flat.shape[1], int(used.sum()) - wide.shape[1]
    if more == 0 or dof < 1:
        return np.stack([slope, np.ones_like(slope)])
    null = errors.noise(panels, flat, used)
    under = errors.restricted_sums(errors.residuals(panels, wide, used), wide, used)[0] / dof
    above = np.maximum(null.scale**2 * null.dof - under * dof, 0.0) / more
    ratio = np.sum(null.weight * above / np.maximum(under, 1e-300), axis=1)
    return np.stack([slope, np.asarray(fdtrc(more, dof, ratio))])


def _ranks(series: Floats, flat: Floats, line: Floats, wide: Floats, used: Bools) -> tuple[float, float, float]:
    """Rank p-values of both statistics and of the smaller of them, among draws without a trend."""
    seen = np.flatnonzero(used)
    span = slice(seen[0], seen[-1] + 1)
    y, flat, line, wide, used = np.where(used, series, 0.0)[span], flat[span], line[span], wide[span], used[span]
    null = errors.noise(y[None, :], flat, used)
    if null.scale[0, 0] == 0:
        return 1.0, 1.0, 1.0  # the constant and the season fit exactly: no trend
    draws = errors.noise_draws(null, y.size, DRAWS)
    found = np.round(np.log(statistics(np.vstack([y, draws]), flat, line, wide, used) + 1e-300), 9)
    found = np.vstack([found, found.min(axis=0)])
    slope, joint, both = (float((1 + np.sum(row[1:] <= row[0])) / (1 + DRAWS)) for row in found)
    if wide.shape[1] == flat.shape[1] or int(used.sum()) <= wide.shape[1]:
        return slope, NAN, slope
    return slope, joint, both


def _wider(flat: Floats, bins: NDArray[np.int64], used: Bools) -> Floats:
    """The trendless design with a column for every half-year that the constant and the season do not already span."""
    design = flat
    for place in np.unique(bins[bins > 0]):
        wider = np.concatenate([design, (bins == place)[:, None] * 1.0], axis=1)
        design = wider if identified(wider, used) else design
    return design
