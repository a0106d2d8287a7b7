"""Sources, licences, limits, method notes and how to cite."""

from pipelines.exports.report.frames import Frames, Row, rows
from pipelines.exports.report.html import Column, Html, el, figure, join, table, words
from pipelines.exports.report.section import Section

COLUMNS = (
    Column("Data set", "dataset_id"),
    Column("Publisher", "publisher"),
    Column("Licence", "licence_name"),
    Column("Rows may be passed on", "may_redistribute_rows", "flag"),
    Column("Retrieved", "retrieved", "day"),
    Column("Rows read", "rows_read", "whole"),
    Column("Rows accepted", "rows_accepted", "whole"),
    Column("Attribution", "attribution"),
    Column("Page", "origin_url"),
)
LIMITS = (
    "Smuggled quantities are not observed by anybody, only claimed.",
    "Customs codes cannot see a chip: a code holds servers, parts and goods of many kinds.",
    "Legal and smuggled goods differ in performance, so a count of pieces and a count of compute disagree.",
    "Availability, expectations and prices move together, and few events lie far enough apart.",
    "Claims are published when flows are large, so what is not claimed is not zero.",
    "Many offices file late or not at all; an empty cell says why it is empty, and is never a zero.",
)
LABELS = (
    ("accounting", "a sum, share or bound of what sources state: reported, implied by"),
    ("descriptive", "a comparison over time, places or prices without a control group: coincided with"),
    ("comparative", "a comparison with a control group that passed its tests"),
    ("quasi experimental", "a synthetic control or gravity estimate, given with its assumption"),
    ("structural", "a scenario: holds in the model, given its levers"),
)
NOTES = (
    "Ranges of answers hold 90 % of joint draws from what sources state; intervals of event studies are of 95 %.",
    "H100-equivalents weigh a chip by its compute; memory bandwidth weighs it by how fast it is fed.",
    "Figures are rounded to three digits here; the CSV file beside the report has them in full.",
    "Everything is as of one day: what became public later is left out, also where it speaks of an earlier time.",
)


def section(frames: Frames) -> Section:
    """Where everything comes from, what it cannot say, and how to cite it."""
    found = rows(frames, "rpt_source", by=["publisher", "dataset_id"])
    parts = [
        el("h3", "Limits that no method here removes"),
        el("ul", *(el("li", limit) for limit in LIMITS)),
        el("h3", "What the labels mean"),
        el("dl", *(join([el("dt", name), el("dd", meaning)]) for name, meaning in LABELS)),
        el("h3", "Method notes"),
        el("ul", *(el("li", note) for note in NOTES)),
        el("h3", "How to cite"),
        _citation(frames),
        table("Data sets, publishers and licences", COLUMNS, found, name="source-table", filtered=True),
    ]
    return Section("sources", "Sources, licences, limits and method", parts)


def run_of(frames: Frames) -> Row | None:
    """The one row that says which release this is."""
    found = rows(frames, "run")
    return found[0] if found else None


def _citation(frames: Frames) -> Html:
    run = run_of(frames)
    if run is None:
        return el("p", "This page has no release.", class_="empty")
    release, as_of = figure(run, "warehouse_release_id", "words"), figure(run, "as_of", "day")
    named = words(run, "inputs_sha256")
    cited = el("p", "chipflows, release ", release, ", as of ", as_of, ". Please cite the publisher of a figure too.")
    return join([cited, el("p", "Inputs of this release (SHA-256): ", named, class_="hash")])
