"""Joint doses (B10) and counts (B3): agreement with statsmodels, condition number, composite, zeros."""

import math

import numpy as np
import pytest
from test_event_series import START, noisy, window

from pipelines.errors import ModelError
from pipelines.estimators.event_joint import joint_doses, quasi_poisson_its

MONTHS = np.arange(START, START + 60)


def dose(start, share=1.0):
    out = (np.arange(60) > start).astype(float)
    out[start] = share
    return out


def test_effects_of_two_doses_are_those_of_one_regression():
    from statsmodels.regression.linear_model import OLS

    doses = np.column_stack([dose(30, 0.7), dose(45, 0.4)])
    y = noisy(60) + doses @ np.array([-0.5, 0.3])
    found = joint_doses(y, doses, ["first", "second"], MONTHS)
    reference = OLS(y, np.column_stack([np.ones(60), doses])).fit(cov_type="HAC", cov_kwds={"maxlags": 3})
    for place, effect in enumerate(found.effects, start=1):
        assert effect.estimate == pytest.approx(reference.params[place], abs=1e-10)
        assert effect.se_hac == pytest.approx(reference.bse[place], abs=1e-10)
        assert effect.conf_low < (-0.5, 0.3)[place - 1] < effect.conf_high
    assert not found.composite
    assert found.composite_dose == pytest.approx(doses.max(axis=1))


def test_the_condition_number_is_that_of_columns_of_unit_length():
    doses = np.column_stack([dose(30), dose(45)])
    design = np.column_stack([np.ones(60), doses])
    scaled = design / np.linalg.norm(design, axis=0)
    assert joint_doses(noisy(60), doses, "ab", MONTHS).condition_number == pytest.approx(np.linalg.cond(scaled), abs=1e-10)
    assert joint_doses(noisy(60), 1000 * doses, "ab", MONTHS).condition_number == pytest.approx(np.linalg.cond(scaled), abs=1e-9)


def test_doses_in_the_same_months_are_composite():
    close = joint_doses(noisy(60), np.column_stack([dose(40, 0.6), dose(40, 0.55)]), "ab", MONTHS)
    assert close.composite
    assert 30 < close.condition_number < math.inf
    same = joint_doses(noisy(60), np.column_stack([dose(40), dose(40)]), "ab", MONTHS)
    assert same.composite
    assert same.condition_number == math.inf
    assert all(math.isnan(effect.estimate) for effect in same.effects)
    assert math.isfinite(same.composite_effect.p_value)


def test_joint_doses_refuse_what_does_not_fit():
    with pytest.raises(ModelError, match="one column a name"):
        joint_doses(noisy(60), np.column_stack([dose(40)]), ["a", "b"], MONTHS)


def counts(effect=-0.7, seed=3):
    step = np.arange(60) >= 48
    return np.random.RandomState(seed).poisson(6 * np.exp(effect * step)).astype(float)


def test_counts_agree_with_the_glm_and_its_hac_errors():
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    y, shape = counts(), window(48, 12)
    exposure = np.log(1 + np.arange(60) / 60)
    design = np.column_stack([np.ones(60), shape.having("post")])
    model = GLM(y, design, family=Poisson(), offset=exposure)
    reference = model.fit(tol=1e-13, cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": False})
    found = quasi_poisson_its(y, shape, exposure)
    assert found.level.estimate == pytest.approx(reference.params[1], abs=1e-9)
    assert found.level.se_hac == pytest.approx(reference.bse[1], abs=1e-9)
    assert found.dispersion == pytest.approx(reference.pearson_chi2 / 58, abs=1e-9)
    assert found.level.conf_low < found.level.estimate < found.level.conf_high


def test_a_month_without_exposure_is_missing():
    y, shape = counts(), window(48, 12)
    exposure = np.where(np.arange(60) == 7, np.nan, 0.0)
    holed = np.where(np.arange(60) == 7, np.nan, y)
    assert quasi_poisson_its(y, shape, exposure).level == quasi_poisson_its(holed, shape).level


def test_a_step_of_counts_is_the_log_ratio_of_means_and_zeros_stay():
    y, shape = counts(-2.0), window(48, 12)
    found = quasi_poisson_its(y, shape)
    assert found.n_zero == int((y == 0).sum()) > 0
    assert found.level.estimate == pytest.approx(math.log(y[48:].mean() / y[:48].mean()), abs=1e-9)
    assert found.level.p_value < 0.01


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda y: np.where(np.arange(60) >= 48, 0.0, y), "all_zero"),
        (lambda y: np.where(np.arange(60) == 5, -1.0, y), "negative_values"),
        (lambda y: np.where(np.arange(60) >= 48, np.nan, y), "not_identified"),
    ],
)
def test_counts_that_give_no_level_change_say_why(change, reason):
    found = quasi_poisson_its(change(counts()), window(48, 12))
    assert found.absence_reason == reason
    assert math.isnan(found.level.estimate)


def test_a_calendar_month_that_is_always_zero_is_separated():
    y = np.where(MONTHS % 12 == 3, 0.0, counts())
    assert quasi_poisson_its(y, window(48, 12), seasonal="month_effects").absence_reason == "separated"
    assert quasi_poisson_its(y, window(48, 12)).absence_reason is None
