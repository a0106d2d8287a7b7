"""Figures that became public after the day of a back-test, at their annual rate: the supply mix of 2025H2, claims, premiums."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.estimators.scenario_model import DOMESTIC, LEGAL, SMUGGLED
from pipelines.estimators.scenario_outcomes import ALL

Key = tuple[str, str, str]
MIX, SERIES, SMUGGLED_SERIES, CLAIMS = (
    "metrics.metric_mix_interval",
    "core.fact_compute_series",
    "staging.stg_smuggled_series",
    "core.fact_claim",
)
PERIOD, RATE = "2025H2", 2.0
QUARTERS = ("2025Q3", "2025Q4")
STREET, PREMIUM = "ft-2025-b200-1bn", "ft-2025-b200-premium"
QUARTERLY = 4.0


@dataclass(frozen=True)
class Later:
    """One later figure at its annual rate; a floor has a low end only."""

    ref: str
    known_at: date | None
    low: float | None
    central: float | None
    high: float | None

    def meets(self, low: float | None, high: float | None) -> bool:
        """Whether the figure, or part of its range, lies between the two; a floor meets what reaches up to it."""
        if low is None or high is None:
            return False
        least, most = self.span()
        return least <= high and most >= low

    def is_below(self, low: float | None) -> bool:
        """Whether all of the figure lies below."""
        return low is not None and self.span()[1] < low

    def span(self) -> tuple[float, float]:
        """Least and most that the figure allows."""
        given = [value for value in (self.low, self.central, self.high) if value is not None]
        is_floor = self.central is None and self.high is None
        return min(given), float("inf") if is_floor else max(given)

    def words(self) -> str:
        """The figure in words."""
        least, most = self.span()
        return (
            f"at least {least:,.4g}"
            if most == float("inf")
            else f"{least:,.4g} to {most:,.4g}"
            if least < most
            else f"{least:,.4g}"
        )


def later_figures(frames: Mapping[str, pl.DataFrame], day: date) -> dict[Key, list[Later]]:
    """Later figures by output, channel and unit; only what became public after the day."""
    found: dict[Key, list[Later]] = {}
    for channel in (LEGAL, SMUGGLED, DOMESTIC):
        known_at = _mix_known_at(frames, channel)
        for row in _mix(frames[MIX], channel).iter_rows(named=True):
            unit, ref = str(row["unit_of_account"]), f"mix:{PERIOD}:{channel}:{row['unit_of_account']}"
            if known_at is None or known_at <= day or row["amount_p50"] is None:
                continue
            ends = [RATE * float(row[name]) for name in ("amount_p05", "amount_p50", "amount_p95")]
            found.setdefault(("channel_quantity", channel, unit), []).append(Later(ref, known_at, *ends))
            if channel == SMUGGLED and unit == "h100e" and row["share_p50"] is not None:
                share = [float(row[name]) for name in ("share_p05", "share_p50", "share_p95")]
                found["channel_share", SMUGGLED, "h100e"] = [Later(f"{ref}:share", known_at, *share)]
    for name, key, factor in (
        (STREET, ("channel_quantity", SMUGGLED, "usd"), QUARTERLY),
        (PREMIUM, ("premium", ALL, "ratio"), 0.01),
    ):
        for row in frames[CLAIMS].filter((pl.col("claim_id") == name) & (pl.col("known_at") > day)).iter_rows(named=True):
            given = [None if row[end] is None else factor * float(row[end]) for end in ("low", "central", "high")]
            found.setdefault(key, []).append(Later(f"claim:{name}", row["known_at"], *given))
    return found


def _mix(frame: pl.DataFrame, channel: str) -> pl.DataFrame:
    chosen = {"scope": "with_offshore", "period_id": PERIOD, "mix_series": "backbone", "channel_part": "all", "channel": channel}
    return frame.filter(*(pl.col(name) == value for name, value in chosen.items())).sort("unit_of_account")


def _mix_known_at(frames: Mapping[str, pl.DataFrame], channel: str) -> date | None:
    """Latest day on which a series behind the mix of the period became public."""
    if channel == SMUGGLED:
        days = frames[SMUGGLED_SERIES].filter(pl.col("period_id") == PERIOD)["known_at"]
    else:
        chosen = (pl.col("channel") == channel) & pl.col("period_id").is_in(QUARTERS) & (pl.col("accumulation") == "flow")
        days = frames[SERIES].filter(chosen)["known_at"]
    latest = days.max()
    return latest if isinstance(latest, date) else None
