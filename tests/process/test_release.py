"""Releases of the shipped warehouse: what a build keeps, that it is the same every time, and one build with planted changes."""

import json
import os
import re
import shutil
from datetime import date

import duckdb
import polars as pl
import pytest
from shared_builds import ARTICLE_DAY

from pipelines.exports.release_causes import BY_REPORTER, TRADE
from pipelines.exports.release_diff import difference
from pipelines.exports.release_store import find_release
from pipelines.home import Home
from pipelines.warehouse import release as releases
from pipelines.warehouse.build import dry_run
from pipelines.warehouse.graph import load_graph

pytestmark = pytest.mark.slow
PREMIUM = "ft-2025-b200-rack-price"
SQL_FILE = "sql/exports/rpt_freight_rate.sql"


def ask(home, sql):
    with duckdb.connect(str(home / "chipflows.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def kept(home):
    folder = home / "releases"
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".json", ".parquet")
    }


def test_the_manifest_says_what_is_in_the_warehouse(built_home):
    latest = find_release(Home(built_home), "latest")
    ((release, code),) = ask(built_home, "SELECT warehouse_release_id, code_sha256 FROM core.run")
    assert (latest.release_id, latest.manifest["code_sha256"]) == (release, code)
    assert {name: entry["rows"] for name, entry in latest.tables.items()} == dict(
        ask(built_home, "SELECT model, n_rows FROM meta.model")
    )
    hashes = {each["dataset_id"]: each["content_sha256"] for each in latest.manifest["inputs"]}
    assert hashes == dict(ask(built_home, "SELECT dataset_id, content_sha256 FROM core.dim_dataset"))
    ((total,),) = ask(built_home, "SELECT CAST(sum(total_central) AS VARCHAR) FROM exports.rpt_supply_mix")
    assert latest.tables["exports.rpt_supply_mix"]["totals"]["total_central"] == total


def test_a_stored_report_has_the_rows_of_its_csv(built_home):
    latest = find_release(Home(built_home), "latest")
    for name in latest.names("exports"):
        csv = (built_home / "exports" / f"{name.partition('.')[2]}.csv").read_text(encoding="utf-8")
        assert latest.frame(name).write_csv(line_terminator="\n") == csv


def test_writing_the_release_again_gives_the_same_bytes(home_copy):
    before = kept(home_copy)
    edition = Home(home_copy).edition(None)
    releases.write_release(edition)
    assert kept(home_copy) == before
    shutil.rmtree(edition.releases / releases.PARTS)
    releases.write_release(edition)
    assert kept(home_copy) == before, "without anything to take over"


def test_a_release_against_itself_has_no_difference(built_home, chipflows):
    done = chipflows(built_home, "diff", "latest", "latest")
    assert done.returncode == 0, done.stderr
    assert "0 exported numbers differ" in done.stdout


def test_old_releases_are_forgotten_with_the_tables_that_only_they_name(home_copy, monkeypatch):
    monkeypatch.setattr(releases, "KEPT_MANIFESTS", 2)
    folder = Home(home_copy).edition(None).releases
    (latest,) = releases.manifests(folder)
    for age, name in enumerate(("older", "oldest"), start=1):
        told = json.loads(latest.read_text(encoding="utf-8"))
        told["tables"]["exports.rpt_rule"]["part"] = name
        (folder / releases.PARTS / f"{name}.parquet").write_bytes(b"")
        path = folder / f"{name}{releases.MANIFEST}"
        path.write_text(json.dumps(told), encoding="utf-8")
        os.utime(path, (latest.stat().st_atime - age, latest.stat().st_mtime - age))
    releases.write_release(Home(home_copy).edition(None))
    assert [path.name for path in releases.manifests(folder)] == [latest.name, f"older{releases.MANIFEST}"]
    assert {path.stem for path in (folder / releases.PARTS).iterdir()} & {"older", "oldest"} == {"older"}


def test_a_number_that_moved_by_itself_ends_with_code_4(home_copy, chipflows):
    """As if a model gave another number from the same inputs and code."""
    folder = Home(home_copy).edition(None).releases
    (latest,) = releases.manifests(folder)
    told = json.loads(latest.read_text(encoding="utf-8"))
    entry = told["tables"]["exports.rpt_tightness"]
    frame = pl.read_parquet(folder / releases.PARTS / f"{entry['part']}.parquet")
    moved = frame.with_columns(tightness_p50=pl.col("tightness_p50") + 1)
    moved.write_parquet(folder / releases.PARTS / "moved.parquet")
    told["release"], entry["part"], entry["content"] = "moved", "moved", "moved"
    (folder / f"moved{releases.MANIFEST}").write_text(json.dumps(told), encoding="utf-8")
    done = chipflows(home_copy, "diff", str(latest), "moved", "--format", "json")
    assert done.returncode == 4, done.stderr
    counts = json.loads(done.stdout)["counts"]
    n_moved = frame["tightness_p50"].drop_nulls().len()
    assert counts["by_reason"] == {"unexplained": n_moved}
    assert n_moved > 0


@pytest.mark.parametrize("table", BY_REPORTER)
def test_a_report_that_is_narrowed_by_reporter_rests_on_that_reporters_records_only(table, built_home):
    """Without the records of the largest reporter, the rows of all others are what they were."""
    home, name = Home(built_home), f"exports.{table}"
    graph = load_graph(home.sql)
    frames = {each.name: pl.read_parquet(each / "*.parquet") for each in (built_home / "lake").iterdir()}
    given = {f"tidy.{short}": frame for short, frame in frames.items()}
    with duckdb.connect(str(built_home / "chipflows.duckdb"), read_only=True) as con:
        given["tidy.calendar"] = con.sql("SELECT * FROM tidy.calendar").pl()
        run = con.sql("SELECT * FROM core.run").pl().row(0, named=True)
    whole = dry_run(graph, given, run, (name,))[name]
    most = given[TRADE]["reporter_iso3"].value_counts(sort=True)["reporter_iso3"]
    reporter = next(each for each in most if set(whole["reporter_iso3"]) - {each})
    without = {**given, TRADE: given[TRADE].filter(pl.col("reporter_iso3") != reporter)}
    rest = dry_run(graph, without, run, (name,))[name]
    kept_key = list(graph.models[name].table.key)
    others = [frame.filter(pl.col("reporter_iso3") != reporter).sort(kept_key) for frame in (whole, rest)]
    assert others[0].height > 0
    assert others[0].equals(others[1])


@pytest.fixture(scope="module")
def planted_home(built_home, tmp_path_factory, chipflows):
    """The shipped home with a second release: one prior, one claim and one SQL file edited. One whole build."""
    folder = tmp_path_factory.mktemp("planted")
    home = shutil.copytree(built_home, folder / "home", ignore=shutil.ignore_patterns("dagster"))
    here = Home(built_home).checkout
    for part in ("data", "sql", "pipelines"):
        shutil.copytree(here / part, folder / "checkout" / part, ignore=shutil.ignore_patterns("__pycache__"))
    edit(folder / "checkout/data/reference/priors.csv", r"(?m)^(at-least-multiple,.*fixed,1\.25),1\.5,2,", r"\1,1.6,2,")
    edit(folder / "checkout/data/facts/claims.csv", "489000", "489100")
    edit(folder / "checkout" / SQL_FILE, r"cast\(metric\.n_two_values as", "cast(metric.n_two_values + 1 as")
    done = chipflows(home, "build", "--quiet", checkout=folder / "checkout", deadline=600)
    assert done.returncode == 0, done.stderr
    return home


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    changed, n_edits = re.subn(old, new, text)
    assert n_edits == 1, f"{path.name}: {n_edits} places"
    path.write_text(changed, encoding="utf-8")


def test_every_planted_change_is_found_and_the_counts_add_up(planted_home):
    home = Home(planted_home)
    found = difference(find_release(home, "previous"), find_release(home, "latest"))
    assert found.unexplained == 0
    by_cause = dict(found.counts("reason").select("reason", "numbers").iter_rows())
    assert sum(by_cause.values()) == found.numbers.height > 0
    causes = {table: set(rows["reason"]) for (table,), rows in found.numbers.group_by(["table_name"])}
    assert causes["rpt_freight_rate"] == {"code"}
    assert causes["rpt_prior"] == {"prior_or_parameter"}
    assert causes["rpt_supply_mix"] == {"changed_fact"}
    prior = found.numbers.filter(pl.col("table_name") == "rpt_prior")
    assert prior.select("row_key", "column_name", "old", "new").rows() == [
        ("prior_id=at-least-multiple", "prior_central", "1.5", "1.6")
    ]
    kinds = {kind for cause in by_cause for kind in cause.removeprefix("several: ").split(", ")}
    assert kinds <= {"code", "prior_or_parameter", "changed_fact", "source_file"}


def test_every_changed_cell_of_the_csv_files_is_in_the_difference(planted_home, built_home):
    """Counted without the program: lines of the exported CSV files that differ are rows of the difference."""
    home = Home(planted_home)
    found = difference(find_release(home, "previous"), find_release(home, "latest"))
    for path in sorted((built_home / "exports").glob("*.csv")):
        old, new = (
            set((root / "exports" / path.name).read_text(encoding="utf-8").splitlines()) for root in (built_home, planted_home)
        )
        rows = found.cells.filter(pl.col("table_name") == path.stem)
        gone = rows.filter(pl.col("change") != "added")["row_key"].n_unique()
        assert gone == len(old - new), path.name


def test_the_command_tells_files_causes_and_headlines(planted_home, chipflows, tmp_path):
    out = tmp_path / "diff.csv"
    done = chipflows(planted_home, "diff", "previous", "latest", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "priors.csv: 31 -> 31 rows" in done.stdout
    assert "NUMBERS BY REASON" in done.stdout
    frame = pl.read_csv(out, infer_schema_length=0)
    told = re.search(r"(\d+) exported numbers differ", done.stdout)
    assert told is not None
    assert frame.filter(pl.col("value_kind") == "number").height == int(told.group(1))


def test_two_as_of_days_of_the_same_files_differ_by_what_became_known(article_home):
    home = Home(article_home)
    found = difference(find_release(home, ARTICLE_DAY), find_release(home, "latest"))
    assert found.first.as_of == date.fromisoformat(ARTICLE_DAY)
    assert found.unexplained == 0
    assert found.counts("reason")["numbers"].sum() == found.numbers.height > 0
    claims = found.cells.filter(pl.col("table_name") == "rpt_rule")
    assert set(claims["reason"]) == {"rule"}
