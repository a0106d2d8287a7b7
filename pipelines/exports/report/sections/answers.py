"""Headline answers: the figure, its interval, its label, and how sure it is."""

from pipelines.exports.report.frames import Frames, Row, distinct, rows
from pipelines.exports.report.html import Column, Html, el, figure, interval, join, label, table, words
from pipelines.exports.report.section import Section
from pipelines.exports.report.sections.findings import other_findings

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
UPPER = "Upper end of a set whose lower end is zero; the true figure may lie anywhere below."


def section(frames: Frames) -> Section:
    """The four headlines as cards, then every answer by question."""
    found = rows(frames, "rpt_answer", by=["position"])
    by_id = {row["answer_id"]: row for row in found}
    cards = [_card(by_id[name]) for name in HEADLINES if name in by_id]
    parts = [el("p", LEAD), el("div", *cards, class_="cards")]
    parts += [_question([row for row in found if row["question"] == question]) for question in distinct(found, "question")]
    return Section("answers", "Headline answers", (*parts, other_findings(frames)))


def style_of(row: Row) -> str:
    """Whether an answer is a share, a change or a ratio."""
    name = str(row["answer_id"])
    return "change" if "-change-" in name else "decimals" if "-over-" in name else "share"


def _card(row: Row) -> Html:
    kind = style_of(row)
    ends = interval(row, "answer_p05", "answer_p95", kind)
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
        Column("Centre (range)", "answer_p50", kind, ("answer_p05", "answer_p95")),
        Column("Kind", "set_kind", "code"),
        Column("If claims are floors", "answer_at_floor", kind),
        Column("Label", "evidence_label", "code"),
    ]


def _first_of_each(found: list[Row], column: str) -> list[Row]:
    seen: dict[object, Row] = {}
    for row in found:
        seen.setdefault(row[column], row)
    return list(seen.values())

