"""Epoch AI, Data on AI Chip Sales: an archive of timelines by chip, designer and owner, as estimates with percentiles."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import ClassVar

import polars as pl

from pipelines.errors import InputError, Place, explain
from pipelines.reading import LINE, TextTable, read_delimited, rejected_frame
from pipelines.schemas.tables.tidy_context import ChipSalesEstimate
from pipelines.sources.contract import (
    Answer,
    Ask,
    Feed,
    Judgement,
    Kind,
    Request,
    Source,
    Terms,
    excerpt,
    html_judgement,
    status_judgement,
)
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import Rule, admit, amount, matches, no_repeat, not_negative, or_empty, shaped

# SHA-256 of archives whose contents were looked at. Empty: none was at hand when this was written, so each needs consent.
PINNED: tuple[str, ...] = ()
MAKER, START, END, CHIP, OWNER, OPEN = "Chip manufacturer", "Start date", "End date", "Chip type", "Owner", "Incomplete"
NEEDED = (MAKER, START, END)
LOW, HIGH = " (5th percentile)", " (95th percentile)"
# Unit of the row, and the columns of median, 5th and 95th percentile in either spelling that the publisher uses.
UNITS = {
    "h100_equivalents": (
        ("Compute estimate in H100e (median)",),
        ("H100e (5th percentile)", "Compute estimate in H100e (5th percentile)"),
        ("H100e (95th percentile)", "Compute estimate in H100e (95th percentile)"),
    ),
    "units": (
        ("Number of Units", "Number of units (median)", "Number of Units (median)"),
        ("Number of Units (5th percentile)", "Number of units (5th percentile)"),
        ("Number of Units (95th percentile)", "Number of units (95th percentile)"),
    ),
}
CELLS = ("vendor", "chip", "owner", "start", "end", "incomplete", "accumulation", "member", "unit", "low", "median", "high")
LARGEST = 50_000_000  # of one member, unpacked


class EpochChipSales(Source):
    """Whole archives replace each other, and old estimates change with them: only a pinned or accepted archive is taken."""

    source_id: ClassVar[str] = "epoch"
    terms: ClassVar[Terms] = Terms(
        base_url="https://epoch.ai/data",
        licence_id="CC-BY-4.0",
        notice="Epoch AI, Data on AI Chip Sales, epoch.ai, CC BY 4.0; changed: reshaped to one row for each unit",
        calls_per_second=0.2,
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed("epoch_chip_sales", "AI chip sales, timelines", date(2022, 1, 1), 0, 1, "N", table=ChipSalesEstimate, pinned=PINNED),
    )

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One question: the archive as it is today."""
        return [Ask(feed.dataset_id, feed.first, feed.first)]

    def request(self, ask: Ask) -> Request:
        """The archive."""
        return Request("ai_chip_sales.zip")

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """An archive begins with PK; whether it is whole is seen when it is read."""
        found = status_judgement(answer) or html_judgement(answer)
        if found is not None:
            return Judgement(Kind.WAIT, "an empty archive") if found.kind is Kind.EMPTY else found
        if not answer.body.startswith(b"PK"):
            return Judgement(Kind.REFUSED, f"no zip archive: {excerpt(answer.body)}")
        return Judgement(Kind.DATA)

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """Every table of the archive with a maker, a start and an end; each row gives one row for each unit that it states."""
        tables = [(name, text, table) for name, text, table in _tables(body, release.place)]
        timelines = [(name, table) for name, _, table in tables if set(NEEDED) <= set(table.rows.columns)]
        if not timelines:
            found = f"tables {', '.join(name for name, _, _ in tables) or '(none)'} without {', '.join(NEEDED)}"
            raise InputError(explain(release.place, found, "at least one timeline", "extend the parser"))
        frames = [frame for name, table in timelines for frame in _cells(name, table)]
        rejected = pl.concat([rejected_frame([]), *(table.rejected for _, table in timelines)])
        rows = pl.concat(frames) if frames else pl.DataFrame(schema=dict.fromkeys(CELLS, pl.String))
        rows = rows.with_row_index(LINE, offset=2).with_columns(pl.col(LINE).cast(pl.Int64))
        other = sum(table.n_read for name, _, table in tables if not set(NEEDED) <= set(table.rows.columns))
        admitted = admit(TextTable(rows, rejected, rows.height + rejected.height), CELLS, _rules(), release.place)
        skipped = {"table without a timeline": other} if other else {}
        return admitted.parsed(shaped(admitted.good, release, ChipSalesEstimate, _columns(release)), skipped=skipped)


def _tables(body: bytes, place: Place) -> Iterator[tuple[str, bytes, TextTable]]:
    """The CSV members of the archive in name order; raises InputError for an archive that cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = sorted(
                (each for each in archive.infolist() if each.filename.endswith(".csv")), key=lambda each: each.filename
            )
            if any(each.file_size > LARGEST for each in members):
                raise ValueError(f"a member of more than {LARGEST} bytes")
            texts = [(each.filename, archive.read(each)) for each in members]
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError, NotImplementedError, KeyError) as error:
        found = f"a zip archive that cannot be read ({error})"
        raise InputError(explain(place, found, "a whole archive", "fetch it again")) from error
    for name, text in texts:
        yield name, text, read_delimited(text, Place(place.source, f"{place.file}/{name}"))


def _cells(name: str, table: TextTable) -> Iterator[pl.DataFrame]:
    """The table once for each unit that it has a median of; names of columns in either spelling."""
    columns = table.rows.columns
    accumulation = "cumulative" if "cumulative" in name.lower() else "flow"
    for unit, (medians, lows, highs) in UNITS.items():
        if any(spelled in columns for spelled in medians):
            yield table.rows.select(
                pl.col(MAKER).alias("vendor"),
                _first(columns, (CHIP,), "all").alias("chip"),
                _first(columns, (OWNER,), "all").alias("owner"),
                _day(START).alias("start"),
                _day(END).alias("end"),
                _first(columns, (OPEN,), "").alias("incomplete"),
                pl.lit(accumulation).alias("accumulation"),
                pl.lit(name).alias("member"),
                pl.lit(unit).alias("unit"),
                _figure(columns, lows).alias("low"),
                _figure(columns, medians).alias("median"),
                _figure(columns, highs).alias("high"),
            )


def _first(columns: Sequence[str], spelled: Sequence[str], otherwise: str | None) -> pl.Expr:
    found = next((name for name in spelled if name in columns), None)
    return pl.lit(otherwise, pl.String) if found is None else pl.col(found).fill_null(otherwise) if otherwise else pl.col(found)


def _figure(columns: Sequence[str], spelled: Sequence[str]) -> pl.Expr:
    return _first(columns, spelled, None).str.replace_all(",", "")


def _day(column: str) -> pl.Expr:
    """A day as YYYY-MM-DD or M/D/YYYY, as YYYY-MM-DD; anything else as it is, for the rule that refuses it."""
    american = pl.col(column).str.to_date("%m/%d/%Y", strict=False).dt.strftime("%Y-%m-%d")
    return pl.coalesce(american, pl.col(column))


def _rules() -> list[Rule]:
    days = [
        Rule(name, pl.col(name).str.contains(r"^\d{4}-\d{2}-\d{2}$") & _parsed(name).is_not_null(), "a day")
        for name in ("start", "end")
    ]
    return [
        matches("vendor", r"\S", "a maker"),
        *days,
        Rule("end", _parsed("start") <= _parsed("end"), "an end that is not before the start"),
        not_negative("median"),
        or_empty(not_negative("low")),
        or_empty(not_negative("high")),
        Rule(
            "low",
            _number("low").is_null() | _number("high").is_null() | (_number("low") <= _number("high")),
            "low not above high",
        ),
        no_repeat("vendor", "chip", "owner", "start", "end", "accumulation", "member", "unit"),
    ]


def _parsed(column: str) -> pl.Expr:
    return pl.col(column).str.to_date("%Y-%m-%d", strict=False)


def _number(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Float64, strict=False)


def _columns(release: Release) -> dict[str, pl.Expr]:
    return {
        "vendor": pl.col("vendor"),
        "chip": pl.col("chip"),
        "owner": pl.col("owner"),
        "period_start": _parsed("start"),
        "period_end": _parsed("end"),
        "accumulation": pl.col("accumulation"),
        "unit": pl.col("unit"),
        "estimate_low": amount("low"),
        "estimate_median": amount("median"),
        "estimate_high": amount("high"),
        "is_incomplete": pl.col("incomplete").str.to_lowercase().is_in(["true", "checked", "yes", "1", "x"]).fill_null(False),
        "source_file": pl.col("member"),
        "known_at": pl.lit(release.retrieved),
    }
