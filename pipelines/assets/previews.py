"""First rows of published tables, as the UI shows them."""

from collections.abc import Sequence
from decimal import Decimal

import dagster as dg
import duckdb

from pipelines.assets.metadata import table_of
from pipelines.schemas.table import Table

N_ROWS, N_COLUMNS, CELL = 5, 8, 28


def first_rows(con: duckdb.DuckDBPyConnection, table: type[Table]) -> dg.MetadataValue:
    """The first rows of a table: its key, its measure and what fits beside them.

    As a table value, which the UI shows in place; longer markdown hides behind a link.
    """
    columns = shown_columns(table)
    found = con.execute(f"SELECT {', '.join(columns)} FROM {table.full_name()} LIMIT {N_ROWS}")
    return table_of(columns, [[_cell(value) for value in row] for row in found.fetchall()])


def shown_columns(table: type[Table]) -> list[str]:
    """Columns of a preview, in the order of the table: key and measure go before other numbers, and those before the rest."""
    names = list(table.schema())
    numbers = [name for name, dtype in table.schema().items() if dtype.is_float() or dtype.is_decimal()]
    wanted = [*table.key[: N_COLUMNS - 2], *([table.measure] if table.measure else []), *numbers, *names]
    chosen = set(list(dict.fromkeys(wanted))[:N_COLUMNS])
    return [name for name in names if name in chosen]


def markdown(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows as a markdown table."""
    lines = [columns, ["---"] * len(columns), *([_cell(value).replace("|", "\\|") for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    if isinstance(value, (float, Decimal)) and value == value // 1:
        return str(int(value))
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= CELL else f"{text[: CELL - 1]}…"
