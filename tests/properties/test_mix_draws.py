"""C3 on draws: shares of a draw add to 1, a channel that adds nothing changes nothing, a common unit changes no share."""

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import STEADY, case

ARRIVALS = ("legal", "smuggled", "domestic")
PERIOD, UNIT = "2025H1", "h100e"

amounts = st.integers(1, 10**6)
one_draw = st.tuples(amounts, amounts, amounts)
some_draws = st.lists(one_draw, min_size=2, max_size=4)


def cell(channel: str) -> str:
    """Id of the quantity of one channel."""
    return f"cell:{channel}:{PERIOD}:backbone:{UNIT}"


def mix(draws: list[tuple[int, ...]], channels: tuple[str, ...] = ARRIVALS) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows of the mix by scope and channel from the amounts of every draw."""
    quantities = [
        {
            "quantity_id": cell(channel),
            "quantity_kind": "cell",
            "quantity_series": "backbone",
            "channel": channel,
            "channel_part": "all",
            "period_id": PERIOD,
            "unit": UNIT,
        }
        for channel in channels
    ]
    drawn = [
        {"quantity_id": cell(channel), "draw_id": number, "draw_amount": amount}
        for number, draw in enumerate(draws, start=1)
        for channel, amount in zip(channels, draw, strict=True)
    ]
    rows = case("metrics.metric_mix_interval", {"metrics.metric_quantity": quantities, "metrics.fact_draw": drawn})
    wanted = ("backbone", UNIT, PERIOD, "all")
    return {
        (row["scope"], row["channel"]): row
        for row in rows
        if (row["mix_series"], row["unit_of_account"], row["period_id"], row["channel_part"]) == wanted
    }


@STEADY
@given(one_draw)
def test_the_shares_of_a_draw_add_to_one(draw: tuple[int, ...]) -> None:
    rows = mix([draw, draw])
    shares = [rows["arrivals", channel]["share_p50"] for channel in ARRIVALS]
    assert math.isclose(sum(shares), 1, rel_tol=1e-12)
    for share, amount in zip(shares, draw, strict=True):
        assert math.isclose(share * sum(draw), amount, rel_tol=1e-9)


@STEADY
@given(some_draws)
def test_shares_are_the_percentiles_of_the_shares_of_the_draws(draws: list[tuple[int, ...]]) -> None:
    rows = mix(draws)
    for place, channel in enumerate(ARRIVALS):
        shares = sorted(draw[place] / sum(draw) for draw in draws)
        row = rows["arrivals", channel]
        assert math.isclose(row["share_p05"], shares[0], rel_tol=1e-9)
        assert math.isclose(row["share_p95"], shares[-1], rel_tol=1e-9)
        assert any(math.isclose(row["share_p50"], share, rel_tol=1e-9) for share in shares)
    assert math.isclose(rows["arrivals", "legal"]["total_p95"], max(map(sum, draws)))
    assert sum(rows["arrivals", channel]["largest_probability"] for channel in ARRIVALS) >= 1 - 1e-12


@STEADY
@given(some_draws)
def test_a_channel_that_adds_nothing_changes_nothing(draws: list[tuple[int, ...]]) -> None:
    rows = mix([(*draw, 0) for draw in draws], (*ARRIVALS, "offshore"))
    for channel in ARRIVALS:
        without, beside = rows["arrivals", channel], rows["with_offshore", channel]
        assert {name: value for name, value in without.items() if name != "scope"} == {
            name: value for name, value in beside.items() if name != "scope"
        }
    assert rows["with_offshore", "offshore"]["share_p95"] == 0


@STEADY
@given(some_draws, st.integers(2, 50))
def test_a_common_factor_changes_no_share(draws: list[tuple[int, ...]], factor: int) -> None:
    plain, scaled = mix(draws), mix([tuple(factor * amount for amount in draw) for draw in draws])
    for key, row in plain.items():
        for name in ("share_p05", "share_p50", "share_p95", "largest_probability"):
            assert row[name] == scaled[key][name] or math.isclose(row[name], scaled[key][name], rel_tol=1e-9)


@STEADY
@given(some_draws)
def test_without_one_channel_there_is_no_share(draws: list[tuple[int, ...]]) -> None:
    for row in mix([draw[:2] for draw in draws], ARRIVALS[:2]).values():
        assert row["share_p50"] is None
        assert row["mix_state"] == "incomplete"
        assert "domestic" in row["missing_channels"]
