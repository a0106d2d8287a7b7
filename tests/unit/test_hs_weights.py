"""Least squares between HS revisions: known weights come back from noise-free switchers, constraints hold, reasons are given."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipelines.estimators.hs_weights import MIN_REPORTERS, Component, fit_component, fitted_weights, least_squares_weights
from pipelines.schemas.check import failures
from pipelines.schemas.tables.metrics_hs import DimHsLink, MetricHsCell, MetricHsComponent, MetricHsWeightFit

OLDER, NEWER = ("900001", "900002"), ("900001", "900002", "900003")
LINKS = frozenset({("900001", "900001"), ("900001", "900003"), ("900002", "900002"), ("900002", "900003")})
TRUE = np.array([[0.7, 0.0, 0.3], [0.0, 0.9, 0.1]])
COMPONENT = Component("H6", "H5", OLDER, NEWER, LINKS)
REPORTERS = ("CHN", "DEU", "JPN", "KOR", "MYS", "SGP", "THA", "USA")


def cells(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of metrics.metric_hs_cell; what is not given is that of annual exports to the world."""
    plain: dict[str, Any] = dict.fromkeys(MetricHsCell.schema())
    plain |= {"source_id": "comtrade", "dataset_id": "file", "partner_iso3": "WLD", "flow": "X", "trade_basis": "total_exports"}
    plain |= {"frequency": "A", "period_end": date(2022, 12, 31), "is_current": True, "licence_id": "terms"}
    plain |= {"value_label": "official", "evidence_label": "accounting"}
    return pl.DataFrame([plain | row for row in rows], schema=dict(MetricHsCell.schema()), orient="row")


def switch(reporter: str, before: dict[str, float], after: dict[str, float], gap: int = 1) -> list[dict[str, Any]]:
    """One reporter that files H5 in 2021 and H6 `gap` years later."""
    old = [("H5", 2021, code, value) for code, value in before.items()]
    new = [("H6", 2021 + gap, code, value) for code, value in after.items()]
    return [
        {"reporter_iso3": reporter, "filed_revision": r, "period_start": date(y, 1, 1), "product_code": c, "value_usd": v}
        for r, y, c, v in (*old, *new)
    ]


def switchers(n: int, weights: np.ndarray = TRUE, growth: float = 1.3, gap: int = 1) -> pl.DataFrame:
    """Cells of n reporters whose newer values are the older ones times the weights, grown by a common factor."""
    values = np.random.default_rng(7).integers(10**6, 10**9, size=(n, 2)).astype(float)
    rows = []
    for reporter, before in zip(REPORTERS, values, strict=False):
        after = np.round(growth * before @ weights)
        rows += switch(reporter, dict(zip(OLDER, before, strict=True)), dict(zip(NEWER, after, strict=True)), gap)
    return cells(rows)


def frames(of_cells: pl.DataFrame, is_complete: bool = True) -> dict[str, pl.DataFrame]:
    """What the estimator reads, for the one component and a waste link."""
    pair = {"newer_revision": "H6", "older_revision": "H5"}
    labels = {"value_label": "estimate", "evidence_label": "accounting"}
    flags = {"is_waste_link": False, "is_newer_complete": True, "is_older_complete": True, "relationship": "n:n", "reason": "x"}
    links = [pair | flags | {"older_code": old, "newer_code": new} for old, new in sorted(LINKS)]
    links.append(pair | flags | {"older_code": "900001", "newer_code": "854921", "is_waste_link": True})
    sizes = {"component_id": "900001:H5", "n_nodes": 5, "n_older": 2, "n_newer": 3, "is_exact": False}
    scope = {"link_scope": "without_waste", "is_table_complete": is_complete, "comparability": "not_exact"}
    components = [pair | labels | sizes | scope | {"newer_code": code} for code in NEWER]
    return {
        "core.dim_hs_link": pl.DataFrame(links, schema=dict(DimHsLink.schema())),
        "metrics.metric_hs_component": pl.DataFrame(components, schema=dict(MetricHsComponent.schema())),
        "metrics.metric_hs_cell": of_cells,
    }


def test_known_weights_come_back_from_noise_free_switchers() -> None:
    found = fit_component(COMPONENT, switchers(8))
    assert found.n_reporters == 8
    assert found.weights == pytest.approx(TRUE, abs=1e-5)


def test_other_weights_give_another_answer() -> None:
    other = np.array([[0.2, 0.0, 0.8], [0.0, 0.5, 0.5]])
    found = fit_component(COMPONENT, switchers(8, other))
    assert found.weights == pytest.approx(other, abs=1e-5)
    assert found.weights is not None and abs(found.weights - TRUE).max() > 0.3


@pytest.mark.parametrize("growth", [0.1, 1.0, 40.0])
def test_growth_between_the_periods_drops_out(growth: float) -> None:
    assert fit_component(COMPONENT, switchers(8, growth=growth)).weights == pytest.approx(TRUE, abs=1e-4)


def test_constraints_hold_where_the_data_would_break_them() -> None:
    older = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
    newer = np.array([[1.4, 0.1, -0.4], [0.0, 0.6, 0.9], [0.9, 0.3, 0.0]])
    weights = least_squares_weights(older, newer, COMPONENT.allowed)
    assert weights.min() >= 0 and weights.max() <= 1
    assert weights.sum(axis=1) == pytest.approx([1, 1], abs=1e-12)
    assert weights[0, 1] == weights[1, 0] == 0
    assert weights[0, 0] > 0.99


def test_no_allowed_weights_fit_better() -> None:
    rng = np.random.default_rng(3)
    older = rng.dirichlet([1, 1], size=30)
    newer = np.abs(older @ TRUE + rng.normal(0, 0.05, size=(30, 3)))
    best = least_squares_weights(older, newer, COMPONENT.allowed)
    loss = ((older @ best - newer) ** 2).sum()
    for share, other in rng.uniform(0, 1, size=(200, 2)):
        rival = np.array([[share, 0, 1 - share], [0, other, 1 - other]])
        assert ((older @ rival - newer) ** 2).sum() >= loss - 1e-9


def test_a_code_with_one_target_gets_it_all() -> None:
    weights = least_squares_weights(np.array([[1.0], [1.0], [1.0]]), np.array([[0.3], [0.5], [1.0]]), np.array([[True]]))
    assert weights.tolist() == [[1.0]]


@pytest.mark.parametrize("n", range(1, MIN_REPORTERS))
def test_too_few_reporters_give_no_weights(n: int) -> None:
    found = fit_component(COMPONENT, switchers(n))
    assert (found.weights, found.n_reporters, found.reason) == (None, n, "too_few_switching_reporters")


def test_a_gap_between_the_periods_is_no_switch() -> None:
    assert fit_component(COMPONENT, switchers(8, gap=2)).reason == "too_few_switching_reporters"


def test_a_source_without_one_of_the_codes_is_not_used() -> None:
    lacking = switchers(8).filter(pl.col("product_code") != "900003")
    assert fit_component(COMPONENT, lacking).reason == "codes_not_loaded"


def test_reporters_of_one_pattern_do_not_identify_two_codes() -> None:
    after = {"900001": 70.0, "900002": 90.0, "900003": 40.0}
    rows = [row for reporter in REPORTERS for row in switch(reporter, dict.fromkeys(OLDER, 100.0), after)]
    assert fit_component(COMPONENT, cells(rows)).reason == "not_identified"


def test_a_code_without_a_row_is_a_zero_of_that_reporter() -> None:
    only_first = switch("FRA", {"900001": 1000.0}, {"900001": 700.0, "900003": 300.0})
    found = fit_component(COMPONENT, pl.concat([switchers(6), cells(only_first)]))
    assert found.n_reporters == 7
    assert found.weights == pytest.approx(TRUE, abs=1e-5)


@pytest.mark.parametrize("value", [None, -5.0])
def test_a_missing_or_negative_value_keeps_its_reporter_out(value: float | None) -> None:
    spoilt = switch("FRA", {"900001": 1000.0, "900002": 10.0}, {"900001": 1.0, "900002": value, "900003": 9000.0})
    found = fit_component(COMPONENT, pl.concat([switchers(6), cells(spoilt)]))
    assert found.n_reporters == 6
    assert found.weights == pytest.approx(TRUE, abs=1e-5)


def test_the_table_meets_its_declaration_and_leaves_waste_out() -> None:
    found = fitted_weights(frames(switchers(8)))
    assert failures(found, MetricHsWeightFit).rows() == []
    weights = {(old, new): weight for old, new, weight in found.select("older_code", "newer_code", "code_weight").rows()}
    assert set(weights) == LINKS
    assert weights["900001", "900003"] == pytest.approx(0.3, abs=1e-5)


def test_a_component_that_is_not_wholly_known_has_rows_with_a_reason() -> None:
    found = fitted_weights(frames(switchers(8), is_complete=False))
    assert failures(found, MetricHsWeightFit).rows() == []
    assert found.height == len(LINKS)
    assert found["absence_reason"].unique().to_list() == ["component_incomplete"]


def test_releases_that_are_not_current_take_no_part() -> None:
    old = switchers(8).with_columns(is_current=pl.lit(False))
    assert fitted_weights(frames(old))["absence_reason"].unique().to_list() == ["codes_not_loaded"]
