"""Publication: fsync, keep as a release, replace atomically; one writer at a time; readers are never blocked."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.home import Edition

KEPT_RELEASES = 3
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


def publish(edition: Edition, release_id: str) -> None:
    """Put the audited candidate in the place of the published file; a crash at any moment leaves one whole file."""
    sync(edition.candidate)
    edition.candidate.chmod(0o444)
    _keep(edition, release_id)
    edition.candidate.replace(edition.database)
    sync(edition.database.parent)
    _forget_old(edition)


def discard(edition: Edition) -> None:
    """Remove what an earlier build left of its candidate."""
    for path in (edition.candidate, edition.candidate.with_name(edition.candidate.name + ".wal")):
        path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Flush a file or folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _keep(edition: Edition, release_id: str) -> None:
    edition.releases.mkdir(parents=True, exist_ok=True)
    kept = edition.releases / f"{release_id}.duckdb"
    fresh = kept.with_suffix(".tmp")
    fresh.unlink(missing_ok=True)
    os.link(edition.candidate, fresh)
    fresh.replace(kept)
    os.utime(kept)
    sync(edition.releases)


def _forget_old(edition: Edition) -> None:
    releases = sorted(edition.releases.glob("*.duckdb"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    for path in releases[:-KEPT_RELEASES]:
        path.unlink()
