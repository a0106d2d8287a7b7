"""Sanity limits of the scenario model (METHODS D7) over random parameters."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.estimators.scenario_model import CHANNELS, DOMESTIC, LEGAL, OFFSHORE, SMUGGLED, Base, Levers, diversion, solve

EXACT = 1e-9
amounts, prices = st.floats(1e2, 1e7), st.floats(1e3, 1e5)


def between(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_subnormal=False)


@st.composite
def bases(draw: st.DrawFn) -> Base:
    missing = draw(st.sampled_from([(), (OFFSHORE,), (DOMESTIC,), (OFFSHORE, DOMESTIC)]))
    there = [name for name in CHANNELS if name not in missing]
    q0, p0 = ({name: draw(values) for name in there} for values in (amounts, prices))
    ranges = ((0.02, 0.8), (0.1, 5), (0, 0.95), (0.01, 5), (0, 4))
    return Base(q0, p0, *(draw(between(*ends)) for ends in ranges))


@st.composite
def levers(draw: st.DrawFn) -> Levers:
    def limit() -> float | None:
        return draw(st.one_of(st.none(), st.just(0.0), amounts, st.just(np.inf)))

    share = between(0, 1)
    return Levers(
        growth=draw(between(0.3, 3)),
        licence=draw(share),
        acceptance=draw(share),
        vendor_capacity=limit(),
        us_volume=draw(st.one_of(st.none(), amounts)),
        vendor_price=draw(st.one_of(st.none(), prices)),
        revenue_share=draw(between(0, 0.9)),
        tariff=draw(between(0, 2)),
        pass_through=draw(share),
        enforcement=draw(between(0.01, 50)),
        offshore_capacity=limit(),
        domestic_capacity=limit(),
    )


@given(bases(), levers())
def test_quantities_keep_their_limits_and_add_up_to_the_market(base, chosen):
    found = solve(base, chosen)
    for name, amount in found.quantity.items():
        assert 0 <= float(amount) <= float(found.capacity.get(name, np.inf))
    assert float(found.total + found.unmet) == pytest.approx(float(found.market), rel=EXACT)
    assert sum(float(found.outputs()[f"{name}_share"]) for name in base.q0) == pytest.approx(1, rel=EXACT)


@given(bases(), levers())
def test_the_premium_is_positive_and_on_the_supply_curve(base, chosen):
    found = solve(base, chosen)
    curve = base.prem0 * chosen.enforcement * (float(found.quantity[SMUGGLED]) / base.q0[SMUGGLED]) ** base.phi
    assert float(found.premium) > -1e-15
    assert float(found.premium) == pytest.approx(curve, rel=1e-7, abs=1e-12)


@given(bases(), levers())
def test_a_channel_that_is_not_full_is_on_its_demand_and_a_full_one_below_it(base, chosen):
    found = solve(base, chosen)
    shares = {name: float(amount / found.market) for name, amount in found.quantity.items()}
    unmet = float(found.unmet / found.market)
    foreign = sum(shares[name] for name in shares if name != DOMESTIC)
    start = {name: amount / (sum(base.q0.values()) / (1 - base.s0)) for name, amount in base.q0.items()}
    nest = sum(start[name] for name in start if name != DOMESTIC)

    def gap(name: str) -> float:
        """Log odds above what utility gives: 0 on demand, below 0 where a limit holds (equation 1, relative to the base)."""
        within = 0.0 if name == DOMESTIC else base.rho * np.log(shares[name] / foreign / (start[name] / nest))
        utility = -base.beta * np.log(float(found.price[name]) / base.p0[name]) + within
        return float(np.log(shares[name] / start[name]) - np.log(unmet / base.s0) - utility)

    for name, amount in found.quantity.items():
        if float(amount) > 1e-9:
            full = float(amount) >= float(found.capacity.get(name, np.inf)) * (1 - 1e-12)
            assert gap(name) <= 1e-7 if full else gap(name) == pytest.approx(0, abs=1e-7)


@given(bases())
def test_the_base_reproduces_itself(base):
    found = solve(base, Levers())
    for name, amount in base.q0.items():
        assert float(found.quantity[name]) == pytest.approx(amount, rel=EXACT)
        assert float(found.price[name]) == pytest.approx(base.p0[name], rel=EXACT)
    assert float(found.unmet / found.market) == pytest.approx(base.s0, rel=EXACT)


@given(bases(), levers())
def test_no_fee_and_a_full_licence_are_the_base(base, chosen):
    plain = Levers(licence=1.0, revenue_share=0.0, tariff=0.0, pass_through=chosen.pass_through)
    found = solve(base, plain)
    assert {name: float(value) for name, value in found.quantity.items()} == pytest.approx(dict(base.q0), rel=EXACT)


@given(bases(), levers(), between(0, 1), between(0, 1))
def test_smuggling_does_not_rise_with_the_licence_share(base, chosen, one, other):
    low, high = sorted((one, other))
    less, more = (float(solve(base, replace(chosen, licence=share)).quantity[SMUGGLED]) for share in (low, high))
    assert more <= less * (1 + EXACT)


@given(bases(), levers(), between(0.01, 50), between(0.01, 50))
def test_neither_smuggling_nor_the_total_rises_with_enforcement(base, chosen, one, other):
    low, high = sorted((one, other))
    less, more = (solve(base, replace(chosen, enforcement=strength)) for strength in (low, high))
    assert float(more.quantity[SMUGGLED]) <= float(less.quantity[SMUGGLED]) * (1 + EXACT)
    assert float(more.total) <= float(less.total) + EXACT * float(less.market)


@given(bases(), st.booleans())
def test_diversion_lies_between_0_and_1_under_a_ban(base, limited):
    free = {} if limited else {"offshore_capacity": np.inf, "domestic_capacity": np.inf}
    ratios = diversion(solve(base, Levers(licence=0.0, **free)))
    for name, ratio in ratios.items():
        assert -1e-7 <= float(ratio) <= 1 + 1e-7, name
    assert sum(float(ratio) for ratio in ratios.values()) == pytest.approx(1, abs=1e-6)


@given(bases())
def test_without_likeness_and_slope_diversion_is_by_share(base):
    plain = replace(base, rho=0.0, phi=0.0)
    market = sum(base.q0.values()) / (1 - base.s0)
    found = diversion(solve(plain, Levers(licence=0.0, offshore_capacity=np.inf, domestic_capacity=np.inf)))
    for name in set(base.q0) - {LEGAL}:
        expected = base.q0[name] / market / (1 - base.q0[LEGAL] / market)
        assert float(found[name]) == pytest.approx(expected, rel=1e-6, abs=1e-7)


@given(bases(), levers(), between(0.1, 10))
def test_units_do_not_matter(base, chosen, scale):
    limits = ("vendor_capacity", "us_volume", "offshore_capacity", "domestic_capacity")
    scaled = replace(
        chosen, **{name: None if getattr(chosen, name) is None else getattr(chosen, name) * scale for name in limits}
    )
    larger = replace(base, q0={name: amount * scale for name, amount in base.q0.items()})
    found, same = solve(base, chosen), solve(larger, scaled)
    for name, amount in found.quantity.items():
        assert float(same.quantity[name]) == pytest.approx(scale * float(amount), rel=1e-8, abs=1e-9 * float(same.market))
