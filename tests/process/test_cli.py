"""The command line as a person meets it: answers, messages, exit codes."""

import json

import pytest

pytestmark = pytest.mark.slow


def said(done, code=0):
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code == 0 else done.stderr


def test_help_names_every_command_and_the_exit_codes(built_home, chipflows):
    text = said(chipflows(built_home, "--help"))
    for word in ("build", "claims", "tables", "query", "export", "check", "status", "ui", "Exit codes"):
        assert word in text


def test_tables_and_columns(built_home, chipflows):
    assert "core.fact_trade_flow" in said(chipflows(built_home, "tables"))
    assert "One price observation" in said(chipflows(built_home, "tables", "metric_premium"))
    assert "no table is called 'nothing'" in said(chipflows(built_home, "tables", "nothing"), 2)


def test_query_in_three_forms(built_home, chipflows):
    sql = "SELECT 1 AS one, 'a' AS letter"
    assert said(chipflows(built_home, "query", sql, "--format", "csv")) == "one,letter\n1,a\n"
    assert json.loads(said(chipflows(built_home, "query", sql, "--format", "json"))) == [{"one": 1, "letter": "a"}]
    assert "letter" in said(chipflows(built_home, "query", sql))
    long = said(chipflows(built_home, "query", "SELECT claim_id FROM core.fact_claim", "--limit", "3"))
    assert "121 more rows" in long


@pytest.mark.parametrize(
    "sql", ["DROP TABLE core.run", "CREATE TABLE x (a INT)", "SELEC 1", "SELECT * FROM read_csv('/etc/passwd')"]
)
def test_query_only_reads_the_warehouse(sql, built_home, chipflows):
    assert "chipflows: the query" in said(chipflows(built_home, "query", sql), 2)


def test_check_and_status(built_home, chipflows):
    text = said(chipflows(built_home, "check"))
    assert "0 breaches" in text
    assert "0 failed" in text
    rows = json.loads(said(chipflows(built_home, "status", "--format", "json")))
    korea = next(row for row in rows if row["dataset_id"] == "kcs_8542_country")
    assert (korea["n_rows"], korea["first_day"], korea["last_day"]) == (800, "2020-01-01", "2026-08-31")
    assert {"claims", "comtrade_8542_exports_annual", "uscb_exports_schb_monthly"} <= {row["dataset_id"] for row in rows}


def test_without_a_warehouse_the_remedy_is_named(tmp_path, chipflows):
    for words in (("status",), ("query", "SELECT 1"), ("export",), ("check",)):
        assert "run chipflows build first" in said(chipflows(tmp_path / "empty", *words), 2)
    assert "run chipflows build" in said(chipflows(tmp_path / "empty", "build", "--quiet", "--select", "metric_growth"), 2)


def test_wrong_requests(built_home, chipflows):
    assert "did you mean metric_premium?" in said(chipflows(built_home, "build", "--select", "metric_premum"), 2)
    assert "expected a day as YYYY-MM-DD" in said(chipflows(built_home, "build", "--as-of", "July"), 2)
    chipflows(built_home, "no-such-command")


def test_one_edited_model_is_rebuilt_with_what_depends_on_it(home_copy, checkout_copy, chipflows):
    path = checkout_copy / "sql" / "metrics" / "metric_premium.sql"
    text = path.read_text(encoding="utf-8")
    assert "then 1.38" in text
    sql = "SELECT reference_usd FROM exports.rpt_premium WHERE price_id = 'huxiu-2025-b200-price'"
    path.write_text(text.replace("then 1.38", "then 1.5"), encoding="utf-8")
    said(chipflows(home_copy, "build", "--quiet", "--select", "metric_premium", checkout=checkout_copy))
    after = said(chipflows(home_copy, "query", sql, "--format", "csv", checkout=checkout_copy))
    assert float(after.split("\n")[1]) == pytest.approx(37229 * 8 * 1.5)


def test_the_run_is_in_the_instance_that_the_ui_opens(built_home, python):
    code = """
import os
from pipelines.home import Home
from pipelines.assets.instance import prepare_instance
prepare_instance(Home.from_environment())
import dagster as dg
with dg.DagsterInstance.get() as instance:
    assert not instance.telemetry_enabled
    print([(run.job_name, run.status.value) for run in instance.get_runs()])
"""
    assert "('build_warehouse', 'SUCCESS')" in said(python(built_home, code))
