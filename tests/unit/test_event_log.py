"""Our event log writes what Dagster's own class writes, row by row, and reads what it wrote itself as Dagster reads it.

And a step's assets, which are counted once, are those that Dagster counts.
"""

import sqlite3
from contextlib import closing

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from pipelines.assets.event_log import KINDS, PooledSqliteEventLog

KEYS = [dg.AssetKey(["a"]), dg.AssetKey(["b"])]
MONTHS = dg.MonthlyPartitionsDefinition(start_date="2026-01-01")
pytestmark = pytest.mark.filterwarnings("ignore::dagster.PreviewWarning")
TABLES = ("event_logs", "asset_keys", "asset_event_tags", "asset_check_executions")


def events():
    """Two runs over two assets with checks, one of which fails, and one run over a partition with a check of its own."""

    @dg.multi_asset(
        specs=[dg.AssetSpec(KEYS[0]), dg.AssetSpec(KEYS[1], deps=[KEYS[0]])],
        check_specs=[dg.AssetCheckSpec("right", asset=KEYS[0]), dg.AssetCheckSpec("wrong", asset=KEYS[1])],
    )
    def both():
        yield dg.MaterializeResult(asset_key=KEYS[0], metadata={"dagster/row_count": 3, "quoted": 'a "b" {c}'})
        yield dg.MaterializeResult(asset_key=KEYS[1], metadata={"table": dg.MetadataValue.md("| x |")})
        yield dg.AssetCheckResult(asset_key=KEYS[0], check_name="right", passed=True)
        yield dg.AssetCheckResult(asset_key=KEYS[1], check_name="wrong", passed=False, metadata={"rows_failing": 2})

    @dg.asset(partitions_def=MONTHS, check_specs=[dg.AssetCheckSpec("monthly", asset="parted", partitions_def=MONTHS)])
    def parted():
        yield dg.MaterializeResult(check_results=[dg.AssetCheckResult(check_name="monthly", passed=True)])

    with dg.DagsterInstance.ephemeral() as instance:
        runs = [dg.materialize([both], instance=instance, raise_on_error=False) for _ in range(2)]
        runs.append(dg.materialize([parted], instance=instance, partition_key="2026-02-01"))
        return [event for run in runs for event in instance.all_logs(run.run_id)]


def rows(folder):
    """Every row of every file of the log but for the moment at which the file's own clock wrote it."""
    found = {}
    for path in sorted(folder.glob("*.db")):
        with closing(sqlite3.connect(path)) as con:
            for table in TABLES:
                cursor = con.execute(f"SELECT * FROM {table} ORDER BY id")
                names = [column[0] for column in cursor.description]
                found[path.name, table] = [
                    {name: value for name, value in zip(names, row, strict=True) if name != "create_timestamp"}
                    for row in cursor.fetchall()
                ]
    return found


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("logs")
    pair = [SqliteEventLogStorage(str(folder / "theirs")), PooledSqliteEventLog(str(folder / "ours"))]
    for event in events():
        for log in pair:
            log.store_event(event)
    yield folder, *pair
    for log in pair:
        log.dispose()


def test_every_row_is_the_one_that_dagster_writes(logs):
    folder, _, _ = logs
    assert {event.dagster_event_type for event in events() if event.is_dagster_event} >= KINDS
    theirs, ours = rows(folder / "theirs"), rows(folder / "ours")
    assert len(theirs) == 4 * len(TABLES) and all(theirs["index.db", table] for table in TABLES)
    for place, expected in theirs.items():
        assert ours[place] == expected, place


def test_an_asset_is_read_as_dagster_reads_it(logs):
    _, theirs, ours = logs
    keys = [*KEYS, dg.AssetKey(["parted"])]
    assert ours.get_asset_records(keys) == theirs.get_asset_records(keys)
    assert len(ours.get_asset_records(keys)) == 3
    for key in keys:
        assert key not in KEYS or ours._told[key.to_string()]
        assert ours.get_asset_records([key]) == theirs.get_asset_records([key])


def test_what_another_process_writes_or_wipes_is_seen(tmp_path):
    ours, other = (PooledSqliteEventLog(str(tmp_path)) for _ in range(2))
    first, second = of_first_asset()
    ours.store_event(first)
    other.store_event(second)
    assert latest(ours) == second
    other.wipe_asset(KEYS[0])
    assert ours.get_asset_records([KEYS[0]]) == []


def test_an_event_is_in_the_files_as_soon_as_it_is_stored(tmp_path):
    log = PooledSqliteEventLog(str(tmp_path))
    for n, event in enumerate(of_first_asset(), start=1):
        log.store_event(event)
        assert len(rows(tmp_path)["index.db", "event_logs"]) == n


def of_first_asset():
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    return [event for event in events() if event.dagster_event_type == kind and event.get_dagster_event().asset_key == KEYS[0]]


def latest(log):
    (record,) = log.get_asset_records([KEYS[0]])
    return record.asset_entry.last_materialization
