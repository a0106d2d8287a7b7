"""Runs from the command line: in this process, recorded in the instance, so that the UI shows them too."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.assets.inputs import USER_OP
from pipelines.assets.instance import prepare_instance
from pipelines.assets.warehouse import TABLES_OP, model_key
from pipelines.errors import ChipflowsError, ModelError
from pipelines.home import Home
from pipelines.lock import single_writer
from pipelines.warehouse.graph import load_graph


def run_everything(as_of: str | None, claims: Path | None = None, *, full: bool = False) -> None:
    """Take in the inputs and a user's own claims, build, audit, publish, export; raises the error of the step that failed."""
    own: dict[str, Any] = {USER_OP: {"config": {"claims": str(claims)}}} if claims else {}
    _run(as_of, None, own, full=full)


def run_selected(as_of: str | None, patterns: Sequence[str]) -> None:
    """Rebuild the selected models with what is stale or depends on them, and export."""
    chosen = load_graph(Home.from_environment().sql).select(patterns)
    _run(as_of, [*(model_key(name) for name in sorted(chosen)), dg.AssetKey(["package", "csv"])])


def _run(
    as_of: str | None, selection: list[dg.AssetKey] | None, own: dict[str, Any] | None = None, *, full: bool = False
) -> None:
    from pipelines.definitions import MAIN_JOB, defs

    home = Home.from_environment()
    prepare_instance(home)
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    options: dict[str, Any] = {"as_of": as_of} if as_of else {}
    configs = {"package__csv": options, TABLES_OP: {**options, "full": full}}
    job = defs.resolve_job_def(MAIN_JOB)
    with single_writer(home.root), dg.DagsterInstance.get() as instance:
        try:
            result = job.execute_in_process(
                instance=instance,
                asset_selection=selection,
                run_config={
                    "ops": {op: {"config": config} for op, config in configs.items()} | (own or {}),
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                },
                raise_on_error=True,
            )
        except ChipflowsError:
            raise
        except dg.DagsterError as error:
            cause = _own_cause(error)
            if cause is not None:
                raise cause from error
            raise ModelError(f"the run failed: {error}") from error
    if not result.success:
        raise ModelError(f"run {result.run_id} failed; open it with `make ui`")


def _own_cause(error: BaseException | None) -> ChipflowsError | None:
    while error is not None:
        if isinstance(error, ChipflowsError):
            return error
        error = error.__cause__ or error.__context__
    return None
