"""B2, before and after: the log change turns its sign when the two sides trade places, and scale does not count."""

import math
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import STEADY, calendar_rows, case, months_from

EVENT = date(2024, 6, 1)
BEFORE, AFTER = months_from(date(2023, 6, 1), 12), months_from(date(2024, 7, 1), 6)
TABLES: dict[str, Any] = {
    "core.dim_month": calendar_rows(date(2022, 1, 1), 48),
    "core.dim_product": [{"product_id": "HS6-847150", "code": "847150"}],
    "core.dim_country": [{"country_iso3": iso, "country_kind": "country"} for iso in ("CHN", "USA")],
}
RULE = {
    "rule_id": "rule",
    "jurisdiction": "USA",
    "flow_side": "export_control",
    "destinations": "CHN",
    "hs6_exposed": "847150",
    "event_grade": "A",
    "importance": 1,
}
FAR_OFF = 10**12
CHANGES = ("change_ratio", "change_log", "change_dhs")

six = st.lists(st.integers(0, 10**9), min_size=6, max_size=6)


def changes(day: int = 15, **sides: tuple[list[int], list[int]]) -> dict[str, dict[str, Any]]:
    """Change around one rule per series: 12 months before, the month of the event far off, up to 6 months after."""
    bite = EVENT.replace(day=day)
    outcomes = [
        {"outcome_id": name, "reporter_iso3": "USA", "partner_isos": "CHN", "flow": "X", "hs6_exposed": "847150"}
        for name in sides
    ]
    series = [
        {"outcome_id": name, "month": month, "value": value}
        for name, (before, after) in sides.items()
        for month, value in [*zip(BEFORE, before, strict=True), (EVENT, FAR_OFF), *zip(AFTER, after, strict=False)]
    ]
    rules = [{**RULE, "bite_date": bite, "announced_date": bite}]
    tables = {**TABLES, "core.fact_rule_change": rules, "tidy.outcome_series": outcomes, "metrics.metric_outcome_month": series}
    return {row["outcome_id"]: row for row in case("metrics.metric_pre_post", tables)}


@STEADY
@given(six, six, st.integers(1, 30))
def test_the_change_turns_with_the_sides(low: list[int], high: list[int], day: int) -> None:
    rows = changes(day, forth=(low + low, high), back=(high + high, low))
    forth, back = rows["forth"], rows["back"]
    assert (forth["n_pre"], forth["n_post"], forth["pair_role"]) == (12, 6, "exposed")
    assert (forth["pre_mean"], forth["post_mean"]) == (back["post_mean"], back["pre_mean"])
    assert forth["change_dhs"] == (None if back["change_dhs"] is None else -back["change_dhs"])
    if forth["change_log"] is not None:
        assert math.isclose(forth["change_log"], -back["change_log"], abs_tol=1e-12)
        assert math.isclose((1 + forth["change_ratio"]) * (1 + back["change_ratio"]), 1, rel_tol=1e-9)


@STEADY
@given(six, six, st.integers(2, 1000))
def test_the_change_has_no_scale(low: list[int], high: list[int], factor: int) -> None:
    scaled = [factor * value for value in low] * 2, [factor * value for value in high]
    rows = changes(plain=(low + low, high), scaled=scaled)
    for name in CHANGES:
        plain, other = rows["plain"][name], rows["scaled"][name]
        assert plain == other or math.isclose(plain, other, rel_tol=1e-9, abs_tol=1e-9)


@STEADY
@given(st.lists(st.integers(1, 10**9), max_size=6))
def test_fewer_than_three_months_after_give_no_change(after: list[int]) -> None:
    row = changes(one=([1] * 12, after))["one"]
    assert (row["change_ratio"] is None) == (len(after) < 3)
    assert row["absence_reason"] == ("too_short" if len(after) < 3 else None)
