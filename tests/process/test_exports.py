"""The exported package: valid, described, licensed; and the file that any DuckDB from 1.4 on can open."""

import csv
import json
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
    assert found == {resource["path"] for resource in package["resources"]}
    for resource in package["resources"]:
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
