"""One writer at a time: the lock of a home folder for builds, exports and whatever else changes its lake."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import UsageError

_held: set[Path] = set()


@contextmanager
def single_writer(root: Path) -> Iterator[None]:
    """Hold the build lock of a home folder for a run or for one step of it; raises UsageError when another process holds it.

    The system frees the lock when the process ends, however it ends.
    """
    if root in _held:
        yield
        return
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(f"another build is writing to {root}; wait until it ends and run again") from error
        _held.add(root)
        try:
            yield
        finally:
            _held.discard(root)
