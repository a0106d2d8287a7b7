"""A16, network position: a balance between 0 and 1 that knows no direction, and ranks that add up to 1."""

from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import STEADY

from pipelines.estimators.network import COUNTRIES, REPORTS, network_positions
from pipelines.schemas.check import failures
from pipelines.schemas.table import table
from pipelines.schemas.tables.metrics_measures import MetricNetworkPosition

NAMES = ("CHN", "HKG", "KOR", "TWN", "USA", "XNS")
KINDS = [*["country"] * 5, "residual"]
FLOWS = {"exporter_report": "X", "importer_report": "M"}
Cells = dict[tuple[str, str], int | None]

values = st.none() | st.just(0) | st.integers(-1_000, 10**12)
cells = st.dictionaries(st.sampled_from(list(permutations(NAMES, 2))), values, min_size=1, max_size=20)


def positions(filed: Cells, basis: str = "exporter_report") -> dict[str, dict[str, Any]]:
    """Rows by country of one network, from flows {(exporter, importer): value} as the one or the other side files them."""
    rows = [
        {
            "reporter_iso3": exporter if basis == "exporter_report" else importer,
            "partner_iso3": importer if basis == "exporter_report" else exporter,
            "flow": FLOWS[basis],
            "product_code": "8542",
            "frequency": "A",
            "period_start": date(2024, 1, 1),
            "value_usd": None if usd is None else Decimal(usd),
        }
        for (exporter, importer), usd in filed.items()
    ]
    reports = pl.DataFrame(rows, schema={name: table(REPORTS).schema()[name] for name in rows[0]})
    countries = pl.DataFrame({"country_iso3": NAMES, "country_kind": KINDS})
    found = network_positions({REPORTS: reports, COUNTRIES: countries})
    assert failures(found, MetricNetworkPosition).rows() == []
    return {row["country_iso3"]: row for row in found.iter_rows(named=True)}


@STEADY
@given(cells, st.sampled_from(sorted(FLOWS)))
def test_the_balance_lies_between_0_and_1_and_needs_both_sides(filed: Cells, basis: str) -> None:
    for row in positions(filed, basis).values():
        inflow, outflow, balance = row["inflow_usd"], row["outflow_usd"], row["transit_balance"]
        known = inflow is not None and outflow is not None and inflow + outflow > 0
        assert (balance is not None) == known == (row["transit_reason"] is None)
        if known:
            assert 0 <= balance <= 1
            assert balance == pytest.approx(2 * float(min(inflow, outflow)) / float(inflow + outflow), abs=1e-12)


@STEADY
@given(cells)
def test_the_balance_is_the_same_with_all_flows_turned_round(filed: Cells) -> None:
    turned = {(importer, exporter): usd for (exporter, importer), usd in filed.items()}
    here, there = positions(filed), positions(turned)
    assert {name: row["transit_balance"] for name, row in here.items()} == {
        name: row["transit_balance"] for name, row in there.items()
    }


@STEADY
@given(cells)
def test_ranks_add_up_to_1_over_the_countries_with_a_flow(filed: Cells) -> None:
    rows = positions(filed).values()
    ranks = [row["pagerank"] for row in rows if row["pagerank"] is not None]
    linked = {name for pair, usd in filed.items() if usd is not None and usd > 0 and "XNS" not in pair for name in pair}
    assert len(ranks) == len(linked)
    assert not ranks or sum(ranks) == pytest.approx(1, abs=1e-9)
    assert all((row["absence_reason"] == "isolated") == (row["country_iso3"] not in linked) for row in rows)


@STEADY
@given(cells)
def test_both_bases_of_the_same_figures_agree(filed: Cells) -> None:
    exporters, importers = positions(filed), positions(filed, "importer_report")
    assert {name: row["pagerank"] for name, row in exporters.items()} == {
        name: row["pagerank"] for name, row in importers.items()
    }


@STEADY
@given(cells, st.integers(2, 1_000))
def test_ranks_do_not_depend_on_the_currency(filed: Cells, rate: int) -> None:
    scaled = {pair: None if usd is None else usd * rate for pair, usd in filed.items()}
    before, after = positions(filed), positions(scaled)
    for name, row in before.items():
        assert row["pagerank"] == pytest.approx(after[name]["pagerank"], abs=1e-9)
