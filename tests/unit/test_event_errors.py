"""The averaged noise model: grid, draws, and Longley's numbers."""

import numpy as np
import pytest

from pipelines.estimators import event_errors as errors


def noise_of(n_months, seed=1):
    y = np.random.RandomState(seed).standard_normal((1, n_months))
    return errors.noise(y, np.ones((n_months, 1)), np.ones(n_months, dtype=bool))


def test_longley_comes_out_to_the_published_digits():
    from statsmodels.datasets import longley

    data = longley.load_pandas()
    names = list(data.exog.columns)
    design = np.column_stack([np.ones(len(data.endog)), data.exog.to_numpy()])
    used = np.ones(len(data.endog), dtype=bool)
    found, given = errors.coefficients(data.endog.to_numpy(), design, used, list(range(design.shape[1])))
    assert found[0].estimate == pytest.approx(-3482258.6346, abs=1e-3)
    assert found[1 + names.index("GNPDEFL")].estimate == pytest.approx(15.061872, abs=1e-6)
    assert found[1 + names.index("GNP")].estimate == pytest.approx(-0.035819, abs=1e-6)
    assert given.dof == 9


def test_autocovariances_are_those_of_statsmodels():
    from statsmodels.tsa.arima_process import arma_acovf

    points = errors.grid()
    for place in (0, 60, 100, 188):
        expected = arma_acovf(np.array([1, -points.ar1[place], -points.ar2[place]]), np.array([1.0]), nobs=20)
        assert errors.autocovariance(20)[place] == pytest.approx(expected, rel=1e-9)


def test_every_point_of_the_grid_is_stationary():
    points = errors.grid()
    assert np.all(np.abs(points.ar2) < 1)
    assert np.all(points.ar1 + points.ar2 < 1)
    assert np.all(points.ar2 - points.ar1 < 1)


def test_draws_are_the_same_every_time_and_have_the_spread_of_the_noise():
    given = noise_of(60)
    drawn = errors.noise_draws(given, 60, 999)
    assert np.array_equal(drawn, errors.noise_draws(given, 60, 999))
    spread = given.scale[0] ** 2 * errors.autocovariance(60)[:, 0]
    expected = float(given.weight[0] @ spread) * given.dof / (given.dof - 2)
    assert float(drawn.var()) == pytest.approx(expected, rel=0.05)
    first = (drawn[:, 1:] * drawn[:, :-1]).mean() / drawn.var()
    assert first == pytest.approx(float(given.weight[0] @ errors.grid().first), abs=0.05)


def test_one_root_serves_a_design_and_a_wider_one():
    source = np.random.RandomState(4)
    panels, wide = source.standard_normal((3, 40)), np.column_stack([np.ones(40), source.standard_normal((40, 3))])
    flat, used = wide[:, :2], ~np.isin(np.arange(40), (5, 6, 20))
    given, sums = errors.nested_noise(panels, flat, wide, used)
    alone, wider = errors.noise(panels, flat, used), errors.noise(panels, wide, used)
    assert given.weight == pytest.approx(alone.weight, rel=1e-9)
    assert given.scale == pytest.approx(alone.scale, rel=1e-9)
    assert sums == pytest.approx(wider.scale**2 * wider.dof, rel=1e-9)


def test_the_lag_of_the_bartlett_kernel():
    assert [errors.hac_lag(n) for n in (24, 60, 100)] == [2, 3, 4]


def test_persistent_noise_is_seen():
    walk = np.cumsum(np.random.RandomState(2).standard_normal((1, 80)), axis=1)
    used = np.ones(80, dtype=bool)
    assert errors.noise(walk, np.ones((80, 1)), used).persistence[0] > 0.85
    assert abs(noise_of(80).persistence[0]) < 0.3
