"""What a table's fingerprint rests on is complete: code that an estimator imports, and the libraries that make figures."""

import ast
import sys
from dataclasses import replace
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from pipelines.estimators.registry import ESTIMATORS
from pipelines.home import CHECKOUT
from pipelines.schemas.table import table
from pipelines.warehouse import graph, plan

WAREHOUSE = CHECKOUT / "pipelines" / "warehouse"
MAKERS = [*(CHECKOUT / "pipelines" / "estimators").glob("*.py"), WAREHOUSE / "build.py", WAREHOUSE / "make.py"]
PREMIUM = "exports.rpt_premium"
NO_FIGURES = {"pipelines"}


def imported(path: Path) -> set[str]:
    """Whole names of the modules that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {item.name for item in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            inner = {f"{node.module}.{item.name}" for item in node.names}
            modules = {name for name in inner if file_of(name).exists()}
            found |= modules or {node.module}
    return found


def file_of(module: str) -> Path:
    return CHECKOUT / f"{module.replace('.', '/')}.py"


def test_every_library_that_makes_figures_is_named():
    roots = {name.split(".")[0] for path in MAKERS for name in imported(path)} - set(sys.stdlib_module_names) - NO_FIGURES
    names = packages_distributions()
    used = {names[root][0].lower().replace("_", "-") for root in roots}
    assert used - {"sqlglot"} <= {name.lower() for name in plan.LIBRARIES}
    assert "scipy" in used


def test_the_print_of_an_estimator_holds_every_module_it_imports_from_its_room_and_the_schemas():
    for estimator in ESTIMATORS:
        text = graph._source_text(estimator.module)
        waiting, seen = [estimator.module], set()
        while waiting:
            name = waiting.pop()
            if name in seen or name.startswith(graph.FIELDS):
                continue
            seen.add(name)
            path = file_of(name)
            assert path.read_text(encoding="utf-8") in text, f"{estimator.table} rests on {name}"
            waiting += [each for each in imported(path) if each.startswith(graph.ROOMS)]


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("columns", lambda old: tuple(replace(c, pattern="^never$") if c.name == "price_id" else c for c in old)),
        ("columns", lambda old: tuple(replace(c, absent="") if c.name == "premium" else c for c in old)),
        ("may_be_empty", lambda old: not old),
        ("measure", lambda old: ""),
        ("ordered", lambda old: (*old, ("premium_low", "premium_high"))),
        ("design", lambda old: "model"),
    ],
)
def test_a_table_whose_rows_have_to_pass_other_rules_is_made_and_audited_again(what, value, monkeypatch):
    loaded = graph.load_graph(CHECKOUT / "sql")
    before = plan.codes_of(loaded)
    declared = table(PREMIUM)
    assert value(getattr(declared, what)) != getattr(declared, what)
    monkeypatch.setattr(declared, what, value(getattr(declared, what)))
    after = plan.codes_of(loaded)
    assert after[PREMIUM] != before[PREMIUM]
    if what != "design":  # a finding's label is bounded by the design of the table that it is read from
        assert {name for name in before if before[name] != after[name]} == {PREMIUM}


def test_an_estimator_imports_nothing_of_the_project_outside_its_room_the_schemas_and_the_errors():
    allowed = (*graph.ROOMS, "pipelines.errors")
    for path in (CHECKOUT / "pipelines" / "estimators").glob("*.py"):
        own = {name for name in imported(path) if name.startswith("pipelines")}
        assert all(name.startswith(allowed) for name in own), f"{path.name}: {own}"
