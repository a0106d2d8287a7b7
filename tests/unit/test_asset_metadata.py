"""What the UI shows of an asset: groups, tags, guides, previews, lineage of columns; and that every job can be loaded."""

from datetime import date
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from pipelines.assets.groups import GROUPS, SUBJECTS, group_of
from pipelines.assets.live import asked_feeds, feed_key
from pipelines.assets.metadata import column_lineage, made_of, table_tags
from pipelines.assets.previews import N_COLUMNS, first_rows, markdown, shown_columns
from pipelines.assets.warehouse import code_file
from pipelines.definitions import JOBS, MAIN_JOB, defs
from pipelines.exports.wording import UNLABELLED, require_wording
from pipelines.home import CHECKOUT
from pipelines.schemas.table import TABLES
from pipelines.warehouse.column_lineage import lineage_of
from pipelines.warehouse.graph import Model, load_graph

GRAPH = load_graph(CHECKOUT / "sql")
SPECS = [spec for definition in defs.assets for spec in definition.specs]
CLAIMS = "core.fact_claim"


def lineage(sql: str) -> dict[str, set[str]]:
    model = Model("metrics.made_up", (CLAIMS,), sql=sql)
    return {column: {".".join(origin) for origin in origins} for column, origins in lineage_of(model).items()}


def test_every_job_of_the_code_location_can_be_loaded():
    names = {job.name for job in defs.get_repository_def().get_all_jobs()}
    assert {MAIN_JOB, "refresh_sources", "export_report", *JOBS} <= names and MAIN_JOB == "build_warehouse"


def test_every_feed_is_in_exactly_one_refresh_job():
    held = [key for name in JOBS for key in defs.resolve_job_def(name).asset_layer.executable_asset_keys]
    assert sorted(held) == sorted(feed_key(feed) for _, feed in asked_feeds())


def test_the_export_job_writes_files_and_builds_nothing():
    keys = defs.resolve_job_def("export_report").asset_layer.executable_asset_keys
    assert {key.path[0] for key in keys} == {"package"}


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key.to_user_string())
def test_an_asset_has_a_described_group_an_owner_and_a_guide(spec):
    assert spec.group_name in GROUPS and list(spec.owners) == ["team:chipflows"]
    guide = spec.metadata.get("guide")
    assert guide is None or (CHECKOUT / guide).is_file(), guide
    assert guide or spec.key.path[0] == "live"


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_a_group_names_a_guide_that_exists_and_keeps_to_the_ladder(name):
    assert (CHECKOUT / GROUPS[name].guide).is_file()
    require_wording(GROUPS[name].words, UNLABELLED, name)


def test_no_subject_is_too_large_to_look_through():
    sizes = {name: sum(group_of(TABLES[each]) == name for each in GRAPH.order) for name in GROUPS}
    assert max(sizes[name] for name in sizes if name.partition("_")[2] in SUBJECTS) <= 30


@pytest.mark.parametrize("name", GRAPH.order)
def test_the_file_that_makes_a_table_exists(name):
    assert code_file(GRAPH.models[name]).is_file()


def test_tags_say_how_much_a_table_may_claim():
    assert table_tags(TABLES["exports.rpt_premium"])["may_claim_at_most"] == "descriptive"
    assert table_tags(TABLES["core.fact_claim"]) == {"layer": "core"}


def test_a_preview_holds_key_and_measure_and_is_narrow():
    table = TABLES["exports.rpt_mirror_gap"]
    shown = shown_columns(table)
    assert {*table.key, "exporter_usd", "importer_usd", "raw_gap_usd"} == set(shown) and len(shown) == N_COLUMNS
    assert [name for name in table.schema() if name in shown] == shown


@pytest.mark.parametrize("name", [name for name in GRAPH.order if TABLES[name].measure])
def test_a_preview_never_lacks_the_measure(name):
    assert TABLES[name].measure in shown_columns(TABLES[name])


def test_a_preview_holds_the_first_rows_with_long_cells_cut():
    table = TABLES["core.dim_wording_rung"]
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        con.register("frame", table.empty().to_arrow())
        con.execute("CREATE TABLE core.dim_wording_rung AS SELECT * FROM frame")
        assert first_rows(con, table).records == []
        names = [name for name, dtype in table.schema().items() if dtype == pl.String()]
        values = ", ".join(["repeat('x', 50)"] * len(names))
        con.execute(f"INSERT INTO core.dim_wording_rung ({', '.join(names)}) SELECT {values} FROM range(9)")
        rows = first_rows(con, table).records
    assert len(rows) == 5 and list(rows[0].data) == shown_columns(table)
    assert "x" * 27 + "…" in rows[0].data.values()


def test_rows_as_markdown():
    assert markdown(["usd", "share"], [(Decimal("12.000"), 0.25)]).splitlines()[2] == "| 12 | 0.25 |"
    assert markdown(["day", "text"], [(date(2025, 1, 1), "a|b")]).splitlines()[2] == "| 2025-01-01 | a\\|b |"


def test_lineage_follows_aliases_expressions_and_ctes():
    found = lineage(
        f"WITH a AS (SELECT claim_id AS x, low + high AS y FROM {CLAIMS}) SELECT b.x AS id, max(b.y) AS top, 1 AS one FROM a AS b"
    )
    assert found == {"id": {f"{CLAIMS}.claim_id"}, "top": {f"{CLAIMS}.low", f"{CLAIMS}.high"}, "one": set()}


def test_lineage_follows_unions_by_position_stars_and_subqueries():
    found = lineage(
        f"WITH u AS (SELECT claim_id AS id, low AS v FROM {CLAIMS} UNION ALL SELECT publisher, high FROM {CLAIMS}) "
        f"SELECT *, (SELECT max(central) FROM {CLAIMS}) AS top FROM u"
    )
    assert found["id"] == {f"{CLAIMS}.claim_id", f"{CLAIMS}.publisher"}
    assert found["v"] == {f"{CLAIMS}.low", f"{CLAIMS}.high"} and found["top"] == {f"{CLAIMS}.central"}


def test_lineage_of_a_recursive_cte_holds_both_parts():
    found = lineage(
        f"WITH RECURSIVE r(n) AS (SELECT low FROM {CLAIMS} UNION ALL SELECT r.n + c.high FROM r, {CLAIMS} AS c) SELECT n FROM r"
    )
    assert found == {"n": {f"{CLAIMS}.low", f"{CLAIMS}.high"}}


@pytest.mark.parametrize("name", sorted(name for name, model in GRAPH.models.items() if model.estimator is None))
def test_lineage_names_the_columns_of_a_model_and_columns_that_exist(name):
    model = GRAPH.models[name]
    found = lineage_of(model)
    assert list(found) == list(model.table.schema())
    origins = {origin for each in found.values() for origin in each}
    assert origins and all(table in model.reads and column in TABLES[table].schema() for table, column in origins)


def test_lineage_is_shown_as_metadata_and_as_text():
    origins = {"gap_usd": [("metrics.metric_mirror_gap", "gap_usd")], "value_label": []}
    (dep,) = column_lineage(origins).deps_by_column["gap_usd"]
    assert dep.asset_key.path == ["metrics", "metric_mirror_gap"] and dep.column_name == "gap_usd"
    assert made_of(origins).value.splitlines()[2:] == ["| gap_usd | metrics.metric_mirror_gap.gap_usd |", "| value_label | - |"]
