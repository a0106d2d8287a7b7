"""Size, coverage and power of the event estimators on simulated panels: docs/event-power.md (`python -m tools.event_power`)."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.estimators import event_errors as errors
from pipelines.estimators import event_joint, event_paths, event_pretrend, event_series
from pipelines.estimators import event_window as grids
from pipelines.estimators.event_series import PERSISTENT, SLOW

TARGET = Path(__file__).resolve().parents[1] / "docs" / "event-power.md"
START, END = "<!-- table: begin -->", "<!-- table: end -->"
PANELS, FEW = 2000, 300
SEED = 20261128  # of the simulation only; the estimators draw from seeds of their own
SD = 0.25  # standard deviation of a unit's monthly log deviations, any persistence
EFFECTS = (-0.2, -0.5, -1.0)
PLANTED = -0.5
BURN = 200
NORMAL_95 = 1.959963984540054
SIZE_BAND, COVERAGE_BAND = (0.03, 0.07), (0.93, 0.97)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Setting:
    """One kind of panel, one treated unit and some controls, and the fit made of their difference.

    `rho` is the AR(1) coefficient of each unit, `rho_controls` that of the controls if another, `second` an AR(2) term,
    `jitter` the share of white noise in the variance, `heavy` draws Student t with 4 degrees, `cross` is the correlation
    of innovations between controls and (half of it) with the treated unit.
    """

    rho: float
    n_pre: int
    n_post: int
    form: str = grids.STEP
    fitted: str = grids.NO_SEASON
    season: str = "common"
    controls: int = 3
    rho_controls: float | None = None
    second: float = 0.0
    jitter: float = 0.0
    heavy: bool = False
    cross: float = 0.4
    note: str = ""


@dataclass(frozen=True)
class Result:
    """Shares of panels: rejections without an effect, intervals that cover a planted one, foil, flags, power, half-width."""

    size: float
    coverage: float
    plain: float
    flagged: float
    power: tuple[float, ...]
    width: float


RHOS = (0.0, 0.3, 0.6, 0.8)
SHAPES = ((42, 6), (36, 12), (24, 24), (60, 12), (56, 24))
CENTRAL = tuple(Setting(rho, *shape) for shape in ((42, 6), (36, 12), (56, 24)) for rho in RHOS[:3])
CENTRAL_SEASON = tuple(Setting(rho, 48, 12, fitted=grids.MONTH_EFFECTS, season="unit") for rho in RHOS[:3])
CENTRAL_TREND = tuple(Setting(rho, 48, 12, form=grids.BROKEN_TREND, fitted=grids.HARMONICS, season="waves") for rho in RHOS[:3])


def settings() -> list[tuple[str, list[Setting]]]:
    """All settings of the page in groups, each with its heading."""
    month, waves = grids.MONTH_EFFECTS, grids.HARMONICS
    trend = grids.BROKEN_TREND
    base = Setting(0.3, 36, 12)
    return [
        ("Step, season common to all units, none fitted", [Setting(r, *s) for s in SHAPES for r in RHOS]),
        (
            "Step, season of each unit, month effects fitted",
            [Setting(r, *s, fitted=month, season="unit") for s in SHAPES for r in RHOS],
        ),
        ("Broken trend, common season", [Setting(r, *s, form=trend) for s in ((42, 6), (48, 12), (56, 24)) for r in RHOS]),
        (
            "Broken trend, season of each unit (two waves), harmonics fitted",
            [Setting(r, *s, form=trend, fitted=waves, season="waves") for s in ((42, 6), (48, 12), (56, 24)) for r in RHOS],
        ),
        (
            "Heavy tails, number of controls, correlation",
            [replace(base, rho=r, heavy=True, note="Student t, 4 df") for r in RHOS]
            + [replace(base, rho=r, controls=n) for n in (2, 5) for r in (0.3, 0.6)]
            + [replace(base, rho=r, cross=0.8) for r in (0.3, 0.6)],
        ),
        (
            "Noise outside the model or near its edge",
            [Setting(r, *s, note="near a unit root") for s in ((36, 12), (56, 24)) for r in (0.9, 0.95)]
            + [
                replace(base, rho=0.6, rho_controls=0.2, note="controls 0.2"),
                replace(base, rho=0.2, rho_controls=0.7, note="controls 0.7"),
                replace(base, second=0.3, note="AR(2) 0.3, 0.3"),
                replace(base, rho=0.9, second=-0.3, note="AR(2) 0.9, -0.3"),
                replace(base, rho=0.6, jitter=0.5, note="half white noise"),
                replace(base, rho=0.9, jitter=0.5, note="half white noise"),
                replace(base, n_pre=56, n_post=24, rho=0.9, jitter=0.5, note="half white noise"),
                replace(base, season="unit", note="unit season left unfitted"),
            ],
        ),
    ]


def window(n_pre: int, n_post: int) -> grids.Window:
    """Months of a design without anticipation or partial months, from January 2019."""
    role = np.array(["pre"] * n_pre + ["post"] * n_post)
    return grids.Window(np.arange(12 * 2019, 12 * 2019 + role.size), (role == "post") * 1.0, role)


def differences(setting: Setting, n_panels: int, seed: int) -> Floats:
    """Log of the treated unit minus the mean of its controls, without an effect; shape (panels, months)."""
    source = np.random.default_rng([seed, int(setting.heavy), setting.n_pre, setting.n_post, round(100 * setting.rho)])
    n_months = setting.n_pre + setting.n_post
    shape = (n_panels, 1 + setting.controls, n_months + BURN)
    draw = source.standard_t(4, shape) / np.sqrt(2) if setting.heavy else source.standard_normal(shape)
    shared, tied = source.standard_normal((n_panels, 1, n_months + BURN)), np.full(1 + setting.controls, setting.cross)
    tied[0] = setting.cross / 4  # correlation with each control: sqrt(cross / 4 * cross), half of that between controls
    draw = np.sqrt(1 - tied)[:, None] * draw + np.sqrt(tied)[:, None] * shared
    units = np.empty_like(draw)
    others = setting.rho if setting.rho_controls is None else setting.rho_controls
    units[:, :1], units[:, 1:] = _path(draw[:, :1], setting.rho, setting.second), _path(draw[:, 1:], others, setting.second)
    units = units[..., BURN:] * SD * np.sqrt(1 - setting.jitter)
    units += SD * np.sqrt(setting.jitter) * source.standard_normal(units.shape)
    units += _season(setting, source, (n_panels, 1 + setting.controls), n_months)
    return np.asarray(units[:, 0] - units[:, 1:].mean(axis=1))


@dataclass(frozen=True)
class Judged:
    """Level changes of panels, shape (panels, 1), with what their p-values need; Newey-West errors are the foil."""

    estimates: Floats
    spread: Floats
    noise: errors.Noise
    newey_west: Floats

    def p(self, moved: float = 0.0) -> Floats:
        """p of every level change after it is moved by a constant, which moves no residual."""
        return np.asarray(errors.tail(self.estimates + moved, self.spread, self.noise)[:, 0])


def judged(panels: Floats, setting: Setting) -> Judged:
    """Fit every panel as `step_fit` does, all at once."""
    shape = window(setting.n_pre, setting.n_post)
    used = np.ones(shape.months.size, dtype=bool)
    season = grids.seasons(shape.months, setting.fitted, used)
    design = np.concatenate([grids.means(shape, setting.form), season], axis=1)
    row = errors.solver(design, used)[[1]]
    given = errors.noise(panels, design, used)
    foil = newey_west(errors.residuals(panels, design, used) * row, errors.hac_lag(used.size))
    return Judged(panels @ row.T, errors.standard_errors(given, row), given, foil)


def newey_west(scores: Floats, lag: int) -> Floats:
    """Newey-West error of each panel's estimate from residual times weight, shape (panels, months)."""
    total = np.sum(scores**2, axis=1)
    for step in range(1, lag + 1):
        total = total + 2 * (1 - step / (lag + 1)) * np.sum(scores[:, step:] * scores[:, :-step], axis=1)
    return np.asarray(np.sqrt(np.maximum(total, 0.0)))


def measure(setting: Setting, n_panels: int = PANELS) -> Result:
    """Size on panels without effect; coverage and power on other panels with one planted."""
    null = judged(differences(setting, n_panels, SEED), setting)
    after = window(setting.n_pre, setting.n_post).having("post")
    planted = judged(differences(setting, n_panels, SEED + 1) + PLANTED * after, setting)
    few = errors.Noise(planted.noise.weight[:200], planted.noise.scale[:200], planted.noise.dof)
    flagged = (null.noise.persistence > PERSISTENT) | (null.noise.second > SLOW)
    return Result(
        size=_share(null.p() <= 0.05),
        coverage=_share(planted.p(-PLANTED) > 0.05),
        plain=_share(np.abs(null.estimates[:, 0]) > NORMAL_95 * null.newey_west),
        flagged=_share(flagged),
        power=tuple(_share(planted.p(effect - PLANTED) <= 0.05) for effect in EFFECTS),
        width=float(np.median(errors.half_width(planted.spread[:200], few))),
    )


def pretrend_sizes(setting: Setting, n_panels: int) -> tuple[float, float, float]:
    """Share of p <= .05 of the three pre-trend tests on panels without a trend: slope, half-years, both."""
    shape = window(setting.n_pre, setting.n_post)
    panels = differences(setting, n_panels, SEED + 2)
    found = [event_pretrend.pretrend_test(panel, shape, seasonal=setting.fitted) for panel in panels]
    slope, bins, both = (float(np.mean([getattr(test, name) <= 0.05 for test in found])) for name in ("p_slope", "p_bins", "p"))
    return slope, bins, both


def placebo_size(setting: Setting, n_panels: int) -> float:
    """Share of panels without an effect whose rank among placebo dates is at most .05; NaN where none can be."""
    shape = window(setting.n_pre, setting.n_post)
    after = shape.having("post")
    ranks = []
    for panel in differences(setting, n_panels, SEED + 4):
        others = event_series.placebo_dates(panel, shape)
        ranks.append(event_series.placebo_p(others.estimates, float(panel[after].mean() - panel[~after].mean())))
    return _share(np.array([rank.p <= 0.05 for rank in ranks])) if ranks[0].can_reach_5 else float("nan")


def band_coverage(setting: Setting, n_panels: int) -> tuple[float, float]:
    """Share of months inside the pointwise bands, and of panels with all months inside the simultaneous ones."""
    shape = window(setting.n_pre, setting.n_post)
    paths = [event_paths.event_path(panel, shape, seasonal=setting.fitted) for panel in differences(setting, n_panels, SEED + 3)]
    after = shape.having("post")
    single = [np.mean((path.conf_low[after] <= 0) & (path.conf_high[after] >= 0)) for path in paths]
    whole = [np.all((path.band_low <= 1e-12) & (path.band_high >= -1e-12)) for path in paths]
    return float(np.mean(single)), float(np.mean(whole))


def count_sizes(setting: Setting, mean: float, n_panels: int) -> tuple[float, float]:
    """Share of counts without an effect with p <= .05 by `quasi_poisson_its`, and with |level / HAC error| > 1.96."""
    shape = window(setting.n_pre, setting.n_post)
    logs = differences(setting, n_panels, SEED + 5)
    counts = np.random.default_rng([SEED, round(mean)]).poisson(mean * np.exp(logs)).astype(float)
    found = [event_joint.quasi_poisson_its(series, shape).level for series in counts]
    plain = [abs(level.estimate) > NORMAL_95 * level.se_hac for level in found]
    return _share(np.array([level.p_value <= 0.05 for level in found])), _share(np.array(plain))


def tables(n_panels: int, n_few: int) -> str:
    """All tables of the page as Markdown."""
    parts = []
    for heading, group in settings():
        parts += [f"### {heading}", "", *_head()]
        parts += [_row(setting, measure(setting, n_panels)) for setting in group]
        parts.append("")
    return "\n".join([*parts, *_few_table(n_few), "", *_count_table(n_few)])


def main() -> None:
    """Measure all settings and put the tables between the markers of the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--panels", type=int, default=PANELS)
    parser.add_argument("--few", type=int, default=FEW, help="panels for pre-trend tests and bands, which are slower")
    given = parser.parse_args()
    measured = tables(given.panels, given.few)
    page = TARGET.read_text(encoding="utf-8")
    before, after = page.split(START)[0], page.split(END)[1]
    TARGET.write_text(f"{before}{START}\n\n{measured}\n\n{END}{after}", encoding="utf-8")
    print(f"{TARGET.name}: {sum(len(group) for _, group in settings())} settings, {given.panels} panels each")


def _path(draw: Floats, first: float, second: float) -> Floats:
    """AR(2) paths of unit variance (in the long run) from innovations, along the last axis."""
    out = np.zeros_like(draw)
    for month in range(draw.shape[-1]):
        out[..., month] = draw[..., month]
        for lag, weight in ((1, first), (2, second)):
            if month >= lag:
                out[..., month] += weight * out[..., month - lag]
    partial = first / (1 - second)
    return np.asarray(out * np.sqrt((1 - partial**2) * (1 - second**2)))


def _season(setting: Setting, source: np.random.Generator, shape: tuple[int, int], n_months: int) -> Floats:
    """A fixed seasonal pattern: the same in all units (`common`), one of each unit (`unit`), or two waves of each (`waves`)."""
    place = np.arange(n_months) % 12
    if setting.season == "waves":
        angle = 2 * np.pi * place / 12
        waves = np.stack([wave(pair * angle) for pair in (1, 2) for wave in (np.cos, np.sin)])
        return np.asarray(0.1 * source.standard_normal((*shape, 4)) @ waves)
    units = shape if setting.season == "unit" else (shape[0], 1)
    return np.asarray(0.15 * source.standard_normal((*units, 12))[..., place])


def _share(hits: NDArray[np.bool_]) -> float:
    return float(np.mean(hits))


def _head() -> list[str]:
    power = "".join(f" power {effect:g} |" for effect in EFFECTS)
    return [
        f"| rho | pre | post | panel | size | coverage | outside | flagged | half-width |{power} Newey-West size |",
        "|---:|---:|---:|---|---:|---:|---|---:|---:|" + "---:|" * len(EFFECTS) + "---:|",
    ]


def _row(setting: Setting, found: Result) -> str:
    beyond = [
        name
        for name, share, band in (("size", found.size, SIZE_BAND), ("coverage", found.coverage, COVERAGE_BAND))
        if not band[0] <= share <= band[1]
    ]
    panel = setting.note or f"1 + {setting.controls}" + (f", correlation {setting.cross:g}" if setting.cross != 0.4 else "")
    power = "".join(f" {_percent(share)} |" for share in found.power)
    return (
        f"| {setting.rho:g} | {setting.n_pre} | {setting.n_post} | {panel} | {_percent(found.size)} | {_percent(found.coverage)} "
        f"| {', '.join(beyond)} | {_percent(found.flagged)} | {found.width:.2f} |{power} {_percent(found.plain)} |"
    )


def _few_table(n_few: int) -> list[str]:
    """Pre-trend tests and bands of the path on fewer panels."""
    parts = [
        f"### Pre-trend tests, placebo dates and bands of the path ({n_few} panels a row)",
        "",
        "| rho | pre | post | season fitted | slope | half-years | both | placebo dates | pointwise bands | simultaneous bands |",
        "|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    shapes = [((24, 24), grids.NO_SEASON), ((48, 12), grids.NO_SEASON), ((48, 12), grids.MONTH_EFFECTS)]
    for setting in [Setting(rho, *shape, fitted=fitted) for shape, fitted in shapes for rho in RHOS]:
        shares = (*pretrend_sizes(setting, n_few), placebo_size(setting, n_few), *band_coverage(setting, n_few))
        cells = " | ".join(_percent(share) for share in shares)
        parts.append(f"| {setting.rho:g} | {setting.n_pre} | {setting.n_post} | {setting.fitted} | {cells} |")
    return parts


def _count_table(n_few: int) -> list[str]:
    """Counts with zeros whose log mean is a simulated difference of units."""
    parts = [
        f"### Counts with zeros, quasi-Poisson ({n_few} panels a row)",
        "",
        "| rho | pre | post | mean count | size | HAC size with normal quantiles |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for setting in (Setting(rho, 36, 12) for rho in RHOS):
        for mean in (2, 20):
            size, plain = count_sizes(setting, mean, n_few)
            parts.append(
                f"| {setting.rho:g} | {setting.n_pre} | {setting.n_post} | {mean} | {_percent(size)} | {_percent(plain)} |"
            )
    return parts


def _percent(share: float) -> str:
    return f"{100 * share:.1f}" if np.isfinite(share) else "–"


if __name__ == "__main__":
    main()
