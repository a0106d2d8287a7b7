"""Files of the report tables (CSV, Parquet, passport), and the Frictionless data package that describes them."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.archive import write_atomically
from pipelines.errors import CheckFailed
from pipelines.exports.chain_page import PAGE, TITLE, chain_page
from pipelines.exports.citation import CHECKSUMS, CITATION, checksums, checksums_of, citation
from pipelines.exports.hashes import sha256, size_and_hash
from pipelines.exports.parquet import ENDING, parquet_of, parquet_resource
from pipelines.exports.passport import Lineage, lineage_of, table_passport
from pipelines.exports.passport_text import as_json
from pipelines.exports.release_diff import difference, report_frames
from pipelines.exports.release_store import newest_two
from pipelines.exports.report.charts import Pen
from pipelines.exports.report.resources import report_resources
from pipelines.exports.report.write import FOLDER, begin_report, charts_before
from pipelines.exports.wording import Ladder, ladder_of, require_declared_wording, require_frame_wording
from pipelines.home import Edition
from pipelines.schemas.field import Field
from pipelines.schemas.tables.catalog import declared_tables
from pipelines.schemas.tables.exports import Report
from pipelines.warehouse.read import published

PACKAGE = "datapackage.json"
PASSPORT = ".passport.json"
MISSING = ""
NAME = "chipflows: AI-chip trade flows and substitution metrics"


def reports() -> list[type[Report]]:
    """All report tables, by name."""
    return sorted((t for t in declared_tables().values() if issubclass(t, Report)), key=lambda report: report.name)


def write_exports(edition: Edition, *, allow_empty: bool = False) -> list[Path]:
    """Write every report as CSV and Parquet, its passport and the data package; raises CheckFailed for a barred row or word.

    An empty report is refused as well, unless `allow_empty` (an as-of day on which nothing of the kind was known).
    """
    edition.exports.mkdir(parents=True, exist_ok=True)
    with published(edition) as con:
        files = _files(con, edition, allow_empty)
    written = [_write(edition.exports / path, body) for path, body in files.items()]
    written.append(_write(edition.exports / CHECKSUMS, checksums(files)))
    _remove_others(edition.exports, written)
    return written


def _files(con: duckdb.DuckDBPyConnection, edition: Edition, allow_empty: bool) -> dict[str, bytes]:
    """Every exported file but the checksums, by its path below the folder."""
    ladder = ladder_of(con)
    with Pen(charts_before(edition.exports)) as pen:
        begun = begin_report(con, pen, changes_of(edition))
        tables = _table_files(con, ladder, allow_empty)  # while the charts are being drawn
        page = chain_page(con)
        lineage = lineage_of(con)
        sidecars = {f"{each.name}{PASSPORT}": _sidecar(con, each, tables, lineage) for each in reports()}
        report = begun.files(ladder)
    package = _package(con, tables, page, report)
    described = {PACKAGE: _as_json(package), CITATION: citation(con, *_release(con), NAME)}
    return {**tables, **sidecars, PAGE: page, **{f"{FOLDER}/{path}": body for path, body in report.items()}, **described}


def _table_files(con: duckdb.DuckDBPyConnection, ladder: Ladder, allow_empty: bool) -> dict[str, bytes]:
    release, as_of = _release(con)
    told = {"release": release, "as_of": as_of.isoformat()}
    files = {}
    for report in reports():
        frame = _rows(con, report, ladder, allow_empty or report.may_be_empty)
        files[f"{report.name}.csv"] = frame.write_csv(line_terminator="\n").encode()
        files[f"{report.name}{ENDING}"] = parquet_of(frame, report, told)
    return files


def _release(con: duckdb.DuckDBPyConnection) -> tuple[str, date]:
    release, as_of = con.sql("SELECT warehouse_release_id, as_of FROM core.run").fetchall()[0]
    return release, as_of


def _as_json(package: Mapping[str, object]) -> bytes:
    return (json.dumps(package, indent=1, ensure_ascii=False) + "\n").encode()


def _sidecar(con: duckdb.DuckDBPyConnection, report: type[Report], files: Mapping[str, bytes], lineage: Lineage) -> bytes:
    """Passport of a table's files: what holds for all their figures, the hash of each, and the labels their rows carry."""
    carried = [label for label in ("value_label", "evidence_label", "licence_id") if label in report.schema()]
    found = {label: con.execute(f"SELECT DISTINCT {label} FROM {report.full_name()} ORDER BY 1").fetchall() for label in carried}
    labels = {label: [value for (value,) in values] for label, values in found.items()}
    file = {"file": f"{report.name}.csv", "file_sha256": sha256(files[f"{report.name}.csv"])}
    twin = {"parquet_file": f"{report.name}{ENDING}", "parquet_sha256": sha256(files[f"{report.name}{ENDING}"])}
    return as_json({**file, **twin, "labels": labels, **table_passport(con, report, lineage)}).encode()


def write_report(edition: Edition) -> list[Path]:
    """Write the page of the report with its charts alone, from the published warehouse; raises CheckFailed as `write_exports`."""
    with published(edition) as con, Pen(charts_before(edition.exports)) as pen:
        files = begin_report(con, pen, changes_of(edition)).files(ladder_of(con))
    folder = edition.exports / FOLDER
    written = [_write(folder / path, body) for path, body in files.items()]
    _remove_others(folder, written)
    _list_again(edition.exports, files)
    return written


def _list_again(exports: Path, report: Mapping[str, bytes]) -> None:
    """Sizes and hashes in the data package, and the checksums, after the report alone was written again."""
    path = exports / PACKAGE
    if path.exists():
        package = json.loads(path.read_text(encoding="utf-8"))
        others = [each for each in package["resources"] if not each["path"].startswith(f"{FOLDER}/")]
        _write(path, _as_json({**package, "resources": [*others, *report_resources(report)]}))
    _write(exports / CHECKSUMS, checksums_of(exports))


def changes_of(edition: Edition) -> dict[str, pl.DataFrame]:
    """Frames of the report's page of changes: this release against the one before it; none while it is the first."""
    releases = newest_two(edition)
    return report_frames(difference(*releases)) if releases else {}


def _remove_others(folder: Path, kept: Sequence[Path]) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path not in kept:
            path.unlink()


def _write(path: Path, body: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, body)
    return path


def _rows(con: duckdb.DuckDBPyConnection, report: type[Report], ladder: Ladder, may_be_empty: bool) -> pl.DataFrame:
    """Rows of a report in the order of its key, checked for terms and words before they leave in any form."""
    columns = ", ".join(column.name for column in report.columns)
    order = ", ".join(report.key)
    frame: pl.DataFrame = con.sql(f"SELECT {columns} FROM {report.full_name()} ORDER BY {order}").pl()
    if not frame.height and not may_be_empty:
        raise CheckFailed(f"{report.full_name()}: found no rows; expected at least one; the export is not written")
    if report.row_level:
        _require_redistributable(con, report, frame)
    require_declared_wording(report, ladder)
    require_frame_wording(frame, report, ladder)
    return frame


def _require_redistributable(con: duckdb.DuckDBPyConnection, report: type[Report], frame: pl.DataFrame) -> None:
    allowed = con.sql("SELECT licence_id FROM core.dim_licence WHERE may_redistribute_rows").pl()["licence_id"]
    barred = sorted(set(frame["licence_id"]) - set(allowed))
    if barred:
        raise CheckFailed(
            f"{report.full_name()}: found rows under {', '.join(barred)}; expected only terms that allow passing rows on; "
            "leave them out in the report's SQL"
        )


def _package(
    con: duckdb.DuckDBPyConnection, tables: Mapping[str, bytes], page: bytes, report: Mapping[str, bytes]
) -> dict[str, object]:
    run = con.sql("SELECT as_of, warehouse_release_id, inputs_sha256, code_sha256 FROM core.run").fetchall()[0]
    return {
        "name": "chipflows",
        "title": NAME,
        "version": run[1],
        "as_of": run[0].isoformat(),
        "inputs_sha256": run[2],
        "code_sha256": run[3],
        "licenses": _licences(con),
        "sources": _sources(con),
        "resources": [
            *(_resource(table, tables[f"{table.name}.csv"]) for table in reports()),
            *(parquet_resource(table, tables[f"{table.name}{ENDING}"]) for table in reports()),
            _page_resource(page),
            *report_resources(report),
        ],
    }


def _licences(con: duckdb.DuckDBPyConnection) -> list[dict[str, object]]:
    rows = con.sql(
        "SELECT licence_id, licence_name, url, attribution FROM core.dim_licence WHERE licence_id IN ("
        "SELECT licence_id FROM core.dim_dataset UNION SELECT licence_id FROM core.fact_compute_series) ORDER BY licence_id"
    ).fetchall()
    found = []
    for licence_id, name, url, attribution in rows:
        entry = {"name": licence_id, "title": f"{name}. {attribution}"}
        found.append({**entry, "path": url} if str(url or "").startswith("http") else entry)
    return found


def _sources(con: duckdb.DuckDBPyConnection) -> list[dict[str, object]]:
    rows = con.sql(
        "SELECT publisher, title, url FROM core.dim_source WHERE source_id <> 'user' OR source_id IN ("
        "SELECT source_id FROM core.dim_dataset) ORDER BY source_id"
    ).fetchall()
    return [
        {"title": f"{publisher}: {title}", **({"path": url} if str(url).startswith("http") else {})}
        for publisher, title, url in rows
    ]


def _resource(report: type[Report], body: bytes) -> dict[str, object]:
    return {
        "name": report.name,
        "path": f"{report.name}.csv",
        "type": "table",
        "description": report.grain(),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **size_and_hash(body),
        "passport": f"{report.name}{PASSPORT}",
        "schema": {
            "fields": [_field(column) for column in report.columns],
            "primaryKey": list(report.key),
            "missingValues": [MISSING],
        },
    }


def _page_resource(page: bytes) -> dict[str, object]:
    return {
        "name": PAGE.partition(".")[0],
        "path": PAGE,
        "type": "file",
        "description": f"{TITLE}. A page to read and print, written from rpt_claim_chain.csv.",
        "format": "html",
        "mediatype": "text/html",
        "encoding": "utf-8",
        **size_and_hash(page),
    }


def _field(column: Field) -> dict[str, object]:
    constraints: dict[str, object] = {} if column.nullable else {"required": True}
    if column.allowed:
        constraints["enum"] = list(column.allowed)
    if column.minimum is not None:
        constraints["minimum"] = int(column.minimum) if column.frictionless_type == "integer" else column.minimum
    if column.maximum is not None:
        constraints["maximum"] = int(column.maximum) if column.frictionless_type == "integer" else column.maximum
    field: dict[str, object] = {
        "name": column.name,
        "type": column.frictionless_type,
        "title": column.meaning,
        "description": column.describe(),
    }
    return {**field, "constraints": constraints} if constraints else field
