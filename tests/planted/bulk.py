"""The small warehouse of the property tests, filled with frames and read by query: for a million rows instead of ten."""

from datetime import date
from typing import Any

import polars as pl
from world import World, graph

from pipelines.schemas.table import table
from pipelines.warehouse.audit import audit_table


class BulkWorld(World):
    """A test warehouse that takes whole frames; the declared types, keys and values are checked all the same."""

    def __init__(self, as_of: date) -> None:
        super().__init__(as_of)
        self.audited: set[str] = set()

    def __enter__(self) -> "BulkWorld":
        return self

    def put_frame(self, name: str, frame: pl.DataFrame) -> None:
        """Fill a declared table; a required column that the frame leaves out gets a plain valid value, an optional one NULL."""
        declared = table(name)
        self.put(name, [frame.row(0, named=True)])
        self.con.register("incoming", frame.to_arrow())
        columns = [
            f"CAST({'incoming' if c.name in frame.columns else 'plain'}.{c.name} AS {c.duckdb_type}) AS {c.name}"
            for c in declared.columns
        ]
        self.con.execute(f"CREATE TABLE filled AS SELECT {', '.join(columns)} FROM incoming CROSS JOIN {name} AS plain")
        self.con.execute(f"DROP TABLE {name}")
        self.con.execute(f"CREATE TABLE {name} AS SELECT * FROM filled")
        self.con.execute("DROP TABLE filled")
        self.con.unregister("incoming")
        self._audit(name)

    def make(self, *names: str) -> None:
        """Run models and what they read; the named ones are audited, what they read has tests of its own."""
        for name in names:
            if name not in self.made:
                self._make(name)
            if name not in self.audited:
                self._audit(name)
                self.audited.add(name)

    def read(self, query: str) -> list[dict[str, Any]]:
        """Rows of a query."""
        found: pl.DataFrame = self.con.sql(query).pl()
        return found.to_dicts()

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

    def _audit(self, name: str) -> None:
        failed = [check.told() for check in audit_table(self.con, table(name)) if not check.passed]
        assert not failed, failed
