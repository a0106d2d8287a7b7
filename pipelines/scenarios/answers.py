"""A scenario file against the published warehouse: its draws are read, nothing is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.errors import InputError, Place, UsageError, explain
from pipelines.estimators import scenario_bases as bases
from pipelines.estimators.scenario_drivers import PRIOR_TABLE, driver_rows
from pipelines.estimators.scenario_menu import Spec
from pipelines.estimators.scenario_outcomes import ALL, COMPARED, VALUES, Outcome, compared, outcome_of, outcome_rows, percentiles
from pipelines.estimators.scenario_sensitivity import BASE_POINTS
from pipelines.home import Edition
from pipelines.schemas.scenario import Scenario, scenarios_of
from pipelines.schemas.tables.metrics_scenarios import (
    MetricScenarioComparison,
    MetricScenarioOutcome,
    MetricScenarioSensitivity,
)
from pipelines.tidy.scenarios import read_scenario
from pipelines.warehouse.read import query

LEFT_OUT = ("parameter_hash", "value_label", "evidence_label")
HEADLINES = {"china_compute": "effective", "unmet": "effective", "smuggled_share": "share", "premium": "ratio"}


@dataclass(frozen=True)
class Given:
    """What the published warehouse holds for the model."""

    draws: bases.Draws
    specs: Mapping[str, Spec]
    priors: pl.DataFrame
    scenarios: Mapping[str, Scenario]

    def scenario(self, named: str) -> Scenario:
        """A scenario by the name of the warehouse or the path of a file; raises UsageError or InputError."""
        if named in self.scenarios:
            return self.scenarios[named]
        if not named.endswith(".toml"):
            remedy = f"`chipflows scenario list` lists them, a file ends in .toml{_near(named, self.scenarios)}"
            raise UsageError(f"no scenario of the warehouse is called {named!r}; {remedy}")
        scenario = read_scenario(Path(named))
        if scenario.baseline is not None and scenario.baseline not in self.scenarios:
            place, expected = Place(f"scenario {scenario.file}, key baseline"), "a scenario of the warehouse"
            remedy = f"name one of `chipflows scenario list`, or leave the key out{_near(scenario.baseline, self.scenarios)}"
            raise InputError(explain(place, repr(scenario.baseline), expected, remedy))
        return scenario

    def outcomes(self, wanted: Sequence[Scenario], base_id: str, alpha: float | None) -> dict[str, Outcome]:
        """Outcomes by name; raises InputError where one of them, or the base, is refused."""
        setting = bases.setting_of(base_id, self.draws, self.specs, alpha)
        found = {scenario.name: outcome_of(scenario, base_id, setting, self.draws) for scenario in wanted}
        for outcome in found.values():
            if outcome.absent:
                raise InputError(outcome.absent)
        return found


def read_given(edition: Edition) -> Given:
    """Draws, chips, priors and shipped scenarios of the published warehouse; raises UsageError where there is none."""
    draws = query(edition, f"SELECT * FROM {bases.DRAWS} WHERE regexp_matches(quantity_id, '{bases.QUANTITIES}')")
    rows = query(edition, f"SELECT * FROM {VALUES}").iter_rows(named=True)
    specs = bases.specs_of(query(edition, f"SELECT * FROM {bases.CHIP_TABLE}"))
    priors = query(edition, f"SELECT * FROM {PRIOR_TABLE}")
    return Given(bases.draws_of(draws), specs, priors, {scenario.name: scenario for scenario in scenarios_of(rows)})


def listed(edition: Edition) -> pl.DataFrame:
    """Scenarios of the warehouse: name, base, years, baseline, title."""
    columns = "scenario_id, base_period, horizon, baseline_id, title"
    return query(edition, f"SELECT {columns} FROM {VALUES} WHERE value_key = 'horizon' ORDER BY scenario_id")


def outcomes(given: Given, scenario: Scenario, base_id: str | None = None, alpha: float | None = None) -> pl.DataFrame:
    """Every output of one scenario with its difference to the baseline; columns of metric_scenario_outcome."""
    base = base_id or scenario.base_period
    baseline = [given.scenarios[scenario.baseline]] if scenario.baseline else []
    found = given.outcomes([*baseline, scenario], base, alpha)
    return pl.DataFrame(list(outcome_rows(found[scenario.name], found, base)), schema=dict(MetricScenarioOutcome.schema()))


def sensitivity(given: Given, scenario: Scenario) -> pl.DataFrame:
    """Tornado and Sobol indices of one scenario on the prior sheet; columns of metric_scenario_sensitivity."""
    if scenario.base_period != bases.PRIOR_2025:
        place, expected = (
            Place(f"scenario {scenario.file}, key base_period"),
            f"{bases.PRIOR_2025}: ranges are those of the priors",
        )
        raise InputError(explain(place, scenario.base_period, expected, "run it without --sensitivity"))
    rows = driver_rows(scenario, given.priors, given.specs, BASE_POINTS)
    return pl.DataFrame(list(rows), schema=dict(MetricScenarioSensitivity.schema()))


def comparison(
    given: Given, pair: tuple[Scenario, Scenario], output: str | None, base_id: str | None, alpha: float | None = None
) -> pl.DataFrame:
    """How often one scenario lies above another on the same draws; columns of metric_scenario_comparison."""
    one, other = pair
    if one.name == other.name:
        raise UsageError(f"both scenarios are called {one.name!r}; name two, or give your file a name of its own")
    base = base_id or one.base_period
    found = given.outcomes([one, other], base, alpha)
    wanted = {name: unit for name, unit in COMPARED.items() if output in (None, name)}
    rows = [compared(found[one.name], found[other.name], base, name, unit) for name, unit in wanted.items()]
    return pl.DataFrame(rows, schema=dict(MetricScenarioComparison.schema()))


def _near(name: str, known: Iterable[str]) -> str:
    """Words that name what was probably meant, or nothing."""
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def headlines(outcome: Outcome) -> dict[str, tuple[float, float, float]]:
    """p05, p50 and p95 of the headline outputs in the last year, by output."""
    return {output: percentiles(outcome.values[output, ALL, unit][-1]) for output, unit in HEADLINES.items()}


def market_gap(outcome: Outcome) -> float:
    """Largest relative distance, over all years and draws, between compute plus unmet need and the market that both make up."""
    compute, unmet, share = (
        outcome.values[name, ALL, unit]
        for name, unit in (("china_compute", "effective"), ("unmet", "effective"), ("unmet_share", "share"))
    )
    return float(np.max(np.abs((compute + unmet) * share / unmet - 1)))
