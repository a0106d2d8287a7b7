"""Measured by bench_scenarios.py: solves all shipped scenarios on draws of the prior sheet and prints seconds as JSON.

It stops if quantities and unmet need do not add up to the market.
"""

import csv
import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipelines.estimators.normals import hypercube
from pipelines.estimators.scenario_menu import CHIPS, PRIORS, Market, Spec, base_of, factors_of
from pipelines.estimators.scenario_model import Levers, solve
from pipelines.estimators.scenario_runs import Setting, amounts, run
from pipelines.tidy.scenarios import read_scenarios

DATA = Path(__file__).resolve().parents[1] / "data"
Z95 = 1.6448536269514722


def measured(draws: int) -> Iterator[tuple[str, float]]:
    start = time.perf_counter()
    scenarios = read_scenarios(DATA / "scenarios")
    setting = drawn_setting(draws)
    ready = time.perf_counter()
    worst = 0.0
    for scenario in scenarios:
        found = run(scenario, setting)
        out, bought = found.outputs(), amounts(found, setting)
        worst = max(worst, float(np.abs((out["china_compute"] + out["unmet"]) / found.wide(found.solution.market) - 1).max()))
        assert len(bought) == 5 * len(found.solution.quantity)
    solved = time.perf_counter()
    assert worst < 1e-9, worst
    lanes = Levers(licence=np.linspace(0, 1, 20)[:, None], offshore_capacity=np.inf, domestic_capacity=np.inf)
    solve(setting.base, lanes)
    yield "scenarios", len(scenarios)
    yield "files and base, s", ready - start
    yield "all scenarios, s", solved - ready
    yield "20 unlimited lanes, s", time.perf_counter() - solved
    yield "peak memory, MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def drawn_setting(draws: int) -> Setting:
    """The base of the prior sheet on draws."""
    chips = [row for row in table("facts/chips.csv") if row["tpp"] and row["memory_bandwidth_tbs"]]
    specs = {row["chip_id"]: Spec(float(row["tpp"]), float(row["memory_bandwidth_tbs"])) for row in chips}
    priors = {row["prior_id"]: row for row in table("reference/priors.csv")}
    market = Market(**{name: prior_draws(priors[prior], draws) for name, prior in PRIORS.items()})
    kinds = {channel: specs[chip] for channel, chip in CHIPS.items()}
    return Setting(
        base_of(market, kinds), market.alpha, specs, factors_of(kinds, market.alpha), lambda dim: hypercube(dim, n_draws=draws)[0]
    )


def prior_draws(prior: dict[str, str], draws: int) -> np.ndarray:
    low, centre, high = (float(prior[f"prior_{end}"]) for end in ("low", "central", "high"))
    ranks, normals = hypercube(f"prior:{prior['prior_id']}", n_draws=draws)
    if prior["prior_distribution"] == "uniform":
        return low + ranks * (high - low)
    return centre * np.exp(normals * np.where(normals < 0, np.log(centre / low), np.log(high / centre)) / Z95)


def table(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


if __name__ == "__main__":
    print(json.dumps(dict(measured(int(sys.argv[1])))))
