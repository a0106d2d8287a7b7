"""Scenarios in the warehouse: rows and back, bases from draws, outcomes, comparisons, sensitivity; every absence has a reason."""

import csv
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from test_scenario_files import GOOD, SHIPPED

from pipelines.errors import InputError, Place
from pipelines.estimators import scenario_bases as bases
from pipelines.estimators import scenario_drivers as drivers
from pipelines.estimators import scenario_outcomes as outcomes
from pipelines.estimators.normals import hypercube
from pipelines.estimators.scenario_menu import PRIORS
from pipelines.estimators.scenario_model import CHANNELS, Levers, solve
from pipelines.schemas.scenario import HORIZON, scenarios_of
from pipelines.schemas.tables.metrics_scenarios import MetricScenarioOutcome
from pipelines.schemas.tables.tidy_scenarios import ScenarioValue
from pipelines.tidy.scenarios import tidy_scenario

CHECKOUT = Path(__file__).resolve().parents[2]
N = 10_000
BY_NAME = {scenario.name: scenario for scenario in SHIPPED}
CELLS = {  # h100e, bandwidth, usd, chips a half-year, near those of the second half of 2024
    "legal": (89_000.0, 712_000.0, 7.3e9, 597_000.0),
    "smuggled": (95_000.0, 99_000.0, 3.4e9, 102_000.0),
    "domestic": (90_000.0, 130_000.0, 4.4e9, 255_000.0),
    "offshore": (126_000.0, None, None, None),
}


def table(file):
    with (CHECKOUT / "data" / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


PRIOR_ROWS = {row["prior_id"]: row for row in table("reference/priors.csv")}
PRIOR_FRAME = pl.DataFrame(list(PRIOR_ROWS.values())).with_columns(pl.col("^prior_(low|central|high)$").cast(pl.Float64))
CHIP_FRAME = pl.DataFrame(
    [
        {"chip_id": row["chip_id"], "tpp": float(row["tpp"]), "memory_bandwidth_tbs": float(row["memory_bandwidth_tbs"])}
        for row in table("facts/chips.csv")
        if row["tpp"] and row["memory_bandwidth_tbs"]
    ]
)
SPECS = bases.specs_of(CHIP_FRAME)


def given_draws(**changes):
    wanted = [*PRIORS.values(), "depreciation-quarter", "installed-2023-end"]
    amounts = {}
    for prior in wanted:
        low, high = (float(PRIOR_ROWS[prior][f"prior_{end}"]) for end in ("low", "high"))
        amounts[f"prior:{prior}"] = low + hypercube(f"prior:{prior}")[0] * (high - low)
    for channel, cells in CELLS.items():
        for half in ("2024H1", "2024H2"):
            spread = np.exp(0.3 * hypercube(f"level:{channel}")[1])
            for unit, amount in zip(("h100e", "bandwidth", "usd", "chips"), cells, strict=True):
                if amount is not None:
                    amounts[f"cell:{channel}:{half}:backbone:{unit}"] = amount * spread
    return bases.Draws({**amounts, **changes})


DRAWS = given_draws()


def value_frame(scenarios=SHIPPED):
    return pl.DataFrame([row for each in scenarios for row in each.rows()], schema=dict(ScenarioValue.schema()))


def draw_frame(draws):
    parts = [
        pl.DataFrame({"quantity_id": [name] * len(amount), "draw_id": np.arange(1, len(amount) + 1), "draw_amount": amount})
        for name, amount in draws.amounts.items()
    ]
    return pl.concat([part.with_columns(pl.col("draw_amount").cast(pl.Decimal(24, 6))) for part in parts])


def frames(scenarios, draws=DRAWS):
    given = {"tidy.scenario_value": value_frame(scenarios), "metrics.fact_draw": draw_frame(draws)}
    return given | {"core.dim_chip": CHIP_FRAME, "core.dim_prior": PRIOR_FRAME}


# Rows of the tidy table


def test_every_shipped_scenario_comes_back_from_its_rows():
    back = {scenario.name: scenario for scenario in scenarios_of(value_frame().iter_rows(named=True))}
    assert back == {name: replace(scenario, file=f"{name}.toml") for name, scenario in BY_NAME.items()}
    assert all(back[name].parameter_hash() == scenario.parameter_hash() for name, scenario in BY_NAME.items())


def test_a_scenario_without_values_has_its_row_with_the_horizon():
    rows = replace(BY_NAME["s0-base"], levers={}, chips={}).rows()
    assert [(row["value_key"], row["value_central"]) for row in rows] == [(HORIZON, 1.0)]


def test_a_bad_file_names_file_and_key():
    with pytest.raises(InputError, match=r"scenario bad\.toml, key horizon: found 0"):
        tidy_scenario(
            GOOD.replace("horizon = 2", "horizon = 0").encode(), ScenarioValue, Place("scenarios", "data/scenarios/bad.toml")
        )


def test_shipped_names_are_those_of_their_files():
    assert all(scenario.file == f"{scenario.name}.toml" for scenario in SHIPPED)


# Bases


@pytest.mark.parametrize("base_id", ["prior-2025", "2024H2", "2024"])
def test_each_base_reproduces_itself(base_id):
    setting = bases.setting_of(base_id, DRAWS, SPECS)
    found = solve(setting.base, Levers())
    for channel in CHANNELS:
        assert found.quantity[channel] == pytest.approx(setting.base.q0[channel], rel=1e-9)


def test_a_half_year_is_taken_at_its_annual_rate_and_a_year_as_the_sum_of_its_halves():
    half, year = (bases.setting_of(base_id, DRAWS, SPECS).base.q0 for base_id in ("2024H2", "2024"))
    for channel in CHANNELS:
        assert np.asarray(half[channel]) == pytest.approx(np.asarray(year[channel]), rel=1e-12)
    bought = bases.mix_of("2024H2", DRAWS, SPECS["b200-sxm"], bases.market_of(DRAWS))
    assert np.median(np.asarray(bought.chips["legal"])) == pytest.approx(2 * 597_000, rel=1e-3)


def test_rented_compute_has_the_bandwidth_and_price_that_are_stated_for_it():
    market = bases.market_of(DRAWS)
    mix = bases.mix_of("2024H2", DRAWS, SPECS["b200-sxm"], market)
    ratio = np.asarray(mix.bandwidth["offshore"]) / np.asarray(mix.h100e["offshore"])
    assert ratio == pytest.approx(np.full(N, (8.0 / 3.35) / (36000 / 15832)))
    assert "offshore" not in mix.chips
    base = bases.setting_of("2024H2", DRAWS, SPECS).base
    assert np.asarray(base.p0["offshore"]) == pytest.approx(np.full(N, 30_000.0))


def test_alpha_replaces_its_draws():
    assert np.unique(bases.setting_of("prior-2025", DRAWS, SPECS, alpha=0.25).alpha) == [0.25]


@pytest.mark.parametrize(
    ("base_id", "said"), [("2023H1", "not public on the as-of day"), ("prior-2020", "expected prior-2025, or a period")]
)
def test_a_base_that_is_not_known_is_refused(base_id, said):
    with pytest.raises(InputError, match=said):
        bases.setting_of(base_id, DRAWS, SPECS)


def test_the_stock_follows_its_recursion():
    before, leaving = bases.stock_before(DRAWS)
    rate = DRAWS.prior("depreciation-quarter")[0]
    added = sum(DRAWS.amount(f"cell:{channel}:2024H1:backbone:h100e")[0] for channel in CHANNELS)
    first = (1 - rate) ** 2 * DRAWS.prior("installed-2023-end")[0] + added
    assert before[0] == pytest.approx((1 - rate) ** 2 * first + added)
    assert leaving[0] == pytest.approx(1 - (1 - rate) ** 4)


# Outcomes


@pytest.fixture(scope="module")
def found():
    chosen = [BY_NAME[name] for name in ("s0-base", "s1-ban", "january-2026-rule", "forecast-2027", "domestic-hbm-bound")]
    return outcomes.scenario_outcomes(frames(chosen))


def test_every_scenario_has_every_row_on_both_bases(found):
    assert dict(found.schema) == dict(MetricScenarioOutcome.schema())
    keys = len(outcomes.expected_keys())
    per = found.group_by("scenario_id", "base_id").len()
    assert {(name, base): n for name, base, n in per.iter_rows()} == {
        (name, base): keys * BY_NAME[name].horizon for name in found["scenario_id"].unique() for base in ("2024H2", "prior-2025")
    }


def test_a_number_or_a_reason_and_never_both(found):
    assert found.filter(pl.col("outcome_p50").is_null() == pl.col("absence_reason").is_null()).height == 0
    absent = found.filter(pl.col("outcome_p50").is_null())
    assert set(absent["scenario_output"]) == {"diversion_ratio", "channel_quantity", "channel_share", "china_compute"}
    chips = absent.filter(pl.col("scenario_output") != "diversion_ratio")
    assert set(chips["outcome_unit"]) == {"chips"}
    assert set(chips["base_id"]) == {"2024H2"}
    grown = absent.filter(pl.col("scenario_id") == "forecast-2027", pl.col("scenario_output") == "diversion_ratio")
    assert set(grown["absence_reason"].str.slice(0, 15)) == {"The need itself"}


def test_labels_and_hash(found):
    assert set(found["value_label"]) == {"scenario"}
    assert set(found["evidence_label"]) == {"structural"}
    hashes = found.select("scenario_id", "base_id", "parameter_hash").unique()
    assert hashes.height == 10
    own = hashes.filter(pl.col("base_id") == "prior-2025")
    assert all(BY_NAME[name].parameter_hash() == digest for name, _, digest in own.iter_rows())


def test_percentiles_are_those_of_numpy():
    values = np.random.default_rng(1).normal(size=N)
    assert outcomes.percentiles(values) == pytest.approx(tuple(np.percentile(values, (5, 50, 95))), rel=1e-14)


@pytest.mark.parametrize("base_id", ["prior-2025", "2024H2"])
def test_a_scenario_minus_itself_is_exactly_zero_on_every_draw(base_id):
    setting = bases.setting_of(base_id, DRAWS, SPECS)
    for name in ("s1-ban", "january-2026-rule"):
        one, same = (outcomes.outcome_of(BY_NAME[name], base_id, setting, DRAWS) for _ in range(2))
        for key, value in one.values.items():
            apart = value - same.values[key]
            assert np.all((apart == 0) | np.isnan(value)), key
        itself = outcomes.compared(one, same, base_id, "smuggled_share", "share")
        assert (itself["difference_p05"], itself["difference_p95"], itself["above_probability"]) == (0.0, 0.0, 0.5)


def test_the_difference_is_taken_draw_by_draw_and_not_between_percentiles(found):
    rows = found.filter(
        pl.col("scenario_output") == "smuggled_share", pl.col("scenario_id") == "s1-ban", pl.col("base_id") == "prior-2025"
    )
    base = found.filter(
        pl.col("scenario_output") == "smuggled_share", pl.col("scenario_id") == "s0-base", pl.col("base_id") == "prior-2025"
    )
    apart = rows["difference_p05"][0], rows["outcome_p05"][0] - base["outcome_p05"][0]
    assert rows["difference_p05"][0] > 0
    assert abs(apart[0] - apart[1]) > 1e-3


def test_a_channel_at_zero_in_the_base_is_refused_with_the_reason_in_every_row():
    none = given_draws(**{f"cell:legal:2024H2:backbone:{unit}": np.zeros(N) for unit in ("h100e", "bandwidth", "usd", "chips")})
    rows = outcomes.scenario_outcomes(frames([BY_NAME["s0-base"]], none)).filter(pl.col("base_id") == "2024H2")
    assert rows["outcome_p50"].null_count() == rows.height == len(outcomes.expected_keys())
    assert all("quantity of legal" in reason and "more than 0" in reason for reason in rows["absence_reason"])


def test_a_base_that_was_not_known_leaves_rows_with_the_reason():
    early = bases.Draws({name: amount for name, amount in DRAWS.amounts.items() if not name.startswith("cell:")})
    rows = outcomes.scenario_outcomes(frames([BY_NAME["s0-base"]], early))
    observed = rows.filter(pl.col("base_id") == "2024H2")
    assert observed["outcome_p50"].null_count() == observed.height > 0
    assert all("not public on the as-of day" in reason for reason in observed["absence_reason"])
    stock = rows.filter(pl.col("base_id") == "prior-2025", pl.col("scenario_output") == "installed_stock")
    assert stock["absence_reason"][0].startswith("No stock")


def test_a_scenario_of_half_years_is_refused_since_bases_are_at_annual_rates():
    with pytest.raises(InputError, match="half-years are taken at their annual rate"):
        bases.require_yearly(replace(BY_NAME["s0-base"], base_period="2024H2"))


# Comparison


def test_comparisons_name_every_pair_once_and_refuse_other_horizons():
    chosen = [BY_NAME[name] for name in ("s0-base", "s1-ban", "forecast-2027")]
    rows = outcomes.scenario_comparisons(frames(chosen))
    assert rows.height == 3 * 4 * 2
    ban = rows.filter(pl.col("scenario_id") == "s0-base", pl.col("other_scenario_id") == "s1-ban")
    at = {row["scenario_output"]: row["above_probability"] for row in ban.iter_rows(named=True) if row["base_id"] == "prior-2025"}
    assert at == {"china_compute": 1.0, "unmet": 0.0, "smuggled_share": 0.0, "vendor_net_usd": 1.0}
    mixed = rows.filter(pl.col("scenario_id") == "forecast-2027")
    assert set(mixed["absence_reason"]) == {"The scenarios cover 2 and 1 years: their last years are not alike"}
    assert mixed["above_probability"].null_count() == mixed.height


# Sensitivity


def test_sensitivity_has_bars_for_all_and_indices_for_some_and_says_so():
    chosen = [BY_NAME[name] for name in ("s0-base", "s1-ban", "s3-half-licence", "forecast-2027")]
    rows = drivers.scenario_sensitivity(frames(chosen))
    assert rows.filter(pl.col("sobol_total").is_null() == pl.col("absence_reason").is_null()).height == 0
    indexed = rows.filter(pl.col("sobol_total").is_not_null())
    assert set(indexed["scenario_id"]) == {"s1-ban"}
    share = indexed.filter(pl.col("scenario_output") == "smuggled_share").sort("sobol_total", descending=True)
    assert share["scenario_input"].to_list()[:2] == ["prior:scenario-smuggled-usd", "prior:scenario-domestic-usd"]
    none = rows.filter(pl.col("scenario_input") == "none").select("scenario_id", "scenario_output")
    assert sorted(none.rows()) == [("forecast-2027", "diversion_ratio"), ("s0-base", "diversion_ratio")]
    assert set(rows.filter(pl.col("scenario_id") == "s3-half-licence")["absence_reason"]) == {drivers.NOT_COMPUTED}


def test_sensitivity_without_a_prior_names_it():
    early = frames([BY_NAME["s1-ban"]]) | {"core.dim_prior": PRIOR_FRAME.filter(pl.col("prior_id") != "scenario-premium")}
    rows = drivers.scenario_sensitivity(early)
    assert rows.height == 3
    assert set(rows["absence_reason"]) == {"Not public on the as-of day: scenario-premium"}


# Threads


DIGEST = """
import hashlib, sys
sys.path.insert(0, "tests/unit")
from test_scenario_tables import BY_NAME, frames, outcomes
rows = outcomes.scenario_outcomes(frames([BY_NAME["s1-ban"], BY_NAME["s0-base"]]))
print(hashlib.sha256(rows.write_csv().encode()).hexdigest())
"""


@pytest.mark.slow
def test_one_and_two_threads_give_the_same_bytes():
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")
    said = [
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            cwd=CHECKOUT,
            env={**os.environ, **dict.fromkeys(names, threads), "PYTHONPATH": str(CHECKOUT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    ]
    assert said[0] == said[1]
    assert len(said[0].strip()) == 64
