"""Level change of one monthly series at an event: interrupted time series and cell-mean difference (METHODS B3, B4)."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipelines.estimators import event_errors as errors
from pipelines.estimators.event_errors import Bools, Coefficient, Floats, Noise
from pipelines.estimators.event_window import (
    BROKEN_TREND,
    HALF_YEAR,
    NO_SEASON,
    STEP,
    Window,
    half_years,
    identified,
    means,
    observed,
    seasons,
)

MBARS = (0.5, 1.0, 2.0)
LJUNG_BOX_LAGS = 12
DISTANCE = 12  # months between a pseudo-date and any event, and least length of a pseudo-pre period
SHORT_PRE, SHORT_POST = 24, 6
PERSISTENT, SLOW = 0.7, 0.15
ANTICIPATION = "anticipation"
NAN = float("nan")


@dataclass(frozen=True)
class Bounds:
    """Interval of the level change when the post trend may be off by `mbar` times the largest pre-trend step."""

    mbar: float
    low: float
    high: float


@dataclass(frozen=True)
class Fit:
    """Level change (delta) of a series in the unit of y, with what is needed to judge it; NaN where it cannot be had.

    `slope` is the change of slope per month (gamma) and `slope_before` the line before (beta), NaN in the step form.
    `front_*` is the mean of the anticipation months against the pre months. `pretrend_step` is the largest change between
    adjacent half-years before the event; `breakdown` is the multiple of it at which the interval first covers 0.
    `flags`: `short_pre` (< 24 months), `short_post` (< 6), `persistent_noise`, `slow_noise`: outside the zone in which
    simulated sizes are right (docs/event-power.md). `absence_reason`: `not_identified`, `no_degrees_of_freedom` or None.
    """

    estimate: float
    conf_low: float
    conf_high: float
    p_value: float
    se_hac: float
    se_hac_12: float
    hac_lag: int
    slope: float
    slope_low: float
    slope_high: float
    slope_before: float
    plain_estimate: float
    ljung_box_p: float
    n_pre: int
    n_post: int
    n_anticipation: int
    front_loading: float
    front_low: float
    front_high: float
    pretrend_step: float
    sensitivity: tuple[Bounds, ...]
    breakdown: float
    persistence: float
    flags: tuple[str, ...]
    absence_reason: str | None


@dataclass(frozen=True)
class Placebos:
    """Level changes at pseudo-dates before the event: month numbers and estimates of the same length.

    Neighbouring pseudo-dates share most of their months; `n_separate` counts those whose post periods do not overlap.
    """

    months: NDArray[np.int64]
    estimates: Floats
    n_separate: int


@dataclass(frozen=True)
class PlaceboP:
    """Placebo p-value, number of placebos, and whether so few of them can reach 5 % at all."""

    p: float
    n_placebos: int
    can_reach_5: bool


NOTHING = Coefficient(NAN, NAN, NAN, NAN, NAN, NAN)


def step_fit(y: Floats, window: Window, *, form: str = STEP, seasonal: str = NO_SEASON) -> Fit:
    """Level change of y (log value, or log difference of treated and mean of controls) between pre and post months.

    `y` has one value a month, NaN where missing; anticipation, partial and excluded months stay out of the main fit.
    `form` is `step` or `broken_trend` (T0 is the first post month), `seasonal` `none`, `harmonics` or `month_effects`.
    """
    series = observed(y, window)
    used = np.isfinite(series) & window.having("pre", "post")
    plain = means(window, form)
    design = np.concatenate([plain, seasons(window.months, seasonal, used)], axis=1)
    main, given = _main(series, design, used, [1, 2, 3] if form == BROKEN_TREND else [1])
    level, line, bend = main if form == BROKEN_TREND else (main[0], NOTHING, NOTHING)
    front = _front_loading(series, window, design, used)
    step = _pretrend_step(series, window, design, used)
    n_pre, n_post = (int((used & window.having(role)).sum()) for role in ("pre", "post"))
    drift = _drift(window, used, form)
    return Fit(
        estimate=level.estimate,
        conf_low=level.conf_low,
        conf_high=level.conf_high,
        p_value=level.p_value,
        se_hac=level.se_hac,
        se_hac_12=level.se_hac_12,
        hac_lag=errors.hac_lag(int(used.sum())),
        slope=bend.estimate,
        slope_low=bend.conf_low,
        slope_high=bend.conf_high,
        slope_before=line.estimate,
        plain_estimate=_plain(series, plain, used),
        ljung_box_p=_ljung_box(series, design, used),
        n_pre=n_pre,
        n_post=n_post,
        n_anticipation=int((np.isfinite(series) & window.having(ANTICIPATION)).sum()),
        front_loading=front.estimate,
        front_low=front.conf_low,
        front_high=front.conf_high,
        pretrend_step=step,
        sensitivity=tuple(_bounds(level, mbar, step * drift) for mbar in MBARS),
        breakdown=_breakdown(level, step * drift),
        persistence=float(given.persistence[0]) if given else NAN,
        flags=_flags(n_pre, n_post, given),
        absence_reason=_reason(level, given),
    )


def placebo_dates(
    y: Floats,
    window: Window,
    *,
    form: str = STEP,
    seasonal: str = NO_SEASON,
    excluded: NDArray[np.int64] | None = None,
) -> Placebos:
    """Level changes at pseudo-dates inside the pre period, at least 12 months before its end and 12 from `excluded`.

    `excluded` holds month numbers of other events. A pseudo-post period is as long as the true one, but no longer than
    12 months, and so ends before the event; all earlier pre months, at least 12, are the pseudo-pre period.
    """
    series = observed(y, window)
    n_post = min(int((np.isfinite(series) & window.having("post")).sum()), DISTANCE)
    before = np.where(window.having("pre"), series, NAN)
    pre = window.months[window.having("pre")]
    ahead = pre[-1:] + 1  # the first month that the event, or its announcement, may have touched
    away = np.concatenate([ahead, [] if excluded is None else excluded]).astype(np.int64)
    months, found = [], []
    for date in pre[np.abs(away - pre[:, None]).min(axis=1, initial=DISTANCE) >= DISTANCE].tolist():
        estimate = _pseudo(before, window.months, date, n_post, (form, seasonal))
        if np.isfinite(estimate):
            months.append(date)
            found.append(estimate)
    return Placebos(np.array(months, dtype=np.int64), np.array(found), _separate(months, n_post))


def placebo_p(estimates: Floats, tau: float) -> PlaceboP:
    """(1 + #{|tau_b| >= |tau|}) / (1 + B) of METHODS B8; with fewer than 19 placebos it cannot reach 5 %."""
    others = np.abs(np.asarray(estimates, dtype=float))
    others = others[np.isfinite(others)]
    as_extreme = int((np.round(others, 12) >= np.round(abs(tau), 12)).sum())
    return PlaceboP((1 + as_extreme) / (1 + others.size), others.size, others.size >= 19)


def _separate(months: list[int], length: int) -> int:
    """Largest number of the months, sorted, that lie at least `length` apart."""
    kept: list[int] = []
    for month in months:
        if not kept or month - kept[-1] >= length:
            kept.append(month)
    return len(kept)


def _main(series: Floats, design: Floats, used: Bools, places: list[int]) -> tuple[list[Coefficient], Noise | None]:
    if not used.any() or not identified(design, used):
        return [NOTHING] * len(places), None
    return errors.coefficients(series, design, used, places)


def _plain(series: Floats, plain: Floats, used: Bools) -> float:
    if not used.any() or not identified(plain, used):
        return NAN
    return float(errors.solver(plain, used)[1] @ np.where(used, series, 0.0))


def _front_loading(series: Floats, window: Window, design: Floats, used: Bools) -> Coefficient:
    """Mean of the anticipation months against what the pre (and, for the season, post) months predict for them."""
    early = np.isfinite(series) & window.having(ANTICIPATION)
    if not early.any():
        return NOTHING
    wider = np.concatenate([design, early[:, None] * 1.0], axis=1)
    return _main(series, wider, used | early, [design.shape[1]])[0][0]


def _pretrend_step(series: Floats, window: Window, design: Floats, used: Bools) -> float:
    """Largest change between means of adjacent half-years of the pre residuals, in absolute value."""
    bins = half_years(window, used)
    if not identified(design, used):
        return NAN
    left = errors.residuals(series[None, :], design, used)[0]
    levels = {int(place): float(left[bins == place].mean()) for place in np.unique(bins[bins >= 0])}
    steps = [abs(levels[place] - levels[place + 1]) for place in levels if place + 1 in levels]
    return max(steps, default=NAN)


def _drift(window: Window, used: Bools, form: str) -> float:
    """How many half-year steps a drift from the last pre month on has added to the level change, on average."""
    pre, post = (window.months[used & window.having(role)] for role in ("pre", "post"))
    if not pre.size or not post.size:
        return NAN
    ahead = (post - pre[-1] - 1) // HALF_YEAR + 1
    return float(ahead[0] if form == BROKEN_TREND else ahead.mean())


def _bounds(level: Coefficient, mbar: float, drift: float) -> Bounds:
    return Bounds(mbar, level.conf_low - mbar * drift, level.conf_high + mbar * drift)


def _breakdown(level: Coefficient, drift: float) -> float:
    nearest = max(level.conf_low, -level.conf_high)
    if not np.isfinite(nearest) or not np.isfinite(drift):
        return NAN
    if nearest <= 0:
        return 0.0
    return nearest / drift if drift > 0 else float("inf")


def _ljung_box(series: Floats, design: Floats, used: Bools) -> float:
    """p-value of no autocorrelation up to 12 months (or a quarter of the months), gaps closed up."""
    from statsmodels.stats.diagnostic import acorr_ljungbox

    lags = min(LJUNG_BOX_LAGS, int(used.sum()) // 4)
    if lags < 1 or not identified(design, used):
        return NAN
    left = errors.residuals(series[None, :], design, used)[0][used]
    if np.sum(left**2) <= errors.NO_NOISE * max(float(np.sum(series[used] ** 2)), 1e-300):
        return NAN
    return float(acorr_ljungbox(left, lags=[lags])["lb_pvalue"].iloc[0])


def _flags(n_pre: int, n_post: int, given: Noise | None) -> tuple[str, ...]:
    persistent = given is not None and float(given.persistence[0]) > PERSISTENT
    slow = given is not None and float(given.second[0]) > SLOW
    marks = {
        "short_pre": n_pre < SHORT_PRE,
        "short_post": n_post < SHORT_POST,
        "persistent_noise": persistent,
        "slow_noise": slow,
    }
    return tuple(name for name, marked in marks.items() if marked)


def _reason(level: Coefficient, given: Noise | None) -> str | None:
    if not np.isfinite(level.estimate):
        return "not_identified"
    return None if given else "no_degrees_of_freedom"


def _pseudo(series: Floats, months: NDArray[np.int64], date: int, n_post: int, how: tuple[str, str]) -> float:
    """Level change at one pseudo-date, NaN where either side is too short or the design is not identified."""
    used = np.isfinite(series) & (months < date + n_post)
    after = np.count_nonzero(used & (months >= date))
    if np.count_nonzero(used) - after < DISTANCE or after < max(1, (n_post + 1) // 2):
        return NAN
    row = _pseudo_row(int(months[0]), used.tobytes(), date, how)
    return float(row @ np.where(used, series, 0.0))


@lru_cache(maxsize=1024)  # series of one design miss the same months, and so do designs on the same goods
def _pseudo_row(first_month: int, used_months: bytes, date: int, how: tuple[str, str]) -> Floats:
    """Row that gives the level change at a pseudo-date from y on the month grid; NaN where the design is not identified."""
    form, seasonal = how
    used = np.frombuffer(used_months, dtype=bool)
    months = first_month + np.arange(used.size)
    placebo = Window(months, (months >= date).astype(np.float64), np.where(months < date, "pre", "post"))
    design = np.concatenate([means(placebo, form), seasons(months, seasonal, used)], axis=1)
    return errors.solver(design, used)[1] if identified(design, used) else np.full(used.size, NAN)
