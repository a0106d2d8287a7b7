"""Archived answers become rows of the lake: parsed once per parser version, validated, quarantined, accounted for."""

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Sequence
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
from pipelines.schemas.check import ROW, failures, require_valid
from pipelines.schemas.table import Table
from pipelines.schemas.tables.meta import Dataset
from pipelines.schemas.tables.tidy_live import ArchivedAnswer
from pipelines.sources.contract import Ask, Feed, Source
from pipelines.sources.country_codes import codes_of
from pipelines.sources.parsed import Codes, Control, Parsed, Release
from pipelines.tidy.lake import LIVE_PREFIX

PREFIX = LIVE_PREFIX
ACCOUNTS = f"{PREFIX}accounts"
NEVER_EARLIER = 100_000  # days: a revision became known when it was retrieved, whatever the calendar says
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
    def rows_accounted(self) -> int:
        """Accepted, quarantined and skipped rows."""
        return self.rows_accepted + self.rows_quarantined + sum(self.skipped.values())

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
    journals = {source_id: Journal(journal_path(home, source_id)) for source_id in live_sources()}
    intakes = {name: Intake(live_sources()[name], home, journal.releases()) for name, journal in journals.items()}
    chosen = [(source_id, record) for source_id, journal in journals.items() for record in current_releases(journal)]
    taken = []
    for done, (source_id, record) in enumerate(chosen, start=1):
        progress(f"taking in {record.ask_id}", done, len(chosen))
        taken.append(intakes[source_id].take(record, again=again and only in ("", source_id)))
    _remove_stale(home, {each.name for each in taken})
    _write_empty_tables(home)
    write_accounts(taken, home)
    return taken


def known_answers(home: Home, source_id: str, dataset_id: str) -> list[Taken]:
    """What the lake holds of a feed, from the accounts of the last intake."""
    taken = (_read_account(path) for path in sorted((home.root / "intake").glob(f"{PREFIX}{source_id}.*")))
    return [each for each in taken if each.record.dataset_id == dataset_id]


def _read_account(path: Path) -> Taken:
    filed = json.loads(path.read_text(encoding="utf-8"))
    return Taken(**{**filed, "record": Record(**filed["record"])})


@dataclass(frozen=True)
class Intake:
    """One source's releases on their way into the lake."""

    source: Source
    home: Home
    releases: Sequence[Record]

    def take(self, record: Record, *, again: bool) -> Taken:
        """The release in the lake: as it lies there, or parsed now."""
        known = self._known(record)
        if known is not None and not again:
            return known
        try:
            taken = self._parsed(record)
        except ChipflowsError as error:
            self._lake_path(record).unlink(missing_ok=True)
            taken = Taken(self.source.source_id, record, rejected=str(error))
        taken = replace(taken, parser=parser_digest())
        path = _account_path(self.home, taken.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps(asdict(taken), sort_keys=True).encode())
        return taken

    def _known(self, record: Record) -> Taken | None:
        path = _account_path(self.home, release_name(self.source.source_id, record))
        if not path.exists():
            return None
        taken = _read_account(path)
        is_there = taken.rejected or self._lake_path(record).exists()
        return taken if is_there and taken.parser == parser_digest() else None

    def _parsed(self, record: Record) -> Taken:
        feed, archive = self.source.feed(record.dataset_id), Archive(self.home.archive)
        release = release_of(self.source, record, self.releases)
        codes, ask = codes_for(self.source, self.home), ask_of(record)
        if not feed.is_bulk:
            return self._store(record, [self.source.parse(ask, archive.get(record.sha256), release, codes)])
        texts = bulk_parts(archive.path(record.sha256), self.home.root / "scratch", feed, release.place)
        return self._store(record, (self.source.bulk_text(ask, text, release, codes) for text in texts))

    def _store(self, record: Record, parts: Iterable[Parsed]) -> Taken:
        table, path = self.source.feed(record.dataset_id).table, self._lake_path(record)
        path.parent.mkdir(parents=True, exist_ok=True)
        quarantine = self.home.quarantine / f"{path.stem}.csv"
        totals = write_parts((_validated(part, table) for part in parts), table, path, quarantine)
        return _as_taken(self.source, record, totals)

    def _lake_path(self, record: Record) -> Path:
        table = self.source.feed(record.dataset_id).table
        return _lake_path(self.home, table, release_name(self.source.source_id, record))


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


def is_revision(feed: Feed, record: Record, releases: Sequence[Record]) -> bool:
    """Whether an earlier day already brought a release for some of the same months of the same feed and division."""
    if feed.frequency == "N":
        return False
    return any(
        old.dataset_id == record.dataset_id
        and old.retrieved_at[:10] < record.retrieved_at[:10]
        and old.start <= record.end
        and record.start <= old.end
        and old.narrowed.get(feed.divided_by) == record.narrowed.get(feed.divided_by)
        for old in releases
    )


def release_of(source: Source, record: Record, releases: Sequence[Record]) -> Release:
    """What parsers stamp on rows: the first release of a period is known after the publisher's lag, a revision when retrieved."""
    feed = source.feed(record.dataset_id)
    lag = NEVER_EARLIER if is_revision(feed, record, releases) else feed.lag_days
    return Release(
        source_id=source.source_id,
        dataset_id=record.dataset_id,
        file_name=record.file_name or record.ask_id,
        sha256=record.sha256,
        retrieved=retrieved_on(record),
        monthly_lag_days=lag,
        annual_lag_days=lag,
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
    kept = {f"{PREFIX}none", ACCOUNTS}
    for path in [*home.lake.glob(f"*/{PREFIX}*.parquet"), *(home.root / "intake").glob(f"{PREFIX}*.json")]:
        if path.stem not in names | kept:
            path.unlink()


def _write_empty_tables(home: Home) -> None:
    """Each live table has a file without rows, so that a warehouse without live data has the table too."""
    for table in live_tables():
        path = _lake_path(home, table, f"{PREFIX}none")
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            table.empty().write_parquet(path)


def write_accounts(taken: list[Taken], home: Home) -> None:
    """The rows of tidy.dataset (one for each feed) and tidy.archived_answer (one for each release) of live data."""
    answers = [_answer_row(each, taken) for each in taken]
    _write(pl.DataFrame(answers, schema=dict(ArchivedAnswer.schema())), ArchivedAnswer, home)
    feeds = sorted({(each.source_id, each.record.dataset_id) for each in taken if not each.rejected})
    accounts = [_feed_account([t for t in taken if t.record.dataset_id == feed and not t.rejected]) for _, feed in feeds]
    _write(pl.DataFrame(accounts, schema=dict(Dataset.schema())), Dataset, home)


def _write(frame: pl.DataFrame, table: type[Table], home: Home) -> None:
    path = _lake_path(home, table, ACCOUNTS)
    path.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    require_valid(frame.sort(table.key), table).write_parquet(out, compression="zstd")
    write_atomically(path, out.getvalue())


def _answer_row(each: Taken, taken: list[Taken]) -> dict[str, object]:
    record, ask = each.record, ask_of(each.record)
    later = [t for t in taken if t.record.ask_id == record.ask_id and t.record.retrieved_at > record.retrieved_at]
    broken = "; ".join(each.broken_controls)
    return {
        "source_id": each.source_id,
        "dataset_id": record.dataset_id,
        "ask_id": record.ask_id,
        "source_file_sha256": record.sha256,
        "vintage_at": retrieved_on(record),
        "retrieved_time": record.retrieved_at,
        "period_start": ask.start,
        "period_end": ask.end,
        "request_url": record.request,
        "publisher_stamp": record.stamp or None,
        "answer_bytes": record.bytes,
        "licence_id": record.licence_id,
        "rows_read": each.rows_read,
        "rows_accepted": each.rows_accepted,
        "rows_quarantined": each.rows_quarantined,
        "rows_skipped": sum(each.skipped.values()),
        "skip_rules": "; ".join(f"{rule}: {n}" for rule, n in sorted(each.skipped.items())) or None,
        "n_controls": len(each.controls),
        "broken_controls": broken or None,
        "rejection": each.rejected or None,
        "is_latest_answer": not later,
    }


def _feed_account(taken: list[Taken]) -> dict[str, object]:
    first = taken[0]
    feed = live_sources()[first.source_id].feed(first.record.dataset_id)
    hashes = sorted(each.record.sha256 for each in taken)
    accepted, refused = (sum(getattr(each, name) for each in taken) for name in ("rows_accepted", "rows_quarantined"))
    return {
        "dataset_id": feed.dataset_id,
        "dataset_group": "live",
        "table_name": feed.table.full_name(),
        "source_id": first.source_id,
        "licence_id": first.record.licence_id,
        "file_name": f"{len(taken)} archived answers",
        "content_sha256": hashlib.sha256("\n".join(hashes).encode()).hexdigest(),
        "retrieved": max(retrieved_on(each.record) for each in taken),
        "rows_read": accepted + refused,
        "rows_accepted": accepted,
        "rows_quarantined": refused,
    }
