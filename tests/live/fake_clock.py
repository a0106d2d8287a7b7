"""A clock for tests: it moves only when told to, or when it is asked to sleep."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pipelines.live.clock import Clock

START = datetime(2026, 9, 20, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class FakeClock(Clock):
    """A clock that moves only when told to, or when it is asked to sleep."""

    state: dict = field(default_factory=lambda: {"now": START, "slept": 0.0})

    def now(self) -> datetime:
        return self.state["now"].replace(microsecond=0)

    def monotonic(self) -> float:
        return (self.state["now"] - START).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.state["slept"] += seconds
        self.state["now"] += timedelta(seconds=seconds)

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self.state["now"] += timedelta(**span)
