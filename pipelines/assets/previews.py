"""First rows of published tables, as the UI shows them."""

from collections.abc import Sequence

import dagster as dg
import duckdb

from pipelines.schemas.table import Table

N_ROWS, N_COLUMNS, CELL = 5, 12, 40


def first_rows(con: duckdb.DuckDBPyConnection, table: type[Table]) -> dg.MetadataValue:
    """The first rows of a table as a markdown table; wide tables are cut, and the line below says so."""
    columns = list(table.schema())
    found = con.execute(f"SELECT {', '.join(columns[:N_COLUMNS])} FROM {table.full_name()} LIMIT {N_ROWS}")
    return dg.MetadataValue.md(markdown(columns, found.fetchall()))


def markdown(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows as a markdown table of at most N_COLUMNS columns; an empty table says that it is empty."""
    if not rows:
        return "This table has no rows in this build."
    shown = list(columns[:N_COLUMNS])
    lines = [shown, ["---"] * len(shown), *([_cell(value) for value in row[:N_COLUMNS]] for row in rows)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    left_out = len(columns) - len(shown)
    return f"{table}\n\n{left_out} more columns are listed under Columns." if left_out else table


def _cell(value: object) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return (text if len(text) <= CELL else f"{text[: CELL - 1]}…").replace("|", "\\|")
