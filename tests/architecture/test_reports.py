"""Every metric reaches a reader: a report reads it, or reads what is made of it; and totals say what they hold."""

from pathlib import Path

import pytest

from pipelines.schemas.table import TABLES
from pipelines.warehouse.graph import load_graph

GRAPH = load_graph(Path(__file__).resolve().parents[2] / "sql")
METRICS = sorted(name for name in TABLES if name.startswith("metrics.metric_"))
READ_BY_REPORTS = {
    read for name, model in GRAPH.models.items() if name.startswith("exports.") for read in model.reads if read in METRICS
}
# Steps on the way to another metric: what a reader wants of them is in the report of that metric.
INTERMEDIATES = {
    "metrics.metric_event_fit",
    "metrics.metric_event_month",
    "metrics.metric_event_point",
    "metrics.metric_event_standing",
    "metrics.metric_event_test",
    "metrics.metric_event_unit_month",
    "metrics.metric_flow_cube",
    "metrics.metric_hs_cell",
    "metrics.metric_hs_path",
    "metrics.metric_hs_weight_fit",
    "metrics.metric_hub_window",
    "metrics.metric_quantity_factor",
    "metrics.metric_revision",
    "metrics.metric_rule_dose",
    "metrics.metric_rule_window",
}
# Columns that add up what several reports, codes or months say.
TOTALS = {
    "partner_total_usd",
    "inflow_usd",
    "outflow_usd",
    "gross_usd",
    "nes_before_usd",
    "nes_after_usd",
    "net_gross_usd",
    "rolling_12",
}


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_read_by_a_report_or_is_a_named_step_towards_one(name):
    if name in INTERMEDIATES:
        assert name not in READ_BY_REPORTS, f"{name} has a report of its own: take it off the list"
        assert any(later.startswith("exports.") for later in GRAPH.with_descendants({name}))
    else:
        assert name in READ_BY_REPORTS


@pytest.mark.parametrize("name", sorted(name for name in TABLES if name.startswith("exports.rpt_")))
def test_a_total_has_a_statement_of_coverage_beside_it(name):
    columns = TABLES[name].schema()
    assert not TOTALS & set(columns) or "coverage_statement" in columns
