"""The drawings of scenarios: every scenario and input is there at its place, the files are XML, barred words stop them."""

import csv
from xml.etree import ElementTree

import pytest

from pipelines.errors import CheckFailed, UsageError
from pipelines.home import Edition
from tools.draw_scenarios import BASES, LEFT, OUTCOMES, RIGHT, SENSITIVITY, draw_files, draw_shares, draw_tornado, main

SVG = "{http://www.w3.org/2000/svg}"


def share(name, base, p50, period="1"):
    ends = {"outcome_p05": str(p50 / 2), "outcome_p50": str(p50), "outcome_p95": str(p50 * 1.5)}
    return {"scenario_id": name, "base_id": base, "scenario_output": "smuggled_share", "scenario_period": period} | ends


def bar(name, rank, low, high):
    row = {"scenario_id": "s1-ban", "scenario_output": "smuggled_share", "scenario_input": f"prior:{name}"}
    return row | {"swing_rank": str(rank), "at_low": str(low), "at_central": "0.4", "at_high": str(high)}


SHARES = [share("one", "prior-2025", 0.5), share("one", "2024H2", 0.25), share("two", "prior-2025", 0.2)]
SHARES.append(share("two", "prior-2025", 0.1, period="2"))
BARS = [bar("first", 1, 0.2, 0.6), bar("second", 2, 0.45, 0.35), bar("flat", 3, 0.4, 0.4)]


def texts(drawing):
    return [node.text for node in ElementTree.fromstring(drawing).iter(f"{SVG}text")]


def test_medians_stand_at_their_place_and_the_last_year_counts():
    drawing = draw_shares(SHARES)
    circles = [float(node.get("cx")) for node in ElementTree.fromstring(drawing).iter(f"{SVG}circle")]
    assert circles == pytest.approx([LEFT + (RIGHT - LEFT) * median for median in (0.1, 0.5, 0.25)])
    assert {"one", "two", *(f"base {base}" for base in BASES)} <= set(texts(drawing))
    assert "in the model" in texts(drawing)[0]


def test_bars_reach_from_end_to_end_and_an_input_that_moves_nothing_is_left_out():
    drawing = draw_tornado(BARS)
    bars = list(ElementTree.fromstring(drawing).iter(f"{SVG}rect"))[1:]
    assert [float(node.get("width")) for node in bars] == pytest.approx([0.4 * (RIGHT - LEFT), 0.1 * (RIGHT - LEFT)])
    assert "first" in texts(drawing)
    assert "flat" not in texts(drawing)


def write(folder, report, rows):
    with (folder / f"{report}.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_files_are_the_same_bytes_each_time_and_a_barred_word_stops_them(tmp_path):
    edition = Edition(tmp_path)
    edition.exports.mkdir(parents=True)
    write(edition.exports, OUTCOMES, SHARES)
    write(edition.exports, SENSITIVITY, BARS)
    first = [path.read_bytes() for path in draw_files(edition, tmp_path)]
    assert first == [path.read_bytes() for path in draw_files(edition, tmp_path)]
    write(edition.exports, SENSITIVITY, [bar("proves it", 1, 0.1, 0.2)])
    with pytest.raises(CheckFailed, match="proves"):
        draw_files(edition, tmp_path)


def test_without_exports_the_remedy_is_named(tmp_path, monkeypatch, capsys):
    with pytest.raises(UsageError, match="run chipflows build first"):
        draw_files(Edition(tmp_path), tmp_path)
    monkeypatch.setenv("CHIPFLOWS_HOME", str(tmp_path))
    assert main(["--to", str(tmp_path)]) == UsageError.exit_code
    assert "run chipflows build first" in capsys.readouterr().err
