"""The registry of event studies: complete, never shortened, fixed before estimation."""

import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EVER_REGISTERED = (Path(__file__).parent / "registered_designs.txt").read_text(encoding="utf-8").split()
FLOW_SIDES = {"export_control", "import_restriction", "import_duty"}


def rows(path: str) -> list[dict[str, str]]:
    with (ROOT / "data" / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


DESIGNS = rows("reference/event_designs.csv")
RULES = {row["rule_id"]: row for row in rows("facts/rule_changes.csv")}
SERIES = {row["outcome_id"]: row for row in rows("reference/outcome_series.csv")}


def named(row: dict[str, str], *columns: str) -> set[str]:
    return {name for column in columns for name in row[column].split(";") if name}


def test_a_registered_design_is_never_taken_off():
    assert len(EVER_REGISTERED) == 127
    assert set(EVER_REGISTERED) <= {row["design_id"] for row in DESIGNS}


def test_a_new_design_is_entered_into_the_list_that_counts_them():
    assert {row["design_id"] for row in DESIGNS} <= set(EVER_REGISTERED)


def test_every_rule_graded_for_event_studies_has_a_design():
    graded = {name for name, row in RULES.items() if row["event_grade"] in "ABP" and row["flow_side"] in FLOW_SIDES}
    registered = set().union(*(named(row, "event_rule_ids") for row in DESIGNS))
    assert len(graded) > 45
    assert graded - registered == set()


@pytest.mark.parametrize("row", DESIGNS, ids=lambda row: row["design_id"])
def test_a_design_names_its_sides_apart_and_its_expectation_with_a_source(row):
    treated, near, far = (named(row, column) for column in ("treated_ids", "control_near_ids", "control_far_ids"))
    assert not treated & near
    assert not treated & far
    assert not near & far
    assert bool(row["expected_source"]) == (row["expected_sign"] != "not_stated")
    assert near or row["estimator"] in ("interrupted_series", "quasi_poisson", "joint_dose")
    assert (treated | near | far) <= set(SERIES)
    assert named(row, "event_rule_ids") <= set(RULES)


def test_values_and_weights_never_meet_in_one_design():
    for row in DESIGNS:
        measures = {SERIES[name]["outcome_measure"] for name in named(row, "treated_ids", "control_near_ids", "control_far_ids")}
        assert len(measures) <= 1, row["design_id"]


def test_placebo_events_are_expected_to_show_nothing():
    for row in DESIGNS:
        grades = {RULES[name]["event_grade"] for name in named(row, "event_rule_ids")}
        assert (row["date_basis"] == "announced") == (grades == {"P"})
        if grades == {"P"}:
            assert row["expected_sign"] == "none"


def test_one_family_has_one_correction():
    corrections: dict[str, set[str]] = {}
    for row in DESIGNS:
        corrections.setdefault(row["family_id"], set()).add(row["family_correction"])
    assert all(len(found) == 1 for found in corrections.values())


def test_the_day_of_print_is_no_input_of_an_event_study():
    for path in (ROOT / "sql" / "metrics").glob("metric_event_*.sql"):
        assert "published_date" not in path.read_text(encoding="utf-8"), path.name


def test_the_claim_that_started_it_all_is_registered():
    seed = [row for row in DESIGNS if row["family_id"] == "seed_2025_07"]
    assert {"us_usg_h20_resumption_2025"} <= set().union(*(named(row, "event_rule_ids") for row in seed))
    assert any(not row["treated_ids"] for row in seed)
