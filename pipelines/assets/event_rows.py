"""Rows of Dagster's event tables and the statements that write them, made once so that SQLAlchemy compiles each once."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as db
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, AssetKeyTable, SqlEventLogStorageTable
from sqlalchemy.dialects.sqlite import Insert, insert

CHECK_KEY = ("asset_key", "check_name", "run_id")
ADD_EVENT = SqlEventLogStorageTable.insert()
ADD_CHECK = AssetCheckExecutionsTable.insert()
ASSET = db.select(AssetKeyTable).where(AssetKeyTable.c.asset_key == db.bindparam("of_key"))
END_CHECK = AssetCheckExecutionsTable.update().where(
    *(AssetCheckExecutionsTable.c[name] == db.bindparam(f"of_{name}") for name in CHECK_KEY),
    AssetCheckExecutionsTable.c.partition.is_(None),
)


def _keep(*columns: str) -> Insert:
    """The row of an asset: added, or these columns of it written anew."""
    added = insert(AssetKeyTable)
    return added.on_conflict_do_update(
        index_elements=[AssetKeyTable.c.asset_key], set_={name: added.excluded[name] for name in columns}
    )


KEEP_PLANNED = _keep("last_run_id", "last_materialization_timestamp")
KEEP_MATERIALISED = _keep("last_run_id", "last_materialization_timestamp", "last_materialization")


def planned_check(data: Any, event_id: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a check that a run intends to make."""
    status = AssetCheckExecutionRecordStatus.PLANNED
    return {**_check_key(data, row), "partition": None, **_evaluation(status, event_id, row)}


def ended_check(data: Any, event_id: int, row: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the row of a check holds once it is made, and the key of that row."""
    status = AssetCheckExecutionRecordStatus.SUCCEEDED if data.passed else AssetCheckExecutionRecordStatus.FAILED
    target = data.target_materialization_data
    checked = {"materialization_event_storage_id": target.storage_id if target else None}
    return {**_evaluation(status, event_id, row), **checked}, _check_key(data, row)


def _check_key(data: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    return {"asset_key": data.asset_key.to_string(), "check_name": data.check_name, "run_id": row["run_id"]}


def _evaluation(status: AssetCheckExecutionRecordStatus, event_id: int, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "execution_status": status.value,
        "evaluation_event": row["event"],
        "evaluation_event_timestamp": row["timestamp"],
        "evaluation_event_storage_id": event_id,
    }
