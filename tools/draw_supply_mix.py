"""Draw docs/supply-mix.svg from the exported supply mix of the current home: `python -m tools.draw_supply_mix`.

The same rows give the same bytes. A period in which any channel lacks a figure is shown as incomplete, never as zero.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from pipelines.archive import write_atomically
from pipelines.errors import ChipflowsError, InputError, Place, UsageError, explain
from pipelines.exports.wording import require_drawn_wording
from pipelines.home import CHECKOUT, Edition, Home

REPORT = "rpt_mix_interval"
TARGET = CHECKOUT / "docs" / "supply-mix.svg"
SCOPE, SERIES = "arrivals", "backbone"
PERIODS = ("2024H1", "2024H2", "2025H1", "2025H2", "2026H1")
UNITS = {
    "chips": ("Chips", "each counts one"),
    "h100e": ("H100-equivalents", "each chip by its computing power"),
    "bandwidth": ("Memory bandwidth", "each chip by its terabytes a second"),
    "usd": ("US dollars", "each chip by its price"),
}
TITLE = "Share of AI compute added in China by channel: the unit moves the answer"
BARS = "bars: 90 % of 10,000 joint draws"
NOTES = (
    "Channels err independently, half-years of one channel together (other cases: rpt_mix_correlation.csv); "
    "rented compute is left out.",
    "Incomplete: at least one channel has no published figure for the period, so no share is given.",
)

WIDTH, HEIGHT = 900, 680
PLOT_WIDTH, PLOT_HEIGHT = 380, 180
PLOTS = ((54, 148), (504, 148), (54, 402), (504, 402))
SLOT = PLOT_WIDTH / len(PERIODS)
SPACING = 23  # wider than a number of two digits, so numbers above neighbouring marks cannot meet
INK, MUTED, GRID = "#1f2328", "#57606a", "#e3e6ea"
FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"


def _style(size: int, fill: str = MUTED, *, bold: bool = False, anchor: str = "start") -> str:
    weight = ' font-weight="bold"' if bold else ""
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'font-size="{size}" fill="{fill}"{weight}{anchored}'


HEADING, PANEL = _style(18, INK, bold=True), _style(14, INK, bold=True)
WORDS, NOTE, AXIS, MIDDLE = _style(13), _style(11), _style(11, anchor="end"), _style(12, anchor="middle")
ASIDE = 'font-size="12" font-weight="normal" fill="' + MUTED + '"'


@dataclass(frozen=True)
class Channel:
    """How one channel is drawn: place within the period, words, colour (Okabe and Ito) and its own shape of mark."""

    name: str
    place: int
    words: str
    colour: str
    ink: str
    mark: str


CHANNELS = (
    Channel("legal", -1, "legal imports", "#0072B2", "#005a8d", "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z"),
    Channel("smuggled", 0, "smuggled imports", "#D55E00", "#a84a00", "M0 -6.2L6.2 0L0 6.2L-6.2 0z"),
    Channel("domestic", 1, "domestic chips", "#009E73", "#00714f", "M-4.6 -4.6h9.2v9.2h-9.2z"),
)


@dataclass(frozen=True)
class Share:
    """5th percentile, median and 95th percentile of one channel's share, as fractions."""

    low: float
    central: float
    high: float


Shares = Mapping[tuple[str, str, str], Share]


def read_shares(path: Path) -> dict[tuple[str, str, str], Share]:
    """Shares by unit, period and channel from the exported CSV; raises InputError when a unit is not in it."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["scope"], row["mix_series"], row["channel_part"]) == (SCOPE, SERIES, "all")
        ]
    missing = sorted(set(UNITS) - {row["unit_of_account"] for row in rows})
    if missing:
        found = f"no rows for {', '.join(missing)}"
        raise InputError(explain(Place(REPORT, str(path)), found, "every unit of account", "run chipflows build"))
    return {
        (row["unit_of_account"], row["period_id"], row["channel"]): _share(row) for row in rows if row["mix_state"] == "complete"
    }


def draw(shares: Shares, as_of: str) -> str:
    """The whole drawing as SVG text."""
    parts = [*_head(as_of), *_legend()]
    for (unit, (name, words)), corner in zip(UNITS.items(), PLOTS, strict=True):
        heading = f'{name} <tspan dx="3" {ASIDE}>{words}</tspan>'
        parts += _panel(shares, unit, heading, corner)
    return "\n".join([*parts, *_foot(), "</svg>"]) + "\n"


def _share(row: Mapping[str, str]) -> Share:
    return Share(float(row["share_p05"]), float(row["share_p50"]), float(row["share_p95"]))


def _head(as_of: str) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-labelledby="title desc" font-family="{FONT}">'
    )
    yield f'<title id="title">{escape(TITLE)}</title>'
    units = ", ".join(name for name, _ in UNITS.values())
    yield f'<desc id="desc">Four panels ({escape(units)}), {PERIODS[0]} to {PERIODS[-1]}, as of {escape(as_of)}; {BARS}.</desc>'
    yield '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    yield '<rect width="7" height="7" fill="#f3f4f6"/><path d="M0 0V7" stroke="#d0d5db" stroke-width="2.5"/></pattern></defs>'
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#ffffff"/>'
    yield _text(24, 35, escape(TITLE), HEADING)
    yield _text(24, 57, f"As of {escape(as_of)}; {BARS}", WORDS)


def _legend() -> Iterator[str]:
    x = 32
    for channel in CHANNELS:
        yield _bar(channel, x, 74, 20)
        yield _mark(channel, x, 84)
        yield _text(x + 12, 88, channel.words, _style(13, channel.ink, bold=True))
        x += 44 + 8 * len(channel.words)
    yield _text(876, 88, "mark and number: median, %", _style(12, anchor="end"))


def _panel(shares: Shares, unit: str, heading: str, corner: tuple[int, int]) -> Iterator[str]:
    left, top = corner
    yield _text(left - 30, top - 16, heading, PANEL)
    yield from _axes(left, top)
    for number, period in enumerate(PERIODS):
        middle = left + SLOT * (number + 0.5)
        yield _text(middle, top + PLOT_HEIGHT + 17, period, MIDDLE)
        found = [(channel, shares.get((unit, period, channel.name))) for channel in CHANNELS]
        known = [(channel, share) for channel, share in found if share is not None]
        yield from _figures(known, middle, top) if len(known) == len(found) else _incomplete(middle, top)


def _axes(left: int, top: int) -> Iterator[str]:
    for percent in (0, 25, 50, 75, 100):
        y = _y(percent / 100, top)
        colour = "#8c959f" if percent == 0 else GRID
        yield f'<path d="M{left} {_n(y)}H{left + PLOT_WIDTH}" stroke="{colour}" stroke-width="1"/>'
        yield _text(left - 6, y + 4, f"{percent}%", AXIS)
    for number in range(1, len(PERIODS)):
        x = _n(left + SLOT * number)
        yield f'<path d="M{x} {top}V{top + PLOT_HEIGHT}" stroke="{GRID}" stroke-width="1" stroke-dasharray="2 3"/>'


def _figures(known: Iterable[tuple[Channel, Share]], middle: float, top: int) -> Iterator[str]:
    for channel, share in known:
        x = middle + SPACING * channel.place
        y, high = _y(share.central, top), _y(share.high, top)
        yield _bar(channel, x, high, _y(share.low, top) - high)
        yield _mark(channel, x, y)
        yield _text(x, y - 9, _percent(share.central), _style(11, channel.ink, bold=True, anchor="middle"))


def _incomplete(middle: float, top: int) -> Iterator[str]:
    x, width = middle - SLOT / 2 + 3, SLOT - 6
    yield f'<rect x="{_n(x)}" y="{top}" width="{_n(width)}" height="{PLOT_HEIGHT}" fill="url(#hatch)"/>'
    y = top + PLOT_HEIGHT / 2
    yield f'<rect x="{_n(x)}" y="{_n(y - 11)}" width="{_n(width)}" height="22" fill="#ffffff" fill-opacity="0.85"/>'
    yield _text(middle, y + 4, "incomplete", _style(11, anchor="middle"))


def _foot() -> Iterator[str]:
    for number, note in enumerate(NOTES):
        yield _text(24, HEIGHT - 52 + 16 * number, escape(note), NOTE)
    rows = f"{REPORT}.csv (scope {SCOPE}, series {SERIES})"
    source = f"Source: chipflows, {rows}; inputs: data/reference/channel_inputs.csv, priors.csv."
    yield _text(24, HEIGHT - 20, escape(source), NOTE)


def _bar(channel: Channel, x: float, y: float, height: float) -> str:
    size = f'x="{_n(x - 3.5)}" y="{_n(y)}" width="7" height="{_n(height)}"'
    return f'<rect {size} rx="2" fill="{channel.colour}" fill-opacity="0.3"/>'


def _mark(channel: Channel, x: float, y: float) -> str:
    place = f'transform="translate({_n(x)} {_n(y)})"'
    return f'<path {place} d="{channel.mark}" fill="{channel.colour}" stroke="#ffffff" stroke-width="1"/>'


def _text(x: float, y: float, words: str, style: str) -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" {style}>{words}</text>'


def _y(share: float, top: int) -> float:
    return top + PLOT_HEIGHT * (1 - share)


def _percent(share: float) -> str:
    return "&lt;1" if 0 < share < 0.01 else f"{100 * share:.0f}"


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def as_of_of(edition: Edition) -> str:
    """The as-of day of the exports, from their data package."""
    package = json.loads((edition.exports / "datapackage.json").read_text(encoding="utf-8"))
    return str(package["as_of"])


def draw_file(edition: Edition, target: Path) -> None:
    """Draw one edition's supply mix into a file; raises UsageError without an export, CheckFailed for a barred word."""
    report = edition.exports / f"{REPORT}.csv"
    if not report.exists():
        raise UsageError(f"there is no {report}; run chipflows build first")
    drawing = draw(read_shares(report), as_of_of(edition))
    require_drawn_wording(drawing, "accounting", target.name)
    write_atomically(target, drawing.encode())


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw, and say where; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.draw_supply_mix", description=__doc__)
    parser.add_argument("--to", dest="target", type=Path, default=TARGET, help="file to write (default: docs/supply-mix.svg)")
    options = parser.parse_args(arguments)
    try:
        draw_file(Home.from_environment().edition(None), options.target)
    except ChipflowsError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{options.target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
