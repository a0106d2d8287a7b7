"""Publication: fsync, keep as a release, replace atomically; readers are never blocked."""

import os
from pathlib import Path

from pipelines.home import Edition

KEPT_RELEASES = 3


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
