"""Releases on disk as a comparison needs them: found by name, each with its manifest and its stored tables."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.errors import UsageError
from pipelines.home import Edition, Home
from pipelines.warehouse.release import MANIFEST, PARTS, manifests

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SHOWN = 8


@dataclass(frozen=True)
class Release:
    """One release: the folder of its stored tables, and its manifest."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def release_id(self) -> str:
        """Name of the release."""
        return str(self.manifest["release"])

    @property
    def as_of(self) -> date:
        """The day as of which the release was built."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """Every table of the release: kind, key, what it reads, code, fingerprint, rows, print of its content."""
        return dict(self.manifest["tables"])

    def names(self, layer: str) -> list[str]:
        """Names of the tables of one layer, in name order."""
        return sorted(name for name in self.tables if name.startswith(f"{layer}."))

    def part(self, name: str) -> str | None:
        """Hash of a stored table; None where the release has no such table."""
        return self.tables.get(name, {}).get("part")

    def frame(self, name: str) -> pl.DataFrame:
        """Rows of a stored table; raises UsageError when its file is gone."""
        path = self.folder / PARTS / f"{self.part(name)}.parquet"
        if not path.exists():
            raise UsageError(
                f"release {self.release_id}, {name}: found no {path}; expected the stored table; "
                "restore the folder or compare another release"
            )
        return pl.read_parquet(path)


def find_release(home: Home, name: str) -> Release:
    """A release by `latest` (also `main`), `previous`, as-of day, id or its beginning, or path of a manifest or of its folder."""
    main = manifests(home.edition(None).releases)
    if name in ("latest", "main"):
        return _nth(main, 0, name, home)
    if name == "previous":
        return _nth(main, 1, name, home)
    if DAY.fullmatch(name):
        return _nth(manifests(home.edition(name).releases), 0, name, home)
    path = Path(name)
    if path.is_dir():
        return _nth(manifests(path), 0, name, home)
    if path.name.endswith(MANIFEST) and path.is_file():
        return _read(path)
    hits = [each for each in _all(home) if each.name.startswith(name)]
    if len(hits) == 1:
        return _read(hits[0])
    raise UsageError(f"release: found {len(hits) or 'none'} called {name!r}; expected one; {_known(home)}")


def newest_two(edition: Edition) -> tuple[Release, Release] | None:
    """The release before the newest of an edition, and the newest; None while only one is kept."""
    found = manifests(edition.releases)
    return (_read(found[1]), _read(found[0])) if len(found) > 1 else None


def _nth(found: list[Path], place: int, name: str, home: Home) -> Release:
    if place < len(found):
        return _read(found[place])
    remedy = (
        f"run chipflows build --as-of {name} first" if DAY.fullmatch(name) else "run chipflows build; each build keeps a release"
    )
    raise UsageError(f"release: found {len(found)} for {name!r}; expected at least {place + 1}; {remedy}; {_known(home)}")


def _read(path: Path) -> Release:
    return Release(path.parent, json.loads(path.read_text(encoding="utf-8")))


def _all(home: Home) -> Iterator[Path]:
    yield from manifests(home.edition(None).releases)
    for folder in sorted((home.root / "as-of").glob("*")):
        yield from manifests(folder / "releases")


def _known(home: Home) -> str:
    names = [path.name.removesuffix(MANIFEST) for path in _all(home)]
    return "kept are " + ", ".join(names[:SHOWN]) if names else "no release is kept yet"
