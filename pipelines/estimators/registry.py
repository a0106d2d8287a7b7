"""The list of estimators: which table each makes, from which tables, by which function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module

import polars as pl

Frames = Mapping[str, pl.DataFrame]
DRAWS = {"metrics.fact_draw": ("quantity_id", "draw_id", "draw_amount")}


@dataclass(frozen=True)
class Estimator:
    """One estimator: the table it makes, the tables it reads, and where its function lives (imported only when run).

    `columns` names, for a table of millions of rows, the columns that it reads; of other tables it is given all.
    """

    table: str
    reads: tuple[str, ...]
    module: str
    function: str
    header: str
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def query(self, name: str) -> str:
        """What to ask the warehouse for the frame of a table it reads."""
        return f"SELECT {', '.join(self.columns.get(name, ('*',)))} FROM {name}"

    def run(self, frames: Frames) -> pl.DataFrame:
        """Call the function on the frames it reads; the result has the declared columns."""
        return self._load()(frames)

    def _load(self) -> Callable[[Frames], pl.DataFrame]:
        function: Callable[[Frames], pl.DataFrame] = getattr(import_module(self.module), self.function)
        return function


ESTIMATORS: tuple[Estimator, ...] = (
    Estimator(
        table="metrics.metric_seasonal_adjustment",
        reads=("metrics.metric_outcome_month",),
        module="pipelines.estimators.seasonal",
        function="seasonally_adjusted",
        header="One row per outcome series and month with its seasonal factor and adjusted value (STL on logs, METHODS A4).",
    ),
    Estimator(
        table="metrics.metric_hs_weight_fit",
        reads=("core.dim_hs_link", "metrics.metric_hs_component", "metrics.metric_hs_cell"),
        module="pipelines.estimators.hs_weights",
        function="fitted_weights",
        header="One row per link between goods with its weight by constrained least squares on switching reporters (METHODS A2).",
    ),
    Estimator(
        table="metrics.metric_reporter_reliability",
        reads=("metrics.metric_mirror_pair", "core.dim_hub"),
        module="pipelines.estimators.reliability",
        function="reporter_reliability",
        header="One row per reporter, role, method and three-year window: disagreement with mirror reports (METHODS A8).",
    ),
    Estimator(
        table="metrics.metric_hub_pass_through",
        reads=(
            "metrics.metric_bilateral_report",
            "metrics.metric_world_report",
            "core.dim_hub",
            "core.dim_product",
            "core.dim_country",
        ),
        module="pipelines.estimators.pass_through",
        function="hub_pass_through",
        header="One row per hub, target, goods and regression: how much of a rise in arrivals leaves again (METHODS A11).",
    ),
    Estimator(
        table="metrics.metric_network_position",
        reads=("core.dim_country", "metrics.metric_bilateral_report", "metrics.metric_reconciled_flow"),
        module="pipelines.estimators.network",
        function="network_positions",
        header="One row per country, HS code, year and basis with transit balance and PageRank; descriptive only (METHODS A16).",
    ),
    Estimator(
        table="metrics.metric_gap_regression",
        reads=("metrics.metric_mirror_gap", "core.fact_rule_change"),
        module="pipelines.estimators.gap_regression",
        function="gap_regression",
        header="One row per graded export rule: shift of the log mirror gap of exposed goods after it bites (METHODS A9).",
    ),
    Estimator(
        table="metrics.fact_normal",
        reads=("metrics.metric_quantity_factor",),
        module="pipelines.estimators.normals",
        function="stored_normals",
        header="One row per dimension and draw: standard normals of 10,000 joint draws from a fixed seed (METHODS 0.5).",
    ),
    Estimator(
        table="metrics.metric_answer_driver",
        reads=("metrics.metric_answer", "metrics.metric_quantity_factor", "tidy.answer_term", "core.dim_prior"),
        module="pipelines.estimators.answer_drivers",
        function="answer_drivers",
        header="One row per headline and input: first-order and total share of its variance (Sobol, Jansen's estimators).",
    ),
    Estimator(
        table="metrics.metric_event_fit",
        reads=(
            "tidy.event_design",
            "tidy.outcome_series",
            "core.fact_rule_change",
            "metrics.metric_outcome_month",
            "metrics.metric_event_month",
            "metrics.metric_event_standing",
            "metrics.metric_event_gap",
            "metrics.metric_event_joint",
        ),
        module="pipelines.estimators.events",
        function="event_fits",
        header="One row per design and control set: estimate, interval, trend before, or the reason (METHODS B3 to B7).",
    ),
    Estimator(
        table="metrics.metric_event_band",
        reads=(
            "tidy.event_design",
            "metrics.metric_outcome_month",
            "metrics.metric_event_month",
            "metrics.metric_event_standing",
            "metrics.metric_event_gap",
        ),
        module="pipelines.estimators.events",
        function="event_bands",
        header="One row per design, control set and month: bands of the path from the noise before the event (METHODS B4).",
    ),
    Estimator(
        table="metrics.metric_event_placebo",
        reads=(
            "tidy.event_design",
            "tidy.outcome_series",
            "metrics.metric_outcome_month",
            "metrics.metric_event_month",
            "metrics.metric_event_standing",
            "metrics.metric_event_gap",
            "metrics.metric_event_overlap",
            "metrics.metric_event_fit",
        ),
        module="pipelines.estimators.event_placebos",
        function="event_placebos",
        header="One row per design and placebo: the same estimator at pseudo-dates and on pseudo-treated series (METHODS B8).",
    ),
    Estimator(
        table="metrics.metric_event_joint",
        reads=(
            "tidy.event_design",
            "metrics.metric_rule_dose",
            "metrics.metric_outcome_month",
            "metrics.metric_event_month",
            "metrics.metric_event_standing",
            "metrics.metric_event_gap",
        ),
        module="pipelines.estimators.events",
        function="event_joints",
        header="One row per joint design and rule: all doses of a lane in one regression (METHODS B10).",
    ),
    Estimator(
        table="metrics.metric_scenario_outcome",
        reads=("tidy.scenario_value", "metrics.fact_draw", "core.dim_chip"),
        module="pipelines.estimators.scenario_outcomes",
        function="scenario_outcomes",
        header="One row per scenario, base, year, output, channel and unit, on joint draws (METHODS D2 to D5).",
        columns=DRAWS,
    ),
    Estimator(
        table="metrics.metric_scenario_comparison",
        reads=("tidy.scenario_value", "metrics.fact_draw", "core.dim_chip"),
        module="pipelines.estimators.scenario_outcomes",
        function="scenario_comparisons",
        header="One row per pair of scenarios, base and output: how often one lies above the other on joint draws (METHODS D5).",
        columns=DRAWS,
    ),
    Estimator(
        table="metrics.metric_scenario_sensitivity",
        reads=("tidy.scenario_value", "core.dim_prior", "core.dim_chip"),
        module="pipelines.estimators.scenario_drivers",
        function="scenario_sensitivity",
        header="One row per scenario, output and input: tornado at range ends and Sobol indices (METHODS D6).",
    ),
    Estimator(
        table="metrics.metric_scenario_backtest",
        reads=(
            "core.run",
            "core.dim_prior",
            "core.dim_chip",
            "core.fact_supply",
            "core.fact_claim",
            "core.fact_compute_series",
            "staging.stg_smuggled_series",
            "metrics.metric_mix_interval",
        ),
        module="pipelines.estimators.scenario_backtest",
        function="scenario_backtests",
        header="One row per back-test, output and later figure: what was known on a day, what the model gives, what came after.",
    ),
)
