"""Two checks of the finished page: every number has a row behind it, and every text keeps to its rung of the wording ladder."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from pipelines.errors import CheckFailed, Place, explain
from pipelines.exports.report.charts import LAYOUT, Chart
from pipelines.exports.report.formats import STYLES
from pipelines.exports.report.frames import BETWEEN, Frames, credit_of, key_text
from pipelines.exports.report.pieces import Piece, Pieces
from pipelines.exports.wording import GIVEN, LABEL_COLUMN, STATEMENTS, UNLABELLED, Ladder, is_text, require_wording
from pipelines.schemas.tables.catalog import declared_tables

PAGE = "index.html"
DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
NAMES = re.compile(r"\bH100\b|\bSHA-256\b")  # names that hold digits and are no figures
CONVENTIONS = re.compile(r"\b(?:90|95) %")  # levels of intervals, fixed by METHODS
REMEDY = "print it with figure(), words() or count(), which name the row it comes from"
STYLES_OF = {
    "text": ("words",),
    "date": ("day", "month"),
    "number": ("share", "change", "percent", "number", "decimals", "p_value", "whole"),
}
Cells = Mapping[str, Any]


class Behind:
    """The rows behind the page, found again by their address."""

    def __init__(self, frames: Frames) -> None:
        self.frames = frames
        self._rows: dict[str, dict[str, Cells]] = {}

    def row(self, address: str) -> Cells | None:
        """The row with this address; None when there is none."""
        table = address.partition(BETWEEN)[0]
        if table not in self._rows and table in self.frames:
            listed = self.frames[table].iter_rows(named=True)
            self._rows[table] = {BETWEEN.join([table, *key_text(table, cells)]): cells for cells in listed}
        return self._rows.get(table, {}).get(address)

    def count(self, what: str) -> int | None:
        """How many rows a table has, or how many of them hold a value."""
        table, _, condition = what.partition("|")
        if table not in self.frames:
            return None
        column, _, value = condition.partition("=")
        frame = self.frames[table]
        return sum(str(cell) == value for cell in frame[column]) if condition else frame.height


def require_page(page: str, frames: Frames, charts: Sequence[Chart], ladder: Ladder) -> None:
    """Pass a page whose numbers have rows behind them and whose texts keep to their rung; raises CheckFailed else."""
    pieces = Pieces(page).found
    require_rows_behind(pieces, frames, charts)
    require_page_wording(pieces, Behind(frames), ladder)


def require_rows_behind(pieces: Iterable[Piece], frames: Frames, charts: Sequence[Chart]) -> None:
    """Pass pieces whose numbers are those of rows; raises CheckFailed with the piece."""
    behind = Behind(frames)
    require_charts(charts, frames)
    by_name = {chart.name: chart for chart in charts}
    told = {chart.name: _told(chart) for chart in charts}
    titles = {chart.name: _titles(chart) for chart in charts}
    checks: dict[str, Callable[[Piece], str | None]] = {
        "cell": lambda piece: _cell_fault(piece, behind),
        "count": lambda piece: _count_fault(piece, behind),
        "chart": lambda piece: _chart_fault(
            piece, told.get(piece.name, set()) | {*titles.get(piece.name, ()), credit_of(frames)}
        ),
        "scale": lambda piece: None if piece.name in by_name else "a scale outside a chart",
        "caption": lambda piece: _caption_fault(piece, titles),
        "words": lambda piece: _words_fault(piece.text),
    }
    for piece in pieces:
        fault = checks[piece.kind](piece)
        if fault:
            raise CheckFailed(explain(Place(PAGE, f"line {piece.line}"), fault, "a number that a row holds", REMEDY))


def require_charts(charts: Sequence[Chart], frames: Frames) -> None:
    """Pass charts whose rows are rows of their tables, unchanged; raises CheckFailed with the chart and the column."""
    for chart in charts:
        for part in chart.parts:
            source = frames[part.table]
            own = [name for name in part.frame.columns if name in source.columns]
            added = [name for name in part.frame.columns if name not in own and not name.startswith(LAYOUT)]
            computed = [name for name in added if part.frame[name].dtype != pl.String]
            drawn = part.frame.select(pl.col(name).cast(source.schema[name]) for name in own)
            strange = drawn.join(source.select(own), on=own, how="anti", nulls_equal=True)
            if computed or strange.height:
                found = f"columns of its own: {', '.join(computed)}" if computed else f"{strange.height} rows of its own"
                place = Place(chart.name, column=part.table)
                raise CheckFailed(explain(place, found, "rows of the table, unchanged", "compute it in the SQL of the table"))


def require_page_wording(pieces: Iterable[Piece], behind: Behind, ladder: Ladder) -> None:
    """Hold every text against the rung of its row or chart, those of templates against the lowest; raises CheckFailed."""
    for piece in pieces:
        if piece.kind == "cell":
            rung, is_statement = _rung_of(piece, behind)
        else:
            rung, is_statement = piece.rung or UNLABELLED, False
        if rung:
            require_wording(
                piece.text, rung, Place(PAGE, f"line {piece.line}", column=piece.column), ladder, is_statement=is_statement
            )


def _rung_of(piece: Piece, behind: Behind) -> tuple[str, bool]:
    table = piece.name.partition(BETWEEN)[0]
    declared = next((found for found in declared_tables().values() if found.name == table), None)
    if piece.style != "words" or piece.column in GIVEN:
        return "", False
    if declared and not is_text(declared.column(piece.column)):
        return "", False
    row = behind.row(piece.name) or {}
    return str(row.get(LABEL_COLUMN) or UNLABELLED), piece.column in STATEMENTS


def _cell_fault(piece: Piece, behind: Behind) -> str | None:
    row = behind.row(piece.name)
    if row is None:
        return f"{piece.text!r}: no row {piece.name!r}"
    if piece.column not in row or row[piece.column] is None:
        return f"{piece.text!r}: the row {piece.name!r} has no {piece.column}"
    cell = row[piece.column]
    if piece.value is not None and piece.value != str(cell):
        return f"{piece.value!r} where {piece.column} of {piece.name!r} is {cell!r}"
    expected = " ".join(STYLES[piece.style](cell).split())
    return None if piece.text == expected else f"{piece.text!r} where {piece.column} of {piece.name!r} reads {expected!r}"


def _chart_fault(piece: Piece, told: Iterable[str]) -> str | None:
    """A long text is drawn on several lines, so a line is a part of a text that may be told."""
    return None if any(piece.text in text for text in told) else _words_fault(piece.text)


def _count_fault(piece: Piece, behind: Behind) -> str | None:
    n = behind.count(piece.name)
    same = n is not None and piece.text == f"{n:,}" and piece.value == str(n)
    return None if same else f"the count {piece.text} of {piece.name}, which is {n}"


def _caption_fault(piece: Piece, titles: Mapping[str, Sequence[str]]) -> str | None:
    rest = piece.text
    for title in titles.get(piece.name, ()):
        rest = rest.replace(title, "")
    return _words_fault(rest)


def _words_fault(content: str) -> str | None:
    rest = CONVENTIONS.sub("", NAMES.sub("", content))
    found = DIGITS.search(rest)
    return f"the number {found.group()!r} in {content[:120]!r}" if found else None


def _titles(chart: Chart) -> list[str]:
    """Texts of the chart's rows, which its caption may repeat."""
    texts: set[str] = set()
    for part in chart.parts:
        for name in part.frame.columns:
            if part.frame[name].dtype == pl.String and name in ("title", "output_title"):
                texts |= set(part.frame[name].drop_nulls())
    return sorted(texts, key=len, reverse=True)


def _told(chart: Chart) -> set[str]:
    """Texts that may stand on the chart's marks: texts of its rows, and labels whose numbers are cells of their row."""
    found: set[str] = set()
    for part in chart.parts:
        texts = [name for name in part.frame.columns if part.frame[name].dtype == pl.String]
        for cells in part.frame.iter_rows(named=True):
            found |= {" ".join(str(cells[name]).split()) for name in texts if name != "told" or _is_told_by(cells)}
    return found


def _is_told_by(cells: Cells) -> bool:
    shown = set()
    for name, cell in cells.items():
        if name != "told" and cell is not None:
            shown |= set(DIGITS.findall(" ".join(_every_style(cell))))
    return set(DIGITS.findall(str(cells["told"]))) <= shown


def _every_style(cell: Any) -> list[str]:
    """Every way in which a cell of its kind may be shown."""
    kind = "text" if isinstance(cell, str | bool) else "date" if isinstance(cell, date) else "number"
    return [STYLES[style](cell) for style in STYLES_OF[kind]]
