"""A4, growth and seasonal factors: free of scale, symmetric where they say so, and true to the calendar year."""

import math
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import STEADY, case, months_from

from pipelines.estimators.seasonal import ratio_factors, seasonally_adjusted

FIRST = date(2021, 1, 1)
RATES = ("yoy", "yoy_jan_feb", "dlog_12", "dhs", "index_100")

amounts = st.integers(0, 10**9)


def with_gaps(n_months: int) -> st.SearchStrategy[list[int | None]]:
    """Series of so many months, of which up to three are missing."""
    values = st.lists(amounts, min_size=n_months, max_size=n_months)
    gaps = st.sets(st.integers(0, n_months - 1), max_size=3)
    return st.builds(lambda found, gone: [None if n in gone else value for n, value in enumerate(found)], values, gaps)


two_years, three_years = with_gaps(24), with_gaps(36)


def series(outcome_id: str, values: list[int | None]) -> list[dict[str, Any]]:
    """Months of one outcome series from January 2021."""
    return [
        {"outcome_id": outcome_id, "month": month, "value": value, "absence_reason": "missing" if value is None else None}
        for month, value in zip(months_from(FIRST, len(values)), values, strict=True)
    ]


def growth(**values: list[int | None]) -> dict[str, list[dict[str, Any]]]:
    """Rows of metric_growth per series, in order of months; all series are Korean, so winters are read together."""
    tables = {
        "tidy.outcome_series": [{"outcome_id": name, "reporter_iso3": "KOR"} for name in values],
        "metrics.metric_outcome_month": [row for name, given_values in values.items() for row in series(name, given_values)],
    }
    found = case("metrics.metric_growth", tables)
    return {name: [row for row in found if row["outcome_id"] == name] for name in values}


@STEADY
@given(three_years, st.integers(2, 1000))
def test_rates_do_not_depend_on_the_scale(values: list[int | None], factor: int) -> None:
    rows = growth(plain=values, scaled=[None if value is None else factor * value for value in values])
    for plain, scaled in zip(rows["plain"], rows["scaled"], strict=True):
        for rate in RATES:
            assert plain[rate] == scaled[rate] or math.isclose(plain[rate], scaled[rate], rel_tol=1e-9, abs_tol=1e-9)
        for total in ("rolling_3", "rolling_12"):
            assert scaled[total] == (None if plain[total] is None else factor * plain[total])


@STEADY
@given(two_years)
def test_symmetric_growth_changes_its_sign_with_the_years(values: list[int | None]) -> None:
    rows = growth(forth=values, back=values[12:] + values[:12])
    for forth, back in zip(rows["forth"][12:], rows["back"][12:], strict=True):
        assert forth["dhs"] == (None if back["dhs"] is None else -back["dhs"])
        assert forth["dhs"] is None or -2 <= forth["dhs"] <= 2
        if forth["value"] and forth["base_value"] == 0:
            assert (forth["dhs"], forth["yoy"], forth["absence_reason"]) == (2, None, "base_zero")
        assert (forth["dlog_12"] is None) == (back["dlog_12"] is None)


@STEADY
@given(three_years)
def test_the_rolling_year_of_december_is_the_calendar_year(values: list[int | None]) -> None:
    for place, row in enumerate(growth(one=values)["one"]):
        year = values[max(0, place - 11) : place + 1]
        whole = len(year) == 12 and None not in year
        assert row["rolling_12"] == (sum(value or 0 for value in year) if whole else None)


@STEADY
@given(three_years)
def test_the_mean_of_the_base_year_is_100(values: list[int | None]) -> None:
    rows = growth(one=values)["one"]
    base = [row["index_100"] for row in rows if row["month"].year == row["index_base_year"]]
    assert bool(base) == any(None not in values[n : n + 12] and any(values[n : n + 12]) for n in (0, 12, 24))
    assert not base or math.isclose(sum(base) / 12, 100, rel_tol=1e-9)


@STEADY
@given(st.lists(st.floats(1, 1e9), min_size=24, max_size=60), st.floats(1e-3, 1e3), st.sampled_from((4, 12)))
def test_seasonal_factors_average_one_and_have_no_scale(values: list[float], factor: float, period: int) -> None:
    factors = ratio_factors(values, period)
    assert math.isclose(factors.mean(), 1, rel_tol=1e-9)
    assert np.allclose(factors, ratio_factors([factor * value for value in values], period), rtol=1e-9)


@STEADY
@given(st.lists(st.integers(0, 10**6), min_size=36, max_size=48), st.integers(0, 11), st.booleans())
def test_adjusted_values_are_finite_or_have_a_reason(values: list[int], empty: int, is_emptied: bool) -> None:
    if is_emptied:
        values = [0 if place % 12 == empty else value + 1 for place, value in enumerate(values)]
    frame = pl.DataFrame({"outcome_id": "one", "month": months_from(FIRST, len(values)), "value": values})
    found = seasonally_adjusted({"metrics.metric_outcome_month": frame})
    assert found["adjusted"].drop_nulls().is_finite().all()
    assert (found["adjusted"].is_null() == found["absence_reason"].is_not_null()).all()


@pytest.mark.parametrize("n_months", [1, 35])
def test_short_series_are_left_alone(n_months: int) -> None:
    frame = pl.DataFrame({"outcome_id": "one", "month": months_from(FIRST, n_months), "value": [1.0] * n_months})
    found = seasonally_adjusted({"metrics.metric_outcome_month": frame})
    assert found["absence_reason"].unique().to_list() == ["too_short"]
