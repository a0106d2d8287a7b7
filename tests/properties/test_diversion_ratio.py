"""C5, diversion ratio: targets and nothing add up to one; no unit; the swap of actual and counterfactual changes nothing."""

import math
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from joint_draws import cells, licence_rule
from world import FEW, case

BEFORE, AFTER = "2024H2", "2025H2"
TARGETS = ("smuggled", "domestic", "offshore")

amounts = st.integers(1, 10**6)
changes = st.fixed_dictionaries({target: st.tuples(amounts, amounts) for target in TARGETS})
falls = st.tuples(amounts, amounts).filter(lambda pair: pair[0] > pair[1])

Changes = dict[str, tuple[int, int]]


def ratios(
    licensed: tuple[int, int], targets: Changes, direction: str = "tighten", unit: str = "chips"
) -> dict[str, dict[str, Any]]:
    """Rows by target of one rule around which each channel goes from its first to its second amount."""
    whole = {"legal": licensed, **targets}
    found = {(name, period, unit): [pair[n]] for name, pair in whole.items() for n, period in enumerate((BEFORE, AFTER))}
    rule = licence_rule("rule", bite_date=date(2025, 4, 9), direction=direction)
    tables = {"core.fact_rule_change": [rule], "metrics.metric_channel_supply": [], "metrics.metric_answer": [], **cells(found)}
    rows = case("metrics.metric_diversion_ratio", tables)
    return {row["diversion_target"]: row for row in rows if row["unit_of_account"] == unit}


@FEW
@given(falls, changes)
def test_targets_and_nothing_add_up_to_one(licensed: tuple[int, int], targets: Changes) -> None:
    rows = ratios(licensed, targets)
    assert {row["diversion_status"] for row in rows.values()} == {"estimated"}
    assert rows["nothing"]["counted_targets"] == "domestic;offshore;smuggled"
    total = sum(row["diversion_p50"] for row in rows.values())
    assert math.isclose(total, 1, rel_tol=1e-6, abs_tol=1e-6 * max(abs(row["diversion_p50"]) for row in rows.values()))


@FEW
@given(falls, changes)
def test_swapping_actual_and_counterfactual_changes_nothing(licensed: tuple[int, int], targets: Changes) -> None:
    swapped = {target: (after, before) for target, (before, after) in targets.items()}
    closed, opened = ratios(licensed, targets), ratios((licensed[1], licensed[0]), swapped, "loosen")
    for target in (*TARGETS, "nothing"):
        assert math.isclose(closed[target]["diversion_p50"], opened[target]["diversion_p50"], rel_tol=1e-9, abs_tol=1e-9)
        assert closed[target]["set_upper_p50"] == opened[target]["set_upper_p50"]


@FEW
@given(falls, amounts, changes)
def test_a_channel_without_a_change_has_none_of_it(licensed: tuple[int, int], level: int, targets: Changes) -> None:
    row = ratios(licensed, {**targets, "domestic": (level, level)})["domestic"]
    assert row["diversion_p50"] == 0
    assert row["set_upper_p50"] > 0


@FEW
@given(falls, changes, st.integers(2, 1000), st.sampled_from(("usd", "h100e", "bandwidth")))
def test_the_ratio_has_no_unit(licensed: tuple[int, int], targets: Changes, factor: int, unit: str) -> None:
    scaled = {target: (factor * before, factor * after) for target, (before, after) in targets.items()}
    plain, other = ratios(licensed, targets), ratios((factor * licensed[0], factor * licensed[1]), scaled, unit=unit)
    for target in TARGETS:
        assert math.isclose(plain[target]["diversion_p50"], other[target]["diversion_p50"], rel_tol=1e-9, abs_tol=1e-12)


@FEW
@given(falls, changes)
def test_licensed_supply_that_moved_the_other_way_has_no_ratio(licensed: tuple[int, int], targets: Changes) -> None:
    risen, fallen = ratios((licensed[1], licensed[0]), targets), ratios(licensed, targets, "loosen")
    assert {row["diversion_status"] for row in risen.values()} == {"shortfall_not_positive"}
    assert {row["diversion_status"] for row in fallen.values()} == {"licensed_did_not_rise"}
    assert not [
        row for row in (*risen.values(), *fallen.values()) if row["diversion_p50"] is not None or not row["absence_reason"]
    ]
