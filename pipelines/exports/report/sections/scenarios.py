"""Scenarios against the baseline, in the model.

Takes a frame `rpt_scenario_headline` with one row per scenario and output: `scenario_id`, `output_id` (key), `scenario_title`,
`output_title`, `unit`, `baseline_p50`, `scenario_p05`, `scenario_p50`, `scenario_p95`, `statement`, `evidence_label`; `position`
orders it and `is_share` says that the figures are shares. Nothing is shown as a finding: rung structural, "in the model".
"""

from typing import Any

import polars as pl

from pipelines.exports.report.charts import BLUE, GREY, WIDTH, Chart, Part, plain
from pipelines.exports.report.formats import number
from pipelines.exports.report.frames import Frames, Row, distinct, rows
from pipelines.exports.report.html import Column, Html, el, table
from pipelines.exports.report.section import Section

NAME = "rpt_scenario_headline"
LEAD = (
    "Everything here holds in the model, given its levers and priors. A scenario is no forecast: it says what the model gives "
    "when one lever is moved and the rest stays."
)
ABSENT = "No scenario is in this release."
COLUMNS = (
    Column("Scenario", "scenario_title"),
    Column("Output", "output_title"),
    Column("Unit", "unit"),
    Column("Baseline", "baseline_p50", "number"),
    Column("Scenario (range)", "scenario_p50", "number", ("scenario_p05", "scenario_p95")),
    Column("Statement", "statement"),
    Column("Label", "evidence_label", "code"),
)


def section(frames: Frames) -> Section:
    """One panel for each output with every scenario beside the baseline, then the table."""
    found = rows(frames, NAME, by=["position"] if "position" in frames.get(NAME, pl.DataFrame()).columns else [])
    if not found:
        return Section("scenarios", "Scenarios against the baseline", [el("p", LEAD), el("p", ABSENT, class_="empty")])
    drawn = [row for row in found if None not in (row["scenario_p05"], row["scenario_p50"], row["scenario_p95"])]
    charts = [_panel([row for row in drawn if row["output_id"] == output]) for output in distinct(drawn, "output_id")]
    parts: list[Html | Chart] = [el("p", LEAD), *charts, table("Scenarios", COLUMNS, found, name="scenario-table", filtered=True)]
    return Section("scenarios", "Scenarios against the baseline", parts)


def _panel(found: list[Row]) -> Chart:
    taken = (
        "scenario_id",
        "output_id",
        "scenario_title",
        "output_title",
        "baseline_p50",
        "scenario_p05",
        "scenario_p50",
        "scenario_p95",
    )
    told = [f"{row['scenario_title']}: {number(row['scenario_p50'])}" for row in found]
    frame = pl.DataFrame([{column: row[column] for column in taken} for row in found], infer_schema_length=None)
    frame = frame.with_columns(pl.Series("told", told))
    first = found[0]
    return Chart(
        name=f"scenario-{str(first['output_id']).replace('_', '-')}",
        title=f"{first['output_title']}, in the model",
        described="For each scenario its median and range as a point and a line, with the baseline as a vertical line.",
        drawing=_layers(frame, str(first["unit"])),
        parts=[Part(NAME, frame)],
        rung="structural",
    )


def _layers(frame: pl.DataFrame, unit: str) -> Any:
    import altair as alt

    order = frame["scenario_title"].to_list()
    base = alt.Chart(plain(frame)).encode(y=alt.Y("scenario_title:N", sort=order, axis=alt.Axis(title=None, labelLimit=330)))
    ranges = base.mark_rule(color=BLUE, strokeWidth=2).encode(
        x=alt.X("scenario_p05:Q", axis=alt.Axis(title=unit, tickCount=4, format=".0%" if unit == "share" else "~s")),
        x2=alt.X2("scenario_p95:Q"),
    )
    points = base.mark_point(filled=True, color=BLUE, size=55, opacity=1).encode(
        x=alt.X("scenario_p50:Q"), description=alt.Description("told:N")
    )
    baseline = base.mark_tick(color=GREY, thickness=2, aria=False).encode(x=alt.X("baseline_p50:Q"))
    return alt.layer(ranges, baseline, points, width=WIDTH, height=alt.Step(26))
