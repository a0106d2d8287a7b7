"""A15, concentration: an index between 1/n and 1 that merging never lowers and replication divides, inside its bounds."""

from math import isclose
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import STEADY, case

NAMED = tuple(f"A{letter}{other}" for letter in "AB" for other in "ABCDEFGH")
RESIDUAL = ("XNS", "XOF", "XOT")
Filed = dict[str, int | None]

amounts = st.none() | st.just(0) | st.integers(-1_000, -1) | st.integers(1, 10**6) | st.integers(1, 10**12)
filings = st.dictionaries(st.sampled_from([*NAMED[:5], *RESIDUAL]), amounts, min_size=1, max_size=8)
positive = st.dictionaries(st.sampled_from(NAMED[:6]), st.integers(1, 10**12), min_size=2, max_size=6)


def concentration(filed: Filed, world: int | None = None) -> dict[str, Any]:
    """Concentration of one reporter's exports, filed per partner."""
    reports = [
        {"reporter_iso3": "TWN", "partner_iso3": name, "flow": "X", "product_code": "8542", "value_usd": value,
         "absence_reason": "suppressed" if value is None else None}
        for name, value in filed.items()
    ]  # fmt: skip
    kinds = {**dict.fromkeys(NAMED, "country"), **dict.fromkeys(RESIDUAL, "residual")}
    countries = [{"country_iso3": name, "country_kind": kind} for name, kind in kinds.items()]
    total = {"reporter_iso3": "TWN", "flow": "X", "product_code": "8542", "value_usd": world}
    tables = {"metrics.metric_bilateral_report": reports, "core.dim_country": countries}
    worlds = [] if world is None else [total]
    (row,) = case("metrics.metric_concentration", {**tables, "metrics.metric_world_report": worlds})
    return row


@STEADY
@given(filings)
def test_the_index_lies_between_one_over_n_and_one_and_inside_its_bounds(filed: Filed) -> None:
    row = concentration(filed)
    shares = [value for value in filed.values() if value is not None and value > 0]
    assert row["n_partners"] == len(shares)
    assert row["n_negative"] == sum(1 for value in filed.values() if value is not None and value < 0)
    assert (row["n_expected"], row["n_present"]) == (len(filed), sum(1 for value in filed.values() if value is not None))
    if not shares:
        assert row["hhi"] is None
        assert row["absence_reason"] in ("suppressed", "no_positive_value", "zero_total")
        return
    assert 1 / len(shares) <= row["hhi"] <= 1
    assert row["hhi_low"] <= row["hhi"] <= row["hhi_high"]
    assert isclose(row["hhi"], sum((value / sum(shares)) ** 2 for value in shares), rel_tol=1e-9)
    assert isclose(row["hhi_10000"], 10_000 * row["hhi"]) and isclose(row["effective_partners"] * row["hhi"], 1)
    assert (row["hhi_normalised"] is None) == (len(shares) == 1)


@STEADY
@given(filings)
def test_the_bounds_treat_residual_partners_as_none_and_as_one(filed: Filed) -> None:
    row = concentration(filed)
    if row["hhi"] is None:
        return
    values = {name: value for name, value in filed.items() if value is not None and value > 0}
    total = sum(values.values())
    named = sum((value / total) ** 2 for name, value in values.items() if name not in RESIDUAL)
    rest = sum(value for name, value in values.items() if name in RESIDUAL) / total
    assert isclose(row["hhi_low"], named, rel_tol=1e-9, abs_tol=1e-12)
    assert isclose(row["hhi_high"], named + rest**2, rel_tol=1e-9)


@STEADY
@given(positive)
def test_merging_two_partners_never_lowers_the_index(filed: Filed) -> None:
    first, second, *_ = filed
    merged = {name: value for name, value in filed.items() if name != second}
    merged[first] = (filed[first] or 0) + (filed[second] or 0)
    assert concentration(filed)["hhi"] <= concentration(merged)["hhi"] + 1e-12


@STEADY
@given(st.dictionaries(st.sampled_from(NAMED[:4]), st.integers(1, 10**12), min_size=1), st.integers(2, 4))
def test_replicating_all_partners_divides_the_index(filed: dict[str, int], copies: int) -> None:
    values = [value for _ in range(copies) for value in filed.values()]
    replicated: Filed = dict(zip(NAMED, values, strict=False))
    assert isclose(concentration(replicated)["hhi"], concentration({**filed})["hhi"] / copies, rel_tol=1e-9)


@STEADY
@given(positive, st.just(0) | st.integers(-100, -1) | st.none())
def test_zeros_corrections_and_empty_cells_move_no_share(filed: Filed, value: int | None) -> None:
    before, after = concentration(filed), concentration({**filed, "XOF": value})
    assert [before[name] for name in ("hhi", "hhi_low", "hhi_high", "n_partners")] == [
        after[name] for name in ("hhi", "hhi_low", "hhi_high", "n_partners")
    ]


@STEADY
@given(positive, st.just(0) | st.integers(1, 10**12))
def test_coverage_is_the_share_of_world(filed: Filed, world: int) -> None:
    ratio = concentration(filed, world)["world_covered_ratio"]
    if world == 0:
        assert ratio is None
    else:
        assert isclose(ratio, sum(value or 0 for value in filed.values()) / world, rel_tol=1e-9)
