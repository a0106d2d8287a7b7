"""Scenarios on draws: values at their ranks, the lawful chip, units of account, and the shipped files against the reference."""

import csv
import re
from dataclasses import replace
from pathlib import Path

import golden_scenarios as golden
import numpy as np
import pytest
from test_scenario_files import GOOD, SHIPPED

from pipelines.errors import InputError
from pipelines.estimators.normals import hypercube
from pipelines.estimators.scenario_menu import (
    CHIPS,
    PRIORS,
    Chip,
    Market,
    Mix,
    Spec,
    base_of,
    base_of_mix,
    effective_units,
    effective_weight,
    factors_of,
    factors_of_mix,
    lawful_offer,
    rationed_base,
    unit_factors,
)
from pipelines.estimators.scenario_model import CHANNELS, DOMESTIC, LEGAL, OFFSHORE, SMUGGLED, Levers, solve
from pipelines.estimators.scenario_runs import Setting, amounts, chance_above, drawn, levers_of, run
from pipelines.schemas.scenario import LeverValue
from pipelines.tidy.scenarios import parse_scenario

H20, H200, B200, ASCEND = Spec(2368, 4.0), Spec(15832, 4.8), Spec(36000, 8.0), Spec(12500, 3.2)
B30A = Spec(28000, 3.85)
SPECS = {"h20-96gb": H20, "h200-sxm": H200, "b200-sxm": B200, "ascend-910c": ASCEND, "b30a": B30A}
OF_CHANNEL = {LEGAL: H20, SMUGGLED: B200, DOMESTIC: ASCEND}
DEFAULTS = (1.5e6, 23e9 / 1.5e6, 4e9, 61125.0, 16e9, 25000.0, 50000.0, 30000.0, 0.2, 1.5, 0.5, 0.5, 1.0)
KINDS = {**OF_CHANNEL, OFFSHORE: B200}
CENTRAL = Setting(golden.BASE, 0.5, SPECS, factors_of(KINDS, 0.5))
BY_NAME = {scenario.name: scenario for scenario in SHIPPED}
RUN_OF = {name[:2].upper(): name for name in BY_NAME if name[:3] in {f"s{n}-" for n in range(8)}}


def on_draws(n: int = 500) -> Setting:
    rng = np.random.default_rng(3)
    alpha = rng.uniform(0, 1, n)
    market = Market(*(np.full(n, value) for value in DEFAULTS[:2]), rng.uniform(4e9, 16e9, n), *DEFAULTS[3:], alpha)
    return Setting(base_of(market, OF_CHANNEL), alpha, SPECS, factors_of(KINDS, alpha), lambda dim: hypercube(dim, n_draws=n)[0])


def value(low: float, central: float, high: float) -> LeverValue:
    return LeverValue(low, central, high, (1.0,), "", "")


# Weights and base


@pytest.mark.parametrize(
    ("spec", "compute", "bandwidth", "half"),
    [
        (H20, 0.14957, 1.19403, 0.42260),
        (H200, 1, 1.43284, 1.19701),
        (B200, 2.27388, 2.38806, 2.33027),
        (ASCEND, 0.78954, 0.95522, 0.86844),
    ],
)
def test_effective_weights_are_those_of_the_document(spec, compute, bandwidth, half):
    assert [float(effective_weight(spec, alpha)) for alpha in (1, 0, 0.5)] == pytest.approx([compute, bandwidth, half], abs=5e-6)
    factors = {name: float(factor) for name, factor in unit_factors(spec, 0.5).items()}
    assert factors["h100e"] / factors["chips"] == pytest.approx(compute, abs=5e-6)
    assert factors["bandwidth"] / factors["chips"] == pytest.approx(bandwidth, abs=5e-6)
    assert float(effective_units(compute, bandwidth, 0.5)) == pytest.approx(half, abs=1e-5)


def test_the_default_market_is_the_reference_base():
    base = base_of(Market(*DEFAULTS, 0.5), OF_CHANNEL)
    assert {name: float(amount) for name, amount in base.q0.items()} == pytest.approx(golden.Q0, rel=1e-12)
    assert {name: float(amount) for name, amount in base.p0.items()} == pytest.approx(golden.P0, rel=1e-12)


@pytest.mark.parametrize("name", sorted(golden.RUNS))
def test_a_shipped_file_gives_the_reference_run(name):
    found = golden.said(run(BY_NAME[RUN_OF[name]], CENTRAL).solution)
    for key, expected in zip(golden.NAMES, golden.RUNS[name], strict=True):
        if expected is not None:
            assert found[key] == pytest.approx(expected, rel=1e-6), key


def test_a_mix_of_one_kind_of_chip_gives_the_same_base_and_factors():
    alpha = np.array([0.0, 0.3, 1.0])
    chips = {LEGAL: 1.5e6, SMUGGLED: np.array([6e4, 7e4, 8e4]), OFFSHORE: 3e4, DOMESTIC: 6e5}
    mix = Mix(
        {name: chips[name] * kind.tpp / 15832 for name, kind in KINDS.items()},
        {name: chips[name] * kind.bandwidth_tbs / 3.35 for name, kind in KINDS.items()},
        {name: chips[name] * 20000.0 for name in KINDS},
        chips,
    )
    base = base_of_mix(mix, Market(*DEFAULTS, alpha))
    for name, kind in KINDS.items():
        assert base.q0[name] == pytest.approx(chips[name] * effective_weight(kind, alpha))
        assert base.p0[name] == pytest.approx(20000.0 / effective_weight(kind, alpha))
        found, expected = factors_of_mix(mix, alpha)[name], factors_of(KINDS, alpha)[name]
        assert all(found[unit] == pytest.approx(np.broadcast_to(expected[unit], 3)) for unit in expected)
    without = replace(mix, chips={})
    assert set(factors_of_mix(without, alpha)[LEGAL]) == {"h100e", "bandwidth"}


@pytest.mark.parametrize("times", [0.5, 1.5, 20.0])
def test_a_rationed_base_reproduces_itself_and_wants_more_once_freed(times):
    base = replace(golden.BASE, q0={**golden.Q0, LEGAL: 7000.0})
    wanted = times * 7000.0
    found = rationed_base(base, wanted)
    held, freed = solve(found, Levers()), solve(found, Levers(vendor_capacity=np.inf))
    assert {name: float(amount) for name, amount in held.quantity.items()} == pytest.approx(dict(base.q0), rel=1e-9)
    assert float(freed.quantity[LEGAL]) == pytest.approx(max(wanted, 7000.0), rel=1e-7)
    bought = sum(base.q0.values())
    assert float(held.market) == pytest.approx((bought + max(wanted - 7000.0, 0)) / 0.8, rel=1e-9)


# Values


def test_half_of_the_draws_lie_on_each_side_of_the_centre():
    ranks = (np.arange(1000) + 0.5) / 1000
    found = drawn(value(1, 2, 10), ranks)
    assert np.mean(found < 2) == 0.5
    assert found.min() >= 1 and found.max() <= 10 and np.all(np.diff(found) > 0)
    assert [float(drawn(value(1, 2, 10), rank)) for rank in (0, 0.25, 0.5, 0.75, 1)] == [1, 1.5, 2, 6, 10]


def test_scenarios_share_the_draws_of_a_lever():
    setting = on_draws()
    one, other = (levers_of(BY_NAME[name], setting) for name in ("h20-july-2025-15-percent-share", "january-2026-rule"))
    assert np.corrcoef(one.pass_through, other.pass_through)[0, 1] > 0.7
    assert np.ptp(one.pass_through) > 0.9 and np.mean(other.pass_through == 1.0) == pytest.approx(0.5, abs=0.01)


def test_a_path_moves_its_lever_alone_and_periods_are_the_first_axis():
    scenario = parse_scenario(GOOD.encode(), "good.toml")
    setting = on_draws()
    found = run(scenario, setting)
    out = found.outputs()
    assert all(array.shape == (2, 500) for array in out.values())
    assert found.wide(found.solution.market)[1] == pytest.approx(1.3 * found.wide(found.solution.market)[0])
    flat = run(parse_scenario(GOOD.replace("[1.0, 1.3]", "[1.0, 1.0]").encode(), "flat.toml"), setting)
    assert flat.solution.market.ndim == 1
    assert flat.outputs()["unmet"].shape == (2, 500)
    assert np.array_equal(flat.outputs()["unmet"][0], out["unmet"][0])


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_shipped_scenario_runs_and_keeps_its_sums(name):
    setting = on_draws()
    found = run(BY_NAME[name], setting)
    out = found.outputs()
    total = found.wide(found.solution.market)
    assert np.allclose(out["china_compute"] + out["unmet"], total, rtol=1e-9)
    assert all(np.isfinite(out[key]).all() for key in out if not key.startswith("diversion"))
    bought = amounts(found, setting)
    assert {unit for _, unit in bought} == {"effective", "usd", "chips", "h100e", "bandwidth"}
    assert all((array >= 0).all() and array.shape == total.shape for array in bought.values())
    spend = sum(array for (_, unit), array in bought.items() if unit == "usd")
    assert np.allclose(spend, out["spend_usd"], rtol=1e-12)


def test_domestic_capacity_in_chips_is_that_many_chips():
    found = run(BY_NAME["domestic-hbm-bound"], CENTRAL)
    assert amounts(found, CENTRAL)[DOMESTIC, "chips"] == pytest.approx(np.full((2, 1), 300000), rel=1e-9)


def test_an_amount_in_chips_is_of_the_chip_on_offer():
    found = run(BY_NAME["s6-h200-buyers-take-a-tenth"], CENTRAL)
    bought = {key: float(array[0, 0]) for key, array in amounts(found, CENTRAL).items()}
    assert bought[LEGAL, "chips"] == pytest.approx(75000, rel=1e-9)
    assert bought[LEGAL, "h100e"] == pytest.approx(75000, rel=1e-9)
    assert bought[LEGAL, "bandwidth"] == pytest.approx(75000 * 4.8 / 3.35, rel=1e-9)
    assert bought[OFFSHORE, "chips"] == pytest.approx(50000 / float(effective_weight(B200, 0.5)), rel=1e-9)


def test_a_chip_that_is_not_on_file_is_refused():
    scenario = parse_scenario(GOOD.replace("h200-sxm", "h2000").encode(), "good.toml")
    with pytest.raises(InputError, match=r"scenario good\.toml, key chips\.h2000: found a chip without a specification"):
        run(scenario, CENTRAL)


def test_the_chance_of_being_above_counts_ties_as_half():
    assert chance_above(np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 2.0, 2.0, 2.0])) == 0.625


# The lawful chip

MENU = (
    Chip("h20", H20, 15000.0, 100.0, 10.0),
    Chip("h200", H200, 27000.0, 200.0, 20.0),
    Chip("b30a", B30A, 21576.0, 300.0, 30.0),
)


@pytest.mark.parametrize(
    ("tpp", "bandwidth", "alpha", "place"),
    [
        (4800, 1e9, 0.5, 0),
        (21000, 6.5, 0.5, 1),
        (21000, 6.5, 0.0, 0),  # by bandwidth alone the H20 is the cheaper one
        (21000, 4.8, 0.5, 0),  # the limit itself is not below the limit
        (15832, 6.5, 0.5, 0),
        (30000, 6.5, 0.5, 2),
        (1000, 6.5, 0.5, -1),
    ],
)
def test_the_lawful_chip_is_the_cheapest_below_both_thresholds(tpp, bandwidth, alpha, place):
    offer = lawful_offer(MENU, tpp, bandwidth, alpha)
    assert int(offer.place) == place
    if place < 0:
        assert float(offer.capacity) == 0 and np.isnan(offer.price)
        return
    chip, weight = MENU[place], float(effective_weight(MENU[place].spec, alpha))
    assert float(offer.price) == pytest.approx(float(chip.price_usd) / weight)
    assert float(offer.capacity) == pytest.approx(float(chip.capacity_chips) * weight)
    assert float(offer.us_volume) == pytest.approx(float(chip.us_volume_chips) * weight)


def test_each_draw_takes_its_own_chip():
    alpha = np.array([0.0, 0.5, 1.0])
    offer = lawful_offer(MENU[:2], 21000.0, 6.5, alpha)
    assert offer.place.tolist() == [0, 1, 1]
    assert offer.capacity == pytest.approx([100 * float(effective_weight(H20, 0)), 200 * float(effective_weight(H200, 0.5)), 200])


def test_a_threshold_that_nothing_passes_leaves_no_licensed_chip():
    found = run(parse_scenario(GOOD.replace("value = 21000", "value = 1000").encode(), "low.toml"), CENTRAL).outputs()
    assert np.all(found["legal_quantity"] == 0)
    assert set(CHIPS) == set(CHANNELS)


# The prior sheet and the guide

DATA = Path(__file__).resolve().parents[2] / "data"
GUIDE = DATA.parent / "docs/scenarios.md"
LINE = re.compile(r"^\| `([a-z0-9-]+)` \| (.+) \|$", re.MULTILINE)


def rows(file: str, key: str) -> dict[str, dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return {row[key]: row for row in csv.DictReader(lines)}


@pytest.fixture(scope="module")
def shipped() -> Setting:
    priors = rows("reference/priors.csv", "prior_id")
    chips = rows("facts/chips.csv", "chip_id")
    known = [chip for chip in chips.values() if chip["tpp"] and chip["memory_bandwidth_tbs"]]
    specs = {chip["chip_id"]: Spec(float(chip["tpp"]), float(chip["memory_bandwidth_tbs"])) for chip in known}
    market = Market(**{field: float(priors[prior]["prior_central"]) for field, prior in PRIORS.items()})
    kinds = {name: specs[CHIPS[name]] for name in CHANNELS}
    return Setting(base_of(market, kinds), market.alpha, specs, factors_of(kinds, market.alpha))


def test_the_prior_sheet_has_the_defaults_of_the_document():
    priors = rows("reference/priors.csv", "prior_id")
    found = [float(priors[PRIORS[field]]["prior_central"]) for field in Market.__dataclass_fields__]
    assert found == pytest.approx([*DEFAULTS, 0.5], rel=1e-9)


def test_the_prior_sheet_gives_the_reference_but_for_the_domestic_chip(shipped):
    ours = {name: float(amount) for name, amount in shipped.base.q0.items()}
    assert ours == pytest.approx({**golden.Q0, DOMESTIC: golden.Q0[DOMESTIC] * (12800 / 12500) ** 0.5}, rel=1e-9)


def test_the_table_of_the_guide_is_what_the_model_gives(shipped):
    said = {name: cells.split(" | ") for name, cells in LINE.findall(GUIDE.read_text(encoding="utf-8")) if name in BY_NAME}
    assert set(said) == set(BY_NAME)
    for name, cells in said.items():
        out = {key: float(array[-1, 0]) for key, array in run(BY_NAME[name], shipped).outputs().items()}
        amounts_said = [f"{out[f'{channel}_quantity'] / 1e3:.1f}" for channel in CHANNELS]
        rest = [f"{out['unmet'] / 1e3:.1f}", f"{out['smuggled_share']:.4f}", f"{out['premium']:.3f}"]
        assert cells[:7] == amounts_said + rest, name
        assert cells[7] in ("–", f"{out['diversion_to_smuggled']:.4f}"), name
        assert cells[8] == f"{out['vendor_net_usd'] / 1e9:.1f}", name
