"""Scenarios against the baseline, in the model.

Reads `rpt_scenario`: headline outputs of each scenario on the base that its file names, in its last period, with the difference
to its baseline draw by draw. Nothing is shown as a finding: rung structural, "in the model".
"""

from typing import Any

import polars as pl

from pipelines.exports.report.charts import BLUE, WIDTH, Chart, Part, plain
from pipelines.exports.report.formats import number, share
from pipelines.exports.report.frames import Frames, Row, rows
from pipelines.exports.report.html import Column, Html, el, table
from pipelines.exports.report.section import Section

NAME = "rpt_scenario"
LEAD = (
    "Everything here holds in the model, given its levers and priors. A scenario is no forecast: it says what the model gives "
    "when some levers are moved and the rest stays. Differences are taken draw by draw against the scenario named as baseline."
)
ABSENT = "No scenario is in this release."
HEADLINES = {  # output, channel and unit of the table, in its order; those with a title are drawn
    ("smuggled_share", "all", "share"): "Smuggled share of the compute that China gets",
    ("china_compute", "all", "h100e"): "Compute that China gets, in H100-equivalents",
    ("unmet_share", "all", "share"): "",
    ("vendor_net_usd", "all", "usd"): "",
    ("premium", "all", "ratio"): "",
}
ILLUSTRATIVE = "prior-"  # bases on the prior sheet; the same scenarios on an observed base stand in the CSV
COLUMNS = (
    Column("Scenario", "title"),
    Column("Output", "scenario_output", "code"),
    Column("Unit", "outcome_unit", "code"),
    Column("In the model (90 % of draws)", "outcome_p50", "number", ("outcome_p05", "outcome_p95")),
    Column("Less the baseline (90 % of draws)", "difference_p50", "number", ("difference_p05", "difference_p95")),
    Column("Baseline", "baseline_id", "code"),
    Column("Base", "base_id", "code"),
    Column("Label", "evidence_label", "code"),
)


def section(frames: Frames) -> Section:
    """One panel for each drawn output with every scenario, then the table of the headline outputs."""
    title = "Scenarios against the baseline"
    found = _headlines(rows(frames, NAME))
    if not found:
        return Section("scenarios", title, [el("p", LEAD), el("p", ABSENT, class_="empty")])
    parts: list[Html | Chart] = [el("p", LEAD)]
    for output, heading in HEADLINES.items():
        drawn = [row for row in found if _output(row) == output and row["outcome_p50"] is not None]
        if heading and drawn:
            parts.append(_panel(drawn, heading))
    parts.append(table("Scenarios", COLUMNS, found, name="scenario-table", filtered=True))
    return Section("scenarios", title, parts)


def _output(row: Row) -> tuple[str, str, str]:
    return row["scenario_output"], row["channel"], row["outcome_unit"]


def _headlines(found: list[Row]) -> list[Row]:
    """Headline outputs on the illustrative base in the last period of each scenario, output by output."""
    last: dict[str, int] = {}
    for row in found:
        last[row["scenario_id"]] = max(last.get(row["scenario_id"], 0), row["scenario_period"])
    order = list(HEADLINES)
    kept = [
        row
        for row in found
        if _output(row) in HEADLINES
        and str(row["base_id"]).startswith(ILLUSTRATIVE)
        and row["scenario_period"] == last[row["scenario_id"]]
    ]
    return sorted(kept, key=lambda row: (order.index(_output(row)), row["scenario_id"]))


def _panel(found: list[Row], heading: str) -> Chart:
    keys = ("scenario_id", "base_id", "scenario_period", "scenario_output", "channel", "outcome_unit")
    taken = (*keys, "title", "outcome_p05", "outcome_p50", "outcome_p95")
    frame = pl.DataFrame([{column: row[column] for column in taken} for row in found], infer_schema_length=None)
    shown = share if found[0]["outcome_unit"] == "share" else number
    frame = frame.with_columns(pl.Series("told", [f"{row['title']}: {shown(row['outcome_p50'])}" for row in found]))
    output = str(found[0]["scenario_output"]).replace("_", "-")
    return Chart(
        name=f"scenario-{output}",
        title=f"{heading}, in the model",
        described="For each scenario its median and range over the draws, as a point and a line.",
        drawing=_layers(frame, str(found[0]["outcome_unit"])),
        parts=[Part(NAME, frame)],
        rung="structural",
    )


def _layers(frame: pl.DataFrame, unit: str) -> Any:
    import altair as alt

    shown = ".0%" if unit == "share" else "~s"
    order = frame["title"].to_list()
    base = alt.Chart(plain(frame)).encode(y=alt.Y("title:N", sort=order, axis=alt.Axis(title=None, labelLimit=330)))
    ranges = base.mark_rule(color=BLUE, strokeWidth=2).encode(
        x=alt.X("outcome_p05:Q", axis=alt.Axis(title=unit, tickCount=4, format=shown)), x2="outcome_p95:Q"
    )
    points = base.mark_point(filled=True, color=BLUE, size=55, opacity=1).encode(
        x="outcome_p50:Q", description=alt.Description("told:N")
    )
    return alt.layer(ranges, points).properties(width=2 * WIDTH - 380, height=alt.Step(24))
