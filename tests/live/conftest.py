"""What the tests of live sources share: a home folder, a clock that never waits, a publisher, and no pauses between retries."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import stamina
from cases import KEY, Case
from fake_clock import FakeClock
from publisher import Publisher, serving

from pipelines.home import Home
from pipelines.live.fetch import FetchReport, Options, fetch
from pipelines.live.registry import live_source


@dataclass
class World:
    """One publisher, one home folder, one clock; `ask(case)` fetches the months of a case."""

    home: Home
    clock: FakeClock
    publisher: Publisher

    def ask(self, case: Case, months=None, again: bool = False, read_seconds: float = 0.4) -> FetchReport:
        """Put the questions of a case; an answer that takes longer than `read_seconds` is none."""
        source = live_source(case.source_id)
        asks = source.asks(source.feed(case.dataset_id), months or case.months, case.division)
        return fetch(source, asks, self.home, Options(clock=self.clock, again=again, read_seconds=read_seconds))


@pytest.fixture(autouse=True)
def no_pauses() -> Iterator[None]:
    stamina.set_testing(True, attempts=4)
    yield
    stamina.set_testing(False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def world_of(home, monkeypatch):
    """A running world for a case: `with world_of(case) as world`."""
    from contextlib import contextmanager

    for name in list(os.environ):
        if name.startswith("CHIPFLOWS_"):
            monkeypatch.delenv(name)

    @contextmanager
    def run(case: Case):
        with serving(case.healthy) as publisher:
            monkeypatch.setenv(f"CHIPFLOWS_BASE_URL_{case.source_id.upper()}", publisher.url)
            monkeypatch.setenv(f"CHIPFLOWS_KEY_{case.source_id.upper()}", KEY)
            monkeypatch.setenv(f"CHIPFLOWS_CONTACT_{case.source_id.upper()}", "desk@example.org")
            monkeypatch.setenv(f"CHIPFLOWS_ACCEPT_{case.source_id.upper()}", "any")
            yield World(home, FakeClock(), publisher)

    return run
