"""Scenarios as a person meets them: the commands, the asset of one partition, and a build that a bad file stops."""

import csv
import io
import json

import pytest

pytestmark = pytest.mark.slow

OWN = """\
name = "own-half-licence"
title = "Half of the licences"
question = "What replaces half of the licensed chips?"
base_period = "prior-2025"
horizon = 1
baseline = "s0-base"

[levers.licence_share]
value = 0.5
reason = "assumption: half of what is deliverable"
"""


def said(done, code=0):
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code == 0 else done.stderr


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def own_file(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_the_list_names_every_shipped_file(built_home, chipflows):
    listed = json.loads(said(chipflows(built_home, "scenario", "list", "--format", "json")))
    assert len(listed) == 16
    assert {"s0-base", "s1-ban", "january-2026-rule"} <= {row["scenario_id"] for row in listed}


def test_a_run_says_what_the_warehouse_says(built_home, chipflows):
    run = rows(said(chipflows(built_home, "scenario", "run", "s1-ban", "--base", "2024H2", "--format", "csv")))
    where = "scenario_id = 's1-ban' AND base_id = '2024H2'"
    stored = rows(
        said(chipflows(built_home, "query", f"SELECT * FROM metrics.metric_scenario_outcome WHERE {where}", "--format", "csv"))
    )
    by_key = {tuple(row[name] for name in ("scenario_output", "channel", "outcome_unit")): row for row in stored}
    assert len(run) == len(by_key) > 60
    for row in run:
        other = by_key[row["scenario_output"], row["channel"], row["outcome_unit"]]
        assert {name: row[name] for name in row if name != "absence_reason"} == {
            n: other[n] for n in row if n != "absence_reason"
        }


def test_a_file_of_ones_own_runs_and_equals_the_shipped_one(built_home, chipflows, own_file):
    own = rows(said(chipflows(built_home, "scenario", "run", str(own_file), "--format", "csv")))
    shipped = rows(said(chipflows(built_home, "scenario", "run", "s3-half-licence", "--format", "csv")))
    assert [row["outcome_p50"] for row in own] == [row["outcome_p50"] for row in shipped]
    told = said(chipflows(built_home, "scenario", "run", str(own_file)))
    assert "in the model, given its base" in told
    assert "baseline_id: s0-base" in told


def test_a_comparison_of_equal_scenarios_is_even(built_home, chipflows, own_file):
    words = ("compare", str(own_file), "s3-half-licence", "--output", "smuggled_share", "--format", "csv")
    row = rows(said(chipflows(built_home, "scenario", *words)))[0]
    assert (float(row["above_probability"]), float(row["difference_p05"]), float(row["difference_p95"])) == (0.5, 0.0, 0.0)
    ban = rows(said(chipflows(built_home, "scenario", "compare", "s1-ban", "s0-base", "--format", "csv")))
    assert {row["scenario_output"] for row in ban} == {"china_compute", "smuggled_share", "unmet", "vendor_net_usd"}


def test_sensitivity_of_a_file_has_indices(built_home, chipflows, own_file):
    pytest.importorskip("SALib")
    found = rows(said(chipflows(built_home, "scenario", "run", str(own_file), "--sensitivity", "--format", "csv")))
    assert {row["scenario_output"] for row in found} == {"smuggled_share", "diversion_ratio", "china_compute"}
    assert all(row["sobol_points"] == "1024" for row in found)


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (("run", "s1-bann"), 2, "did you mean s1-ban?"),
        (("run", "nothing.toml"), 3, "found no such file"),
        (("run", "s1-ban", "--base", "2019H1"), 3, "not public on the as-of day"),
        (("run", "s1-ban", "--sensitivity", "--base", "2024H2"), 2, "use it without --base"),
        (("run", "s1-ban", "--alpha", "2"), 2, "--alpha"),
        (("compare", "s1-ban", "s1-ban"), 2, "name two"),
        (("compare", "s1-ban", "s0-base", "--output", "nothing"), 2, "--output"),
    ],
)
def test_wrong_requests_say_what_to_do(words, code, expected, built_home, chipflows):
    assert expected in said(chipflows(built_home, "scenario", *words), code)


def test_a_file_with_faults_or_an_unknown_baseline_is_named(built_home, chipflows, own_file):
    own_file.write_text(OWN.replace("value = 0.5", "value = 1.5"), encoding="utf-8")
    assert "key levers.licence_share.value: found 1.5" in said(chipflows(built_home, "scenario", "run", str(own_file)), 3)
    own_file.write_text(OWN.replace('"s0-base"', '"s0-bass"'), encoding="utf-8")
    assert "did you mean s0-base?" in said(chipflows(built_home, "scenario", "run", str(own_file)), 3)


def test_without_a_warehouse_the_remedy_is_named(tmp_path, chipflows):
    assert "run chipflows build first" in said(chipflows(tmp_path / "empty", "scenario", "run", "s1-ban"), 2)


def test_a_bad_file_stops_the_build_and_names_file_and_key(home_copy, checkout_copy, chipflows):
    path = checkout_copy / "data" / "scenarios" / "s3-half-licence.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('baseline = "s0-base"', 'baseline = "s0-bass"'), encoding="utf-8")
    told = said(chipflows(home_copy, "build", "--quiet", checkout=checkout_copy), 3)
    assert "scenario s3-half-licence.toml, key baseline: found 's0-bass', which no file has" in told


ASSET = """
import dagster as dg
from pipelines.assets.scenarios import scenario_run_asset
done = dg.materialize([scenario_run_asset()], partition_key="s1-ban", selection=["scenarios/run"])
told = done.asset_materializations_for_node("scenarios__run")[0].metadata
print(told["smuggled_share_p50"].value, done.get_asset_check_evaluations()[0].passed)
"""


def test_the_asset_of_a_partition_records_its_headlines(built_home, python, chipflows):
    done = python(built_home, ASSET)
    assert done.returncode == 0, done.stderr
    share, passed = done.stdout.split()[-2:]
    where = "scenario_id = 's1-ban' AND base_id = 'prior-2025' AND scenario_output = 'smuggled_share'"
    stored = rows(
        said(chipflows(built_home, "query", f"SELECT outcome_p50 FROM exports.rpt_scenario WHERE {where}", "--format", "csv"))
    )
    assert float(share) == pytest.approx(float(stored[0]["outcome_p50"]), rel=1e-12)
    assert passed == "True"
