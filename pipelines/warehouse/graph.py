"""The model graph: SQL files and estimators, their dependencies (from sqlglot), order and fingerprints."""

import ast
import gc
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import sqlglot
from sqlglot import exp

from pipelines.errors import ModelError, UsageError, did_you_mean
from pipelines.estimators.registry import ESTIMATORS, Estimator
from pipelines.home import CHECKOUT
from pipelines.schemas.table import LAYERS, Table, table
from pipelines.schemas.tables import catalog

DECLARING_MODULES = catalog.MODULES
SQL_LAYERS = ("staging", "core", "metrics", "exports")
RUN = "core.run"
ROOMS = ("pipelines.estimators", "pipelines.schemas")
FIELDS = "pipelines.schemas.fields"


@dataclass(frozen=True)
class Model:
    """One table of the graph: its name, what it reads, and the code that makes it (one SELECT, or an estimator)."""

    name: str
    reads: tuple[str, ...]
    sql: str = ""
    header: str = ""
    estimator: Estimator | None = None

    @property
    def layer(self) -> str:
        """Schema of the table."""
        return self.name.split(".")[0]

    @property
    def table(self) -> type[Table]:
        """Declaration of the table."""
        return table(self.name)

    @property
    def code(self) -> str:
        """Text whose change changes the model."""
        return self.sql if self.estimator is None else _source_text(self.estimator.module)

    @property
    def kind(self) -> str:
        """sql or estimator."""
        return "sql" if self.estimator is None else "estimator"

    def own_parts(self) -> list[object]:
        """What of the model itself goes into its fingerprint: code, header, grain, columns and key."""
        columns = [(c.name, c.duckdb_type, c.describe()) for c in self.table.columns]
        return [self.code, self.header, self.table.grain(), columns, list(self.table.key)]


@dataclass(frozen=True)
class Graph:
    """All models by name, in an order in which each comes after what it reads."""

    models: Mapping[str, Model]

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Names in build order; raises ModelError on a cycle."""
        sorter = TopologicalSorter({name: sorted(self.upstream(name)) for name in sorted(self.models)})
        try:
            return tuple(sorter.static_order())
        except CycleError as error:
            raise ModelError(f"models read each other in a circle: {' -> '.join(error.args[1])}") from error

    def upstream(self, name: str) -> set[str]:
        """Models that a model reads directly (tidy inputs left out)."""
        return {read for read in self.models[name].reads if read in self.models}

    def inputs(self) -> set[str]:
        """Tables that the graph reads and does not make: tidy tables and core.run."""
        return {read for model in self.models.values() for read in model.reads if read not in self.models}

    def with_descendants(self, names: Iterable[str]) -> set[str]:
        """The named models and everything that reads them, directly or not."""
        found = set(names)
        for name in self.order:
            if self.upstream(name) & found:
                found.add(name)
        return found

    def own_code(self) -> dict[str, str]:
        """SHA-256 of each model's own code, columns and key; what it reads is left out."""
        return {name: _sha256(model.own_parts()) for name, model in self.models.items()}

    def input_steps(self) -> dict[str, dict[str, int]]:
        """For every model the input tables it rests on, each with the fewest models in between."""
        steps: dict[str, dict[str, int]] = {}
        for name in self.order:
            found: dict[str, int] = {}
            for read in self.models[name].reads:
                below = {each: n + 1 for each, n in steps[read].items()} if read in steps else {read: 0}
                found |= {each: min(n, found.get(each, n)) for each, n in below.items()}
            steps[name] = found
        return steps

    def select(self, patterns: Iterable[str]) -> set[str]:
        """Models whose name, with or without layer, is given, or whose layer is; raises UsageError for an unknown one."""
        chosen: set[str] = set()
        for pattern in patterns:
            hits = {name for name in self.models if pattern in (name, name.split(".")[1], name.split(".")[0])}
            if not hits:
                raise UsageError(
                    f"no model is called {pattern!r}; `chipflows tables` lists them{did_you_mean(pattern, self.models)}"
                )
            chosen |= hits
        return chosen

    def fingerprints(self, inputs: Mapping[str, str]) -> dict[str, str]:
        """Fingerprint of every model: its code, its columns and the fingerprints of what it reads."""
        known = dict(inputs)
        for name in self.order:
            model = self.models[name]
            known[name] = _sha256([*model.own_parts(), [known[read] for read in model.reads]])
        return {name: known[name] for name in self.order}


def load_graph(folder: Path) -> Graph:
    """Read every model below sql/ and every registered estimator; raises ModelError for a malformed one."""
    models: dict[str, Model] = {}
    with _garbage_kept():
        for layer in SQL_LAYERS:
            for path in sorted((folder / layer).glob("*.sql")):
                model = read_model(path)
                models[model.name] = model
    for estimator in ESTIMATORS:
        if estimator.table in models:
            raise ModelError(f"{estimator.table} is both a SQL file and an estimator")
        models[estimator.table] = Model(estimator.table, estimator.reads, header=estimator.header, estimator=estimator)
    graph = Graph(models)
    _require_known_reads(graph)
    return graph


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """No collection meanwhile: syntax trees are kept, and looking through them again and again takes as long as parsing."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def read_model(path: Path) -> Model:
    """One SQL file as a model: header comment, single SELECT, tables read; raises ModelError naming the file."""
    text = path.read_text(encoding="utf-8")
    name = f"{path.parent.name}.{path.stem}"
    header = " ".join(line[2:].strip() for line in text.splitlines() if line.startswith("--")).strip()
    if not text.startswith("--"):
        raise ModelError(f"{path}: begin with a comment that says what one row is and where it comes from")
    select = parse_select(text, str(path))
    return Model(name, tuple(sorted(tables_read(select))), sql=text, header=header)


def parse_select(text: str, where: str) -> exp.Query:
    """Parse exactly one SELECT; raises ModelError otherwise. The tree is shared: read it, do not change it."""
    try:
        statements = _parse(text)
    except sqlglot.errors.ParseError as error:
        raise ModelError(f"{where}: cannot be parsed: {error}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ModelError(f"{where}: found {len(statements)} statements; expected exactly one SELECT")
    return statements[0]


@lru_cache(maxsize=512)
def _parse(text: str) -> tuple[exp.Expr, ...]:
    return tuple(statement for statement in sqlglot.parse(text, dialect="duckdb") if statement is not None)


def tables_read(select: exp.Query) -> set[str]:
    """Schema-qualified tables that a query reads; names without a schema are its own CTEs."""
    return {f"{node.db}.{node.name}" for node in select.find_all(exp.Table) if node.db}


def _require_known_reads(graph: Graph) -> None:
    for name, model in graph.models.items():
        table(name)
        for read in model.reads:
            table(read)
            if read not in graph.models and read != RUN and not read.startswith("tidy."):
                raise ModelError(f"{name} reads {read}, which no model makes")
            if read != RUN and LAYERS.index(read.split(".")[0]) > LAYERS.index(model.layer):
                raise ModelError(f"{name} reads {read}, which lies to its right; models read tables to their left only")


def _sha256(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def _source_text(module: str) -> str:
    """Text of an estimator's module and of what it imports from its room and the schemas, so that a change in either counts.

    The columns of its own table are in the fingerprint already; fields that other tables declare change nothing here.
    """
    texts: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in texts and (found := _text_and_helpers(name)):
            texts[name] = found[0]
            waiting += found[1]
    return "\n".join(texts[name] for name in sorted(texts)) or module


@cache
def _text_and_helpers(name: str) -> tuple[str, list[str]] | None:
    """A module's text and the names of what it imports from the rooms: modules, and things in them; None for what is no file."""
    path = CHECKOUT / f"{name.replace('.', '/')}.py"
    if not path.exists():
        return None
    text = path.read_text(encoding="utf-8")
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    inside = {node.module for node in imports} | {f"{node.module}.{item.name}" for node in imports for item in node.names}
    return text, sorted(name for name in inside if name and name.startswith(ROOMS) and not name.startswith(FIELDS))
