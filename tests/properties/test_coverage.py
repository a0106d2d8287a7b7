"""A19, coverage: a share of the base period that can only grow when one more reporter files."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import STEADY, case

REPORTERS = ("MYS", "SGP", "THA", "TWN", "USA")
MARCH = {"frequency": "M", "period_start": date(2024, 3, 1), "period_end": date(2024, 3, 31)}

weights = st.fixed_dictionaries(dict.fromkeys(REPORTERS, st.none() | st.integers(0, 10**12)))
filers = st.sets(st.sampled_from(REPORTERS), min_size=1)


def total(code: str, reporter: str, period: dict[str, Any], value: int | None) -> dict[str, Any]:
    """One World total of exports as Comtrade has it."""
    return {
        "source_id": "comtrade",
        "control_kind": "world_total",
        "product_code": code,
        "reporter_iso3": reporter,
        "partner_iso3": "WLD",
        "flow": "X",
        "is_current": True,
        **period,
        "value_usd": value,
        "absence_reason": "suppressed" if value is None else None,
    }


def coverage(base: dict[str, int | None], **filed: set[str]) -> dict[str, dict[str, Any]]:
    """Coverage of March 2024 per code, where each code has its own set of filers and all have the same base years."""
    rows = []
    for name, reporters in filed.items():
        code = name.removeprefix("hs")
        for year in (2022, 2023):
            whole = {"frequency": "A", "period_start": date(year, 1, 1), "period_end": date(year, 12, 31)}
            rows += [total(code, reporter, whole, value) for reporter, value in base.items()]
        rows += [total(code, reporter, MARCH, 1) for reporter in sorted(reporters)]
    found = case("metrics.metric_coverage", {"core.fact_control_total": rows})
    return {f"hs{row['product_code']}": row for row in found if row["frequency"] == "M"}


@STEADY
@given(weights, filers)
def test_coverage_is_the_weight_of_the_filers(base: dict[str, int | None], filed: set[str]) -> None:
    row = coverage(base, hs8542=filed)["hs8542"]
    whole = sum(value or 0 for value in base.values())
    part = sum(base[reporter] or 0 for reporter in filed)
    if whole:
        assert abs(row["coverage_share"] - part / whole) <= 1e-12
        assert 0 <= row["coverage_share"] <= 1
    else:
        assert (row["coverage_share"], row["absence_reason"]) == (None, "base_zero")


@STEADY
@given(weights, filers, st.sampled_from(REPORTERS))
def test_one_more_filing_never_lowers_coverage(base: dict[str, int | None], filed: set[str], another: str) -> None:
    rows = coverage(base, hs8541=filed, hs8542=filed | {another})
    fewer, more = rows["hs8541"], rows["hs8542"]
    assert (fewer["coverage_share"] or 0) <= (more["coverage_share"] or 0)
    assert fewer["n_reporters_filed"] <= more["n_reporters_filed"]
    assert more["is_headline_allowed"] or not fewer["is_headline_allowed"]
