"""Build of one warehouse file from the lake: load, run the graph, describe, audit, publish."""

import calendar
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

from pipelines.errors import CheckFailed, ModelError, UsageError
from pipelines.home import Edition, Home
from pipelines.lock import single_writer
from pipelines.schemas.table import LAYERS, Table, table
from pipelines.schemas.tables.meta import Calendar, Dataset, ModelBuild, ModelInput, ModelRead, Run
from pipelines.warehouse.audit import CheckResult, SqlCheck, audit, count_rows, load_checks
from pipelines.warehouse.graph import Graph, Model, load_graph
from pipelines.warehouse.plan import (
    FIRST_MONTH,
    LAST_MONTH,
    Plan,
    code_digest,
    codes_of,
    content_of,
    digest,
    input_fingerprints,
    lake_files,
    plan_of,
    tidy_tables,
)
from pipelines.warehouse.publish import discard, publish
from pipelines.warehouse.release import write_release

STORAGE_VERSION = "v1.4.0"
USER_MARK = "-user"  # at the end of a release that holds a user's own claims
SLICE_ROWS = 4_000_000  # of the largest table that a sliced model reads, or makes of it; about 1 GB of wide rows
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Request:
    """What to build: home, as-of day (None = all that is shipped), models (None = all), number of threads.

    A table that rests on unchanged inputs, code and libraries is taken over from the published file, unless `full`.
    """

    home: Home
    as_of: date | None = None
    select: frozenset[str] | None = None
    threads: int | None = None
    full: bool = False

    @property
    def edition(self) -> Edition:
        """Where the result is published: the main warehouse, or the folder of the as-of day."""
        return self.home.edition(self.as_of.isoformat() if self.as_of else None)

    @property
    def base(self) -> Edition:
        """What a build takes tables over from: the edition as published before, or else the main warehouse."""
        return self.edition if self.edition.database.exists() else self.home.edition(None)


@dataclass(frozen=True)
class Built:
    """What was built and published: release, as-of day, rows per table, checks, and which tables were made in this build."""

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
        prints[Run.full_name()] = digest(str(run["as_of"]))
        fingerprints = {**prints, **graph.fingerprints(prints)}
        plan = plan_of(request.base, graph, fingerprints, request.select, full=request.full)
        with closing(_open_candidate(request, plan)) as con:
            _fill(con, request, run, plan, graph)
            made, contents = _make_stale(con, graph, plan, progress)
            rows = _describe(con, graph, fingerprints, made, contents)
            results = _audit(con, graph, made, checks, request)
        publish(request.edition, str(run["warehouse_release_id"]))
        write_release(request.edition)
    as_of = run["as_of"]
    assert isinstance(as_of, date)
    release_id = str(run["warehouse_release_id"])
    return Built(release_id, as_of, rows, tuple(results), request.edition.database, frozenset(made))


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


def _run_row(request: Request, prints: dict[str, str]) -> dict[str, object]:
    accounts = pl.read_parquet(lake_files(request.home, Dataset), columns=["retrieved", "dataset_group"])
    latest = accounts["retrieved"].cast(pl.String).max()
    as_of = request.as_of or date.fromisoformat(str(latest))
    inputs = digest(*(f"{name}={prints[name]}" for name in sorted(prints)))
    code = code_digest(request.home)
    mark = USER_MARK if "user" in accounts["dataset_group"] else ""
    release = f"{as_of}-{digest(inputs, code, str(as_of))[:10]}{mark}"
    return {"as_of": as_of, "warehouse_release_id": release, "inputs_sha256": inputs, "code_sha256": code}


def _open_candidate(request: Request, plan: Plan) -> duckdb.DuckDBPyConnection:
    edition = request.edition
    edition.root.mkdir(parents=True, exist_ok=True)
    discard(edition)
    if not plan.is_empty:
        shutil.copyfile(request.base.database, edition.candidate)
        edition.candidate.chmod(0o644)
    con = duckdb.connect()
    threads = request.threads or int(os.environ.get("CHIPFLOWS_THREADS", "0"))
    if threads:
        con.execute(f"SET threads = {threads}")
    path = str(edition.candidate).replace("'", "''")
    con.execute(f"ATTACH '{path}' AS warehouse (STORAGE_VERSION '{STORAGE_VERSION}')")
    con.execute("USE warehouse")
    return con


def _fill(con: duckdb.DuckDBPyConnection, request: Request, run: dict[str, object], plan: Plan, graph: Graph) -> None:
    if plan.is_empty:
        for layer in LAYERS:
            con.execute(f"CREATE SCHEMA {layer}")
    else:
        _drop_unknown(con, graph)
    for name in plan.inputs:
        if name == Calendar.full_name():
            _store_frame(con, _calendar(), Calendar)
        else:
            _load_tidy(con, request.home, table(name))
    _store_frame(con, pl.DataFrame([run], schema=dict(Run.schema())), Run)


def _drop_unknown(con: duckdb.DuckDBPyConnection, graph: Graph) -> None:
    """Drop what a published file holds of models and inputs that are no more."""
    kept = {*graph.order, *tidy_tables(), Calendar.full_name(), Run.full_name()}
    found = con.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'warehouse'"
    ).fetchall()
    for (name,) in found:
        if name not in kept and not name.startswith("meta."):
            con.execute(f"DROP TABLE {name}")


def _load_tidy(con: duckdb.DuckDBPyConnection, home: Home, declared: type[Table]) -> None:
    """All Parquet files of the table, sorted by key; a table too large to sort at once is sorted by groups of files."""
    columns = ", ".join(f"CAST({c.name} AS {c.duckdb_type}) AS {c.name}" for c in declared.columns)
    order = ", ".join(declared.key)
    start = f"CREATE OR REPLACE TABLE {declared.full_name()} AS"
    for group in _file_groups(con, lake_files(home, declared)):
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


def _make_stale(con: duckdb.DuckDBPyConnection, graph: Graph, plan: Plan, progress: Progress) -> tuple[list[str], dict[str, str]]:
    """Make what has to be made; returns those models, and a print of the rows of every table."""
    contents = {name: told.content for name, told in plan.published.items()}
    contents |= {name: content_of(con, name) for name in (*plan.inputs, Run.full_name())}
    made = []
    for done, name in enumerate(plan.candidates, start=1):
        if plan.must_make(graph.models[name], contents):
            progress(name, done, len(plan.candidates))
            _make(con, graph.models[name])
            contents[name] = content_of(con, name)
            made.append(name)
    return made, contents


def slices(con: duckdb.DuckDBPyConnection, model: Model) -> list[str]:
    """The model's query, or the same query for disjoint slices of what it reads, where its table says slices are independent.

    Below SLICE_ROWS rows in the largest table there is one slice, so a warehouse of shipped size is built in one piece.
    """
    query = model.sql.rstrip().rstrip(";")
    sliced_by = model.table.sliced_by
    most = max((count_rows(con, name) for name in sliced_by), default=0)
    number = math.ceil(most * model.table.rows_per_read / SLICE_ROWS)
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


def _describe(
    con: duckdb.DuckDBPyConnection,
    graph: Graph,
    fingerprints: Mapping[str, str],
    made: Sequence[str],
    contents: Mapping[str, str],
) -> dict[str, int]:
    """Comment every input and every model that was made, and write the tables of meta; returns the rows of all models."""
    inputs = sorted(name for name in fingerprints if name not in graph.models)
    con.execute("BEGIN")  # one commit for thousands of comments
    for name in [*inputs, *made]:
        _comment(con, table(name))
    con.execute("COMMIT")
    rows, codes = {name: count_rows(con, name) for name in [*inputs, *graph.order]}, codes_of(graph)
    models = [
        (
            name,
            name.split(".")[0],
            _kind(graph, name),
            fingerprints[name],
            codes.get(name),
            contents[name],
            n,
            table(name).grain(),
        )
        for name, n in rows.items()
    ]
    reads = [(name, read) for name in graph.order for read in graph.models[name].reads]
    rests = [(name, each, steps) for name, found in graph.input_steps().items() for each, steps in found.items()]
    for declared, lines in ((ModelBuild, models), (ModelRead, reads), (ModelInput, rests)):
        _store_frame(con, pl.DataFrame(lines, schema=dict(declared.schema()), orient="row"), declared)
        _comment(con, declared)
    return {name: rows[name] for name in graph.order}


def _kind(graph: Graph, name: str) -> str:
    return graph.models[name].kind if name in graph.models else "input"


def _comment(con: duckdb.DuckDBPyConnection, declared: type[Table]) -> None:
    statements = [f"COMMENT ON TABLE {declared.full_name()} IS {_quoted(declared.grain())}"]
    for column in declared.columns:
        statements.append(f"COMMENT ON COLUMN {declared.full_name()}.{column.name} IS {_quoted(column.describe())}")
    con.execute(";".join(statements))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _audit(
    con: duckdb.DuckDBPyConnection, graph: Graph, made: Sequence[str], checks: list[SqlCheck], request: Request
) -> list[CheckResult]:
    """Audit every table, also those taken over; a build of selected models audits what it made."""
    inputs, models = ([*tidy_tables(), Calendar.full_name()], graph.order) if request.select is None else ([], made)
    audited = [*inputs, Run.full_name(), *models, *(one.full_name() for one in (ModelBuild, ModelRead, ModelInput))]
    results = audit(con, audited, checks, allow_empty=request.as_of is not None)
    if any(not result.passed for result in results):
        raise AuditFailed(results, request.edition.candidate)
    con.execute("CHECKPOINT")
    return results
