"""The exported package: valid, described, licensed; and the file that any DuckDB from 1.4 on can open."""

import csv
import hashlib
import html
import json
import re
import shutil
import subprocess
from contextlib import closing

import duckdb
import polars as pl
import pytest
import yaml

from pipelines.errors import CheckFailed
from pipelines.exports.package import reports, write_exports, write_report
from pipelines.home import Home

pytestmark = pytest.mark.slow
ROW_LEVEL = [report.name for report in reports() if report.row_level]


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def package(built_home):
    return json.loads((built_home / "exports" / "datapackage.json").read_text(encoding="utf-8"))


def test_the_package_validates(built_home):
    from frictionless import Package

    report = Package(str(built_home / "exports" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "message"])[:5]


def test_a_changed_parquet_file_makes_the_package_invalid(built_home, package, tmp_path):
    """Parquet is listed by size and hash, and both are read from the file."""
    from frictionless import Package

    listed = [each for each in package["resources"] if each["format"] == "parquet"]
    assert len(listed) == len(reports())
    for each in listed:
        shutil.copy(built_home / "exports" / each["path"], tmp_path)
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "parquet", "resources": listed}), encoding="utf-8")
    assert Package(str(tmp_path / "datapackage.json")).validate().valid
    path = tmp_path / "rpt_premium.parquet"
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert [task.name for task in report.tasks if not task.valid] == ["rpt_premium-parquet"]


@pytest.mark.parametrize("report", reports(), ids=lambda report: report.name)
def test_the_parquet_form_has_every_cell_of_the_csv_and_the_declared_types(report, built_home, package):
    path = built_home / "exports" / f"{report.name}.parquet"
    frame = pl.read_parquet(path)
    assert frame.write_csv(line_terminator="\n") == path.with_suffix(".csv").read_text(encoding="utf-8")
    assert dict(frame.schema) == dict(report.schema())
    described = duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall()
    assert [(name, dtype) for name, dtype, *_ in described] == [(each.name, each.duckdb_type) for each in report.columns]
    codecs = duckdb.sql(f"SELECT DISTINCT compression FROM parquet_metadata('{path}')").fetchall()
    assert codecs == ([("ZSTD",)] if frame.height else [])
    told = pl.read_parquet_metadata(path)
    assert (told["table"], told["release"], told["as_of"]) == (report.full_name(), package["version"], package["as_of"])
    licences = frame["licence_id"].unique().sort().to_list() if "licence_id" in frame.columns else None
    assert told.get("licences") == (None if licences is None else ", ".join(licences))


def test_the_checksums_name_every_file_and_sha256sum_takes_them(built_home):
    folder = built_home / "exports"
    lines = [line.split("  ") for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    expected = {name: hashlib.sha256(body).hexdigest() for name, body in files(folder).items() if name != "SHA256SUMS"}
    assert {path: digest for digest, path in lines} == expected
    if shutil.which("sha256sum"):
        done = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_citation_names_the_release_and_the_publishers_of_its_rows(built_home, package):
    told = yaml.safe_load((built_home / "exports" / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(told)
    assert (told["version"], told["date-released"]) == (package["version"], package["as_of"])
    cited = {f"{each['authors'][0]['name']}: {each['title']}" for each in told["references"]}
    assert cited <= {source["title"] for source in package["sources"]}
    names = {title.partition(":")[0] for title in cited}
    assert {"Korea Customs Service", "US Census Bureau", "Epoch AI"} <= names
    assert "Eurostat" not in names, "no row of this release is from there"


def test_the_report_alone_written_again_keeps_package_and_checksums_true(home_copy):
    """As after a change of a chart: the lists say what lies there, and nothing else of the exports is touched."""
    folder = home_copy / "exports"
    before = files(folder)
    page = folder / "report" / "index.html"
    page.write_bytes(b"an older page")
    lists = {"datapackage.json": before["datapackage.json"].replace(b"report-page", b"report-old"), "SHA256SUMS": b""}
    for name, body in lists.items():
        (folder / name).write_bytes(body)
    write_report(Home(home_copy).edition(None))
    assert files(folder) == before


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


@pytest.mark.parametrize("name", ROW_LEVEL)
def test_no_row_that_may_not_be_passed_on_is_exported(name, built_home):
    with closing(duckdb.connect(str(built_home / "chipflows.duckdb"), read_only=True)) as con:
        barred = con.sql("SELECT licence_id FROM core.dim_licence WHERE NOT may_redistribute_rows").pl()["licence_id"]
    with (built_home / "exports" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        licences = {row["licence_id"] for row in csv.DictReader(lines)}
    assert licences == set(pl.read_parquet(built_home / "exports" / f"{name}.parquet")["licence_id"])
    assert licences or name == "rpt_hub_reexport", "only this one has no row in the shipped data"
    assert "un_comtrade" in set(barred) and not licences & set(barred)


def test_a_row_that_may_not_be_passed_on_leaves_in_no_form(home_copy):
    """One barred row slipped into each table in turn: the export is refused and no file is touched."""
    before = files(home_copy / "exports")
    for name in ROW_LEVEL:
        with closing(duckdb.connect(str(home_copy / "chipflows.duckdb"))) as con:
            (licence,) = con.execute(f"SELECT min(licence_id) FROM exports.{name}").fetchall()[0]
            if licence is None:
                continue
            con.execute(f"UPDATE exports.{name} SET licence_id = 'un_comtrade' WHERE rowid = 0")
        with pytest.raises(CheckFailed, match=f"exports.{name}: found rows under un_comtrade"):
            write_exports(Home(home_copy).edition(None))
        with closing(duckdb.connect(str(home_copy / "chipflows.duckdb"))) as con:
            con.execute(f"UPDATE exports.{name} SET licence_id = ? WHERE rowid = 0", [licence])
        assert files(home_copy / "exports") == before


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
