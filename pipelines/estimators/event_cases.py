"""A registered design with its months, gaps and series as arrays: what the estimators of event studies work on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.estimators.event_window import Window

Frames = Mapping[str, pl.DataFrame]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FAR = "far"
LEAST_PRE, LEAST_POST = 6, 3
DESIGNS, MONTHS, GAPS = "tidy.event_design", "metrics.metric_event_month", "metrics.metric_event_gap"
STANDINGS, SERIES = "metrics.metric_event_standing", "metrics.metric_outcome_month"


@dataclass(frozen=True)
class Case:
    """One design with its window, the gap of each control set (NaN = none) and the whole history of its series as values."""

    design: dict[str, Any]
    window: Window
    gaps: dict[str, Floats]
    reasons: dict[str, list[str | None]]
    history: dict[str, tuple[Ints, Floats]]

    @property
    def design_id(self) -> str:
        """Name of the design."""
        return str(self.design["design_id"])

    @property
    def estimator(self) -> str:
        """Name of its estimator."""
        return str(self.design["estimator"])

    @property
    def main_set(self) -> str:
        """The control set that the estimate rests on."""
        return "near" if "near" in self.gaps else "none"

    def named(self, role: str) -> list[str]:
        """Series with data in this role, in the order of the registry."""
        column = {"treated": "treated_ids", "control_near": "control_near_ids", "control_far": "control_far_ids"}[role]
        return [name for name in listed(self.design[column]) if name in self.history]

    def values(self, outcome_id: str, months: Ints) -> Floats:
        """Values of one series on these months, NaN where there is none."""
        own, values = self.history[outcome_id]
        found = np.full(len(months), np.nan)
        place = months - own[0]
        inside = (place >= 0) & (place < len(own))
        found[inside] = values[place[inside]]
        return found

    def logs(self, names: list[str], months: Ints) -> Floats:
        """Mean log of several series on these months, NaN where one of them has none."""
        values = np.array([self.values(name, months) for name in names])
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(values > 0, np.log(values), np.nan).mean(axis=0))

    def counts(self, control_set: str) -> tuple[int, int]:
        """Months before and after with a gap."""
        seen = np.isfinite(self.gaps[control_set])
        return int((seen & self.window.having("pre")).sum()), int((seen & self.window.having("post")).sum())

    def refusal(self, control_set: str) -> str | None:
        """Why no estimate on logs is tried: no data, zeros, or too few months; None where it is."""
        if not self.named("treated") or (control_set != "none" and not self.named(f"control_{control_set}")):
            return "no_data"
        clean = self.window.having("pre", "post")
        if any(reason == "zero" for reason, used in zip(self.reasons[control_set], clean, strict=True) if used):
            return "zeros_in_series"
        n_pre, n_post = self.counts(control_set)
        return "too_short" if n_pre < LEAST_PRE or n_post < LEAST_POST else None

    def refusal_joint(self) -> str | None:
        """Why no joint model is tried: it needs months of every series, and no zeros."""
        if not self.named("treated"):
            return "no_data"
        if "zero" in self.reasons[self.main_set]:
            return "zeros_in_series"
        return None if np.isfinite(self.gaps[self.main_set]).any() else "missing_months"


def listed(cell: str | None) -> list[str]:
    """The entries of a cell that holds a list."""
    return str(cell).split(";") if cell else []


def month_numbers(months: pl.Series) -> Ints:
    """12 * year + month - 1 of a column of dates."""
    return 12 * 1970 + months.to_numpy().astype("datetime64[M]").astype(np.int64)


def read_cases(frames: Frames) -> Iterator[Case]:
    """Every design whose event has a day and can be told apart from other rules, in order of its name."""
    apart = set(frames[STANDINGS].filter(pl.col("event_standing") == "apart")["design_id"])
    months = frames[MONTHS].sort("design_id", "month").partition_by("design_id", as_dict=True)
    gaps: dict[str, dict[str, pl.DataFrame]] = {}
    for (design_id, control_set), part in _parts(frames[GAPS], "gap_log", "design_id", "control_set").items():
        gaps.setdefault(design_id, {})[control_set] = part
    series = _parts(frames[SERIES], "value", "outcome_id")
    history = {name: (month_numbers(part["month"]), part["value"].to_numpy()) for (name,), part in series.items()}
    for design in frames[DESIGNS].filter(pl.col("design_id").is_in(apart)).sort("design_id").to_dicts():
        grid, by_set = months[(design["design_id"],)], gaps[design["design_id"]]
        names = [*listed(design["treated_ids"]), *listed(design["control_near_ids"]), *listed(design["control_far_ids"])]
        yield Case(
            design,
            Window(month_numbers(grid["month"]), grid["dose"].to_numpy(), grid["month_role"].to_numpy().astype(np.str_)),
            {name: part["gap_log"].to_numpy() for name, part in by_set.items()},
            {name: part["absence_reason"].to_list() for name, part in by_set.items()},
            {name: history[name] for name in names if name in history},
        )


def _parts(frame: pl.DataFrame, number: str, *keys: str) -> dict[tuple[Any, ...], pl.DataFrame]:
    """The rows of each combination of keys by month, with the numbers of one column as floats, NaN where missing."""
    floats = frame.with_columns(pl.col(number).cast(pl.Float64).fill_null(np.nan))
    return floats.sort(*keys, "month").partition_by(*keys, as_dict=True)
