"""Writing of the report: the page, and each chart as PNG, SVG, Vega-Lite specification and CSV beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from pipelines.exports.citation import checksums_in
from pipelines.exports.hashes import sha256
from pipelines.exports.report.charts import LAYOUT, Chart, Drawn, Pen
from pipelines.exports.report.check import require_page
from pipelines.exports.report.frames import Frames, credit_of, read_frames
from pipelines.exports.report.page import CHARTS, render, sections_of
from pipelines.exports.report.section import Section
from pipelines.exports.wording import Ladder

FOLDER = "report"
PAGE = "index.html"
TITLE = "The report: answers, charts and tables on one page"


@dataclass(frozen=True)
class Begun:
    """A report whose charts are being drawn."""

    frames: Frames
    sections: Sequence[Section]
    drawings: Callable[[], dict[str, Drawn]]

    def files(self, ladder: Ladder) -> dict[str, bytes]:
        """The files of the report by their path below its folder; waits for the charts.

        Raises CheckFailed where a number or a word has no leg to stand on.
        """
        drawn = self.drawings()
        page = render(self.frames, self.sections, drawn)
        require_page(page, self.frames, [chart for section in self.sections for chart in section.charts], ladder)
        files = {PAGE: page.encode()}
        for item in drawn.values():
            files |= {f"{CHARTS}/{name}": body for name, body in item.files().items()}
            files |= _rows_behind(item.chart)
        return files


def begin_report(con: duckdb.DuckDBPyConnection, pen: Pen, extra: Mapping[str, pl.DataFrame] | None = None) -> Begun:
    """Read the tables and begin to draw; `extra` are frames that do not lie in the warehouse, by name (`changes`)."""
    return begin({**read_frames(con), **(extra or {})}, pen)


def begin(frames: Frames, pen: Pen) -> Begun:
    """The same from frames by table name."""
    sections = sections_of(frames)
    charts = [chart for section in sections for chart in section.charts]
    return Begun(frames, sections, pen.begin(charts, credit_of(frames)))


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
