"""Runs the given/expect cases: tables of the declared types from given rows, the SQL as in its file, the declared audit.

A case file `tests/sql/<table>.yaml` holds `model`, optional `through`, `defaults` and `given` for all cases, and `cases`.
A case holds `name`, and where needed: `example` (METHODS id), `as_of`, `given` (table -> rows; a table given in a case goes
before the file's), `expect` (rows with some of the columns, found by the key columns they name), `partial` (other rows
may exist), `expect_total` (column -> sum over all rows), `n_rows`, and `tolerance` (relative).

A given row names only the columns that matter: the others are NULL where the declaration allows it, else the column's
entry in `defaults`, else a plain value that the declaration allows. A list in a given row stands for consecutive months.
Models named in `through` are built from the given rows first.
"""

import calendar
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml
from memory import close_memory, open_memory

from pipelines.schemas.field import Field
from pipelines.schemas.table import LAYERS, Table, table
from pipelines.warehouse.audit import SqlCheck, audit_table, load_checks
from pipelines.warehouse.graph import RUN, Graph, load_graph

HERE = Path(__file__).parent
SQL = HERE.parents[1] / "sql"
AS_OF = date(2026, 11, 23)
MONTHS = "core.dim_month"
TOLERANCE = 1e-9
SHOWN_ROWS = 20
SAMPLES = ("x", "AAA", "2024", "000000", "H6", "A1", "0000", "0" * 64, "cell:a", "V202601")
PLAIN = {"VARCHAR": "", "DATE": date(2024, 1, 1), "BOOLEAN": False}

Row = dict[str, Any]
Rows = list[Row]
Given = Mapping[str, Rows]


@dataclass(frozen=True)
class Case:
    """One given/expect case of one model."""

    model: str
    name: str
    given: Given
    example: str | None = None
    as_of: date = AS_OF
    through: tuple[str, ...] = ()
    defaults: Mapping[str, Row] = field(default_factory=dict)
    expect: tuple[Row, ...] = ()
    expect_total: Mapping[str, float] = field(default_factory=dict)
    partial: bool = False
    n_rows: int | None = None
    tolerance: float = TOLERANCE

    def __str__(self) -> str:
        return f"{self.model}: {self.name}"


@cache
def graph() -> Graph:
    """The model graph of the checkout."""
    return load_graph(SQL)


@cache
def checks() -> dict[str, SqlCheck]:
    """The SQL checks of the checkout by name."""
    return {check.name: check for check in load_checks(SQL)}


@cache
def load_cases() -> tuple[Case, ...]:
    """All cases of all case files, in file order."""
    paths = sorted(path for layer in LAYERS for path in HERE.glob("*.yaml") if _is_case_file(path, layer))
    return tuple(case for path in paths for case in _read_cases(path))


def run_case(case: Case) -> None:
    """Build the model from the given rows; AssertionError shows what differs from the expected rows or the declaration."""
    with warehouse(case.given, graph().models[case.model].reads, case.through, case.defaults, case.as_of) as con:
        build(con, case.model)
        found = fetch(con, f"SELECT * FROM {case.model}")
        faults = [*_differences(case, found), *_breaches(con, case, found)]
    assert not faults, "\n".join([str(case), *faults, "found:", show(found)])


def run_check(name: str, given: Given, through: Iterable[str] = (), defaults: Mapping[str, Row] | None = None) -> Rows:
    """Rows that a check of sql/checks objects to, after the models named in `through` are built from the given rows."""
    check = checks()[name]
    with warehouse(given, check.reads, through, defaults or {}, AS_OF) as con:
        return fetch(con, check.sql)


@contextmanager
def warehouse(
    given: Given, reads: Iterable[str], through: Iterable[str], defaults: Mapping[str, Row], as_of: date
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory warehouse with every table that is read: given, made by `through`, or empty; core.run and months filled."""
    made = [name for name in graph().order if name in set(through)]
    needed = {*reads, *(read for name in made for read in graph().models[name].reads)} - set(made)
    unread = sorted({*given, *defaults} - needed)
    if unread:
        raise ValueError(f"given rows or defaults for {', '.join(unread)}, which nothing here reads")
    con = open_memory()
    try:
        for name in sorted(needed):
            rows = [{"as_of": as_of}] if name == RUN else given.get(name, [])
            _fill(con, table(name), rows, defaults.get(name, {}))
        if MONTHS in needed and MONTHS not in given:
            con.execute(
                f"INSERT INTO {MONTHS} SELECT month, last_day(month), extract(day from last_day(month)) "
                "FROM (SELECT unnest(generate_series(DATE '2010-01-01', DATE '2028-12-01', INTERVAL 1 MONTH))::DATE AS month)"
            )
        for name in made:
            build(con, name)
        yield con
    finally:
        close_memory(con)


def build(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make the table of a SQL model by the text of its file."""
    con.execute(f"CREATE TABLE {name} AS\n{graph().models[name].sql}")


def fetch(con: duckdb.DuckDBPyConnection, query: str) -> Rows:
    """All rows of a query as dicts."""
    cursor = con.execute(query)
    names = [item[0] for item in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def show(rows: Rows, columns: Iterable[str] = ()) -> str:
    """Rows as lines of column=value, at most SHOWN_ROWS of them."""
    wanted = set(columns)
    lines = [
        "  " + ", ".join(f"{name}={value}" for name, value in row.items() if not wanted or name in wanted)
        for row in rows[:SHOWN_ROWS]
    ]
    return "\n".join(lines + [f"  … {len(rows) - SHOWN_ROWS} more"] * (len(rows) > SHOWN_ROWS)) or "  (no rows)"


def complete(declared: type[Table], rows: Rows, defaults: Row) -> Rows:
    """Rows with every declared column: as given, else NULL or a value that the declaration allows."""
    done = []
    for number, row in enumerate(_spread(rows), start=2):
        _require_columns(declared, row)
        filled = {"source_row": number} | _period_end(row, defaults) | defaults | row
        done.append({c.name: _typed(c, filled[c.name]) if c.name in filled else plain(c) for c in declared.columns})
    return done


def plain(column: Field) -> Any:
    """NULL where it is allowed, else the plainest value that the declaration allows."""
    if column.nullable:
        return None
    if column.allowed:
        return column.allowed[0]
    if column.pattern:
        return next(sample for sample in SAMPLES if re.search(column.pattern, sample))
    return PLAIN.get(column.duckdb_type, column.minimum or 0)


def _is_case_file(path: Path, layer: str) -> bool:
    return path.read_text(encoding="utf-8").startswith(f"model: {layer}.")


def _read_cases(path: Path) -> Iterator[Case]:
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    shared = {"through": tuple(body.pop("through", ())), "defaults": body.pop("defaults", {})}
    model, given, cases = body.pop("model"), body.pop("given", {}), body.pop("cases")
    if body or path.stem != model.split(".")[1]:
        raise ValueError(f"{path.name}: unknown keys {sorted(body)}, or not named after {model}")
    for case in cases:
        yield Case(model, **shared | case | {"given": given | case.get("given", {})})


def _fill(con: duckdb.DuckDBPyConnection, declared: type[Table], rows: Rows, defaults: Row) -> None:
    columns = ", ".join(f"{column.name} {column.duckdb_type}" for column in declared.columns)
    con.execute(f"CREATE TABLE {declared.full_name()} ({columns})")
    marks = ", ".join("?" for _ in declared.columns)
    for row in complete(declared, rows, defaults):
        con.execute(f"INSERT INTO {declared.full_name()} VALUES ({marks})", list(row.values()))


def _spread(rows: Rows) -> Iterator[Row]:
    """A row with lists as one row per element, its month or period_start moving on by one month each."""
    for row in rows:
        lists = {name: value for name, value in row.items() if isinstance(value, list)}
        if not lists:
            yield row
            continue
        start = "month" if "month" in row else "period_start"
        for number, values in enumerate(zip(*lists.values(), strict=True)):
            yield row | dict(zip(lists, values, strict=True)) | {start: _month_after(row[start], number)}


def _month_after(day: date, n_months: int) -> date:
    number = 12 * day.year + day.month - 1 + n_months
    return date(number // 12, number % 12 + 1, 1)


def _period_end(row: Row, defaults: Row) -> Row:
    """Last day of the month or year that begins on period_start, so that cases need not say it."""
    known = defaults | row
    if "period_start" not in known:
        return {}
    start = known["period_start"]
    if known.get("frequency", "M") == "A":
        return {"period_end": date(start.year, 12, 31)}
    return {"period_end": start.replace(day=calendar.monthrange(start.year, start.month)[1])}


def _require_columns(declared: type[Table], row: Row) -> None:
    unknown = sorted(set(row) - set(declared.schema()))
    if unknown:
        raise ValueError(f"{declared.full_name()} has no column {', '.join(unknown)}")


def _typed(column: Field, value: Any) -> Any:
    if column.duckdb_type == "VARCHAR" and not isinstance(value, str | None):
        raise TypeError(f"{column.name} is text; put {value!r} in quotes")
    return value


def _differences(case: Case, found: Rows) -> Iterator[str]:
    n_rows = case.n_rows if case.partial or case.n_rows is not None else len(case.expect)
    if n_rows is not None and len(found) != n_rows and not (case.expect_total and not case.expect):
        yield f"expected {n_rows} rows, found {len(found)}"
    for row in case.expect:
        yield from _row_difference(case, row, found)
    for column, total in case.expect_total.items():
        sum_found = sum(row[column] for row in found)
        if not _same(sum_found, total, case.tolerance):
            yield f"expected sum of {column} {total}, found {sum_found}"


def _row_difference(case: Case, row: Row, found: Rows) -> Iterator[str]:
    declared = table(case.model)
    _require_columns(declared, row)
    named = [name for name in declared.key if name in row]
    matches = [other for other in found if all(other[name] == row[name] for name in named)]
    if len(matches) != 1:
        yield f"expected one row with\n{show([row], named)}\nfound {len(matches)}"
        return
    wrong = [name for name, value in row.items() if not _same(matches[0][name], value, case.tolerance)]
    if wrong:
        yield f"expected\n{show([row], [*named, *wrong])}\nfound\n{show(matches, [*named, *wrong])}"


def _same(found: Any, expected: Any, tolerance: float) -> bool:
    if found is None or expected is None or isinstance(expected, bool):
        return found is expected
    if isinstance(expected, int | float) and not isinstance(found, str):
        return math.isclose(float(found), float(expected), rel_tol=tolerance, abs_tol=1e-12)
    return bool(found == expected)


def _breaches(con: duckdb.DuckDBPyConnection, case: Case, found: Rows) -> Iterator[str]:
    """Rules of the declaration that the result breaks; a case that expects no rows is not told that there are none."""
    if not found:
        return
    for result in audit_table(con, table(case.model)):
        if not result.passed:
            yield f"audit {result.name}: {result.description}\n  {result.columns}\n  {result.rows[:3]}"
