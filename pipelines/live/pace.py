"""Pace of questions to one publisher: at most so many a second, and so many a day over all runs."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.archive import write_atomically
from pipelines.live.clock import Clock


@dataclass
class Pace:
    """A minimal gap between calls and a daily count kept on disk; `ledger` is one small JSON file for each source."""

    calls_per_second: float
    calls_per_day: int | None
    ledger: Path
    clock: Clock
    _last: float = field(default=float("-inf"))

    def left_today(self) -> int | None:
        """Calls that the daily quota still allows, None where the publisher sets none."""
        return None if self.calls_per_day is None else max(0, self.calls_per_day - self._spent())

    def before_call(self) -> None:
        """Wait until the gap has passed and count the call."""
        gap = self._last + 1 / self.calls_per_second - self.clock.monotonic()
        if gap > 0:
            self.clock.sleep(gap)
        self._last = self.clock.monotonic()
        if self.calls_per_day is not None:
            self._write(self._spent() + 1)

    def exhausted(self) -> None:
        """The publisher says that today's quota is used up, whatever was counted here."""
        if self.calls_per_day is not None:
            self._write(max(self._spent(), self.calls_per_day))

    def _spent(self) -> int:
        if not self.ledger.exists():
            return 0
        try:
            counted = json.loads(self.ledger.read_text(encoding="utf-8"))
        except ValueError:
            return 0  # a count cut short by a crash: the publisher will say when it is too much
        return int(counted["calls"]) if counted.get("day") == self.clock.today().isoformat() else 0

    def _write(self, calls: int) -> None:
        self.ledger.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self.ledger, json.dumps({"day": self.clock.today().isoformat(), "calls": calls}).encode())
