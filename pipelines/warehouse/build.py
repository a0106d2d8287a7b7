"""Build of one warehouse file from the lake: load, run the graph, describe, audit, publish."""

import calendar
import hashlib
import math
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.errors import CheckFailed, InputError, ModelError, Place, UsageError, explain
from pipelines.home import Edition, Home
from pipelines.schemas.table import LAYERS, TABLES, Table, table
from pipelines.schemas.tables.meta import Calendar, Dataset, ModelBuild, ModelInput, ModelRead, Run
from pipelines.warehouse.audit import CheckResult, SqlCheck, audit, load_checks
from pipelines.warehouse.graph import Graph, Model, load_graph
from pipelines.warehouse.publish import discard, publish, single_writer
from pipelines.warehouse.release import write_release

STORAGE_VERSION = "v1.4.0"
USER_MARK = "-user"  # at the end of a release that holds a user's own claims
SLICE_ROWS = 4_000_000  # of the largest table that a sliced model reads; about 1 GB of wide rows
FIRST_MONTH, LAST_MONTH = date(2010, 1, 1), date(2028, 12, 1)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Request:
    """What to build: home, as-of day (None = all that is shipped), models (None = all), number of threads."""

    home: Home
    as_of: date | None = None
    select: frozenset[str] | None = None
    threads: int | None = None

    @property
    def edition(self) -> Edition:
        """Where the result is published: the main warehouse, or the folder of the as-of day."""
        return self.home.edition(self.as_of.isoformat() if self.as_of else None)


@dataclass(frozen=True)
class Built:
    """What was built and published: release, as-of day, rows per rebuilt table, checks."""

    release_id: str
    as_of: date
    rows: dict[str, int]
    checks: tuple[CheckResult, ...]
    database: Path
    fresh: frozenset[str] = field(default_factory=frozenset)


class AuditFailed(CheckFailed):
    """The audit refused the candidate; `checks` holds every result."""

    def __init__(self, checks: list[CheckResult], candidate: Path) -> None:
        self.checks = tuple(checks)
        failed = [check for check in checks if not check.passed]
        told = "\n".join(f"  {check.told()}" for check in failed)
        super().__init__(
            f"{len(failed)} checks failed; the published warehouse is unchanged; the refused build is {candidate}\n{told}"
        )


def build(request: Request, progress: Progress = lambda name, done, total: None) -> Built:
    """Build, audit and publish; raises AuditFailed, ModelError or InputError and leaves the published file untouched."""
    if request.select is not None and not request.edition.database.exists():
        raise UsageError("there is no published warehouse to rebuild a part of; run chipflows build first")
    graph, checks = load_graph(request.home.sql), load_checks(request.home.sql)
    with single_writer(request.home.root):
        prints = input_fingerprints(request.home)
        run = _run_row(request, prints)
        prints[Run.full_name()] = _digest(str(run["as_of"]))
        fingerprints = {**prints, **graph.fingerprints(prints)}
        fresh = _to_rebuild(request, graph, fingerprints)
        with closing(_open_candidate(request, fresh is None)) as con:
            names = list(graph.order) if fresh is None else [name for name in graph.order if name in fresh]
            _fill(con, request, run, full=fresh is None)
            for done, name in enumerate(names, start=1):
                progress(name, done, len(names))
                _make(con, graph.models[name])
            rows = _describe(con, graph, fingerprints, names)
            results = _audit(con, names, checks, request, full=fresh is None)
        publish(request.edition, str(run["warehouse_release_id"]))
        write_release(request.edition)
    as_of = run["as_of"]
    assert isinstance(as_of, date)
    return Built(str(run["warehouse_release_id"]), as_of, rows, tuple(results), request.edition.database, frozenset(names))


def dry_run(
    graph: Graph, inputs: Mapping[str, pl.DataFrame], run: Mapping[str, object], wanted: Sequence[str]
) -> dict[str, pl.DataFrame]:
    """The wanted tables made in memory from given tidy frames (a table that is not given is empty); nothing is written."""
    chosen = set(wanted)
    for name in reversed(graph.order):
        if name in chosen:
            chosen |= graph.upstream(name)
    reads = {read for name in chosen for read in graph.models[name].reads} - set(graph.models) - {Run.full_name()}
    with closing(duckdb.connect()) as con:
        for layer in LAYERS:
            con.execute(f"CREATE SCHEMA {layer}")
        for name in sorted(reads):
            _store_frame(con, inputs.get(name, table(name).empty()), table(name))
        _store_frame(con, pl.DataFrame([run], schema=dict(Run.schema())), Run)
        for name in graph.order:
            if name in chosen:
                _make(con, graph.models[name])
        return {name: con.sql(f"SELECT * FROM {name}").pl() for name in wanted}


def input_fingerprints(home: Home) -> dict[str, str]:
    """Hash of each tidy table's Parquet files in the lake; raises InputError when an input has not been taken in."""
    prints = {}
    for name in tidy_tables():
        files = _lake_files(home, table(name))
        prints[name] = _digest(*(f"{path.name} {_file_digest(path)}" for path in files))
    prints[Calendar.full_name()] = _digest(str(FIRST_MONTH), str(LAST_MONTH))
    return prints


def tidy_tables() -> list[str]:
    """Tidy tables that come from the lake, in name order."""
    made_here = {Run.full_name(), Calendar.full_name()}
    return sorted(name for name in TABLES if name.startswith("tidy.") and name not in made_here)


def code_digest(home: Home) -> str:
    """SHA-256 over all SQL files and all program modules."""
    files = sorted([*home.sql.rglob("*.sql"), *(home.checkout / "pipelines").rglob("*.py")])
    return _digest(*(f"{path.relative_to(home.checkout)}:{_file_digest(path)}" for path in files))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _lake_files(home: Home, declared: type[Table]) -> list[Path]:
    files = sorted((home.lake / declared.name).glob("*.parquet"))
    if not files:
        place = Place("lake", str(home.lake / declared.name))
        raise InputError(explain(place, "no Parquet file", "the tidy table", "run chipflows build without --select first"))
    return files


def _run_row(request: Request, prints: dict[str, str]) -> dict[str, object]:
    accounts = pl.read_parquet(_lake_files(request.home, Dataset), columns=["retrieved", "dataset_group"])
    latest = accounts["retrieved"].cast(pl.String).max()
    as_of = request.as_of or date.fromisoformat(str(latest))
    inputs = _digest(*(f"{name}={prints[name]}" for name in sorted(prints)))
    code = code_digest(request.home)
    mark = USER_MARK if "user" in accounts["dataset_group"] else ""
    release = f"{as_of}-{_digest(inputs, code, str(as_of))[:10]}{mark}"
    return {"as_of": as_of, "warehouse_release_id": release, "inputs_sha256": inputs, "code_sha256": code}


def _to_rebuild(request: Request, graph: Graph, fingerprints: dict[str, str]) -> set[str] | None:
    """None for a full build; else the selected models, every stale model, and all that reads them."""
    if request.select is None:
        return None
    with closing(duckdb.connect(str(request.edition.database), read_only=True)) as con:
        known = dict(con.execute("SELECT model, fingerprint FROM meta.model").fetchall())
    if any(known.get(name) != print_ for name, print_ in fingerprints.items() if name.startswith("tidy.")):
        raise UsageError("the inputs have changed since the last build; run chipflows build without --select")
    stale = {name for name in graph.order if known.get(name) != fingerprints[name]}
    return graph.with_descendants(graph.select(request.select) | stale)


def _open_candidate(request: Request, full: bool) -> duckdb.DuckDBPyConnection:
    edition = request.edition
    edition.root.mkdir(parents=True, exist_ok=True)
    discard(edition)
    if not full:
        shutil.copyfile(edition.database, edition.candidate)
        edition.candidate.chmod(0o644)
    con = duckdb.connect()
    threads = request.threads or int(os.environ.get("CHIPFLOWS_THREADS", "0"))
    if threads:
        con.execute(f"SET threads = {threads}")
    path = str(edition.candidate).replace("'", "''")
    con.execute(f"ATTACH '{path}' AS warehouse (STORAGE_VERSION '{STORAGE_VERSION}')")
    con.execute("USE warehouse")
    return con


def _fill(con: duckdb.DuckDBPyConnection, request: Request, run: dict[str, object], full: bool) -> None:
    if full:
        for layer in ("tidy", "staging", "core", "metrics", "exports", "meta"):
            con.execute(f"CREATE SCHEMA {layer}")
        for name in tidy_tables():
            _load_tidy(con, request.home, table(name))
        _store_frame(con, _calendar(), Calendar)
    _store_frame(con, pl.DataFrame([run], schema=dict(Run.schema())), Run)


def _load_tidy(con: duckdb.DuckDBPyConnection, home: Home, declared: type[Table]) -> None:
    """All Parquet files of the table, sorted by key; a table too large to sort at once is sorted by groups of files."""
    columns = ", ".join(f"CAST({c.name} AS {c.duckdb_type}) AS {c.name}" for c in declared.columns)
    order = ", ".join(declared.key)
    start = f"CREATE TABLE {declared.full_name()} AS"
    for group in _file_groups(con, _lake_files(home, declared)):
        con.execute(f"{start} SELECT {columns} FROM read_parquet([{_listed(group)}]) ORDER BY {order}")
        start = f"INSERT INTO {declared.full_name()}"


def _file_groups(con: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> list[list[Path]]:
    """Files in order, as many together as hold at most SLICE_ROWS rows; a larger file alone."""
    rows = dict(con.execute(f"SELECT file_name, num_rows FROM parquet_file_metadata([{_listed(files)}])").fetchall())
    groups: list[list[Path]] = [[]]
    room = SLICE_ROWS
    for path in files:
        if groups[-1] and rows[str(path)] > room:
            groups.append([])
            room = SLICE_ROWS
        groups[-1].append(path)
        room -= rows[str(path)]
    return groups


def _listed(files: Sequence[Path]) -> str:
    return ", ".join(_quoted(str(path)) for path in files)


def _calendar() -> pl.DataFrame:
    months = pl.date_range(FIRST_MONTH, LAST_MONTH, interval="1mo", eager=True).alias("month")
    days = [calendar.monthrange(month.year, month.month)[1] for month in months]
    return pl.DataFrame({"month": months, "month_end": months.dt.month_end(), "days_in_month": days})


def _store_frame(con: duckdb.DuckDBPyConnection, frame: pl.DataFrame, declared: type[Table]) -> None:
    con.register("incoming_frame", frame.to_arrow())
    columns = ", ".join(f"CAST({c.name} AS {c.duckdb_type}) AS {c.name}" for c in declared.columns)
    order = ", ".join(declared.key)
    con.execute(f"CREATE OR REPLACE TABLE {declared.full_name()} AS SELECT {columns} FROM incoming_frame ORDER BY {order}")
    con.unregister("incoming_frame")


def _make(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    try:
        if model.estimator is not None:
            frames = {name: con.sql(model.estimator.query(name)).pl() for name in model.reads}
            _store_frame(con, model.estimator.run(frames), model.table)
        else:
            order = ", ".join(model.table.key)
            with _threads_for(con, model):
                for number, query in enumerate(slices(con, model)):
                    start = f"INSERT INTO {model.name}" if number else f"CREATE OR REPLACE TABLE {model.name} AS"
                    con.execute(f"{start} SELECT * FROM (\n{query}\n) ORDER BY {order}")
    except duckdb.Error as error:
        raise ModelError(f"{model.name} failed to run: {error}") from error


def slices(con: duckdb.DuckDBPyConnection, model: Model) -> list[str]:
    """The model's query, or the same query for disjoint slices of what it reads, where its table says slices are independent.

    Below SLICE_ROWS rows in the largest table there is one slice, so a warehouse of shipped size is built in one piece.
    """
    query = model.sql.rstrip().rstrip(";")
    sliced_by = model.table.sliced_by
    number = math.ceil(max((_count(con, name) for name in sliced_by), default=0) / SLICE_ROWS)
    if number <= 1:
        return [query]
    return [_slice(query, model.name, sliced_by, number, place) for place in range(number)]


def _slice(query: str, model: str, sliced_by: Mapping[str, str], number: int, place: int) -> str:
    for name, columns in sliced_by.items():
        imported = f"(select * from {name})"
        if query.count(imported) != 1:
            raise ModelError(f"{model}: found no single import `{imported}`; a sliced model imports each table once")
        query = query.replace(imported, f"(select * from {name} where hash({columns}) % {number} = {place})")
    return query


@contextmanager
def _threads_for(con: duckdb.DuckDBPyConnection, model: Model) -> Iterator[None]:
    """One thread for a recursive model: DuckDB 2.0 sometimes fails with an internal error in its joins on many threads."""
    threads = con.execute("SELECT current_setting('threads')").fetchall()[0][0]
    if "with recursive" in model.sql:
        con.execute("SET threads = 1")
    try:
        yield
    finally:
        con.execute(f"SET threads = {threads}")


def _describe(con: duckdb.DuckDBPyConnection, graph: Graph, fingerprints: dict[str, str], names: list[str]) -> dict[str, int]:
    """Comment every new table and column, and write the tables of meta; returns the rows of the named models."""
    inputs = sorted(name for name in fingerprints if name not in graph.models)
    con.execute("BEGIN")  # one commit for thousands of comments
    for name in [*inputs, *names]:
        _comment(con, table(name))
    con.execute("COMMIT")
    rows = {name: _count(con, name) for name in [*inputs, *graph.order]}
    own = graph.own_code()
    made = [
        (name, name.split(".")[0], _kind(graph, name), fingerprints[name], own.get(name), n_rows, table(name).grain())
        for name, n_rows in rows.items()
    ]
    reads = [(name, read) for name in graph.order for read in graph.models[name].reads]
    rests = [(name, each, steps) for name, found in graph.input_steps().items() for each, steps in found.items()]
    for declared, lines in ((ModelBuild, made), (ModelRead, reads), (ModelInput, rests)):
        _store_frame(con, pl.DataFrame(lines, schema=dict(declared.schema()), orient="row"), declared)
        _comment(con, declared)
    return {name: rows[name] for name in names}


def _kind(graph: Graph, name: str) -> str:
    return graph.models[name].kind if name in graph.models else "input"


def _comment(con: duckdb.DuckDBPyConnection, declared: type[Table]) -> None:
    statements = [f"COMMENT ON TABLE {declared.full_name()} IS {_quoted(declared.grain())}"]
    for column in declared.columns:
        statements.append(f"COMMENT ON COLUMN {declared.full_name()}.{column.name} IS {_quoted(column.describe())}")
    con.execute(";".join(statements))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _count(con: duckdb.DuckDBPyConnection, name: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0])


def _audit(
    con: duckdb.DuckDBPyConnection, names: list[str], checks: list[SqlCheck], request: Request, full: bool
) -> list[CheckResult]:
    given = [*tidy_tables(), Calendar.full_name()] if full else []
    audited = [*given, Run.full_name(), *names, *(made.full_name() for made in (ModelBuild, ModelRead, ModelInput))]
    results = audit(con, audited, checks, allow_empty=request.as_of is not None)
    if any(not result.passed for result in results):
        raise AuditFailed(results, request.edition.candidate)
    con.execute("CHECKPOINT")
    return results
