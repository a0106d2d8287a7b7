"""C12, two claims of one quantity: swapping them turns the ratio over and leaves the overlap as it is."""

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import STEADY, case

amounts = st.integers(0, 10**9).map(float)
intervals = st.tuples(amounts, amounts, amounts).map(sorted)


def compared(first: list[float], second: list[float]) -> dict[str, Any]:
    """The one pair of two claims, given by low, middle and high per quarter."""
    claims = [
        {
            "claim_id": claim_id,
            "unit_of_account": "chips",
            "per_quarter_low": low,
            "per_quarter": middle,
            "per_quarter_high": high,
        }
        for claim_id, (low, middle, high) in (("a", first), ("b", second))
    ]
    (pair,) = case("metrics.metric_claim_consistency", {"metrics.metric_claim_quarter": claims})
    return pair


@STEADY
@given(intervals, intervals)
def test_swapping_turns_the_ratio_over_and_keeps_the_overlap(first: list[float], second: list[float]) -> None:
    forth, back = compared(first, second), compared(second, first)
    assert forth["interval_overlap"] == back["interval_overlap"]
    if forth["claim_ratio"] and back["claim_ratio"]:
        assert math.isclose(forth["claim_ratio"], 1 / back["claim_ratio"], rel_tol=1e-12)
    assert (forth["claim_ratio"] is None) == (second[1] == 0)


@STEADY
@given(intervals, st.integers(2, 1000))
def test_a_common_scale_changes_nothing(first: list[float], factor: int) -> None:
    second = [bound + 1 for bound in first]
    plain = compared(first, second)
    scaled = compared([factor * bound for bound in first], [factor * bound for bound in second])
    for name in ("claim_ratio", "interval_overlap"):
        assert plain[name] == scaled[name] or math.isclose(plain[name], scaled[name], rel_tol=1e-6, abs_tol=1e-9)


@STEADY
@given(intervals.filter(lambda interval: interval[0] > 0))
def test_a_claim_agrees_with_itself(interval: list[float]) -> None:
    pair = compared(interval, interval)
    assert (pair["claim_ratio"], pair["interval_overlap"]) == (1, 1)


@STEADY
@given(intervals, intervals)
def test_the_overlap_is_a_share(first: list[float], second: list[float]) -> None:
    overlap = compared(first, second)["interval_overlap"]
    assert overlap is None or 0 <= overlap <= 1
    assert (overlap is None) == (min(first[0], second[0]) <= 0)
