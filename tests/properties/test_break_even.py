"""C10, break-even seizure and tightness: in [0, 1), and monotone in each argument."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from joint_draws import cells, draws_of
from world import STEADY, case

NAMES = ("b200-street-price", "b200-reference-price", "handling-cost", "penalty-per-unit")
CHANNELS = ("legal", "domestic", "smuggled", "offshore")

prices = st.integers(1, 10**6)
arguments = st.tuples(prices, prices, st.integers(0, 10**5), st.integers(0, 10**6))
supplies = st.fixed_dictionaries(dict.fromkeys(CHANNELS, st.integers(0, 10**6)))

Arguments = tuple[int, int, int, int]


def break_even(*sets: Arguments) -> list[float]:
    """Break-even probability of each set of street price, reference, cost and penalty: each is a world of one draw."""
    found = []
    for values in sets:
        draws = [row for name, value in zip(NAMES, values, strict=True) for row in draws_of(f"prior:{name}", [value])]
        (row,) = case("metrics.metric_break_even", {"metrics.fact_draw": draws})
        found.append(row["seizure_p50"])
    return found


def tightness(supply: dict[str, int], demand: int) -> dict[str, dict[str, Any]]:
    """Rows of 2025 by basis; the supply of each channel falls into the first half-year."""
    amounts = {
        (name, period, "usd"): [supply[name] if period == "2025H1" else 0] for name in supply for period in ("2025H1", "2025H2")
    }
    rows = case("metrics.metric_tightness", cells(amounts, {"prior:latent-demand-2025": [demand]}))
    return {row["tightness_basis"]: row for row in rows}


@STEADY
@given(arguments)
def test_the_probability_is_below_one_and_zero_without_a_margin(values: Arguments) -> None:
    (found,) = break_even(values)
    street, reference, cost, _ = values
    assert 0 <= found < 1
    assert (found == 0) == (street - reference - cost <= 0)


@STEADY
@given(arguments, st.integers(1, 10**5))
def test_it_rises_with_the_street_price_and_falls_in_all_else(values: Arguments, more: int) -> None:
    (plain,) = break_even(values)
    raised = [break_even(tuple(v + more * (n == place) for n, v in enumerate(values)))[0] for place in range(4)]
    assert raised[0] >= plain
    assert all(lower <= plain for lower in raised[1:])
    if plain > 0:
        assert raised[0] > plain
        assert all(lower < plain for lower in raised[1:])


@STEADY
@given(supplies, prices, st.sampled_from(CHANNELS), prices)
def test_more_supply_is_less_tight(supply: dict[str, int], demand: int, channel: str, more: int) -> None:
    before, after = tightness(supply, demand), tightness({**supply, channel: supply[channel] + more}, demand)
    for basis, row in before.items():
        assert row["tightness_p50"] <= 1
        counts = channel in basis.split("_")
        assert (after[basis]["tightness_p50"] < row["tightness_p50"]) == counts


@STEADY
@given(supplies, prices)
def test_a_channel_without_dollars_is_said_and_not_zero(supply: dict[str, int], demand: int) -> None:
    rows = tightness({name: supply[name] for name in ("legal", "domestic", "smuggled")}, demand)
    for basis, row in rows.items():
        assert row["absence_reason"] == ("offshore_not_valued" if "offshore" in basis else None)
