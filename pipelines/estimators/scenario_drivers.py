"""What moves an output of a scenario: one input at a time to its ends, and Sobol indices (METHODS D6), as rows."""

from collections.abc import Iterator, Mapping

import polars as pl

from pipelines.errors import InputError
from pipelines.estimators import scenario_bases as bases
from pipelines.estimators.scenario_menu import PRIORS, Market, Spec
from pipelines.estimators.scenario_model import Array
from pipelines.estimators.scenario_outcomes import ALL, LABELS, VALUES, Row, grows, one_line
from pipelines.estimators.scenario_runs import ranges_of, response
from pipelines.estimators.scenario_sensitivity import BASE_POINTS, Bar, Index, Model, Ranges, bars_of, one_at_a_time, sobol
from pipelines.schemas.scenario import Scenario, scenarios_of
from pipelines.schemas.tables.metrics_scenarios import MetricScenarioSensitivity

PRIOR_TABLE = "core.dim_prior"
OUTPUTS = {  # output of the model: output and channel of the table, and unit
    "smuggled_share": ("smuggled_share", ALL, "share"),
    "diversion_to_smuggled": ("diversion_ratio", "smuggled", "ratio"),
    "china_compute": ("china_compute", ALL, "effective"),
}
WITH_INDICES = ("s1-ban", "january-2026-rule")
NOT_COMPUTED = (
    "Sobol indices are made in a build for two scenarios only; for this one run `chipflows scenario run FILE --sensitivity`"
)
NO_NUMBER = "No number somewhere in the ranges of the inputs"
OTHER_BASE = "Ranges of inputs are those of the prior sheet; the scenario departs from an observed period"


def scenario_sensitivity(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Tornado of every scenario, and Sobol indices of two, on the prior base; columns of metric_scenario_sensitivity."""
    scenarios = scenarios_of(frames[VALUES].iter_rows(named=True))
    specs = bases.specs_of(frames[bases.CHIP_TABLE])
    rows: list[Row] = []
    for scenario in scenarios:
        points = BASE_POINTS if scenario.name in WITH_INDICES else 0
        rows += driver_rows(scenario, frames[PRIOR_TABLE], specs, points)
    return pl.DataFrame(rows, schema=dict(MetricScenarioSensitivity.schema()))


def driver_rows(scenario: Scenario, priors: pl.DataFrame, specs: Mapping[str, Spec], points: int) -> Iterator[Row]:
    """Rows of one scenario; without points no indices. Inputs are uncertain priors and the uncertain values of the file.

    Where priors were not known on the as-of day, or the base is no prior, one row for each output says so.
    """
    head = _head(scenario)
    given = {str(row["prior_id"]): row for row in priors.iter_rows(named=True)}
    unknown = sorted(set(PRIORS.values()) - set(given))
    if unknown or scenario.base_period != bases.PRIOR_2025:
        reason = f"Not public on the as-of day: {', '.join(unknown)}" if unknown else OTHER_BASE
        yield from (_row(head, output, None, reason) for output in OUTPUTS)
        return
    ends = {name: _ends(given[prior]) for name, prior in PRIORS.items()}
    market = Market(**{name: centre for name, (_, centre, _) in ends.items()})
    ranges: Ranges = {name: each for name, each in (ends | ranges_of(scenario)).items() if each[0] < each[2]}
    model = response(scenario, market, specs)
    answers = _answers(model, ranges)
    bars: dict[str, list[Bar]] = {}
    for output in OUTPUTS:
        found = _bars(scenario, output, answers, ranges)
        if isinstance(found, str):
            yield _row(head, output, None, found)
        else:
            bars[output] = found
    indices = sobol(model, ranges, list(bars), points).indices if points else ()
    shares = {(index.output, index.input): index for index in indices}
    for output, own in bars.items():
        for rank, bar in enumerate(own, start=1):
            driver = (rank, bar, ranges[bar.input], shares.get((output, bar.input)), points)
            yield _row(head, output, driver, None if points else NOT_COMPUTED)


def _ends(prior: Mapping[str, object]) -> tuple[float, float, float]:
    low, central, high = (float(str(prior[f"prior_{end}"])) for end in ("low", "central", "high"))
    return low, central, high


def _answers(model: Model, ranges: Ranges) -> Mapping[str, Array] | str:
    """All outputs at the points of a tornado, or why the model has none."""
    try:
        return model(one_at_a_time(ranges))
    except InputError as error:
        return one_line(error)


def _bars(scenario: Scenario, output: str, answers: Mapping[str, Array] | str, ranges: Ranges) -> list[Bar] | str:
    """The tornado of one output, or why there is none."""
    if output == "diversion_to_smuggled" and grows(scenario):
        return "The need itself differs from that of the base, so a ratio to the base would mix growth with substitution"
    try:
        return f"{NO_NUMBER}: {answers}" if isinstance(answers, str) else bars_of(answers, ranges, [output])
    except InputError as error:
        return f"{NO_NUMBER}: {one_line(error)}"


Driver = tuple[int, Bar, tuple[float, float, float], Index | None, int]


def _head(scenario: Scenario) -> Row:
    hashed = scenario.parameter_hash()
    return {"scenario_id": scenario.name, "base_id": scenario.base_period, "parameter_hash": hashed, **LABELS}


def _row(head: Row, output: str, driver: Driver | None, reason: str | None) -> Row:
    name, channel, unit = OUTPUTS[output]
    row: Row = {
        **head,
        "scenario_output": name,
        "channel": channel,
        "outcome_unit": unit,
        "scenario_input": "none",
        "absence_reason": reason,
    }
    return row if driver is None else row | _numbers(*driver)


def _numbers(rank: int, bar: Bar, ends: tuple[float, float, float], index: Index | None, points: int) -> Row:
    numbers: Row = {
        "scenario_input": f"prior:{PRIORS[bar.input]}" if bar.input in PRIORS else f"value:{bar.input}",
        **dict(zip(("input_low", "input_central", "input_high"), ends, strict=True)),
        "at_low": bar.at_low,
        "at_central": bar.at_centre,
        "at_high": bar.at_high,
        "swing_rank": rank,
    }
    if index is not None:
        shares = (index.first, index.first_error, index.total, index.total_error)
        names = ("sobol_first", "sobol_first_error", "sobol_total", "sobol_total_error")
        numbers |= dict(zip(names, shares, strict=True)) | {"sobol_points": points}
    return numbers
