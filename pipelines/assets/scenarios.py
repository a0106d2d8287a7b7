"""One asset partitioned by scenario: a run on the published warehouse, with its headlines as metadata."""

from pathlib import Path

import dagster as dg

from pipelines.assets.warehouse import model_key
from pipelines.errors import UsageError
from pipelines.home import Home
from pipelines.scenarios.answers import headlines, outcomes, read_given
from pipelines.tidy.inputs import SCENARIO_GROUP

SCENARIO_RUN = dg.AssetKey([SCENARIO_GROUP, "run"])
SCENARIO_JOB = "scenario"


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
        description="A scenario of the model on the draws of the published warehouse: p05, p50, p95 of its headlines.",
    )
    def run_of_scenario(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        given = read_given(Home.from_environment().edition(None))
        if context.partition_key not in given.scenarios:
            raise UsageError(f"the warehouse does not hold {context.partition_key!r} yet; run chipflows build first")
        scenario = given.scenarios[context.partition_key]
        metadata: dict[str, str | int | float] = {
            "title": scenario.title,
            "label": "scenario, structural: holds in the model, given its base and values",
            "base": scenario.base_period,
            "parameter_hash": scenario.parameter_hash(),
        }
        for output, ends in headlines(outcomes(given, scenario)).items():
            metadata |= {f"{output}_{name}": end for name, end in zip(("p05", "p50", "p95"), ends, strict=True)}
        return dg.MaterializeResult(metadata=metadata)

    return run_of_scenario


def scenario_job() -> "dg.UnresolvedAssetJobDefinition":
    """The job that runs the scenario of a partition."""
    return dg.define_asset_job(
        SCENARIO_JOB,
        selection=dg.AssetSelection.assets(SCENARIO_RUN),
        description="Run one scenario on the published warehouse; choose it as the partition.",
        executor_def=dg.in_process_executor,
    )
