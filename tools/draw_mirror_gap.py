"""Draw docs/mirror-gap.svg, what one pair's mirror gap is made of, from the exports: `python -m tools.draw_mirror_gap`.

The same rows give the same bytes. A part that is only bounded has an interval and no bar; the amounts add up to the gap.
"""

import argparse
import csv
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

from pipelines.archive import write_atomically
from pipelines.errors import ChipflowsError, InputError, Place, UsageError, explain
from pipelines.exports.wording import require_drawn_wording
from pipelines.home import CHECKOUT, Edition, Home
from tools.draw_supply_mix import as_of_of

REPORT = "rpt_mirror_waterfall"
TARGET = CHECKOUT / "docs" / "mirror-gap.svg"
CLAIM_LIMIT = "difference_between_reports_not_evasion"
LIMIT = "This is a difference between two reports. It is not evasion and must not be called so: no part of it shows intent."
NOTES = (
    "Bars: amounts, which add up to the raw gap. Whiskers: lowest and highest amount that the loaded data allow; dashed where",
    "the part has no amount of its own and stays in the residual, with an arrow where an end is open or beyond the picture.",
)
ROUNDED = "Rounded to 10 million US dollars, as the terms of a source keep single records inside."
WORDS = {
    "freight": ("Freight and insurance", "in the importer's value"),
    "timing": ("Goods under way", "at the ends of the year"),
    "reexport": ("Goods sold on by hubs", "if only the listed hubs sell on"),
    "classification": ("Neighbouring codes", "the same goods under another code"),
    "residual": ("Residual", "what is left, with all parts that have no amount"),
}
STATES = ("observed", "assumed", "bounded", "unknown", "remainder")

WIDTH, TOP, ROW = 900, 134, 56
LEFT, RIGHT = 304, 752  # of the plot; words stand left of it, numbers right of it
INK, MUTED, GRID = "#1f2328", "#57606a", "#e3e6ea"
TOTAL, PART = "#57606a", "#0072B2"
FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
BILLION = 1e9
REACH = 1.5  # of the largest bar: whiskers that go further are cut at the edge of the plot


def _style(size: int, fill: str = MUTED, *, bold: bool = False, anchor: str = "start") -> str:
    weight = ' font-weight="bold"' if bold else ""
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'font-size="{size}" fill="{fill}"{weight}{anchored}'


HEADING, WORDS_BELOW, NOTE = _style(18, INK, bold=True), _style(13), _style(11)
NAME, NUMBER, ASIDE = _style(13, INK, bold=True), _style(13, INK, bold=True, anchor="end"), _style(11, anchor="end")
WARNING, MARK, AXIS = _style(13, "#7a4100", bold=True), _style(11, anchor="middle"), _style(12, anchor="middle")


@dataclass(frozen=True)
class Pair:
    """Which pair, goods and year to draw."""

    exporter: str = "TWN"
    importer: str = "THA"
    product_code: str = "8542"
    year: int = 2024

    def __str__(self) -> str:
        return f"{self.exporter} to {self.importer}, {self.product_code}, {self.year}"


@dataclass(frozen=True)
class Part:
    """One component in US dollars; None where there is no amount, or where an end is open or not known."""

    name: str
    state: str
    amount: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Gap:
    """One pair's raw gap and its parts in their order."""

    exporter: str
    importer: str
    goods: str
    year: int
    raw: float
    parts: tuple[Part, ...]
    is_rounded: bool


def read_gap(path: Path, pair: Pair) -> Gap:
    """The rows of one pair and year from the exported CSV; raises InputError when they are not all there or lack their limit."""
    wanted = (pair.exporter, pair.importer, pair.product_code, "year", f"{pair.year}-01-01")
    with path.open(encoding="utf-8", newline="") as file:
        rows = sorted(
            (row for row in csv.DictReader(file) if _place(row) == wanted), key=lambda row: int(row["component_position"])
        )
    if [row["component"] for row in rows] != list(WORDS):
        found = f"{len(rows)} components of {pair}"
        raise InputError(explain(Place(REPORT, str(path)), found, ", ".join(WORDS), "run chipflows build, or name another pair"))
    if {row["claim_limit"] for row in rows} != {CLAIM_LIMIT}:
        raise InputError(explain(Place(REPORT, str(path)), "another claim limit", CLAIM_LIMIT, "draw no gap without its limit"))
    first = rows[0]
    raw, is_rounded = float(first["raw_gap_usd"]), first["is_rounded_by_terms"].lower() == "true"
    names = (first["exporter_name"], first["importer_name"], f"{first['goods_title']} (HS {pair.product_code})")
    return Gap(*names, pair.year, raw, tuple(map(_part, rows)), is_rounded)


def draw(gap: Gap, as_of: str) -> str:
    """The whole drawing as SVG text."""
    height = TOP + ROW * (len(gap.parts) + 1) + 134
    scale = Scale.over(_ends(gap))
    parts = [*_head(gap, as_of, height), *scale.axis(TOP + ROW * (len(gap.parts) + 1))]
    parts += _total(gap, scale)
    start = 0.0
    for number, part in enumerate(gap.parts, start=1):
        parts += _row(part, start, number, scale)
        start += part.amount or 0.0
    return "\n".join([*parts, *_foot(gap, height), "</svg>"]) + "\n"


@dataclass(frozen=True)
class Scale:
    """US dollars to pixels, with marks at round amounts."""

    ticks: tuple[float, ...]

    @classmethod
    def over(cls, values: Iterable[float]) -> "Scale":
        """The scale that holds zero and all values."""
        found = [0.0, *values]
        low, high = min(found), max(*found, 1.0)
        rough = (high - low) / 6
        unit = 10 ** math.floor(math.log10(rough))
        step = next(unit * times for times in (1, 2, 5, 10) if unit * times >= rough)
        return cls(tuple(step * number for number in range(math.floor(low / step), math.ceil(high / step) + 1)))

    def x(self, value: float) -> float:
        """Where an amount lies."""
        first, last = self.ticks[0], self.ticks[-1]
        return LEFT + (RIGHT - LEFT) * (value - first) / (last - first)

    def clip(self, value: float | None, side: int) -> tuple[float, bool]:
        """Where an end lies, and whether it is cut at the edge: an open end is, on its side."""
        first, last = self.ticks[0], self.ticks[-1]
        edge = first if side < 0 else last
        inside = edge if value is None else min(max(value, first), last)
        return self.x(inside), value is None or inside != value

    def axis(self, bottom: int) -> Iterator[str]:
        """Lines and numbers of the marks."""
        for tick in self.ticks:
            colour = "#8c959f" if tick == 0 else GRID
            yield f'<path d="M{_n(self.x(tick))} {TOP - 6}V{bottom}" stroke="{colour}" stroke-width="1"/>'
            yield _text(self.x(tick), bottom + 17, _amount(tick, self.decimals), MARK)
        yield _text((LEFT + RIGHT) / 2, bottom + 35, "billion US dollars, exporter minus importer", AXIS)

    @property
    def decimals(self) -> int:
        """Decimals of a billion that tell neighbouring marks apart."""
        return max(0, -math.floor(math.log10(min(b - a for a, b in pairwise(self.ticks)) / BILLION) + 1e-9))


def _place(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row[name] for name in ("exporter_iso3", "importer_iso3", "product_code", "window_kind", "period_start"))


def _part(row: Mapping[str, str]) -> Part:
    amount, low, high = (
        float(row[name]) if row[name] else None for name in ("component_usd", "component_low_usd", "component_high_usd")
    )
    if row["component_state"] not in STATES:
        raise InputError(
            explain(Place(REPORT), f"the state {row['component_state']!r}", ", ".join(STATES), "run chipflows build")
        )
    return Part(row["component"], row["component_state"], amount, low, high)


def _ends(gap: Gap) -> Iterator[float]:
    """Ends of all bars, and of the whiskers those within reach: a bound far beyond the gap would leave no room for it."""
    bars, whiskers, start = [gap.raw], [], 0.0
    for part in gap.parts:
        whiskers += [start + value for value in (part.low, part.high) if value is not None]
        start += part.amount or 0.0
        bars.append(start)
    reach = REACH * max(map(abs, bars))
    yield from bars
    yield from (end for end in whiskers if abs(end) <= reach)


def _head(gap: Gap, as_of: str, height: int) -> Iterator[str]:
    title = f"{gap.exporter} to {gap.importer}, {gap.year}: what the difference between two reports is made of"
    more, less = (gap.exporter, gap.importer) if gap.raw > 0 else (gap.importer, gap.exporter)
    size = f"{abs(gap.raw) / BILLION:.2f} billion US dollars"
    words = f"{more} reports {size} more than {less}" if gap.raw else "Both report the same"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-labelledby="title desc" font-family="{FONT}">'
    )
    yield f'<title id="title">{escape(title)}</title>'
    yield f'<desc id="desc">{escape(words)}, as of {escape(as_of)}. {escape(LIMIT)}</desc>'
    yield f'<rect width="{WIDTH}" height="{height}" rx="6" fill="#ffffff"/>'
    yield _text(24, 35, escape(title), HEADING)
    yield _text(24, 57, escape(f"{gap.goods}. {words}. As of {as_of}"), WORDS_BELOW)
    yield f'<rect x="24" y="70" width="{WIDTH - 48}" height="26" rx="4" fill="#fff4e5"/>'
    yield _text(36, 88, escape(LIMIT), WARNING)
    yield _text(876, TOP - 10, "amount (lowest to highest)", ASIDE)


def _total(gap: Gap, scale: Scale) -> Iterator[str]:
    yield from _labels("Raw gap", "exporter minus importer, as both report", TOP)
    yield _bar(scale, 0.0, gap.raw, TOP, TOTAL)
    yield _text(876, TOP + 27, _amount(gap.raw), NUMBER)


def _row(part: Part, start: float, number: int, scale: Scale) -> Iterator[str]:
    top = TOP + ROW * number
    name, words = WORDS[part.name]
    yield f'<path d="M24 {top - 4}H876" stroke="{GRID}" stroke-width="1"/>'
    yield from _labels(name, f"{words} ({part.state})" if part.name != "residual" else words, top)
    if part.amount is not None:
        yield _bar(scale, start, start + part.amount, top, PART)
    yield from _whisker(part, start, top, scale)
    yield _text(876, top + 20, "no amount" if part.amount is None else _amount(part.amount), NUMBER)
    yield _text(876, top + 38, _interval(part), ASIDE)


def _labels(name: str, words: str, top: int) -> Iterator[str]:
    yield _text(24, top + 20, escape(name), NAME)
    yield _text(24, top + 38, escape(words), NOTE)


def _bar(scale: Scale, start: float, end: float, top: int, colour: str) -> str:
    low, high = sorted((scale.x(start), scale.x(end)))
    return (
        f'<rect x="{_n(low)}" y="{top + 12}" width="{_n(max(high - low, 1.5))}" height="22" fill="{colour}" fill-opacity="0.85"/>'
    )


def _whisker(part: Part, start: float, top: int, scale: Scale) -> Iterator[str]:
    if part.low is None and part.high is None:
        return
    y = top + 41
    dash = ' stroke-dasharray="5 4"' if part.amount is None else ""
    ends = [scale.clip(None if value is None else start + value, sign) for value, sign in ((part.low, -1), (part.high, 1))]
    yield f'<path class="whisker" d="M{_n(ends[0][0])} {y}H{_n(ends[1][0])}" stroke="{INK}" stroke-width="1.5"{dash}/>'
    for (x, is_cut), inward in zip(ends, (7, -7), strict=True):
        arrow = f"M{_n(x + inward)} {y - 5}L{_n(x)} {y}L{_n(x + inward)} {y + 5}"
        cap = arrow if is_cut else f"M{_n(x)} {y - 5}V{y + 5}"
        yield f'<path d="{cap}" fill="none" stroke="{INK}" stroke-width="1.5"/>'


def _interval(part: Part) -> str:
    if part.low is None and part.high is None:
        return "not known"
    low, high = ("open" if value is None else _amount(value) for value in (part.low, part.high))
    return f"{low} to {high}"


def _foot(gap: Gap, height: int) -> Iterator[str]:
    for number, note in enumerate((*NOTES, *([ROUNDED] if gap.is_rounded else []))):
        yield _text(24, height - 68 + 16 * number, escape(note), NOTE)
    source = f"Source: chipflows, {REPORT}.csv. How to read it: docs/flow-metrics.md."
    yield _text(24, height - 16, source, NOTE)


def _text(x: float, y: float, words: str, style: str) -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" {style}>{words}</text>'


def _amount(value: float, decimals: int = 2) -> str:
    words = f"{value / BILLION:.{decimals}f}"
    return words.lstrip("-") if float(words) == 0 else words.replace("-", "\N{MINUS SIGN}")


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def draw_file(edition: Edition, pair: Pair, target: Path) -> None:
    """Draw one pair of an edition into a file; raises UsageError without an export, CheckFailed for a barred word."""
    report = edition.exports / f"{REPORT}.csv"
    if not report.exists():
        raise UsageError(f"there is no {report}; run chipflows build first")
    drawing = draw(read_gap(report, pair), as_of_of(edition))
    require_drawn_wording(drawing, "accounting", target.name)
    write_atomically(target, drawing.encode())


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw, and say where; returns the exit code."""
    usual = Pair()
    parser = argparse.ArgumentParser(prog="python -m tools.draw_mirror_gap", description=__doc__)
    parser.add_argument("--exporter", default=usual.exporter, help="ISO3 code (default: %(default)s)")
    parser.add_argument("--importer", default=usual.importer, help="ISO3 code (default: %(default)s)")
    parser.add_argument("--code", default=usual.product_code, help="HS code (default: %(default)s)")
    parser.add_argument("--year", type=int, default=usual.year, help="calendar year (default: %(default)s)")
    parser.add_argument("--to", dest="target", type=Path, default=TARGET, help="file to write (default: docs/mirror-gap.svg)")
    options = parser.parse_args(arguments)
    try:
        pair = Pair(options.exporter, options.importer, options.code, options.year)
        draw_file(Home.from_environment().edition(None), pair, options.target)
    except ChipflowsError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{options.target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
