"""Pictures in the metadata of assets: they read declared columns, draw every row to scale, and say no more than they may."""

import re
from base64 import b64decode
from xml.etree import ElementTree

import duckdb
import pytest

from pipelines.assets import pictures
from pipelines.assets.pictures import PICTURES, REPORT_CHARTS, Picture, image, picture_of, report_charts
from pipelines.assets.warehouse import model_key
from pipelines.definitions import defs
from pipelines.exports.wording import UNLABELLED, require_wording
from pipelines.schemas.table import TABLES

SVG = "{http://www.w3.org/2000/svg}"
KEYS = {spec.key for definition in defs.assets for spec in definition.specs}


def drawn(monkeypatch, values, **how):
    """The drawing of rows given as SQL values."""
    sql = f"SELECT * FROM (VALUES {values}) AS t(heading, place, series, low, middle, high)"
    monkeypatch.setitem(pictures.PICTURES, "exports.rpt_made_up", Picture(sql, "Made up.", how.pop("told", "share"), **how))
    with duckdb.connect() as con:
        text = picture_of(con, "exports.rpt_made_up")["picture"].value
    heading, alt, encoded = re.fullmatch(
        r"\*\*(.+)\*\*\n\n!\[(.+)\]\(data:image/svg\+xml;base64,(.+)\)\n\nMade up\.", text
    ).groups()
    assert heading == alt
    return ElementTree.fromstring(b64decode(encoded))


def texts(svg):
    return [each.text for each in svg.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_reads_declared_columns_and_is_left_out_without_rows(name):
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA exports")
        for table in (each for each in TABLES.values() if each.layer == "exports"):
            columns = ", ".join(f"{column.name} {column.duckdb_type}" for column in table.columns)
            con.execute(f"CREATE TABLE {table.full_name()} ({columns})")
        assert picture_of(con, name) == {}
        assert len(con.execute(PICTURES[name].sql).description) == 6


@pytest.mark.parametrize("name", PICTURES)
def test_the_words_of_a_picture_keep_to_the_ladder(name):
    require_wording(PICTURES[name].caption, UNLABELLED, name)


def test_a_table_without_a_picture_has_none():
    with duckdb.connect() as con:
        assert picture_of(con, "exports.rpt_rule") == {}


def test_every_row_is_drawn_to_scale_with_its_place_series_and_value(monkeypatch):
    svg = drawn(
        monkeypatch,
        "('A', 'x & y', 'one', 0.2, 0.4, 0.8), ('A', 'z', 'two', NULL, 0.8, NULL), ('A', 'w', 'two', 0.0, 0.004, 0.1)",
    )
    assert {"x & y", "z", "w", "40%", "80%", "0.4%", "● one", "● two"} == set(texts(svg))
    first, second, third = (float(circle.get("cx")) for circle in svg.iter(f"{SVG}circle"))
    zero = float(re.match(r"M(\d+) ", svg.find(f"{SVG}path").get("d"))[1])
    assert second - zero == pytest.approx(2 * (first - zero), abs=1.5) and third - zero == pytest.approx(0, abs=3)
    low, high = re.match(r"M(\d+) \d+H(\d+)", svg.findall(f"{SVG}path")[1].get("d")).groups()
    assert (float(low) - zero) * 4 == pytest.approx(float(high) - zero, abs=3) and float(high) == second
    fills = [circle.get("fill") for circle in svg.iter(f"{SVG}circle")]
    assert fills[0] != fills[1] == fills[2]


def test_zero_is_inside_also_where_every_value_is_negative(monkeypatch):
    svg = drawn(monkeypatch, "('A', '2024', 'gap', -3e9, -2e9, -1e9)", told="usd")
    assert texts(svg) == ["2024", "-2.0 bn $"]
    zero = float(re.match(r"M(\d+) ", svg.find(f"{SVG}path").get("d"))[1])
    assert float(svg.find(f"{SVG}circle").get("cx")) < zero < float(svg.get("width"))


def test_a_path_has_a_point_for_each_month_and_marks_the_event(monkeypatch):
    rows = ", ".join(f"('A', '{month}', 'log', {'NULL' if month < 0 else -0.5}, {month / 10}, 1.5)" for month in range(-2, 4))
    svg = drawn(monkeypatch, rows, told="log", is_path=True)
    assert texts(svg) == ["-0.5", "1.5", "-2", "0", "3"]
    points = svg.find(f"{SVG}polyline").get("points").split()
    heights = [float(point.partition(",")[2]) for point in points]
    assert len(points) == 6 and heights == sorted(heights, reverse=True)
    assert len(svg.find(f"{SVG}polygon").get("points").split()) == 8, "the band has both ends where there are both"
    assert len(svg.findall(f"{SVG}path")) == 2, "zero and the event"


def test_brackets_do_not_end_the_text_of_an_image():
    assert image("a [b]", b"x").startswith("![a (b)](data:image/svg+xml;base64,")


def test_charts_of_the_report_lead_to_the_asset_of_their_table(tmp_path):
    names = ["mix-h100e.svg", "mix-h100e.png", "event-b.svg", "event-a.svg", "other.svg"]
    written = [tmp_path / name for name in names]
    for path in written:
        path.write_bytes(path.name.encode())
    text = report_charts(written).value
    found = re.findall(r"\[(\w+)\]\(/assets/exports/\1\)\n\n!\[[^]]+\]\(data:image/svg\+xml;base64,([^)]+)\)", text)
    assert [(table, b64decode(body).decode()) for table, body in found] == [
        ("rpt_mix_interval", "mix-h100e.svg"),
        ("rpt_event_path", "event-b.svg"),
    ]
    assert "none of the charts" in report_charts([]).value


def test_charts_and_pictures_are_of_assets_that_exist():
    assert {model_key(name) for name in PICTURES} <= KEYS
    assert {model_key(f"exports.{table}") for table in REPORT_CHARTS.values()} <= KEYS
