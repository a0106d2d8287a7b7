"""The rooms of the house: what each may import, what none may do, and how large a function may grow."""

import ast
import json
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
ROOT = CHECKOUT / "pipelines"
MODULES = sorted(ROOT.rglob("*.py"))
SHARED_BY_SOURCES = {
    f"pipelines.sources.{name}"
    for name in [
        "bodies",
        "contract",
        "country_codes",
        "dropped",
        "parsed",
        "rates",
        "tidying",
        "un_comtrade_releases",
        "un_comtrade_rows",
    ]
}
MAY_ASK_PUBLISHERS, MAY_LOOK_AT_A_CLOCK = "pipelines.live.client", "pipelines.live.clock"
NETWORK = {
    "aiohttp", "boto3", "botocore", "fsspec", "ftplib", "gcsfs", "grpc", "http.client", "http.server", "httpx", "httpx2",
    "paramiko", "requests", "s3fs", "smtplib", "socket", "telnetlib", "urllib.request", "urllib3", "websocket", "websockets",
}  # fmt: skip
CLOCKS = {
    ("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"),
    ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"), ("time", "monotonic"), ("time", "perf_counter"),
}  # fmt: skip
READING_AND_WRITING = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "unlink", "glob", "rglob", "iterdir", "exists",
    "read_csv", "scan_csv", "read_parquet", "scan_parquet", "write_csv", "write_parquet", "connect", "print", "input",
}  # fmt: skip
WRITING_SQL = ("create ", "insert ", "update ", "delete ", "drop ", "alter ", "copy ", "attach ")
LONGEST, MOST, MEDIAN, MODULE = 45, 25, 9, 400
RATCHET = Path(__file__).parent / "ratchet.json"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def room(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[0].removesuffix(".py")


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)


def in_room(*rooms: str) -> list[Path]:
    return [path for path in MODULES if room(path) in rooms]


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in nodes(path) if isinstance(node, Function))


def n_lines(node: Function) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def calls(path: Path) -> Iterator[tuple[str, int]]:
    for node in nodes(path):
        if isinstance(node, ast.Call):
            function = node.func
            yield (function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")), node.lineno


def connections(path: Path) -> Iterator[ast.Call]:
    return (n for n in nodes(path) if isinstance(n, ast.Call) and ast.unparse(n.func) == "duckdb.connect")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in nodes(path):
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
    "lock": {"errors"},
    "schemas": {"schemas", "errors"},
    "sources": {"schemas", "reading", "errors", "sources"},
    "tidy": {"schemas", "reading", "errors", "archive", "home", "tidy"},
    "live": {"schemas", "reading", "errors", "archive", "home", "lock", "sources", "live", "tidy"},
    "estimators": {"schemas", "errors", "estimators"},
    "warehouse": {"schemas", "errors", "home", "lock", "archive", "estimators", "warehouse"},
    "exports": {"schemas", "errors", "home", "archive", "warehouse", "exports"},
    "scenarios": {"schemas", "errors", "home", "tidy", "estimators", "warehouse", "exports", "scenarios"},
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
    names = imports(path)
    talking = {name for name in names if name in NETWORK or name.split(".")[0] in NETWORK}
    assert talking == ({"httpx2"} if name_of(path) == MAY_ASK_PUBLISHERS else set())


@pytest.mark.parametrize("path", in_room("sources", "schemas", "tidy", "estimators"), ids=name_of)
def test_the_inner_rooms_do_not_know_the_database(path):
    assert "duckdb" not in top(imports(path))


@pytest.mark.parametrize("path", in_room("sources"), ids=name_of)
def test_one_publisher_does_not_import_another(path):
    others = {n for n in imports(path) if n.startswith("pipelines.sources.")} - SHARED_BY_SOURCES
    assert not others


@pytest.mark.parametrize("path", in_room("schemas", "sources", "estimators"), ids=name_of)
def test_declarations_parsers_and_estimators_neither_read_nor_write(path):
    done = [f"{name}() in line {line}" for name, line in calls(path) if name in READING_AND_WRITING]
    assert not done, name_of(path)


@pytest.mark.parametrize("path", in_room("exports"), ids=name_of)
def test_exports_only_read_the_warehouse(path):
    assert not list(connections(path)), "open it with warehouse.read.published"
    texts = [node.value.lower() for node in nodes(path) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert not [text for text in texts if text.lstrip().startswith(WRITING_SQL)]


def test_only_the_build_opens_the_database_for_writing():
    opening = {name_of(path): list(connections(path)) for path in MODULES if list(connections(path))}
    assert set(opening) == {"pipelines.warehouse.build", "pipelines.warehouse.read"}
    for call in opening["pipelines.warehouse.read"]:
        assert [ast.unparse(keyword) for keyword in call.keywords] == ["read_only=True"]


@pytest.mark.parametrize("path", [p for p in MODULES if room(p) not in {"exports", "cli"}], ids=name_of)
def test_no_clock_in_a_build(path):
    if name_of(path) == MAY_LOOK_AT_A_CLOCK:
        return
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            assert (node.func.value.id, node.func.attr) not in CLOCKS, f"{path.name}:{node.lineno}"
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            assert not {("time", alias.name) for alias in node.names} & CLOCKS, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_error_is_swallowed(path):
    for node in nodes(path):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{path.name}:{node.lineno}: name the exception"
            assert not all(isinstance(s, ast.Pass | ast.Continue) for s in node.body), f"{path.name}:{node.lineno}"
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "suppress":
            caught = {ast.unparse(argument) for argument in node.args}
            assert not caught & {"Exception", "BaseException", "ChipflowsError"}, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_belongs_in_it(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_function_is_typed(path):
    for node in functions(path):
        given = node.args
        arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
        bare = [a.arg for a in arguments if a.annotation is None and a.arg not in ("self", "cls")]
        assert not bare and node.returns is not None, f"{path.name}:{node.lineno}: {node.name} {bare}"


def over_the_aims() -> dict[str, int]:
    """Lines of every function and module that is longer than the aim."""
    long = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    over = {name: lines for name, lines in long.items() if lines > MODULE}
    found = ((f"{name_of(path)}:{node.name}", n_lines(node)) for path in MODULES for node in functions(path))
    return over | {name: lines for name, lines in found if lines > LONGEST}


def test_what_is_over_the_aims_only_shrinks():
    allowed: dict[str, int] = json.loads(RATCHET.read_text(encoding="utf-8"))
    over = over_the_aims()
    grown = {name: lines for name, lines in over.items() if lines > allowed.get(name, 0)}
    assert not grown, f"split them; aims: functions of {LONGEST} lines, modules of {MODULE}"
    smaller = {name: lines for name, lines in allowed.items() if over.get(name, 0) < lines}
    assert not smaller, f"smaller by now; lower or remove them in {RATCHET.name}"


def test_the_ratchet_is_empty():
    assert json.loads(RATCHET.read_text(encoding="utf-8")) == {}, "nothing was over the aims; nothing may be added"


def test_most_functions_are_small():
    sizes = sorted(n_lines(node) for path in MODULES for node in functions(path))
    assert statistics.median(sizes) <= MEDIAN
    assert sum(size <= MOST for size in sizes) >= 0.9 * len(sizes)
