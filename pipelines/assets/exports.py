"""The export assets: files and data package of the published warehouse, and its report."""

import dagster as dg

from pipelines.assets.groups import description_of
from pipelines.assets.metadata import OWNERS, guide_and_code
from pipelines.assets.pictures import report_charts
from pipelines.assets.previews import markdown
from pipelines.assets.progress import report
from pipelines.assets.warehouse import EditionConfig, model_key
from pipelines.exports.package import reports, write_exports, write_report
from pipelines.home import Home
from pipelines.lock import single_writer

PACKAGE = "package"
REPORT = dg.AssetKey([PACKAGE, "report"])
WORDS = "CSV and Parquet of every report table, the report, and the Frictionless data package with columns, sources and licences."
REPORT_WORDS = "The report: one page with answers, charts and tables, and each chart as PNG, SVG and CSV."


def export_assets() -> dg.AssetsDefinition:
    """One asset that depends on every report table."""

    @dg.asset(
        key=dg.AssetKey([PACKAGE, "csv"]),
        deps=[model_key(table.full_name()) for table in reports()],
        group_name=PACKAGE,
        kinds={"csv", "parquet"},
        description=description_of(PACKAGE, WORDS),
        owners=OWNERS,
        tags={"layer": PACKAGE},
        metadata=guide_and_code(PACKAGE),
    )
    def csv_package(config: EditionConfig) -> dg.MaterializeResult[None]:
        report("writing the CSV and Parquet files and their data package", 1, 1)
        home = Home.from_environment()
        with single_writer(home.root):
            written = write_exports(home.edition(config.as_of), allow_empty=bool(config.as_of))
        files = [(path.name, f"{path.stat().st_size:,}") for path in written]
        told = {
            "files": dg.MetadataValue.int(len(written)),
            "folder": dg.MetadataValue.path(written[0].parent),
            "written": dg.MetadataValue.md(markdown(("file", "bytes"), files)),
            "charts": report_charts(written),
        }
        return dg.MaterializeResult(metadata=told)

    return csv_package


def report_asset() -> dg.AssetsDefinition:
    """The report alone, written again from the published warehouse."""

    @dg.asset(
        key=REPORT,
        deps=[dg.AssetKey([PACKAGE, "csv"])],
        group_name=PACKAGE,
        kinds={"html"},
        description=description_of(PACKAGE, REPORT_WORDS),
        owners=OWNERS,
        tags={"layer": PACKAGE},
        metadata=guide_and_code(PACKAGE),
    )
    def report_page(config: EditionConfig) -> dg.MaterializeResult[None]:
        home = Home.from_environment()
        with single_writer(home.root):
            written = write_report(home.edition(config.as_of))
        page = dg.MetadataValue.path(str(written[0]))
        return dg.MaterializeResult(metadata={"files": len(written), "page": page, "charts": report_charts(written)})

    return report_page
