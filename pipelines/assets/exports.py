"""The export asset: CSV files and data package of the published warehouse."""

import dagster as dg

from pipelines.assets.groups import description_of
from pipelines.assets.metadata import OWNERS, guide_and_code
from pipelines.assets.previews import markdown
from pipelines.assets.progress import report
from pipelines.assets.warehouse import BuildConfig, model_key
from pipelines.exports.package import reports, write_exports
from pipelines.home import Home
from pipelines.warehouse.publish import single_writer

PACKAGE = "package"
WORDS = "CSV file of every report table, and the Frictionless data package with columns, sources and licences."


def export_assets() -> dg.AssetsDefinition:
    """One asset that depends on every report table."""

    @dg.asset(
        key=dg.AssetKey([PACKAGE, "csv"]),
        deps=[model_key(table.full_name()) for table in reports()],
        group_name=PACKAGE,
        kinds={"csv"},
        description=description_of(PACKAGE, WORDS),
        owners=OWNERS,
        tags={"layer": PACKAGE},
        metadata=guide_and_code(PACKAGE),
    )
    def csv_package(config: BuildConfig) -> dg.MaterializeResult[None]:
        report("writing the CSV files and their data package", 1, 1)
        home = Home.from_environment()
        with single_writer(home.root):
            written = write_exports(home.edition(config.as_of), allow_empty=bool(config.as_of))
        files = [(path.name, f"{path.stat().st_size:,}") for path in written]
        told = {
            "files": dg.MetadataValue.int(len(written)),
            "folder": dg.MetadataValue.path(written[0].parent),
            "written": dg.MetadataValue.md(markdown(("file", "bytes"), files)),
        }
        return dg.MaterializeResult(metadata=told)

    return csv_package
