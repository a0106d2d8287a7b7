"""Supply mix by channel in each unit, with intervals."""

from typing import Any

import polars as pl

from pipelines.exports.report.charts import BLUE, GREEN, ORANGE, PURPLE, Chart, Part, plain
from pipelines.exports.report.drawing import UNITS, framed, percent_axis
from pipelines.exports.report.formats import share
from pipelines.exports.report.frames import Frames, rows
from pipelines.exports.report.html import Column, Html, el, table
from pipelines.exports.report.section import Section
from pipelines.exports.report.sections.findings import MIX, REPLACED, findings

CHANNELS = {"legal": BLUE, "smuggled": ORANGE, "domestic": GREEN, "offshore": PURPLE}
SHAPES = ["circle", "square", "triangle-up", "diamond"]
LEAD = (
    "What arrived in China or was made there, by channel and half-year. Points are medians of joint draws, lines hold 90 % of "
    "them. Compute rented abroad is left out here; the table below has it as a channel of its own."
)
CAPTION = "Supply mix by half-year, unit and channel"
COLUMNS = (
    Column("Period", "period_id"),
    Column("Unit", "unit_of_account", "code"),
    Column("Channel", "channel", "code"),
    Column("Share (range)", "share_p50", "share", ("share_p05", "share_p95")),
    Column("Amount in the unit (range)", "amount_p50", "number", ("amount_p05", "amount_p95")),
    Column("Scope", "scope", "code"),
    Column("Counted as", "unit_convention"),
    Column("State", "mix_state", "code"),
    Column("Label", "evidence_label", "code"),
)


def section(frames: Frames) -> Section:
    """One panel for each unit, then the table with every channel, then what can have replaced lost sales."""
    charts = [chart for unit, name in UNITS.items() if (chart := _panel(frames, unit, name))]
    parts: list[Html | Chart] = [el("p", LEAD), *charts]
    if not charts:
        parts.append(el("p", "The mix is not identified in this release: no half-year has all channels.", class_="empty"))
    halves = rows(
        frames, "rpt_mix_interval", *_backbone(), pl.col("period_id").str.contains("H"), pl.col("mix_state") == "complete"
    )
    parts += [findings(frames, MIX, REPLACED), table(CAPTION, COLUMNS, halves, name="mix", filtered=True)]
    return Section("mix", "Supply mix by channel", parts)


def _backbone() -> tuple[pl.Expr, pl.Expr]:
    return pl.col("mix_series") == "backbone", pl.col("channel_part") == "all"


def _panel(frames: Frames, unit: str, name: str) -> Chart | None:
    found = rows(
        frames,
        "rpt_mix_interval",
        *_backbone(),
        pl.col("scope") == "arrivals",
        pl.col("unit_of_account") == unit,
        pl.col("period_id").str.contains("H"),
        pl.col("mix_state") == "complete",
        pl.all_horizontal(pl.col("share_p05", "share_p50", "share_p95").is_not_null()),
    )
    if not found:
        return None
    keys = ("scope", "period_id", "mix_series", "unit_of_account", "channel", "channel_part")
    frame = pl.DataFrame([{c: row[c] for c in (*keys, "share_p05", "share_p50", "share_p95")} for row in found])
    told = [
        f"{r['period_id']}, {r['channel']}: {share(r['share_p50'])} ({share(r['share_p05'])} to {share(r['share_p95'])})"
        for r in found
    ]
    return Chart(
        name=f"mix-{unit}",
        title=f"Share of each channel, in {name}",
        described="A point and a line for each channel and half-year: median and range of the share.",
        drawing=framed(_layers(frame.with_columns(pl.Series("told", told)))),
        parts=[Part("rpt_mix_interval", frame.with_columns(pl.Series("told", told)))],
        rung="accounting",
    )


def _layers(frame: pl.DataFrame) -> Any:
    import altair as alt

    present = [channel for channel in CHANNELS if channel in set(frame["channel"])]
    colours = [CHANNELS[channel] for channel in present]
    base = alt.Chart(plain(frame)).encode(
        x=alt.X("period_id:N", axis=alt.Axis(title="half-year", labelAngle=0, grid=False)),
        xOffset=alt.XOffset("channel:N", sort=present),
        color=alt.Color("channel:N", sort=present, scale=alt.Scale(domain=present, range=colours)),
    )
    ranges = base.mark_rule(strokeWidth=2, opacity=0.7).encode(
        y=alt.Y("share_p05:Q", axis=percent_axis("share of what was added"), scale=alt.Scale(domain=[0, 1])),
        y2=alt.Y2("share_p95:Q"),
    )
    points = base.mark_point(filled=True, size=55, opacity=1).encode(
        y=alt.Y("share_p50:Q"),
        shape=alt.Shape("channel:N", sort=present, scale=alt.Scale(domain=present, range=SHAPES[: len(present)])),
        description=alt.Description("told:N"),
    )
    return alt.layer(ranges, points)
