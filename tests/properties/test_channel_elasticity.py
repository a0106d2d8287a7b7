"""C7, CES elasticity: the same with the channels swapped; none under rationing; a regression only from eight periods on."""

import math
from datetime import date
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from joint_draws import cells, licence_rule
from world import FEW, case

FIRST, SECOND = "2024H1", "2024H2"
SOLD = {
    "supply_id": "h20",
    "channel": "legal",
    "chip": "H20",
    "location": "China",
    "role": "supply",
    "unit": "chips",
    "central": 1,
}
SALE = {**SOLD, "period_start": date(2024, 7, 1), "period_end": date(2024, 9, 30)}

numbers = st.integers(1, 1000)
markets = st.tuples(numbers, numbers, numbers, numbers)  # quantity and price before, quantity and price after

Market = tuple[int, int, int, int]


def two_periods(smuggled: Market, licensed: Market, rules: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """The two-period row in compute."""
    found = {}
    for channel, (q_before, p_before, q_after, p_after) in (("smuggled", smuggled), ("legal", licensed)):
        for period, quantity, price in ((FIRST, q_before, p_before), (SECOND, q_after, p_after)):
            found[channel, period, "h100e"] = [quantity]
            found[channel, period, "usd"] = [quantity * price]
    tables = {"core.fact_rule_change": rules, "core.fact_supply": [SALE], **cells(found)}
    rows = case("metrics.metric_channel_elasticity", tables)
    return next(r for r in rows if r["elasticity_form"] == "two_period" and r["effective_unit_basis"] == "h100e")


def log_change(smuggled: Market, licensed: Market, price: int) -> float:
    """Change of the log ratio of quantities (0) or prices (1)."""
    return math.log(smuggled[2 + price] / licensed[2 + price]) - math.log(smuggled[price] / licensed[price])


@FEW
@given(markets, markets)
def test_swapping_the_channels_changes_nothing(smuggled: Market, licensed: Market) -> None:
    assume(abs(log_change(smuggled, licensed, 1)) > 0.011)
    one, other = two_periods(smuggled, licensed), two_periods(licensed, smuggled)
    assert one["ces_status"] == other["ces_status"]
    expected = -log_change(smuggled, licensed, 0) / log_change(smuggled, licensed, 1)
    assert (one["ces_status"] == "valid") == (one["ces_p50"] is not None)
    if one["ces_p50"] is not None:
        assert math.isclose(one["ces_p50"], other["ces_p50"], rel_tol=1e-9, abs_tol=1e-9)
        assert math.isclose(one["ces_p50"], expected, rel_tol=1e-6, abs_tol=1e-6)


@FEW
@given(markets, markets)
def test_a_rationed_channel_has_no_elasticity_and_at_most_an_upper_bound(smuggled: Market, licensed: Market) -> None:
    row = two_periods(smuggled, licensed, (licence_rule("stop", bite_date=date(2024, 8, 1)),))
    assert (row["ces_p50"], row["ces_status"]) == (None, "legal_channel_rationed")
    quantity, price = log_change(smuggled, licensed, 0), log_change(smuggled, licensed, 1)
    assume(abs(price + 0.01) > 1e-6 and abs(quantity) > 1e-9)
    is_bounded = quantity > 0 and price < -0.01 and licensed[0] > licensed[2]
    assert (row["ces_upper_bound_p50"] is not None) == is_bounded
    if is_bounded:
        assert math.isclose(row["ces_upper_bound_p50"], -quantity / price, rel_tol=1e-6)


@FEW
@given(st.integers(2, 10), st.integers(1, 5))
def test_a_regression_needs_eight_periods_and_finds_the_slope(n: int, sigma: int) -> None:
    found = {}
    for k in range(n):
        period, ratio = f"{2015 + k // 2}H{1 + k % 2}", 1.1**k
        quantity = 10**6 * ratio**-sigma
        for channel, amount, value in (("smuggled", quantity, quantity * ratio), ("legal", 1, 1)):
            found[channel, period, "h100e"], found[channel, period, "usd"] = [round(amount, 6)], [round(value, 6)]
    tables = {"core.fact_rule_change": (), "core.fact_supply": (), **cells(found)}
    rows = case("metrics.metric_channel_elasticity", tables)
    row = next(r for r in rows if r["elasticity_form"] == "regression" and r["effective_unit_basis"] == "h100e")
    assert (row["n_periods"], row["is_period_rule_met"], row["ces_p50"] is not None) == (n, n >= 8, n >= 8)
    if n >= 8:
        assert math.isclose(row["ces_p50"], sigma, rel_tol=1e-3)
