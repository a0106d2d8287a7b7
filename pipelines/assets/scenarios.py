"""One asset partitioned by scenario: a run on the published warehouse, with its headlines as metadata."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines.assets.groups import description_of
from pipelines.assets.metadata import OWNERS, guide_and_code
from pipelines.assets.warehouse import model_key
from pipelines.errors import UsageError
from pipelines.estimators.scenario_outcomes import Outcome
from pipelines.home import Home
from pipelines.scenarios.answers import headlines, market_gap, read_given
from pipelines.tidy.inputs import SCENARIO_GROUP

SCENARIO_RUN = dg.AssetKey([SCENARIO_GROUP, "run"])
SCENARIO_JOB = "scenario"
WORDS = "A scenario of the model on the draws of the published warehouse: p05, p50, p95 of its headlines."
ADDS_UP = "market_adds_up"
TOLERANCE = 1e-9


def scenario_names(data: Path) -> list[str]:
    """Names of the shipped scenarios: those of their files, which a test holds equal to the names inside."""
    return sorted(path.stem for path in (data / SCENARIO_GROUP).glob("*.toml"))


def scenario_run_asset() -> dg.AssetsDefinition:
    """The asset: each partition solves one scenario on its own base and on no other; nothing is written."""

    @dg.asset(
        key=SCENARIO_RUN,
        partitions_def=dg.StaticPartitionsDefinition(scenario_names(Home.from_environment().data)),
        deps=[model_key("metrics.fact_draw"), model_key("metrics.metric_scenario_outcome")],
        group_name=SCENARIO_GROUP,
        kinds={"python"},
        check_specs=[_check()],
        description=description_of(SCENARIO_GROUP, WORDS),
        owners=OWNERS,
        tags={"layer": SCENARIO_GROUP},
        metadata=guide_and_code(SCENARIO_GROUP),
    )
    def run_of_scenario(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        given = read_given(Home.from_environment().edition(None))
        if context.partition_key not in given.scenarios:
            raise UsageError(f"the warehouse does not hold {context.partition_key!r} yet; run chipflows build first")
        scenario = given.scenarios[context.partition_key]
        outcome = given.outcomes([scenario], scenario.base_period, None)[scenario.name]
        gap = market_gap(outcome)
        yield dg.MaterializeResult(metadata=_metadata(outcome))
        yield dg.AssetCheckResult(check_name=ADDS_UP, passed=gap <= TOLERANCE, metadata={"largest_gap": gap})

    return run_of_scenario


def _check() -> dg.AssetCheckSpec:
    words = "in every year and draw, compute of all channels and unmet need add up to the market, to 1e-9"
    return dg.AssetCheckSpec(ADDS_UP, asset=SCENARIO_RUN, blocking=True, description=words)


def _metadata(outcome: Outcome) -> dict[str, str | float]:
    """What the UI shows of a run: its label, and p05, p50, p95 of its headlines."""
    scenario = outcome.scenario
    metadata: dict[str, str | float] = {
        "title": scenario.title,
        "label": "scenario, structural: holds in the model, given its base and values",
        "base": scenario.base_period,
        "parameter_hash": scenario.parameter_hash(),
    }
    for output, ends in headlines(outcome).items():
        metadata |= {f"{output}_{name}": end for name, end in zip(("p05", "p50", "p95"), ends, strict=True)}
    return metadata


def scenario_job() -> "dg.UnresolvedAssetJobDefinition":
    """The job that runs the scenario of a partition."""
    return dg.define_asset_job(
        SCENARIO_JOB,
        selection=dg.AssetSelection.assets(SCENARIO_RUN),
        description="Run one scenario on the published warehouse; choose it as the partition.",
        executor_def=dg.in_process_executor,
    )
