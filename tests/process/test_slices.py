"""A model built in slices holds the same rows as in one piece."""

import shutil

import duckdb
import pytest

from pipelines.errors import ModelError
from pipelines.home import CHECKOUT, Home
from pipelines.schemas.tables.catalog import declared_tables
from pipelines.warehouse import make
from pipelines.warehouse.graph import load_graph

pytestmark = pytest.mark.slow
SLICED = sorted(name for name, table in declared_tables().items() if table.sliced_by)


@pytest.mark.parametrize("name", SLICED)
def test_slices_and_one_piece_are_the_same(name, built_home, tmp_path, monkeypatch):
    model = load_graph(CHECKOUT / "sql").models[name]
    shutil.copyfile(built_home / "chipflows.duckdb", tmp_path / "copy.duckdb")
    (tmp_path / "copy.duckdb").chmod(0o644)
    with duckdb.connect(str(tmp_path / "copy.duckdb")) as con:
        con.execute(f"CREATE TEMP TABLE whole AS SELECT * FROM {name}")
        monkeypatch.setattr(make, "SLICE_ROWS", 5_000)
        assert len(make.slices(con, model)) > 3
        make.make_model(con, model)
        for first, second in (("whole", name), (name, "whole")):
            only_first = f"SELECT * FROM {first} EXCEPT ALL SELECT * FROM {second}"
            assert con.execute(f"SELECT count(*) FROM ({only_first})").fetchall() == [(0,)]


def test_small_tables_are_built_in_one_piece(built_home):
    graph = load_graph(CHECKOUT / "sql")
    with duckdb.connect(str(built_home / "chipflows.duckdb"), read_only=True) as con:
        assert all(len(make.slices(con, graph.models[name])) == 1 for name in SLICED)


def test_a_sliced_model_that_imports_a_table_twice_is_refused():
    with pytest.raises(ModelError, match="imports each table once"):
        make._slice("with a as (select * from m.t), b as (select * from m.t) select 1", "m.x", {"m.t": "a"}, 2, 0)


def test_a_table_too_large_to_sort_at_once_is_loaded_by_groups_of_files(built_home, tmp_path, monkeypatch):
    home, name = Home(built_home), "tidy.trade_obs"
    monkeypatch.setattr(make, "SLICE_ROWS", 20_000)
    with duckdb.connect(str(tmp_path / "load.duckdb")) as con:
        files = make.lake_files(home, declared_tables()[name])
        groups = make._file_groups(con, files)
        assert len(groups) > 2
        assert [path for group in groups for path in group] == files
        con.execute("CREATE SCHEMA tidy")
        make.load_tidy(con, home, declared_tables()[name])
        con.execute(f"ATTACH '{built_home / 'chipflows.duckdb'}' AS whole (READ_ONLY)")
        for first, second in ((name, f"whole.{name}"), (f"whole.{name}", name)):
            differing = f"SELECT count(*) FROM (SELECT * FROM {first} EXCEPT ALL SELECT * FROM {second})"
            assert con.execute(differing).fetchall() == [(0,)]
