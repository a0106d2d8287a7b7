"""Difference-in-differences (B4): cell means, a second implementation of every error and p, published values, reasons."""

from itertools import product

import numpy as np
import polars as pl
import pytest
from panels import ABSENT, REPLICATION, panel, smoking, two_by_two, walks

from pipelines.estimators.event_did import did_regression, event_study_regression
from pipelines.estimators.event_panel import Panel

published = pytest.mark.skipif(not REPLICATION.is_dir(), reason=ABSENT)


def cell_means(p):
    change = p.outcomes[:, p.after].mean(axis=1) - p.outcomes[:, p.before].mean(axis=1)
    return change[p.treated].mean() - change[~p.treated].mean()


def dummies(p, extra=()):
    """Every observed cell: outcome, the dose beside covariates and all dummies, unit."""
    known = ~np.isnan(p.outcomes) & p.counted
    unit, month = np.nonzero(known)
    dose = p.treated[unit] & p.after[month]
    effects = [unit[:, None] == np.arange(len(p.units)), month[:, None] == np.unique(month)[1:]]
    return p.outcomes[known], np.column_stack([dose, *(x[known] for x in extra), *effects]).astype(float), unit


def test_the_worked_example():
    cells = np.array([[100, 40], [100, 90]])
    assert did_regression(panel(cells, post=1)).estimate == pytest.approx(-50)
    assert did_regression(panel(np.log(cells), post=1)).estimate == pytest.approx(-0.8109302162163287, abs=1e-9)


def test_many_clusters_have_the_errors_of_a_regression_with_every_dummy():
    from statsmodels.regression.linear_model import OLS

    p = walks(14, 20, seed=2, treated=5)
    x = np.random.default_rng(3).normal(size=p.outcomes.shape)
    fit = did_regression(p, {"x": x})
    y, design, unit = dummies(p, [x])
    other = OLS(y, design).fit(cov_type="cluster", cov_kwds={"groups": unit})
    n, counted, every = len(y), 2 + 20, design.shape[1]  # the library counts unit effects too
    assert fit.estimate == pytest.approx(other.params[0], abs=1e-9)
    assert fit.error == pytest.approx(other.bse[0] * np.sqrt((n - every) / (n - counted)), rel=1e-9)
    assert fit.inference == "cluster"
    assert (fit.low + fit.high) / 2 == pytest.approx(fit.estimate)


@pytest.mark.parametrize("seed", range(6))
def test_few_clusters_have_the_p_of_every_sign_vector(seed):
    """The restricted wild cluster bootstrap written out: signs on the residuals of the fit without the dose."""
    p = walks(7, 12, seed, treated=3)
    y, design, unit = dummies(p)

    def statistic(values):
        inverse = np.linalg.inv(design.T @ design)
        beta = inverse @ design.T @ values
        scores = np.array([design[unit == u].T @ (values - design @ beta)[unit == u] for u in range(7)])
        return beta[0] / np.sqrt((inverse @ scores.T @ scores @ inverse)[0, 0])

    null = design[:, 1:] @ np.linalg.lstsq(design[:, 1:], y, rcond=None)[0]
    signs = np.array(list(product([-1, 1], repeat=7)))
    draws = np.abs([statistic(null + row[unit] * (y - null)) for row in signs])
    expected = np.mean(draws >= abs(statistic(y)) * (1 - 1e-9))
    fit = did_regression(p)
    assert fit.inference == "wild_bootstrap"
    assert fit.p == pytest.approx(expected)
    assert fit.low < fit.estimate < fit.high
    assert (fit.low > 0 or fit.high < 0) == (fit.p < 0.05)


def test_four_clusters_cannot_reach_five_per_cent_and_have_no_limits():
    p = walks(4, 40, seed=1, treated=2)
    p.outcomes[:2, -6:] += 99
    fit = did_regression(p)
    assert (fit.inference, fit.p, fit.low, fit.high) == ("wild_bootstrap", 2 / 16, None, None)
    assert fit.p_randomisation == pytest.approx(2 / 6)  # exposing the other two gives the same size
    assert fit.assignments == 5


def test_one_exposed_cluster_is_judged_by_randomisation_only():
    p = walks(6, 40, seed=1)
    effects = [abs(cell_means(Panel(p.outcomes, p.units, p.months, np.arange(6) == k, p.post))) for k in range(6)]
    fit = did_regression(p)
    assert (fit.inference, fit.error, fit.low) == ("randomisation", None, None)
    assert fit.p == fit.p_randomisation == pytest.approx(sum(e >= effects[0] for e in effects) / 6)


def test_clusters_of_several_units():
    p = walks(12, 20, seed=4, treated=4)
    pairs = [f"c{number // 2}" for number in range(12)]
    fit = did_regression(p, clusters=pairs)
    assert fit.clusters == 6
    assert fit.assignments == 14  # two of six clusters, the actual two left out
    assert fit.estimate == pytest.approx(cell_means(p))


def test_missing_cells_stay_missing():
    p = walks(5, 12, seed=7, treated=2)
    p.outcomes[0, 2] = p.outcomes[3, 9] = np.nan
    y, design, _ = dummies(p)
    fit = did_regression(p)
    assert fit.estimate == pytest.approx(np.linalg.lstsq(design, y, rcond=None)[0][0], abs=1e-9)
    assert fit.n == 58


def test_months_left_out_count_on_neither_side():
    p = walks(5, 12, seed=7, treated=2)
    excluded = np.arange(12) == 5
    without = panel(np.delete(p.outcomes, 5, axis=1), 6, 2, months=np.delete(p.months, 5))
    assert did_regression(panel(p.outcomes, 6, 2, excluded=excluded)).estimate == pytest.approx(did_regression(without).estimate)


@pytest.mark.parametrize(("treated", "post"), [(0, 2), (3, 2), (1, 0), (1, 6)])
def test_no_comparison_is_a_reason(treated, post):
    fit = did_regression(walks(3, 6, seed=1, treated=treated, post=post))
    assert (fit.reason, fit.estimate) == ("no_comparison", None)


def test_the_path_is_that_of_cell_means():
    rows = [[1, 2, 4, 9, 7], [0, 1, 1, 2, 1], [2, 1, 3, 2, 5]]
    path = event_study_regression(panel(rows, post=2, months=range(100, 105)))
    gap = np.array(rows[0]) - np.mean(rows[1:], axis=0)
    assert path.reference == 102
    assert [point.estimate for point in path.points] == pytest.approx(list(gap - gap[2]))
    assert [point.offset for point in path.points] == [-2, -1, 0, 1, 2]
    assert path.largest_pre_step == pytest.approx(max(abs(np.diff(gap[:3]))))
    assert all(point.error is None for point in path.points)  # one exposed cluster
    assert path.few_clusters


def test_the_reference_can_be_any_month_and_must_exist():
    p = walks(12, 10, seed=1, treated=4)
    path = event_study_regression(p, int(p.months[1]))
    assert path.points[1].estimate == 0.0
    assert path.points[1].error is None
    assert path.points[0].low < path.points[0].estimate < path.points[0].high
    assert not path.few_clusters
    assert event_study_regression(p, 1).reason == "no_comparison"


def test_a_month_nobody_exposed_reports_has_no_point_and_is_no_reference():
    p = walks(12, 10, seed=1, treated=1)
    p.outcomes[0, 2] = np.nan
    path = event_study_regression(p)
    assert [point.offset for point in path.points if point.estimate is None] == [-1]
    p.outcomes[0, 3] = np.nan
    path = event_study_regression(p)
    assert path.reference == p.months[1]
    assert [point.offset for point in path.points if point.estimate is None] == [1, 2]


def test_panels_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="found shapes"):
        Panel(np.zeros((2, 3)), ("a", "b"), np.arange(3), np.array([True]), np.array([False, False, True]))
    with pytest.raises(ValueError, match="months must ascend"):
        panel(np.zeros((2, 2)), 1, months=[3, 2])


@published
def test_the_published_panel():
    p, covariate = two_by_two()
    assert did_regression(p).estimate == pytest.approx(4.993390, abs=1e-6)
    assert did_regression(p).estimate == pytest.approx(cell_means(p), abs=1e-9)
    table = pl.read_csv(REPLICATION / "fixest_base_did_expected.csv")
    with_x1 = {point.month: point.estimate for point in event_study_regression(p, 5, covariate).points}
    without = {point.month: point.estimate for point in event_study_regression(p, 5).points}
    for row in table.iter_rows(named=True):
        assert with_x1[row["period"]] == pytest.approx(row["published_with_x1"], abs=1e-6)
        assert without[row["period"]] == pytest.approx(row["no_covariate_sql_cell_means"], abs=1e-9)


@published
def test_proposition_99_without_weights():
    assert did_regression(smoking()).estimate == pytest.approx(-27.349111, abs=1e-6)


def test_the_least_squares_library_holds_longley():
    """NIST's Longley data, which ship with statsmodels: nearly collinear columns, known to many digits."""
    from statsmodels.datasets import longley
    from statsmodels.regression.linear_model import OLS

    data = longley.load_pandas()
    fit = OLS(data.endog, data.exog.assign(constant=1.0)).fit()
    found = fit.params[["constant", "GNPDEFL", "GNP"]].tolist()
    assert found == pytest.approx([-3482258.63459582, 15.0618722713733, -0.358191792925910e-01], rel=1e-8)
