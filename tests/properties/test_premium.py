"""C9, premium and rent: no premium at or below minus one, no rent above the sales, and no unit in either."""

import math
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import STEADY, case

QUOTED, SOLD_FROM, SOLD_TO = date(2025, 7, 15), date(2025, 5, 1), date(2025, 7, 31)
CHIP = {"chip_id": "chip", "chips_per_item": 8}

prices = st.integers(1, 10**8)
quotes = st.lists(prices, min_size=1, max_size=5)
ratios = st.just(-1.0) | st.floats(-0.99, 20)  # next to -1 a rent has more digits than its column; no price is stated like that


def quote(price_id: str, usd: int | None, **more: Any) -> dict[str, Any]:
    """One street quote of a system of eight chips."""
    market = {"market": "grey_market", "price_type": "quote", "per": "item", "quote_date": QUOTED}
    return {"price_id": price_id, **CHIP, **market, "usd": usd, **more}


def listed(usd: int) -> dict[str, Any]:
    """The list price of the same system in the same year."""
    where = {"market": "list", "location_iso3": "USA", "per": "item", "quote_date": QUOTED}
    return {"price_id": "list", **CHIP, **where, "price_type": "list", "usd": usd}


def sales(usd: int) -> dict[str, Any]:
    """A claim on the sales of that chip in the months up to the quote."""
    what = {"unit": "usd", "unit_basis": "sales_value", "series_role": "cross_check", "bound_kind": "at_least"}
    when = {"period_start": SOLD_FROM, "period_end": SOLD_TO}
    return {"claim_id": "sales", "conversion_chip_id": "chip", **what, **when, "low": usd, "channel": "smuggled"}


def premiums(rows: list[dict[str, Any]], claims: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Premium per quote."""
    tables = {"core.fact_price": rows, "core.fact_claim": claims}
    return {row["price_id"]: row for row in case("metrics.metric_premium", tables)}


@STEADY
@given(quotes, prices)
def test_a_premium_is_above_minus_one(street: list[int], reference: int) -> None:
    rows = premiums([quote(f"quote-{n}", usd) for n, usd in enumerate(street)] + [listed(reference)], [])
    for place, usd in enumerate(street):
        row = rows[f"quote-{place}"]
        assert row["premium"] > -1
        assert math.isclose(row["premium"], usd / reference - 1, rel_tol=1e-9, abs_tol=1e-9)
        assert row["premium_low"] <= row["premium"] <= row["premium_high"]


@STEADY
@given(prices, ratios, st.integers(0, 10**12))
def test_rent_is_never_above_the_sales(street: int, ratio: float, sold: int) -> None:
    row = premiums([quote("stated", street, premium_ratio=ratio)], [sales(sold)])["stated"]
    assert (row["sales_usd"], row["premium"]) == (sold, ratio)
    assert (row["rent_usd"] is None) == (ratio == -1)
    if ratio > -1:
        assert row["rent_usd"] <= row["sales_usd"]
        assert (row["rent_usd"] > 0) <= (ratio > 0)


@STEADY
@given(prices, prices, st.integers(2, 1000))
def test_the_premium_has_no_unit(street: int, reference: int, factor: int) -> None:
    plain = premiums([quote("one", street), listed(reference)], [])["one"]["premium"]
    other = premiums([quote("one", factor * street), listed(factor * reference)], [])["one"]["premium"]
    assert math.isclose(plain, other, rel_tol=1e-9, abs_tol=1e-9)


@STEADY
@given(prices, prices)
def test_yuan_quotes_use_the_rate_of_a_claim(yuan: int, reference: int) -> None:
    claim = {**sales(1), "fx_cny_per_usd": 7.2}
    row = premiums([quote("yuan", None, cny=yuan), listed(reference)], [claim])["yuan"]
    assert math.isclose(row["premium"], yuan / 7.2 / reference - 1, rel_tol=1e-9, abs_tol=1e-9)


@STEADY
@given(quotes)
def test_without_a_reference_there_is_no_premium_but_a_reason(street: list[int]) -> None:
    for row in premiums([quote(f"quote-{n}", usd) for n, usd in enumerate(street)], []).values():
        assert (row["premium"], row["absence_reason"]) == (None, "no_reference_price")
