"""The rooms of the house: what each may import, what none may do, and how large a function may grow."""

import ast
import statistics
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
ROOT = CHECKOUT / "pipelines"
MODULES = sorted(ROOT.rglob("*.py"))
SHARED_BY_SOURCES = {"pipelines.sources.parsed", "pipelines.sources.tidying", "pipelines.sources.country_codes"}
NETWORK = {"requests", "httpx", "urllib.request", "socket", "aiohttp", "http.client"}
CLOCKS = {("datetime", "now"), ("date", "today"), ("datetime", "today"), ("time", "time"), ("datetime", "utcnow")}


def room(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[0].removesuffix(".py")


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} if node.module != "pipelines" else {f"pipelines.{a.name}" for a in node.names}
    return found


def top(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def own(names: set[str]) -> set[str]:
    return {name.split(".")[1] for name in names if name.startswith("pipelines.")}


ALLOWED = {
    "errors": set(),
    "home": set(),
    "reading": {"errors"},
    "archive": {"errors"},
    "schemas": {"schemas", "errors"},
    "sources": {"schemas", "reading", "errors", "sources"},
    "tidy": {"schemas", "reading", "errors", "archive", "home", "tidy"},
    "estimators": {"schemas", "errors", "estimators"},
    "warehouse": {"schemas", "errors", "home", "archive", "estimators", "warehouse"},
    "exports": {"schemas", "errors", "home", "archive", "warehouse", "exports"},
}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_room_knows_only_what_lies_below_it(path):
    if room(path) in ALLOWED:
        assert own(imports(path)) <= ALLOWED[room(path)], name_of(path)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_dagster_stays_in_its_room(path):
    if room(path) not in {"assets", "definitions", "cli"}:
        assert "dagster" not in top(imports(path))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_talks_to_the_network(path):
    assert not (imports(path) & NETWORK)


@pytest.mark.parametrize("path", [p for p in MODULES if room(p) in {"sources", "schemas", "tidy", "estimators"}], ids=name_of)
def test_the_inner_rooms_do_not_know_the_database(path):
    assert "duckdb" not in top(imports(path))


@pytest.mark.parametrize("path", [p for p in MODULES if room(p) == "sources"], ids=name_of)
def test_one_publisher_does_not_import_another(path):
    others = {n for n in imports(path) if n.startswith("pipelines.sources.")} - SHARED_BY_SOURCES
    assert not others


@pytest.mark.parametrize("path", [p for p in MODULES if room(p) not in {"exports", "cli"}], ids=name_of)
def test_no_clock_in_a_build(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            assert (node.func.value.id, node.func.attr) not in CLOCKS, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_error_is_swallowed(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            assert not all(isinstance(statement, ast.Pass) for statement in node.body), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_belongs_in_it_and_stays_short(path):
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), path
    assert text.count("\n") <= 400, path


def test_functions_stay_small():
    sizes = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert statistics.median(sizes) <= 9
    assert sizes[int(0.9 * len(sizes))] <= 25
    assert sizes[-1] <= 45
