"""B4-B8 on random panels: shocks cancel, signs flip, weights are weights, theta is free of scale, one cohort is plain DiD."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from panels import panel

from pipelines.estimators.event_did import did_regression, event_study_regression
from pipelines.estimators.event_gravity import ppml, saturated_theta
from pipelines.estimators.event_panel import Panel, demeaned, numbered, other_choices, placebo_p
from pipelines.estimators.event_staggered import Staggered, sun_abraham
from pipelines.estimators.event_synthetic import synthetic_control, synthetic_did

FEW = settings(max_examples=30, deadline=None)
SHORT = {"min_pre": 5, "max_rmspe": 99}

logs = st.integers(-400, 400).map(lambda number: number / 100)
matrices = arrays(float, (5, 9), elements=logs)
SHIFTS = st.integers(-100, 100)


def shifted(p, by):
    return Panel(p.outcomes + by, p.units, p.months, p.treated, p.post)


def swapped(p):
    return Panel(p.outcomes, p.units, p.months, ~p.treated, p.post)


@FEW
@given(matrices, arrays(float, 9, elements=logs), arrays(float, (5, 1), elements=logs), st.integers(1, 4))
def test_shocks_of_months_and_levels_of_units_cancel(rows, months, units, treated):
    p = panel(rows, post=3, treated=treated)
    moved = shifted(p, months + units)
    assert did_regression(moved).estimate == pytest.approx(did_regression(p).estimate, abs=1e-9)
    first, second = (event_study_regression(one).points for one in (p, moved))
    assert [point.estimate for point in first] == pytest.approx([point.estimate for point in second], abs=1e-9)


@FEW
@given(matrices, st.integers(1, 4))
def test_exposing_the_others_flips_the_sign_and_nothing_else(rows, treated):
    p = panel(rows, post=3, treated=treated)
    one, other = did_regression(p), did_regression(swapped(p))
    assert other.estimate == pytest.approx(-one.estimate, abs=1e-9)
    assert other.p_randomisation == one.p_randomisation
    if one.error is not None and one.error > 1e-6:
        assert other.error == pytest.approx(one.error)


@FEW
@given(matrices, st.integers(1, 4))
def test_the_regression_is_the_difference_of_cell_means(rows, treated):
    p = panel(rows, post=3, treated=treated)
    change = rows[:, 6:].mean(axis=1) - rows[:, :6].mean(axis=1)
    assert did_regression(p).estimate == pytest.approx(change[:treated].mean() - change[treated:].mean(), abs=1e-9)
    gap = rows[:treated].mean(axis=0) - rows[treated:].mean(axis=0)
    assert [point.estimate for point in event_study_regression(p).points] == pytest.approx(list(gap - gap[5]), abs=1e-9)


@FEW
@given(matrices, SHIFTS, st.sampled_from([synthetic_control, synthetic_did]), st.integers(1, 2))
def test_weights_are_weights_and_a_shift_of_all_changes_nothing(rows, by, estimate, treated):
    p = panel(rows, post=3, treated=treated)
    fit = estimate(p, **SHORT)
    for weights in (fit.unit_weights, fit.month_weights):
        assert min(weights.values(), default=0) >= 0
        assert sum(weights.values()) == pytest.approx(1) or not weights
    assert fit.gaps[p.after].mean() == pytest.approx(fit.effect, abs=1e-9)
    low, high = fit.leave_one_out
    assert low <= high
    assert 1 / (1 + len(fit.placebos)) <= fit.p <= 1
    again = estimate(shifted(p, by), **SHORT, placebos=False)
    if estimate is synthetic_control:  # several mixes may be as near; all are as good
        assert again.pre_rmspe == pytest.approx(fit.pre_rmspe, abs=1e-6)
        assert again.effect == pytest.approx(fit.effect, abs=1e-6) or fit.pre_rmspe < 1e-6
    else:
        assert again.effect == pytest.approx(fit.effect, abs=1e-6)


@FEW
@given(matrices, arrays(float, (5, 1), elements=logs))
def test_synthetic_did_takes_out_levels_of_units(rows, units):
    p = panel(rows, post=3)
    fit, again = (synthetic_did(one, **SHORT, placebos=False) for one in (p, shifted(p, units)))
    assert again.effect == pytest.approx(fit.effect, abs=1e-6)
    assert again.unit_weights == pytest.approx(fit.unit_weights, abs=1e-6)


@FEW
@given(matrices, arrays(float, 9, elements=logs))
def test_shocks_of_months_leave_the_synthetic_control(rows, months):
    fit, again = (synthetic_control(one, **SHORT, placebos=False) for one in (panel(rows, 3), panel(rows + months, 3)))
    assert again.pre_rmspe == pytest.approx(fit.pre_rmspe, abs=1e-6)
    assert again.share_outside == fit.share_outside


@FEW
@given(matrices, st.integers(1, 4))
def test_a_copy_of_a_donor_shows_no_effect(rows, donor):
    rows[0] = rows[donor]
    fit = synthetic_control(panel(rows, post=3), **SHORT)
    assert fit.pre_rmspe == pytest.approx(0, abs=1e-9)
    others = np.delete(rows[1:], donor - 1, axis=0)[:, :6]
    if np.linalg.matrix_rank(np.vstack([others, rows[0, :6], np.ones(6)])) == 5:  # otherwise another mix may fit as well
        assert fit.effect == pytest.approx(0, abs=1e-7)


@FEW
@given(matrices)
def test_the_weights_are_the_nearest(rows):
    """No donor alone and no equal mix comes nearer, nor a small step from the weights to any donor."""
    p = panel(rows, post=3)
    fit = synthetic_control(p, **SHORT, placebos=False)
    weights = np.array(list(fit.unit_weights.values()))
    for other in [*np.eye(4), np.full(4, 0.25)]:
        for step in (1, 0.01):
            mix = (1 - step) * weights + step * other
            assert np.sqrt(np.mean((rows[0, :6] - mix @ rows[1:, :6]) ** 2)) >= fit.pre_rmspe - 1e-9


@FEW
@given(arrays(float, (6, 9), elements=logs), st.integers(1, 3), st.integers(1, 5))
def test_one_cohort_is_the_event_study(rows, treated, start):
    p = Panel(rows, tuple("abcdef"), np.arange(200, 209), np.arange(6) < treated, np.arange(9) >= start)
    fit = sun_abraham(Staggered(rows, p.units, p.months, np.where(p.treated, 200 + start, 0)))
    path = {point.offset - 1: point.estimate for point in event_study_regression(p).points if point.offset}
    assert {point.offset: point.estimate for point in fit.path} == pytest.approx(path, abs=1e-8)
    assert all(sum(point.shares.values()) == pytest.approx(1) for point in fit.path)
    if start == 1:
        assert fit.estimate == pytest.approx(did_regression(p).estimate, abs=1e-8)


values = st.integers(1, 10**6)


@FEW
@given(st.tuples(values, values, values, values), st.integers(1, 10**6))
def test_four_cells_give_the_log_ratio_of_ratios_in_any_unit(four, scale):
    cells = pl.DataFrame({"importer": list("TTCC"), "month": [0, 1, 0, 1], "value": four, "dose": [0, 1, 0, 0]})
    sets = {"effects": (("importer",), ("month",)), "cluster": ("importer",)}
    theta = ppml(cells, **sets).theta
    assert theta == pytest.approx(saturated_theta(*four), abs=1e-8)
    assert ppml(cells.with_columns(pl.col("value") * scale), **sets).theta == pytest.approx(theta, abs=1e-8)
    flipped = cells.with_columns(dose=pl.Series([0, 0, 0, 1]))
    assert ppml(flipped, **sets).theta == pytest.approx(-theta, abs=1e-8)


@FEW
@given(arrays(int, (3, 6), elements=st.integers(0, 1000)), st.integers(1, 5))
def test_lanes_without_trade_change_nothing(value, start):
    importer, month = (axis.ravel() for axis in np.indices((3, 6)))
    dose = ((importer == 0) & (month >= start)) * 1.0
    cells = pl.DataFrame({"importer": importer, "month": month, "value": value.ravel(), "dose": dose})
    idle = pl.DataFrame({"importer": [8] * 6, "month": range(6), "value": [0] * 6, "dose": dose[:6]})
    sets = {"effects": (("importer",), ("month",)), "cluster": ("importer",)}
    fit, more = ppml(cells, **sets), ppml(pl.concat([cells, idle]), **sets)
    assert more.reason == fit.reason
    assert more.dropped_zero == fit.dropped_zero + 6
    if fit.theta is None:
        assert more.theta is None
        return
    assert more.theta == pytest.approx(fit.theta, abs=1e-7)
    before, after = value[:, :start].sum(axis=1), value[:, start:].sum(axis=1)
    if value.min() > 0:  # sums of a balanced panel carry everything when effects are of importer and month
        assert fit.theta == pytest.approx(saturated_theta(before[0], after[0], before[1:].sum(), after[1:].sum()), abs=1e-7)


@given(st.lists(st.floats(-9, 9), max_size=30), st.floats(-9, 9), st.floats(0, 9))
def test_placebo_p_is_a_p_and_falls_in_the_size_of_the_effect(placebos, effect, more):
    p = placebo_p(effect, np.array(placebos))
    if not placebos:
        assert p is None
        return
    assert 1 / (1 + len(placebos)) <= p <= 1
    assert placebo_p(abs(effect) + more, np.array(placebos)) <= p
    assert placebo_p(-effect, np.array(placebos)) == p


@given(st.integers(1, 7), st.integers(0, 7), st.integers(1, 30))
def test_other_choices_differ_from_the_actual_one_when_listed(n, k, limit):
    chosen = np.arange(n) < k
    choices = other_choices(chosen, limit)
    assert np.all(choices.sum(axis=1) == chosen.sum())
    assert len(choices) <= limit
    if len(choices) < limit:
        assert len(np.unique(choices, axis=0)) == len(choices)
        assert not (choices == chosen).all(axis=1).any()


@FEW
@given(arrays(float, (20, 2), elements=logs), st.lists(st.integers(0, 3), min_size=20, max_size=20))
def test_demeaning_is_least_squares_on_the_dummies(values_, names):
    groups = [numbered(names), np.arange(20) % 3]
    weights = 1 + np.arange(20.0)
    dummies = np.column_stack([group[:, None] == np.unique(group) for group in groups]).astype(float)
    root = np.sqrt(weights)[:, None]
    fitted = dummies @ np.linalg.lstsq(root * dummies, root * values_, rcond=None)[0]
    assert demeaned(values_, groups, weights) == pytest.approx(values_ - fitted, abs=1e-8)
