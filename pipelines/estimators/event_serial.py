"""The gap between exposed and other units as one time series: shift and pre-trend with errors for serial correlation.

With few units no inference over units can reach five per cent; months are many, so the gap series carries what can be said.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.estimators.event_panel import Floats, Ints, Panel

MIN_SIDE = 3
CEILING = 0.97
ROUNDING = 1e-12  # a smaller error, in units of the largest gap, is that of a fit without residuals: none


@dataclass(frozen=True)
class SerialFit:
    """A coefficient of a time-series regression whose errors follow an autoregression of order one.

    `rho` is the residual autocorrelation corrected for its small-sample bias, `df` the degrees of freedom of as many
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


def gap_shift(panel: Panel, level: float = 0.95) -> SerialFit:
    """Mean gap after less mean gap before; in a balanced panel the difference-in-differences."""
    known = panel.counted & ~np.isnan(panel.gap)
    if min(int((known & panel.after).sum()), int((known & panel.before).sum())) < MIN_SIDE:
        return SerialFit("too_short", n=int(known.sum()))
    design = np.column_stack([panel.after, np.ones(len(panel.months))]).astype(float)
    return serial_regression(panel.gap[known], design[known], panel.months[known], level)


def gap_pretrend(panel: Panel, level: float = 0.95) -> SerialFit:
    """Slope of the gap a month before the rule; a small p says that exposed and other units were already moving apart."""
    known = panel.before & ~np.isnan(panel.gap)
    if int(known.sum()) < 2 * MIN_SIDE:
        return SerialFit("too_short", n=int(known.sum()))
    design = np.column_stack([panel.months - panel.months[known].mean(), np.ones(len(panel.months))])
    return serial_regression(panel.gap[known], design[known], panel.months[known], level)


def serial_regression(y: Floats, design: Floats, months: Ints, level: float = 0.95) -> SerialFit:
    """Least squares of `y` on `design`; inference on its first column, errors correlated as rho ** (months apart)."""
    from scipy.stats import t

    n, k = design.shape
    inverse = np.linalg.inv(design.T @ design)
    estimate, residuals = (inverse @ design.T @ y), y - design @ (inverse @ design.T @ y)
    rho = _autocorrelation(residuals, months, k)
    covariance = rho ** np.abs(np.subtract.outer(months, months)).astype(float)
    maker = np.eye(n) - design @ inverse @ design.T
    variance = float(residuals @ residuals) / float(np.trace(maker @ covariance))
    row = (design @ inverse)[:, 0]
    error = float(np.sqrt(variance * row @ covariance @ row))
    worth = n * (1 - rho) / (1 + rho)
    df = max(worth - k, 1.0)
    reach = float(t.ppf((1 + level) / 2, df)) * error
    value = float(estimate[0])
    if error <= ROUNDING * float(np.abs(y).max()):
        return SerialFit(None, value, n=n)
    p = 2 * float(t.sf(abs(value) / error, df))
    return SerialFit(None, value, error, value - reach, value + reach, p, rho, df, n)


def _autocorrelation(residuals: Floats, months: Ints, k: int) -> float:
    """First-order autocorrelation over neighbouring months, its bias of about (k + 3 rho) / n added back; within [0, 0.97]."""
    total = float(residuals @ residuals)
    if total <= 0:
        return 0.0
    pairs = np.diff(months) == 1
    rho = float((residuals[1:] * residuals[:-1])[pairs].sum()) / total
    n = len(residuals)
    return float(np.clip((n * rho + k) / max(n - 3, 1), 0.0, CEILING))
