"""Street prices and premium over the like legal price, over time."""

from collections.abc import Callable
from typing import Any

import polars as pl

from pipelines.exports.report.charts import BLUE, GREEN, ORANGE, PURPLE, SKY, Chart, Part, plain
from pipelines.exports.report.drawing import framed, money_axis, percent_axis
from pipelines.exports.report.formats import change, day, number
from pipelines.exports.report.frames import Frames, Row, rows
from pipelines.exports.report.html import Column, Html, el, table
from pipelines.exports.report.section import Section
from pipelines.exports.report.sections.findings import STREET, findings

LEAD = (
    "What is asked or paid in the Chinese grey market, beside a legal reference price where there is one. Most "
    "quotes are asks by one trader; an ask overstates what is paid. Quotes of different chips are not one series. A filled mark "
    "compares like with like; a hollow one does not, and the table says why. A quote that others repeat is drawn once."
)
COLUMNS = (
    Column("Quote", "price_id"),
    Column("Day", "quote_date", "day"),
    Column("Chip", "chip_id"),
    Column("Kind", "price_type", "code"),
    Column("Street price, US dollars", "street_usd", "number"),
    Column("Legal price, US dollars", "reference_usd", "number"),
    Column("Premium (range)", "premium", "change", ("premium_low", "premium_high")),
    Column("Net of freight and margin (range)", "premium_net", "change", ("premium_net_low", "premium_net_high")),
    Column("Like for like", "is_like_for_like", "flag"),
    Column("What agrees", "like_for_like_reason"),
    Column("Per chip, US dollars", "street_usd_per_chip", "number"),
    Column("Per H100-equivalent, US dollars", "street_usd_per_h100e", "number"),
    Column("Label", "evidence_label", "code"),
)
BREAK_EVEN = (
    Column("Goods", "priced_item"),
    Column("Seizure rate at which smuggling stops paying (range)", "seizure_p50", "share", ("seizure_p05", "seizure_p95")),
    Column("Limit", "limit_note"),
    Column("Label", "evidence_label", "code"),
)
PREMIUM = (
    "A point for each quote with a reference price, with its range where there is one; filled where the two are like for like."
)
CHIP_COLOURS = [BLUE, ORANGE, GREEN, PURPLE, SKY, "#6B5B00"]


def section(frames: Frames) -> Section:
    """Premium and price as two panels, then every quote."""
    found = rows(frames, "rpt_premium", by=["quote_date", "price_id"])
    once = [row for row in found if row["repeats_price_id"] is None]
    charts = [chart for chart in (_premium(once), _price(once)) if chart]
    parts: list[Html | Chart] = [el("p", LEAD), *charts]
    parts.append(findings(frames, STREET))
    parts.append(table("Street prices, oldest first", COLUMNS, found, name="prices", filtered=True))
    parts.append(table("Break-even of smuggling", BREAK_EVEN, rows(frames, "rpt_break_even"), name="break-even"))
    return Section("prices", "Premium and street price", parts)


def _premium(found: list[Row]) -> Chart | None:
    drawn = [row for row in found if row["premium"] is not None]
    told = [f"{row['chip_id']}, {day(row['quote_date'])}: {change(row['premium'])}" for row in drawn]
    frame = _frame(drawn, ("premium_low", "premium", "premium_high", "is_like_for_like"), told)
    if frame is None:
        return None
    return Chart(
        name="premium",
        title="Premium over the legal reference price",
        described=PREMIUM,
        drawing=framed(_points(frame, "premium", percent_axis("premium"), ("premium_low", "premium_high"))),
        parts=[Part("rpt_premium", frame)],
    )


def _price(found: list[Row]) -> Chart | None:
    drawn = [row for row in found if row["street_usd_per_chip"] is not None]
    told = [f"{row['chip_id']}, {day(row['quote_date'])}: {number(row['street_usd_per_chip'])} US dollars" for row in drawn]
    frame = _frame(drawn, ("street_usd_per_chip",), told)
    if frame is None:
        return None
    axis = money_axis(1, "a chip")
    return Chart(
        name="street-price",
        title="Street price of one chip",
        described="A point for each quote, converted to one chip.",
        drawing=framed(_points(frame, "street_usd_per_chip", axis, None)),
        parts=[Part("rpt_premium", frame)],
    )


def _frame(found: list[Row], columns: tuple[str, ...], told: list[str]) -> pl.DataFrame | None:
    if not found:
        return None
    taken = ("price_id", "chip_id", "quote_date", *columns)
    frame = pl.DataFrame([{column: row[column] for column in taken} for row in found], infer_schema_length=None)
    return frame.with_columns(pl.Series("told", told, pl.String))


def _points(frame: pl.DataFrame, column: str, axis: Any, ends: tuple[str, str] | None) -> Any:
    import altair as alt

    chips = sorted(set(frame["chip_id"]))
    base = alt.Chart(plain(frame)).encode(
        x=alt.X("quote_date:T", axis=alt.Axis(format="%Y-%m", title=None, grid=False, labelOverlap=True, tickCount=5)),
        color=alt.Color(
            "chip_id:N", scale=alt.Scale(domain=chips, range=CHIP_COLOURS[: len(chips)]), legend=alt.Legend(columns=3)
        ),
    )
    points = _marks(base, f"{column}:Q", axis, chips)
    if not ends:
        return points(filled=True)
    low, high = ends
    ranges = base.mark_rule(strokeWidth=2, opacity=0.7).encode(y=alt.Y(f"{low}:Q", axis=axis), y2=alt.Y2(f"{high}:Q"))
    return alt.layer(ranges, points("datum.is_like_for_like", filled=True), points("!datum.is_like_for_like", filled=False))


def _marks(base: Any, column: str, axis: Any, chips: list[str]) -> Callable[..., Any]:
    import altair as alt

    def marks(condition: str = "true", *, filled: bool) -> Any:
        return (
            base.transform_filter(condition)
            .mark_point(filled=filled, size=60, opacity=1, strokeWidth=1.6)
            .encode(
                y=alt.Y(column, axis=axis),
                shape=alt.Shape("chip_id:N", scale=alt.Scale(domain=chips)),
                description=alt.Description("told:N"),
            )
        )

    return marks
