"""Level change of a series at an event (B3, B4, B8): worked examples, agreement with statsmodels and a dense mixture, edges."""

import math
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from pipelines.errors import ModelError
from pipelines.estimators import event_errors as errors
from pipelines.estimators.event_pretrend import pretrend_test
from pipelines.estimators.event_series import SHORT_PRE, placebo_dates, placebo_p, step_fit
from pipelines.estimators.event_window import Window, means, seasons

CHECKOUT = Path(__file__).resolve().parents[2]
B3_EXAMPLE = "B3"
HAC_EXAMPLE = "B3b_HAC_mean"
B4_EXAMPLE = "B4"
B8_EXAMPLE = "B8"
START = 12 * 2020
GAPS = (3, 4, 17, 50)


def window(n_pre, n_post, n_early=0, n_partial=0):
    role = np.array(["pre"] * n_pre + ["anticipation"] * n_early + ["partial"] * n_partial + ["post"] * n_post)
    return Window(np.arange(START, START + role.size), (role == "post") + 0.4 * (role == "partial"), role)


def noisy(n_months, seed=1, rho=0.5, sd=0.2):
    draw = np.random.RandomState(seed).standard_normal(n_months + 50)
    for month in range(1, draw.size):
        draw[month] += rho * draw[month - 1]
    return sd * draw[50:]


def gappy(n_months, seed=1):
    y = noisy(n_months, seed)
    y[list(GAPS)] = np.nan
    return y


def used_of(y, shape):
    return np.isfinite(y) & shape.having("pre", "post")


def full(shape, form, seasonal, used):
    return np.concatenate([means(shape, form), seasons(shape.months, seasonal, used)], axis=1)


def test_two_lines_give_the_level_and_the_slope_of_the_worked_example():
    fit = step_fit(np.array([10, 11, 12, 13, 9, 10, 11, 12.0]), window(4, 4), form="broken_trend")
    assert fit.estimate == pytest.approx(-5, abs=1e-12)
    assert fit.plain_estimate == pytest.approx(-5, abs=1e-12)
    assert fit.slope == pytest.approx(0, abs=1e-12)
    assert fit.slope_before == pytest.approx(1, abs=1e-12)
    assert (fit.p_value, fit.conf_low) == (0.0, pytest.approx(-5, abs=1e-12))


def test_newey_west_error_of_a_mean_is_that_of_the_worked_example():
    y = np.array([1, 3, 2, 6.0])
    assert errors.hac_errors((y - 3)[:, None], np.array([[0.25]]), 1)[0] == pytest.approx(0.82915619758885, abs=1e-12)


def test_difference_of_two_series_is_the_difference_in_differences_of_the_worked_example():
    treated, control = np.array([100, 40.0]), np.array([100, 90.0])
    level = step_fit(treated - control, window(1, 1))
    log = step_fit(np.log(treated) - np.log(control), window(1, 1))
    assert level.estimate == pytest.approx(-50, abs=1e-12)
    assert log.estimate == pytest.approx(-0.8109302162163287, abs=1e-12)
    assert math.exp(log.estimate) == pytest.approx(0.4444444444444445, abs=1e-12)
    assert level.absence_reason == "no_degrees_of_freedom"
    assert math.isnan(level.p_value)


def test_placebo_p_of_the_worked_example():
    found = placebo_p(np.linspace(-0.9, 0.9, 19), 1.0)
    assert (found.p, found.n_placebos, found.can_reach_5) == (0.05, 19, True)


def test_fewer_than_19_placebos_cannot_reach_5_percent():
    found = placebo_p(np.array([0.1] * 18 + [np.nan]), 5.0)
    assert (found.n_placebos, found.can_reach_5) == (18, False)
    assert found.p > 0.05


def test_a_placebo_as_extreme_counts():
    assert placebo_p(np.array([0.1, -0.5, 0.3]), 0.5).p == 0.5


@pytest.mark.parametrize("form", ["step", "broken_trend"])
def test_without_season_the_estimate_is_plain_arithmetic(form):
    shape, y = window(40, 12, 2, 1), gappy(55)
    used = used_of(y, shape)
    sides = [used & shape.having(role) for role in ("pre", "post")]
    if form == "step":
        expected = y[sides[1]].mean() - y[sides[0]].mean()
    else:
        lines = [np.polynomial.Polynomial.fit(shape.months[side] - shape.break_month, y[side], 1) for side in sides]
        expected = lines[1](0) - lines[0](0)
    fit = step_fit(y, shape, form=form)
    assert fit.estimate == pytest.approx(expected, abs=1e-12)
    assert fit.plain_estimate == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("form", ["step", "broken_trend"])
@pytest.mark.parametrize("seasonal", ["none", "harmonics", "month_effects"])
def test_estimate_and_hac_errors_are_those_of_statsmodels(form, seasonal):
    from statsmodels.regression.linear_model import OLS

    shape, y = window(48, 14), noisy(62)
    design = full(shape, form, seasonal, used_of(y, shape))
    fit = step_fit(y, shape, form=form, seasonal=seasonal)
    assert fit.hac_lag == 3
    for lag, found in ((3, fit.se_hac), (12, fit.se_hac_12)):
        reference = OLS(y, design).fit(cov_type="HAC", cov_kwds={"maxlags": lag})
        assert fit.estimate == pytest.approx(reference.params[1], abs=1e-10)
        assert found == pytest.approx(reference.bse[1], abs=1e-10)
    if form == "broken_trend":
        assert fit.slope == pytest.approx(reference.params[3], abs=1e-10)


def dense_mixture(y, design, used, points):
    """p and half-width of the step by dense generalised least squares, one grid point after the other."""
    place, x, left = np.flatnonzero(used), design[used], y[used]
    dof = x.shape[0] - x.shape[1]
    weights = np.linalg.pinv(x)[1]
    logs, spreads = [], []
    for r, s, prior in zip(*points, strict=True):
        correlation = [1.0, r]
        for _ in range(2, used.size):
            correlation.append(r * (1 - s) * correlation[-1] + s * correlation[-2])
        cov = np.array(correlation)[np.abs(place[:, None] - place[None, :])]
        inverse = np.linalg.inv(cov)
        inside = x.T @ inverse @ x
        beta = np.linalg.solve(inside, x.T @ inverse @ left)
        square = (left - x @ beta) @ inverse @ (left - x @ beta)
        logs.append(prior - 0.5 * (np.linalg.slogdet(cov)[1] + np.linalg.slogdet(inside)[1] + dof * math.log(square)))
        spreads.append(math.sqrt(square / dof * (weights @ cov @ weights)))
    share = np.exp(np.array(logs) - max(logs))
    share /= share.sum()
    return float(share @ (2 * stats.t.sf(abs(weights @ left) / np.array(spreads), dof)))


def test_p_value_is_that_of_a_dense_mixture_with_gaps():
    shape, y = window(36, 14, 2), gappy(52)
    used, points = used_of(y, shape), errors.grid()
    design = full(shape, "step", "harmonics", used)
    expected = dense_mixture(y, design, used, (points.first, points.ar2, points.log_prior))
    assert step_fit(y, shape, seasonal="harmonics").p_value == pytest.approx(expected, abs=1e-9)


def test_a_finer_grid_changes_little():
    shape, y = window(36, 12), noisy(48, seed=4)
    first, second = (axis.ravel() for axis in np.meshgrid(np.linspace(-0.6, 0.98, 90), np.linspace(-0.6, 0.6, 25)))
    prior = errors.TILT * np.log(1 - first) - 0.5 * (second / errors.SPREAD) ** 2
    used = used_of(y, shape)
    fine = dense_mixture(y, full(shape, "step", "none", used), used, (first, second, prior))
    assert step_fit(y, shape).p_value == pytest.approx(fine, abs=0.005)


def test_the_interval_ends_where_p_is_5_percent():
    shape, y = window(36, 12), noisy(48)
    fit = step_fit(y, shape)
    for end in (fit.conf_low, fit.conf_high):
        assert step_fit(y - end * shape.having("post"), shape).p_value == pytest.approx(0.05, abs=1e-9)


def test_missing_months_at_the_ends_change_nothing_and_a_gap_is_not_closed():
    shape, y = window(36, 14), noisy(50)
    holed = y.copy()
    holed[[0, 1, 49]] = np.nan
    shorter = Window(shape.months[2:49], shape.dose[2:49], shape.role[2:49])
    assert step_fit(holed, shape) == step_fit(y[2:49], shorter)
    inner = y.copy()
    inner[10:16] = np.nan
    closed = step_fit(np.delete(y, np.s_[10:16]), window(30, 14))
    gap = step_fit(inner, shape)
    assert gap.estimate == pytest.approx(closed.estimate, abs=1e-12)
    assert abs(gap.se_hac - closed.se_hac) > 1e-6
    assert abs(gap.p_value - closed.p_value) > 1e-6


def test_anticipation_and_partial_months_stay_out_and_are_estimated_apart():
    shape, y = window(36, 12, 2, 1), noisy(51)
    bare = step_fit(y, shape)
    early = y + 3.0 * shape.having("anticipation") + 9.0 * shape.having("partial")
    fit = step_fit(early, shape)
    assert (fit.estimate, fit.conf_low, fit.p_value) == (bare.estimate, bare.conf_low, bare.p_value)
    pre, ahead = shape.having("pre"), shape.having("anticipation")
    assert fit.front_loading == pytest.approx(early[ahead].mean() - early[pre].mean(), abs=1e-12)
    assert fit.front_low < 3 < fit.front_high
    assert fit.n_anticipation == 2
    assert math.isnan(step_fit(y[:48], window(36, 12)).front_loading)


def test_the_breakdown_is_the_multiple_at_which_the_interval_meets_zero():
    shape, y = window(36, 12), noisy(48, rho=0.0)
    fit = step_fit(y - 1.0 * shape.having("post"), shape)
    bins = [y[36 - 6 * (n + 1) : 36 - 6 * n].mean() for n in range(6)]
    step = max(abs(a - b) for a, b in pairwise(bins))
    assert fit.pretrend_step == pytest.approx(step, abs=1e-12)
    drift = 1.5 * step  # six months one step off, six months two
    assert [bound.mbar for bound in fit.sensitivity] == [0.5, 1, 2]
    for bound in fit.sensitivity:
        assert bound.high == pytest.approx(fit.conf_high + bound.mbar * drift, abs=1e-12)
    assert fit.conf_high + fit.breakdown * drift == pytest.approx(0, abs=1e-12)
    assert step_fit(y, shape).breakdown == 0


def test_a_design_that_is_not_identified_says_so():
    y = noisy(40)
    fit = step_fit(y, window(40, 0))
    assert (fit.absence_reason, fit.n_post) == ("not_identified", 0)
    assert math.isnan(fit.estimate)
    nothing = step_fit(np.full(40, np.nan), window(30, 10))
    assert nothing.absence_reason == "not_identified"
    outside = window(12, 0)
    excluded = Window(outside.months, outside.dose, np.full(12, "excluded"))
    assert step_fit(noisy(12), excluded).absence_reason == "not_identified"
    assert placebo_dates(noisy(12), excluded).months.size == 0
    one_year = step_fit(noisy(14), window(8, 6), seasonal="month_effects")
    assert math.isfinite(one_year.plain_estimate)


def test_flags_say_what_lies_outside_the_simulated_zone():
    assert step_fit(noisy(48, rho=0.0), window(36, 12)).flags == ()
    assert step_fit(noisy(27, rho=0.0), window(SHORT_PRE - 1, 4)).flags[:2] == ("short_pre", "short_post")
    assert "persistent_noise" in step_fit(noisy(80, rho=0.97), window(56, 24)).flags


def test_a_straight_line_has_a_pretrend_and_noise_around_a_level_has_none():
    shape, y = window(48, 12), noisy(60, rho=0.2)
    found = pretrend_test(y + 0.05 * np.arange(60), shape)
    assert found.p <= 0.01
    assert found.slope == pytest.approx(0.05, abs=0.02)
    assert pretrend_test(y, shape).p > 0.05
    assert pretrend_test(np.full(60, 3.0), shape).p == 1


def test_a_hump_is_seen_by_the_half_years_and_not_by_the_slope():
    shape, y = window(48, 12), noisy(60, rho=0.0)
    hump = np.where((np.arange(60) >= 18) & (np.arange(60) < 30), 0.6, 0.0)
    found = pretrend_test(y + hump, shape)
    assert found.p_bins <= 0.01 < found.p_slope
    assert found.n_bins == 8


def test_placebo_dates_a_month_apart_are_counted_once():
    assert placebo_dates(noisy(72), window(60, 12)).n_separate == 4  # 37 dates, months 12 to 48
    assert placebo_dates(noisy(66), window(60, 6)).n_separate == 7
    assert placebo_dates(noisy(32), window(20, 12)).n_separate == 0


def test_too_few_pre_months_have_no_pretrend_test():
    assert math.isnan(pretrend_test(noisy(14), window(2, 12)).p)


def test_placebo_dates_keep_away_from_every_event_and_from_the_post_months():
    shape, y = window(60, 12, 3), noisy(75)
    other = np.array([START + 20])
    found = placebo_dates(y, shape, excluded=other)
    assert found.months.size
    assert np.abs(found.months - shape.event_month).min() == 12 + 3
    assert np.abs(found.months - other[0]).min() == 12
    date = int(found.months[0]) - START
    assert found.estimates[0] == pytest.approx(y[date : date + 12].mean() - y[:date].mean(), abs=1e-12)
    moved = np.where(shape.having("pre"), y, y + 100)
    assert np.array_equal(placebo_dates(moved, shape, excluded=other).estimates, found.estimates)


@pytest.mark.parametrize("seasonal", ["none", "harmonics", "month_effects"])
@pytest.mark.parametrize("form", ["step", "broken_trend"])
def test_a_placebo_is_the_fit_of_its_own_months_whatever_was_asked_before(form, seasonal):
    shape, y = window(60, 12), noisy(72)
    y[list(GAPS)] = np.nan
    for series in (noisy(72, seed=2), y):  # the second misses other months than the first
        found = placebo_dates(series, shape, form=form, seasonal=seasonal)
        for date, estimate in list(zip(found.months, found.estimates, strict=True))[::9]:
            own = window(int(date) - START, 12)
            fit = step_fit(series[: own.months.size], own, form=form, seasonal=seasonal)
            assert estimate == pytest.approx(fit.estimate, abs=1e-10)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: step_fit(noisy(10), window(10, 2)), "give one value a month"),
        (lambda: Window(np.array([1, 3]), np.zeros(2), np.array(["pre", "post"])), "keep missing months in the grid"),
        (lambda: Window(np.array([1, 2]), np.zeros(2), np.array(["pre", "after"])), "unknown role after"),
        (lambda: Window(np.array([1, 2]), np.zeros(3), np.array(["pre", "post"])), "one entry a month"),
        (lambda: step_fit(np.r_[noisy(11), -np.inf], window(8, 4)), "a zero has no log"),
        (lambda: step_fit(noisy(12), window(8, 4), form="jump"), "use step, broken_trend"),
        (lambda: step_fit(noisy(12), window(8, 4), seasonal="weeks"), "use none, harmonics, month_effects"),
    ],
)
def test_refusals_say_what_to_give(make, words):
    with pytest.raises(ModelError, match=words):
        make()


def test_two_threads_give_the_same_numbers_as_one():
    code = (
        "import numpy as np; from pipelines.estimators.event_window import Window;"
        "from pipelines.estimators.event_series import step_fit; from pipelines.estimators.event_pretrend import pretrend_test;"
        "y = np.random.RandomState(1).standard_normal(80).cumsum() * .1; role = np.array(['pre'] * 56 + ['post'] * 24);"
        "w = Window(np.arange(80), (role == 'post') * 1., role);"
        "f = step_fit(y, w, form='broken_trend', seasonal='month_effects'); t = pretrend_test(y, w);"
        "print([round(v, 12) for v in (f.estimate, f.conf_low, f.p_value, f.slope, f.se_hac, t.p, t.p_bins, t.slope_low)])"
    )
    texts = set()
    for threads in ("1", "2"):
        given = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "PYTHONPATH": str(CHECKOUT)}
        done = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, check=True, timeout=60)
        texts.add(done.stdout)
    assert len(texts) == 1
