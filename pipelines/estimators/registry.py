"""The list of estimators: which table each makes, from which tables, by which function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

import polars as pl

Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Estimator:
    """One estimator: the table it makes, the tables it reads, and where its function lives (imported only when run)."""

    table: str
    reads: tuple[str, ...]
    module: str
    function: str
    header: str

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
)
