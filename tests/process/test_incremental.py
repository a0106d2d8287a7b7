"""A build takes over what nothing changed for, and comes to the same tables as one that makes every table again."""

import shutil
from datetime import date

import duckdb
import pytest

from pipelines.home import CHECKOUT, Home
from pipelines.schemas.tables.meta import Calendar
from pipelines.tidy import lake
from pipelines.warehouse import build, plan
from pipelines.warehouse.graph import load_graph

pytestmark = pytest.mark.slow
GRAPH = load_graph(CHECKOUT / "sql")
PRICED = "exports.rpt_premium"
UNPRICED = "metrics.metric_mirror_pair"


def exported(home):
    """Every exported file but those that name the release or the hash of the database."""
    folder = home / "exports"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.csv")}


def prints(home):
    with duckdb.connect(str(home / "chipflows.duckdb"), read_only=True) as con:
        return dict(con.execute("SELECT model, fingerprint FROM meta.model").fetchall())


def test_nothing_is_made_again_where_nothing_changed(home_copy, monkeypatch):
    before, first = exported(home_copy), prints(home_copy)
    monkeypatch.setattr(build, "make_model", lambda con, model: pytest.fail(f"{model.name} was made again"))
    monkeypatch.setattr(build, "load_tidy", lambda con, home, declared: pytest.fail(f"{declared.name} was loaded again"))
    built = build.build(build.Request(Home(home_copy)))
    assert built.fresh == frozenset()
    assert set(built.rows) == set(GRAPH.order)
    assert prints(home_copy) == first
    assert exported(home_copy) == before


def test_a_changed_fact_comes_to_the_same_tables_as_a_build_of_everything(home_copy, checkout_copy, tmp_path, warehouse_alone):
    path = checkout_copy / "data" / "facts" / "prices.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("b300-server-cn-2026-04,")]
    assert len(kept) == len(lines) - 1
    path.write_text("".join(kept), encoding="utf-8")
    other = shutil.copytree(home_copy, tmp_path / "other", ignore=shutil.ignore_patterns("dagster"))
    known = prints(home_copy)
    made = rebuilt(Home(home_copy, checkout_copy))
    stale = {name for name, found in prints(home_copy).items() if known[name] != found}
    assert {PRICED, UNPRICED, "tidy.price"} <= stale  # every table rests on the register of files, but not on these rows of it
    assert PRICED in made
    assert UNPRICED not in made
    warehouse_alone(other, checkout=checkout_copy, full=True)
    with duckdb.connect() as con:
        for place, home in (("one", home_copy), ("two", other)):
            con.execute(f"ATTACH '{home / 'chipflows.duckdb'}' AS {place} (READ_ONLY)")
        for name in GRAPH.order:
            assert told(con, "one", name) == told(con, "two", name), name


def rebuilt(home):
    """Take in the shipped data and build in this process; the models that were made."""
    origins = lake.origins_of(home)
    lake.merge_accounts([lake.take_in(item, home, origins) for item in lake.shipped_inputs(home.data)], home)
    return build.build(build.Request(home)).fresh


def told(con, place, name):
    """Rows and print of a table, and the comments of its columns."""
    where = f"database_name = '{place}' AND schema_name || '.' || table_name = '{name}'"
    comments = con.execute(f"SELECT column_name, comment FROM duckdb_columns() WHERE {where}").fetchall()
    return con.execute(f"SELECT count(*), bit_xor(hash(r)) FROM {place}.{name} r").fetchall(), comments


def test_a_changed_table_is_made_again_and_one_of_a_model_that_is_no_more_is_dropped(home_copy):
    database = home_copy / "chipflows.duckdb"
    database.chmod(0o644)
    with duckdb.connect(str(database)) as con:
        con.execute("CREATE TABLE exports.rpt_given_up AS SELECT 1 AS n")
        con.execute("UPDATE exports.rpt_premium SET premium = 9 WHERE premium IS NOT NULL")
        con.execute("DELETE FROM tidy.hub")
    built = build.build(build.Request(Home(home_copy)))
    assert built.fresh == {PRICED, "core.dim_hub"}  # what reads an input that was spoiled is made again, too
    with duckdb.connect(str(database), read_only=True) as con:
        tables = {
            f"{schema}.{name}" for schema, name in con.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        }
    assert "exports.rpt_given_up" not in tables
    assert set(GRAPH.order) < tables


def planned(home, select=None, *, full=False, **changed):
    known = {name: told.fingerprint for name, told in plan.published_tables(Home(home).edition(None)).items()}
    return plan.plan_of(Home(home).edition(None), GRAPH, {**known, **changed}, select, full=full)


def test_what_may_have_to_be_made_is_planned(built_home, monkeypatch):
    nothing = planned(built_home)
    assert (nothing.inputs, nothing.candidates, nothing.is_empty) == ((), (), False)
    loaded = planned(built_home, **{"tidy.price": "0" * 64})
    assert loaded.inputs == ("tidy.price",)
    assert PRICED in loaded.candidates
    assert not loaded.forced
    assert planned(built_home, **{"core.run": "0" * 64}).is_other_day
    everything = planned(built_home, full=True)
    assert everything.candidates == GRAPH.order
    assert everything.is_empty
    assert Calendar.full_name() in everything.inputs
    chosen = planned(built_home, frozenset(["metric_premium"]))
    assert chosen.forced == {"metrics.metric_premium"}
    assert PRICED in chosen.candidates
    codes = plan.codes_of(GRAPH)
    monkeypatch.setattr(plan, "codes_of", lambda graph: {**codes, PRICED: "0" * 64})
    edited = planned(built_home)
    assert PRICED in edited.forced
    assert edited.candidates[0] == PRICED


def test_a_candidate_is_made_where_it_reads_other_rows_only(built_home):
    chosen = planned(built_home, frozenset(["metric_premium"]))
    contents = {name: told.content for name, told in chosen.published.items()}
    assert chosen.must_make(GRAPH.models["metrics.metric_premium"], contents)
    assert not chosen.must_make(GRAPH.models[PRICED], contents)
    assert chosen.must_make(GRAPH.models[PRICED], {**contents, "metrics.metric_premium": "0-0"})


def test_another_library_makes_every_table_again(built_home, monkeypatch):
    monkeypatch.setattr(plan, "engine_print", lambda: "another version of DuckDB")
    assert planned(built_home).is_empty


def test_another_day_makes_what_reads_the_day(built_home):
    other = planned(built_home, **{"core.run": "0" * 64})
    contents = {name: told.content for name, told in other.published.items()}
    assert other.must_make(GRAPH.models["staging.stg_claim"], contents)
    assert not other.must_make(GRAPH.models[PRICED], contents)


def test_an_edition_begins_with_the_main_warehouse(home_copy):
    """A day after all that is known: every staging table is made again, and nothing that reads the same rows."""
    built = build.build(build.Request(Home(home_copy), date(2027, 2, 1)))
    assert "staging.stg_claim" in built.fresh
    assert PRICED not in built.fresh
    assert UNPRICED not in built.fresh
    with duckdb.connect(str(built.database), read_only=True) as con:
        assert con.execute("SELECT as_of FROM core.run").fetchall() == [(date(2027, 2, 1),)]
        assert set(GRAPH.order) < {name for (name,) in con.execute("SELECT model FROM meta.model").fetchall()}


def test_a_file_that_cannot_be_read_is_no_base(tmp_path):
    home = Home(tmp_path)
    home.edition(None).database.write_bytes(b"not a database")
    fingerprints = dict.fromkeys([*GRAPH.order, *plan.tidy_tables(), Calendar.full_name()], "0" * 64)
    assert plan.plan_of(home.edition(None), GRAPH, fingerprints, None, full=False).is_empty
