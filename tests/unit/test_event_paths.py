"""Event-study path (B4): plain subtraction, the reference month, and bands that know about autocorrelation."""

import math

import numpy as np
import pytest
from scipy import stats
from test_event_series import START, gappy, noisy, window

from pipelines.estimators import event_errors as errors
from pipelines.estimators.event_paths import event_path


def test_a_path_is_plain_subtraction_and_keeps_gaps():
    shape, y = window(40, 12, 2, 1), gappy(55)
    path = event_path(y, shape)
    assert path.reference_month == START + 39
    assert path.coefficient == pytest.approx(y - y[39], abs=1e-12, nan_ok=True)
    assert np.array_equal(np.isnan(path.coefficient), np.isnan(y))
    assert path.k[[0, 39, 42, 43]].tolist() == [-42, -3, 0, 1]
    assert (path.conf_low[39], path.band_high[39]) == (0, 0)


def test_the_last_pre_month_that_is_observed_is_the_reference():
    y = noisy(52)
    y[[38, 39]] = np.nan
    assert event_path(y, window(40, 12)).reference_month == START + 37


def test_pointwise_bands_are_those_of_a_difference_of_two_months_of_the_noise():
    y = noisy(52)
    path = event_path(y, window(40, 12))
    pre = np.arange(52) < 40
    given = errors.noise(y[None, :], np.ones((52, 1)), pre)
    gamma = errors.autocovariance(52)
    reach = path.conf_high[45] - path.coefficient[45]
    spread = given.scale[0] * np.sqrt(2 * (gamma[:, 0] - gamma[:, 6]))
    assert float(given.weight[0] @ (2 * stats.t.sf(reach / spread, given.dof))) == pytest.approx(0.05, abs=1e-9)


def test_simultaneous_bands_hold_all_months_and_are_wider():
    path = event_path(noisy(60), window(48, 12))
    assert 1.3 < path.sup_t < 2.5
    others = path.k != -1
    assert np.all(path.band_high[others] > path.conf_high[others])


def test_an_effect_after_the_event_does_not_widen_the_bands():
    shape, y = window(48, 12), noisy(60)
    moved = event_path(y - 2.0 * shape.having("post"), shape)
    bare = event_path(y, shape)
    assert moved.conf_high - moved.conf_low == pytest.approx(bare.conf_high - bare.conf_low, abs=1e-12)


def test_a_season_is_taken_off_before_the_path():
    shape, y = window(48, 12), noisy(60, sd=0.05)
    wave = 0.8 * np.sin(2 * np.pi * np.arange(60) / 12)
    path = event_path(y + wave, shape, seasonal="harmonics")
    assert path.coefficient == pytest.approx(event_path(y, shape, seasonal="harmonics").coefficient, abs=1e-10)
    assert np.abs(path.coefficient).max() < 0.5


def test_without_pre_months_there_is_no_path():
    path = event_path(noisy(12), window(0, 12))
    assert path.reference_month is None
    assert math.isnan(path.coefficient[0])


def test_one_pre_month_gives_a_path_without_bands():
    path = event_path(noisy(13), window(1, 12))
    assert math.isfinite(path.coefficient[3])
    assert math.isnan(path.conf_low[3])
