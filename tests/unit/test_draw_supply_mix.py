"""The drawing of the supply mix: every label is there, the file is XML, the same rows give the same bytes."""

import csv
import json
from xml.etree import ElementTree

import pytest

from pipelines.errors import InputError, UsageError
from pipelines.home import Edition
from tools.draw_supply_mix import CHANNELS, PERIODS, TITLE, UNITS, draw, draw_file, main, read_shares

COLUMNS = (
    *("scope", "period_id", "mix_series", "unit_of_account", "channel", "channel_part"),
    *("share_p05", "share_p50", "share_p95", "mix_state"),
)
KNOWN = {"legal": ("0.4", "0.61", "0.8"), "smuggled": ("0.1", "0.005", "0.2"), "domestic": ("0.2", "0.385", "0.5")}
SVG = "{http://www.w3.org/2000/svg}"


def rows_of_the_last_half_year_incomplete():
    for unit in UNITS:
        for period in PERIODS:
            for channel, shares in KNOWN.items():
                found = ("", "", "", "incomplete") if period == PERIODS[-1] else (*shares, "complete")
                yield ("arrivals", period, "backbone", unit, channel, "all", *found)
                yield ("arrivals", period, "backbone", unit, channel, "own", "0.66", "0.66", "0.66", "complete")
                yield ("arrivals", period, "pooled", unit, channel, "all", "0.77", "0.77", "0.77", "complete")
                yield ("with_offshore", period, "backbone", unit, channel, "all", "0.88", "0.88", "0.88", "complete")


def write_report(folder, rows):
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "rpt_mix_interval.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    (folder / "datapackage.json").write_text(json.dumps({"as_of": "2026-11-23"}), encoding="utf-8")
    return folder / "rpt_mix_interval.csv"


@pytest.fixture
def report(tmp_path):
    return write_report(tmp_path / "exports", rows_of_the_last_half_year_incomplete())


@pytest.fixture
def svg(report):
    return draw(read_shares(report), "2026-11-23")


def words_of(svg):
    return ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_every_label_is_there(svg):
    words = words_of(svg)
    assert TITLE in words
    assert "As of 2026-11-23; bars: 90 % of 10,000 joint draws" in words
    assert {channel.words for channel in CHANNELS} <= set(words)
    for name, aside in UNITS.values():
        assert f"{name} {aside}" in words
    for label in (*PERIODS, "0%", "100%"):
        assert words.count(label) == len(UNITS)
    assert any(word.startswith("Source: chipflows, rpt_mix_interval.csv") for word in words)


def test_each_complete_period_has_three_marks_and_numbers(svg):
    drawn = len(UNITS) * (len(PERIODS) - 1)
    words = words_of(svg)
    assert [words.count(number) for number in ("61", "<1", "38")] == [drawn] * 3
    marks = [node for node in ElementTree.fromstring(svg).iter(f"{SVG}path") if node.get("transform")]
    assert len(marks) == 3 * drawn + len(CHANNELS)


def test_the_bar_spans_the_bounds(report):
    shares = read_shares(report)
    bars = [
        node
        for node in ElementTree.fromstring(draw(shares, "2026-11-23")).iter(f"{SVG}rect")
        if node.get("fill") == "#0072B2" and node.get("height") != "20"
    ]
    assert {(bar.get("y"), bar.get("height")) for bar in bars} == {("184", "72"), ("438", "72")}


def test_a_period_without_a_figure_says_incomplete(svg):
    assert words_of(svg).count("incomplete") == len(UNITS)
    assert svg.count("url(#hatch)") == len(UNITS)


def test_one_missing_channel_makes_the_period_incomplete(report):
    shares = read_shares(report)
    del shares["chips", "2024H1", "smuggled"]
    assert words_of(draw(shares, "2026-11-23")).count("incomplete") == len(UNITS) + 1


def test_other_scopes_and_series_are_left_out(svg):
    assert not {"66", "77", "88"} & set(words_of(svg))


def test_the_same_rows_give_the_same_bytes(tmp_path):
    rows = list(rows_of_the_last_half_year_incomplete())
    drawn = [
        draw(read_shares(write_report(tmp_path / name, ordered)), "2026-11-23")
        for name, ordered in (("a", rows), ("b", rows), ("c", rows[::-1]))
    ]
    assert drawn[0] == drawn[1] == drawn[2]


def test_it_needs_no_other_file_and_brings_its_own_ground(svg):
    tree = ElementTree.fromstring(svg)
    assert "href" not in svg
    assert next(tree.iter(f"{SVG}image"), None) is None
    ground = next(node for node in tree if node.tag == f"{SVG}rect")
    assert (ground.get("fill"), ground.get("width"), ground.get("height")) == ("#ffffff", tree.get("width"), tree.get("height"))


def test_nothing_is_drawn_outside_the_ground(svg):
    tree = ElementTree.fromstring(svg)
    for node in tree.iter(f"{SVG}text"):
        assert 0 <= float(node.get("x")) <= float(tree.get("width"))
        assert 0 <= float(node.get("y")) <= float(tree.get("height"))


def test_a_missing_unit_is_an_error_that_names_it(tmp_path):
    rows = [row for row in rows_of_the_last_half_year_incomplete() if row[3] != "usd"]
    with pytest.raises(InputError, match="no rows for usd"):
        read_shares(write_report(tmp_path, rows))


def test_without_exports_nothing_is_written(tmp_path):
    with pytest.raises(UsageError, match="run chipflows build first"):
        draw_file(Edition(tmp_path), tmp_path / "out.svg")
    assert not (tmp_path / "out.svg").exists()


def test_the_command_writes_the_file_and_says_where(report, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CHIPFLOWS_HOME", str(tmp_path))
    target = tmp_path / "out.svg"
    assert main(["--to", str(target)]) == 0
    assert capsys.readouterr().out == f"{target}\n"
    assert target.read_text(encoding="utf-8") == draw(read_shares(report), "2026-11-23")


def test_the_command_reports_an_error_with_its_exit_code(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CHIPFLOWS_HOME", str(tmp_path))
    assert main([]) == UsageError.exit_code
    assert "run chipflows build first" in capsys.readouterr().err
