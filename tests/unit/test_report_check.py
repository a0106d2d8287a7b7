"""The page's own checks: a number without a row behind it, a word above its rung, a chart with rows of its own are refused."""

import json
import re
from itertools import pairwise

import polars as pl
import pytest
from report_frames import every

from pipelines.errors import CheckFailed
from pipelines.exports.report import charts
from pipelines.exports.report.charts import Chart, Part, Pen, inline
from pipelines.exports.report.check import require_charts, require_page
from pipelines.exports.report.drawing import letters, levels
from pipelines.exports.report.formats import STYLES
from pipelines.exports.report.frames import credit_of
from pipelines.exports.report.page import render, sections_of
from pipelines.exports.report.pieces import Pieces
from pipelines.exports.report.write import begin
from pipelines.exports.wording import shipped_ladder

LADDER = shipped_ladder()


@pytest.fixture(scope="module")
def drawn():
    frames = every()
    sections = sections_of(frames)
    charts = [chart for section in sections for chart in section.charts]
    with Pen() as pen:
        pictures = pen.begin(charts, credit_of(frames))()
    return frames, charts, render(frames, sections, pictures), pictures


def refuse(drawn, page, found):
    frames, charts, _, _ = drawn
    with pytest.raises(CheckFailed, match=found):
        require_page(page, frames, charts, LADDER)


def test_the_page_as_it_is_passes(drawn):
    frames, charts, page, _ = drawn
    require_page(page, frames, charts, LADDER)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("Smuggled chips are claimed", "Smuggled chips, 4711 of them, are claimed", "the number '4711'"),
        (">45 %</data>", ">46 %</data>", "'46 %'"),
        ('value="0.4535"', 'value="0.4536"', "'0.4536'"),
        ("rpt_answer | smuggled-share-2025-h100e", "rpt_answer | smuggled-share-2031-h100e", "no row"),
        ('data-c="answer_p50"', 'data-c="answer_p51"', "has no answer_p51"),
        ("Claimed, never observed", "Claimed 12 times, never observed", "Claimed 12 times"),
        ('data-count="changes">1<', 'data-count="changes">2<', "the count 2"),
        ('is_outside_band=True">1<', 'is_outside_band=True">3<', "the count 3"),
        ('aria-label="Sections"', 'aria-label="11 sections"', "the number '11'"),
        ("18 % (8.9 % to 33 %)", "19 % (8.9 % to 33 %)", "the number '19'"),
        ("<title>AI chips", "<title>7 AI chips", "the number '7'"),
    ],
)
def test_a_planted_number_is_found(drawn, before, after, found):
    page = drawn[2]
    assert before in page, "the plant needs its place"
    refuse(drawn, page.replace(before, after), found)


def test_a_number_in_a_new_paragraph_is_found(drawn):
    refuse(drawn, drawn[2].replace("</main>", "<p>Two in 3 chips.</p></main>"), "the number '3'")


@pytest.mark.parametrize("word", ["because of the rule", "which proves it", "the impact of the rule"])
def test_a_word_above_its_rung_is_found_in_a_template(drawn, word):
    refuse(drawn, drawn[2].replace("A line that bends at a rule", f"A line bends {word}, it"), "the word")


def test_a_word_above_its_rung_is_found_in_the_alternative_text_of_a_chart(drawn):
    refuse(drawn, drawn[2].replace("Monthly value as a line", "Fell because of a rule, as a line"), "because")


@pytest.mark.parametrize(("column", "said"), [("limit_note", "It fell because of the rule"), ("title", "The impact of the rule")])
def test_a_word_above_its_rung_is_found_in_a_cell(column, said):
    frames = every()
    frames["rpt_answer"] = frames["rpt_answer"].with_columns(pl.lit(said).alias(column))
    with Pen() as pen, pytest.raises(CheckFailed, match="the word"):
        begin(frames, pen).files(LADDER)


def test_words_of_the_model_are_asked_of_a_scenario():
    frames = every()
    frames["rpt_scenario_headline"] = frames["rpt_scenario_headline"].with_columns(
        statement=pl.lit("Smuggled supply is a third lower.")
    )
    with Pen() as pen, pytest.raises(CheckFailed, match="no word of the model"):
        begin(frames, pen).files(LADDER)


def test_a_chart_may_draw_only_rows_of_its_table():
    frames = every()
    own = frames["rpt_answer"].select("answer_id", "answer_p50")
    require_charts([Chart("x", "x", "x", None, [Part("rpt_answer", own)])], frames)
    for spoilt in (own.with_columns(pl.col("answer_p50") + 0.01), own.with_columns(twice=pl.col("answer_p50") * 2)):
        with pytest.raises(CheckFailed, match="of its own"):
            require_charts([Chart("x", "x", "x", None, [Part("rpt_answer", spoilt)])], frames)


def test_the_page_asks_for_nothing_else(drawn):
    page = drawn[2]
    assert not re.search(r'<(?:img|iframe|object|embed)\b|<script src|@import|url\((?!#)|src="', page)
    assert re.findall(r'<link [^>]*href="([^"]+)"', page) == ["data:,"]
    assert "default-src 'none'" in page


def test_ids_are_given_once_and_every_link_within_the_page_has_its_end(drawn):
    page = drawn[2]
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="#|aria-labelledby="|for="|url\(#)([^")]+)', page)) <= set(ids)
    assert set(re.findall(r'data-filter="([^"]+)"', page)) <= set(ids)


def test_tables_have_captions_and_heads_and_charts_have_words(drawn):
    page = drawn[2]
    assert page.count("<table") == page.count("<caption>") == page.count("<thead>") > 10
    assert page.count('role="img"') == page.count("<svg") == len(drawn[1])
    for tag in re.findall(r'<div role="img"[^>]*>', page):
        assert re.search(r'aria-label="[^"]{40,}"', tag)
    levels_of_heads = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert levels_of_heads.count(1) == 1 and all(b - a <= 1 for a, b in pairwise(levels_of_heads))


def test_the_files_are_the_same_when_written_twice():
    def written():
        with Pen() as pen:
            return begin(every(), pen).files(LADDER)

    first = written()
    assert first == written()
    assert {path.rpartition(".")[2] for path in first} == {"html", "svg", "png", "csv", "json"}
    assert (
        first["charts/premium.csv"].decode().splitlines()[0]
        == "price_id,chip_id,quote_date,premium_low,premium,premium_high,is_like_for_like"
    )
    assert all(first[f"charts/{name}.png"].startswith(b"\x89PNG") for name in ("premium", "mix-usd", "event-memory-2022"))


def test_a_chart_is_drawn_again_only_where_its_specification_is_another(monkeypatch):
    def written(before=None):
        asked.clear()
        with Pen(before) as pen:
            return begin(every(), pen).files(LADDER)

    asked = []
    real = charts._draw
    monkeypatch.setattr(charts, "_draw", lambda chart, specification: asked.append(chart.name) or real(chart, specification))
    first = written()
    before = {path.removeprefix("charts/"): body for path, body in first.items() if path.startswith("charts/")}
    assert len(asked) == 10 and written(before) == first and asked == []
    changed = {**before, "premium.vl.json": before["premium.vl.json"].replace(b"b200-sxm", b"b200-pcie")}
    assert written(changed) == first and asked == ["premium"]
    assert written({name: body for name, body in before.items() if name != "mix-usd.png"}) == first and asked == ["mix-usd"]


def test_a_specification_holds_the_rows_that_are_drawn_and_what_draws_them(drawn):
    specification = json.loads(drawn[3]["premium"].specification)
    assert specification["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    assert specification["usermeta"]["drawn_by"].startswith("vl-convert-python ")
    rows = [row for rows in specification["datasets"].values() for row in rows]
    assert {row["chip_id"] for row in rows if "chip_id" in row} == set(drawn[0]["rpt_premium"]["chip_id"])


def test_a_text_on_a_mark_becomes_a_title_and_ids_carry_the_chart(drawn):
    picture = inline(drawn[3]["premium"])
    assert "<title>b200-sxm, 2025-07-24: +50 %</title>" in picture
    assert "aria-label" not in picture and 'data-chart="premium"' in picture


def test_letters_keep_their_distance():
    import datetime

    first = datetime.date(2020, 1, 1)
    days = [first + datetime.timedelta(days=n) for n in (0, 1, 2, 400)]
    assert levels(days, first, first + datetime.timedelta(days=1000)) == [0, 1, 2, 0]
    assert letters(28)[-2:] == ["AA", "AB"]


@pytest.mark.parametrize(
    ("style", "value", "shown"),
    [
        ("share", 0.4535, "45 %"),
        ("share", 0.0475, "4.8 %"),
        ("share", 0.0994, "9.9 %"),
        ("share", 0.0995, "10 %"),
        ("share", -0.0, "0.0 %"),
        ("change", -0.966722, "−97 %"),
        ("change", 0.04, "+4.0 %"),
        ("percent", -34.3, "−34 %"),
        ("decimals", -0.004, "0.00"),
        ("number", 1466131695.5, "1.47 billion"),
        ("number", -770972272, "−771 million"),
        ("p_value", 0.04, "0.040"),
        ("whole", 1234, "1,234"),
        ("code", "floor_only", "floor only"),
        ("flag", True, "yes"),
    ],
)
def test_styles(style, value, shown):
    assert STYLES[style](value) == shown


def test_pieces_know_what_they_are():
    page = (
        '<html lang="en"><p data-label="x">Of <data value="2" data-count="t">2</data> rows, <b>all</b></p>'
        '<tr data-r="t | a"><td><data value="1.5" data-c="c" data-f="number">1.5</data></td></tr>'
        '<svg data-chart="k"><g class="role-axis-label"><text>10</text></g><g><text>eleven</text></g></svg>'
        "<script>x = 12;</script>"
    )
    found = [(piece.kind, piece.text, piece.name) for piece in Pieces(page + "</html>").found]
    assert found == [
        ("count", "2", "t"),
        ("words", "Of · rows, all", ""),
        ("cell", "1.5", "t | a"),
        ("scale", "10", "k"),
        ("chart", "eleven", "k"),
    ]
