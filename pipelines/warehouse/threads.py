"""How many threads DuckDB works on: read, and set for a while. The setting is one for all cursors of a connection."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb


def threads_of(con: duckdb.DuckDBPyConnection) -> int:
    """Number of threads that queries run on."""
    return int(con.execute("SELECT current_setting('threads')").fetchall()[0][0])


@contextmanager
def on_threads(con: duckdb.DuckDBPyConnection, number: int) -> Iterator[None]:
    """Queries run on this number of threads while the block runs."""
    before = threads_of(con)
    con.execute(f"SET threads = {number}")
    try:
        yield
    finally:
        con.execute(f"SET threads = {before}")
