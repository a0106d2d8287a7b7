"""C12, two claims of one quantity: swapping them turns the ratio over and leaves the overlap as it is."""

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import STEADY, case

Z95 = 1.6448536269514722
amounts = st.integers(0, 10**9).map(float)
intervals = st.tuples(amounts, amounts, amounts).map(sorted)


def shape(low: float, middle: float, high: float) -> dict[str, Any]:
    """The distribution of a claim: lognormal of two pieces where that is possible, else uniform, else none."""
    if 0 < low < middle < high:
        sigmas = {"sigma_low": math.log(middle / low) / Z95, "sigma_high": math.log(high / middle) / Z95}
        return {"distribution": "two_piece_lognormal", "per_quarter_p50": middle, **sigmas}
    if low < high:
        return {"distribution": "uniform", "per_quarter_p50": middle, "lower_end": low, "upper_end": high}
    return {"distribution": "none", "per_quarter_p50": middle}


def compared(first: list[float], second: list[float]) -> dict[str, Any]:
    """The one pair of two claims, given by low, middle and high per quarter."""
    claims = [
        {
            "claim_id": claim_id,
            "unit_of_account": "chips",
            "per_quarter_low": low,
            "per_quarter": middle,
            "per_quarter_high": high,
            **shape(low, middle, high),
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
    assert forth["overlap_coefficient"] == back["overlap_coefficient"]
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
    assert pair["overlap_coefficient"] in (1, None)
    assert (pair["overlap_coefficient"] is None) == (interval[0] == interval[2])


@STEADY
@given(intervals, intervals)
def test_the_overlap_is_a_share(first: list[float], second: list[float]) -> None:
    overlap = compared(first, second)["interval_overlap"]
    assert overlap is None or 0 <= overlap <= 1
    assert (overlap is None) == (min(first[0], second[0]) <= 0)


@STEADY
@given(intervals, intervals)
def test_the_overlap_of_distributions_is_a_share(first: list[float], second: list[float]) -> None:
    overlap = compared(first, second)["overlap_coefficient"]
    assert overlap is None or 0 <= overlap <= 1
    assert (overlap is None) == (first[0] == first[2] or second[0] == second[2])


@STEADY
@given(st.integers(1, 1000), st.integers(1, 1000), st.integers(1, 1000))
def test_uniform_claims_overlap_by_their_common_part(length: int, other: int, gap: int) -> None:
    first, second = [0.0, length / 2, float(length)], [0.0, other / 2, float(other)]
    assert math.isclose(compared(first, second)["overlap_coefficient"], min(length, other) / max(length, other), abs_tol=0.02)
    apart = [length + gap * 1.0, length + gap + other / 2, length + gap + other * 1.0]
    assert compared(first, [apart[0], apart[0], apart[2]])["overlap_coefficient"] <= 0.02
