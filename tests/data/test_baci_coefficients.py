"""BACI's freight model and weights (V11): the published coefficients, what they predict for chips, and what the SQL makes of it.

The table of the paper lies outside the checkout; the numbers that matter are written down here, so most of this runs without it.
"""

import csv
import sys
from math import exp, isclose, log
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "sql"))

from harness import AS_OF, build, fetch, graph, warehouse  # noqa: E402

TABLE = HERE.parents[2] / "shared" / "replication" / "baci_2010_table1.csv"
MODEL = "II_uv_weighted"
# Gaulier and Zignago 2010, table 1, model II: logarithm of the CIF rate, weighted, with unit values.
COEFFICIENTS = {
    "intercept": 0.32,
    "ln_dist": -0.11,
    "ln_dist_sq": 0.01,
    "ln_uv": -0.032,
    "contiguity": -0.044,
    "landlocked_importer_j": 0.049,
    "landlocked_exporter_i": -0.009,
}
DISTANCE_KM = 9000
PREDICTED = {1: 0.147459, 10: 0.073776, 100: 0.000093, 10_000: -0.147272}  # by unit value, in the paper's unit
PLACE = {"reporter_iso3": "THA", "partner_iso3": "TWN", "flow": "M", "frequency": "A"}


def log_rate(coefficients: dict[str, float], unit_value: float) -> float:
    """Predicted logarithm of 1 + freight rate at the distance of chips, none of the dummies being set."""
    distance = log(DISTANCE_KM)
    return (
        coefficients["intercept"]
        + coefficients["ln_dist"] * distance
        + coefficients["ln_dist_sq"] * distance**2
        + coefficients["ln_uv"] * log(unit_value)
    )


def test_the_coefficients_predict_what_is_published_of_them() -> None:
    found = {unit_value: round(log_rate(COEFFICIENTS, unit_value), 6) for unit_value in PREDICTED}
    assert found == PREDICTED


def test_goods_of_chip_value_have_no_freight_in_that_model() -> None:
    at_zero = exp(log_rate(COEFFICIENTS, 1) / -COEFFICIENTS["ln_uv"])
    assert isclose(at_zero, 100, rel_tol=0.01)
    assert all(log_rate(COEFFICIENTS, unit_value) < 0 for unit_value in (101, 1_000, 10_000))


@pytest.mark.parametrize("unit_value", PREDICTED)
def test_a_predicted_rate_below_zero_leaves_the_value_as_it_is(unit_value: int) -> None:
    rate = exp(PREDICTED[unit_value]) - 1
    default = {
        "parameter_id": "baci", "parameter": "freight_rate", "reporter_class": "any", "stage_scope": "any",
        "parameter_low": rate, "parameter_central": rate, "parameter_high": rate,
    }  # fmt: skip
    report = PLACE | {"product_code": "854231", "value_basis": "CIF", "value_usd": 100}
    given = {"metrics.metric_bilateral_report": [report], "core.dim_flow_parameter": [default]}
    name = "metrics.metric_freight_rate"
    with warehouse(given, graph().models[name].reads, (), {}, AS_OF) as con:
        build(con, name)
        (row,) = fetch(con, f"SELECT freight_low, freight_central, freight_high FROM {name}")
    assert set(row.values()) == {max(rate, 0)}


def variance(scale: float) -> float:
    """Variance of a report with a lognormal error, in units of its squared true value."""
    return exp(scale**2) * (exp(scale**2) - 1)


def test_the_weight_is_the_one_of_least_variance_and_not_the_printed_one() -> None:
    exporter, importer = 0.1, 0.3
    printed = variance(importer) / (variance(exporter) + exp(exporter**2) - 1)  # equation 3 taken literally
    assert isclose(printed, 5.100804, abs_tol=1e-6)
    assert printed > 1
    roles = {"exporter": ("TWN", exporter), "importer": ("THA", importer)}
    reliability = [
        {"reporter_iso3": place, "reporter_role": role, "reliability_method": "effects", "error_scale": scale}
        for role, (place, scale) in roles.items()
    ]
    pair = {
        "exporter_iso3": "TWN", "importer_iso3": "THA", "exporter_usd": 100, "importer_usd": 120, "importer_fob_usd": 120,
        "exporter_state": "reported", "importer_state": "reported", "pair_state": "paired",
    }  # fmt: skip
    name = "metrics.metric_reconciled_flow"
    given = {"metrics.metric_mirror_pair": [pair], "metrics.metric_reporter_reliability": reliability}
    with warehouse(given, graph().models[name].reads, (), {}, AS_OF) as con:
        build(con, name)
        (row,) = fetch(con, f"SELECT exporter_weight, reconciled_usd FROM {name}")
    assert isclose(row["exporter_weight"], 0.910321, abs_tol=1e-6)
    assert isclose(row["reconciled_usd"], 101.794, abs_tol=1e-3)
    weights = [number / 1000 for number in range(1001)]
    least = min(weights, key=lambda weight: weight**2 * variance(exporter) + (1 - weight) ** 2 * variance(importer))
    assert isclose(row["exporter_weight"], least, abs_tol=5e-4)


@pytest.mark.skipif(not TABLE.exists(), reason="the replication inputs are not beside this checkout")
def test_the_published_table_holds_these_coefficients() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        published = {row["term"]: float(row[MODEL]) for row in csv.DictReader(file)}
    assert {term: published[term] for term in COEFFICIENTS} == COEFFICIENTS
    assert (published["mean_cif_rate"], published["n_obs"]) == (0.033, 9_053_610)
    assert {unit_value: round(log_rate(published, unit_value), 6) for unit_value in PREDICTED} == PREDICTED
