"""Taiwan and Thailand, 2024: the largest mirror gap of the shipped data, in the metric and in the report."""

import csv
from contextlib import closing

import duckdb
import pytest

pytestmark = pytest.mark.slow

PAIR = "exporter_iso3 = 'TWN' AND importer_iso3 = 'THA' AND product_code = '8542' AND period_start = DATE '2024-01-01'"
NO_EVASION = "difference_between_reports_not_evasion"


def rows(home, table):
    with closing(duckdb.connect(str(home / "chipflows.duckdb"), read_only=True)) as con:
        cursor = con.execute(f"SELECT * FROM {table} WHERE {PAIR} AND window_kind = 'year'")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize("table", ["metrics.metric_mirror_gap", "exports.rpt_mirror_gap"])
def test_the_gap_is_large_negative_and_no_evasion(table, built_home):
    (gap,) = rows(built_home, table)
    billions = {name: round(float(gap[name]) / 1e9, 2) for name in ("exporter_usd", "importer_usd", "raw_gap_usd")}
    assert billions in (
        {"exporter_usd": 2.42, "importer_usd": 10.65, "raw_gap_usd": -8.24},
        {"exporter_usd": 2.42, "importer_usd": 10.65, "raw_gap_usd": -8.23},
    )
    assert gap["gap_reading"] == "importer_reports_more"
    assert gap["claim_limit"] == NO_EVASION
    assert gap["is_taiwan_proxy"]


def test_the_parts_add_up_to_the_raw_gap_exactly(built_home):
    parts = rows(built_home, "metrics.metric_mirror_waterfall")
    assert len(parts) == 5
    assert sum(part["component_usd"] for part in parts if part["component_usd"] is not None) == parts[0]["raw_gap_usd"]
    (gap,) = rows(built_home, "metrics.metric_mirror_gap")
    assert {part["raw_gap_usd"] for part in parts} == {gap["raw_gap_usd"]} == {gap["exporter_usd"] - gap["importer_usd"]}


@pytest.mark.parametrize("table", ["metrics.metric_mirror_waterfall", "exports.rpt_mirror_waterfall"])
def test_re_exports_are_bounded_on_a_condition_and_can_hold_the_whole_gap(table, built_home):
    parts = {part["component"]: part for part in rows(built_home, table)}
    assert {part["claim_limit"] for part in parts.values()} == {NO_EVASION}
    resold = parts["reexport"]
    assert (resold["component_state"], resold["component_usd"], resold["absence_reason"]) == ("bounded", None, "not_identified")
    assert resold["component_low_usd"] < resold["raw_gap_usd"] < 0 == resold["component_high_usd"]
    assert resold["explainable_usd"] == -resold["raw_gap_usd"]
    assert resold["component_note"].startswith("if only listed hubs sell on: ")
    assert parts["residual"]["component_low_usd"] <= parts["residual"]["component_usd"] <= parts["residual"]["component_high_usd"]


def test_the_exported_file_says_so_too_rounded_by_the_terms(built_home):
    with (built_home / "exports" / "rpt_mirror_waterfall.csv").open(encoding="utf-8", newline="") as lines:
        wanted = ("TWN", "THA", "8542", "year", "2024-01-01")
        key = ("exporter_iso3", "importer_iso3", "product_code", "window_kind", "period_start")
        parts = [row for row in csv.DictReader(lines) if tuple(row[name] for name in key) == wanted]
    assert len(parts) == 5
    assert {float(row["raw_gap_usd"]) for row in parts} == {-8_240_000_000}
    assert {row["claim_limit"] for row in parts} == {NO_EVASION}
    assert {row["is_rounded_by_terms"].lower() for row in parts} == {"true"}
    assert [row["component_state"] for row in parts if row["component"] == "reexport"] == ["bounded"]
