"""C13 and C4, installed stock and balance: linear, never negative, and a balance of nothing where all is equal."""

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from joint_draws import cells
from world import FEW, case

CHANNELS = ("legal", "smuggled", "domestic")
PERIODS = ("2024H1", "2024H2")

amounts = st.integers(0, 10**6)
additions = st.lists(st.tuples(amounts, amounts, amounts), min_size=2, max_size=2)
rates = st.integers(0, 60).map(lambda n: n / 1000)

Additions = list[tuple[int, int, int]]


def inputs(opening: int, rate: float, added: Additions, **more: float) -> dict[str, Any]:
    """Cells in compute, the stock at the end of 2023 and the rate; `more` are other stocks by the name of their end."""
    found = {
        (channel, period, "h100e"): [value]
        for period, values in zip(PERIODS, added, strict=True)
        for channel, value in zip(CHANNELS, values, strict=True)
    }
    priors = {"prior:installed-2023-end": [opening], "prior:depreciation-quarter": [rate]}
    return cells(found, priors | {f"prior:installed-{name}-end": [value] for name, value in more.items()})


def stocks(opening: int, rate: float, added: Additions) -> list[float]:
    """Stock at the end of both half-years."""
    rows = case("metrics.metric_installed_stock", inputs(opening, rate, added))
    return [row["stock_p50"] for row in rows if row["scope"] == "arrivals"]


def balances(opening: int, rate: float, added: Additions, closing: float) -> dict[str, Any]:
    """Balance of the first half-year."""
    tables = inputs(opening, rate, added, **{"2024h1": closing})
    rows = case("metrics.metric_channel_balance", tables)
    return next(row for row in rows if row["scope"] == "arrivals" and row["period_id"] == PERIODS[0])


@FEW
@given(amounts, rates, additions)
def test_the_stock_follows_its_recursion_and_is_never_negative(opening: int, rate: float, added: Additions) -> None:
    first, second = stocks(opening, rate, added)
    kept = (1 - rate) ** 2
    assert math.isclose(first, kept * opening + sum(added[0]), rel_tol=1e-9, abs_tol=1e-6)
    assert math.isclose(second, kept * first + sum(added[1]), rel_tol=1e-9, abs_tol=1e-6)
    assert min(first, second) >= 0


@FEW
@given(amounts, amounts, rates, additions, additions)
def test_the_stock_is_linear(opening: int, other: int, rate: float, added: Additions, more: Additions) -> None:
    total = [(a + x, b + y, c + z) for (a, b, c), (x, y, z) in zip(added, more, strict=True)]
    parts = zip(stocks(opening, rate, added), stocks(other, rate, more), strict=True)
    for whole, (one, two) in zip(stocks(opening + other, rate, total), parts, strict=True):
        assert math.isclose(whole, one + two, rel_tol=1e-9, abs_tol=1e-6)


@FEW
@given(amounts, rates, additions)
def test_the_balance_is_zero_where_the_claimed_stock_is_the_computed_one(opening: int, rate: float, added: Additions) -> None:
    row = balances(opening, rate, added, round(stocks(opening, rate, added)[0], 6))
    assert abs(row["residual_p50"]) <= 2e-6
    assert row["balance_status"] == ("checked" if sum(added[0]) else "no_supply")


@FEW
@given(amounts, rates, additions, st.integers(1, 10**6))
def test_the_residual_falls_one_for_one_in_the_claimed_stock(opening: int, rate: float, added: Additions, more: int) -> None:
    low, high = (balances(opening, rate, added, opening + extra) for extra in (0, more))
    assert math.isclose(low["residual_p50"] - high["residual_p50"], more, rel_tol=1e-6)
    if low["residual_share_p50"] is not None:
        assert math.isclose(low["residual_share_p50"] * low["supply_p50"], abs(low["residual_p50"]), rel_tol=1e-9, abs_tol=1e-6)
