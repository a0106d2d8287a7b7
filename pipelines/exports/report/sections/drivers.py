"""What moves the answer: the inputs whose uncertainty matters most for each headline."""

from typing import Any

import polars as pl

from pipelines.exports.report.charts import BLUE, WIDTH, Chart, Part, plain
from pipelines.exports.report.drawing import percent_axis
from pipelines.exports.report.frames import Frames, Row, rows
from pipelines.exports.report.html import Column, Html, el, table
from pipelines.exports.report.section import Section
from pipelines.exports.report.sections.answers import HEADLINES

MOST = 5
LEAD = (
    "How much of the spread of an answer goes back to one input alone. The longest bar names the figure that a better source "
    "would help most."
)
COLUMNS = (
    Column("Answer", "answer_id"),
    Column("Rank", "driver_rank", "whole"),
    Column("Input", "datum"),
    Column("Share of the spread, alone", "first_order", "share"),
    Column("Share with interactions", "total_order", "share"),
    Column("Label", "evidence_label", "code"),
)
PRIORS = (
    Column("Prior", "title"),
    Column("Low", "prior_low", "number"),
    Column("Centre", "prior_central", "number"),
    Column("High", "prior_high", "number"),
    Column("Unit", "unit", "code"),
    Column("Reason", "reason"),
    Column("Source", "prior_source"),
)


def section(frames: Frames) -> Section:
    """One panel for each headline, then every input of every answer, then the priors."""
    answers = {row["answer_id"]: row for row in rows(frames, "rpt_answer")}
    parts: list[Html | Chart] = [el("p", LEAD)]
    for name in HEADLINES:
        chart = _panel(frames, answers[name]) if name in answers else None
        if chart:
            parts.append(chart)
    drivers = rows(frames, "rpt_answer_driver", by=["answer_id", "driver_rank"])
    parts.append(table("Inputs by answer", COLUMNS, drivers, name="drivers-table", filtered=True))
    parts.append(table("Priors: figures that no source settles", PRIORS, rows(frames, "rpt_prior"), name="priors"))
    return Section("drivers", "What moves the answer", parts)


def _panel(frames: Frames, answer: Row) -> Chart | None:
    found = rows(
        frames,
        "rpt_answer_driver",
        pl.col("answer_id") == answer["answer_id"],
        pl.col("first_order").is_not_null(),
        by=["driver_rank"],
    )[:MOST]
    if not found:
        return None
    taken = ("answer_id", "input_dim_id", "datum", "first_order")
    frame = pl.DataFrame([{column: row[column] for column in taken} for row in found])
    named = {column: answer[column] for column in ("answer_id", "title")}
    return Chart(
        name=f"driver-{answer['answer_id']}",
        title=str(answer["title"]),
        described="One bar for each input: the share of the answer's spread that goes back to it alone.",
        drawing=_bars(frame),
        parts=[Part("rpt_answer_driver", frame), Part("rpt_answer", pl.DataFrame([named]))],
        rung=str(answer["evidence_label"]),
    )


def _bars(frame: pl.DataFrame) -> Any:
    import altair as alt

    base = alt.Chart(plain(frame)).transform_calculate(lines="replace(datum.datum, ' (', '\\n(')")
    base = base.encode(y=alt.Y("datum:N", sort=frame["datum"].to_list(), axis=None))
    bars = base.mark_bar(color=BLUE, height=8, yOffset=13, aria=False).encode(
        x=alt.X("first_order:Q", axis=percent_axis("share of the spread"), scale=alt.Scale(domain=[0, 1]))
    )
    names = base.mark_text(align="left", dy=-12, fontSize=10, lineBreak="\n").encode(x=alt.value(0), text=alt.Text("lines:N"))
    return alt.layer(bars, names, width=WIDTH - 20, height=alt.Step(44))
