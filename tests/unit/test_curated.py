"""Curated CSV files: bad rows are quarantined with line, column and reason, bad files are refused; no row is ever lost.

The second half plants one bad value per rule of every declared tidy table. Two codes enforce a declaration, pandera before
the lake and SQL in the audit; they must agree on every planted value.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import polars as pl
import pytest

from pipelines.errors import InputError, ModelError, Place
from pipelines.home import Home
from pipelines.reading import LINE, ROW_TEXT
from pipelines.reading import REASON as REASON_OF_ROW
from pipelines.schemas.check import REASON, ROW, failures
from pipelines.schemas.field import DAY, FLAG, MONEY, REAL, TEXT, WHOLE, Field
from pipelines.schemas.table import TABLES, Table
from pipelines.schemas.tables import catalog
from pipelines.schemas.tables.tidy_facts import SmuggledSeries
from pipelines.tidy.curated import Tidied, tidy_csv, tidy_parquet
from pipelines.tidy.inputs import Input
from pipelines.tidy.lake import refusal, take_in
from pipelines.warehouse.audit import audit_table, value_conditions

assert catalog.MODULES
PLACE = Place("facts", "data/facts/cards.csv")


class Card(Table):
    """One row per trading card; a small table with every kind of rule."""

    columns: ClassVar[tuple[Field, ...]] = (
        Field("card_id", TEXT, "Key", pattern=r"^[a-z]+$"),
        Field("seen_date", DAY, "Day"),
        Field("kind", TEXT, "Kind", allowed=("ask", "deal")),
        Field("is_sealed", FLAG, "Sealed"),
        Field("copies", WHOLE, "Copies", minimum=1),
        Field("low_usd", MONEY, "Low", minimum=0, absent="not stated"),
        Field("high_usd", MONEY, "High", absent="not stated"),
        Field("weight", REAL, "Weight", maximum=10, absent="not weighed"),
        Field("note", TEXT, "Note", absent="no note"),
    )
    key = ("card_id",)
    ordered = (("low_usd", "high_usd"),)
    layer = "tidy"


HEADER = "card_id,seen_date,kind,is_sealed,copies,low_usd,high_usd,weight,note"
GOOD = "{},2025-07-24,ask,true,2,1.50,2.000,0.1,fine"


def lines_of(*rows: str) -> bytes:
    return "\n".join((HEADER, *rows, "")).encode()


def tidy(body: bytes) -> Tidied:
    """Tidy and make sure that every row is accounted for."""
    tidied = tidy_csv(body, Card, PLACE)
    assert tidied.n_read == tidied.rows.height + tidied.quarantined.height
    assert dict(tidied.rows.schema) == dict(Card.schema())
    return tidied


def only_refusal(row: str) -> tuple[int, str, str]:
    """The one refusal of a file in which `row` stands between two good rows."""
    tidied = tidy(lines_of(GOOD.format("a"), row, GOOD.format("c")))
    assert tidied.rows["card_id"].to_list() == ["a", "c"]
    assert tidied.quarantined.height == 1
    line, reason, text = tidied.quarantined.row(0)
    return line, reason, text


def test_good_rows_become_typed_rows() -> None:
    rows = tidy(lines_of(GOOD.format("a"), "b,2025-01-02,deal,false,1,,,,")).rows.rows()
    assert rows == [
        ("a", date(2025, 7, 24), "ask", True, 2, Decimal("1.500"), Decimal("2.000"), 0.1, "fine"),
        ("b", date(2025, 1, 2), "deal", False, 1, None, None, None, None),
    ]


@pytest.mark.parametrize(
    "change",
    [lambda body: b"\xef\xbb\xbf" + body, lambda body: body.replace(b"\n", b"\r\n")],
    ids=["byte order mark", "CRLF"],
)
def test_spreadsheet_habits_change_nothing(change: Callable[[bytes], bytes]) -> None:
    body = lines_of(GOOD.format("a"), GOOD.format("b"))
    assert tidy(change(body)).rows.equals(tidy(body).rows)


def test_the_order_of_columns_in_the_file_does_not_matter() -> None:
    turned = "\n".join(",".join(reversed(line.split(","))) for line in (HEADER, GOOD.format("a"))).encode()
    assert tidy(turned).rows.equals(tidy(lines_of(GOOD.format("a"))).rows)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2025-07-24", "2025-02-30", "column seen_date: found '2025-02-30'; expected a date as YYYY-MM-DD"),
        ("2025-07-24", "24.07.2025", "column seen_date: found '24.07.2025'; expected a date as YYYY-MM-DD"),
        ("2025-07-24", "25-07-24", "column seen_date: found '25-07-24'; expected a date as YYYY-MM-DD"),
        ("2025-07-24", "2025-7-24", "column seen_date: found '2025-7-24'; expected a date as YYYY-MM-DD"),
        ("true", "TRUE", "column is_sealed: found 'TRUE'; expected true or false"),
        ("true", "1", "column is_sealed: found '1'; expected true or false"),
        (",2,", ",two,", "column copies: found 'two'; expected a whole number"),
        (",2,", ",2.0,", "column copies: found '2.0'; expected a whole number"),
        ("1.50", "$1.50", "column low_usd: found '$1.50'; expected a plain number with at most 3 decimals"),
        ("1.50", "1.5001", "column low_usd: found '1.5001'; expected a plain number with at most 3 decimals"),
        ("1.50", "1e0", "column low_usd: found '1e0'; expected a plain number with at most 3 decimals"),
        ("0.1", "light", "column weight: found 'light'; expected a plain number"),
        ("ask", "Ask", "column kind: found Ask; expected one of ask, deal"),
        ("b,", "B9,", "column card_id: found B9; expected text matching ^[a-z]+$"),
        (",2,", ",0,", "column copies: found 0; expected at least 1"),
        ("0.1", "10.5", "column weight: found 10.5; expected at most 10"),
        ("0.1", "-inf", "column weight: found -inf; expected a finite number"),
        ("1.50", "3", "row: expected low_usd <= high_usd"),
        ("2025-07-24", "", "column seen_date: found nothing; expected a value"),
        ("ask", "", "column kind: found nothing; expected a value"),
    ],
)
def test_a_bad_row_is_quarantined_with_line_reason_and_text(old: str, new: str, reason: str) -> None:
    row = GOOD.format("b").replace(old, new, 1)
    assert only_refusal(row) == (3, reason, row)


def test_every_reason_of_a_row_is_told() -> None:
    _, reason, _ = only_refusal("b,2025-07-24,swap,true,0,5,4,0.1,")
    assert sorted(reason.split(" | ")) == [
        "column copies: found 0; expected at least 1",
        "column kind: found swap; expected one of ask, deal",
        "row: expected low_usd <= high_usd",
    ]


def test_a_type_fault_hides_no_other_row() -> None:
    tidied = tidy(lines_of("a,2025-07-24,ask,maybe,2,,,,", "b,2025-07-24,swap,true,2,,,,", GOOD.format("c")))
    assert tidied.rows["card_id"].to_list() == ["c"]
    assert tidied.quarantined[LINE].to_list() == [2, 3]


def test_both_rows_of_a_repeated_key_are_quarantined() -> None:
    tidied = tidy(lines_of(GOOD.format("a"), GOOD.format("b"), GOOD.format("a")))
    assert tidied.rows["card_id"].to_list() == ["b"]
    assert tidied.quarantined.rows() == [
        (2, "duplicate key card_id", GOOD.format("a")),
        (4, "duplicate key card_id", GOOD.format("a")),
    ]


def test_a_ragged_row_stands_among_the_other_refusals_in_line_order() -> None:
    tidied = tidy(lines_of("a,2025-07-24,swap,true,2,,,,", "b,ragged", GOOD.format("c"), GOOD.format("d") + ",more"))
    assert tidied.rows["card_id"].to_list() == ["c"]
    assert tidied.quarantined[LINE].to_list() == [2, 3, 5]
    assert tidied.quarantined[ROW_TEXT].to_list()[1:] == ["b,ragged", GOOD.format("d") + ",more"]


def test_lines_are_right_below_a_quoted_line_break() -> None:
    tidied = tidy(lines_of(GOOD.format("a").replace("fine", '"two\nlines"'), "b,2025-07-24,swap,true,2,,,,"))
    assert tidied.quarantined[LINE].to_list() == [4]


def test_a_header_without_rows_is_an_empty_table() -> None:
    assert tidy(lines_of()).n_read == 0


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (HEADER.replace(",note", ""), "no column note"),
        (HEADER + ",colour", "unknown column colour"),
        (HEADER.replace("kind", "sort"), "no column kind and unknown column sort"),
    ],
    ids=["missing", "extra", "renamed"],
)
def test_other_columns_are_refused(header: str, found: str) -> None:
    with pytest.raises(InputError) as refused:
        tidy(f"{header}\n".encode())
    assert str(refused.value) == (
        f"facts, data/facts/cards.csv, line 1: found {found}; expected the columns {HEADER.replace(',', ', ')}; "
        "repair the header line, or declare the column in pipelines/schemas"
    )


def test_latin_1_bytes_are_refused_with_their_line() -> None:
    body = lines_of(GOOD.format("a"), GOOD.format("b").replace("fine", "schön")).decode().encode("latin-1")
    with pytest.raises(InputError, match=r"cards\.csv: found byte 0xf6 on line 3 .*; expected utf-8-sig; save the file"):
        tidy(body)


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def test_a_parquet_file_is_held_to_the_same_rules() -> None:
    good = tidy(lines_of(*(GOOD.format(key) for key in "abc"))).rows
    planted = good.with_columns(kind=pl.Series(["ask", "swap", "deal"]))
    tidied = tidy_parquet(parquet(planted), Card, PLACE)
    assert tidied.n_read == tidied.rows.height + tidied.quarantined.height == 3
    line, reason, text = tidied.quarantined.row(0)
    assert (line, reason) == (3, "column kind: found swap; expected one of ask, deal")
    assert '"kind":"swap"' in text


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda frame: parquet(frame.drop("note")), "columns that differ: note None"),
        (lambda frame: parquet(frame.with_columns(copies=pl.lit("2"))), "columns that differ: copies String"),
        (lambda frame: parquet(frame)[:-9], "unreadable bytes"),
        (lambda frame: b"", "unreadable bytes"),
    ],
    ids=["missing column", "wrong type", "cut off", "empty"],
)
def test_a_parquet_file_that_does_not_fit_is_refused(spoil: Callable[[pl.DataFrame], bytes], found: str) -> None:
    with pytest.raises(InputError, match=f"facts, data/facts/cards.csv: found {found}.*; expected .*; .+"):
        tidy_parquet(spoil(tidy(lines_of(GOOD.format("a"))).rows), Card, PLACE)


def test_the_refusal_names_file_line_column_found_expected_and_remedy(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", tmp_path)
    path = home.data / "facts" / "cards.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(lines_of(GOOD.format("a"), GOOD.format("b").replace("ask", "swap"), "c,ragged"))
    account = take_in(Input("cards", "facts", path, Card), home, {})
    assert (account.rows_read, account.rows_accepted, account.rows_quarantined) == (3, 1, 2)
    kept = pl.read_csv(home.quarantine / "cards.csv", infer_schema_length=0)
    assert kept.columns == [LINE, REASON_OF_ROW, ROW_TEXT]
    assert kept[ROW_TEXT].to_list() == [GOOD.format("b").replace("ask", "swap"), "c,ragged"]
    told = refusal(account, home)
    assert told.startswith("data/facts/cards.csv: 2 of 3 rows refused; all of them are in ")
    assert "repair them and run again\n  line 3: column kind: found swap; expected one of ask, deal\n    b," in told
    assert "  line 4: 2 fields under 9 headers\n    c,ragged" in told


def test_repaired_rows_leave_the_quarantine(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", tmp_path)
    path = home.data / "facts" / "cards.csv"
    path.parent.mkdir(parents=True)
    item = Input("cards", "facts", path, Card)
    for row, n_refused in (("a,ragged", 1), (GOOD.format("a"), 0)):
        path.write_bytes(lines_of(row))
        assert take_in(item, home, {}).rows_quarantined == n_refused
    assert list(home.quarantine.iterdir()) == []


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    item = Input("cards", "facts", tmp_path / "cards.csv", Card)
    with pytest.raises(InputError, match=r"facts, data/facts/cards\.csv: found no file; expected a shipped file; restore"):
        take_in(item, Home(tmp_path / "home", tmp_path), {})


# One planted fault per rule of every declared tidy table.

TIDY = [declared for name, declared in sorted(TABLES.items()) if name.startswith("tidy.")]
SAMPLES = (
    "CHN", "USD", "CN", "H5", "0000", "156", "854231", "2024H1", "a", "0" * 64, "cell:a", "2026-01-01T00:00:00+00:00", "A1-2",
    "0000000000-00-000000", "V202601",
)  # fmt: skip
NO_MATCH = "no such value!"


@dataclass(frozen=True)
class Fault:
    """One planted fault: the row that carries it, the audit's words for the rule, and a part of pandera's reason."""

    row: dict[str, Any]
    rule: str
    reason: str


def valid_value(field: Field) -> Any:
    """A value that meets the declaration of a column; the same for all columns of a type, so that pairs are in order."""
    if field.allowed:
        return field.allowed[0]
    if field.pattern:
        return next(sample for sample in SAMPLES if re.search(field.pattern, sample))
    if field.dtype == pl.Date:
        return date(2024, 6, 1)
    if field.dtype == pl.Boolean:
        return True
    if field.dtype == pl.String:
        return "text"
    bound = field.minimum if field.minimum is not None else field.maximum
    return as_number(field, 1 if bound is None else bound)


def as_number(field: Field, number: float) -> Any:
    if field.dtype == pl.Int64:
        return int(number)
    return Decimal(str(number)) if isinstance(field.dtype, pl.Decimal) else float(number)


def valid_row(declared: type[Table]) -> dict[str, Any]:
    """One row that meets every rule of a declaration."""
    row = {field.name: valid_value(field) for field in declared.columns}
    return {**row, "absence_reason": None} if declared.measure else row


def faults(declared: type[Table]) -> Iterator[Fault]:
    """One fault per rule of a declaration."""
    row = valid_row(declared)
    for field in declared.columns:
        yield from column_faults(field, row)
    for group in declared.ordered:
        for low, high in [(a, b) for i, a in enumerate(group) for b in group[i + 1 :]]:
            step = timedelta(days=1) if isinstance(row[high], date) else as_number(declared.column(low), 1)
            yield Fault({**row, low: row[high] + step}, f"{low} <= {high}", f"expected {low} <= {high}")
    if declared.measure:
        reason = next(iter(declared.column("absence_reason").allowed), "text")
        words = f"{declared.measure} is NULL exactly where absence_reason is filled"
        yield Fault({**row, declared.measure: None}, words, f"expected {words}")
        yield Fault({**row, "absence_reason": reason}, words, f"expected {words}")


def column_faults(field: Field, row: dict[str, Any]) -> Iterator[Fault]:
    name = field.name
    if not field.nullable:
        yield Fault({**row, name: None}, f"{name} is not NULL", f"column {name}: found nothing")
    if field.allowed:
        yield Fault({**row, name: NO_MATCH}, f"{name} is one of the allowed values", f"column {name}: found {NO_MATCH}")
    if field.pattern:
        yield Fault({**row, name: NO_MATCH}, f"{name} matches {field.pattern}", f"column {name}: found {NO_MATCH}")
    if field.minimum is not None:
        value = as_number(field, field.minimum - 1)
        yield Fault({**row, name: value}, f"{name} >= {field.minimum:g}", f"expected at least {field.minimum:g}")
    if field.maximum is not None:
        value = as_number(field, field.maximum + 1)
        yield Fault({**row, name: value}, f"{name} <= {field.maximum:g}", f"expected at most {field.maximum:g}")
    if field.dtype == pl.Float64:
        for value in (float("inf"), float("nan")):
            yield Fault({**row, name: value}, f"{name} is finite", f"column {name}: found {value}; expected a finite number")


def broken_rules(frame: pl.DataFrame, declared: type[Table]) -> list[set[str]]:
    """Per row the rules that the audit's SQL finds broken."""
    rules = value_conditions(declared)
    selected = ", ".join(f"coalesce({condition}, false)" for _, condition in rules)
    with duckdb.connect() as con:
        load(con, frame, declared, declared.name)
        rows = con.execute(f"SELECT {selected} FROM {declared.name} ORDER BY position_in_frame").fetchall()
    return [{words for (words, _), broken in zip(rules, row, strict=True) if broken} for row in rows]


def load(con: duckdb.DuckDBPyConnection, frame: pl.DataFrame, declared: type[Table], name: str) -> None:
    con.register("given", frame.with_row_index("position_in_frame").to_arrow())
    columns = ", ".join(f"CAST({c.name} AS {c.duckdb_type}) AS {c.name}" for c in declared.columns)
    con.execute(f"CREATE TABLE {name} AS SELECT {columns}, position_in_frame FROM given")


def reasons_by_row(frame: pl.DataFrame, declared: type[Table]) -> list[set[str]]:
    """Per row the reasons that pandera gives; repeated keys are left out, for all planted rows share one."""
    found: list[set[str]] = [set() for _ in range(frame.height)]
    for row, reason in failures(frame, declared).select(ROW, REASON).iter_rows():
        assert row is not None, reason
        if not reason.startswith("duplicate key"):
            found[row].add(reason)
    return found


def framed(rows: list[dict[str, Any]], declared: type[Table]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(declared.schema()), orient="row")


@pytest.mark.parametrize("declared", TIDY, ids=lambda declared: declared.name)
def test_a_row_made_from_the_declaration_passes_both(declared: type[Table]) -> None:
    frame = framed([valid_row(declared)], declared)
    assert failures(frame, declared).rows() == []
    assert broken_rules(frame, declared) == [set()]


@pytest.mark.parametrize("declared", TIDY, ids=lambda declared: declared.name)
def test_a_planted_fault_is_caught_by_pandera_and_by_the_audit(declared: type[Table]) -> None:
    planted = list(faults(declared))
    assert {fault.rule for fault in planted} == {words for words, _ in value_conditions(declared)}
    frame = framed([fault.row for fault in planted], declared)
    by_pandera, by_audit = reasons_by_row(frame, declared), broken_rules(frame, declared)
    for fault, reasons, rules in zip(planted, by_pandera, by_audit, strict=True):
        assert fault.rule in rules
        assert any(fault.reason.casefold() in reason.casefold() for reason in reasons), (fault.rule, reasons)
        if not fault.rule.endswith("is finite"):  # for NaN the two also disagree on order, which is harmless: both refuse it
            assert len(reasons) == len(rules), (fault.rule, reasons, rules)


@pytest.mark.parametrize("declared", TIDY, ids=lambda declared: declared.name)
def test_a_repeated_key_is_caught_by_pandera_and_by_the_audit(declared: type[Table]) -> None:
    frame = framed([valid_row(declared)] * 2, declared)
    assert failures(frame, declared).rows() == [(row, f"duplicate key {' + '.join(declared.key)}") for row in (0, 1)]
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA tidy")
        load(con, frame, declared, declared.full_name())
        con.execute(f"ALTER TABLE {declared.full_name()} DROP COLUMN position_in_frame")
        assert [(check.name, check.n_failed) for check in audit_table(con, declared) if not check.passed] == [("key", 1)]


def test_a_lazy_frame_is_not_mistaken_for_a_valid_one() -> None:
    with pytest.raises(ModelError, match="validate eager frames only"):
        failures(framed([valid_row(SmuggledSeries)], SmuggledSeries).lazy(), SmuggledSeries)  # type: ignore[arg-type]
