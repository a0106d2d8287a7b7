"""Staggered dates (B5): the closed form by hand, clean controls, shares, published values."""

import numpy as np
import pytest
from panels import ABSENT, REPLICATION, panel, walks, wide

from pipelines.estimators.event_did import event_study_regression
from pipelines.estimators.event_staggered import Staggered, balanced_effect, sun_abraham

published = pytest.mark.skipif(not REPLICATION.is_dir(), reason=ABSENT)

FIRST = [102, 103, 0, 0]
ROWS = [
    [1, 2, 5, 6],  # under the rule from 102
    [0, 3, 3, 7],  # from 103
    [2, 2, 3, 3],
    [0, 2, 1, 1],
]


def staggered(rows, first, start=100, clusters=None):
    rows = np.array(rows, dtype=float)
    names = tuple(f"u{number}" for number in range(len(rows)))
    return Staggered(rows, names, np.arange(start, start + rows.shape[1]), np.array(first))


def many(seed=0, units=14, months=12):
    """Two cohorts and never exposed units; the effect grows with time in the early cohort only."""
    random = np.random.default_rng(seed)
    first = np.array([105, 105, 105, 108, 108, *[0] * (units - 5)])
    rows = random.normal(scale=0.1, size=(units, months)) + random.normal(size=(units, 1)) + random.normal(size=months)
    since = np.arange(100, 100 + months) - first[:, None]
    effect = np.where(
        (first[:, None] == 105) & (since >= 0), 1.0 + since, np.where((first[:, None] == 108) & (since >= 0), 0.5, 0)
    )
    return staggered(rows + effect, first), effect


def test_by_hand():
    """Controls: 1, 2, 2, 2. Gaps of the first: 0, 0, 3, 4, so 3 and 4; of the second: -1, 1, 1, 5, so 4."""
    fit = sun_abraham(staggered(ROWS, FIRST))
    assert fit.estimate == pytest.approx((3 + 4 + 4) / 3)
    assert balanced_effect(np.array(ROWS, float), np.arange(100, 104), np.array(FIRST)) == pytest.approx(11 / 3)
    path = {point.offset: point for point in fit.path}
    assert path[0].estimate == pytest.approx((3 + 4) / 2)
    assert path[1].estimate == pytest.approx(4)
    assert path[0].shares == {102: 0.5, 103: 0.5}
    assert path[1].shares == {102: 1.0}


def test_the_planted_effect_and_how_the_plain_regression_misses_it():
    data, effect = many()
    fit = sun_abraham(data)
    assert fit.estimate == pytest.approx(effect[effect != 0].mean(), abs=0.15)
    assert abs(fit.naive - effect[effect != 0].mean()) > abs(fit.estimate - effect[effect != 0].mean())
    assert fit.inference == "cluster"
    assert fit.low < fit.estimate < fit.high
    assert all(sum(point.shares.values()) == pytest.approx(1) for point in fit.path)
    assert (fit.cohorts, fit.clusters, fit.last_month) == ((105, 108), 14, 111)


def test_units_exposed_from_the_start_are_dropped_and_counted():
    data, _ = many()
    rows = np.vstack([data.outcomes, np.full(12, 99.0)])
    fit = sun_abraham(staggered(rows, [*data.first, 100]))
    assert (fit.dropped_always, fit.dropped_units) == (1, ("u14",))
    assert fit.estimate == pytest.approx(sun_abraham(data).estimate)


def test_the_window_stops_with_the_last_clean_control():
    """Without never exposed units the cohort of 108 is the control, until 107."""
    data, _ = many()
    exposed = data.first != 0
    fit = sun_abraham(staggered(data.outcomes[exposed], data.first[exposed]))
    until = staggered(data.outcomes[exposed][:, :8], [105, 105, 105, 0, 0])
    assert (fit.last_month, fit.cohorts) == (107, (105,))
    assert fit.estimate == pytest.approx(sun_abraham(until).estimate)


def test_first_months_after_the_window_make_controls():
    data, _ = many()
    later = staggered(data.outcomes, np.where(data.first == 0, 500, data.first))
    assert sun_abraham(later).estimate == pytest.approx(sun_abraham(data).estimate)


def test_few_clusters_are_judged_by_dealing_dates_anew():
    data, _ = many(units=8)
    fit, again = sun_abraham(data), sun_abraham(data)
    assert fit.inference == "randomisation"
    assert 1 / 1000 <= fit.p < 0.1
    assert fit.p == again.p
    data.outcomes[7, 0] = np.nan
    assert sun_abraham(data).p is None


def test_reasons():
    same = staggered(ROWS, [102, 102, 102, 102])
    assert sun_abraham(same).reason == "no_clean_controls"
    assert sun_abraham(staggered(ROWS, [0, 0, 0, 0])).reason == "no_treated"
    hole = np.array(ROWS, dtype=float)
    hole[0, 1] = np.nan
    assert sun_abraham(staggered(hole, FIRST)).reason == "no_reference_month"
    with pytest.raises(ValueError, match="jump in months"):
        Staggered(np.zeros((1, 2)), ("a",), np.array([1, 3]), np.array([0]))
    with pytest.raises(ValueError, match="expected 2 units"):
        Staggered(np.zeros((1, 2)), ("a", "b"), np.array([1, 2]), np.array([0, 0]))


def test_one_cohort_is_the_event_study():
    p = walks(14, 12, seed=6, treated=5)
    first = np.where(p.treated, p.months[6], 0)
    fit = sun_abraham(Staggered(p.outcomes, p.units, p.months, first))
    path = {point.offset - 1: point for point in event_study_regression(p).points if point.offset}
    assert {point.offset: point.estimate for point in fit.path} == pytest.approx({k: v.estimate for k, v in path.items()})
    assert fit.estimate == pytest.approx(np.mean([v.estimate for k, v in path.items() if k >= 0]))


def test_one_month_before_makes_it_the_difference_in_differences():
    p = panel(walks(5, 4, seed=2, post=3).outcomes, post=3)
    change = p.outcomes[:, 1:].mean(axis=1) - p.outcomes[:, 0]
    fit = sun_abraham(Staggered(p.outcomes, p.units, p.months, np.array([p.months[1], 0, 0, 0, 0])))
    assert fit.estimate == pytest.approx(change[0] - change[1:].mean())


@published
def test_the_published_panel():
    ids, years, y = wide("fixest_base_stagg.csv", "id", "year", "y")
    covariate = wide("fixest_base_stagg.csv", "id", "year", "x1")[2]
    truth = wide("fixest_base_stagg.csv", "id", "year", "treatment_effect_true")[2]
    first = wide("fixest_base_stagg.csv", "id", "year", "year_treated")[2][:, 0].astype(int)
    data = Staggered(y, tuple(map(str, ids)), years, np.where(first > 1000, 0, first))
    fit = sun_abraham(data, {"x1": covariate})
    assert fit.estimate == pytest.approx(-1.133749, abs=1e-6)
    assert fit.naive == pytest.approx(-3.683101, abs=1e-6)
    assert truth[years >= first[:, None]].mean() == pytest.approx(-1.0)
    assert sun_abraham(data).estimate == pytest.approx(balanced_effect(y, years, data.first), abs=1e-9)
