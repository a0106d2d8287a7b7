"""Models made side by side: what they read comes first, estimators one at a time, nothing starts after an error."""

import threading
import time

import pytest

from pipelines.assets.progress import report, reporting_to
from pipelines.estimators.registry import ESTIMATORS
from pipelines.home import CHECKOUT
from pipelines.warehouse.graph import Graph, Model, load_graph
from pipelines.warehouse.side_by_side import side_by_side

ESTIMATOR = ESTIMATORS[0]
READS = {
    "m.a": (),
    "m.b": (),
    "m.c": ("m.a",),
    "m.d": ("m.a", "m.b"),
    "m.e": ("m.c", "m.d", "tidy.claim"),
    "m.f": ("m.b",),
}
GRAPH = Graph(
    {
        name: Model(name, reads, sql="select 1") if name not in ("m.b", "m.c", "m.f") else Model(name, reads, estimator=ESTIMATOR)
        for name, reads in READS.items()
    }
)


class Watch:
    """A task that notes what runs beside it and what was told before it began."""

    def __init__(self, seconds: float = 0.01) -> None:
        self.seconds, self.lock = seconds, threading.Lock()
        self.running: set[str] = set()
        self.beside: dict[str, set[str]] = {}
        self.told: list[str] = []
        self.known: dict[str, set[str]] = {}

    def __call__(self, name: str) -> str:
        with self.lock:
            for other in self.running:
                self.beside.setdefault(other, set()).add(name)
            self.beside.setdefault(name, set()).update(self.running)
            self.running.add(name)
            self.known[name] = set(self.told)
        time.sleep(self.seconds)
        with self.lock:
            self.running.remove(name)
        return name.upper()

    def run(self, graph: Graph, names: tuple[str, ...], workers: int) -> dict[str, str]:
        results = {}
        for name, result in side_by_side(graph, names, self, workers):
            self.told.append(name)
            results[name] = result
        return results


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_each_runs_once_after_what_it_reads_was_told(workers):
    watch = Watch()
    assert watch.run(GRAPH, GRAPH.order, workers) == {name: name.upper() for name in READS}
    assert sorted(watch.told) == sorted(READS)
    for name, reads in READS.items():
        assert {read for read in reads if read in READS} <= watch.known[name], name
    assert max(len(others) for others in watch.beside.values()) > 0 or workers == 1


def test_one_worker_runs_nothing_beside_anything():
    watch = Watch()
    watch.run(GRAPH, GRAPH.order, 1)
    assert not any(watch.beside.values())


def test_no_two_estimators_run_at_once_and_sql_runs_beside_one():
    watch = Watch(0.03)
    watch.run(GRAPH, GRAPH.order, 4)
    estimators = {name for name, model in GRAPH.models.items() if model.estimator}
    assert all(not watch.beside[name] & estimators for name in estimators)
    assert any(watch.beside[name] for name in estimators)


def test_a_part_of_the_graph_waits_for_nothing_outside_it():
    watch = Watch()
    assert set(watch.run(GRAPH, ("m.c", "m.e"), 2)) == {"m.c", "m.e"}
    assert watch.told == ["m.c", "m.e"]


@pytest.mark.parametrize("workers", [1, 3])
def test_progress_from_a_task_reaches_the_sink_of_the_caller(workers):
    told = []
    with reporting_to(lambda what, done, total: told.append((what, total))):
        list(side_by_side(GRAPH, GRAPH.order, lambda name: report(f"building {name}", 1, 6), workers))
    assert sorted(told) == [(f"building {name}", 6) for name in sorted(READS)]


def test_an_error_is_raised_and_nothing_starts_after_it():
    started = []

    def task(name: str) -> None:
        started.append(name)
        if name == "m.b":
            raise ValueError("it broke")

    with pytest.raises(ValueError, match="it broke"):
        list(side_by_side(GRAPH, GRAPH.order, task, 1))
    assert "m.d" not in started and "m.f" not in started


def test_the_shipped_graph_is_run_whole_in_an_order_that_holds():
    graph, seen = load_graph(CHECKOUT / "sql"), []
    for name, _ in side_by_side(graph, graph.order, lambda name: None, 2):
        assert graph.upstream(name) <= set(seen)
        seen.append(name)
    assert len(seen) == len(graph.order) > 200
