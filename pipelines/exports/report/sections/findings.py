"""Findings of the build, in the sections where they belong."""

from collections.abc import Sequence

import polars as pl

from pipelines.exports.report.frames import Frames, rows
from pipelines.exports.report.html import Html, el, join, label, words

FLOWS = "What flowed around the rule dates?"
MIRROR = "Do both sides report the same trade?"
HUBS = "What passes through the hubs?"
MIX = "What is the supply mix of China's added AI compute?"
REPLACED = "When licensed sales stop, what can have replaced them?"
CLAIMS = "How does the $1 billion claim compare?"
STREET = "What does the street pay?"
WINDOWS = "Which event windows are too short?"
COMPLETE = "How complete are the statistics?"
PLACED = (FLOWS, MIRROR, HUBS, MIX, REPLACED, CLAIMS, STREET, WINDOWS, COMPLETE)


def findings(frames: Frames, *titles: str) -> Html:
    """The statements of some sections of the summary as a list, each with its label."""
    return _list(frames, pl.col("section").is_in(titles))


def other_findings(frames: Frames) -> Html:
    """Statements that no section of the report asks for, so that none is lost."""
    return _list(frames, ~pl.col("section").is_in(PLACED))


def _list(frames: Frames, condition: pl.Expr) -> Html:
    found = rows(frames, "rpt_summary", condition, by=["position"])
    items: Sequence[Html] = [el("li", words(row, "statement"), " ", label(row)) for row in found]
    return el("ul", *items, class_="findings") if items else join([])
