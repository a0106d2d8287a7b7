"""C3, supply mix: shares add up to one, errors add up to no more than the worst case, and nothing added changes nothing."""

import math
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import STEADY, case

ARRIVING = ("domestic", "legal", "smuggled")

millionths = st.integers(0, 10**13).map(lambda n: Decimal(n) / 10**6)
intervals = st.tuples(millionths, millionths, millionths).map(sorted)
mixes = st.fixed_dictionaries(dict.fromkeys(ARRIVING, intervals))

Mix = dict[str, list[Decimal]]


def supply(mix: dict[str, list[Decimal] | None], period: str = "2025H1") -> list[dict[str, Any]]:
    """Channel supply of one half-year; a channel with None has no figure."""
    rows = []
    for channel, interval in mix.items():
        low, central, high = interval or (None, None, None)
        reason = "no_claim" if interval is None else None
        amounts = {"low_amount": low, "central_amount": central, "high_amount": high, "absence_reason": reason}
        rows.append({"channel": channel, "period_id": period, "unit_of_account": "h100e", **amounts})
    return rows


def shares(*rows: dict[str, Any], scope: str = "arrivals") -> dict[tuple[str, str], dict[str, Any]]:
    """Rows of the mix by period and channel."""
    found = case("metrics.metric_supply_mix", {"metrics.metric_channel_supply": rows})
    return {(row["period_id"], row["channel"]): row for row in found if row["scope"] == scope}


@STEADY
@given(mixes)
def test_shares_add_up_and_lie_inside_their_bounds(mix: Mix) -> None:
    rows = shares(*supply(mix)).values()
    for row in rows:
        assert row["mix_state"] == "complete"
        for bound, fits in (("mix_share_low", float.__le__), ("mix_share_high", float.__ge__)):
            if row["mix_share"] is not None and row[bound] is not None:
                assert 0 <= row[bound] <= 1
                assert fits(row[bound], row["mix_share"])
    if any(central for _, central, _ in mix.values()):
        assert math.isclose(sum(row["mix_share"] for row in rows), 1, rel_tol=1e-12)
    else:
        assert {row["absence_reason"] for row in rows} == {"base_zero"}


@STEADY
@given(mixes)
def test_independent_errors_stay_inside_the_worst_case(mix: Mix) -> None:
    row = shares(*supply(mix))["2025H1", "legal"]
    low, central, high = (sum(interval[end] for interval in mix.values()) for end in range(3))
    assert (row["total_low"], row["total_central"], row["total_high"]) == (low, central, high)
    slack = 1e-3 + 1e-12 * float(high)
    assert row["total_low"] - Decimal(slack) <= row["total_rss_low"] <= row["total_central"] + Decimal(slack)
    assert row["total_central"] - Decimal(slack) <= row["total_rss_high"] <= row["total_high"] + Decimal(slack)


@STEADY
@given(mixes)
def test_a_channel_of_zero_changes_nothing(mix: Mix) -> None:
    more = {**mix, "offshore": [Decimal(0)] * 3}
    before = shares(*supply(more), scope="arrivals")
    after = shares(*supply(more), scope="with_offshore")
    for key, row in before.items():
        assert {**row, "scope": ""} == {**after[key], "scope": ""}


@STEADY
@given(mixes, st.sampled_from(ARRIVING))
def test_a_channel_without_a_figure_is_not_zero(mix: Mix, channel: str) -> None:
    whole = supply(mix, "2024H2")
    rows = shares(*whole, *supply({**mix, channel: None}, "2025H1"))
    for (period, _), row in rows.items():
        assert (row["mix_state"] == "complete") == (period == "2024H2")
        assert row["missing_channels"] == (None if period == "2024H2" else channel)
        assert period == "2024H2" or (row["mix_share"], row["total_high"]) == (None, None)


@STEADY
@given(mixes, st.sampled_from(ARRIVING), millionths)
def test_more_of_a_channel_is_more_of_the_mix(mix: Mix, channel: str, more: Decimal) -> None:
    raised = {**mix, channel: [end + more for end in mix[channel]]}
    rows = shares(*supply(mix, "2024H2"), *supply(raised, "2025H1"))
    before, after = rows["2024H2", channel]["mix_share"], rows["2025H1", channel]["mix_share"]
    assert before is None or after >= before - 1e-12
