"""The drawing of one mirror gap: every part and its interval is there, it says that a gap is not evasion, the bytes repeat."""

import csv
import json
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from pipelines.errors import CheckFailed, InputError, UsageError
from pipelines.home import Edition
from tools.draw_mirror_gap import CLAIM_LIMIT, LIMIT, WORDS, Pair, Scale, draw, draw_file, main, read_gap

COLUMNS = (
    *("exporter_iso3", "exporter_name", "importer_iso3", "importer_name", "product_code", "goods_title", "window_kind"),
    *("period_start", "raw_gap_usd", "component_position", "component", "component_low_usd", "component_usd"),
    *("component_high_usd", "component_state", "claim_limit", "is_rounded_by_terms"),
)
PARTS = (
    ("freight", "-600000000", "-100000000", "-20000000", "assumed"),
    ("timing", "-200000000", "0", "200000000", "assumed"),
    ("reexport", "-94000000000", "", "0", "bounded"),
    ("classification", "", "", "", "unknown"),
    ("residual", "-8400000000", "-7900000000", "", "remainder"),
)
RAW = "-8000000000"
SVG = "{http://www.w3.org/2000/svg}"


def rows_of(parts=PARTS, *, importer="THA", limit=CLAIM_LIMIT, raw=RAW, rounded="true"):
    for number, (name, low, amount, high, state) in enumerate(parts, start=1):
        place = ("TWN", "Taiwan", importer, "Thailand", "8542", "Integrated circuits", "year", "2024-01-01")
        yield (*place, raw, number, name, low, amount, high, state, limit, rounded)


def write_report(folder, rows):
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "rpt_mirror_waterfall.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    (folder / "datapackage.json").write_text(json.dumps({"as_of": "2026-11-23"}), encoding="utf-8")
    return folder / "rpt_mirror_waterfall.csv"


@pytest.fixture
def report(tmp_path):
    earlier = [(*row[:7], "2023-01-01", *row[8:]) for row in rows_of(raw="2")]
    return write_report(tmp_path / "exports", [*rows_of(importer="VNM", raw="1"), *earlier, *rows_of()])


@pytest.fixture
def svg(report):
    return draw(read_gap(report, Pair()), "2026-11-23")


def words_of(svg):
    return ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def paths_of(svg):
    return [node for node in ElementTree.fromstring(svg).iter(f"{SVG}path") if node.get("class") == "whisker"]


def test_it_says_what_a_gap_is_not(svg):
    words = words_of(svg)
    assert LIMIT in words
    assert "not evasion" in LIMIT
    assert LIMIT in ElementTree.fromstring(svg).findtext(f"{SVG}desc")


def test_rows_without_that_limit_are_not_drawn(tmp_path):
    path = write_report(tmp_path, rows_of(limit="evasion"))
    with pytest.raises(InputError, match="draw no gap without its limit"):
        read_gap(path, Pair())


def test_every_part_has_its_words_amount_and_interval(svg):
    words = words_of(svg)
    assert {name for name, _ in WORDS.values()} <= set(words)
    for label in ("−8.00", "−0.10", "−0.60 to −0.02", "0.00", "−0.20 to 0.20", "−94.00 to 0.00", "not known", "−7.90"):
        assert label in words
    assert words.count("no amount") == 2
    assert "−8.40 to open" in words
    assert "Integrated circuits (HS 8542). Thailand reports 8.00 billion US dollars more than Taiwan. As of 2026-11-23" in words
    assert any(word.startswith("Rounded to 10 million US dollars") for word in words)


def test_a_gap_the_other_way_and_free_terms(tmp_path):
    parts = [(name, "", "8000000000" if name == "freight" else "", "", "assumed") for name, *_ in PARTS]
    words = words_of(draw(read_gap(write_report(tmp_path, rows_of(parts, raw="8000000000", rounded="false")), Pair()), "today"))
    assert "Integrated circuits (HS 8542). Taiwan reports 8.00 billion US dollars more than Thailand. As of today" in words
    assert not any(word.startswith("Rounded") for word in words)


def test_bars_follow_each_other_from_zero_to_the_gap(svg):
    bars = [
        (float(node.get("x")), float(node.get("x")) + float(node.get("width")))
        for node in ElementTree.fromstring(svg).iter(f"{SVG}rect")
        if node.get("fill-opacity")
    ]
    total, freight, timing, residual = bars
    assert total[1] == pytest.approx(freight[1], abs=0.02)
    assert freight[0] == pytest.approx(timing[0], abs=2)
    assert residual[1] == pytest.approx(freight[0], abs=0.02)
    assert residual[0] == pytest.approx(total[0], abs=0.02)


def test_whiskers_start_where_their_bar_starts_and_are_dashed_without_one(svg):
    lines = paths_of(svg)
    assert [bool(line.get("stroke-dasharray")) for line in lines] == [False, False, True, False]
    scale = Scale.over([-8e9, -8.5e9, 0.1e9])
    ends = [tuple(float(x) for x in line.get("d")[1:].replace("H", " ").split()[::2]) for line in lines]
    assert ends[0] == pytest.approx((scale.x(-0.6e9), scale.x(-0.02e9)), abs=0.02)
    assert ends[1] == pytest.approx((scale.x(-0.3e9), scale.x(0.1e9)), abs=0.02)


def test_an_end_that_is_open_or_far_away_is_cut_with_an_arrow(svg):
    scale = Scale.over([-8e9, -8.5e9, 0.1e9])
    assert scale.clip(None, -1) == (scale.x(scale.ticks[0]), True)
    assert scale.clip(None, 1) == (scale.x(scale.ticks[-1]), True)
    assert scale.clip(-94e9, -1) == (scale.x(scale.ticks[0]), True)
    assert scale.clip(-1e9, -1) == (scale.x(-1e9), False)
    caps = [node.get("d") for node in ElementTree.fromstring(svg).iter(f"{SVG}path") if node.get("fill") == "none"]
    assert [cap.count("L") for cap in caps] == [0, 0, 0, 0, 2, 0, 0, 2]  # the arrows: bound of the hubs, open end of the residual


@pytest.mark.parametrize("values", [[-8.24e9], [3.0], [-1e6, 2e9], [0.0], [9.99e11]])
def test_the_scale_holds_zero_and_all_values_with_marks_at_equal_steps(values):
    ticks = Scale.over(values).ticks
    assert ticks[0] <= min(0, *values)
    assert ticks[-1] >= max(0, *values)
    assert len({round((b - a) / (ticks[1] - ticks[0]), 6) for a, b in pairwise(ticks)}) == 1
    assert len(ticks) <= 9


def test_the_same_rows_give_the_same_bytes(tmp_path):
    rows = list(rows_of())
    drawn = {
        draw(read_gap(write_report(tmp_path / name, ordered), Pair()), "2026-11-23")
        for name, ordered in (("a", rows), ("b", rows), ("c", rows[::-1]))
    }
    assert len(drawn) == 1


def test_nothing_is_drawn_outside_the_ground(svg):
    tree = ElementTree.fromstring(svg)
    assert "href" not in svg
    for node in tree.iter(f"{SVG}text"):
        assert 0 <= float(node.get("x")) <= float(tree.get("width"))
        assert 0 <= float(node.get("y")) <= float(tree.get("height"))


@pytest.mark.parametrize("pair", [Pair(importer="DEU"), Pair(year=2019), Pair(product_code="847150")])
def test_a_pair_that_is_not_there_is_an_error_that_names_it(report, pair):
    with pytest.raises(InputError, match=f"0 components of {pair}"):
        read_gap(report, pair)


def test_an_unknown_state_is_an_error(tmp_path):
    parts = [("freight", "", "", "", "guessed"), *PARTS[1:]]
    with pytest.raises(InputError, match="guessed"):
        read_gap(write_report(tmp_path, rows_of(parts)), Pair())


def test_a_title_that_says_more_than_accounting_is_not_drawn(tmp_path):
    rows = [(*row[:5], "chips moved because of a rule", *row[6:]) for row in rows_of()]
    write_report(tmp_path / "exports", rows)
    with pytest.raises(CheckFailed, match="because"):
        draw_file(Edition(tmp_path), Pair(), tmp_path / "out.svg")
    assert not (tmp_path / "out.svg").exists()


def test_the_command_writes_the_file_and_says_where(report, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CHIPFLOWS_HOME", str(tmp_path))
    target = tmp_path / "out.svg"
    assert main(["--to", str(target)]) == 0
    assert capsys.readouterr().out == f"{target}\n"
    assert target.read_text(encoding="utf-8") == draw(read_gap(report, Pair()), "2026-11-23")
    assert main(["--importer", "VNM", "--to", str(target)]) == 0


def test_without_exports_the_command_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CHIPFLOWS_HOME", str(tmp_path))
    assert main([]) == UsageError.exit_code
    assert "run chipflows build first" in capsys.readouterr().err
