"""Models that do not read each other, made at the same time: each in a thread, an estimator beside SQL."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from graphlib import TopologicalSorter
from typing import TypeVar

from pipelines.warehouse.graph import Graph

Result = TypeVar("Result")


def side_by_side(graph: Graph, names: Sequence[str], task: Callable[[str], Result], workers: int) -> Iterator[tuple[str, Result]]:
    """Run `task` on every name in threads, each after all that it reads of `names`; yields (name, result) as tasks end.

    A task may rely on what the caller did with the results of the tables that it reads. At most one estimator runs at a time:
    Python code gains nothing from a second thread, and libraries of statistics keep state in their modules. The first error
    is raised when the tasks that run beside it have ended; nothing is started after it.
    """
    chosen = set(names)
    sorter = TopologicalSorter({name: graph.upstream(name) & chosen for name in names})
    sorter.prepare()
    rank = _ranks(graph, names)
    ready: list[str] = []
    running: dict[Future[Result], str] = {}
    with ThreadPoolExecutor(workers, thread_name_prefix="model") as pool:
        while sorter.is_active():
            ready = sorted([*ready, *sorter.get_ready()], key=rank.__getitem__)
            for name in _startable(graph, ready, list(running.values()), workers):
                ready.remove(name)
                running[pool.submit(copy_context().run, task, name)] = name  # progress is told to the caller's sink
            ended, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                name = running.pop(future)
                yield name, future.result()
                sorter.done(name)


def _ranks(graph: Graph, names: Sequence[str]) -> dict[str, tuple[bool, int, int]]:
    """Who comes first: an estimator, then what most estimators wait for, then the order of the graph."""
    chosen = set(names)
    behind: dict[str, set[str]] = {name: set() for name in names}
    for name in reversed(graph.order):
        if name in chosen:
            own = {name} if graph.models[name].estimator else set()
            for read in graph.upstream(name) & chosen:
                behind[read] |= behind[name] | own
    places = {name: place for place, name in enumerate(graph.order)}
    return {name: (graph.models[name].estimator is None, -len(behind[name]), places[name]) for name in names}


def _startable(graph: Graph, ready: Sequence[str], running: Sequence[str], workers: int) -> list[str]:
    """The first of the ready ones that may start now."""
    started: list[str] = []
    for name in ready:
        busy = [*running, *started]
        if len(busy) == workers:
            break
        if graph.models[name].estimator is None or all(graph.models[other].estimator is None for other in busy):
            started.append(name)
    return started
