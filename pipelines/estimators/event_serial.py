"""The gap between exposed and other units as one time series: shift and pre-trend with errors for serial correlation.

With few units no inference over units can reach five per cent; months are many, so the gap series carries what can be said.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.estimators.event_panel import Floats, Ints, Panel, student

MIN_SIDE = 3
GRID = np.arange(0, 49) / 50  # autocorrelations tried
ROUNDING = 1e-12  # a smaller error, in units of the largest gap, is that of a fit without residuals: none


@dataclass(frozen=True)
class SerialFit:
    """A coefficient of a time-series regression whose errors follow an autoregression of order one.

    `rho` is the autocorrelation of restricted maximum likelihood (0 or more), `df` the degrees of freedom of as many
    independent months as the correlated ones are worth. `reason` says why there is no estimate.
    """

    reason: str | None = None
    estimate: float | None = None
    error: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    rho: float | None = None
    df: float | None = None
    n: int = 0


def gap_shift(panel: Panel, level: float = 0.95, harmonics: int = 0) -> SerialFit:
    """Mean gap after less mean gap before; in a balanced panel the difference-in-differences.

    `harmonics` pairs of yearly waves take out a season that exposed and other units do not share (METHODS B3: two).
    """
    known = panel.counted & ~np.isnan(panel.gap)
    if min(int((known & panel.after).sum()), int((known & panel.before).sum()) - 2 * harmonics) < MIN_SIDE:
        return SerialFit("too_short", n=int(known.sum()))
    design = np.column_stack([panel.after, np.ones(len(panel.months)), *_waves(panel.months, harmonics)]).astype(float)
    return serial_regression(panel.gap[known], design[known], panel.months[known], level)


def gap_pretrend(panel: Panel, level: float = 0.95, harmonics: int = 0) -> SerialFit:
    """Slope of the gap a month before the rule; a small p says that exposed and other units were already moving apart."""
    known = panel.before & ~np.isnan(panel.gap)
    if int(known.sum()) < 2 * (MIN_SIDE + harmonics):
        return SerialFit("too_short", n=int(known.sum()))
    design = np.column_stack(
        [panel.months - panel.months[known].mean(), np.ones(len(panel.months)), *_waves(panel.months, harmonics)]
    )
    return serial_regression(panel.gap[known], design[known], panel.months[known], level)


def serial_regression(y: Floats, design: Floats, months: Ints, level: float = 0.95) -> SerialFit:
    """Least squares of `y` on `design`; inference on its first column, errors correlated as rho ** (months apart)."""
    n, k = design.shape
    inverse = np.linalg.inv(design.T @ design)
    estimate, residuals = (inverse @ design.T @ y), y - design @ (inverse @ design.T @ y)
    rho = _autocorrelation(y, design, months)
    covariance = rho ** np.abs(np.subtract.outer(months, months)).astype(float)
    maker = np.eye(n) - design @ inverse @ design.T
    variance = float(residuals @ residuals) / float(np.trace(maker @ covariance))
    row = (design @ inverse)[:, 0]
    error = float(np.sqrt(variance * row @ covariance @ row))
    worth = n * (1 - rho) / (1 + rho)
    df = max(worth - k, 1.0)
    value = float(estimate[0])
    if error <= ROUNDING * float(np.abs(y).max()):
        return SerialFit(None, value, n=n)
    p, low, high = student(value, error, df, level)
    return SerialFit(None, value, error, low, high, p, rho, df, n)


def _waves(months: Ints, harmonics: int) -> list[Floats]:
    angles = [2 * np.pi * months * (number + 1) / 12 for number in range(harmonics)]
    return [wave(angle) for angle in angles for wave in (np.sin, np.cos)]


def _autocorrelation(y: Floats, design: Floats, months: Ints) -> float:
    """The rho of the grid with the greatest restricted likelihood, which is not biased towards zero as sample ones are."""
    likelihoods = [_restricted_likelihood(y, design, months, rho) for rho in GRID]
    return float(GRID[int(np.argmax(likelihoods))])


def _restricted_likelihood(y: Floats, design: Floats, months: Ints, rho: float) -> float:
    """Log of it up to a constant; each month is set against the one observed before it, however far back that is."""
    n, k = design.shape
    weight = rho ** np.diff(months).astype(float)
    spread = np.sqrt(1 - weight**2)
    white = np.column_stack([y, design])
    white[1:] = (white[1:] - weight[:, None] * white[:-1]) / spread[:, None]
    cross = white.T @ white
    xx, xy = cross[1:, 1:], cross[1:, 0]
    rest = max(float(cross[0, 0] - xy @ np.linalg.solve(xx, xy)), np.finfo(float).tiny)
    return float(-0.5 * ((n - k) * np.log(rest) + np.linalg.slogdet(xx)[1]) - np.log(spread).sum())
