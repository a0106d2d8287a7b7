"""Event-study path of one series: every month against the reference month, with pointwise and simultaneous bands (METHODS B4)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.estimators import event_errors as errors
from pipelines.estimators.event_errors import Bools, Floats
from pipelines.estimators.event_window import NO_SEASON, Window, identified, observed, seasons

DRAWS = 999
NAN = float("nan")


@dataclass(frozen=True)
class Path:
    """One entry a month: distance k to the event month, coefficient and its two 95 % bands; NaN in missing months.

    Pointwise bands hold each month at its rate, simultaneous (sup-t) bands hold all months at once. `reference_month` is
    None and every coefficient NaN when no pre month is observed; bands are NaN where the pre months leave no noise to estimate.
    """

    months: NDArray[np.int64]
    k: NDArray[np.int64]
    coefficient: Floats
    conf_low: Floats
    conf_high: Floats
    band_low: Floats
    band_high: Floats
    reference_month: int | None
    sup_t: float


def event_path(y: Floats, window: Window, *, seasonal: str = NO_SEASON) -> Path:
    """Coefficients of all months of y (NaN where missing) against the last observed pre month, which comes before anticipation.

    Without season a coefficient is plain subtraction. With one, the seasonal pattern of the pre months is taken off first and
    its error is in the bands. The noise is that of the pre months, so an effect of any shape does not widen the bands.
    """
    series = observed(y, window)
    pre = np.isfinite(series) & window.having("pre")
    distance = (window.months - window.event_month).astype(np.int64)
    if not pre.any():
        empty = np.full(series.size, NAN)
        return Path(window.months, distance, empty, empty, empty, empty, empty, None, NAN)
    reference = int(np.flatnonzero(pre)[-1])
    season = seasons(window.months, seasonal, pre)
    design = np.concatenate([np.ones((series.size, 1)), season], axis=1)
    rows = _rows(reference, season, design, pre)
    path = np.where(np.isfinite(series), rows @ np.where(np.isfinite(series), series, 0.0), NAN)
    reach, sup_t = _reach(series, design, pre, rows)
    wide = reach * sup_t
    return Path(
        months=window.months,
        k=distance,
        coefficient=path,
        conf_low=path - reach,
        conf_high=path + reach,
        band_low=path - wide,
        band_high=path + wide,
        reference_month=int(window.months[reference]),
        sup_t=sup_t,
    )


def _rows(reference: int, season: Floats, design: Floats, pre: Bools) -> Floats:
    """Linear combinations of y, one a month, that give the path; (T, T)."""
    rows = np.eye(pre.size)
    if season.shape[1]:
        place = slice(1, None)
        effect = errors.solver(design, pre)[place] if identified(design, pre) else np.full((season.shape[1], pre.size), NAN)
        rows = rows - season @ effect
    return np.asarray(rows - rows[reference])


def _reach(series: Floats, design: Floats, pre: Bools, rows: Floats) -> tuple[Floats, float]:
    """Half-widths of the pointwise bands, zero at the reference, and the factor that makes them simultaneous."""
    if int(pre.sum()) <= design.shape[1] or not identified(design, pre):
        return np.full(series.size, NAN), NAN
    given = errors.noise(series[None, :], design, pre)
    distinct, place = np.unique(errors.standard_errors(given, rows), axis=1, return_inverse=True)
    reach = errors.half_width(distinct, given)[0][place]  # months equally far from the reference have equal errors
    seen = np.isfinite(series) & (reach > 0)
    if not seen.any():
        return reach, 1.0
    drawn = errors.noise_draws(given, series.size, DRAWS)
    narrower = _spread(series[None, :], design, pre) / _spread(drawn, design, pre)
    largest = np.max(np.abs(drawn @ rows[seen].T) / reach[seen], axis=1) * narrower
    return reach, max(1.0, float(np.quantile(largest, errors.LEVEL)))


def _spread(panels: Floats, design: Floats, pre: Bools) -> Floats:
    """Residual spread in the pre months, to which the half-widths that a panel would get for itself are proportional."""
    return np.asarray(np.sqrt(np.sum(errors.residuals(panels, design, pre) ** 2, axis=1)))
