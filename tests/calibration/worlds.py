"""Synthetic worlds with known quantities and simulated claims; `python tests/calibration/worlds.py` prints the coverage.

A world is a made-up year of two halves. For each channel a publisher's series (low, central, high) is made up first; the truth is
then drawn as the claim model says that publishers err: log error of the series' own two-sided spread, one error for both halves
and all units of the channel, and an error of its own for prices and mixes. The legal channel is in turn a series, a ceiling, a
wide and a narrow range. In the pooled case a second claim stands beside the smuggled series, of every kind of wording in turn;
one of the two is right, with the weight of its grade. Each kind of claim has its own truth. The errors are stratified over the
worlds, so that coverage carries little sampling noise. All intervals come from the project's own SQL.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

CHECKOUT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))

from pipelines.estimators.normals import hypercube  # noqa: E402
from pipelines.schemas.tables.catalog import declared_tables  # noqa: E402

N_WORLDS, N_DRAWS, SEED, BATCH = 1_080, 200, 20_261_124, 180
Z95 = 1.6448536269514722
CHANNELS = ("legal", "smuggled", "domestic", "offshore")
UNITS = ("chips", "h100e", "bandwidth", "usd")
GRADES = {"A": (1.05, 4), "B": (1.15, 3), "C": (1.4, 2)}
GRADE_OF = {"point-a": "A", "point-b": "B", "point-c": "C"}  # all other kinds are of grade B
WORDING = {
    **dict.fromkeys(GRADE_OF, "point"),
    "range-wide": "range", "range-narrow": "range", "low-central-high": "low_central_high", "at-least": "at_least",
    "at-most": "at_most", "order-of-magnitude": "order_of_magnitude",
}  # fmt: skip
KINDS = tuple(WORDING)
FORMS = ("series", "at_most", "range_wide", "range_narrow")
MULTIPLE, CAP = 1.5, 8  # of a floor: its median and its cap
MODELS = (
    "metrics.metric_claim_distribution",
    "metrics.metric_quantity_factor",
    "metrics.fact_draw",
    "metrics.metric_quantity",
    "metrics.metric_mix_interval",
)
Edit = Callable[[str, str], str]
Row = dict[str, Any]


class Worlds:
    """Inputs of the SQL and the truths behind them, for `n` worlds."""

    def __init__(self, n: int = N_WORLDS, seed: int = SEED, n_draws: int = N_DRAWS) -> None:
        self.n, self.n_draws, self.random = n, n_draws, np.random.RandomState(seed)
        self.periods = [[f"{world:04d}H1", f"{world:04d}H2"] for world in range(1, n + 1)]
        self.supply: list[list[Row]] = [[] for _ in range(n)]  # one list per world, as below
        self.claims: list[list[Row]] = [[] for _ in range(n)]
        self.pools: list[list[Row]] = [[] for _ in range(n)]
        self.priors: list[list[Row]] = [[] for _ in range(n)]
        self.truth: dict[tuple[str, str, str], np.ndarray] = {}  # channel, half (or claim kind), unit -> value per world
        self.claim_truth: dict[str, np.ndarray] = {}
        self.forms: dict[str, np.ndarray] = {}
        for channel in CHANNELS:
            self._series(channel)
        self._pool()
        self._kinds()

    def errors(self) -> np.ndarray:
        """Standard normal errors, one per world: every quantile once, in random order."""
        from scipy.special import ndtri

        return np.asarray(ndtri((self.random.permutation(self.n) + 0.5) / self.n))

    def _series(self, channel: str) -> None:
        """A publisher's series of two halves; the legal channel rotates over series, ceiling, wide and narrow range."""
        low, high = (self.random.uniform(0.1, 0.6, self.n) for _ in range(2))
        width = self.random.uniform(0.5, 1.5, self.n)
        level, factors = self.errors(), {unit: (self.errors(), self.random.uniform(0.05, 0.4, self.n)) for unit in UNITS[1:]}
        form = self.forms[channel] = np.arange(self.n) % len(FORMS) * (channel == "legal")
        for half in (0, 1):
            central = np.exp(self.random.uniform(10, 12, self.n))
            truth = central * np.exp(level * np.where(level < 0, low, high))
            bounds = [central * np.exp(-Z95 * low), central, central * np.exp(Z95 * high)]
            self._bounded(form, central, width, level, (bounds[0], bounds[2], truth))
            self._unit(channel, half, "chips", bounds, truth)
            for unit, (error, spread) in factors.items():
                ratio, own = np.exp(self.random.uniform(-1, 2, self.n)), np.where(form == 0, spread, 0.0)
                shown = [b * ratio * np.exp(sign * Z95 * own) for b, sign in zip(bounds, (-1, 0, 1), strict=True)]
                self._unit(channel, half, unit, shown, truth * ratio * np.exp(error * own))

    def _bounded(
        self,
        form: np.ndarray,
        size: np.ndarray,
        width: np.ndarray,
        level: np.ndarray,
        targets: tuple[np.ndarray, ...],
    ) -> None:
        """Worlds whose channel is known by bounds only: at most, or a range; the error is still one for both halves."""
        from scipy.special import ndtr

        shapes = {
            "at_most": (np.zeros(self.n), size, size * ndtr(level)),
            "range_wide": (size * np.exp(-width), size * np.exp(width), size * np.exp(level * width / Z95)),
            "range_narrow": (size, 1.8 * size, size * (1 + 0.8 * ndtr(level))),
        }
        for number, name in enumerate(FORMS[1:], start=1):
            for target, values in zip(targets, shapes[name], strict=True):
                target[form == number] = values[form == number]

    def _unit(self, channel: str, half: int, unit: str, bounds: Iterable[np.ndarray], truth: np.ndarray) -> None:
        self.truth[channel, f"H{half + 1}", unit] = truth
        low, central, high = bounds
        form = self.forms[channel]
        for world in range(self.n):
            self.supply[world].append(
                {
                    "channel": channel,
                    "period_id": self.periods[world][half],
                    "series_kind": "envelope" if form[world] else "backbone",
                    "unit_of_account": unit,
                    "low_amount": round(low[world], 6),
                    "central_amount": None if form[world] else round(central[world], 6),
                    "high_amount": round(high[world], 6),
                    "n_inputs": 3,
                    "value_label": "estimate",
                    "evidence_label": "accounting",
                }
            )

    def _pool(self) -> None:
        """A second, independent claim on smuggled chips beside the series (B), of every kind in turn: one is right."""
        pick = (self.random.permutation(self.n) + 0.5) / self.n
        kinds = [KINDS[world % len(KINDS)] for world in range(self.n)]
        weight = np.array([GRADES[GRADE_OF.get(kind, "B")][1] for kind in kinds])
        series_is_right = pick < GRADES["B"][1] / (GRADES["B"][1] + weight)
        shared = {kind: self.errors() for kind in KINDS}
        width = {kind: self.random.uniform(0.5, 1.5, self.n) for kind in KINDS}
        for half in (0, 1):
            series = self.truth["smuggled", f"H{half + 1}", "chips"]
            size = series * np.exp(self.random.uniform(-1.5, 1.5, self.n))
            shapes = {kind: shape(kind, size, width[kind], shared[kind]) for kind in KINDS}
            other = np.array([shapes[kind][1][world] for world, kind in enumerate(kinds)])
            truth = np.where(series_is_right, series, other)
            self.truth["smuggled pooled", f"H{half + 1}", "chips"] = truth
            for unit in UNITS[1:]:
                factor = self.truth["smuggled", f"H{half + 1}", unit] / series
                self.truth["smuggled pooled", f"H{half + 1}", unit] = truth * factor
            for world, kind in enumerate(kinds):
                self._member(world, half, kind, {end: values[world] for end, values in shapes[kind][0].items()})
        self.pool_kinds = kinds

    def _member(self, world: int, half: int, kind: str, ends: dict[str, float]) -> None:
        period, name, grade = self.periods[world][half], f"count-{world}-{half}", GRADE_OF.get(kind, "B")
        self.claims[world].append(claim(name, "count", grade, WORDING[kind], **ends))
        if kind == "at-least":
            self.priors[world].append(prior(f"cap-count-{world}-{half}", "claim_cap", CAP * ends["low"], name))
        common = {"channel": "smuggled", "period_id": period, "unit_of_account": "chips", "multiplier": 1.0, "reason": "made up"}
        self.pools[world].append({**common, "member_id": f"{period}-1", "claim_id": None, "grade": "B"})
        self.pools[world].append({**common, "member_id": f"{period}-2", "claim_id": name, "grade": grade})

    def _kinds(self) -> None:
        """One claim of every kind of wording per world, and what it is about."""
        size = np.exp(self.random.uniform(5, 12, self.n))
        for kind in KINDS:
            ends, truth = shape(kind, size, self.random.uniform(0.5, 2, self.n), self.errors())
            self._claim(kind, GRADE_OF.get(kind, "B"), WORDING[kind], truth, **ends)
        for world in range(self.n):
            self.priors[world].append(prior(f"cap-{world}", "claim_cap", CAP * size[world], f"at-least-{world}"))

    def _claim(self, kind: str, grade: str, bound_kind: str, truth: np.ndarray, **ends: np.ndarray) -> None:
        self.claim_truth[kind] = truth
        for world in range(self.n):
            numbers = {name: values[world] for name, values in ends.items()}
            self.claims[world].append(claim(f"{kind}-{world}", kind, grade, bound_kind, **numbers))


def shape(kind: str, size: np.ndarray, width: np.ndarray, error: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Ends of a claim of the kind around `size`, and the truth that a normal error makes of what the kind means."""
    from scipy.special import ndtr

    rank = ndtr(error)
    if kind.startswith("point"):
        return {"central": size}, size * GRADES[GRADE_OF[kind]][0] ** error
    if kind == "range-wide":
        return {"low": size * np.exp(-width), "high": size * np.exp(width)}, size * np.exp(error * width / Z95)
    if kind == "range-narrow":
        return {"low": size, "high": 1.8 * size}, size * (1 + 0.8 * rank)
    if kind == "low-central-high":
        low, high = width / 2, width / 3
        ends = {"low": size * np.exp(-Z95 * low), "central": size, "high": size * np.exp(Z95 * high)}
        return ends, size * np.exp(error * np.where(error < 0, low, high))
    if kind == "at-most":
        return {"high": size}, size * rank
    return _floor_or_decades(kind, size, rank)


def _floor_or_decades(kind: str, size: np.ndarray, rank: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    if kind == "at-least":
        below = 1 - (1 / CAP) ** (np.log(2) / np.log(MULTIPLE))
        return {"low": size}, size * (1 - rank * below) ** (-np.log(MULTIPLE) / np.log(2))
    return {"low": size, "high": 100 * size}, size * 100**rank


def claim(name: str, group: str, grade: str, bound_kind: str, **numbers: float) -> Row:
    """A claim about smuggled chips; claims of one kind share a group, for only their own interval is looked at."""
    return {
        "claim_id": name, "channel": "smuggled", "unit": "chips", "bound_kind": bound_kind, "grade": grade,
        "independence_group": group, "series_role": "cross_check", "claim_kind": "aggregate_estimate", "subkind": "made up",
        **{column: round(value, 6) for column, value in numbers.items()},
    }  # fmt: skip


def prior(name: str, role: str, value: float, claim_id: str | None = None) -> Row:
    """A fixed prior, as the SQL reads it."""
    ends = dict.fromkeys(("prior_low", "prior_central", "prior_high"), float(value))
    return {"prior_id": name, "prior_role": role, "claim_id": claim_id, "prior_distribution": "fixed", "unit": "chips", **ends}


def unchanged(_: str, sql: str) -> str:
    """The SQL as it is."""
    return sql


def built(worlds: Worlds, batch: range, edit: Edit = unchanged) -> duckdb.DuckDBPyConnection:
    """The models on some of the worlds, in memory; `edit(model, sql)` may break one on purpose."""
    con = duckdb.connect()
    for schema in ("tidy", "core", "metrics"):
        con.execute(f"CREATE SCHEMA {schema}")
    grades = [{"grade": name, "gsd": gsd, "pool_weight": weight} for name, (gsd, weight) in GRADES.items()]
    base = [{"channel": c, "unit_of_account": u, "base_unit": "chips"} for c in CHANNELS for u in UNITS]
    claims, pools, priors, supply = (
        [row for world in batch for row in rows[world]] for rows in (worlds.claims, worlds.pools, worlds.priors, worlds.supply)
    )
    given: Mapping[str, list[Row]] = {
        "core.fact_claim": claims, "tidy.claim_grade": grades, "tidy.channel_unit": base, "tidy.claim_pool": pools,
        "core.dim_prior": [*priors, prior("at-least-multiple", "constant", MULTIPLE)], "metrics.metric_channel_supply": supply,
        "tidy.derived_quantity": [], "metrics.metric_compute_weight": [], "tidy.channel_input": [], "tidy.compute_convention": [],
    }  # fmt: skip
    for name, rows in given.items():
        _load(con, name, rows)
    for model in MODELS:
        if model == "metrics.fact_draw":
            _load_normals(con, worlds.n_draws)
        sql = (CHECKOUT / "sql" / model.replace(".", "/")).with_suffix(".sql").read_text(encoding="utf-8")
        changed = edit(model, sql)
        con.execute(f"CREATE TABLE {model} AS {changed}")
    return con


def _load(con: duckdb.DuckDBPyConnection, name: str, rows: list[Row]) -> None:
    schema = dict(declared_tables()[name].schema())
    columns = {column: [row.get(column) for row in rows] for column in schema}
    loose = pl.DataFrame(columns, schema={column: pl.Float64() if kind.is_decimal() else kind for column, kind in schema.items()})
    con.register("incoming", loose.to_arrow())
    casts = ", ".join(f"CAST({c.name} AS {c.duckdb_type}) AS {c.name}" for c in declared_tables()[name].columns)
    con.execute(f"CREATE TABLE {name} AS SELECT {casts} FROM incoming")
    con.unregister("incoming")


def _load_normals(con: duckdb.DuckDBPyConnection, n_draws: int) -> None:
    asked = "SELECT dim_id FROM metrics.metric_quantity_factor UNION SELECT pool_dim_id FROM metrics.metric_quantity_factor"
    dims = sorted(name for (name,) in con.execute(asked).fetchall() if name)
    parts = [hypercube(dim, n_draws=n_draws) for dim in dims]
    frame = pl.DataFrame(
        {
            "dim_id": [dim for dim in dims for _ in range(n_draws)],
            "draw_id": np.tile(np.arange(1, n_draws + 1), len(dims)),
            "draw_u": np.concatenate([part[0] for part in parts]),
            "draw_z": np.concatenate([part[1] for part in parts]),
        }
    )
    con.register("normals", frame.to_arrow())
    con.execute("CREATE TABLE metrics.fact_normal AS SELECT * FROM normals")
    con.unregister("normals")


def coverage(worlds: Worlds, edit: Edit = unchanged) -> pl.DataFrame:
    """Share of truths inside their 90 % intervals: columns what, unit, covered, n."""
    found: list[tuple[str, str, bool]] = []
    for start in range(0, worlds.n, BATCH):
        batch = range(start, min(start + BATCH, worlds.n))
        with built(worlds, batch, edit) as con:
            found += [*_mix_coverage(worlds, con), *_claim_coverage(worlds, con, batch)]
    frame = pl.DataFrame(found, schema=("what", "unit", "inside"), orient="row")
    return frame.group_by("what", "unit").agg(covered=pl.col("inside").mean(), n=pl.len()).sort("what", "unit")


def _mix_coverage(worlds: Worlds, con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, bool]]:
    rows = con.sql("SELECT * FROM metrics.metric_mix_interval WHERE channel_part = 'all' AND mix_state = 'complete'").pl()
    found = []
    for row in rows.iter_rows(named=True):
        world, span = int(row["period_id"][:4]) - 1, row["period_id"][4:]
        series, unit = row["mix_series"], row["unit_of_account"]
        channels = CHANNELS if row["scope"] == "with_offshore" else CHANNELS[:3]
        truths = {channel: _truth(worlds, channel, series, span, unit)[world] for channel in channels}
        own, total = truths[row["channel"]], sum(truths.values())
        length = "years" if not span else "halves"
        if row["scope"] == "arrivals" or row["channel"] == "offshore":
            found.append((f"{series}: amounts, {length}", unit, row["amount_p05"] <= own <= row["amount_p95"]))
        if (series, row["channel"]) == ("pooled", "smuggled") and row["scope"] == "arrivals":
            kind = worlds.pool_kinds[world]
            found.append((f"pooled with {kind}: amounts", unit, row["amount_p05"] <= own <= row["amount_p95"]))
        found.append((f"{series}: shares, {length}", unit, row["share_p05"] <= own / total <= row["share_p95"]))
        if row["channel"] == "legal":
            found.append((f"{series}: totals, {length}", unit, row["total_p05"] <= total <= row["total_p95"]))
    return found


def _truth(worlds: Worlds, channel: str, series: str, span: str, unit: str) -> np.ndarray:
    name = "smuggled pooled" if (channel, series) == ("smuggled", "pooled") else channel
    halves = [span] if span else ["H1", "H2"]
    return np.sum([worlds.truth[name, half, unit] for half in halves], axis=0)


def _claim_coverage(worlds: Worlds, con: duckdb.DuckDBPyConnection, batch: range) -> list[tuple[str, str, bool]]:
    rows = con.sql("SELECT quantity_id, draw_p05, draw_p95 FROM metrics.metric_quantity WHERE quantity_kind = 'claim'").fetchall()
    intervals = {quantity.removeprefix("claim:"): (low, high) for quantity, low, high in rows}
    return [
        (f"claims: {kind}", "chips", bool(low <= truths[world] <= high))
        for kind, truths in worlds.claim_truth.items()
        for world in batch
        for low, high in [intervals[f"{kind}-{world}"]]
    ]


def table(frame: pl.DataFrame) -> str:
    """The coverage as a Markdown table, one row per kind of interval, one column per unit."""
    wide = frame.pivot(on="unit", index="what", values="covered").sort("what")
    lines = ["| interval | " + " | ".join(UNITS) + " |", "|---|" + "---:|" * len(UNITS)]
    for row in wide.iter_rows(named=True):
        cells = ("–" if row.get(unit) is None else f"{100 * row[unit]:.1f} %" for unit in UNITS)
        lines.append(f"| {row['what']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(coverage(Worlds())))
