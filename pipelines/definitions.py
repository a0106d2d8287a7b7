"""The only Dagster entry point: assets, checks and the main job."""

import dagster as dg

from pipelines.assets.exports import export_assets
from pipelines.assets.inputs import GROUPS, input_assets, user_claims_assets
from pipelines.assets.warehouse import warehouse_assets

MAIN_JOB = "warehouse"

defs = dg.Definitions(
    assets=[*(input_assets(group) for group in GROUPS), user_claims_assets(), warehouse_assets(), export_assets()],
    jobs=[
        dg.define_asset_job(
            MAIN_JOB,
            selection=dg.AssetSelection.all(),
            description="Take in the shipped data, build and audit the warehouse, publish it, write the CSV package.",
            executor_def=dg.in_process_executor,
        )
    ],
    executor=dg.in_process_executor,
)
