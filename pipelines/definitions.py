"""The only Dagster entry point: assets, checks, jobs, schedules and sensors."""

import dagster as dg

from pipelines.assets.exports import REPORT, export_assets, report_asset
from pipelines.assets.inputs import SHIPPED_GROUPS, input_assets, user_claims_assets
from pipelines.assets.live import (
    DROPPED,
    asked_feeds,
    dropped_asset,
    feed_assets,
    feed_key,
    inbox_sensor,
    intake_asset,
    refresh_jobs,
    schedules,
)
from pipelines.assets.refresh import refresh_sources
from pipelines.assets.scenarios import SCENARIO_RUN, scenario_job, scenario_run_asset
from pipelines.assets.warehouse import warehouse_assets

MAIN_JOB = "build_warehouse"
REPORT_JOB = "export_report"
ASKING = dg.AssetSelection.assets(DROPPED, *(feed_key(feed) for _, feed in asked_feeds()))
JOBS = refresh_jobs()

build_job = dg.define_asset_job(
    MAIN_JOB,
    # the package holds the report; a scenario is a partition
    selection=dg.AssetSelection.all() - ASKING - dg.AssetSelection.assets(REPORT, SCENARIO_RUN),
    description="Take in shipped data and archived answers, build and audit the warehouse, publish it, write files and report. "
    "The UI warns that live feeds were never asked: the shipped data do without them.",
    executor_def=dg.in_process_executor,
)

report_job = dg.define_asset_job(
    REPORT_JOB,
    selection=dg.AssetSelection.assets(REPORT),
    description="Write the report again from the published warehouse: the page, and each chart as PNG, SVG and CSV.",
    executor_def=dg.in_process_executor,
)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[refresh_sources, *JOBS.values()],
    request_job=build_job,
    description="Builds the warehouse after a refresh that succeeded.",
)
def build_after_refresh(context: dg.RunStatusSensorContext) -> dg.RunRequest:
    """One build for each successful refresh."""
    return dg.RunRequest(run_key=context.dagster_run.run_id)


defs = dg.Definitions(
    assets=[
        *(input_assets(group) for group in SHIPPED_GROUPS),
        user_claims_assets(),
        *feed_assets(),
        dropped_asset(),
        intake_asset(),
        warehouse_assets(),
        scenario_run_asset(),
        export_assets(),
        report_asset(),
    ],
    jobs=[build_job, refresh_sources, report_job, scenario_job(), *JOBS.values()],
    schedules=schedules(),
    sensors=[inbox_sensor(), build_after_refresh],
    executor=dg.in_process_executor,
)
