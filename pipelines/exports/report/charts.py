"""Charts of the report: Altair specifications with the rows behind them, drawn as SVG and PNG without a browser."""

import json
import os
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.exports.hashes import sha256

FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
INK, GREY, GRID = "#1f2328", "#57606a", "#e3e6ea"
BLUE, ORANGE, GREEN, PURPLE, SKY = "#0072B2", "#C04E00", "#007A5E", "#A4508B", "#2F6F93"  # after Okabe and Ito, darkened for text
FONTS, FONTS_OF = Path(__file__).with_name("fonts.conf"), "FONTCONFIG_FILE"
WIDTH, HEIGHT = 340, 210
PNG_SCALE = 2
SPECIFICATION = ".vl.json"
TITLE_LENGTH = 46
LAYOUT = "layout_"  # columns that place a mark and say nothing
AXES: dict[str, Any] = {
    "labelFontSize": 11,
    "titleFontSize": 11,
    "labelColor": GREY,
    "titleColor": GREY,
    "titleFontWeight": "normal",
    "gridColor": GRID,
    "domainColor": GREY,
    "tickColor": GREY,
    "aria": False,
}
THEME: dict[str, Any] = {
    "font": FONT,
    "background": "white",
    "view": {"stroke": None},
    "axis": AXES,
    "legend": {"labelFontSize": 11, "titleFontSize": 11, "labelColor": INK, "orient": "top", "title": None, "aria": False},
    "title": {"fontSize": 13, "anchor": "start", "color": INK, "aria": False, "fontWeight": "bold", "frame": "bounds"}
    | {"subtitleColor": GREY, "subtitleFontSize": 10, "offset": 8},
    "line": {"aria": False},
    "rule": {"aria": False},
    "area": {"aria": False},
    "text": {"fontSize": 11, "color": INK, "aria": False},
}
DESCRIBED = re.compile(r'(<(path|rect)\b[^>]*?) aria-label="([^"]*)"([^>]*?)(?:/>|></\2>)')
ARIA = re.compile(r' (?:aria-[a-z]+|role)="[^"]*"')
IDS = re.compile(r'\b(id="|url\(#|href="#)(?=clip|gradient)')
SIZED = re.compile(r'<svg\b[^>]*?viewBox="0 0 (\d+(?:\.\d+)?) (\d+(?:\.\d+)?)"[^>]*>')


@dataclass(frozen=True)
class Part:
    """Rows that a chart draws, with the table they are taken from."""

    table: str
    frame: pl.DataFrame


@dataclass(frozen=True)
class Chart:
    """One chart: the stem of its files, its title and text for readers who cannot see it, its drawing, the rows behind."""

    name: str
    title: str
    described: str
    drawing: Any
    parts: Sequence[Part]
    rung: str = "descriptive"


@dataclass(frozen=True)
class Drawn:
    """A chart as it is written: for the page, for slides, and as its Vega-Lite specification with the rows it draws."""

    chart: Chart
    svg: str
    png: bytes
    specification: bytes

    def files(self) -> dict[str, bytes]:
        """Its files by name."""
        name = self.chart.name
        return {f"{name}{SPECIFICATION}": self.specification, f"{name}.svg": self.svg.encode(), f"{name}.png": self.png}


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame that the drawing library reads: money as floating point, days as texts."""
    import polars.selectors as cs

    return frame.with_columns(cs.decimal().cast(pl.Float64), cs.date().cast(pl.String))


class Pen:
    """Draws in two threads; its engine starts while the tables are still being read.

    `before` are files of an earlier drawing by name: a chart whose specification is among them as it is now is not drawn again.
    """

    def __init__(self, before: Mapping[str, bytes] | None = None) -> None:
        self._before = before or {}
        self._pool = ThreadPoolExecutor(max_workers=2)
        self._started = None if self._before else self._pool.submit(_start_engine)

    def __enter__(self) -> "Pen":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def begin(self, charts: Sequence[Chart], credit: str = "") -> Callable[[], dict[str, Drawn]]:
        """Begin to draw all charts as SVG and PNG, with a line below the title that says where they come from.

        What is returned waits for the drawings and gives them by name.
        """
        wanted = {chart.name: specification_of(chart, credit) for chart in charts}
        known = {chart.name: self._known(chart, wanted[chart.name]) for chart in charts}
        if not all(known.values()):
            (self._started or self._pool.submit(_start_engine)).result()
        drawn = self._pool.map(lambda chart: known[chart.name] or _draw(chart, wanted[chart.name]), charts)
        return lambda: {each.chart.name: each for each in drawn}

    def _known(self, chart: Chart, specification: bytes) -> Drawn | None:
        old = [self._before.get(f"{chart.name}{ending}") for ending in (SPECIFICATION, ".svg", ".png")]
        if old[0] != specification or old[1] is None or old[2] is None:
            return None
        return Drawn(chart, old[1].decode(), old[2], specification)


def inline(drawn: Drawn) -> str:
    """The SVG for the page: scales with its column, shows a text on a mark under the pointer, has its own names."""
    svg = IDS.sub(rf"\g<1>{drawn.chart.name}-", drawn.svg)
    svg = DESCRIBED.sub(r"\1\4><title>\3</title></\2>", svg)
    svg = ARIA.sub("", svg)
    return SIZED.sub(
        rf'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \1 \2" style="max-width:calc(\1px*1.25)" '
        rf'aria-hidden="true" focusable="false" data-chart="{drawn.chart.name}">',
        svg,
        count=1,
    )


def _start_engine() -> None:
    """Start with the library's own font: the same pictures on every Linux, and no file of the machine read for each letter."""
    import vl_convert

    before = os.environ.get(FONTS_OF)
    os.environ[FONTS_OF] = str(FONTS)
    try:
        vl_convert.vegalite_to_svg({"data": {"values": [{"x": 0}]}, "mark": "point", "encoding": {"x": {"field": "x"}}})
    finally:
        os.environ.pop(FONTS_OF)
        if before is not None:
            os.environ[FONTS_OF] = before


def specification_of(chart: Chart, credit: str) -> bytes:
    """The chart in Vega-Lite with its rows, and what draws it: equal bytes give equal pictures."""
    spec = chart.drawing.to_dict(validate=False)
    spec["config"] = THEME
    spec["padding"] = 6
    spec["title"] = {"text": textwrap.wrap(chart.title, TITLE_LENGTH), "subtitle": credit}
    drawn_by = f"vl-convert-python {version('vl-convert-python')}"
    spec["usermeta"] = {"drawn_by": drawn_by, "png_scale": PNG_SCALE, "fonts_sha256": sha256(FONTS.read_bytes())}
    return json.dumps(spec, ensure_ascii=False, separators=(",", ":")).encode()


def _draw(chart: Chart, specification: bytes) -> Drawn:
    import vl_convert

    svg = vl_convert.vegalite_to_svg(specification.decode())
    return Drawn(chart, svg, vl_convert.svg_to_png(svg, scale=PNG_SCALE), specification)
