"""Invariants of B3, B4 and B8 on random series with gaps: trends, scale, common shocks, sign, calendar, rank p-values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.estimators.event_joint import joint_doses
from pipelines.estimators.event_paths import event_path
from pipelines.estimators.event_series import placebo_dates, placebo_p, step_fit
from pipelines.estimators.event_window import FORMS, SEASONS, Window

CHEAP = settings(max_examples=25, deadline=None)
START = 12 * 2019


@st.composite
def designs(draw):
    """A series with gaps, its window with every role, a form and a season."""
    sizes = [draw(st.integers(*span)) for span in ((26, 60), (0, 3), (0, 1), (8, 24))]
    role = np.repeat(["pre", "anticipation", "partial", "post"], sizes)
    y = np.random.RandomState(draw(st.integers(0, 10**6))).standard_normal(role.size)
    y = y + draw(st.floats(0, 0.8)) * np.roll(y, 1)
    y[draw(st.lists(st.integers(0, role.size - 1), max_size=4))] = np.nan
    window = Window(np.arange(START, START + role.size), (role == "post") * 1.0, role)
    return y, window, draw(st.sampled_from(FORMS)), draw(st.sampled_from(SEASONS))


def numbers(fit):
    return [fit.estimate, fit.conf_low, fit.conf_high, fit.p_value, fit.se_hac, fit.plain_estimate]


@CHEAP
@given(designs(), st.floats(-1, 1), st.floats(-50, 50))
def test_a_line_through_all_months_leaves_level_and_change_of_slope(design, slope, level):
    y, window, _, seasonal = design
    bare = step_fit(y, window, form="broken_trend", seasonal=seasonal)
    fit = step_fit(y + level + slope * window.months, window, form="broken_trend", seasonal=seasonal)
    assert numbers(fit) == pytest.approx(numbers(bare), abs=1e-6)
    assert fit.slope == pytest.approx(bare.slope, abs=1e-6)
    assert fit.slope_before == pytest.approx(bare.slope_before + slope, abs=1e-6)


@CHEAP
@given(designs(), st.floats(-20, 20), st.floats(0.01, 100))
def test_unit_constants_leave_the_estimate_and_a_scale_multiplies_it(design, constant, scale):
    y, window, form, seasonal = design
    bare = step_fit(y, window, form=form, seasonal=seasonal)
    fit = step_fit(scale * (y + constant), window, form=form, seasonal=seasonal)
    assert fit.estimate == pytest.approx(scale * bare.estimate, rel=1e-7, abs=1e-8 * scale)
    assert fit.conf_low == pytest.approx(scale * bare.conf_low, rel=1e-7, abs=1e-8 * scale)
    assert (fit.p_value, fit.breakdown) == pytest.approx((bare.p_value, bare.breakdown), abs=1e-7)


@CHEAP
@given(designs(), st.integers(0, 10**6))
def test_common_shocks_cancel_and_swapping_the_sides_turns_the_sign(design, seed):
    treated, window, form, seasonal = design
    source = np.random.RandomState(seed)
    control, shock = source.standard_normal((2, treated.size))
    bare = step_fit(treated - control, window, form=form, seasonal=seasonal)
    shocked = step_fit((treated + shock) - (control + shock), window, form=form, seasonal=seasonal)
    swapped = step_fit(control - treated, window, form=form, seasonal=seasonal)
    assert numbers(shocked) == pytest.approx(numbers(bare), abs=1e-9)
    assert swapped.estimate == pytest.approx(-bare.estimate, abs=1e-12)
    assert (swapped.conf_low, swapped.p_value) == pytest.approx((-bare.conf_high, bare.p_value), abs=1e-9)
    assert swapped.front_loading == pytest.approx(-bare.front_loading, abs=1e-9, nan_ok=True)


@CHEAP
@given(designs(), st.floats(-9, 9), st.floats(-1, 1))
def test_no_break_and_no_noise_give_zero(design, level, slope):
    y, window, form, seasonal = design
    line = level + (slope * np.arange(y.size) if form == "broken_trend" else 0.0)
    fit = step_fit(np.where(np.isfinite(y), line, np.nan), window, form=form, seasonal=seasonal)
    assert fit.estimate == pytest.approx(0, abs=1e-9)
    assert fit.p_value == pytest.approx(1, abs=1e-12)


@CHEAP
@given(designs(), st.floats(-3, 3))
def test_a_planted_step_moves_the_estimate_by_itself_and_the_width_not_at_all(design, effect):
    y, window, form, seasonal = design
    bare = step_fit(y, window, form=form, seasonal=seasonal)
    fit = step_fit(y + effect * window.having("post"), window, form=form, seasonal=seasonal)
    assert fit.estimate - bare.estimate == pytest.approx(effect, abs=1e-9)
    assert fit.conf_high - fit.conf_low == pytest.approx(bare.conf_high - bare.conf_low, abs=1e-9)
    assert fit.conf_low <= fit.estimate <= fit.conf_high
    assert (fit.p_value < 0.05) == (not fit.conf_low <= 0 <= fit.conf_high) or abs(fit.p_value - 0.05) < 1e-6


@CHEAP
@given(designs(), st.integers(1, 30))
def test_whole_years_later_nothing_has_changed(design, years):
    y, window, form, seasonal = design
    later = Window(window.months + 12 * years, window.dose, window.role)
    moved = step_fit(y, later, form=form, seasonal=seasonal)
    assert numbers(moved) == pytest.approx(numbers(step_fit(y, window, form=form, seasonal=seasonal)), abs=1e-8)


@CHEAP
@given(designs())
def test_a_path_is_subtraction_and_its_mean_is_the_step(design):
    y, window, _, _ = design
    path = event_path(y, window)
    seen = np.isfinite(y)
    reference = y[np.flatnonzero(seen & window.having("pre"))[-1]]
    assert np.allclose(path.coefficient[seen], y[seen] - reference, atol=1e-12)
    post, pre = (np.nanmean(path.coefficient[window.having(role)]) for role in ("post", "pre"))
    assert step_fit(y, window).estimate == pytest.approx(post - pre, abs=1e-12)
    assert np.all(path.band_low[seen] <= path.conf_low[seen] + 1e-12)


@given(st.lists(st.floats(-5, 5), max_size=60), st.floats(-6, 6), st.floats(0, 3))
def test_rank_p_lies_in_its_range_and_falls_with_the_effect(others, tau, more):
    found = placebo_p(np.array(others), tau)
    assert 1 / (1 + len(others)) <= found.p <= 1
    assert placebo_p(np.array(others), np.copysign(abs(tau) + more, tau)).p <= found.p
    assert found.can_reach_5 == (1 / (1 + len(others)) <= 0.05)


@CHEAP
@given(designs())
def test_placebo_dates_see_pre_months_only(design):
    y, window, form, seasonal = design
    found = placebo_dates(y, window, form=form, seasonal=seasonal)
    other = placebo_dates(np.where(window.having("pre"), y, y * 7 - 3), window, form=form, seasonal=seasonal)
    assert np.array_equal(found.estimates, other.estimates)
    assert np.all(found.months <= window.months[window.having("pre")][-1] - 11)


@CHEAP
@given(designs(), st.integers(5, 20), st.integers(25, 30))
def test_a_single_dose_of_0_and_1_is_the_step(design, first, second):
    y, window, _, seasonal = design
    y = np.where(window.having("pre", "post"), y, np.nan)
    dose = window.having("post")[:, None] * 1.0
    found = joint_doses(y, dose, ["event"], window.months, seasonal)
    assert found.effects[0].estimate == pytest.approx(step_fit(y, window, seasonal=seasonal).estimate, abs=1e-10)
    several = np.column_stack([(np.arange(y.size) >= start) * 1.0 for start in (first, second)])
    joint = joint_doses(y, several, ["a", "b"], window.months, seasonal)
    assert np.array_equal(joint.composite_dose, several.max(axis=1))
    assert joint.composite == (joint.condition_number > 30)
