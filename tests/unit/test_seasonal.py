"""Seasonal adjustment: the worked example, what factors must keep to, and series that are unfit."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.estimators.seasonal import RATIO, STL, ratio_factors, seasonally_adjusted, stl_factors
from pipelines.schemas.check import failures
from pipelines.schemas.tables.metrics_flow import MetricSeasonalAdjustment

EXAMPLE = "A4b"
QUARTERS = [80, 120, 90, 110] * 3
FACTORS = [0.8, 1.2, 0.9, 1.1]
ADJUSTED = 100
WORKED = Path(__file__).parents[3] / "shared" / "spec" / "worked_examples.json"
PATTERN = [0.7, 0.8, 1.1, 1.0, 1.0, 1.1, 1.0, 1.0, 1.1, 1.0, 1.0, 1.2]


def outcome(values: list[float | None], outcome_id: str = "series") -> pl.DataFrame:
    """Rows of metrics.metric_outcome_month for consecutive months from January 2020 on."""
    months = pl.date_range(date(2020, 1, 1), interval="1mo", end=date(2029, 12, 1), eager=True).head(len(values))
    amounts = pl.Series(values, dtype=pl.Float64).cast(pl.Decimal(24, 6))
    return pl.DataFrame({"outcome_id": [outcome_id] * len(values), "month": months, "value": amounts})


def adjusted(frame: pl.DataFrame, method: str) -> pl.DataFrame:
    """Result of one method, after the check that it meets its declaration."""
    result = seasonally_adjusted({"metrics.metric_outcome_month": frame})
    assert failures(result, MetricSeasonalAdjustment).rows() == []
    return result.filter(pl.col("adjustment") == method)


def test_worked_example() -> None:
    factors = ratio_factors(QUARTERS, period=4)
    assert factors == pytest.approx(FACTORS, abs=1e-9)
    assert np.asarray(QUARTERS) / np.resize(factors, len(QUARTERS)) == pytest.approx(ADJUSTED, abs=1e-9)


@pytest.mark.skipif(not WORKED.exists(), reason="the worked examples are not beside this checkout")
def test_worked_example_is_the_shared_one() -> None:
    shared = next(item for item in json.loads(WORKED.read_text(encoding="utf-8")) if item["id"] == EXAMPLE)
    assert shared["inputs"]["quarters"] == QUARTERS
    assert shared["expected"] == {"seasonal_factors_Q1_Q4": FACTORS, "adjusted": ADJUSTED}


def test_factors_average_one_and_ignore_the_scale() -> None:
    values = [12.0, 7.0, 31.0, 5.0, 9.0, 20.0, 14.0, 3.0, 18.0, 11.0, 6.0, 25.0]
    factors = ratio_factors(values, period=4)
    assert factors.mean() == pytest.approx(1)
    assert ratio_factors([1000 * value for value in values], period=4) == pytest.approx(factors)


def test_a_flat_series_has_no_season() -> None:
    assert ratio_factors([5.0] * 24, period=12) == pytest.approx([1.0] * 12)


def test_months_without_trade_keep_out_of_the_ratios() -> None:
    factors = ratio_factors([0.0] * 12 + QUARTERS, period=4)
    assert np.isfinite(factors).all()


def test_stl_factors_recover_a_pattern_on_a_trend() -> None:
    values = [1.01**n * PATTERN[n % 12] for n in range(60)]
    factors = stl_factors(values, period=12)
    assert factors.shape == (60,)
    assert factors[24:36] / np.exp(np.log(factors[24:36]).mean()) == pytest.approx(
        np.asarray(PATTERN) / np.exp(np.log(PATTERN).mean()), rel=0.02
    )


@pytest.mark.parametrize("method", [RATIO, STL])
def test_three_equal_years_are_flat_after_adjustment(method: str) -> None:
    result = adjusted(outcome([100 * factor for factor in PATTERN] * 3), method)
    assert result.height == 36
    assert result["adjusted"].to_list() == pytest.approx([result["adjusted"][0]] * 36, rel=1e-3)
    assert result["absence_reason"].null_count() == 36
    assert set(result["evidence_label"]) == {"descriptive"}


@pytest.mark.parametrize(
    ("values", "method", "reason"),
    [
        ([1.0] * 35, RATIO, "too_short"),
        ([1.0] * 35, STL, "too_short"),
        ([1.0] * 35 + [None], RATIO, "missing_months"),
        ([1.0] * 35 + [-1.0], RATIO, "negative_values"),
        ([1.0] * 32 + [0.0] * 4, RATIO, "too_many_zeros"),
        ([1.0] * 35 + [0.0], STL, "too_many_zeros"),
    ],
)
def test_unfit_series_keep_their_months_and_say_why(values: list[float | None], method: str, reason: str) -> None:
    result = adjusted(outcome(values), method)
    assert result.height == len(values)
    assert result["absence_reason"].unique().to_list() == [reason]
    assert result["adjusted"].null_count() == result["seasonal_factor"].null_count() == len(values)


def test_a_tenth_of_zeros_is_bearable_for_ratios() -> None:
    result = adjusted(outcome([0.0] * 3 + [1.0] * 33), RATIO)
    assert result["adjusted"].null_count() == 0


def test_a_month_that_is_zero_in_every_year_leaves_nothing_to_divide_by() -> None:
    result = adjusted(outcome(([0.0] + [1.0] * 11) * 3), RATIO)
    assert result["absence_reason"].unique().to_list() == ["zero_season"]
    assert result["adjusted"].null_count() == 36


def test_series_do_not_touch_each_other() -> None:
    both = pl.concat([outcome(PATTERN * 3, "a"), outcome([1.0] * 36, "b")])
    alone = adjusted(outcome(PATTERN * 3, "a"), RATIO)
    assert adjusted(both, RATIO).filter(pl.col("outcome_id") == "a").equals(alone)
    assert adjusted(both, RATIO).filter(pl.col("outcome_id") == "b")["seasonal_factor"].to_list() == pytest.approx([1.0] * 36)
