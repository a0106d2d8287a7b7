"""Draw docs/scenarios.svg and docs/scenario-tornado.svg from the exports of the current home: `python -m tools.draw_scenarios`.

The same rows give the same bytes.
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from pipelines.archive import write_atomically
from pipelines.errors import ChipflowsError, InputError, Place, UsageError, explain
from pipelines.exports.wording import require_drawn_wording
from pipelines.home import CHECKOUT, Edition, Home

OUTCOMES, SENSITIVITY = "rpt_scenario", "rpt_scenario_sensitivity"
SHARES, TORNADO = "scenarios.svg", "scenario-tornado.svg"
BASES = {"prior-2025": ("#0072b2", -4), "2024H2": ("#d55e00", 4)}
TORNADO_OF = "s1-ban"
LEFT, RIGHT, TOP, ROW = 300, 860, 96, 30
INK, MUTED, GRID = "#1f2328", "#57606a", "#e3e6ea"
FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
Row = Mapping[str, str]


def draw_shares(rows: Sequence[Row]) -> str:
    """Smuggled share of every scenario on both bases: 5th to 95th percentile and median; last year of each."""
    kept = [row for row in rows if row["scenario_output"] == "smuggled_share" and row["outcome_p50"]]
    last = {(row["scenario_id"], row["base_id"]): row for row in sorted(kept, key=lambda row: int(row["scenario_period"]))}
    names = sorted({name for name, _ in last}, key=lambda name: float(last[name, "prior-2025"]["outcome_p50"]))
    body = [_text(LEFT + 260 * place, 70, f"base {base}", colour) for place, (base, (colour, _)) in enumerate(BASES.items())]
    for place, name in enumerate(names):
        y = TOP + ROW * (place + 0.5)
        body.append(_text(LEFT - 12, y + 4, name, INK, anchor="end"))
        for base, (colour, shift) in BASES.items():
            if (name, base) in last:
                ends = [float(last[name, base][f"outcome_{end}"]) for end in ("p05", "p50", "p95")]
                body += _span(ends, y + shift, colour)
    title = "Smuggled chips as a share of China's AI compute, in the model, by scenario"
    note = (
        "Bar: 5th to 95th percentile of 10,000 joint draws; mark: median. Holds in the model, given base and values of each file."
    )
    return _page(title, note, [*_grid(len(names)), *body], len(names))


def draw_tornado(rows: Sequence[Row]) -> str:
    """Bars of the smuggled share of one scenario: each input at both ends, all others at their centres."""
    chosen = [row for row in rows if row["scenario_id"] == TORNADO_OF and row["scenario_output"] == "smuggled_share"]
    bars = sorted(
        (row for row in chosen if row["swing_rank"] and row["at_low"] != row["at_high"]), key=lambda row: int(row["swing_rank"])
    )
    body: list[str] = []
    for place, row in enumerate(bars):
        y = TOP + ROW * (place + 0.5)
        low, high = (float(row[f"at_{end}"]) for end in ("low", "high"))
        body.append(_text(LEFT - 12, y + 4, row["scenario_input"].partition(":")[2], INK, anchor="end"))
        body.append(_rect(min(low, high), max(low, high), y, "#0072b2"))
        body += [_text(_x(end) + side, y + 4, words, MUTED, anchor) for end, side, words, anchor in _ends(low, high)]
    centre = _n(_x(float(bars[0]["at_central"])))
    body.append(f'<path d="M{centre} {TOP}V{TOP + ROW * len(bars)}" stroke="{INK}" stroke-width="1.5"/>')
    title = "What moves the smuggled share without licensed chips, in the model"
    note = (
        "Each input from its low to its high end, all others at their centres (line). Holds in the model, given the prior sheet."
    )
    return _page(title, note, [*_grid(len(bars)), *body], len(bars))


def _ends(low: float, high: float) -> Iterator[tuple[float, float, str, str]]:
    """Where the words low and high stand: outside of the bar."""
    for end, words, other in ((low, "low", high), (high, "high", low)):
        yield (end, -5, words, "end") if end < other else (end, 5, words, "start")


def _span(ends: Sequence[float], y: float, colour: str) -> Iterator[str]:
    yield f'<path d="M{_n(_x(ends[0]))} {_n(y)}H{_n(_x(ends[2]))}" stroke="{colour}" stroke-width="5" stroke-opacity="0.35"/>'
    yield f'<circle cx="{_n(_x(ends[1]))}" cy="{_n(y)}" r="4" fill="{colour}"/>'


def _rect(low: float, high: float, y: float, colour: str) -> str:
    size = f'x="{_n(_x(low))}" y="{_n(y - 8)}" width="{_n(_x(high) - _x(low))}" height="16"'
    return f'<rect {size} fill="{colour}" fill-opacity="0.45"/>'


def _grid(n_rows: int) -> Iterator[str]:
    for percent in range(0, 101, 20):
        x = _n(_x(percent / 100))
        yield f'<path d="M{x} {TOP}V{TOP + ROW * n_rows}" stroke="{GRID}" stroke-width="1"/>'
        yield _text(_x(percent / 100), TOP + ROW * n_rows + 16, f"{percent} %", MUTED, anchor="middle")


def _page(title: str, note: str, body: Sequence[str], n_rows: int) -> str:
    height = TOP + ROW * n_rows + 64
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 {height}" width="900" height="{height}" role="img"'
    lines = [f'{head} aria-labelledby="title desc" font-family="{FONT}" font-size="12">']
    lines += [f'<title id="title">{escape(title)}</title>', f'<desc id="desc">{escape(note)}</desc>']
    lines.append(f'<rect width="900" height="{height}" fill="#ffffff"/>')
    lines.append(f'<text x="24" y="36" font-size="18" font-weight="bold" fill="{INK}">{escape(title)}</text>')
    lines += [*body, _text(24, height - 18, note, MUTED), "</svg>"]
    return "\n".join(lines) + "\n"


def _text(x: float, y: float, words: str, colour: str, anchor: str = "start") -> str:
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{_n(x)}" y="{_n(y)}" fill="{colour}"{anchored}>{escape(words)}</text>'


def _x(share: float) -> float:
    return LEFT + (RIGHT - LEFT) * share


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def read_rows(edition: Edition, report: str) -> list[Row]:
    """Rows of an exported report; raises UsageError without an export, InputError where it is empty."""
    path = edition.exports / f"{report}.csv"
    if not path.exists():
        raise UsageError(f"there is no {path}; run chipflows build first")
    with path.open(encoding="utf-8", newline="") as lines:
        rows: list[Row] = list(csv.DictReader(lines))
    if not rows:
        raise InputError(explain(Place(report), "no row", "rows of scenarios", "run chipflows build on the shipped data"))
    return rows


def draw_files(edition: Edition, folder: Path) -> list[Path]:
    """Draw both files of one edition; raises CheckFailed for a barred word."""
    drawn = {SHARES: draw_shares(read_rows(edition, OUTCOMES)), TORNADO: draw_tornado(read_rows(edition, SENSITIVITY))}
    for name, drawing in drawn.items():
        require_drawn_wording(drawing, "structural", name)
        write_atomically(folder / name, drawing.encode())
    return [folder / name for name in drawn]


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw, and say where; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.draw_scenarios", description=__doc__)
    parser.add_argument("--to", dest="folder", type=Path, default=CHECKOUT / "docs", help="folder to write to (default: docs)")
    options = parser.parse_args(arguments)
    try:
        written = draw_files(Home.from_environment().edition(None), options.folder)
    except ChipflowsError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write("".join(f"{path}\n" for path in written))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
