"""Reports of the scenario model: values, outcomes, comparisons, sensitivity, back-test."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import draws as d
from pipelines.schemas.fields import metrics as m
from pipelines.schemas.fields import scenarios as n
from pipelines.schemas.tables import metrics_scenarios as ms
from pipelines.schemas.tables import tidy_scenarios
from pipelines.schemas.tables.core import LABELS
from pipelines.schemas.tables.exports import Report


class RptScenarioValue(Report):
    """One row per scenario and value that its file sets, with what the value rests on; the row `horizon` is always there."""

    name = "rpt_scenario_value"
    design = "model"
    columns = (*tidy_scenarios.ScenarioValue.columns, *LABELS)
    key = tidy_scenarios.ScenarioValue.key


class RptScenario(Report):
    """One row per scenario, base, year, output, channel and unit: percentiles in the model, and difference to a baseline."""

    name = "rpt_scenario"
    design = "model"
    columns = (n.scenario_id, c.title, d.question, *ms.MetricScenarioOutcome.columns[1:])
    key = ms.MetricScenarioOutcome.key
    measure = ms.MetricScenarioOutcome.measure


class RptScenarioHeadline(Report):
    """One row per scenario with a baseline and headline output, in its last year on its own base, in words; see rpt_scenario."""

    name = "rpt_scenario_headline"
    design = "model"
    columns = (
        n.scenario_id,
        n.output_id,
        m.position,
        n.scenario_title,
        n.output_title,
        c.unit,
        n.baseline_p50,
        n.scenario_p05,
        n.scenario_p50,
        n.scenario_p95,
        m.statement,
        *LABELS,
    )
    key = ("scenario_id", "output_id")
    ordered = (("scenario_p05", "scenario_p50", "scenario_p95"),)
    may_be_empty = True


class RptScenarioComparison(Report):
    """One row per pair of scenarios, base and output: share of the draws in which one lies above the other, in the model."""

    name = "rpt_scenario_comparison"
    design = "model"
    columns = ms.MetricScenarioComparison.columns
    key = ms.MetricScenarioComparison.key
    measure = ms.MetricScenarioComparison.measure


class RptScenarioSensitivity(Report):
    """One row per scenario, output and input: bars of the tornado and Sobol indices, in the model."""

    name = "rpt_scenario_sensitivity"
    design = "model"
    columns = (n.scenario_id, c.title, *ms.MetricScenarioSensitivity.columns[1:])
    key = ms.MetricScenarioSensitivity.key
    measure = ms.MetricScenarioSensitivity.measure


class RptScenarioBacktest(Report):
    """One row per back-test, output, unit and later figure: the prediction in the model beside what was published afterwards."""

    name = "rpt_scenario_backtest"
    design = "model"
    columns = ms.MetricScenarioBacktest.columns
    key = ms.MetricScenarioBacktest.key
    measure = ms.MetricScenarioBacktest.measure
