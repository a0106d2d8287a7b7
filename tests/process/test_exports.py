"""The exported package: valid, described, licensed; and the file that any DuckDB from 1.4 on can open."""

import csv
import html
import json
import re
from contextlib import closing

import duckdb
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def package(built_home):
    return json.loads((built_home / "exports" / "datapackage.json").read_text(encoding="utf-8"))


def test_the_package_validates(built_home):
    from frictionless import Package

    report = Package(str(built_home / "exports" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "message"])[:5]


def test_every_column_of_every_csv_is_described(built_home, package):
    found = {path.name for path in (built_home / "exports").glob("*.csv")}
    tables = [resource for resource in package["resources"] if resource["type"] == "table"]
    assert found == {resource["path"] for resource in tables}
    for resource in tables:
        with (built_home / "exports" / resource["path"]).open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
        assert header == [field["name"] for field in resource["schema"]["fields"]]
        assert all(field["description"] for field in resource["schema"]["fields"])


def test_sources_and_licences_are_named(package):
    assert {"CC-BY-4.0", "us_public_domain", "un_comtrade"} <= {licence["name"] for licence in package["licenses"]}
    assert any("Korea Customs" in source["title"] for source in package["sources"])


@pytest.mark.parametrize("name", ["rpt_flow_month", "rpt_proxy_group", "rpt_hs_chain"])
def test_no_row_that_may_not_be_passed_on_is_exported(name, built_home):
    with (built_home / "exports" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        licences = {row["licence_id"] for row in csv.DictReader(lines)}
    assert licences
    assert "un_comtrade" not in licences


def test_tables_and_columns_carry_comments_and_the_storage_version_is_old_enough(built_home):
    path = built_home / "chipflows.duckdb"
    with closing(duckdb.connect(str(path), read_only=True)) as con:
        bare = "SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL AND NOT internal"
        assert con.execute(bare).fetchall() == [(0,)]
        assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE comment IS NULL").fetchall() == [(0,)]
        tags = con.execute("SELECT tags FROM duckdb_databases() WHERE database_name = 'chipflows'").fetchall()[0][0]
    assert "v1.4" in str(tags), tags


def test_the_claim_chain_is_a_page_of_the_export(built_home, package):
    """Each figure of the page is a figure of the table, each link has its verdict, and the package lists the page."""
    page = (built_home / "exports" / "claim_chain.html").read_text(encoding="utf-8")
    with (built_home / "exports" / "rpt_claim_chain.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    ends = [row[end] for row in rows for end in ("link_low", "link_central", "link_high") if row[end]]
    assert [float(value) for value in re.findall(r'<data value="([^"]+)">', page)] == [float(end) for end in ends]
    assert page.count('<th scope="row">') == len(rows)
    for row in rows:
        for column in ("link_claim", "link_reason", "deciding_datum"):
            assert html.escape(row[column]) in page
        assert f"<td>{row['link_verdict'].replace('_', ' ')}</td>" in page
    listed = next(resource for resource in package["resources"] if resource["path"] == "claim_chain.html")
    assert listed["bytes"] == len(page.encode())
