"""C6, cross-elasticity: the arc is the same forwards and backwards and has no scale; no change of availability, no number."""

import math
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from joint_draws import cells
from world import STEADY, case

FIRST, SECOND = "2024H1", "2024H2"
STOP = {"rule_id": "us_usg_h20_mi308_letters_2025", "bite_date": date(2030, 1, 1)}

amounts = st.integers(1, 10**6)
pairs = st.tuples(amounts, amounts)


def delivered(smuggled: tuple[int, int], licensed: tuple[int, int]) -> dict[str, Any]:
    """The arc between two half-years, availability measured by deliveries."""
    whole = {"smuggled": smuggled, "legal": licensed}
    found = {(name, period, "chips"): [pair[n]] for name, pair in whole.items() for n, period in enumerate((FIRST, SECOND))}
    rows = case("metrics.metric_availability_elasticity", {"core.fact_rule_change": [STOP], **cells(found)})
    wanted = ("arc", "chips", "delivered")
    return next(r for r in rows if (r["elasticity_form"], r["unit_of_account"], r["availability_version"]) == wanted)


@STEADY
@given(pairs, pairs.filter(lambda pair: pair[0] != pair[1]))
def test_the_arc_is_the_same_backwards(smuggled: tuple[int, int], licensed: tuple[int, int]) -> None:
    forwards, backwards = delivered(smuggled, licensed), delivered(smuggled[::-1], licensed[::-1])
    assert forwards["elasticity_status"] == "two_period_arc"
    assert math.isclose(forwards["arc_p50"], backwards["arc_p50"], rel_tol=1e-6, abs_tol=1e-12)


@STEADY
@given(pairs, pairs.filter(lambda pair: pair[0] != pair[1]), st.integers(2, 1000), st.integers(2, 1000))
def test_the_arc_has_no_scale(smuggled: tuple[int, int], licensed: tuple[int, int], more: int, other: int) -> None:
    plain = delivered(smuggled, licensed)["arc_p50"]
    scaled = delivered((more * smuggled[0], more * smuggled[1]), (other * licensed[0], other * licensed[1]))["arc_p50"]
    assert math.isclose(plain, scaled, rel_tol=1e-6, abs_tol=1e-12)


@STEADY
@given(pairs, amounts)
def test_without_a_change_of_availability_there_is_no_number(smuggled: tuple[int, int], level: int) -> None:
    row = delivered(smuggled, (level, level))
    assert (row["arc_p50"], row["elasticity_status"]) == (None, "no_change_in_availability")


@STEADY
@given(pairs, pairs)
def test_two_half_years_are_no_panel(smuggled: tuple[int, int], licensed: tuple[int, int]) -> None:
    whole = {"smuggled": smuggled, "legal": licensed}
    found = {(name, period, "chips"): [pair[n]] for name, pair in whole.items() for n, period in enumerate((FIRST, SECOND))}
    rows = case("metrics.metric_availability_elasticity", {"core.fact_rule_change": [STOP], **cells(found)})
    panel = [row for row in rows if row["elasticity_form"] == "panel"]
    assert {(row["n_chips"], row["n_periods"], row["elasticity_status"]) for row in panel} == {(1, 2, "panel_not_estimable")}
