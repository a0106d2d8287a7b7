"""Back-test of the scenario model: a base of what was public on a day, the prediction, and the figures that came later.

It has two windows and no tuning; its rows say what the model would have said, not that it was right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.errors import InputError, Place, explain
from pipelines.estimators import scenario_bases as bases
from pipelines.estimators.normals import hypercube
from pipelines.estimators.scenario_later import Later, later_figures
from pipelines.estimators.scenario_menu import Market, Spec, base_of, effective_weight, factors_of
from pipelines.estimators.scenario_model import DOMESTIC, LEGAL, OFFSHORE, SMUGGLED, Array, Base, Levers, solve
from pipelines.estimators.scenario_outcomes import ALL, LABELS, Row, one_line, percentiles
from pipelines.schemas.tables.metrics_scenarios import MetricScenarioBacktest

RUN, PRIOR_TABLE = "core.run", "core.dim_prior"
FIGURES = {
    "supply": ("core.fact_supply", "supply_id"),
    "claim": ("core.fact_claim", "claim_id"),
    "prior": (PRIOR_TABLE, "prior_id"),
}
KINDS = {LEGAL: "h20-96gb", SMUGGLED: "h100-sxm", OFFSHORE: "h100-sxm", DOMESTIC: "ascend-910b"}
UNDATED = {
    "offshore_units": "scenario-offshore-units",
    "offshore_price": "scenario-offshore-price",
    "outside_share": "scenario-outside-share",
    "price_response": "scenario-price-response",
    "nest_likeness": "scenario-nest-likeness",
    "supply_slope": "scenario-supply-slope",
    "alpha": "scenario-alpha",
}
HINDSIGHT = (
    "Stated ranges, on no published figure of that day: price of a 910B 12,000 to 20,000 USD; premium 0.1 to 1; need 1 to 2 "
    "times that of 2024; rented compute up to twice. Spread around floors and orders of magnitude is ours. Priors without a day, "
    "written in 2026 with later knowledge: " + ", ".join(UNDATED.values())
)


@dataclass(frozen=True)
class Part:
    """One number of the base: a row of the data files (its figure times a low and a high factor), or a stated range."""

    row: str | None
    low: float
    high: float


@dataclass(frozen=True)
class Test:
    """One back-test: its day, the smuggled quantity published by then, and the share of licences that it lets through."""

    name: str
    day: date
    smuggled: Part
    licence: tuple[float, float]

    def parts(self) -> dict[str, Part]:
        """Every number of the base by name."""
        return {
            "licensed_usd": Part("supply:nvda-h20-2024-usd", 1.0, 1.0),
            "licensed_price": Part("prior:h20-price", 1.0, 1.0),
            "smuggled_chips": self.smuggled,
            "smuggled_price": Part("claim:ft-2024-h100-price", 1.0, 1.0),
            "domestic_chips": Part("supply:huawei-2024-910b-ft", 0.75, 1.5),
            "domestic_price": Part(None, 12_000, 20_000),
            "plan_910b": Part("supply:huawei-2025-910b-ft", 1.0, 1.0),
            "plan_910c": Part("supply:huawei-2025-910c-ft", 1.0, 1.0),
            "premium": Part(None, 0.1, 1.0),
            "growth": Part(None, 1.0, 2.0),
            "offshore_growth": Part(None, 1.0, 2.0),
            "licence": Part(None, *self.licence),
        }


TESTS = (
    Test("h20-stop", date(2025, 4, 8), Part("claim:ft-2024-h100-stock-claim", 0.5, 3.0), (0.0, 0.0)),
    Test("h20-reapproval", date(2025, 7, 13), Part("claim:cnas-2024-chips", 0.25, 4.0), (0.5, 1.0)),
)


@dataclass(frozen=True)
class Known:
    """Rows of the data files that were public on a day."""

    frames: Mapping[str, pl.DataFrame]
    day: date

    def row(self, ref: str) -> Mapping[str, object]:
        """One row by kind:id; raises InputError when it was not public on the day, or not in this build."""
        kind, _, name = ref.partition(":")
        table, key = FIGURES[kind]
        found = self.frames[table].filter((pl.col(key) == name) & (pl.col("known_at") <= self.day))
        if found.height != 1:
            place = Place("back-test", column=ref)
            raise InputError(explain(place, f"{found.height} rows", f"one row public on {self.day}", "name another row"))
        return found.row(0, named=True)

    def day_of(self, ref: str) -> date:
        """Day on which a row became public."""
        found = self.row(ref)["known_at"]
        assert isinstance(found, date)
        return found

    def ends(self, part: Part) -> tuple[float, float]:
        """Low and high of a number: the range of its row, or its single figure times the factors."""
        if part.row is None:
            return part.low, part.high
        row, prefix = self.row(part.row), "prior_" if part.row.startswith("prior:") else ""
        low, central, high = (row[f"{prefix}{end}"] for end in ("low", "central", "high"))
        single = central if central is not None else low if high is None else None
        if prefix or single is None:
            return float(str(low)) * part.low, float(str(high)) * part.high
        return float(str(single)) * part.low, float(str(single)) * part.high


def scenario_backtests(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Both back-tests with the later figures beside them; columns of metric_scenario_backtest."""
    as_of = frames[RUN]["as_of"][0]
    rows = [row for test in TESTS for row in backtest_rows(test, as_of, frames)]
    return pl.DataFrame(rows, schema=dict(MetricScenarioBacktest.schema()))


def backtest_rows(test: Test, as_of: date, frames: Mapping[str, pl.DataFrame]) -> Iterator[Row]:
    """Rows of one back-test: a prediction, or why there is none, and each later figure."""
    known, later = Known(frames, test.day), later_figures(frames, test.day)
    refs = sorted({part.row for part in test.parts().values() if part.row is not None})
    head: Row = {"backtest_id": test.name, "calibrated_on": test.day, "hindsight": HINDSIGHT, **LABELS}
    try:
        if test.day > as_of:
            place = Place("back-test", column="calibrated_on")
            raise InputError(explain(place, str(test.day), f"a day up to as_of {as_of}", "build with a later as-of day"))
        found = predicted(test, known, bases.specs_of(frames[bases.CHIP_TABLE]), frames[PRIOR_TABLE])
        head |= {"base_known_at": max(known.day_of(ref) for ref in refs), "base_rows": ";".join(refs)}
        reason = None
    except InputError as error:
        found, reason = {}, one_line(error)
    for key in KEYS:
        for figure in later.get(key, [NO_LATER]):
            yield head | _row(test, key, found.get(key), figure, reason)


Key = tuple[str, str, str]
UNITS = ("chips", "usd", "h100e", "bandwidth")
KEYS: tuple[Key, ...] = (
    *(("channel_quantity", channel, unit) for channel in (LEGAL, SMUGGLED, DOMESTIC) for unit in UNITS),
    ("channel_share", SMUGGLED, "h100e"),
    ("premium", ALL, "ratio"),
    ("unmet_share", ALL, "share"),
)
NO_LATER = Later("none", None, None, None, None)


def predicted(test: Test, known: Known, specs: Mapping[str, Spec], priors: pl.DataFrame) -> dict[Key, Array]:
    """Outputs on 10,000 draws, at annual rates, for the months after the day."""
    at = {name: _between(f"backtest:{name}", *known.ends(part)) for name, part in test.parts().items()}
    undated = {name: _prior(prior, priors) for name, prior in UNDATED.items()}
    kinds = {channel: specs[chip] for channel, chip in KINDS.items()}
    market = Market(
        licensed_chips=at["licensed_usd"] / at["licensed_price"],
        licensed_price=at["licensed_price"],
        smuggled_usd=at["smuggled_chips"] * at["smuggled_price"],
        smuggled_price=at["smuggled_price"],
        domestic_usd=at["domestic_chips"] * at["domestic_price"],
        domestic_price=at["domestic_price"],
        premium=at["premium"],
        **undated,
    )
    base, factors = base_of(market, kinds), factors_of(kinds, market.alpha)
    return _outputs(base, _levers(base, at, specs, market), factors)


def _levers(base: Base, at: Mapping[str, Array], specs: Mapping[str, Spec], market: Market) -> Levers:
    """What may change: need, licences, rented compute, and domestic output between that of 2024 and the plan for 2025."""
    plan = at["plan_910b"] * effective_weight(specs["ascend-910b"], market.alpha)
    plan = plan + at["plan_910c"] * effective_weight(specs["ascend-910c"], market.alpha)
    now = np.asarray(base.q0[DOMESTIC])
    rank = hypercube("backtest:domestic_capacity")[0]
    return Levers(
        growth=at["growth"],
        licence=at["licence"],
        vendor_capacity=base.q0[LEGAL],
        offshore_capacity=at["offshore_growth"] * base.q0[OFFSHORE],
        domestic_capacity=now + rank * np.maximum(plan - now, 0.0),
    )


def _outputs(base: Base, levers: Levers, factors: Mapping[str, Mapping[str, Array]]) -> dict[Key, Array]:
    solution = solve(base, levers)
    values: dict[Key, Array] = {}
    for channel, quantity in solution.quantity.items():
        amounts = {unit: quantity * factor for unit, factor in factors[channel].items()}
        amounts["usd"] = quantity * solution.price[channel]
        values |= {("channel_quantity", channel, unit): np.asarray(amount) for unit, amount in amounts.items()}
    total = sum(values["channel_quantity", channel, "h100e"] for channel in solution.quantity)
    values["channel_share", SMUGGLED, "h100e"] = values["channel_quantity", SMUGGLED, "h100e"] / np.asarray(total)
    values["premium", ALL, "ratio"] = solution.premium
    values["unmet_share", ALL, "share"] = solution.unmet / solution.market
    return values


def _between(dim: str, low: float, high: float) -> Array:
    """Evenly between the ends, on the logarithm where both are above 0 (ranges are ratios around a figure)."""
    rank = hypercube(dim)[0]
    return np.asarray(low * (high / low) ** rank if low > 0 else low + rank * (high - low))


def _prior(prior_id: str, priors: pl.DataFrame) -> Array:
    """Draws of a prior without a day: the same as those of metrics.fact_draw."""
    row = priors.filter(pl.col("prior_id") == prior_id).row(0, named=True)
    low, high = float(row["prior_low"]), float(row["prior_high"])
    return np.asarray(low + hypercube(f"prior:{prior_id}")[0] * (high - low))


def _row(test: Test, key: Key, value: Array | None, figure: Later, reason: str | None) -> Row:
    ends = (None, None, None) if value is None else percentiles(value)
    inside = None if value is None or figure.known_at is None else figure.meets(ends[0], ends[2])
    return {
        "scenario_output": key[0],
        "channel": key[1],
        "outcome_unit": key[2],
        **dict(zip(("outcome_p05", "outcome_p50", "outcome_p95"), ends, strict=True)),
        "later_id": figure.ref,
        "later_known_at": figure.known_at,
        "later_low": figure.low,
        "later_central": figure.central,
        "later_high": figure.high,
        "is_later_inside": inside,
        "explanation": explanation(test, key, ends, figure, inside),
        "absence_reason": reason,
    }


def explanation(test: Test, key: Key, ends: tuple[float | None, ...], figure: Later, inside: bool | None) -> str:
    """Prediction, later figure and what the distance can be made of, in words."""
    if ends[1] is None:
        return "No prediction: see absence_reason"
    said = f"In the model, given what was public on {test.day}: {_short(ends[0])} to {_short(ends[2])}, median {_short(ends[1])}"
    if figure.known_at is None:
        return f"{said}. No later figure is loaded"
    verdict = "meets the interval" if inside else "lies below" if figure.is_below(ends[0]) else "lies above"
    why = WHY[key[0], key[1]].get(test.name, "")
    return f"{said}. Published later ({figure.known_at}): {figure.words()}, which {verdict}. {why}".strip()


def _short(value: float | None) -> str:
    return "none" if value is None else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


SMUGGLED_WHY = {
    "h20-stop": "The base is a floor on a stock of H100 and a judgement around it; later chips are racks of B200 at more dollars "
    "and compute a chip, and supply of 2025 grew for reasons that no lever holds",
    "h20-reapproval": "The base is an order of magnitude for 2024; none of 2025 was public on the day, and later chips are B200",
}
DOMESTIC_WHY = dict.fromkeys(
    ("h20-stop", "h20-reapproval"),
    "Domestic output is bounded by plans published in February 2025, for one vendor; later figures count other vendors, "
    "and dies fabricated abroad",
)
LEGAL_WHY = {
    "h20-stop": "The scenario sets licensed chips to zero; what came are deliveries after the re-approval of July",
    "h20-reapproval": "The scenario lets H20 back at half to all of the pace of 2024; that Chinese buyers would be told not to "
    "take them was not public on the day and is no part of it",
}
WHY: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("channel_quantity", LEGAL): LEGAL_WHY,
    ("channel_quantity", SMUGGLED): SMUGGLED_WHY,
    ("channel_quantity", DOMESTIC): DOMESTIC_WHY,
    ("channel_share", SMUGGLED): SMUGGLED_WHY,
    ("premium", ALL): dict.fromkeys(("h20-stop", "h20-reapproval"), "The premium of the base is a stated range, not a quote"),
    ("unmet_share", ALL): {},
}
