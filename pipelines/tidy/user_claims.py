"""A user's own claims: the template, the faults of a file in plain words, and the rows that a build may take in."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import polars as pl

from pipelines.errors import InputError, Place
from pipelines.home import Home
from pipelines.reading import LINE, REASON, ROW_TEXT, TextTable, read_delimited, rejected_frame, row_text
from pipelines.schemas.field import Field
from pipelines.schemas.tables.tidy_facts import UserClaim
from pipelines.tidy.curated import Tidied, tidy_csv
from pipelines.tidy.inputs import FACTS, REFERENCE

# Figures that each way of stating bounds needs (METHODS C2); a figure that is not named here must stay empty.
FIGURES: Mapping[str, tuple[str, ...]] = {
    "point": ("central",),
    "range": ("low", "high"),
    "low_central_high": ("low", "central", "high"),
    "percentiles": ("low", "central", "high", "stated_level"),
    "at_least": ("low",),
    "at_most": ("high",),
    "order_of_magnitude": ("low", "high"),
    "direction_only": (),
}
MOST_DIGITS = 12  # what a joint draw can hold
EXAMPLE: Mapping[str, str] = {
    "claim_id": "example-2025-servers",
    "claim_kind": "aggregate_estimate",
    "subkind": "annual_flow",
    "channel": "smuggled",
    "publisher": "Name of the publisher",
    "title": "Title of the report (example row, replace it)",
    "known_at": "2026-03-31",
    "is_known_at_approximate": "false",
    "url": "https://example.org/report",
    "measured": "Chips that reached China without a licence in 2025",
    "chip_models": "H100",
    "conversion_chip_id": "h100-sxm",
    "period_start": "2025-01-01",
    "period_end": "2025-12-31",
    "unit": "chips",
    "unit_basis": "annual_flow",
    "low": "120000",
    "bound_kind": "at_least",
    "destination_iso3": "CHN",
    "method": "Counted from customs papers",
    "grade": "C",
    "grade_reason": "One source, method stated, not checked by others",
    "independence_group": "example_report",
    "series_role": "cross_check",
    "is_seen": "true",
    "seen_via": "primary",
    "locator": "page 12",
}
Row = Mapping[str, str | None]
_CELL = re.compile(r"column (\w+): found (.*); expected (.*)", re.DOTALL)
_ORDER = re.compile(r"row: expected (\w+) <= (\w+)")
_REMEDIES = (
    ("one of ", "write one of these words"),
    ("a date", "write the day like 2025-07-30"),
    ("true or false", "write true or false in small letters"),
    ("a whole number", "write digits only"),
    ("a plain number", "write digits with a point, without separators, signs or unit"),
)


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one row: line, column, what was found, what was expected, what to do."""

    line: int
    column: str
    found: str
    expected: str
    remedy: str

    def told(self) -> str:
        """The fault as one line of plain words."""
        place = f"line {self.line}" + (f", column {self.column}" if self.column else "")
        return f"{place}: found {self.found}; expected {self.expected}; {self.remedy}"


@dataclass(frozen=True)
class Known:
    """What a claim may refer to: shipped claims, prices, chips, countries, and the units and roles in use."""

    claims: frozenset[str]
    prices: frozenset[str]
    chips: frozenset[str]
    countries: frozenset[str]
    units: frozenset[str]
    roles: frozenset[str]


@dataclass(frozen=True)
class Reading:
    """A user's file as read: faults in order of lines, and the rows as tidied (all of them refused when there is a fault)."""

    faults: tuple[Fault, ...]
    tidied: Tidied

    def told(self, file_name: str) -> str:
        """All faults of the file, one a line."""
        lines = {fault.line for fault in self.faults}
        head = f"{file_name}: {len(self.faults)} faults in {len(lines)} of {self.tidied.n_read} rows; no row is taken in"
        return "\n".join([head, *(f"  {fault.told()}" for fault in self.faults)])


def template() -> str:
    """The header line of a claims file and one example row, as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.name for column in UserClaim.columns], lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerow(EXAMPLE)
    return out.getvalue()


def guide(home: Home) -> list[str]:
    """What each column means, which words are in use, and which figures each bound_kind needs, one line each."""
    known = known_names(home)
    in_use = {"unit": known.units, "series_role": known.roles}
    lines = [f"{c.name}: {c.describe()}{_listed(in_use.get(c.name, frozenset()))}" for c in UserClaim.columns]
    return [*lines, *(f"bound_kind {kind}: fill in {', '.join(needed) or 'no figure'}" for kind, needed in FIGURES.items())]


def _listed(names: frozenset[str]) -> str:
    return f" In use: {', '.join(sorted(names))}." if names else ""


def read_user_claims(body: bytes, file_name: str, home: Home) -> Reading:
    """Hold a file against the declaration of claims and against what ships; raises InputError when it cannot be read at all."""
    place = Place(file_name)
    try:
        tidied = tidy_csv(body, UserClaim, place)
        text = read_delimited(body, place)
    except InputError as error:
        raise InputError(f"{error}; `chipflows claims template` prints a file to start from") from error
    rows = {int(row[LINE]): row for row in text.rows.iter_rows(named=True)}
    faults = [*_declared_faults(tidied, rows), *_reference_faults(rows, known_names(home))]
    if not text.n_read:
        faults.append(Fault(2, "", "no row", "at least one claim", "add a row below the header"))
    ordered = tuple(sorted(faults, key=lambda fault: fault.line))
    return Reading(ordered, _refused(text, ordered, tidied) if ordered else tidied)


def known_names(home: Home) -> Known:
    """Names, units and roles of the shipped facts and reference tables."""
    claims, prices = _shipped(home, "facts", "claims"), _shipped(home, "facts", "prices")
    chips, countries = _shipped(home, "facts", "chips"), _shipped(home, "reference", "countries")
    return Known(
        claims=_values(claims, "claim_id"),
        prices=_values(prices, "price_id"),
        chips=_values(chips, "chip_id"),
        countries=_values(countries, "country_iso3"),
        units=_values(claims, "unit"),
        roles=_values(claims, "series_role"),
    )


def shipped_frames(home: Home) -> dict[str, pl.DataFrame]:
    """Every shipped fact and reference table, tidied, by full name; statistics are left out."""
    frames = {}
    for group, tables in (("facts", FACTS), ("reference", REFERENCE)):
        for name, table in tables.items():
            path = home.data / group / f"{name}.csv"
            frames[table.full_name()] = tidy_csv(path.read_bytes(), table, Place(group, path.name)).rows
    return frames


def _shipped(home: Home, group: str, name: str) -> pl.DataFrame:
    return read_delimited((home.data / group / f"{name}.csv").read_bytes(), Place(group, f"{name}.csv")).rows


def _values(frame: pl.DataFrame, column: str) -> frozenset[str]:
    return frozenset(frame[column].drop_nulls().to_list())


def _refused(text: TextTable, faults: tuple[Fault, ...], tidied: Tidied) -> Tidied:
    """All rows with a fault, each with its reasons and its text; nothing is accepted."""
    texts = dict(zip(text.rows[LINE].to_list(), row_text(text.rows).to_list(), strict=True))
    texts |= dict(text.rejected.select(LINE, ROW_TEXT).rows())
    reasons: dict[int, list[str]] = {}
    for fault in faults:
        reasons.setdefault(fault.line, []).append(fault.told())
    refused = rejected_frame([(line, " | ".join(told), texts.get(line, "")) for line, told in reasons.items()])
    return Tidied(tidied.rows.clear(), refused, tidied.n_read)


def _declared_faults(tidied: Tidied, rows: Mapping[int, Row]) -> Iterator[Fault]:
    """The reasons of the tidy step, put into the words of a fault."""
    for line, reasons in tidied.quarantined.select(LINE, REASON).iter_rows():
        for reason in reasons.split(" | "):
            yield _declared_fault(line, reason, rows.get(line, {}))


def _declared_fault(line: int, reason: str, row: Row) -> Fault:
    cell, order = _CELL.fullmatch(reason), _ORDER.fullmatch(reason)
    if cell:
        column, found, expected = cell.groups()
        return Fault(line, column, found, expected, _remedy(UserClaim.column(column), expected))
    if order:
        low, high = order.groups()
        found = f"{low} = {row.get(low)} above {high} = {row.get(high)}"
        return Fault(line, low, found, f"{low} not above {high}", "correct or exchange the two")
    if reason.startswith("duplicate key"):
        return Fault(
            line, "claim_id", f"{row.get('claim_id')} more than once in the file", "a name of its own", "rename one of them"
        )
    return Fault(line, "", reason, "one field under each header", "put a text that holds a comma into double quotes")


def _remedy(column: Field, expected: str) -> str:
    for start, remedy in _REMEDIES:
        if expected.startswith(start):
            return remedy
    return f"the column means: {column.meaning}"


def _reference_faults(rows: Mapping[int, Row], known: Known) -> Iterator[Fault]:
    own = {row["claim_id"] for row in rows.values()}
    for line, row in rows.items():
        yield from _name_faults(line, row, known)
        yield from _figure_faults(line, row)
        links = [("conversion_chip_id", known.chips), ("destination_iso3", known.countries), ("route_iso3", known.countries)]
        links += [("unit", known.units), ("series_role", known.roles)]
        links.append(("overlaps_with", known.claims | {str(name) for name in own}))
        for column, names in links:
            yield from _unknown(line, column, row[column], names)


def _name_faults(line: int, row: Row, known: Known) -> Iterator[Fault]:
    taken = "claim" if row["claim_id"] in known.claims else "price" if row["claim_id"] in known.prices else ""
    if taken:
        found = f"{row['claim_id']}, the name of a shipped {taken}"
        yield Fault(line, "claim_id", found, "a name that no shipped row has", "put your own name or initials in front")


def _figure_faults(line: int, row: Row) -> Iterator[Fault]:
    kind = row["bound_kind"] or ""
    if kind not in FIGURES:
        return
    needed = FIGURES[kind]
    for column in ("low", "central", "high", "stated_level"):
        if column in needed and row[column] is None:
            yield Fault(line, column, "nothing", f"a figure, because bound_kind is {kind}", _kinds_of(row))
        elif column not in needed and row[column] is not None:
            yield Fault(line, column, str(row[column]), f"nothing, because bound_kind is {kind}", _kinds_of(row))
    for column in needed:
        yield from _size_faults(line, column, row)
    if needed and row["unit"] is None:
        yield Fault(line, "unit", "nothing", "the unit of the figures", "say what is counted")


def _size_faults(line: int, column: str, row: Row) -> Iterator[Fault]:
    cell = row[column] or ""
    if cell.startswith("-") and row["unit"] != "percent_change":
        yield Fault(line, column, cell, "zero or more, because only a percent_change may be negative", "correct the figure")
    if len(cell.partition(".")[0]) > MOST_DIGITS:
        yield Fault(line, column, cell, f"at most {MOST_DIGITS} digits before the point", "check the unit of the figure")


def _kinds_of(row: Row) -> str:
    """What to do about figures that do not belong to the bound kind: the kinds that these figures would fit."""
    filled = {column for column in ("low", "central", "high", "stated_level") if row[column] is not None}
    fitting = [kind for kind, figures in FIGURES.items() if set(figures) == filled]
    fits = f" (the figures given fit {' or '.join(fitting)})" if fitting else ""
    return f"fill in or clear the figure, or change bound_kind{fits}"


def _unknown(line: int, column: str, cell: str | None, names: frozenset[str]) -> Iterator[Fault]:
    for name in (cell or "").split(";"):
        if name and name not in names:
            near = get_close_matches(name, sorted(names), n=1)
            expected = f"one of {', '.join(sorted(names))}" if len(names) <= 30 else f"one of the {len(names)} names in use"
            remedy = f"did you mean {near[0]}?" if near else "use a known name or leave the cell empty where it may be empty"
            yield Fault(line, column, name, expected, remedy)
