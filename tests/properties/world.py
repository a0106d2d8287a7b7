"""A small warehouse in memory: a test fills declared tables, the real SQL runs on them, inputs and results are audited."""

import os
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from hypothesis import settings
from memory import close_memory, open_memory

from pipelines.schemas.field import Field
from pipelines.schemas.table import Table, table
from pipelines.warehouse.audit import audit_table
from pipelines.warehouse.graph import Graph, load_graph

SQL = Path(__file__).parents[2] / "sql"
AS_OF = date(2026, 1, 31)
SAMPLES = ("x", "USA", "847150", "H6", "8471", "US", "001", "2024", "0" * 64, "A1", "a1", "cell:a", "cell:x")
# Always the same examples, so that a run of the tests is repeatable; few, because each one runs real models.
TIMES = 10 if os.environ.get("CHIPFLOWS_FUZZ") else 1  # make fuzz
STEADY = settings(max_examples=12 * TIMES, deadline=None, derandomize=True)
FEW = settings(STEADY, max_examples=6 * TIMES)  # for the models at the end of a long chain

Row = Mapping[str, Any]
_SEEN: set[tuple[str, bytes]] = set()  # inputs that kept their declaration: table, and hash of the rows


@cache
def graph() -> Graph:
    """The model graph of the checkout, read once."""
    return load_graph(SQL)


class World:
    """Tables of one test case; every table that is not filled is empty, every filled column that is not given is plain."""

    def __init__(self, as_of: date = AS_OF) -> None:
        self.con = open_memory()
        self.made: set[str] = set()
        self.put("core.run", [{"as_of": as_of}])

    def __enter__(self) -> "World":
        return self

    def __exit__(self, *_: object) -> None:
        close_memory(self.con)

    def put(self, name: str, rows: Iterable[Row]) -> None:
        """Fill a declared table; a required column that a row leaves out gets a plain valid value, an optional one NULL."""
        declared = table(name)
        filled = [
            [_stored(column, row[column.name] if column.name in row else _plain(column)) for column in declared.columns]
            for row in rows
        ]
        frame = pl.DataFrame(filled, schema=dict(declared.schema()), orient="row")
        known = (name, blake2b(frame.write_ipc(None).getvalue()).digest())
        self.con.register("incoming", frame.to_arrow())
        columns = ", ".join(f"CAST({c.name} AS {c.duckdb_type}) AS {c.name}" for c in declared.columns)
        self.con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {columns} FROM incoming")
        self.con.unregister("incoming")
        self.made.add(name)
        if known not in _SEEN:  # most examples of a test share most of their inputs
            _audit(self.con, declared)
            _SEEN.add(known)

    def build(self, name: str) -> list[dict[str, Any]]:
        """Run one model and what it reads, audit it against its declaration, return the rows in key order."""
        if name not in self.made:
            self._make(name)
            _audit(self.con, table(name))
        key = ", ".join(table(name).key)
        cursor = self.con.execute(f"SELECT * FROM {name} ORDER BY {key}")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _make(self, name: str) -> None:
        model = graph().models.get(name)
        if model is None:
            self.put(name, [])
            return
        for read in model.reads:
            if read not in self.made:
                self._make(read)
        self.con.execute(f"CREATE TABLE {name} AS {model.sql.rstrip().rstrip(';')}")
        self.made.add(name)


def case(name: str, inputs: Mapping[str, Iterable[Row]], as_of: date = AS_OF) -> list[dict[str, Any]]:
    """Rows of one model in a fresh world filled with the given tables."""
    with World(as_of) as world:
        for put, rows in inputs.items():
            world.put(put, rows)
        return world.build(name)


def months_from(first: date, n: int) -> list[date]:
    """First days of n consecutive months."""
    start = 12 * first.year + first.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(start, start + n)]


def month_end(month: date) -> date:
    """Last day of a month given by its first day."""
    return date.fromordinal(months_from(month, 2)[1].toordinal() - 1)


def calendar_rows(first: date, n: int) -> list[dict[str, Any]]:
    """Rows of the calendar for n months."""
    return [
        {"month": month, "month_end": month_end(month), "days_in_month": month_end(month).day} for month in months_from(first, n)
    ]


def _audit(con: duckdb.DuckDBPyConnection, declared: type[Table]) -> None:
    failed = [result.told() for result in audit_table(con, declared, allow_empty=True) if not result.passed]
    assert not failed, "\n".join(failed)


def _stored(column: Field, value: Any) -> Any:
    return Decimal(str(value)) if isinstance(column.dtype, pl.Decimal) and value is not None else value


@cache
def _plain(column: Field) -> Any:
    if column.nullable:
        return None
    if column.dtype == pl.String:
        return column.allowed[0] if column.allowed else next(s for s in SAMPLES if re.search(column.pattern, s))
    number = max(column.minimum or 0, min(1, column.maximum or 1))
    plain = {"Date": date(2024, 1, 1), "Boolean": False, "Int64": int(number), "Float64": float(number)}
    return plain.get(type(column.dtype).__name__, number)
