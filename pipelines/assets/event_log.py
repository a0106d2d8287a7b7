"""Dagster's SQLite event log with one engine per file instead of a new one per event.

Measured on 2 cores: a run of about 100 assets stores 700 events; a fresh engine and a disk flush for each took more time than the
whole build. Remove this module, and its lines in instance.py, once Dagster keeps its engines.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as db
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData

BUSY_SECONDS = 20


class PooledSqliteEventLog(SqliteEventLogStorage):
    """The same storage and files; connections are reused, and the log is flushed by the system rather than per event."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, db.Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(  # type: ignore[override]
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, str]
    ) -> "PooledSqliteEventLog":
        """Build from the settings file; same settings as Dagster's own class."""
        return cls(config_value["base_dir"], inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[db.Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as con, con.begin():
                yield con

    def _engine(self, shard: str) -> db.Engine:
        if shard not in self._engines:
            options = {"timeout": BUSY_SECONDS, "check_same_thread": False}
            engine = db.create_engine(self.conn_string_for_shard(shard), connect_args=options, pool_size=1)
            db.event.listen(engine, "connect", _flush_less)
            self._engines[shard] = engine
        return self._engines[shard]

    def dispose(self) -> None:
        """Close the kept connections."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


def _flush_less(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()
