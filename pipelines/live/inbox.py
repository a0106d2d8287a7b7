"""Dropped files: what a person puts into the inbox is archived, tried, and taken in, or set apart with a reason."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from pipelines.archive import Archive, write_atomically
from pipelines.errors import ChipflowsError, InputError, Place, explain
from pipelines.home import Home
from pipelines.live.fetch import journal_path
from pipelines.live.intake import ask_of, codes_for, release_of
from pipelines.live.journal import RELEASE, SAME, Journal, Record, one_asker
from pipelines.live.plan import first_day
from pipelines.live.registry import CONNECTORS, live_source
from pipelines.sources.contract import Ask, Kind, Source

SIDECAR = ".toml"
TAKEN, REFUSED = "taken", "refused"
REQUIRED = ("dataset", "retrieved", "first", "last")
EXAMPLE = 'dataset = "...", retrieved = 2026-10-15, first = "2026-01", last = "2026-09"'


@dataclass(frozen=True)
class Dropped:
    """What became of one dropped file: where it lies now and, when it was refused, why."""

    source_id: str
    path: Path
    refused: str = ""
    novelty: str = ""


def waiting(home: Home) -> list[tuple[str, Path]]:
    """Files in the inbox that have their sidecar (name.csv and name.csv.toml), as source id and path."""
    found = []
    for folder in sorted(path for path in home.inbox.glob("*") if path.is_dir()):
        files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != SIDECAR and path.name[0] != ".")
        found += [(folder.name, path) for path in files if sidecar_of(path).exists()]
    return found


def sidecar_of(path: Path) -> Path:
    """The small file that says what a dropped file is."""
    return path.with_name(path.name + SIDECAR)


def take_dropped(home: Home) -> list[Dropped]:
    """Archive and try every waiting file; it moves to taken/, or to refused/ beside a text with the reason. None is deleted."""
    return [_take(source_id, path, home) for source_id, path in waiting(home)]


def _take(source_id: str, path: Path, home: Home) -> Dropped:
    place = Place(source_id, path.name)
    try:
        if source_id not in CONNECTORS:
            raise InputError(explain(place, f"a folder {source_id}", f"one of {', '.join(CONNECTORS)}", "move the file"))
        source, body = live_source(source_id), path.read_bytes()
        digest = Archive(home.archive).put(body)  # before anything can fail
        record = _record(source, path, digest, len(body), _sidecar(path, place))
        with one_asker(journal_path(home, source_id)):
            novelty = _try_and_note(source, record, body, home)
    except ChipflowsError as error:
        return Dropped(source_id, _move(path, REFUSED, str(error)), refused=str(error))
    return Dropped(source_id, _move(path, TAKEN), novelty=novelty)


def _try_and_note(source: Source, record: Record, body: bytes, home: Home) -> str:
    """Parse before noting: a file that cannot be read as a whole never becomes a release."""
    journal = Journal(journal_path(home, source.source_id))
    parsed = source.parse(ask_of(record), body, release_of(source, record, journal.releases()), codes_for(source, home))
    if not parsed.rows.height:
        first = parsed.quarantined.row(0)[1] if parsed.quarantined.height else "no rows"
        raise InputError(explain(Place(source.source_id, record.file_name), first, "rows of this feed", "check the sidecar"))
    last = journal.last_body(record.ask_id)
    novelty = SAME if last is not None and last.sha256 == record.sha256 else RELEASE
    journal.append(Record(**{**record.__dict__, "novelty": novelty}))
    return novelty


def _record(source: Source, path: Path, digest: str, size: int, told: Mapping[str, Any]) -> Record:
    feed = source.feed(str(told["dataset"]))
    if not feed.is_dropped:
        place = Place(source.source_id, sidecar_of(path).name)
        known = ", ".join(each.dataset_id for each in source.feeds if each.is_dropped) or "none"
        raise InputError(explain(place, f"dataset {feed.dataset_id}", f"a feed of dropped files ({known})", "correct dataset"))
    narrowed = {name: str(value) for name, value in sorted(told.items()) if name not in REQUIRED}
    ask = Ask(feed.dataset_id, told["first"], told["last"], tuple(narrowed.items()))
    return Record(
        ask_id=ask.ask_id,
        dataset_id=feed.dataset_id,
        start=ask.start.isoformat(),
        end=ask.end.isoformat(),
        narrowed=narrowed,
        request=f"inbox/{source.source_id}/{path.name}",
        retrieved_at=datetime.combine(told["retrieved"], time(), UTC).isoformat(),
        status=0,
        kind=Kind.DATA,
        sha256=digest,
        canonical_sha256=digest,
        bytes=size,
        licence_id=source.terms.licence_id,
        file_name=path.name,
    )


def _sidecar(path: Path, place: Place) -> dict[str, Any]:
    """What the sidecar says, with days as days; raises InputError that shows an example."""
    place = Place(place.source, sidecar_of(path).name)
    try:
        told = tomllib.loads(sidecar_of(path).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(explain(place, f"a sidecar that is not TOML ({error})", EXAMPLE, "repair the sidecar")) from error
    missing = [name for name in REQUIRED if name not in told]
    if missing:
        raise InputError(explain(place, f"no {', '.join(missing)}", EXAMPLE, "complete the sidecar"))
    if isinstance(told["retrieved"], str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", told["retrieved"]):
        told["retrieved"] = date.fromisoformat(told["retrieved"])
    months = {name: _month(str(told[name]), place, name) for name in ("first", "last")}
    if not isinstance(told["retrieved"], date) or months["first"] > months["last"]:
        found = f"retrieved = {told['retrieved']!r}, first = {told['first']!r}, last = {told['last']!r}"
        raise InputError(explain(place, found, f"a day, and first not after last: {EXAMPLE}", "correct the sidecar"))
    return {**told, **months}


def _month(text: str, place: Place, name: str) -> date:
    try:
        return first_day(text)
    except ValueError:
        raise InputError(explain(place, f"{name} = {text!r}", "a month as YYYY-MM or a year", "correct the sidecar")) from None


def _move(path: Path, folder: str, reason: str = "") -> Path:
    target = path.parent / folder / path.name
    target.parent.mkdir(exist_ok=True)
    number = 1
    while target.exists():
        number += 1
        target = target.with_name(f"{path.stem}-{number}{path.suffix}")
    if reason:
        write_atomically(target.with_name(target.name + ".reason.txt"), (reason + "\n").encode())
    sidecar_of(path).replace(sidecar_of(target))
    path.replace(target)
    return target
