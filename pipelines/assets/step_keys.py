"""The assets that a step of Dagster's makes, counted once for each step.

Dagster counts them anew for every output, over all outputs: with 600 outputs in one step, half a second of a build. Remove this
module, and its line in definitions.py, once Dagster keeps them.
"""

from collections.abc import Set as AbstractSet

import dagster as dg
from dagster._core.execution.context.system import StepExecutionContext

COUNT = StepExecutionContext.get_output_asset_keys
KEPT = "_output_asset_keys"


def count_output_keys_once() -> None:
    """Let every step remember which assets it makes; they are fixed once the step is planned."""
    StepExecutionContext.get_output_asset_keys = _counted_once  # type: ignore[assignment, method-assign]


def _counted_once(step: StepExecutionContext) -> AbstractSet[dg.AssetKey]:
    if KEPT not in step.__dict__:
        step.__dict__[KEPT] = COUNT(step)
    kept: AbstractSet[dg.AssetKey] = step.__dict__[KEPT]
    return kept
