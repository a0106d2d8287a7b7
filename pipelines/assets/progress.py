"""Where long work reports its progress: the terminal sets a sink, the UI has its own log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Sink = Callable[[str, int, int], None]
_sink: ContextVar[Sink | None] = ContextVar("progress_sink", default=None)


def report(what: str, done: int, total: int) -> None:
    """Tell the current sink, if there is one, that item `done` of `total` is under way."""
    sink = _sink.get()
    if sink is not None:
        sink(what, done, total)


@contextmanager
def reporting_to(sink: Sink) -> Iterator[None]:
    """Send progress to a sink while the block runs."""
    token = _sink.set(sink)
    try:
        yield
    finally:
        _sink.reset(token)
