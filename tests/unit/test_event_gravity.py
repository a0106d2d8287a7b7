"""PPML (B7): the four cells, zeros, separation, and the same model with every dummy in statsmodels."""

import numpy as np
import polars as pl
import pytest

from pipelines.estimators.event_gravity import ppml, saturated_theta

TWO_WAY = {"effects": (("importer",), ("month",)), "cluster": ("importer",)}
FOUR = {"importer": ["T", "T", "C", "C"], "month": [0, 1, 0, 1], "value": [100, 40, 100, 90], "dose": [0, 1, 0, 0]}


def cube(seed=0, zeros=0.2, theta=-0.7):
    """Three exporters, four importers, two products, eight months; the first exporter's lane to the first importer is hit."""
    random = np.random.default_rng(seed)
    o, d, k, t = (axis.ravel() for axis in np.indices((3, 4, 2, 8)))
    dose = ((o == 0) & (d == 0) & (t >= 5)).astype(float)
    okt, dkt, odk = (random.normal(size=size) for size in ((3, 2, 8), (4, 2, 8), (3, 4, 2)))
    value = np.exp(okt[o, k, t] + dkt[d, k, t] + odk[o, d, k] + theta * dose) * random.gamma(4, 0.25, size=o.size) * 1000
    value[random.random(o.size) < zeros] = 0
    return pl.DataFrame({"exporter": o, "importer": d, "product": k, "month": t, "value": value, "dose": dose})


def with_dummies(flows):
    """Theta and the sandwich of scores by pair, from a Poisson GLM with as many of the dummies as are independent."""
    from scipy.linalg import qr
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    sets = (["exporter", "product", "month"], ["importer", "product", "month"], ["exporter", "importer", "product"])
    numbers = [flows.select(pl.struct(names).rank("dense")).to_series().to_numpy() for names in sets]
    dummies = np.column_stack([number[:, None] == np.unique(number) for number in numbers]).astype(float)
    order = qr(dummies, mode="r", pivoting=True)[1][: np.linalg.matrix_rank(dummies)]
    design = np.column_stack([flows["dose"], dummies[:, order]])
    fit = GLM(flows["value"].to_numpy() / 1000, design, family=Poisson()).fit(maxiter=300, tol=1e-13)
    mean = fit.mu
    pair = flows.select(pl.struct("exporter", "importer").rank("dense")).to_series().to_numpy()
    scores = [design[pair == p].T @ (flows["value"].to_numpy() / 1000 - mean)[pair == p] for p in np.unique(pair)]
    inverse = np.linalg.inv(design.T @ (mean[:, None] * design))
    return fit.params[0], np.sqrt((inverse @ np.array(scores).T @ np.array(scores) @ inverse)[0, 0])


def test_the_worked_example():
    fit = ppml(pl.DataFrame(FOUR), **TWO_WAY)
    assert fit.theta == pytest.approx(-0.8109302162163287, abs=1e-9)
    assert fit.theta == pytest.approx(saturated_theta(100, 40, 100, 90), abs=1e-9)
    assert fit.semi_elasticity == pytest.approx(-5 / 9)
    assert (fit.n, fit.clusters, fit.few_clusters, fit.error) == (4, 2, True, None)  # nothing is left over for an error


def test_four_cells_with_a_zero_have_no_log_ratio():
    assert saturated_theta(100, 0, 100, 90) is None


@pytest.mark.parametrize("zeros", [0, 0.2])
def test_theta_and_error_are_those_of_the_model_with_every_dummy(zeros):
    flows = cube(zeros=zeros)
    fit = ppml(flows)
    kept = flows
    for names in (["exporter", "product", "month"], ["importer", "product", "month"], ["exporter", "importer", "product"]):
        kept = kept.filter(pl.col("value").sum().over(names) > 0)
    theta, error = with_dummies(kept)
    levels = sum(kept.n_unique([side, "product", "month"]) for side in ("exporter", "importer"))
    pairs, counted = 12, 1 + levels - 1  # effects of lanes lie inside pairs and are not counted
    assert kept.height == fit.n
    assert fit.theta == pytest.approx(theta, abs=1e-7)
    assert fit.error == pytest.approx(error * np.sqrt(pairs / (pairs - 1) * (fit.n - 1) / (fit.n - counted)), rel=1e-5)
    assert fit.low < fit.theta < fit.high
    assert fit.zeros == (kept["value"] == 0).sum()
    assert (fit.clusters, fit.exposed_clusters, fit.few_clusters) == (12, 1, True)  # twelve lanes, but one is exposed
    wider = flows.with_columns(
        dose=((pl.col("exporter") == 0) & (pl.col("importer") < 2) & (pl.col("month") > 4)).cast(pl.Float64)
    )
    assert (ppml(wider).exposed_clusters, ppml(wider).few_clusters) == (2, False)


def test_lanes_without_any_trade_change_nothing_and_are_counted():
    flows = cube()
    idle = flows.filter(pl.col("importer") == 3).with_columns(importer=pl.lit(9, pl.Int64), value=0.0)
    fit, more = ppml(flows), ppml(pl.concat([flows, idle]))
    assert more.dropped_zero == fit.dropped_zero + idle.height
    assert (more.theta, more.n) == (pytest.approx(fit.theta, abs=1e-9), fit.n)
    assert more.error == pytest.approx(fit.error, rel=1e-7)


def test_a_lane_that_stops_for_good_has_no_theta():
    """Every exposed cell is zero: theta would be minus infinity."""
    flows = cube(zeros=0).with_columns(value=pl.when(pl.col("dose") > 0).then(0.0).otherwise("value"))
    fit = ppml(flows)
    assert (fit.reason, fit.theta, fit.dropped_separated) == ("separated", None, 6)


def test_separated_cells_are_found_behind_effects_with_trade():
    """Cell (1, c) is zero while row 1 and column c trade elsewhere only where the other is absent: its mean can go to zero."""
    rows = [
        ("a", 0, 5.0),
        ("a", 1, 7.0),
        ("b", 0, 3.0),
        ("b", 1, 4.0),
        ("c", 2, 6.0),
        ("a", 2, 0.0),
        ("b", 3, 2.0),
        ("b", 2, 0.0),
    ]
    flows = pl.DataFrame(rows, schema=["importer", "month", "value"], orient="row")
    flows = flows.with_columns(dose=pl.when((pl.col("importer") == "a") & (pl.col("month") == 1)).then(1.0).otherwise(0.0))
    fit = ppml(flows, **TWO_WAY)
    assert fit.dropped_separated == 2
    assert fit.theta == pytest.approx(np.log((7 / 5) / (4 / 3)), abs=1e-9)


def test_one_zero_among_exposed_months_stays_in():
    cells = {"importer": list("TTTCCC"), "month": [0, 1, 2] * 2, "value": [100, 0, 80, 100, 90, 110], "dose": [0, 1, 1, 0, 0, 0]}
    fit = ppml(pl.DataFrame(cells), **TWO_WAY)
    assert fit.zeros == 1
    assert fit.theta == pytest.approx(np.log(80 / 100) - np.log(200 / 100), abs=1e-9)  # sums after, saturated


def test_what_nobody_filed_is_left_out_and_no_dose_is_a_reason():
    flows = pl.DataFrame({**FOUR, "value": [100, None, 100, 90]})
    assert ppml(flows, **TWO_WAY).reason == "dose_does_not_vary"
    assert ppml(flows.with_columns(value=0.0), **TWO_WAY).reason == "no_trade"
    with pytest.raises(ValueError, match="negative value"):
        ppml(flows.with_columns(value=-1.0), **TWO_WAY)


def test_a_fit_that_does_not_settle_has_no_theta(monkeypatch):
    monkeypatch.setattr("pipelines.estimators.event_gravity.STEPS", 2)
    fit = ppml(cube())
    assert (fit.reason, fit.theta, fit.steps) == ("not_converged", None, 2)


def test_a_dose_that_effects_take_up_is_a_reason():
    flows = cube().with_columns(dose=(pl.col("month") > 3).cast(pl.Float64))
    assert ppml(flows).reason == "dose_does_not_vary"
