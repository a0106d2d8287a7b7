"""What the builds that all test processes share are made with (see conftest.py), and how two builds are compared."""

from pathlib import Path

import duckdb

ARTICLE_DAY = "2025-07-30"
BUILT_THREADS = "2"  # tests/process/test_determinism.py builds with other numbers


def rows_of(database: Path) -> dict[str, list[object]]:
    """Number and print of the rows of every table."""
    with duckdb.connect(str(database), read_only=True) as con:
        return {name: told for name, *told in con.execute("SELECT model, n_rows, content FROM meta.model").fetchall()}
