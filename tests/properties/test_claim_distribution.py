"""C2, claims: ordered quantiles, the median as stated, the floor below every quantile, wider words never a narrower interval."""

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import STEADY, case

GRADES = [{"grade": grade, "gsd": gsd} for grade, gsd in (("A", 1.05), ("B", 1.15), ("C", 1.4), ("D", None), ("E", 2.0))]
PRIORS = [{"prior_id": "at-least-multiple", "prior_role": "constant", "prior_low": 1.25, "prior_central": 1.5, "prior_high": 2.0}]
LEVELS = (None, 0.8, 0.9, 0.95)

amounts = st.integers(1, 10**9)
triples = st.tuples(amounts, amounts, amounts).map(sorted)
pairs = st.tuples(amounts, amounts).map(sorted)
kinds = st.sampled_from(("point", "range", "low_central_high", "percentiles", "at_least", "at_most", "order_of_magnitude"))
claims = st.lists(st.tuples(kinds, triples, st.sampled_from("ABCDE"), st.sampled_from(LEVELS)), min_size=1, max_size=8)
wider_pairs = st.tuples(amounts, amounts, amounts, amounts).map(sorted)


def claim(kind: str, low: int | None, central: int | None, high: int | None, **more: Any) -> dict[str, Any]:
    """One claim with the bounds that its kind has."""
    given_bounds = {
        "point": {"central": central},
        "at_least": {"low": low},
        "at_most": {"high": high},
        "range": {"low": low, "high": high},
        "order_of_magnitude": {"low": low, "high": high},
    }.get(kind, {"low": low, "central": central, "high": high})
    return {"bound_kind": kind, "unit": "chips", "grade": "C", **given_bounds, **more}


def distributions(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Distribution of each claim, in the given order."""
    numbered = [{**row, "claim_id": f"claim-{place:03}"} for place, row in enumerate(rows)]
    given_tables = {"core.fact_claim": numbered, "tidy.claim_grade": GRADES, "core.dim_prior": PRIORS}
    return case("metrics.metric_claim_distribution", given_tables)


@STEADY
@given(claims)
def test_quantiles_are_ordered_and_the_median_is_the_stated_one(stated: list[Any]) -> None:
    rows = [claim(kind, *bounds, grade=grade, stated_level=level) for kind, bounds, grade, level in stated]
    for (kind, (_, central, _), grade, _), row in zip(stated, distributions(rows), strict=True):
        if row["claim_p50"] is None:
            assert (kind, grade) == ("point", "D") or kind == "order_of_magnitude"
            assert row["absence_reason"]
            continue
        assert row["claim_p05"] <= row["claim_p50"] <= row["claim_p95"]
        if kind in ("point", "low_central_high", "percentiles"):
            assert math.isclose(row["claim_p50"], central, rel_tol=1e-12)


@STEADY
@given(st.lists(amounts, min_size=1, max_size=8))
def test_the_floor_is_printed_and_lies_below_every_quantile(floors: list[int]) -> None:
    for floor, row in zip(floors, distributions([claim("at_least", floor, None, None) for floor in floors]), strict=True):
        assert row["claim_floor"] == floor <= row["claim_p05"]
        assert (row["distribution"], row["distribution_flag"]) == ("pareto", "floor_only")
        assert floor < row["claim_p50_at_125"] < row["claim_p50"] < row["claim_p50_at_200"]
        assert row["claim_p95_at_125"] < row["claim_p95"] < row["claim_p95_at_200"]


@STEADY
@given(st.lists(wider_pairs, min_size=1, max_size=8), st.sampled_from(("range", "order_of_magnitude")))
def test_a_wider_range_never_gives_a_narrower_interval(nested: list[list[int]], kind: str) -> None:
    rows = [row for a, b, c, d in nested for row in (claim(kind, b, None, c), claim(kind, a, None, d))]
    found = distributions(rows)
    for narrow, wide in zip(found[::2], found[1::2], strict=True):
        if narrow["claim_p50"] is not None:
            assert spread(wide) >= spread(narrow) * (1 - 1e-9)


@STEADY
@given(st.lists(triples, min_size=1, max_size=8), st.integers(1, 1000))
def test_a_wider_interval_around_the_same_centre_holds_the_narrower(bounds: list[list[int]], factor: int) -> None:
    rows = [
        row
        for low, central, high in bounds
        for row in (claim("percentiles", low, central, high), claim("percentiles", max(1, low // 2), central, factor * high))
    ]
    found = distributions(rows)
    for narrow, wide in zip(found[::2], found[1::2], strict=True):
        assert wide["claim_p05"] <= narrow["claim_p05"] * (1 + 1e-9)
        assert wide["claim_p95"] >= narrow["claim_p95"] * (1 - 1e-9)


@STEADY
@given(st.lists(triples, min_size=1, max_size=8))
def test_stated_bounds_are_the_quantiles(bounds: list[list[int]]) -> None:
    rows = [claim("percentiles", *triple, stated_level=0.9) for triple in bounds]
    for (low, _, high), row in zip(bounds, distributions(rows), strict=True):
        assert math.isclose(row["claim_p05"], low, rel_tol=1e-6)
        assert math.isclose(row["claim_p95"], high, rel_tol=1e-6)


@STEADY
@given(st.lists(pairs, min_size=1, max_size=8))
def test_a_range_is_a_90_percent_interval_once_it_is_wider_than_twofold(bounds: list[list[int]]) -> None:
    for (low, high), row in zip(bounds, distributions([claim("range", low, None, high) for low, high in bounds]), strict=True):
        assert row["distribution"] == ("lognormal" if high > 2 * low else "uniform")
        if high > 2 * low:
            assert math.isclose(row["claim_p05"], low, rel_tol=1e-9)
            assert math.isclose(row["claim_p95"], high, rel_tol=1e-9)
        else:
            assert low <= row["claim_p05"] <= row["claim_p95"] <= high


def spread(row: dict[str, Any]) -> float:
    """Ratio of the outer quantiles."""
    return float(row["claim_p95"] / row["claim_p05"])
