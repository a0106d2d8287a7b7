"""C1, compute weights: the mixed unit lies between compute and bandwidth, and the reference chip does not move ratios."""

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import STEADY, case

DIVISORS = {"h100e_tpp": 15832, "h100e_bf16": 989.5, "h100e_int8": 1979, "bandwidth_h100": 3.35}
UNITS = ("effective_alpha_0", "effective_alpha_05", "effective_alpha_1")

chips = st.lists(st.tuples(st.none() | st.integers(1, 100_000), st.none() | st.integers(1, 30_000)), min_size=2, max_size=6)


def weights(specs: list[tuple[int | None, int | None]], factor: int = 1) -> list[dict[str, Any]]:
    """Weights of chips given by TPP and bandwidth in GB/s, against a reference chip `factor` times as large."""
    rows = [
        {"chip_id": f"chip-{place}", "tpp": tpp, "memory_bandwidth_tbs": None if gbs is None else gbs / 1000}
        for place, (tpp, gbs) in enumerate(specs)
    ]
    conventions = [{"convention_id": name, "denominator": factor * value} for name, value in DIVISORS.items()]
    return case("metrics.metric_compute_weight", {"core.dim_chip": rows, "tidy.compute_convention": conventions})


@STEADY
@given(chips)
def test_the_mixed_unit_lies_between_its_ends(specs: list[tuple[int | None, int | None]]) -> None:
    for row in weights(specs):
        bandwidth, mixed, compute = (row[unit] for unit in UNITS)
        if bandwidth is None or compute is None:
            assert mixed is None
        else:
            assert min(bandwidth, compute) * (1 - 1e-12) <= mixed <= max(bandwidth, compute) * (1 + 1e-12)


@STEADY
@given(chips, st.integers(2, 100))
def test_ratios_between_chips_do_not_depend_on_the_reference(specs: list[tuple[int | None, int | None]], factor: int) -> None:
    for row, other in zip(weights(specs), weights(specs, factor), strict=True):
        for unit in UNITS:
            assert row[unit] is None or math.isclose(row[unit], factor * other[unit], rel_tol=1e-9)


@STEADY
@given(chips)
def test_a_chip_without_tpp_has_no_weight_but_a_reason(specs: list[tuple[int | None, int | None]]) -> None:
    for (tpp, _), row in zip(specs, weights(specs), strict=True):
        assert (row["h100e"] is None) == (tpp is None)
        assert row["absence_reason"] == ("missing_tpp" if tpp is None else None)
