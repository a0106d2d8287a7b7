"""The rung of a figure follows from its design and what it passed, in Python and in the audit's SQL alike."""

from contextlib import closing
from itertools import product

import duckdb
import pytest

from pipelines.errors import ModelError
from pipelines.schemas.evidence import DESIGNS, EVIDENCE, NEEDS, Conditions, rung_for, rung_sql
from pipelines.schemas.table import TABLES, Table
from pipelines.schemas.tables.catalog import declared_tables
from pipelines.warehouse.labels import label_condition

PASSED = Conditions(True, True, 6, 0.05, True)
OWN = [name for name in DESIGNS if name != "as_lineage"]
FLAGS = (None, False, True)
GRID = [Conditions(*values) for values in product(FLAGS, FLAGS, (None, 5, 6), (None, 0.0501, 0.05), FLAGS)]


@pytest.mark.parametrize(
    ("design", "without", "passed"),
    [
        ("complete_sources", "accounting", "accounting"),
        ("description", "descriptive", "descriptive"),
        ("pre_post", "descriptive", "descriptive"),
        ("did_its", "descriptive", "comparative"),
        ("synthetic_or_ppml", "descriptive", "quasi_experimental"),
        ("model", "structural", "structural"),
    ],
)
def test_a_design_reaches_its_rung_only_with_what_it_needs(design, without, passed):
    assert rung_for(design) == without
    assert rung_for(design, PASSED) == passed


@pytest.mark.parametrize(
    ("failed", "rung"),
    [
        (Conditions(False, True, 6, 0.05, True), "descriptive"),
        (Conditions(True, False, 6, 0.05, True), "descriptive"),
        (Conditions(True, None, 6, 0.05, True), "descriptive"),
        (Conditions(True, True, 5, 0.05, True), "comparative"),
        (Conditions(True, True, 6, 0.051, True), "comparative"),
        (Conditions(True, True, 6, float("nan"), True), "comparative"),
        (Conditions(True, True, 6, 0.05, False), "comparative"),
    ],
)
def test_one_condition_that_is_not_met_lowers_the_rung(failed, rung):
    assert rung_for("synthetic_or_ppml", failed) == rung
    assert EVIDENCE.index(rung_for("did_its", failed)) <= EVIDENCE.index(rung)


@pytest.mark.parametrize("design", OWN)
def test_sql_and_python_give_the_same_rung(design):
    columns = [need.field for need in NEEDS]
    with closing(duckdb.connect()) as con:
        con.execute(
            "CREATE TABLE t (place INT, is_pretrend_passed BOOL, is_placebo_passed BOOL, n_clean_post_months INT, "
            "p_adjusted DOUBLE, is_sensitivity_shown BOOL)"
        )
        con.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", [(n, *vars(c).values()) for n, c in enumerate(GRID)])
        found = [EVIDENCE[row[0]] for row in con.execute(f"SELECT {rung_sql(design, columns)} FROM t ORDER BY place").fetchall()]
    assert found == [rung_for(design, conditions) for conditions in GRID]


def test_a_condition_that_a_table_does_not_carry_counts_as_not_met():
    assert "true" not in rung_sql("did_its", []).lower().replace("is_", "")
    with closing(duckdb.connect()) as con:
        assert con.execute(f"SELECT {rung_sql('synthetic_or_ppml', [])}").fetchall() == [(1,)]


@pytest.mark.parametrize("design", ["", "as_lineage", "rct"])
def test_no_rung_without_a_design(design):
    with pytest.raises(ModelError, match="there is no design"):
        rung_for(design)


def test_a_table_cannot_declare_a_design_that_is_not_there():
    before = dict(TABLES)
    columns = TABLES["core.run"].columns
    with pytest.raises(ModelError, match="found design 'hand_made'"):
        type("Wrong", (Table,), {"layer": "metrics", "name": "x", "columns": columns, "key": ("as_of",), "design": "hand_made"})
    assert before == TABLES


def above(name: str, rows: str) -> int:
    """How many of the given rows stand above what a table allows."""
    (_, condition), = label_condition(declared_tables()[name])  # fmt: skip
    with closing(duckdb.connect()) as con:
        found = con.execute(f"SELECT count(*) FILTER (WHERE {condition}) FROM ({rows})").fetchall()
    return int(found[0][0])


def test_the_audit_finds_a_label_above_the_design():
    labels = " UNION ALL ".join(f"SELECT '{label}' AS evidence_label" for label in EVIDENCE)
    assert above("metrics.metric_supply_mix", labels) == 4
    assert above("metrics.metric_pre_post", labels) == 3
    assert above("metrics.metric_gap_regression", labels) == 3, "no placebo column, so comparative is out of reach"


def test_a_finding_stands_no_higher_than_the_table_it_is_read_from():
    rows = "SELECT '{}' AS lineage, 'descriptive' AS evidence_label"
    assert above("exports.rpt_summary", rows.format("metrics.metric_pre_post: rule_id=x")) == 0
    assert above("exports.rpt_summary", rows.format("metrics.metric_pre_post")) == 0
    assert above("exports.rpt_summary", rows.format("metrics.metric_supply_mix: x")) == 1
    assert above("exports.rpt_summary", rows.format("metrics.no_such_table: x")) == 1


@pytest.mark.parametrize(
    "name", sorted(n for n in TABLES if n.startswith("exports.rpt_") and n.replace("exports.rpt", "metrics.metric") in TABLES)
)
def test_a_report_has_the_design_of_its_metric(name):
    assert TABLES[name].design == TABLES[name.replace("exports.rpt", "metrics.metric")].design
