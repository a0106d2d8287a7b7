"""Event studies: what each registered design found, its path, and its placebos."""

from typing import Any

import polars as pl

from pipelines.exports.report.charts import BLUE, GREY, INK, ORANGE, WIDTH, Chart, Part, plain
from pipelines.exports.report.frames import Frames, Row, rows
from pipelines.exports.report.html import Column, Html, count, el, join, label, table, words
from pipelines.exports.report.section import Section
from pipelines.exports.report.sections.findings import WINDOWS, findings

MOST = 8
DESCRIBED = (
    "Gap to comparable series by month from the event, with its band; below it, placebos as ticks and the estimate as a line."
)
LEAD = (
    "Every design was written down before it was estimated, and every design has a row, also those that the data cannot "
    "answer. A path shows the gap to comparable series, month by month, against the last month before any signal. Placebos "
    "show how large a move looks where nothing happened."
)
COLUMNS = (
    Column("Event study", "title"),
    Column("Status", "design_status", "code"),
    Column("What may be said", "finding"),
    Column("Change, percent", "estimate_percent", "percent"),
    Column("Log points (95 % interval)", "estimate_log", "decimals", ("ci_low", "ci_high")),
    Column("Trend before, p", "pretrend_p", "p_value"),
    Column("Placebos", "n_event_placebos", "whole"),
    Column("Placebo p", "placebo_p", "p_value"),
    Column("Adjusted p", "p_adjusted", "p_value"),
    Column("Clean months after", "n_clean_post_months", "whole"),
    Column("Other rules in the window", "n_overlapping_rules", "whole"),
    Column("Expected sign", "expectation", "code"),
    Column("Label", "evidence_label", "code"),
)


def section(frames: Frames) -> Section:
    """Counts by status, paths of the headline designs, then the whole registry."""
    results = rows(frames, "rpt_event_result")
    parts: list[Html | Chart] = [el("p", LEAD), _statuses(results)]
    for row in headline(frames, results):
        parts += [_path(frames, row), el("p", words(row, "finding"), " ", label(row), class_="finding")]
    parts.append(findings(frames, WINDOWS))
    parts.append(table("Every registered event study", COLUMNS, results, name="events", filtered=True))
    return Section("events", "Event studies with placebos", parts)


def headline(frames: Frames, results: list[Row]) -> list[Row]:
    """Designs whose path is drawn: estimated ones with a path, those that may be compared first, then headline families."""
    if "rpt_event_path" not in frames:
        return []
    with_path = set(frames["rpt_event_path"].filter(pl.col("path_log").is_not_null())["design_id"])
    estimated = [row for row in results if row["design_id"] in with_path and row["estimate_log"] is not None]
    return sorted(estimated, key=_importance)[:MOST]


def _importance(row: Row) -> tuple[bool, bool, str]:
    return row["evidence_label"] == "descriptive", row["family_correction"] != "holm", str(row["design_id"])


def _statuses(results: list[Row]) -> Html:
    if not results:
        return el("p", "No event study is in this release.", class_="empty")
    tally: dict[str, int] = {}
    for row in results:
        tally[row["design_status"]] = tally.get(row["design_status"], 0) + 1
    told = [
        join([count(n, "rpt_event_result", "design_status", status), f" {status.replace('_', ' ')}"])
        for status, n in sorted(tally.items(), key=lambda item: -item[1])
    ]
    return el("p", "Of ", count(len(results), "rpt_event_result"), " designs: ", join(told, ", "), ".")


def _path(frames: Frames, row: Row) -> Chart:
    design = pl.col("design_id") == row["design_id"]
    path = frames["rpt_event_path"].filter(design, pl.col("control_set") == row["control_set"], pl.col("path_log").is_not_null())
    path = path.select(
        "design_id", "control_set", "month", "months_from_event", "is_reference_month", "path_log", "band_low", "band_high"
    )
    own = pl.DataFrame([{column: row[column] for column in ("design_id", "title", "estimate_log")}])
    parts = [Part("rpt_event_path", path), Part("rpt_event_result", own)]
    drawing = _path_layers(path)
    placebos = frames["rpt_event_placebo"].filter(design) if "rpt_event_placebo" in frames else pl.DataFrame()
    if placebos.height:
        placebos = placebos.select("design_id", "placebo_id", "placebo_log")
        parts.append(Part("rpt_event_placebo", placebos))
        drawing = _stacked(drawing, _placebo_layers(placebos, own))
    return Chart(
        name=f"event-{str(row['design_id']).replace('_', '-')}",
        title=str(row["title"]),
        described=DESCRIBED,
        drawing=drawing,
        parts=parts,
        rung=str(row["evidence_label"]),
    )


def _path_layers(path: pl.DataFrame) -> Any:
    import altair as alt

    x = alt.X("months_from_event:Q", axis=alt.Axis(title="months from the event", grid=False, tickMinStep=1))
    base = alt.Chart(plain(path)).encode(x=x)
    band = base.mark_area(color=BLUE, opacity=0.18).encode(
        y=alt.Y("band_low:Q", axis=alt.Axis(title="log points", tickCount=5)), y2=alt.Y2("band_high:Q")
    )
    line = base.mark_line(color=BLUE, strokeWidth=1.8).encode(y=alt.Y("path_log:Q"))
    reference = (
        base.transform_filter("datum.is_reference_month")
        .mark_point(color=INK, filled=True, size=45, aria=False)
        .encode(y=alt.Y("path_log:Q"))
    )
    once = alt.Chart(alt.InlineData([{}]))
    zero = once.mark_rule(color=GREY, strokeWidth=0.8).encode(y=alt.YDatum(0))
    event = once.mark_rule(color=ORANGE, strokeDash=[3, 2]).encode(x=alt.XDatum(0))
    return alt.layer(zero, event, band, line, reference, width=WIDTH - 60, height=170)


def _placebo_layers(placebos: pl.DataFrame, own: pl.DataFrame) -> Any:
    import altair as alt

    axis = alt.Axis(title="placebos (ticks) and the estimate (line), log points", grid=False, tickCount=5)
    ticks = alt.Chart(plain(placebos)).mark_tick(color=GREY, opacity=0.7, aria=False).encode(x=alt.X("placebo_log:Q", axis=axis))
    line = alt.Chart(plain(own)).mark_rule(color=ORANGE, strokeWidth=2).encode(x=alt.X("estimate_log:Q"))
    return alt.layer(ticks, line, width=WIDTH - 60, height=34)


def _stacked(above: Any, below: Any) -> Any:
    import altair as alt

    return alt.vconcat(above, below, spacing=14, resolve=alt.Resolve(scale=alt.ScaleResolveMap(x="independent")))
