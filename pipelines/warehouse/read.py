"""Reading of published files: read-only, never blocking a build, with errors a person can act on."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import polars as pl

from pipelines.errors import UsageError, did_you_mean
from pipelines.home import Edition


@contextmanager
def published(edition: Edition) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the published file; raises UsageError when nothing is published yet."""
    if not edition.database.exists():
        day = f" --as-of {edition.root.name}" if edition.root.parent.name == "as-of" else ""
        raise UsageError(f"there is no warehouse at {edition.database}; run chipflows build{day} first")
    con = duckdb.connect(str(edition.database), read_only=True)
    try:
        yield con
    finally:
        con.close()


def query(edition: Edition, sql: str) -> pl.DataFrame:
    """Rows of one read-only query; raises UsageError with DuckDB's message when it cannot run."""
    with published(edition) as con:
        con.execute("SET enable_external_access = false")
        try:
            relation = con.sql(sql)
        except duckdb.Error as error:
            raise UsageError(f"the query cannot run: {error}\n`chipflows tables` lists tables and columns") from error
        if relation is None:
            raise UsageError("the query returns no rows; chipflows query only reads")
        frame: pl.DataFrame = relation.pl()
    return frame


def table_list(edition: Edition) -> pl.DataFrame:
    """Every table with its layer, rows and grain sentence."""
    return query(edition, "SELECT model, model_kind, n_rows, description FROM meta.model ORDER BY layer, model")


def column_list(edition: Edition, name: str) -> pl.DataFrame:
    """Columns of one table with type and comment; raises UsageError for an unknown table."""
    layer, _, table = name.rpartition(".")
    where = f"table_name = '{_plain(table)}'" + (f" AND schema_name = '{_plain(layer)}'" if layer else "")
    found = query(
        edition,
        "SELECT schema_name || '.' || table_name AS table_name, column_name, data_type, comment FROM duckdb_columns() "
        f"WHERE {where} ORDER BY schema_name, column_index",
    )
    if not found.height:
        known = query(edition, "SELECT schema_name || '.' || table_name AS name FROM duckdb_tables() ORDER BY name")["name"]
        raise UsageError(f"no table is called {name!r}; `chipflows tables` lists them{did_you_mean(name, known)}")
    return found


def _plain(name: str) -> str:
    return name.replace("'", "''")
