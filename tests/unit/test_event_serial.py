"""The gap as a time series (B4, few units): closed forms, size under autocorrelation, planted effects covered."""

import numpy as np
import pytest
from panels import panel, walks

from pipelines.estimators.event_did import did_regression
from pipelines.estimators.event_serial import gap_pretrend, gap_shift, serial_regression


def correlated(random, n, rho):
    noise = random.normal(size=n + 60)
    for month in range(1, n + 60):
        noise[month] += rho * noise[month - 1]
    return noise[60:]


def test_residuals_that_alternate_have_the_errors_of_two_samples():
    """Where neighbours do not resemble each other the correlation counts as none: the pooled two-sample error."""
    before, after = [1, -1] * 6, [3, 1] * 3
    p = panel([before + after, [0] * 18], post=6)
    fit = gap_shift(p)
    pooled = (12 * 1 + 6 * 1) / 16
    assert (fit.rho, fit.df, fit.n) == (0, 16, 18)
    assert fit.estimate == pytest.approx(2)
    assert fit.error == pytest.approx(np.sqrt(pooled * (1 / 12 + 1 / 6)))


def test_the_estimate_is_the_difference_in_differences():
    p = walks(5, 30, seed=4, treated=2)
    assert gap_shift(p).estimate == pytest.approx(did_regression(p).estimate)


def test_a_trend_before_is_seen():
    p = walks(5, 40, seed=4, treated=2)
    p.outcomes[:2] += 0.1 * np.arange(40)
    flat = panel([np.cos(np.arange(40)), np.zeros(40)], post=6)
    assert gap_pretrend(p).estimate == pytest.approx(gap_pretrend(walks(5, 40, seed=4, treated=2)).estimate + 0.1)
    assert gap_pretrend(flat).p > 0.3


def test_missing_months_are_missing_and_too_few_a_reason():
    p = walks(4, 30, seed=1)
    p.outcomes[0, [2, 3, 28]] = np.nan
    assert gap_shift(p).n == 27
    p.outcomes[0, 24:28] = np.nan
    assert gap_shift(p).reason == "too_short"
    p.outcomes[0, :20] = np.nan
    assert gap_pretrend(p).reason == "too_short"


def test_a_gap_without_noise_has_no_error():
    fit = gap_shift(panel([[1, 1, 1, 1, 3, 3, 3], [0] * 7], post=3))
    assert (fit.estimate, fit.error, fit.p) == (pytest.approx(2), None, None)


def test_a_season_of_its_own_is_taken_out_where_asked_for():
    """Six months under the rule are half a year: without harmonics its season would pass for an effect."""
    season = 5 * np.sin(2 * np.pi * np.arange(24_000, 24_030) / 12)
    noise = np.random.default_rng(2).normal(size=30)
    effect = 3.0 * (np.arange(30) >= 24)
    p = panel([season + noise + effect, np.zeros(30)], post=6)
    assert abs(gap_shift(p, harmonics=2).estimate - 3) < 1.5 < abs(gap_shift(p).estimate - 3)
    assert gap_pretrend(p, harmonics=2).p > 0.05
    assert gap_shift(panel(p.outcomes, post=0)).reason == "too_short"
    assert gap_shift(panel(p.outcomes, post=6, treated=2)).reason == "too_short"


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.7])
def test_size_and_cover_under_autocorrelation(rho):
    """400 gap series of 36 months before and 12 after: p <= .05 in 2-8 % without an effect, limits cover a planted one."""
    random = np.random.default_rng(11)
    design = np.column_stack([np.arange(48) >= 36, np.ones(48)]).astype(float)
    rejected = covered = 0
    for _ in range(400):
        noise = correlated(random, 48, rho)
        rejected += serial_regression(noise, design, np.arange(48)).p <= 0.05
        planted = serial_regression(noise + 1.5 * design[:, 0], design, np.arange(48))
        covered += planted.low <= 1.5 <= planted.high
    assert 0.02 <= rejected / 400 <= 0.08
    assert covered == 400 - rejected
