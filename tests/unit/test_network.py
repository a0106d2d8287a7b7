"""Network position: the worked example, PageRank against a plain power iteration, and what is no node."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.estimators.network import COUNTRIES, DAMPING, RECONCILED, REPORTS, network_positions, ranks
from pipelines.schemas.check import failures
from pipelines.schemas.table import table
from pipelines.schemas.tables.metrics_measures import MetricNetworkPosition

EXAMPLE = "A16"
WORKED = Path(__file__).parents[3] / "shared" / "spec" / "worked_examples.json"
INFLOW, OUTFLOW, BALANCE = 10, 9, 0.9473684210526315
YEAR = date(2024, 1, 1)
KINDS = {"HKG": "country", "KOR": "country", "TWN": "country", "USA": "country", "XNS": "residual", "WLD": "aggregate"}
Report = tuple[str, str, str, float | None]


def frames(*reports: Report, frequency: str = "A") -> dict[str, pl.DataFrame]:
    """Inputs of the estimator: countries, and one report per (reporter, partner, flow, value)."""
    rows = [
        {"reporter_iso3": reporter, "partner_iso3": partner, "flow": flow, "value_usd": None if usd is None else Decimal(usd)}
        for reporter, partner, flow, usd in reports
    ]
    known = {"product_code": "8542", "frequency": frequency, "period_start": YEAR}
    schema = {name: table(REPORTS).schema()[name] for name in (*known, *rows[0])}
    countries = pl.DataFrame({"country_iso3": list(KINDS), "country_kind": list(KINDS.values())})
    return {REPORTS: pl.DataFrame([known | row for row in rows], schema=schema), COUNTRIES: countries}


def positions(given: dict[str, pl.DataFrame]) -> dict[tuple[str, str], dict[str, object]]:
    """Rows by basis and country, after the check that they meet their declaration."""
    found = network_positions(given)
    assert failures(found, MetricNetworkPosition).rows() == []
    return {(row["flow_basis"], row["country_iso3"]): row for row in found.iter_rows(named=True)}


def test_worked_example() -> None:
    given = frames(("KOR", "HKG", "X", INFLOW), ("HKG", "USA", "X", OUTFLOW))
    row = positions(given)["exporter_report", "HKG"]
    assert row["transit_balance"] == pytest.approx(BALANCE, abs=1e-12)
    assert (row["inflow_usd"], row["outflow_usd"], row["n_in"], row["n_out"]) == (INFLOW, OUTFLOW, 1, 1)


@pytest.mark.skipif(not WORKED.exists(), reason="the worked examples are not beside this checkout")
def test_worked_example_is_the_shared_one() -> None:
    shared = next(item for item in json.loads(WORKED.read_text(encoding="utf-8")) if item["id"] == EXAMPLE)
    assert shared["inputs"] == {"in": INFLOW, "out": OUTFLOW}
    assert shared["expected"] == {"transit_balance": BALANCE}


def test_ranks_are_those_of_a_power_iteration() -> None:
    weights = {("KOR", "HKG"): 3.0, ("KOR", "USA"): 1.0, ("HKG", "USA"): 2.0, ("USA", "KOR"): 5.0, ("TWN", "HKG"): 1.0}
    names = sorted({name for pair in weights for name in pair})
    shares = np.zeros((len(names), len(names)))
    for (exporter, importer), usd in weights.items():
        shares[names.index(exporter), names.index(importer)] = usd
    shares /= shares.sum(axis=1, keepdims=True)
    rank = np.full(len(names), 1 / len(names))
    for _ in range(500):
        rank = (1 - DAMPING) / len(names) + DAMPING * rank @ shares
    assert ranks(weights) == pytest.approx(dict(zip(names, rank, strict=True)), abs=1e-10)


def test_each_basis_has_its_own_network() -> None:
    given = frames(("KOR", "HKG", "X", 10), ("HKG", "KOR", "M", 7))
    reconciled = {"exporter_iso3": ["KOR"], "importer_iso3": ["HKG"], "product_code": ["8542"], "window_kind": ["year"]}
    given[RECONCILED] = pl.DataFrame({**reconciled, "period_start": [YEAR], "reconciled_usd": [Decimal("8.500")]})
    given[RECONCILED] = pl.concat([given[RECONCILED], given[RECONCILED].with_columns(pl.lit("rolling_3").alias("window_kind"))])
    found = positions(given)
    assert {key: row["inflow_usd"] for key, row in found.items() if key[1] == "HKG"} == {
        ("exporter_report", "HKG"): 10,
        ("importer_report", "HKG"): 7,
        ("reconciled", "HKG"): Decimal("8.5"),
    }
    assert found["reconciled", "HKG"]["value_label"] == "reconciled"


def test_a_side_that_no_report_covers_is_unknown() -> None:
    row = positions(frames(("KOR", "HKG", "X", 10)))["exporter_report", "HKG"]
    assert (row["outflow_usd"], row["transit_balance"], row["transit_reason"]) == (None, None, "outflow_not_reported")


def test_a_country_without_any_flow_is_isolated() -> None:
    found = positions(frames(("KOR", "HKG", "X", 10), ("KOR", "TWN", "X", 0), ("TWN", "KOR", "X", 0), ("KOR", "USA", "X", None)))
    row = found["exporter_report", "TWN"]
    assert (row["pagerank"], row["absence_reason"], row["transit_reason"]) == (None, "isolated", "isolated")
    assert ("exporter_report", "USA") not in found
    assert found["exporter_report", "HKG"]["n_countries"] == 2


def test_residual_partners_groups_months_and_corrections_are_no_part() -> None:
    given = frames(("KOR", "HKG", "X", 10), ("KOR", "XNS", "X", 99), ("KOR", "WLD", "X", 109), ("KOR", "USA", "X", -5))
    assert {country for _, country in positions(given)} == {"KOR", "HKG"}
    assert positions(frames(("KOR", "HKG", "X", 10), frequency="M")) == {}


def test_every_row_says_that_it_accuses_nobody() -> None:
    rows = positions(frames(("KOR", "HKG", "X", 10))).values()
    assert all("never an accusation" in str(row["reading"]) and row["evidence_label"] == "descriptive" for row in rows)
