"""The scenario model: reference runs, closed forms, an independent root, refusals, planted defects, threads."""

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import golden_scenarios as golden
import numpy as np
import pytest
from scipy.optimize import brentq

from pipelines.errors import InputError
from pipelines.estimators import scenario_model as model
from pipelines.estimators.scenario_model import (
    DOMESTIC,
    LEGAL,
    OFFSHORE,
    SMUGGLED,
    UNSERVED,
    Base,
    Levers,
    calibrate,
    diversion,
    fee_factor,
    licensed_capacity,
    shadow_value,
    solve,
    stock_path,
)

CHECKOUT = Path(__file__).resolve().parents[2]
DOCUMENT = CHECKOUT.parents[1] / "shared" / "spec" / "scenario_golden.json"
TINY = Base(
    {LEGAL: 40.0, SMUGGLED: 10.0, DOMESTIC: 30.0}, dict.fromkeys((LEGAL, SMUGGLED, DOMESTIC), 1.0), 0.2, 1.5, 0.0, 0.5, 0.0
)
OPEN_BAN = Levers(licence=0.0, domestic_capacity=np.inf)


def test_the_reference_runs_come_out():
    assert golden.differences() == {}


def test_the_calibration_is_that_of_the_reference():
    fitted = calibrate(golden.BASE)
    assert float(fitted.market) == pytest.approx(golden.MARKET, rel=1e-12)
    assert {name: float(value) for name, value in fitted.xi.items()} == pytest.approx(golden.XI, rel=1e-12)


@pytest.mark.skipif(not DOCUMENT.exists(), reason="the reference file is not beside this checkout")
def test_the_numbers_carried_here_are_those_of_the_document():
    runs = json.loads(DOCUMENT.read_text(encoding="utf-8"))["scenarios"]
    letters = {"L": LEGAL, "S": SMUGGLED, "O": OFFSHORE, "H": DOMESTIC}
    for name, run in runs.items():
        q = {letters[letter]: amount for letter, amount in run["q"].items()}
        rest = [run[key] for key in ("unmet", "smuggled_share", "premium", "price_S", "legal_gross_revenue_usd", "D_LS")]
        assert golden.RUNS[name[:2]] == (*(q[key] for key in golden.NAMES[:4]), *rest), name


def test_tiny_without_likeness_has_its_closed_form():
    found = solve(TINY, OPEN_BAN)
    assert float(found.quantity[SMUGGLED]) == pytest.approx(50 / 3, rel=1e-12)
    assert float(found.quantity[DOMESTIC]) == pytest.approx(50, rel=1e-12)
    assert float(found.unmet) == pytest.approx(100 / 3, rel=1e-12)
    assert float(diversion(found)[SMUGGLED]) == pytest.approx(1 / 6, rel=1e-12)


def test_tiny_with_likeness_has_its_closed_form():
    found = solve(replace(TINY, rho=0.5), OPEN_BAN)
    root = 1.25**0.5
    assert float(found.quantity[SMUGGLED]) == pytest.approx(100 * root / (2.5 + root), rel=1e-12)
    assert float(found.quantity[DOMESTIC]) == pytest.approx(150 / (2.5 + root), rel=1e-12)
    assert float(found.unmet) == pytest.approx(100 / (2.5 + root), rel=1e-12)


@pytest.mark.parametrize(("run", "enforcement"), [("S1", 1.0), ("S2", 2.0)])
def test_an_independent_root_of_the_printed_equation_agrees(run, enforcement):
    rented, made = golden.Q0[OFFSHORE], golden.Q0[DOMESTIC]
    world = golden.P0[SMUGGLED] / 1.5

    def excess(q: float) -> float:
        price = world * (1 + 0.5 * enforcement * q / golden.Q0[SMUGGLED])
        unserved = golden.MARKET - q - rented - made
        utility = golden.XI[SMUGGLED] - 1.5 * np.log(price) + 0.5 * np.log(q / (q + rented))
        return float(np.log(q / unserved) - utility)

    root = brentq(excess, 1.0, golden.MARKET - rented - made - 1.0, xtol=1e-9, rtol=1e-15)
    assert float(solve(golden.BASE, golden.LEVERS[run]).quantity[SMUGGLED]) == pytest.approx(root, rel=1e-12)


def test_plausibility_against_published_figures():
    spend = float(solve(golden.BASE, golden.LEVERS["S1"]).spend_usd)
    assert spend == pytest.approx(32.9e9, abs=0.05e9)
    assert 37e9 / 1.5 <= spend <= 37e9 * 1.5
    assert 1.02 / 2 <= float(solve(golden.BASE, golden.LEVERS["S6"]).premium) <= 1.02 * 2


# Planted defects: the reference runs must notice each of them


def no_limit(base, levers):
    return np.asarray(np.inf)


def share_added_instead_of_grossed_up(levers):
    return (1 + np.asarray(levers.pass_through) * levers.tariff) * (1 + np.asarray(levers.pass_through) * levers.revenue_share)


def nothing_passed_on(levers):
    return np.asarray(1.0)


def flat_supply(log_share, lane):
    return lane["world"] + np.logaddexp(0.0, lane["markup"]) + 0 * log_share


def supply_without_the_premium(log_share, lane):
    return lane["world"] + lane["phi"] * (log_share + lane["size"])


DEFECTS = {
    "licensed_capacity": (no_limit, {"S1", "S2", "S3", "S6", "S7"}),
    "fee_factor": (share_added_instead_of_grossed_up, {"S4"}),
    "fee_factor ": (nothing_passed_on, {"S4", "S5", "S6"}),
    "_log_smuggled_price": (flat_supply, {"S1", "S2", "S3", "S4", "S5", "S6", "S7"}),
    "_log_smuggled_price ": (supply_without_the_premium, set(golden.RUNS)),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_noticed(monkeypatch, name):
    defect, runs = DEFECTS[name]
    monkeypatch.setattr(model, name.strip(), defect)
    assert {run for run, _ in golden.differences()} >= runs


@pytest.mark.parametrize("channel", ["offshore_capacity", "domestic_capacity"])
def test_a_forgotten_limit_is_noticed(channel):
    without = {run: replace(levers, **{channel: np.inf}) for run, levers in golden.LEVERS.items()}
    assert {run for run, _ in golden.differences(without)} >= {"S1", "S2", "S3", "S4", "S6"}


@pytest.mark.parametrize(("field", "value"), [("rho", 0.0), ("beta", 1.0), ("phi", 2.0), ("prem0", 0.4), ("s0", 0.25)])
def test_a_wrong_parameter_is_noticed(monkeypatch, field, value):
    monkeypatch.setattr(golden, "BASE", replace(golden.BASE, **{field: value}))
    assert {run for run, _ in golden.differences()} >= {"S1", "S2", "S3"}


# Fees, limits, outputs


@pytest.mark.parametrize(
    ("levers", "factor"),
    [
        (Levers(revenue_share=0.15), 1 / 0.85),
        (Levers(tariff=0.25), 1.25),
        (Levers(revenue_share=0.25), 4 / 3),
        (Levers(revenue_share=0.15, pass_through=0.0), 1.0),
        (Levers(tariff=0.25, pass_through=0.5), 1.125),
    ],
)
def test_buyers_pay_the_stated_factor(levers, factor):
    assert float(fee_factor(levers)) == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize("fee", [{"revenue_share": 0.15}, {"tariff": 0.25}])
def test_with_full_pass_through_the_vendor_keeps_its_price(fee):
    found = solve(golden.BASE, Levers(**fee))
    quantity = float(found.quantity[LEGAL])
    assert float(found.net_usd) == pytest.approx(golden.P0[LEGAL] * quantity, rel=1e-12)
    assert float(found.outputs()["fee_take_usd"]) == pytest.approx(float(found.gross_usd - found.net_usd), rel=1e-12)


def test_without_pass_through_the_vendor_pays_a_revenue_share_alone():
    found, base = solve(golden.BASE, Levers(revenue_share=0.15, pass_through=0.0)), solve(golden.BASE, Levers())
    assert float(found.quantity[LEGAL]) == pytest.approx(float(base.quantity[LEGAL]), rel=1e-12)
    assert float(found.net_usd) == pytest.approx(0.85 * float(base.net_usd), rel=1e-12)


@pytest.mark.parametrize(
    ("levers", "limit"),
    [
        (Levers(vendor_capacity=100.0), 100),
        (Levers(vendor_capacity=100.0, us_volume=150.0), 75),
        (Levers(vendor_capacity=100.0, us_volume=150.0, volume_share=2.0), 100),
        (Levers(vendor_capacity=100.0, us_volume=150.0, licence=0.5, acceptance=0.1), 3.75),
        (Levers(vendor_capacity=np.inf, licence=0.0), 0),
        (Levers(growth=2.0), 2 * golden.Q0[LEGAL]),
    ],
)
def test_the_licensed_limit_is_the_least_of_its_parts(levers, limit):
    assert float(licensed_capacity(golden.BASE, levers)) == pytest.approx(limit, rel=1e-12)


def test_outputs_agree_with_each_other():
    out = {name: float(value) for name, value in solve(golden.BASE, golden.LEVERS["S3"]).outputs().items()}
    channels = (LEGAL, SMUGGLED, OFFSHORE, DOMESTIC)
    assert sum(out[f"{name}_share"] for name in channels) == pytest.approx(1, rel=1e-12)
    assert out["china_compute"] == pytest.approx(sum(out[f"{name}_quantity"] for name in channels), rel=1e-12)
    assert out["spend_usd"] == pytest.approx(sum(out[f"{n}_quantity"] * out[f"{n}_price_usd"] for n in channels), rel=1e-12)
    assert out["leakage"] == pytest.approx(out["smuggled_quantity"] / golden.Q0[LEGAL], rel=1e-12)
    world = golden.P0[SMUGGLED] / 1.5
    assert out["vendor_indirect_usd"] == pytest.approx(world * (out["smuggled_quantity"] + out["offshore_quantity"]), rel=1e-12)
    assert sum(out[f"diversion_to_{n}"] for n in (SMUGGLED, OFFSHORE, DOMESTIC, UNSERVED)) == pytest.approx(1, rel=1e-9)


def test_diversion_against_another_scenario_leaves_out_what_both_share():
    doubled = Levers(domestic_capacity=2 * golden.Q0[DOMESTIC])
    found = diversion(solve(golden.BASE, replace(doubled, licence=0.0)), solve(golden.BASE, doubled))
    assert sum(float(value) for value in found.values()) == pytest.approx(1, rel=1e-9)
    assert np.isnan(diversion(solve(golden.BASE, Levers()))[SMUGGLED])


def test_a_shadow_value_is_appeal_that_a_limit_hid():
    rationed = replace(golden.BASE, shadow={LEGAL: 0.7})
    held = solve(rationed, Levers())
    assert {name: float(value) for name, value in held.quantity.items()} == pytest.approx(golden.Q0, rel=1e-9)
    freed = solve(rationed, Levers(vendor_capacity=np.inf))
    assert float(freed.quantity[LEGAL]) > 1.2 * golden.Q0[LEGAL]
    assert float(solve(golden.BASE, Levers(vendor_capacity=np.inf)).quantity[LEGAL]) == pytest.approx(golden.Q0[LEGAL], rel=1e-9)


@pytest.mark.parametrize("wanted", [1.0, 1.3, 0.5])
def test_the_shadow_value_for_a_demand_makes_buyers_want_that_much(wanted):
    base = many(50)
    rationed = replace(base, shadow={LEGAL: shadow_value(base, wanted * base.q0[LEGAL])})
    found = solve(rationed, Levers(vendor_capacity=np.inf))
    assert found.quantity[LEGAL] == pytest.approx(max(wanted, 1.0) * base.q0[LEGAL], rel=1e-7)
    assert solve(rationed, Levers()).quantity[LEGAL] == pytest.approx(base.q0[LEGAL], rel=1e-9)


def test_more_than_the_need_of_the_base_cannot_be_wanted():
    with pytest.raises(InputError, match=r"column unrationed: found 1\.75e\+06 in 1 of 1 draws; expected less than the need"):
        shadow_value(golden.BASE, 1.75e6)


def test_stock_follows_its_recursion():
    assert stock_path(100.0, 0.05, np.array([20.0])) == pytest.approx([115.0])
    two = stock_path(np.array([100.0, 0.0]), 0.1, np.array([[10.0, 1.0], [10.0, 1.0]]))
    assert two == pytest.approx(np.array([[100, 1], [100, 1.9]]))


# Refusals


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"q0": {**golden.Q0, OFFSHORE: 0.0}},
            "quantity of offshore: found 0 in 1 of 1 draws; expected more than 0: a channel at zero",
        ),
        ({"q0": {**golden.Q0, LEGAL: np.array([1.0, 0.0, 2.0])}}, "found 0 in 1 of 3 draws"),
        ({"q0": {**golden.Q0, LEGAL: np.nan}}, "quantity of legal: found nan"),
        ({"q0": {SMUGGLED: 1.0, DOMESTIC: 1.0}}, "column legal: found no such channel"),
        ({"p0": {LEGAL: 1.0, SMUGGLED: 1.0}}, "column offshore: found a channel without a price"),
        ({"p0": {**golden.P0, LEGAL: -1.0}}, "price of legal"),
        ({"s0": 1.0}, "column s0: found 1 in"),
        ({"rho": 1.0}, "column rho"),
        ({"phi": -0.1}, "column phi"),
        ({"beta": 0.0}, "column beta"),
        ({"prem0": 0.0}, "column prem0"),
        ({"shadow": {LEGAL: -0.1}}, "column shadow of legal"),
    ],
)
def test_a_base_that_cannot_be_calibrated_is_refused(changes, said):
    with pytest.raises(InputError) as refused:
        calibrate(replace(golden.BASE, **changes))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "levers",
    [Levers(licence=1.1), Levers(acceptance=-0.1), Levers(revenue_share=1.0), Levers(tariff=-0.1), Levers(enforcement=np.nan)],
)
def test_a_lever_out_of_range_is_refused(levers):
    with pytest.raises(InputError, match="scenario levers"):
        solve(golden.BASE, levers)


# Draws and threads


def many(n: int = 400) -> Base:
    rng = np.random.default_rng(7)
    q0 = {name: amount * rng.uniform(0.3, 3, n) for name, amount in golden.Q0.items()}
    p0 = {name: amount * rng.uniform(0.5, 2, n) for name, amount in golden.P0.items()}
    parameters = ((0.05, 0.4), (0.75, 3), (0, 0.8), (0.25, 1), (0.25, 2))
    return Base(q0, p0, *(rng.uniform(low, high, n) for low, high in parameters))


def part(base: Base, which: slice) -> Base:
    quantities, prices = ({name: value[which] for name, value in side.items()} for side in (base.q0, base.p0))
    return Base(quantities, prices, *(getattr(base, name)[which] for name in ("s0", "beta", "rho", "prem0", "phi")))


def bytes_of(base: Base) -> bytes:
    found = solve(base, Levers(licence=np.array([[0.0], [0.5]]), enforcement=1.5))
    return b"".join(found.quantity[name].tobytes() for name in sorted(found.quantity)) + found.unmet.tobytes()


def test_draws_and_lanes_are_solved_as_if_alone():
    base = many()
    whole = solve(base, Levers(licence=np.array([[0.0], [0.5]])))
    assert whole.quantity[SMUGGLED].shape == (2, 400)
    for draw in (0, 123, 399):
        alone = solve(part(base, slice(draw, draw + 1)), Levers(licence=0.5))
        assert whole.quantity[SMUGGLED][1, draw] == alone.quantity[SMUGGLED][0]


def test_two_threads_give_the_same_bytes_as_one():
    halves = [part(many(), slice(0, 200)), part(many(), slice(200, 400))]
    alone = [bytes_of(half) for half in halves]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(bytes_of, halves)) == alone


@pytest.mark.slow
def test_the_number_of_threads_of_the_libraries_does_not_matter():
    code = "import test_scenario_model as t, hashlib; print(hashlib.sha256(t.bytes_of(t.many())).hexdigest())"
    paths = os.pathsep.join((str(CHECKOUT), str(Path(__file__).parent)))
    found = set()
    for threads in ("1", "2"):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        environment = {**os.environ, "PYTHONPATH": paths, **dict.fromkeys(names, threads)}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        found.add(done.stdout.strip())
    assert found == {hashlib.sha256(bytes_of(many())).hexdigest()}
