"""Pass-through of hubs (A11): the worked example, planted coefficients, and what is lacking."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from pipelines.estimators.pass_through import difference_12, hub_pass_through, level_lag_1
from pipelines.schemas.table import table
from pipelines.schemas.tables import catalog

PASS_THROUGH_EXAMPLE = "A11"
ARRIVED, SENT = (10.0, 20.0, 30.0, 40.0), (10.0, 19.0, 28.0, 37.0)  # the example: sent on a month after it arrived
HUB, CODE = "HKG", "847330"
LABELS = {"claim_limit": "place_to_look_not_accusation", "value_label": "estimate", "evidence_label": "descriptive"}


assert catalog.MODULES  # importing it declares every table


def frame(name, rows):
    declared = table(name)
    return pl.DataFrame({c.name: [row.get(c.name) for row in rows] for c in declared.columns}, schema=dict(declared.schema()))


def months(n):
    return [date(2015 + number // 12, number % 12 + 1, 1) for number in range(n)]


def series(values, flow, **changes):
    cell = {"reporter_iso3": HUB, "flow": flow, "product_code": CODE, "frequency": "M"} | changes
    return [cell | {"period_start": month, "value_usd": value} for month, value in zip(months(len(values)), values, strict=True)]


def rows(world=(), bilateral=()):
    frames = {
        "metrics.metric_world_report": frame("metrics.metric_world_report", list(world)),
        "metrics.metric_bilateral_report": frame("metrics.metric_bilateral_report", list(bilateral)),
        "core.dim_hub": frame("core.dim_hub", [{"country_iso3": HUB}]),
        "core.dim_product": frame("core.dim_product", [{"code": CODE, "ai_group": "ai_accelerator"}]),
        "core.dim_country": frame("core.dim_country", [{"country_iso3": iso3, "rollup": "CHN+HKG+MAC"} for iso3 in ("CHN", HUB)]),
    }
    found = hub_pass_through(frames)
    return {(row["target_iso3"], row["regression"]): row for row in found.iter_rows(named=True)}


def arrivals(n, seed=3):
    return np.cumsum(np.random.default_rng(seed).uniform(-5, 8, n)) + 500.0


def test_the_worked_example():
    fit = level_lag_1(np.array(ARRIVED), np.array(SENT))
    assert (fit.slope, fit.intercept) == (pytest.approx(0.9), pytest.approx(1.0))


def test_a_constant_share_passes_through_at_that_share():
    arrived = arrivals(60)
    assert level_lag_1(arrived, 0.4 * arrived).slope == pytest.approx(0.4)
    assert difference_12(arrived, 0.4 * arrived).slope == pytest.approx(0.4)


def test_planted_lags_are_recovered_from_noise_free_data():
    arrived = arrivals(80)
    sent = np.zeros(80)
    for lag, share in enumerate((0.4, 0.3, 0.1, 0.05)):
        sent[3:] += share * arrived[3 - lag : 80 - lag]
    assert difference_12(arrived[3:], sent[3:]).slope == pytest.approx(0.85)


def test_the_slope_has_no_unit():
    arrived = arrivals(60)
    sent = 0.5 * arrived + np.random.default_rng(1).normal(0, 3, 60)
    small, large = difference_12(arrived, sent), difference_12(arrived * 1e6, sent * 1e6)
    assert (small.slope, small.error) == (pytest.approx(large.slope), pytest.approx(large.error))


def test_noise_gives_an_interval_that_holds_the_truth():
    arrived = arrivals(120)
    sent = 0.5 * arrived + np.random.default_rng(1).normal(0, 3, 120)
    found = rows(series(arrived.round(3), "M"), series(sent.round(3), "RX", partner_iso3="CHN"))["CHN", "difference_12_lags_0_3"]
    assert found["pass_through_low"] < 0.5 < found["pass_through_high"]
    assert found["n_months_used"] == 120 - 12 - 3


def test_re_exports_go_before_exports():
    arrived = arrivals(60).round(3)
    exports, reexports = (
        series((share * arrived).round(3), flow, partner_iso3="CHN") for share, flow in ((0.9, "X"), (0.2, "RX"))
    )
    found = rows(series(arrived, "M"), [*exports, *reexports])
    assert found["CHN", "difference_12_lags_0_3"]["pass_through"] == pytest.approx(0.2, abs=1e-3)
    assert found["WLD", "difference_12_lags_0_3"]["absence_reason"] == "missing_exports"


@pytest.mark.parametrize(
    ("world", "bilateral", "reason"),
    [
        ([], [], "missing_imports_and_exports"),
        ([], series(arrivals(60), "X", partner_iso3="CHN"), "missing_imports"),
        (series(arrivals(60), "M"), [], "missing_exports"),
        (series(arrivals(35), "M"), series(arrivals(35), "X", partner_iso3="CHN"), "too_few_months"),
        (series(np.full(60, 5.0), "M"), series(arrivals(60), "X", partner_iso3="CHN"), "arrivals_do_not_vary"),
    ],
)
def test_what_is_lacking_is_named_in_both_rows(world, bilateral, reason):
    found = rows(world, bilateral)
    for regression in ("difference_12_lags_0_3", "level_lag_1"):
        row = found["CHN", regression]
        assert row["pass_through"] is None
        assert row["absence_reason"] == reason
        assert {name: row[name] for name in LABELS} == LABELS


def test_a_gap_of_months_leaves_the_longest_run():
    arrived, sent = arrivals(80).round(3), (0.3 * arrivals(80)).round(3)
    broken = [row for row in series(sent, "X", partner_iso3="CHN") if row["period_start"] != date(2017, 6, 1)]
    found = rows(series(arrived, "M"), broken)["CHN", "level_lag_1"]
    assert found["n_months_used"] == 80 - 30 - 1


def test_without_any_report_every_hub_target_and_code_has_both_rows():
    found = rows()
    assert set(found) == {(target, kind) for target in ("CHN", "WLD") for kind in ("difference_12_lags_0_3", "level_lag_1")}
    assert {(row["pass_through"], row["n_months_used"]) for row in found.values()} == {(None, 0)}


def test_arrivals_that_repeat_every_year_have_levels_to_fit_and_no_differences():
    arrived = np.tile(arrivals(12), 4).round(3)
    found = rows(series(arrived, "M"), series(np.r_[0.0, 0.5 * arrived[:-1]].round(3), "X", partner_iso3="CHN"))
    difference, level = found["CHN", "difference_12_lags_0_3"], found["CHN", "level_lag_1"]
    assert (difference["pass_through"], difference["absence_reason"]) == (None, "arrivals_do_not_vary")
    assert (level["pass_through"], level["absence_reason"]) == (pytest.approx(0.5, abs=1e-3), None)


def test_exports_to_the_world_answer_for_the_world():
    arrived = arrivals(60).round(3)
    found = rows([*series(arrived, "M"), *series((0.7 * arrived).round(3), "X")])
    assert found["WLD", "difference_12_lags_0_3"]["pass_through"] == pytest.approx(0.7, abs=1e-5)
    assert found["CHN", "difference_12_lags_0_3"]["absence_reason"] == "missing_exports"


def test_the_interval_lies_around_the_slope():
    arrived = arrivals(60)
    noisy = 0.5 * arrived + np.random.default_rng(2).normal(0, 3, 60)
    found = rows(series(arrived.round(3), "M"), series(noisy.round(3), "X", partner_iso3="CHN"))
    for kind in ("difference_12_lags_0_3", "level_lag_1"):
        low, middle, high = (found["CHN", kind][name] for name in ("pass_through_low", "pass_through", "pass_through_high"))
        assert low < middle < high
        assert high - middle == pytest.approx(middle - low)
