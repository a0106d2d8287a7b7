"""Synthetic control and synthetic DiD (B6): closed forms, the library's own classes, published values, reasons."""

import numpy as np
import pytest
from panels import ABSENT, REPLICATION, panel, smoking, walks

from pipelines.estimators.event_synthetic import synthetic_control, synthetic_did

published = pytest.mark.skipif(not REPLICATION.is_dir(), reason=ABSENT)

MIX = [
    [0.75, 1.50, 2.25, 3.00, 1.75],  # a quarter of the first donor and three quarters of the second, less 2 in the last month
    [0.00, 3.00, 0.00, 3.00, 3.00],
    [1.00, 1.00, 3.00, 3.00, 4.00],
    [9.00, -9.0, 9.00, -9.0, 9.00],
]


def test_a_mix_of_donors_is_found_and_the_rest_is_the_effect():
    fit = synthetic_control(panel(MIX, post=1), min_pre=4)
    assert fit.reason is None
    assert list(fit.unit_weights.values()) == pytest.approx([0.25, 0.75, 0], abs=1e-9)
    assert fit.effect == pytest.approx(1.75 - (0.25 * 3 + 0.75 * 4), abs=1e-9)
    assert fit.gaps == pytest.approx([0, 0, 0, 0, -2], abs=1e-9)


def test_the_nearest_mix_where_none_fits_and_the_reason_not_to_publish():
    """Between (0, 0) and (1, 2) the point nearest to (0, 1) is 2/5 of the way: (0.4, 0.8)."""
    fit = synthetic_control(panel([[0, 1, 5], [0, 0, 0], [1, 2, 1]], post=1), min_pre=2)
    assert list(fit.unit_weights.values()) == pytest.approx([0.6, 0.4])
    assert fit.pre_rmspe == pytest.approx(np.sqrt((0.4**2 + 0.2**2) / 2))
    assert (fit.reason, fit.effect) == ("poor_fit", pytest.approx(5 - 0.4))


def test_a_series_above_all_donors_lies_outside_their_hull_and_synthetic_did_takes_the_level_out():
    rows = [[7, 8, 7, 9], [1, 2, 1, 1], [0, 1, 0, 0], [2, 3, 2, 2]]
    control, did = (estimate(panel(rows, post=1), min_pre=3) for estimate in (synthetic_control, synthetic_did))
    assert (control.outside_hull, control.share_outside) == (True, 1.0)
    assert control.effect == pytest.approx(9 - 2)  # all weight on the highest donor
    assert did.effect == pytest.approx((9 - 1) - (7 - 1), abs=1e-6)  # levels differ, paths are parallel
    assert did.pre_rmspe == pytest.approx(0, abs=1e-6)


def test_the_rank_of_the_ratio_counts_the_exposed_unit_in():
    """Donors keep to each other, the exposed unit leaves: no placebo is as extreme, one in six."""
    fit = synthetic_control(walks(6, 30, seed=5), max_rmspe=9)
    shocked = walks(6, 30, seed=5).outcomes.copy()
    shocked[0, -6:] += 50
    moved = synthetic_control(panel(shocked, post=6), max_rmspe=9)
    assert len(fit.placebos) == 5
    assert moved.p == pytest.approx(1 / 6)
    assert moved.effect == pytest.approx(fit.effect + 50)
    low, high = moved.leave_one_out
    assert 40 < low <= high < 60


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.filterwarnings("ignore:Pre-treatment fit is poor")
def test_weights_placebos_and_leave_one_out_are_those_of_the_class_of_diff_diff(seed):
    from diff_diff import SyntheticControl

    small = walks(7, 30, seed)
    fit = synthetic_control(small, max_rmspe=9)
    frame = long(small)
    model = SyntheticControl(v_method="custom", custom_v=np.ones(24), standardize="none")
    other = model.fit(frame, "y", "status", "unit", "month", post_periods=list(small.months[small.post]))
    drops = other.leave_one_out()["att"]
    assert fit.effect == pytest.approx(other.att, abs=1e-9)
    assert fit.pre_rmspe == pytest.approx(other.pre_rmspe, abs=1e-9)
    for donor, placebo in zip(range(1, 7), fit.placebos, strict=True):
        pool = frame[frame["unit"] > 0].assign(status=lambda rows, donor=donor: (rows["unit"] == donor) * rows["post"])
        alone = model.fit(pool, "y", "status", "unit", "month", post_periods=list(small.months[small.post]))
        assert placebo == pytest.approx(alone.att, abs=1e-9)
    assert fit.leave_one_out == pytest.approx((drops[1:].min(), drops[1:].max()), abs=1e-7)


@pytest.mark.parametrize("treated", [1, 2])
def test_synthetic_did_is_that_of_the_class_of_diff_diff(treated):
    from diff_diff import SyntheticDiD

    small = walks(8, 30, seed=3, treated=treated)
    fit = synthetic_did(small, max_rmspe=9)
    model = SyntheticDiD(n_bootstrap=2000, seed=1)
    other = model.fit(long(small), "y", "exposed", "unit", "month", post_periods=list(small.months[small.post]))
    assert fit.effect == pytest.approx(other.att, abs=1e-9)
    assert list(fit.month_weights.values()) == pytest.approx(list(other.time_weights.values()), abs=1e-9)
    assert fit.error == pytest.approx(other.se, rel=0.05)  # theirs draws what ours lists


def test_synthetic_did_lists_every_placebo_and_its_spread():
    fit = synthetic_did(walks(8, 30, seed=3, treated=2), max_rmspe=9)
    assert len(fit.placebos) == 15  # pairs out of six donors
    assert fit.error == pytest.approx(np.std(fit.placebos))
    extreme = sum(abs(placebo) >= abs(fit.effect) for placebo in fit.placebos)
    assert fit.p == pytest.approx((1 + extreme) / 16)
    low, high = fit.interval(0.9)
    assert (low + high) / 2 == pytest.approx(fit.effect)


def test_more_ways_than_draws_are_sampled_the_same_way_twice():
    large = walks(14, 26, seed=8, treated=4, post=2)
    first, again = (synthetic_did(large, max_rmspe=9, draws=20) for _ in range(2))
    assert len(first.placebos) == 20
    assert first.placebos == again.placebos


@pytest.mark.parametrize("estimate", [synthetic_control, synthetic_did])
def test_reasons_instead_of_estimates(estimate):
    whole = walks(5, 30, seed=1)

    def reason(rows=whole.outcomes, post=6, treated=1):
        fit = estimate(panel(rows, post, treated))
        assert fit.effect is None
        return fit.reason

    assert reason(post=7) == "too_short"
    assert reason(post=0) == "no_post_months"
    assert reason(rows=whole.outcomes[:2]) == "too_few_donors"
    assert reason(treated=0) == "no_treated"
    hole = whole.outcomes.copy()
    hole[0, 3] = np.nan
    assert reason(rows=hole) == "missing_months"
    hole = whole.outcomes.copy()
    hole[1:4, 3] = np.nan
    assert reason(rows=hole) == "missing_months"


def test_a_donor_with_a_missing_month_is_named_and_left_out():
    whole = walks(5, 30, seed=1)
    hole = whole.outcomes.copy()
    hole[2, 3] = np.nan
    fit = synthetic_control(panel(hole, 6), max_rmspe=9)
    assert fit.dropped_donors == ("u2",)
    assert fit.effect == synthetic_control(panel(np.delete(hole, 2, axis=0), 6), max_rmspe=9).effect


def test_months_left_out_have_a_gap_but_no_say():
    whole = walks(5, 31, seed=1, post=6)
    excluded = np.arange(31) == 24
    spoiled = whole.outcomes.copy()
    spoiled[0, 24] += 99
    first, again = (synthetic_did(panel(rows, 6, excluded=excluded), max_rmspe=9) for rows in (whole.outcomes, spoiled))
    assert first.effect == again.effect
    assert again.gaps[24] - first.gaps[24] == pytest.approx(99)


@published
def test_proposition_99():
    states = smoking()
    loose = {"min_pre": 19, "max_rmspe": 5}
    walk, exact = (synthetic_control(states, solver, **loose) for solver in ("frank_wolfe", "exact"))
    did = synthetic_did(states, **loose)
    assert walk.effect == pytest.approx(-19.6197, abs=1e-3)
    assert exact.effect == pytest.approx(-19.5137, abs=1e-3)
    assert exact.pre_rmspe < walk.pre_rmspe
    assert did.effect == pytest.approx(-15.6038, abs=1e-3)
    weights = {"Utah": 0.396, "Montana": 0.232, "Nevada": 0.204, "Connecticut": 0.104}
    assert {name: walk.unit_weights[name] for name in weights} == pytest.approx(weights, abs=1e-3)
    months = {1986: 0.366, 1987: 0.206, 1988: 0.427}
    assert {year: did.month_weights[year] for year in months} == pytest.approx(months, abs=1e-3)
    assert 9 < did.error < 11
    assert (synthetic_did(states).reason, exact.reason) == ("too_short", None)


def long(wide):
    """The panel as the data frame that diff-diff takes."""
    import pandas as pd

    unit, month = (axis.ravel() for axis in np.indices(wide.outcomes.shape))
    exposed = wide.treated[unit].astype(int)
    if wide.treated.sum() == 1:
        assert wide.treated[0]
    columns = {"unit": unit, "month": wide.months[month], "y": wide.outcomes.ravel(), "exposed": exposed}
    return pd.DataFrame(columns | {"status": exposed * wide.post[month], "post": wide.post[month] * 1})
