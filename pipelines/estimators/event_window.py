"""The month grid of an event design: roles of months, dose, regressors of the mean and of the season."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import ModelError
from pipelines.estimators.event_errors import Bools, Floats

ROLES = ("pre", "anticipation", "partial", "post", "excluded")
STEP, BROKEN_TREND = "step", "broken_trend"
FORMS = (STEP, BROKEN_TREND)
NO_SEASON, HARMONICS, MONTH_EFFECTS = "none", "harmonics", "month_effects"
SEASONS = (NO_SEASON, HARMONICS, MONTH_EFFECTS)
YEAR, PAIRS = 12, 2
HALF_YEAR, LEAST_IN_BIN = 6, 3
DEPENDENT = 1e-9  # smallest singular value of columns of unit length below which they are linearly dependent


@dataclass(frozen=True)
class Window:
    """Months of a design: consecutive month numbers (12 * year + month - 1), share of the month in force, role of the month."""

    months: NDArray[np.int64]
    dose: Floats
    role: NDArray[np.str_]

    def __post_init__(self) -> None:
        sizes = {len(self.months), len(self.dose), len(self.role)}
        if len(sizes) != 1 or not len(self.months):
            raise ModelError(f"event window: months, dose and role have lengths {sorted(sizes)}; give one entry a month")
        if np.any(np.diff(self.months) != 1):
            raise ModelError("event window: months are not consecutive; keep missing months in the grid, with NaN in y")
        unknown = sorted(set(self.role) - set(ROLES))
        if unknown:
            raise ModelError(f"event window: unknown role {', '.join(unknown)}; use {', '.join(ROLES)}")

    def having(self, *roles: str) -> Bools:
        """True in the months of these roles."""
        return np.isin(self.role, roles)

    @property
    def break_month(self) -> int:
        """T0 of the broken trend: the first post month, else the month after the last pre month."""
        post, pre = (self.months[self.having(role)] for role in ("post", "pre"))
        if post.size:
            return int(post[0])
        return int(pre[-1]) + 1 if pre.size else int(self.months[0])

    @property
    def event_month(self) -> int:
        """Month 0 of a path: the first month with a dose above 0, else T0 of the broken trend."""
        dosed = self.months[np.asarray(self.dose) > 0]
        return int(dosed[0]) if dosed.size else self.break_month


def observed(y: Floats, window: Window) -> Floats:
    """The series as floats of the window's length, or an error that names both lengths."""
    series = np.asarray(y, dtype=float)
    if series.shape != (len(window.months),):
        raise ModelError(
            f"event series: {series.shape} values for {len(window.months)} months; give one value a month, NaN if missing"
        )
    if np.isinf(series).any():
        place = int(np.flatnonzero(np.isinf(series))[0])
        raise ModelError(f"event series: month {window.months[place]} is infinite; a zero has no log, use quasi_poisson_its")
    return series


def means(window: Window, form: str) -> Floats:
    """Regressors without season: constant, post step; for the broken trend also the line and its change from T0 on."""
    known(form, FORMS, "form")
    step = window.having("post").astype(float)
    columns = [np.ones(step.size), step]
    if form == BROKEN_TREND:
        time = (window.months - window.break_month).astype(float)
        columns += [time, time * step]
    return np.column_stack(columns)


def seasons(months: NDArray[np.int64], seasonal: str, used: Bools) -> Floats:
    """Regressors of the season: none, two pairs of harmonics, or effects of the calendar months seen, less the first."""
    known(seasonal, SEASONS, "seasonal")
    place = months % YEAR
    if seasonal == MONTH_EFFECTS:
        return np.column_stack([np.zeros((place.size, 0))] + [(place == month) * 1.0 for month in np.unique(place[used])[1:]])
    angles = [2 * np.pi * pair * place / YEAR for pair in range(1, PAIRS + 1)] if seasonal == HARMONICS else []
    return np.column_stack([np.zeros((place.size, 0))] + [wave(angle) for angle in angles for wave in (np.cos, np.sin)])


def half_years(window: Window, used: Bools) -> NDArray[np.int64]:
    """Number of the half-year of each used pre month, 0 the last before the event; -1 elsewhere and where under 3 months."""
    pre = used & window.having("pre")
    if not pre.any():
        return np.full(used.size, -1)
    number = np.where(pre, (window.months[pre][-1] - window.months) // HALF_YEAR, -1)
    full = [place for place in np.unique(number) if place >= 0 and (number == place).sum() >= LEAST_IN_BIN]
    return np.asarray(np.where(np.isin(number, full), number, -1))


def condition_number(design: Floats) -> float:
    """Ratio of the largest to the smallest singular value of the columns scaled to unit length; infinite if one is zero."""
    lengths = np.sqrt(np.sum(design**2, axis=0))
    if not design.size or not np.all(lengths > 0) or design.shape[0] < design.shape[1]:
        return float("inf")
    values = np.linalg.svd(design / lengths, compute_uv=False)
    return float(values[0] / values[-1]) if values[-1] > DEPENDENT else float("inf")


def identified(design: Floats, used: Bools) -> bool:
    """True where the used months tell all columns of the design apart."""
    return bool(np.isfinite(condition_number(design[used])))


def known(value: str, choices: tuple[str, ...], what: str) -> None:
    """An error that lists the choices unless the value is one of them."""
    if value not in choices:
        raise ModelError(f"event design: {what} '{value}' is unknown; use {', '.join(choices)}")
