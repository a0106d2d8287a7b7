"""First rows of published tables, as the UI shows them."""

from collections.abc import Sequence

import dagster as dg
import duckdb

from pipelines.schemas.table import Table

N_ROWS, N_COLUMNS, CELL = 5, 8, 28


def first_rows(con: duckdb.DuckDBPyConnection, table: type[Table]) -> dg.MetadataValue:
    """The first rows of a table as a markdown table: its key, its measure and what fits beside them."""
    columns = shown_columns(table)
    found = con.execute(f"SELECT {', '.join(columns)} FROM {table.full_name()} LIMIT {N_ROWS}")
    return dg.MetadataValue.md(markdown(columns, found.fetchall(), left_out=len(table.columns) - len(columns)))


def shown_columns(table: type[Table]) -> list[str]:
    """Columns of a preview, in the order of the table: key and measure go before other numbers, and those before the rest."""
    names = list(table.schema())
    numbers = [name for name, dtype in table.schema().items() if dtype.is_float() or dtype.is_decimal()]
    wanted = [*table.key[: N_COLUMNS - 2], *([table.measure] if table.measure else []), *numbers, *names]
    chosen = set(list(dict.fromkeys(wanted))[:N_COLUMNS])
    return [name for name in names if name in chosen]


def markdown(columns: Sequence[str], rows: Sequence[Sequence[object]], *, left_out: int = 0) -> str:
    """Rows as a markdown table, with the number of columns left out; an empty table says that it is empty."""
    if not rows:
        return "This table has no rows in this build."
    lines = [columns, ["---"] * len(columns), *([_cell(value) for value in row] for row in rows)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{table}\n\n{left_out} more columns are listed under Columns." if left_out else table


def _cell(value: object) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return (text if len(text) <= CELL else f"{text[: CELL - 1]}…").replace("|", "\\|")
