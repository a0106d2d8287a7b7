"""Drawings that several sections share: rule lines with letters that do not run into each other, and plain encodings."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from pipelines.exports.report.charts import BLUE, GREY, HEIGHT, LAYOUT, ORANGE, WIDTH, plain

NEAR_SHARE = 0.035  # letters closer than this share of the axis go to another line
LEVELS = 4
LEVEL_HEIGHT = 11
DIRECTIONS = {"tighten": ORANGE, "loosen": BLUE, "neutral": GREY}
UNITS = {
    "h100e": "compute (H100-equivalents)",
    "chips": "chips",
    "usd": "US dollars",
    "bandwidth": "memory bandwidth",
}
SCALES = ((1e9, "billion"), (1e6, "million"), (1.0, ""))


def letters(n: int) -> list[str]:
    """Marks for a list of rules: A to Z, then AA, AB and so on."""
    alphabet = [chr(65 + i) for i in range(26)]
    return (alphabet + [a + b for a in alphabet for b in alphabet])[:n]


def levels(days: Sequence[date], first: date, last: date) -> list[int]:
    """A line for each letter, so that neighbours on one line keep their distance; days must be sorted."""
    near = NEAR_SHARE * max(1, (last - first).days)
    free = [float("-inf")] * LEVELS
    found = []
    for day in days:
        place = (day - first).days
        level = next((i for i, taken in enumerate(free) if place - taken >= near), min(range(LEVELS), key=free.__getitem__))
        free[level] = place
        found.append(level)
    return found


def rule_lines(rules: pl.DataFrame, first: date, last: date) -> tuple[Any, pl.DataFrame]:
    """Thin lines at the days of rules, with their letters above the drawing, and the rows that are drawn."""
    import altair as alt

    inside = rules.filter(pl.col("bite_date").is_between(first, last)).sort("bite_date", "rule_id")
    level = pl.Series(f"{LAYOUT}y", [-6 - LEVEL_HEIGHT * i for i in levels(inside["bite_date"].to_list(), first, last)], pl.Int64)
    inside = inside.with_columns(level)
    colour = alt.Color("direction:N", scale=alt.Scale(domain=list(DIRECTIONS), range=list(DIRECTIONS.values())), legend=None)
    base = alt.Chart(plain(inside)).encode(x=alt.X("bite_date:T"), color=colour)
    lines = base.mark_rule(strokeWidth=0.8, strokeDash=[3, 2], opacity=0.8)
    marks = base.mark_text(fontSize=10, fontWeight="bold").encode(
        text=alt.Text(f"{LAYOUT}mark:N"), y=alt.Y(f"{LAYOUT}y:Q", scale=None, axis=None)
    )
    return alt.layer(lines, marks), inside


def money_axis(largest: float, per: str = "") -> Any:
    """An axis in billions or millions of dollars, as large as the figures are."""
    import altair as alt

    size, name = next((size, name) for size, name in SCALES if largest >= size or size == 1.0)
    title = " ".join(part for part in (name, "US dollars", per) if part)
    return alt.Axis(labelExpr=f"format(datum.value / {size:.0f}, ',~g')", title=title, tickCount=5)


def percent_axis(title: str) -> Any:
    """An axis of shares in percent."""
    import altair as alt

    return alt.Axis(format=".0%", title=title, tickCount=5)


def time_axis() -> Any:
    """An axis of years."""
    import altair as alt

    return alt.Axis(format="%Y", title=None, tickCount="year", grid=False, labelFlush=False, labelOverlap=True)


def framed(drawing: Any, *, height: int = HEIGHT) -> Any:
    """The drawing at the width of a phone's column."""
    return drawing.properties(width=WIDTH - 60, height=height)
