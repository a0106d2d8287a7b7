"""Small pictures of a few result tables, drawn from their rows, as the UI shows them in the metadata of an asset.

The UI draws an image in markdown if its address is a data URI; no file is served. The rows are few and the drawing is a few
lines of SVG, so that it costs milliseconds; the charts of the report are drawn later, by the asset that writes the files.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from html import escape
from pathlib import Path

import dagster as dg
import duckdb

from pipelines.exports.report.charts import BLUE, GREEN, GREY, ORANGE, PURPLE

COLOURS = (BLUE, ORANGE, GREEN, PURPLE)
WIDTH, LINE, LETTER, HEIGHT = 560, 17, 6.3, 190
Row = tuple[str, str, str, float | None, float, float | None]  # heading, place, series, low, middle, high


@dataclass(frozen=True)
class Picture:
    """What is drawn of a table: rows with heading, place, series, low end, middle and high end, in the order of drawing."""

    sql: str
    caption: str
    told: str  # how a value is written: share, usd or log
    is_path: bool = False


PICTURES = {
    "exports.rpt_mix_interval": Picture(
        """SELECT 'Share of each channel in compute (H100-equivalents)', period_id || ' ' || channel, channel,
               share_p05, share_p50, share_p95
           FROM exports.rpt_mix_interval
           WHERE mix_series = 'backbone' AND channel_part = 'all' AND scope = 'arrivals' AND unit_of_account = 'h100e'
               AND contains(period_id, 'H') AND mix_state = 'complete' AND share_p50 IS NOT NULL
           ORDER BY period_id, channel <> 'legal', channel <> 'smuggled', channel""",
        "Median and 90 % of joint draws; sums of published claims, nobody observes smuggling.",
        "share",
    ),
    "exports.rpt_premium": Picture(
        """SELECT 'Premium of street prices over the reference', CAST(quote_date AS VARCHAR) || ' ' || chip_id,
               CASE WHEN is_like_for_like THEN 'like for like' ELSE 'not like for like' END, premium_low, premium, premium_high
           FROM exports.rpt_premium WHERE premium IS NOT NULL ORDER BY quote_date, price_id""",
        "Ends of the published prices; a quote without a price of reference is left out.",
        "share",
    ),
    "exports.rpt_event_path": Picture(
        """WITH first_design AS (
               SELECT design_id, control_set FROM exports.rpt_event_result
               WHERE estimate_log IS NOT NULL
                   AND design_id IN (SELECT design_id FROM exports.rpt_event_path WHERE path_log IS NOT NULL)
               ORDER BY evidence_label = 'descriptive', family_correction <> 'holm', design_id LIMIT 1)
           SELECT title, CAST(months_from_event AS VARCHAR), 'log points', band_low, path_log, band_high
           FROM exports.rpt_event_path SEMI JOIN first_design USING (design_id, control_set)
           WHERE path_log IS NOT NULL ORDER BY months_from_event""",
        "Log points against comparable series by month from the event, with the 95 % band; the first study of the report.",
        "log",
        is_path=True,
    ),
    "exports.rpt_mirror_gap": Picture(
        """WITH lane AS (
               SELECT exporter_iso3, importer_iso3, product_code FROM exports.rpt_mirror_gap
               GROUP BY ALL
               ORDER BY count(gap_usd) DESC, exporter_iso3, importer_iso3, product_code LIMIT 1)
           SELECT exporter_name || ' to ' || importer_name || ', ' || product_code || ': gap between the two reports',
               if(window_kind = 'year', strftime(period_start, '%Y'), strftime(period_start, '%Y-%m ') || window_kind),
               'gap', gap_low_usd, gap_usd, gap_high_usd
           FROM exports.rpt_mirror_gap SEMI JOIN lane USING (exporter_iso3, importer_iso3, product_code)
           WHERE gap_usd IS NOT NULL ORDER BY period_start, window_kind""",
        "Exporter minus importer at the lowest, central and highest freight rate; the lane with the most windows.",
        "usd",
    ),
    "exports.rpt_scenario_headline": Picture(
        """SELECT output_title || ', by scenario', scenario_id, 'scenario', scenario_p05, scenario_p50, scenario_p95
           FROM exports.rpt_scenario_headline WHERE output_id = 'smuggled_share' ORDER BY scenario_p50, scenario_id""",
        "Median and 90 % of draws in the model, given its levers and priors; compare each with its own baseline.",
        "share",
    ),
}
REPORT_CHARTS = {
    "mix-h100e": "rpt_mix_interval",
    "premium": "rpt_premium",
    "event-*": "rpt_event_path",
    "scenario-smuggled-share": "rpt_scenario",
    "smuggled-share": "rpt_answer",
}  # pattern of the file, and the table it is drawn from; of several files the first
WRITTEN: dict[str, Callable[[float], str]] = {
    "share": lambda value: f"{value:.1%}" if 0 < abs(value) < 0.01 else f"{value:.0%}",
    "usd": lambda value: f"{value / 1e9:.1f} bn $",
    "log": lambda value: f"{value:.1f}",
}


def picture_of(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, dg.MetadataValue]:
    """The picture of a table as a metadata entry; none for a table without one, or without rows to draw."""
    if name not in PICTURES:
        return {}
    picture = PICTURES[name]
    rows: list[Row] = con.execute(picture.sql).fetchall()
    if not rows:
        return {}
    heading = rows[0][0]
    drawing = _path(rows, WRITTEN[picture.told]) if picture.is_path else _ranges(rows, WRITTEN[picture.told])
    return {"picture": dg.MetadataValue.md(f"**{heading}**\n\n{image(heading, drawing.encode())}\n\n{picture.caption}")}


def report_charts(written: Sequence[Path]) -> dg.MetadataValue:
    """A few charts of the report from the files just written, each with a link to the asset of the table it is drawn from."""
    drawings = [path for path in written if path.suffix == ".svg"]
    parts = []
    for pattern, table in REPORT_CHARTS.items():
        for path in [each for each in drawings if fnmatch(each.stem, pattern)][:1]:
            parts.append(f"[{table}](/assets/exports/{table})\n\n{image(path.stem, path.read_bytes())}")
    return dg.MetadataValue.md("\n\n".join(parts) or "The report of this day has none of the charts shown here.")


def image(told: str, svg: bytes) -> str:
    """An SVG as an image in markdown; `told` is for readers who cannot see it."""
    return f"![{told.replace('[', '(').replace(']', ')')}](data:image/svg+xml;base64,{b64encode(svg).decode()})"


def _ranges(rows: Sequence[Row], written: Callable[[float], str]) -> str:
    """One line per row: its place, its range with the middle as a point, and the middle in words."""
    left = LETTER * max(len(place) for _, place, *_ in rows) + 12
    across = _scale(rows, left, WIDTH - 70)
    names = list(dict.fromkeys(series for _, _, series, *_ in rows))
    colour = dict(zip(names, COLOURS * len(names), strict=False))
    bottom = LINE * len(rows) + 4
    parts = [_zero(across(0.0), 2, across(0.0), bottom)]
    for number, (_, place, series, low, middle, high) in enumerate(rows):
        y, ink = LINE * number + 11, colour[series]
        ends = [across(float(middle if end is None else end)) for end in (low, high)]
        parts.append(_text(0, y + 4, place))
        parts.append(f"<path d='M{ends[0]:.0f} {y}H{ends[1]:.0f}' stroke='{ink}' stroke-width='2'/>")
        parts.append(f"<circle cx='{across(float(middle)):.0f}' cy='{y}' r='4' fill='{ink}'/>")
        parts.append(_text(WIDTH - 60, y + 4, written(float(middle))))
    parts += [_text(left + 130 * i, bottom + 16, f"● {name}", colour[name]) for i, name in enumerate(names) if len(names) > 1]
    return _svg(parts, bottom + (22 if len(names) > 1 else 4))


def _path(rows: Sequence[Row], written: Callable[[float], str]) -> str:
    """A line through the middles over the band of their ends, with zero and the day of the event."""
    up = _scale(rows, HEIGHT - 24, 10)
    across = [46 + (WIDTH - 56) * number / max(1, len(rows) - 1) for number in range(len(rows))]
    line = " ".join(f"{x:.0f},{up(float(row[4])):.1f}" for x, row in zip(across, rows, strict=True))
    banded = [
        (x, float(row[3]), float(row[5]))
        for x, row in zip(across, rows, strict=True)
        if row[3] is not None and row[5] is not None
    ]
    band = [f"{x:.0f},{up(low):.1f}" for x, low, _ in banded] + [f"{x:.0f},{up(high):.1f}" for x, _, high in reversed(banded)]
    parts = [f"<polygon points='{' '.join(band)}' fill='{COLOURS[0]}' opacity='.2'/>", _zero(46, up(0.0), WIDTH - 10, up(0.0))]
    parts.append(f"<polyline points='{line}' fill='none' stroke='{COLOURS[0]}' stroke-width='2'/>")
    parts += [_text(0, up(value) + 4, written(value)) for value in _ends(rows)]
    for x, (_, place, *_) in zip(across, rows, strict=True):
        if place in (rows[0][1], "0", rows[-1][1]):
            parts.append(_text(x - LETTER * len(place) / 2, HEIGHT - 6, place))
            parts += [_zero(x, 10, x, HEIGHT - 24)] if place == "0" else []
    return _svg(parts, HEIGHT)


def _ends(rows: Sequence[Row]) -> tuple[float, float]:
    values = [float(value) for row in rows for value in row[3:] if value is not None]
    return min(0.0, *values), max(0.0, *values)


def _scale(rows: Sequence[Row], start: float, end: float) -> Callable[[float], float]:
    """Where a value lies between two places of the drawing; zero is always inside."""
    low, high = _ends(rows)
    return lambda value: start + (end - start) * (value - low) / ((high - low) or 1.0)


def _zero(x1: float, y1: float, x2: float, y2: float) -> str:
    return f"<path d='M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}' stroke='{GREY}' stroke-dasharray='2 3'/>"


def _text(x: float, y: float, words: str, colour: str = GREY) -> str:
    return f"<text x='{x:.0f}' y='{y:.0f}' fill='{colour}'>{escape(words)}</text>"


def _svg(parts: Sequence[str], height: float) -> str:
    head = f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{height:.0f}' viewBox='0 0 {WIDTH} {height:.0f}'"
    return f"{head} font-family='Arial, Helvetica, sans-serif' font-size='11'>{''.join(parts)}</svg>"
