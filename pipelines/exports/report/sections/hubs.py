"""Hubs and mirror gaps: what two sides report, what moved at hubs, and how much of it is loaded."""

import polars as pl

from pipelines.exports.report.frames import Frames, Row, rows
from pipelines.exports.report.html import Column, Html, count, el, table
from pipelines.exports.report.section import Section
from pipelines.exports.report.sections.findings import COMPLETE, HUBS, MIRROR, findings

LEAD = (
    "Two customs offices seldom write down the same trade. A gap between them is a difference between two reports, no "
    "evidence of evasion, and a hub that moves is a place to look, not an accusation. Coverage says how much is loaded at all."
)
MIRROR_COLUMNS = (
    Column("Exporter", "exporter_name"),
    Column("Importer", "importer_name"),
    Column("Goods", "goods_title"),
    Column("HS code", "product_code"),
    Column("From", "period_start", "day"),
    Column("To", "period_end", "day"),
    Column("Exporter says, US dollars", "exporter_usd", "number"),
    Column("Importer says, US dollars", "importer_usd", "number"),
    Column("Gap, US dollars (range)", "gap_usd", "number", ("gap_low_usd", "gap_high_usd")),
    Column("Reading", "gap_reading", "code"),
    Column("Label", "evidence_label", "code"),
)
EXCESS_COLUMNS = (
    Column("Hub", "hub_name"),
    Column("Exporter", "exporter_name"),
    Column("HS code", "product_code"),
    Column("Year from", "period_start", "day"),
    Column("Before, US dollars", "base_usd", "number"),
    Column("After, US dollars", "actual_usd", "number"),
    Column("Over the path of others, US dollars (range)", "excess_usd", "number", ("excess_low_usd", "excess_high_usd")),
    Column("Rule", "rule_title"),
    Column("Label", "evidence_label", "code"),
)
PAIR_COLUMNS = (
    Column("Exporter", "exporter_name"),
    Column("Goods", "goods_title"),
    Column("HS code", "product_code"),
    Column("Year from", "period_start", "day"),
    Column("Value with a mirror", "mirrored_share", "share"),
    Column("Importers named", "n_importers_named", "whole"),
    Column("Importers loaded", "n_importers_loaded", "whole"),
    Column("Label", "evidence_label", "code"),
)
COVERAGE_COLUMNS = (
    Column("HS code", "product_code"),
    Column("Flow", "flow", "code"),
    Column("From", "period_start", "day"),
    Column("To", "period_end", "day"),
    Column("Earlier trade that has filed", "coverage_share", "share"),
    Column("Reporters expected", "n_reporters_expected", "whole"),
    Column("Reporters filed", "n_reporters_filed", "whole"),
    Column("May be a headline", "is_headline_allowed", "flag"),
)


def section(frames: Frames) -> Section:
    """Mirror gaps, hubs outside their band, and two tables of coverage."""
    gaps = rows(frames, "rpt_mirror_gap", by=["period_end", "exporter_name", "importer_name", "product_code"])[::-1]
    outside = rows(frames, "rpt_hub_excess", pl.col("is_outside_band"), by=["period_start", "hub_name", "product_code"])[::-1]
    coverage = rows(frames, "rpt_coverage")
    parts = [
        el("p", LEAD),
        el("h3", "Do both sides report the same trade?"),
        findings(frames, MIRROR),
        table(
            "Mirror gaps: exporter's report less importer's, freight taken off",
            MIRROR_COLUMNS,
            gaps,
            name="mirror",
            filtered=True,
        ),
        table(
            "How much of an exporter's trade has a mirror, latest year",
            PAIR_COLUMNS,
            _latest(frames),
            name="pairs",
            filtered=True,
        ),
        el("h3", "What passes through the hubs?"),
        findings(frames, HUBS),
        _counted(frames),
        table("Hubs outside the band of other destinations", EXCESS_COLUMNS, outside, name="hubs", filtered=True),
        el("h3", "How complete are the statistics?"),
        findings(frames, COMPLETE),
        table("Coverage by product, flow and period", COVERAGE_COLUMNS, coverage, name="coverage", filtered=True),
    ]
    return Section("hubs", "Hubs, mirror gaps and coverage", parts)


def _latest(frames: Frames) -> list[Row]:
    if "rpt_pair_coverage" not in frames or not frames["rpt_pair_coverage"].height:
        return []
    last = frames["rpt_pair_coverage"]["period_start"].max()
    return rows(frames, "rpt_pair_coverage", pl.col("period_start") == last)


def _counted(frames: Frames) -> Html:
    if "rpt_hub_excess" not in frames:
        return el("p", "No hub is compared in this release.", class_="empty")
    n_out, n_in = (len(rows(frames, "rpt_hub_excess", pl.col("is_outside_band") == out)) for out in (True, False))
    return el(
        "p",
        "Compared with a band: ",
        count(n_out, "rpt_hub_excess", "is_outside_band", "True"),
        " cells outside it, ",
        count(n_in, "rpt_hub_excess", "is_outside_band", "False"),
        " inside. With a band of 90 % about one in ten lies outside without any reason. "
        "Cells without a band are in the CSV file.",
    )
