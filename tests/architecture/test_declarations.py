"""One declaration of a column, one of a table, and everything that follows from them."""

from pathlib import Path

import pytest

from pipelines.errors import ModelError
from pipelines.schemas.field import TEXT, Field, FieldRegistry
from pipelines.schemas.fields import REGISTRY
from pipelines.schemas.table import TABLES
from pipelines.warehouse.build import tidy_tables
from pipelines.warehouse.graph import load_graph
from tools.make_dictionary import TARGET, dictionary

GRAPH = load_graph(Path(__file__).resolve().parents[2] / "sql")
NOT_CLAIMS = {"exports.rpt_source"}  # lists files and terms, claims nothing


def test_a_second_declaration_fails():
    registry = FieldRegistry()
    registry.declare(Field("x", TEXT, "first"))
    with pytest.raises(ModelError, match="declared twice"):
        registry.declare(Field("x", TEXT, "second"))


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_column_is_the_registered_one(name):
    for column in TABLES[name].columns:
        registered = REGISTRY.by_name[column.name]
        assert column.required == registered.required, column.name


def test_every_declared_table_is_made():
    made = {*GRAPH.models, *tidy_tables(), "tidy.calendar", "core.run", "meta.model"}
    assert set(TABLES) == made


@pytest.mark.parametrize("name", sorted(n for n in TABLES if n.split(".")[0] in ("metrics", "exports")))
def test_a_published_row_says_how_much_it_may_claim(name):
    columns = {column.name for column in TABLES[name].columns}
    assert {"value_label", "evidence_label"} <= columns or name in NOT_CLAIMS


def test_the_dictionary_is_up_to_date():
    assert TARGET.read_text(encoding="utf-8") == dictionary(), "run `make dictionary`"
