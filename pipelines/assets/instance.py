"""Our Dagster instance below the home folder: telemetry and the welcome dialogue off, a fast event log."""

import os
from pathlib import Path

from pipelines.archive import write_atomically
from pipelines.home import Home

SETTINGS = """# Written by chipflows; edits are kept as long as the file exists.
telemetry:
  enabled: false
nux:
  enabled: false
run_storage:
  module: dagster._core.storage.runs
  class: SqliteRunStorage
  config:
    base_dir: {folder}/history
event_log_storage:
  module: pipelines.assets.event_log
  class: PooledSqliteEventLog
  config:
    base_dir: {folder}/history/runs
schedule_storage:
  module: dagster._core.storage.schedules
  class: SqliteScheduleStorage
  config:
    base_dir: {folder}/schedules
"""


def prepare_instance(home: Home) -> Path:
    """Write the instance settings once and point DAGSTER_HOME there; returns the folder."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    settings = home.dagster / "dagster.yaml"
    if not settings.exists():
        write_atomically(settings, SETTINGS.replace("{folder}", str(home.dagster)).encode())
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
    return home.dagster
