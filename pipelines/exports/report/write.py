"""Writing of the report: the page, and each chart as PNG, SVG, Vega-Lite specification and CSV beside it."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl

from pipelines.exports.citation import checksums_in
from pipelines.exports.hashes import sha256
from pipelines.exports.report.charts import LAYOUT, Chart, Pen
from pipelines.exports.report.check import require_page
from pipelines.exports.report.frames import Frames, credit_of, read_frames
from pipelines.exports.report.page import CHARTS, render, sections_of
from pipelines.exports.wording import Ladder

FOLDER = "report"
PAGE = "index.html"
TITLE = "The report: answers, charts and tables on one page"


def report_files(
    con: duckdb.DuckDBPyConnection,
    ladder: Ladder,
    extra: Mapping[str, pl.DataFrame] | None = None,
    before: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """The files of the report by their path below its folder; raises CheckFailed where a number or a word has no leg to stand on.

    `extra` are frames that do not lie in the warehouse, by name (`changes`); `before` are the files of its last charts.
    """
    with Pen(before) as pen:
        return files_of({**read_frames(con), **(extra or {})}, ladder, pen)


def files_of(frames: Frames, ladder: Ladder, pen: Pen) -> dict[str, bytes]:
    """The same from frames by table name."""
    sections = sections_of(frames)
    charts = [chart for section in sections for chart in section.charts]
    drawn = pen.draw(charts, credit_of(frames))
    page = render(frames, sections, drawn)
    require_page(page, frames, charts, ladder)
    files = {PAGE: page.encode()}
    for item in drawn.values():
        files |= {f"{CHARTS}/{name}": body for name, body in item.files().items()}
        files |= _rows_behind(item.chart)
    return files


def charts_before(exports: Path) -> dict[str, bytes]:
    """The files of the charts that lie in the folder as its checksums say, by name; a file that was changed since is left out."""
    listed = checksums_in(exports)
    paths = [exports / path for path in listed if path.startswith(f"{FOLDER}/{CHARTS}/") and not path.endswith(".csv")]
    found = {path: path.read_bytes() for path in paths if path.exists()}
    return {path.name: body for path, body in found.items() if sha256(body) == listed[path.relative_to(exports).as_posix()]}


def _rows_behind(chart: Chart) -> dict[str, bytes]:
    files = {}
    for number, part in enumerate(chart.parts):
        tail = f"-{part.table.removeprefix('rpt_').replace('_', '-')}" if number else ""
        kept = part.frame.select(pl.exclude(f"^{LAYOUT}.*$", "^told$"))
        files[f"{CHARTS}/{chart.name}{tail}.csv"] = kept.write_csv(line_terminator="\n").encode()
    return files
