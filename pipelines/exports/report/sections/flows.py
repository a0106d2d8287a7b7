"""Flows around rule dates: monthly trade with the days of rules drawn in."""

from datetime import date
from typing import Any

import polars as pl

from pipelines.exports.report.charts import INK, LAYOUT, Chart, Part, plain
from pipelines.exports.report.drawing import framed, letters, money_axis, rule_lines, time_axis
from pipelines.exports.report.frames import Frames, Row, rows
from pipelines.exports.report.html import Column, Html, el, table
from pipelines.exports.report.section import Section
from pipelines.exports.report.sections.findings import FLOWS, findings

SHOWN = (  # one lane for each question that readers ask first
    "kor_x_mcp_chn_hkg_usd",
    "kor_x_dram_chn_hkg_usd",
    "kor_x_ic_other_chn_hkg_usd",
    "jpn_x_848620_chn_usd",
    "usa_x_854231_vnm_usd",
    "usa_x_847330_vnm_usd",
)
FIRST = date(2020, 1, 1)
GRADES = ("A", "B")  # rules whose day is known and which bind a flow
ROLES = ("exposed", "context")  # a lane that serves as a control is not touched by the rule
LEAD = (
    "A line that bends at a rule coincided with it; it says nothing about why. Several rules often fall into the same months. "
    "Letters stand for the rules in the list below the charts: orange tightens, blue loosens."
)
RULE_COLUMNS = (
    Column("Mark", f"{LAYOUT}mark"),
    Column("Day", "bite_date", "day"),
    Column("Rule", "title"),
    Column("Direction", "direction", "code"),
    Column("By", "jurisdiction"),
)


def section(frames: Frames) -> Section:
    """One panel for each lane, the list of rules, and what the build found."""
    marked = marked_rules(frames)
    charts = [chart for name in SHOWN if (chart := _panel(frames, name, marked))]
    listed = [Row("rpt_rule", cells) for cells in marked.iter_rows(named=True)]
    parts: list[Html | Chart] = [el("p", LEAD), *charts]
    if not charts:
        parts.append(el("p", "No monthly series of these lanes is in this release.", class_="empty"))
    parts += [table("Rules drawn in the charts", RULE_COLUMNS, listed, name="rules"), findings(frames, FLOWS)]
    return Section("flows", "Flows around rule dates", parts)


def marked_rules(frames: Frames) -> pl.DataFrame:
    """Rules of the first weight with a known day that touch a lane shown here, each with its letter."""
    if "rpt_rule" not in frames or "rpt_flow_around_rule" not in frames:
        return pl.DataFrame()
    touching = frames["rpt_flow_around_rule"].filter(pl.col("outcome_id").is_in(SHOWN), pl.col("pair_role").is_in(ROLES))
    found = frames["rpt_rule"].filter(
        pl.col("rule_id").is_in(touching["rule_id"].unique().to_list()),
        pl.col("importance") == 1,
        pl.col("event_grade").is_in(GRADES),
        pl.col("bite_date") >= FIRST,
    )
    found = found.sort("bite_date", "rule_id")
    return found.with_columns(pl.Series(f"{LAYOUT}mark", letters(found.height), pl.String))


def _panel(frames: Frames, outcome: str, marked: pl.DataFrame) -> Chart | None:
    months = [row.cells for row in rows(frames, "rpt_flow_month", pl.col("outcome_id") == outcome, pl.col("month") >= FIRST)]
    if not any(cells["value"] is not None for cells in months):
        return None
    frame = pl.DataFrame(months, infer_schema_length=None).select("outcome_id", "title", "month", "unit", "value")
    touching = frames["rpt_flow_around_rule"].filter(pl.col("outcome_id") == outcome, pl.col("pair_role").is_in(ROLES))
    rules = marked.filter(pl.col("rule_id").is_in(touching["rule_id"].unique().to_list()))
    lines, drawn = rule_lines(rules.select("rule_id", "bite_date", "direction", f"{LAYOUT}mark"), FIRST, months[-1]["month"])
    title = str(months[0]["title"])
    return Chart(
        name=f"flow-{outcome.replace('_', '-')}",
        title=title,
        described="Monthly value as a line, with a thin line at the day of each rule that touches this lane.",
        drawing=framed(_layers(frame, lines)),
        parts=[Part("rpt_flow_month", frame), Part("rpt_rule", drawn)],
    )


def _layers(frame: pl.DataFrame, lines: Any) -> Any:
    import altair as alt

    largest = max(float(value) for value in frame["value"].drop_nulls())
    months = alt.Chart(plain(frame)).encode(x=alt.X("month:T", axis=time_axis()))
    values = months.mark_line(color=INK, strokeWidth=1.6).encode(
        y=alt.Y("value:Q", axis=money_axis(largest, "a month"), scale=alt.Scale(zero=True))
    )
    return alt.layer(lines, values, resolve=alt.Resolve(scale=alt.ScaleResolveMap(y="independent")))
