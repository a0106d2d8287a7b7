"""Metrics of the scenario model (METHODS D): outcomes, comparisons, sensitivity, back-test."""

from pipelines.schemas.fields import common as c
from pipelines.schemas.fields import scenarios as n
from pipelines.schemas.table import Table
from pipelines.schemas.tables.core import LABELS

OUTCOME = (
    n.outcome_p05.optional("see absence_reason"),
    n.outcome_p50.optional("see absence_reason"),
    n.outcome_p95.optional("see absence_reason"),
)
INTERVAL = ("outcome_p05", "outcome_p50", "outcome_p95")
DIFFERENCE = ("difference_p05", "difference_p50", "difference_p95")
RUN_OUTPUT = (n.scenario_output, c.channel, n.outcome_unit)


class MetricScenarioOutcome(Table):
    """One row per scenario, base, year, output, channel and unit (D5): percentiles of 10,000 joint draws, and of the difference.

    Channel `all` = no single channel, `none` = need left unserved. The difference is to the baseline that the file names.
    """

    layer = "metrics"
    name = "metric_scenario_outcome"
    design = "model"
    columns = (
        n.scenario_id,
        n.base_id,
        n.scenario_period,
        *RUN_OUTPUT,
        *OUTCOME,
        n.baseline_id.optional("compared with no other scenario"),
        n.difference_p05.optional("no baseline, or no number in one of the two"),
        n.difference_p50.optional("no baseline, or no number in one of the two"),
        n.difference_p95.optional("no baseline, or no number in one of the two"),
        n.parameter_hash,
        c.absence_reason.optional("outcome_p50 is present"),
        *LABELS,
    )
    key = ("scenario_id", "base_id", "scenario_period", "scenario_output", "channel", "outcome_unit")
    measure = "outcome_p50"
    ordered = (INTERVAL, DIFFERENCE)


class MetricScenarioComparison(Table):
    """One row per pair of scenarios, base and output in the last year: probability that one lies above, and the difference."""

    layer = "metrics"
    name = "metric_scenario_comparison"
    design = "model"
    columns = (
        n.scenario_id,
        n.other_scenario_id,
        n.base_id,
        n.scenario_output,
        n.outcome_unit,
        n.above_probability.optional("see absence_reason"),
        n.difference_p05.optional("see absence_reason"),
        n.difference_p50.optional("see absence_reason"),
        n.difference_p95.optional("see absence_reason"),
        c.absence_reason.optional("above_probability is present"),
        *LABELS,
    )
    key = ("scenario_id", "other_scenario_id", "base_id", "scenario_output")
    measure = "above_probability"
    ordered = (DIFFERENCE,)


class MetricScenarioSensitivity(Table):
    """One row per scenario, output and input (D6): the output at both ends of the input, and shares of its variance."""

    layer = "metrics"
    name = "metric_scenario_sensitivity"
    design = "model"
    columns = (
        n.scenario_id,
        n.base_id,
        n.scenario_output,
        c.channel,
        n.outcome_unit,
        n.scenario_input,
        n.input_low.optional("the output has no number"),
        n.input_central.optional("the output has no number"),
        n.input_high.optional("the output has no number"),
        n.at_low.optional("the output has no number"),
        n.at_central.optional("the output has no number"),
        n.at_high.optional("the output has no number"),
        n.swing_rank.optional("the output has no number"),
        n.sobol_first.optional("see absence_reason"),
        n.sobol_first_error.optional("see absence_reason"),
        n.sobol_total.optional("see absence_reason"),
        n.sobol_total_error.optional("see absence_reason"),
        n.sobol_points.optional("see absence_reason"),
        n.parameter_hash,
        c.absence_reason.optional("sobol_total is present"),
        *LABELS,
    )
    key = ("scenario_id", "base_id", "scenario_output", "channel", "scenario_input")
    measure = "sobol_total"
    ordered = (("input_low", "input_central", "input_high"),)


class MetricScenarioBacktest(Table):
    """One row per back-test, output, channel, unit and later figure: what the model gives on that day's base, and what came.

    Only rows public on the day make the base; the later figure is set beside it, whatever it says.
    """

    layer = "metrics"
    name = "metric_scenario_backtest"
    design = "model"
    columns = (
        n.backtest_id,
        n.calibrated_on,
        n.base_known_at.optional("see absence_reason"),
        n.base_rows.optional("see absence_reason"),
        n.hindsight,
        *RUN_OUTPUT,
        *OUTCOME,
        n.later_id,
        n.later_known_at.optional("no later figure"),
        n.later_low.optional("no later figure, or no low end"),
        n.later_central.optional("no later figure, or no centre"),
        n.later_high.optional("no later figure, or no high end"),
        n.is_later_inside.optional("no later figure, or no prediction"),
        n.explanation,
        c.absence_reason.optional("outcome_p50 is present"),
        *LABELS,
    )
    key = ("backtest_id", "scenario_output", "channel", "outcome_unit", "later_id")
    measure = "outcome_p50"
    ordered = (INTERVAL, ("later_low", "later_central", "later_high"))
