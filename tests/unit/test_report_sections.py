"""Each section of the report on handmade frames: what it says, what it draws, and what it says when there is nothing."""

import polars as pl
import pytest
from report_frames import answers, events, every, rules

from pipelines.exports.report.frames import Row, rows
from pipelines.exports.report.page import SECTIONS, sections_of
from pipelines.exports.report.sections import answers as answer_section
from pipelines.exports.report.sections import changes, claims, drivers, flows, hubs, mix, prices, scenarios, sources
from pipelines.exports.report.sections import events as event_section

CHARTS = {
    "answers": ["smuggled-share"],
    "flows": ["flow-kor-x-mcp-chn-hkg-usd"],
    "mix": ["mix-h100e", "mix-usd"],
    "prices": ["premium", "street-price"],
    "hubs": [],
    "events": ["event-memory-2022"],
    "scenarios": ["scenario-smuggled", "scenario-total"],
    "claims": [],
    "drivers": ["driver-smuggled-share-2025-h100e"],
    "changes": [],
    "sources": [],
}


def said(section):
    return "".join(part for part in section.parts if isinstance(part, str))


@pytest.mark.parametrize("section", sections_of(every()), ids=lambda section: section.key)
def test_a_section_draws_its_charts(section):
    assert [chart.name for chart in section.charts] == CHARTS[section.key]
    assert all(chart.described and chart.parts for chart in section.charts)


@pytest.mark.parametrize("module", SECTIONS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_section_without_rows_says_so_and_draws_nothing(module):
    section = module.section({})
    assert section.title and not section.charts
    assert 'class="empty"' in said(section) or module is answer_section


def test_headlines_stand_with_interval_label_and_limit():
    text = said(answer_section.section(every()))
    assert ">45 %</data>" in text and ">25 %</data>" in text and ">68 %</data>" in text
    assert "Claimed, never observed" in text and "accounting" in text


def test_a_change_between_periods_stands_with_the_wider_of_its_two_intervals():
    change = next(row for row in rows(every(), "rpt_answer") if "change" in row["answer_id"])
    assert answer_section.ends_of(change) == answer_section.APART
    narrow = Row("rpt_answer", {**change.cells, "apart_p05": -0.01, "apart_p95": 0.0})
    assert answer_section.ends_of(narrow) == answer_section.TOGETHER
    assert ">−56 %</data>" in said(answer_section.section(every()))


def test_a_quote_that_repeats_another_is_drawn_once():
    frames = {"rpt_premium": every()["rpt_premium"].with_columns(repeats_price_id=pl.lit("another"))}
    assert not prices.section(frames).charts


def test_an_upper_end_is_called_one():
    assert answer_section.UPPER in said(answer_section.section(every()))
    assert answer_section.UPPER not in said(
        answer_section.section({"rpt_answer": answers().filter(pl.col("set_kind") == "point")})
    )


def test_a_statement_whose_section_nobody_knows_is_not_lost():
    assert "must not get lost" in said(answer_section.section(every()))


def test_rules_of_the_first_weight_are_drawn_with_letters_in_the_order_of_their_days():
    section = flows.section(every())
    drawn = section.charts[0].parts[1].frame
    assert drawn["rule_id"].to_list() == ["a_2022", "b_2022"] and drawn["layout_mark"].to_list() == ["A", "B"]
    assert "third weight" not in said(section)


def test_a_rule_outside_the_months_shown_is_not_drawn():
    late = rules().with_columns(bite_date=pl.lit(None, pl.Date))
    assert flows.section({**every(), "rpt_rule": late}).charts[0].parts[1].frame.height == 0


def test_an_incomplete_half_year_has_no_place_in_the_mix():
    cut = every()["rpt_mix_interval"].with_columns(mix_state=pl.lit("incomplete"))
    section = mix.section({"rpt_mix_interval": cut})
    assert not section.charts and "not identified" in said(section)


def test_a_price_without_a_reference_says_why_it_has_no_premium():
    section = prices.section(every())
    assert "no reference price" in said(section)
    assert section.charts[0].parts[0].frame.height == 1


def test_cells_with_a_band_are_counted_and_only_those_outside_are_listed():
    text = said(hubs.section(every()))
    assert 'data-count="rpt_hub_excess|is_outside_band=True">1</data>' in text
    assert "India" in text and "Malaysia" not in text and "Singapore" not in text


def test_an_event_study_that_is_not_identified_has_a_row_and_no_path():
    frames = {**every(), "rpt_event_result": events("not_separately_identified")}
    section = event_section.section(frames)
    assert not section.charts
    assert "not separately identified" in said(section) and "too short" in said(section)


def test_placebos_and_the_estimate_stand_below_the_path():
    chart = event_section.section(every()).charts[0]
    assert [part.table for part in chart.parts] == ["rpt_event_path", "rpt_event_result", "rpt_event_placebo"]
    assert chart.rung == "comparative"


def test_scenarios_are_told_as_of_the_model():
    section = scenarios.section(every())
    assert "in the model" in said(section) and all(chart.rung == "structural" for chart in section.charts)


def test_changes_tell_apart_that_none_was_compared_and_that_none_is_there():
    assert changes.ABSENT in said(changes.section({}))
    nothing = {name: every()[name].clear() for name in ("changes", "change_counts")}
    assert changes.NOTHING in said(changes.section(nothing))
    assert ">1</data>" in said(changes.section(every()))


def test_the_chain_and_the_claims_stand_side_by_side():
    text = said(claims.section(every()))
    assert "floor only" in text and "cnas-2024-chips" in text
    assert 'href="https://example.org/?a=1&amp;b=2"' in text


def test_drivers_are_drawn_largest_first():
    frame = drivers.section(every()).charts[0].parts[0].frame
    assert frame["first_order"].is_sorted(descending=True)


def test_sources_say_licence_limits_and_how_to_cite():
    text = said(sources.section(every()))
    for wanted in ("KOGL Type 1", "Source: KCS", "How to cite", "2026-11-23-abc", sources.LIMITS[0]):
        assert wanted in text


MEASURES = {
    "rpt_answer": ("answer_p05", "answer_p50", "answer_p95"),
    "rpt_answer_driver": ("first_order", "total_order"),
    "rpt_event_path": ("path_log", "band_low", "band_high"),
    "rpt_event_result": ("estimate_log", "ci_low", "ci_high", "estimate_percent"),
    "rpt_flow_month": ("value",),
    "rpt_mix_interval": ("share_p05", "share_p50", "share_p95"),
    "rpt_premium": ("premium", "premium_low", "premium_high", "street_usd_per_chip"),
    "rpt_scenario_headline": ("scenario_p05", "scenario_p50", "scenario_p95"),
}


@pytest.mark.parametrize("name", MEASURES)
def test_rows_without_their_measure_are_listed_and_not_drawn(name):
    frames = every()
    empty = [pl.lit(None, frames[name].schema[column]).alias(column) for column in MEASURES[name]]
    frames[name] = frames[name].with_columns(*empty, absence_reason=pl.lit("no_source"))
    drawn = {part.table for section in sections_of(frames) for chart in section.charts for part in chart.parts[:1]}
    assert name not in drawn


@pytest.mark.parametrize("name", sorted(set(every()) - {"run"}))
def test_a_table_without_rows_stops_no_section(name):
    frames = {**every(), name: every()[name].clear()}
    assert len(sections_of(frames)) == len(SECTIONS)
