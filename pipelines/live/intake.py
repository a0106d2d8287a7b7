"""Archived answers become rows of the lake: parsed once per parser version, validated, quarantined, accounted for."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl

from pipelines.archive import Archive, write_atomically
from pipelines.errors import ChipflowsError
from pipelines.home import CHECKOUT, Home
from pipelines.live.bulk import Totals, bulk_parts, write_parts
from pipelines.live.fetch import journal_path
from pipelines.live.journal import Journal, Record
from pipelines.live.registry import live_sources
from pipelines.reading import LINE, REASON, row_text
from pipelines.schemas.check import ROW, failures
from pipelines.schemas.table import Table
from pipelines.sources.contract import Ask, Feed, Source
from pipelines.sources.country_codes import codes_of
from pipelines.sources.parsed import Codes, Control, Parsed, Release

PREFIX = "live."
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Taken:
    """One archived release in the lake: its journal record, row counts, control totals, and why it was rejected, if it was."""

    source_id: str
    record: Record
    rows_read: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    controls: list[dict[str, str]] = field(default_factory=list)
    rejected: str = ""
    parser: str = ""

    @property
    def name(self) -> str:
        """Name of its files in lake and quarantine."""
        return release_name(self.source_id, self.record)

    @property
    def broken_controls(self) -> list[str]:
        """Control totals that do not agree, each with its numbers."""
        controls = [
            Control(each["name"], *(Decimal(each[part]) for part in ("detail", "published", "tolerance")))
            for each in self.controls
        ]
        return [control.told() for control in controls if not control.agrees]


def ask_of(record: Record) -> Ask:
    """The question of a journal record."""
    narrowed = tuple(sorted(record.narrowed.items()))
    return Ask(record.dataset_id, date.fromisoformat(record.start), date.fromisoformat(record.end), narrowed)


def release_name(source_id: str, record: Record) -> str:
    """live.<source>.<question>.<body>: stable, and the same for the same release."""
    question = hashlib.sha256(f"{record.ask_id} {retrieved_on(record)}".encode()).hexdigest()[:12]
    return f"{PREFIX}{source_id}.{question}.{record.sha256[:12]}"


def retrieved_on(record: Record) -> date:
    """Day (UTC) of retrieval."""
    return datetime.fromisoformat(record.retrieved_at).date()


def current_releases(journal: Journal) -> list[Record]:
    """Releases that count: of several bodies of one question on one day the last, as vintages are days."""
    last = {(record.ask_id, retrieved_on(record)): record for record in journal.releases()}
    return list(last.values())


def take_in_live(
    home: Home, *, only: str = "", again: bool = False, progress: Progress = lambda what, done, total: None
) -> list[Taken]:
    """Parse every archived release that the lake does not hold yet in the present parser version; `again` parses all of them."""
    chosen = [(s, r) for s in live_sources().values() for r in current_releases(Journal(journal_path(home, s.source_id)))]
    taken = []
    for done, (source, record) in enumerate(chosen, start=1):
        progress(f"taking in {record.ask_id}", done, len(chosen))
        taken.append(_taken(source, record, home, again=again and only in ("", source.source_id)))
    _remove_stale(home, {each.name for each in taken})
    _write_empty_tables(home)
    return taken


def _taken(source: Source, record: Record, home: Home, *, again: bool) -> Taken:
    known = _known(source, record, home)
    if known is not None and not again:
        return known
    feed = source.feed(record.dataset_id)
    archive = Archive(home.archive)
    try:
        if feed.is_bulk:
            taken = _bulk(source, feed, record, home, archive)
        else:
            body = archive.get(record.sha256)
            parsed = source.parse(ask_of(record), body, release_of(source, record, home), codes_for(source, home))
            taken = _store(source, feed, record, home, [parsed])
    except ChipflowsError as error:
        _lake_path(home, feed.table, release_name(source.source_id, record)).unlink(missing_ok=True)
        taken = Taken(source.source_id, record, rejected=str(error))
    taken = replace(taken, parser=parser_digest())
    _account_path(home, taken.name).parent.mkdir(parents=True, exist_ok=True)
    write_atomically(_account_path(home, taken.name), json.dumps(asdict(taken), sort_keys=True).encode())
    return taken


def _known(source: Source, record: Record, home: Home) -> Taken | None:
    path = _account_path(home, release_name(source.source_id, record))
    if not path.exists():
        return None
    filed = json.loads(path.read_text(encoding="utf-8"))
    taken = Taken(**{**filed, "record": Record(**filed["record"])})
    is_there = taken.rejected or _lake_path(home, source.feed(record.dataset_id).table, taken.name).exists()
    return taken if is_there and taken.parser == parser_digest() else None


def _bulk(source: Source, feed: Feed, record: Record, home: Home, archive: Archive) -> Taken:
    scratch = home.root / "scratch"
    release, codes, ask = release_of(source, record, home), codes_for(source, home), ask_of(record)
    texts = bulk_parts(archive.path(record.sha256), scratch, feed, release.place)
    return _store(source, feed, record, home, (source.bulk_text(ask, text, release, codes) for text in texts))


def _store(source: Source, feed: Feed, record: Record, home: Home, parts: "Iterator[Parsed] | list[Parsed]") -> Taken:
    name = release_name(source.source_id, record)
    path = _lake_path(home, feed.table, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    quarantine = home.quarantine / f"{name}.csv"
    totals = write_parts((_validated(part, feed.table) for part in parts), feed.table, path, quarantine)
    return _as_taken(source, record, totals)


def _as_taken(source: Source, record: Record, totals: Totals) -> Taken:
    controls = [{k: str(v) for k, v in asdict(control).items()} for control in totals.controls]
    return Taken(
        source.source_id,
        record,
        rows_read=totals.n_read,
        rows_accepted=totals.n_accepted,
        rows_quarantined=totals.n_quarantined,
        skipped=dict(totals.skipped),
        controls=controls,
    )


def _validated(parsed: Parsed, table: type[Table]) -> Parsed:
    """The result with the rows that break the declaration moved to its quarantine, whatever the parser let through."""
    faults = failures(parsed.rows, table)
    if not faults.height:
        return parsed
    reasons = faults.drop_nulls(ROW).group_by(ROW, maintain_order=True).agg(pl.col(REASON).str.join(" | "))
    numbered = parsed.rows.with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64))
    bad = numbered.join(reasons, on=ROW, how="inner", maintain_order="left")
    shown = bad.select(
        pl.col("source_row").alias(LINE), pl.col(REASON), row_text(bad.drop(ROW, REASON).cast(pl.String)).alias("_row_text")
    )
    good = numbered.join(reasons, on=ROW, how="anti").drop(ROW)
    return replace(parsed, rows=good, quarantined=pl.concat([parsed.quarantined, shown]).sort(LINE))


def release_of(source: Source, record: Record, home: Home) -> Release:
    """The release that parsers stamp on rows; lags are those of the feed."""
    feed = source.feed(record.dataset_id)
    return Release(
        source_id=source.source_id,
        dataset_id=record.dataset_id,
        file_name=record.file_name or record.ask_id,
        sha256=record.sha256,
        retrieved=retrieved_on(record),
        monthly_lag_days=feed.lag_days,
        annual_lag_days=feed.lag_days,
    )


def codes_for(source: Source, home: Home) -> Codes:
    """Country codes of the source's scheme, from data/reference."""
    return _codes(source.terms.codes, home.data) if source.terms.codes else Codes({})


@cache
def _codes(scheme: str, data: Path) -> Codes:
    countries, aliases = (
        pl.read_csv(data / "reference" / f"{name}.csv", infer_schema=False) for name in ("countries", "country_aliases")
    )
    return codes_of(scheme, countries, aliases)


@cache
def parser_digest() -> str:
    """Fingerprint of everything that turns bytes into rows; when it changes, archived answers are parsed again."""
    folder = CHECKOUT / "pipelines"
    reference = [CHECKOUT / "data" / "reference" / f"{name}.csv" for name in ("countries", "country_aliases")]
    files = [*sorted((folder / "sources").glob("*.py")), folder / "reading.py", folder / "live" / "bulk.py", *reference]
    files += sorted((folder / "schemas").rglob("*.py"))
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()


def live_tables() -> list[type[Table]]:
    """Tidy tables that live sources feed, each once, in name order."""
    found = {feed.table.full_name(): feed.table for source in live_sources().values() for feed in source.feeds}
    return [found[name] for name in sorted(found)]


def _lake_path(home: Home, table: type[Table], name: str) -> Path:
    return home.lake / table.name / f"{name}.parquet"


def _account_path(home: Home, name: str) -> Path:
    return home.root / "intake" / f"{name}.json"


def _remove_stale(home: Home, names: set[str]) -> None:
    """Files of releases that no longer count (superseded on the same day) leave the lake; the archive keeps their bytes."""
    empty = f"{PREFIX}none"
    for path in [*home.lake.glob(f"*/{PREFIX}*.parquet"), *(home.root / "intake").glob(f"{PREFIX}*.json")]:
        if path.stem not in names | {empty}:
            path.unlink()


def _write_empty_tables(home: Home) -> None:
    """Each live table has a file without rows, so that a warehouse without live data has the table too."""
    for table in live_tables():
        path = _lake_path(home, table, f"{PREFIX}none")
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            table.empty().write_parquet(path)
