"""C8, leakage: effectiveness is one minus the sum of diversion ratios, falls in each offset, and is at most one."""

import math
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from joint_draws import cells, licence_rule
from world import FEW, case

BEFORE, AFTER = "2024H2", "2025H2"
OFFSETS = ("smuggled", "domestic", "offshore")

amounts = st.integers(1, 10**6)
falls = st.tuples(amounts, amounts).filter(lambda pair: pair[0] > pair[1])
rises = st.fixed_dictionaries({name: st.tuples(amounts, amounts).map(lambda pair: tuple(sorted(pair))) for name in OFFSETS})

Changes = dict[str, tuple[int, int]]


def tables(licensed: tuple[int, int], offsets: Changes, **rule: Any) -> dict[str, Any]:
    """A small world: one licence rule and every channel before and after it, in one draw."""
    whole = {"legal": licensed, **offsets}
    found = {(name, period, "h100e"): [pair[n]] for name, pair in whole.items() for n, period in enumerate((BEFORE, AFTER))}
    rules = [licence_rule("rule", bite_date=date(2025, 4, 9), **rule)]
    empty = ("metrics.metric_channel_supply", "metrics.metric_answer", "metrics.metric_compute_weight", "tidy.derived_quantity")
    return {"core.fact_rule_change": rules, **dict.fromkeys(empty, ()), **cells(found)}


def leakage(licensed: tuple[int, int], offsets: Changes, **rule: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows in compute, licensed sales of the half-year before taken as those without the rule, by measure and counterfactual."""
    rows = case("metrics.metric_leakage", tables(licensed, offsets, **rule))
    kept = [row for row in rows if row["unit_of_account"] == "h100e" and row["uncontrolled_basis"] != "prior"]
    return {(row["leakage_measure"], row["smuggled_counterfactual"]): row for row in kept}


def effectiveness(licensed: tuple[int, int], offsets: Changes) -> float:
    """Effectiveness against the half-year before the rule."""
    return float(leakage(licensed, offsets)["effectiveness", "previous"]["leakage_p50"])


@FEW
@given(falls, rises)
def test_effectiveness_is_one_minus_the_sum_of_diversion_ratios(licensed: tuple[int, int], offsets: Changes) -> None:
    rows = case("metrics.metric_diversion_ratio", tables(licensed, offsets))
    ratios = [r["diversion_p50"] for r in rows if r["unit_of_account"] == "h100e" and r["diversion_target"] in OFFSETS]
    assert len(ratios) == len(OFFSETS)
    assert math.isclose(effectiveness(licensed, offsets), 1 - sum(ratios), rel_tol=1e-9, abs_tol=1e-9)


@FEW
@given(falls, rises)
def test_effectiveness_is_at_most_one_where_no_channel_shrinks(licensed: tuple[int, int], offsets: Changes) -> None:
    rows = leakage(licensed, offsets)
    for counterfactual in ("none", "all", "previous"):
        assert rows["effectiveness", counterfactual]["leakage_p50"] <= 1
    least, middle, most = (rows["induced_diversion", which]["leakage_p50"] for which in ("all", "previous", "none"))
    assert least <= middle <= most


@FEW
@given(falls, rises, st.sampled_from(OFFSETS), amounts)
def test_effectiveness_falls_in_each_offset(licensed: tuple[int, int], offsets: Changes, which: str, more: int) -> None:
    before, after = offsets[which]
    assert effectiveness(licensed, {**offsets, which: (before, after + more)}) < effectiveness(licensed, offsets)


@FEW
@given(falls, rises)
def test_displacement_on_reopening_is_the_fall_over_the_rise(licensed: tuple[int, int], offsets: Changes) -> None:
    opened = {name: (after, before) for name, (before, after) in offsets.items()}
    row = leakage((licensed[1], licensed[0]), opened, direction="loosen", action="relax")["displacement_on_reopening", "previous"]
    fall = opened["smuggled"][0] - opened["smuggled"][1]
    assert math.isclose(row["leakage_p50"], fall / (licensed[0] - licensed[1]), rel_tol=1e-9, abs_tol=1e-12)
    closed = leakage(licensed, offsets, direction="loosen", action="relax")["displacement_on_reopening", "previous"]
    assert (closed["leakage_p50"], closed["absence_reason"]) == (None, "licensed_did_not_rise")
