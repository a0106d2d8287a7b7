"""One declaration of a column, one of a table, and everything that follows from them."""

import ast
from pathlib import Path

import pytest

from pipelines.errors import ModelError
from pipelines.schemas.field import TEXT, Field, FieldRegistry
from pipelines.schemas.fields import REGISTRY
from pipelines.schemas.table import TABLES
from pipelines.warehouse.graph import load_graph, parse_select
from pipelines.warehouse.lint import lint
from pipelines.warehouse.plan import tidy_tables
from tools.make_dictionary import TARGET, dictionary

CHECKOUT = Path(__file__).resolve().parents[2]
GRAPH = load_graph(CHECKOUT / "sql")
SCHEMAS = CHECKOUT / "pipelines" / "schemas"
MADE_BY_THE_BUILD = {"tidy.calendar", "core.run", "meta.model", "meta.model_read", "meta.model_input"}
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


def test_columns_are_declared_in_one_place():
    for path in sorted(CHECKOUT.joinpath("pipelines").rglob("*.py")):
        if path.parent == SCHEMAS / "fields":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Call) and ast.unparse(node.func) == "Field"), f"{path.name}:{node.lineno}"


def test_every_declared_column_is_used():
    used = {column.name for table in TABLES.values() for column in table.columns}
    assert set(REGISTRY.by_name) == used


@pytest.mark.parametrize("name", sorted(REGISTRY.by_name))
def test_a_column_says_what_it_means(name):
    column = REGISTRY.by_name[name]
    assert column.meaning and not column.meaning.endswith(".")
    assert not column.nullable, "only a table says what NULL means there"
    is_amount = name.endswith(("_usd", "_eur", "_kg", "_share", "_ratio"))
    assert not is_amount or column.unit, "an amount has a unit"


def test_every_declared_table_is_made():
    assert set(TABLES) == {*GRAPH.models, *tidy_tables(), *MADE_BY_THE_BUILD}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_says_what_one_row_is(name):
    assert TABLES[name].grain().startswith(("One row ", "Exactly one row"))
    assert all(not TABLES[name].column(key).nullable for key in TABLES[name].key), "a key is never NULL"


@pytest.mark.parametrize("name", sorted(name for name, table in TABLES.items() if table.measure))
def test_a_measure_has_a_reason_where_it_is_absent(name):
    declared = TABLES[name]
    assert declared.column(declared.measure).nullable
    assert declared.column("absence_reason").nullable


@pytest.mark.parametrize("name", sorted(name for name, model in GRAPH.models.items() if model.estimator is None))
def test_the_last_select_of_a_model_has_the_declared_columns(name):
    model = GRAPH.models[name]
    selected = [item.alias_or_name for item in parse_select(model.sql, name).expressions]
    assert set(selected) <= set(REGISTRY.by_name)
    assert selected == [column.name for column in TABLES[name].columns]
    assert lint(model) == []


@pytest.mark.parametrize("name", sorted(n for n in TABLES if n.split(".")[0] in ("metrics", "exports")))
def test_a_published_row_says_how_much_it_may_claim(name):
    columns = {column.name for column in TABLES[name].columns}
    assert ({"value_label", "evidence_label"} <= columns) != (name in NOT_CLAIMS)


def test_the_dictionary_is_up_to_date():
    assert TARGET.read_text(encoding="utf-8") == dictionary(), "run `make dictionary`"
