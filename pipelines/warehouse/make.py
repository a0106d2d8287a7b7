"""How one table of a build is made: from the lake, a frame, a SELECT or an estimator; in slices where it is large."""

import calendar
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import duckdb
import polars as pl

from pipelines.errors import ModelError
from pipelines.home import Home
from pipelines.schemas.table import Table
from pipelines.warehouse.audit import count_rows
from pipelines.warehouse.graph import Model
from pipelines.warehouse.plan import FIRST_MONTH, LAST_MONTH, lake_files
from pipelines.warehouse.threads import on_threads

SLICE_ROWS = 4_000_000  # of the largest table that a sliced model reads, or makes of it; about 1 GB of wide rows


def make_model(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Create or replace the table of a model; raises ModelError naming the model when it fails to run."""
    try:
        if model.estimator is not None:
            frames = {name: con.sql(model.estimator.query(name)).pl() for name in model.reads}
            store_frame(con, model.estimator.run(frames), model.table)
        else:
            order = ", ".join(model.table.key)
            with _threads_for(con, model):
                for number, query in enumerate(slices(con, model)):
                    start = f"INSERT INTO {model.name}" if number else f"CREATE OR REPLACE TABLE {model.name} AS"
                    con.execute(f"{start} SELECT * FROM (\n{query}\n) ORDER BY {order}")
    except duckdb.Error as error:
        raise ModelError(f"{model.name} failed to run: {error}") from error


def store_frame(con: duckdb.DuckDBPyConnection, frame: pl.DataFrame, declared: type[Table]) -> None:
    """Create or replace a table from a frame, with the declared types and sorted by key."""
    con.register("incoming_frame", frame.to_arrow())
    columns = ", ".join(f"CAST({c.name} AS {c.duckdb_type}) AS {c.name}" for c in declared.columns)
    order = ", ".join(declared.key)
    con.execute(f"CREATE OR REPLACE TABLE {declared.full_name()} AS SELECT {columns} FROM incoming_frame ORDER BY {order}")
    con.unregister("incoming_frame")


def slices(con: duckdb.DuckDBPyConnection, model: Model) -> list[str]:
    """The model's query, or the same query for disjoint slices of what it reads, where its table says slices are independent.

    Below SLICE_ROWS rows in the largest table there is one slice, so a warehouse of shipped size is built in one piece.
    """
    query = model.sql.rstrip().rstrip(";")
    sliced_by = model.table.sliced_by
    most = max((count_rows(con, name) for name in sliced_by), default=0)
    number = math.ceil(most * model.table.rows_per_read / SLICE_ROWS)
    if number <= 1:
        return [query]
    return [_slice(query, model.name, sliced_by, number, place) for place in range(number)]


def _slice(query: str, model: str, sliced_by: Mapping[str, str], number: int, place: int) -> str:
    for name, columns in sliced_by.items():
        imported = f"(select * from {name})"
        if query.count(imported) != 1:
            raise ModelError(f"{model}: found no single import `{imported}`; a sliced model imports each table once")
        query = query.replace(imported, f"(select * from {name} where hash({columns}) % {number} = {place})")
    return query


def _threads_for(con: duckdb.DuckDBPyConnection, model: Model) -> AbstractContextManager[None]:
    """One thread for a recursive model: DuckDB 2.0 sometimes fails with an internal error in its joins on many threads."""
    return on_threads(con, 1) if "with recursive" in model.sql else nullcontext()


def load_tidy(con: duckdb.DuckDBPyConnection, home: Home, declared: type[Table]) -> None:
    """All Parquet files of the table, sorted by key; a table too large to sort at once is sorted by groups of files."""
    columns = ", ".join(f"CAST({c.name} AS {c.duckdb_type}) AS {c.name}" for c in declared.columns)
    order = ", ".join(declared.key)
    start = f"CREATE OR REPLACE TABLE {declared.full_name()} AS"
    for group in _file_groups(con, lake_files(home, declared)):
        con.execute(f"{start} SELECT {columns} FROM read_parquet([{_listed(group)}]) ORDER BY {order}")
        start = f"INSERT INTO {declared.full_name()}"


def _file_groups(con: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> list[list[Path]]:
    """Files in order, as many together as hold at most SLICE_ROWS rows; a larger file alone."""
    rows = dict(con.execute(f"SELECT file_name, num_rows FROM parquet_file_metadata([{_listed(files)}])").fetchall())
    groups: list[list[Path]] = [[]]
    room = SLICE_ROWS
    for path in files:
        if groups[-1] and rows[str(path)] > room:
            groups.append([])
            room = SLICE_ROWS
        groups[-1].append(path)
        room -= rows[str(path)]
    return groups


def _listed(files: Sequence[Path]) -> str:
    return ", ".join(quoted(str(path)) for path in files)


def calendar_of_months() -> pl.DataFrame:
    """The rows of tidy.calendar: every month with its last day and number of days."""
    months = pl.date_range(FIRST_MONTH, LAST_MONTH, interval="1mo", eager=True).alias("month")
    days = [calendar.monthrange(month.year, month.month)[1] for month in months]
    return pl.DataFrame({"month": months, "month_end": months.dt.month_end(), "days_in_month": days})


def comment_on(con: duckdb.DuckDBPyConnection, *tables: type[Table]) -> None:
    """Store grain sentences and descriptions of columns as comments of the tables, in one commit."""
    con.execute(";".join(["BEGIN", *(comment for declared in tables for comment in _comments(declared)), "COMMIT"]))


def _comments(declared: type[Table]) -> Iterator[str]:
    yield f"COMMENT ON TABLE {declared.full_name()} IS {quoted(declared.grain())}"
    for column in declared.columns:
        yield f"COMMENT ON COLUMN {declared.full_name()}.{column.name} IS {quoted(column.describe())}"


def quoted(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"
