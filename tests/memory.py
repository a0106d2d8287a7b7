"""Empty warehouses in memory for tests: databases of one shared DuckDB, because starting another takes 50 times as long."""

from functools import cache
from itertools import count

import duckdb

from pipelines.schemas.table import LAYERS

_numbers = count()


def open_memory() -> duckdb.DuckDBPyConnection:
    """A connection to a new database with empty schemas; close_memory ends it and forgets what it holds."""
    name = f"memory_{next(_numbers)}"
    con = _engine().cursor()
    con.execute(f"ATTACH ':memory:' AS {name}")
    con.execute(f"USE {name}")
    for layer in LAYERS:
        con.execute(f"CREATE SCHEMA {layer}")
    return con


def close_memory(con: duckdb.DuckDBPyConnection) -> None:
    """Drop the database of a connection from open_memory."""
    (name,) = con.execute("SELECT current_database()").fetchall()[0]
    con.close()
    _engine().execute(f"DETACH {name}")


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})
