"""Headline answers: the figure, its interval, its label, and how sure it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.exports.report.charts import ORANGE, SKY, WIDTH, Chart, Part, plain
from pipelines.exports.report.drawing import UNITS, percent_axis
from pipelines.exports.report.formats import share
from pipelines.exports.report.frames import Frames, Row, distinct, rows
from pipelines.exports.report.html import Column, Html, el, figure, interval, join, label, table, words
from pipelines.exports.report.section import Section
from pipelines.exports.report.sections.findings import other_findings


@dataclass(frozen=True)
class Family:
    """Answers to one question in several units, drawn together."""

    name: str
    title: str
    answers: re.Pattern[str]


HEADLINES = (
    "smuggled-share-2025-h100e",
    "domestic-share-2025-h100e",
    "diversion-upper-h20-2025-h100e",
    "smuggled-change-2025h2-h100e",
)
LEAD = (
    "Smuggled chips are claimed, never observed. Each answer is the middle of many draws from what sources state, and the "
    "range holds 90 % of them. The unit moves the answer: the same chips weigh differently as pieces, dollars, compute or "
    "memory bandwidth."
)
FAMILIES = (
    Family(
        "smuggled-share",
        "Smuggled share of what arrived in China or was made there, by unit and year",
        re.compile(r"smuggled-share-(?P<year>\d{4})-(?:chips|usd|h100e|bandwidth)"),
    ),
    Family(
        "replaced-share",
        "Upper end of the share of lost licensed sales that smuggled chips can have made up, by unit",
        re.compile(r"diversion-upper-h20-(?P<year>\d{4})-(?:chips|usd|h100e|bandwidth)"),
    ),
)
TOGETHER, APART = ("answer_p05", "answer_p95"), ("apart_p05", "apart_p95")
SHARED = (
    Column("Low if both periods share their error", "answer_p05", "change"),
    Column("High if both periods share their error", "answer_p95", "change"),
)
UPPER = "Upper end of a set whose lower end is zero; the true figure may lie anywhere below."


def section(frames: Frames) -> Section:
    """The four headlines as cards, then every answer by question."""
    found = rows(frames, "rpt_answer", by=["position"])
    by_id = {row["answer_id"]: row for row in found}
    cards = [_card(by_id[name]) for name in HEADLINES if name in by_id]
    parts: list[Html | Chart] = [el("p", LEAD), el("div", *cards, class_="cards")]
    parts += [chart for family in FAMILIES if (chart := _panel(family, found))]
    parts += [_question([row for row in found if row["question"] == question]) for question in distinct(found, "question")]
    return Section("answers", "Headline answers", (*parts, other_findings(frames)))


def _panel(family: Family, found: Sequence[Row]) -> Chart | None:
    found = [row for row in found if None not in (row["answer_p05"], row["answer_p50"], row["answer_p95"])]
    named = [(row, match) for row in found if (match := family.answers.fullmatch(row["answer_id"]))]
    if len(named) < 2:
        return None
    taken = ("answer_id", "unit_of_account", "answer_p05", "answer_p50", "answer_p95")
    told = [f"{share(row['answer_p50'])} ({share(row['answer_p05'])} to {share(row['answer_p95'])})" for row, _ in named]
    frame = pl.DataFrame([{column: row[column] for column in taken} for row, _ in named])
    years = pl.Series("layout_year", [match["year"] for _, match in named], pl.String)
    frame = frame.with_columns(pl.Series("told", told), years)
    return Chart(
        name=family.name,
        title=family.title,
        described="For each unit of account the median as a point and the range as a line.",
        drawing=_ranges(frame),
        parts=[Part("rpt_answer", frame)],
        rung=str(named[0][0]["evidence_label"]),
    )


def _ranges(frame: pl.DataFrame) -> Any:
    import altair as alt

    units = "{" + ", ".join(f"'{code}': '{name}'" for code, name in UNITS.items()) + "}[datum.label]"
    y = alt.Y("unit_of_account:N", sort=list(UNITS), axis=alt.Axis(title=None, labelExpr=units, labelLimit=150, ticks=False))
    year = alt.Color(
        "layout_year:N",
        scale=alt.Scale(range=[SKY, ORANGE]),
        legend=alt.Legend() if frame["layout_year"].n_unique() > 1 else None,
    )
    base = alt.Chart(plain(frame)).encode(y=y, yOffset=alt.YOffset("layout_year:N"), color=year)
    lines = base.mark_rule(strokeWidth=2, opacity=0.7).encode(
        x=alt.X("answer_p05:Q", axis=percent_axis("share"), scale=alt.Scale(zero=True)), x2=alt.X2("answer_p95:Q")
    )
    points = base.mark_point(filled=True, size=55, opacity=1).encode(
        x=alt.X("answer_p50:Q"), shape=alt.Shape("layout_year:N", legend=None), description=alt.Description("told:N")
    )
    names = base.mark_text(align="left", dy=-9, fontSize=10).encode(x=alt.X("answer_p05:Q"), text=alt.Text("told:N"))
    return alt.layer(lines, points, names, width=WIDTH - 130, height=alt.Step(30))


def style_of(row: Row) -> str:
    """Whether an answer is a share, a change or a ratio."""
    name = str(row["answer_id"])
    return "change" if "-change-" in name else "decimals" if "-over-" in name else "share"


def ends_of(row: Row) -> tuple[str, str]:
    """The interval to read: the wider of the two where periods of one series are compared."""
    known = [ends for ends in (TOGETHER, APART) if all(row.cells.get(end) is not None for end in ends)]
    return max(known or [TOGETHER], key=lambda ends: (row[ends[1]] or 0) - (row[ends[0]] or 0))


def _card(row: Row) -> Html:
    kind = style_of(row)
    ends = interval(row, *ends_of(row), kind)
    return el(
        "article",
        el("h3", words(row, "title")),
        el("p", figure(row, "answer_p50", kind), class_="big"),
        el("p", "90 % of draws: ", ends, class_="range") if ends else join([]),
        el("p", UPPER, class_="note") if row["set_kind"] == "upper_end" else join([]),
        el("p", "How sure: ", words(row, "limit_note"), ". ", label(row), class_="note"),
        class_="card",
    )


def _question(found: list[Row]) -> Html:
    columns = _columns(found[0])
    limits = [el("li", words(row, "limit_note")) for row in _first_of_each(found, "limit_note")]
    return el(
        "div",
        el("h3", words(found[0], "question")),
        table("Answers with the range of 90 % of draws", columns, found, name=f"answers-{found[0]['position']}"),
        el("p", "How sure is this?", class_="sure"),
        el("ul", *limits),
        class_="question",
    )


def _columns(row: Row) -> list[Column]:
    kind = style_of(row)
    return [
        Column("Answer", "title"),
        Column("Centre (range)", "answer_p50", kind, ends_of(row)),
        *(SHARED if ends_of(row) == APART else ()),
        Column("Kind", "set_kind", "code"),
        Column("If claims are floors", "answer_at_floor", kind),
        Column("Label", "evidence_label", "code"),
    ]


def _first_of_each(found: list[Row], column: str) -> list[Row]:
    seen: dict[object, Row] = {}
    for row in found:
        seen.setdefault(row[column], row)
    return list(seen.values())
