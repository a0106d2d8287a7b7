"""Scenarios on every base: outcomes with their difference to a baseline, and how often one lies above another (METHODS D5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
import polars as pl

from pipelines.errors import InputError
from pipelines.estimators import scenario_bases as bases
from pipelines.estimators.scenario_menu import Spec
from pipelines.estimators.scenario_model import CHANNELS, UNSERVED, Array, stock_path
from pipelines.estimators.scenario_runs import UNITS, Run, Setting, amounts, chance_above, run
from pipelines.schemas.scenario import Scenario, scenarios_of
from pipelines.schemas.tables.metrics_scenarios import MetricScenarioComparison, MetricScenarioOutcome

VALUES = "tidy.scenario_value"
ALL, NONE = "all", "none"
AT = (5, 50, 95)
TOTALS = {
    "unmet": "effective",
    "unmet_share": "share",
    "vendor_gross_usd": "usd",
    "vendor_net_usd": "usd",
    "fee_take_usd": "usd",
    "vendor_indirect_usd": "usd",
    "spend_usd": "usd",
    "leakage": "ratio",
    "premium": "ratio",
}
COMPARED = {"china_compute": "effective", "smuggled_share": "share", "unmet": "effective", "vendor_net_usd": "usd"}
LABELS = {"value_label": "scenario", "evidence_label": "structural"}
NO_CHIPS = "No count of chips is published for rented compute, so that neither it nor a sum over channels has chips on this base"
NO_STOCK = "No stock: additions of 2024 or the stock before were not public on the as-of day"
Key = tuple[str, str, str]
Row = dict[str, object]


@dataclass(frozen=True)
class Outcome:
    """A scenario on a base: arrays of shape (years, draws) by output, channel and unit; or the reason why there is none."""

    scenario: Scenario
    values: Mapping[Key, Array]
    absent: str | None = None


def scenario_outcomes(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Percentiles of every output of every scenario on every base; columns of metric_scenario_outcome."""
    rows = [row for tables in _tables(frames) for row in tables.outcomes]
    return pl.DataFrame(rows, schema=dict(MetricScenarioOutcome.schema()))


def scenario_comparisons(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """How often one scenario lies above another, on joint draws; columns of metric_scenario_comparison."""
    rows = [row for tables in _tables(frames) for row in tables.comparisons]
    return pl.DataFrame(rows, schema=dict(MetricScenarioComparison.schema()))


@dataclass(frozen=True)
class Tables:
    """Rows of both tables on one base."""

    outcomes: tuple[Row, ...]
    comparisons: tuple[Row, ...]


def _tables(frames: Mapping[str, pl.DataFrame]) -> Iterator[Tables]:
    scenarios, draws = scenarios_of(frames[VALUES].iter_rows(named=True)), bases.draws_of(frames[bases.DRAWS])
    specs, digest = bases.specs_of(frames[bases.CHIP_TABLE]), draws.digest()
    for base_id in bases.bases_for(scenarios):
        yield _tables_of(_Asked(scenarios, base_id, draws, specs, digest))


def on_base(scenario: Scenario, base_id: str) -> bool:
    """Whether the scenario is run on the base: its own, and the observed one."""
    return base_id in (scenario.base_period, bases.OBSERVED)


@dataclass(frozen=True, eq=False)
class _Asked:
    """One base with all that its tables depend on; equal where the content is: numbers, names, and the hash of the draws."""

    scenarios: tuple[Scenario, ...]
    base_id: str
    draws: bases.Draws
    specs: Mapping[str, Spec]
    digest: str

    def content(self) -> tuple[object, ...]:
        given = tuple((scenario.name, scenario.baseline, scenario.parameter_hash()) for scenario in self.scenarios)
        return given, self.base_id, self.digest, tuple(sorted((name, str(spec)) for name, spec in self.specs.items()))

    def __hash__(self) -> int:
        return hash(self.content())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.content() == other.content()


@lru_cache(maxsize=4)  # two tables ask for the same
def _tables_of(asked: _Asked) -> Tables:
    found = solved(asked.scenarios, asked.base_id, asked.draws, asked.specs)
    mine = [outcome for _, outcome in sorted(found.items()) if on_base(outcome.scenario, asked.base_id)]
    outcomes = [row for outcome in mine for row in outcome_rows(outcome, found, asked.base_id)]
    pairs = combinations(mine, 2)
    comparisons = [compared(one, two, asked.base_id, *key) for one, two in pairs for key in COMPARED.items()]
    return Tables(tuple(outcomes), tuple(comparisons))


def solved(scenarios: Sequence[Scenario], base_id: str, draws: bases.Draws, specs: Mapping[str, Spec]) -> Mapping[str, Outcome]:
    """All scenarios on one base, by name."""
    try:
        setting = bases.setting_of(base_id, draws, specs)
    except InputError as error:
        return {scenario.name: Outcome(scenario, {}, one_line(error)) for scenario in scenarios}
    return {scenario.name: outcome_of(scenario, base_id, setting, draws) for scenario in scenarios}


def outcome_of(scenario: Scenario, base_id: str, setting: Setting, draws: bases.Draws) -> Outcome:
    """One scenario on one base; a refusal of the model becomes the reason."""
    try:
        bases.require_yearly(scenario)
        found = run(bases.yearly(scenario, base_id), setting)
        return Outcome(scenario, values_of(found, setting, draws))
    except InputError as error:
        return Outcome(scenario, {}, one_line(error))


def values_of(found: Run, setting: Setting, draws: bases.Draws) -> dict[Key, Array]:
    """Every output of a run by output, channel and unit; what has no number is left out."""
    out, bought = found.outputs(), amounts(found, setting)
    values: dict[Key, Array] = {}
    for unit in UNITS:
        known = {channel: bought[channel, unit] for channel in CHANNELS if (channel, unit) in bought}
        values |= {("channel_quantity", channel, unit): amount for channel, amount in known.items()}
        if len(known) == len(CHANNELS):
            total = np.asarray(sum(known.values()))
            values["china_compute", ALL, unit] = total
            values |= {("channel_share", channel, unit): amount / total for channel, amount in known.items()}
    values |= {("channel_price_usd", channel, "usd_per_unit"): out[f"{channel}_price_usd"] for channel in CHANNELS}
    values |= {(name, ALL, unit): out[name] for name, unit in TOTALS.items()}
    values["smuggled_share", ALL, "share"] = out["smuggled_share"]
    if not grows(found.scenario):
        to = {channel: channel for channel in CHANNELS[1:]} | {UNSERVED: NONE}
        values |= {("diversion_ratio", channel, "ratio"): out[f"diversion_to_{name}"] for name, channel in to.items()}
    return values | _stock(values["china_compute", ALL, "h100e"], draws)


def grows(scenario: Scenario) -> bool:
    """Whether the need differs from that of the base, so that ratios against the base mix growth with substitution."""
    value = scenario.levers.get("demand_growth")
    return value is not None and not (value.is_certain and all(value.low * factor == 1 for factor in value.path))


def _stock(added: Array, draws: bases.Draws) -> dict[Key, Array]:
    """Installed compute at the end of every year; nothing where the stock before is not known."""
    try:
        before, leaving = bases.stock_before(draws)
    except InputError:
        return {}
    return {("installed_stock", ALL, "h100e"): stock_path(before, leaving, added)}


def expected_keys() -> list[Key]:
    """Every output, channel and unit that a scenario has a row for, with a number or with a reason."""
    keys = [(output, channel, unit) for output in ("channel_quantity", "channel_share") for channel in CHANNELS for unit in UNITS]
    keys += [("channel_price_usd", channel, "usd_per_unit") for channel in CHANNELS]
    keys += [("china_compute", ALL, unit) for unit in UNITS]
    keys += [(name, ALL, unit) for name, unit in TOTALS.items()]
    keys += [("diversion_ratio", channel, "ratio") for channel in (*CHANNELS[1:], NONE)]
    return sorted([*keys, ("smuggled_share", ALL, "share"), ("installed_stock", ALL, "h100e")])


def outcome_rows(outcome: Outcome, others: Mapping[str, Outcome], base_id: str) -> Iterator[Row]:
    """Rows of one scenario on one base: every year, output, channel and unit."""
    scenario = outcome.scenario
    baseline = others.get(scenario.baseline or "")
    hashed = bases.yearly(scenario, base_id).parameter_hash()
    for key in expected_keys():
        value = outcome.values.get(key)
        other = baseline.values.get(key) if baseline else None
        ends = ends_by_year(value, scenario.horizon)
        apart = ends_by_year(None if value is None or other is None else value - other, scenario.horizon)
        for year in range(scenario.horizon):
            yield {
                "scenario_id": scenario.name,
                "base_id": base_id,
                "scenario_period": year + 1,
                "scenario_output": key[0],
                "channel": key[1],
                "outcome_unit": key[2],
                **dict(zip(("outcome_p05", "outcome_p50", "outcome_p95"), ends[year], strict=True)),
                "baseline_id": scenario.baseline,
                **dict(zip(("difference_p05", "difference_p50", "difference_p95"), apart[year], strict=True)),
                "parameter_hash": hashed,
                "absence_reason": None if ends[year][1] is not None else why_absent(outcome, key, year),
                **LABELS,
            }


Ends = tuple[float | None, float | None, float | None]


def ends_by_year(value: Array | None, horizon: int) -> list[Ends]:
    """Percentiles of every year; None where there is no number in some draw."""
    if value is None:
        return [(None, None, None)] * horizon
    return [percentiles(year) if np.isfinite(year).all() else (None, None, None) for year in value]


def percentiles(values: Array) -> tuple[float, float, float]:
    """5th, 50th and 95th percentile, linear between draws; a full sort costs a fifth of NumPy's selection."""
    ordered = np.sort(values)
    p05, p50, p95 = (_between(ordered, at / 100 * (ordered.size - 1)) for at in AT)
    return p05, p50, p95


def _between(ordered: Array, place: float) -> float:
    below = int(place)
    low, high = ordered[below], ordered[min(below + 1, ordered.size - 1)]
    return float(low + (high - low) * (place - below))


def why_absent(outcome: Outcome, key: Key, year: int) -> str:
    """Why an output has no number."""
    output, _, unit = key
    if outcome.absent:
        return outcome.absent
    if key in outcome.values:
        missing = int((~np.isfinite(outcome.values[key][year])).sum())
        total = outcome.values[key][year].size
        what = "licensed chips are the same as in the base" if output == "diversion_ratio" else "the ratio has no denominator"
        return f"No number in {missing} of {total} draws: {what}"
    if output == "diversion_ratio":
        return "The need itself differs from that of the base, so a ratio to the base would mix growth with substitution"
    return NO_CHIPS if unit == "chips" else NO_STOCK


def compared(one: Outcome, other: Outcome, base_id: str, output: str, unit: str) -> Row:
    """One row of the comparison: last years of two scenarios on the same draws."""
    key, reason = (output, ALL, unit), one.absent or other.absent
    chance: float | None = None
    ends: Ends = (None, None, None)
    if reason is None and one.scenario.horizon != other.scenario.horizon:
        reason = f"The scenarios cover {one.scenario.horizon} and {other.scenario.horizon} years: their last years are not alike"
    if reason is None:
        first, second = one.values[key][-1], other.values[key][-1]
        chance, ends = chance_above(first, second), percentiles(first - second)
    return {
        "scenario_id": one.scenario.name,
        "other_scenario_id": other.scenario.name,
        "base_id": base_id,
        "scenario_output": output,
        "outcome_unit": unit,
        "above_probability": chance,
        **dict(zip(("difference_p05", "difference_p50", "difference_p95"), ends, strict=True)),
        "absence_reason": reason,
        **LABELS,
    }


def one_line(error: InputError) -> str:
    """A refusal as the reason of a row."""
    return " ".join(str(error).split())
