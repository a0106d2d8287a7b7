"""The only clock of the project: when something was retrieved, and pauses; builds never look at it."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True)
class Clock:
    """Time as live sources need it; tests give one of their own."""

    def now(self) -> datetime:
        """The moment, UTC, to the second."""
        return datetime.now(UTC).replace(microsecond=0)

    def today(self) -> date:
        """The day, UTC."""
        return self.now().date()

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Pause."""
        time.sleep(seconds)
