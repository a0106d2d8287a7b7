"""Reliability of reporters from the disagreement of mirror reports (METHODS A8): effects by least squares, and fixed point."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.schemas.tables.metrics_mirror import MetricReporterReliability

FLOOR = 0.02
MIN_VALUE_USD = 10_000
MIN_CELLS = 30
MIN_PARTNERS = 2
SHRINKAGE_CELLS = 20
WINDOW_YEARS = 3
ROUNDS = 25
DRAWS = 200
SEED = 8
ENDS = (5, 95)  # percentiles: 90 % of the draws
HALF_PI = np.pi / 2
ROLES = ("exporter", "importer")
EFFECTS, FIXED_POINT = "effects", "fixed_point"
NO_SCALE = "score_instead_of_scale"
LABELS = ("estimate", "accounting")

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Effects:
    """Least-squares means by reporter: `exporter` and `importer` map a country to its mean disagreement in log points."""

    exporter: dict[str, float]
    importer: dict[str, float]

    def role(self, role: str) -> dict[str, float]:
        """Means of one role."""
        return self.exporter if role == "exporter" else self.importer


@dataclass(frozen=True)
class Panel:
    """Cells of one window; `own` are the reporters of the role that are judged by their own cells, `counts` cells of each."""

    cells: pl.DataFrame
    role: str
    counts: dict[str, int]
    own: frozenset[str]


def reporter_reliability(frames: Mapping[str, pl.DataFrame], draws: int = DRAWS) -> pl.DataFrame:
    """Error scale (log points) of every reporter, role, method and year from the pairs of the three years that end in it.

    Reads metrics.metric_mirror_pair (years, both sides at least 10,000 USD, exporter not an entrepot, because importers
    record origin); returns metric_reporter_reliability. A reporter with fewer than 30 cells, or of one partner, gets the
    pooled scale; the others are shrunk towards it with weight n / (n + 20). The interval of a scale is that of `draws` samples
    of the partners. Fixed-point scores have geometric mean 1.
    """
    pairs = _cells(frames["metrics.metric_mirror_pair"], frames["core.dim_hub"])
    years = pairs["year"].unique().sort().to_list()
    span = range(years[0], years[-1] + 1) if years else range(0)
    rows: list[tuple[object, ...]] = []
    for year in span:
        window = pairs.filter(pl.col("year").is_between(year - WINDOW_YEARS + 1, year))
        rows += _effect_rows(year, window, draws)
        rows += _fixed_point_rows(year, window)
    declared = MetricReporterReliability.schema()
    return pl.DataFrame(rows, schema=dict(declared), orient="row")


def least_squares_means(cells: pl.DataFrame) -> Effects:
    """Weighted least squares of `distance` on exporter, importer, code and year effects, each summing to zero.

    `cells` has exporter, importer, code, year, distance = |ln(Vx/Vm)| and weight; the means are grand mean plus effect. Where
    the cells leave an effect open (a code that one exporter alone trades), the shortest solution is taken: it does not depend
    on the names.
    """
    factors = [cells[name].cast(pl.String) for name in ("exporter", "importer", "code", "year")]
    levels = [factor.unique().sort().to_list() for factor in factors]
    columns = [np.ones((cells.height, 1))]
    columns += [_indicators(factor.to_list(), names) for factor, names in zip(factors, levels, strict=True)]
    root = np.sqrt(cells["weight"].to_numpy())
    solved, *_ = np.linalg.lstsq(np.hstack(columns) * root[:, None], cells["distance"].to_numpy() * root, rcond=None)
    grand, *effects = np.split(solved, np.cumsum([1, *(len(names) for names in levels[:-1])]))
    grand_mean = float(grand[0] + sum(effect.mean() for effect in effects))
    centred = [effect - effect.mean() + grand_mean for effect in effects]
    exporter, importer = (
        {name: float(value) for name, value in zip(names, means, strict=True)}
        for names, means in zip(levels[:2], centred[:2], strict=True)
    )
    return Effects(exporter, importer)


def error_scales(means: Mapping[str, float], floor: float = FLOOR) -> dict[str, float]:
    """(pi / 2) x (mean - smallest mean + floor): the least disagreeing reporter keeps the floor, none is rewarded below it."""
    smallest = min(means.values())
    return {name: HALF_PI * (value - smallest + floor) for name, value in means.items()}


def fixed_point(distance: Vector, counts_x: Vector, counts_m: Vector, rounds: int = ROUNDS) -> tuple[Vector, Vector]:
    """Exporter and importer scores after rounds of A_x = n_x / (S A_m), A_m = n_m / (S' A_x), both from the round before.

    `distance` is exporter x importer, (|Vx - Vm|) / (Vx + Vm), 0 where there is no pair. The level alternates with the parity of
    the rounds and scales with the seed; only ratios within a role mean anything, so normalise before use.
    """
    score_x, score_m = np.ones(distance.shape[0]), np.ones(distance.shape[1])
    for _ in range(rounds):
        denominators = distance @ score_m, distance.T @ score_x
        score_x, score_m = counts_x / denominators[0], counts_m / denominators[1]
    return score_x, score_m


def pooled_scale(cells: pl.DataFrame, floor: float = FLOOR) -> float:
    """One scale for all: sqrt(pi) / 2 of the mean disagreement, as for two equal normal errors; at least the floor."""
    mean = float(np.average(cells["distance"].to_numpy(), weights=cells["weight"].to_numpy()))
    return max(float(np.sqrt(np.pi)) / 2 * mean, HALF_PI * floor)


def panel_scales(panel: Panel) -> dict[str, float]:
    """Error scale of every reporter of the role: its own, shrunk to the pooled one, or the pooled one; never below the floor.

    A reporter that is judged by its own cells and has none in `cells` is left out.
    """
    pooled = pooled_scale(panel.cells)
    means = least_squares_means(panel.cells).role(panel.role) if panel.own else {}
    own = error_scales({name: means[name] for name in panel.own & means.keys()}) if panel.own & means.keys() else {}
    scales = {}
    for name in panel.counts.keys() - (panel.own - own.keys()):
        share = panel.counts[name] / (panel.counts[name] + SHRINKAGE_CELLS) if name in own else 0
        scales[name] = max(share * own.get(name, pooled) + (1 - share) * pooled, HALF_PI * FLOOR)
    return scales


def scale_intervals(panel: Panel, draws: int, random: np.random.Generator) -> dict[str, tuple[float, float]]:
    """90 % interval of the scales by drawing partners with replacement (METHODS A8); none where the role has one partner.

    A partner drawn twice counts twice. The same generator gives the same interval.
    """
    side = _other(panel.role)
    partners = panel.cells[side].unique().sort().to_list()
    if draws == 0 or len(partners) < MIN_PARTNERS:
        return {}
    found: dict[str, list[float]] = {}
    for _ in range(draws):
        times = np.bincount(random.integers(len(partners), size=len(partners)), minlength=len(partners))
        drawn = pl.DataFrame({side: partners, "times": times.astype(float)}).filter(pl.col("times") > 0)
        sample = panel.cells.join(drawn, on=side).with_columns(weight=pl.col("weight") * pl.col("times"))
        for name, scale in panel_scales(replace(panel, cells=sample)).items():
            found.setdefault(name, []).append(scale)
    return {name: (float(low), float(high)) for name, (low, high) in ((n, np.percentile(s, ENDS)) for n, s in found.items())}


def _cells(pairs: pl.DataFrame, hubs: pl.DataFrame) -> pl.DataFrame:
    entrepots = hubs.filter(pl.col("hub_role").is_in(["entrepot", "both"]))["country_iso3"].to_list()
    exporter, importer = pl.col("exporter_usd").cast(pl.Float64), pl.col("importer_fob_usd").cast(pl.Float64)
    return (
        pairs.filter(
            (pl.col("window_kind") == "year")
            & (exporter >= MIN_VALUE_USD)
            & (importer >= MIN_VALUE_USD)
            & ~pl.col("exporter_iso3").is_in(entrepots)
        )
        .select(
            exporter=pl.col("exporter_iso3"),
            importer=pl.col("importer_iso3"),
            code=pl.col("product_code"),
            year=pl.col("period_start").dt.year().cast(pl.Int64),
            distance=(exporter / importer).log().abs(),
            weight=(exporter + importer).log(),
            exporter_usd=exporter,
            importer_usd=importer,
        )
        .sort("exporter", "importer", "code", "year")
    )


def _effect_rows(year: int, window: pl.DataFrame, draws: int) -> Iterable[tuple[object, ...]]:
    if window.is_empty():
        return
    for role in ROLES:
        panel = _panel(window, role)
        scales = panel_scales(panel)
        intervals = scale_intervals(panel, draws, np.random.default_rng((SEED, year, ROLES.index(role))))
        for name in sorted(scales):
            low, high = intervals.get(name, (scales[name], scales[name]))
            ends = (min(low, scales[name]), max(high, scales[name])) if name in intervals else (None, None)
            judged = ends[0], scales[name], ends[1], None, panel.counts[name], name not in panel.own
            reasons = None, None if name in intervals else "fewer_than_two_partners"
            yield (name, role, EFFECTS, *_window(year), *judged, *reasons, *LABELS)


def _panel(window: pl.DataFrame, role: str) -> Panel:
    counts = dict(window.group_by(role).len().iter_rows())
    partners = dict(window.group_by(role).agg(pl.col(_other(role)).n_unique()).iter_rows())
    own = frozenset(name for name in counts if counts[name] >= MIN_CELLS and partners[name] >= MIN_PARTNERS)
    return Panel(window, role, counts, own)


def _fixed_point_rows(year: int, window: pl.DataFrame) -> Iterable[tuple[object, ...]]:
    if window.is_empty():
        return
    lanes = (
        window.group_by("exporter", "importer")
        .agg(pl.col("exporter_usd").sum(), pl.col("importer_usd").sum())
        .sort("exporter", "importer")
    )
    names_x, names_m = (lanes[role].unique().sort().to_list() for role in ROLES)
    distance, seen = np.zeros((len(names_x), len(names_m))), np.zeros((len(names_x), len(names_m)))
    for exporter, importer, value_x, value_m in lanes.iter_rows():
        place = names_x.index(exporter), names_m.index(importer)
        distance[place] = max(abs(value_x - value_m) / (value_x + value_m), FLOOR)
        seen[place] = 1
    scores = fixed_point(distance, seen.sum(axis=1), seen.sum(axis=0))
    for role, names, score in zip(ROLES, (names_x, names_m), scores, strict=True):
        normal = score / np.exp(np.log(score).mean())
        counts = dict(window.group_by(role).len().iter_rows())
        for name, value in zip(names, normal, strict=True):
            judged = None, None, None, float(value), counts[name], False
            yield (name, role, FIXED_POINT, *_window(year), *judged, NO_SCALE, NO_SCALE, *LABELS)


def _window(year: int) -> tuple[date, date]:
    """First and last day of the window that ends in the year."""
    return date(year - WINDOW_YEARS + 1, 1, 1), date(year, 12, 31)


def _other(role: str) -> str:
    return "importer" if role == "exporter" else "exporter"


def _indicators(values: list[str], levels: list[str]) -> NDArray[np.float64]:
    """One column per level, 1 where the value is that level."""
    place = {name: number for number, name in enumerate(levels)}
    coded = np.zeros((len(values), len(levels)))
    coded[np.arange(len(values)), [place[value] for value in values]] = 1
    return coded
