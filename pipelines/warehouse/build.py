"""Build of one warehouse file from the lake: load, run the graph, describe, audit, publish."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path

import duckdb
import polars as pl

from pipelines.errors import CheckFailed, UsageError
from pipelines.home import Edition, Home
from pipelines.lock import single_writer
from pipelines.schemas.table import LAYERS, table
from pipelines.schemas.tables.meta import Calendar, Dataset, ModelBuild, ModelInput, ModelRead, Run
from pipelines.warehouse.audit import CheckResult, SqlCheck, audit_table, count_rows, load_checks, run_sql_checks
from pipelines.warehouse.graph import Graph, load_graph
from pipelines.warehouse.make import SLICE_ROWS, calendar_of_months, comment_on, load_tidy, make_model, store_frame
from pipelines.warehouse.plan import (
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
from pipelines.warehouse.side_by_side import side_by_side
from pipelines.warehouse.threads import on_threads, threads_of

STORAGE_VERSION = "v1.4.0"
USER_MARK = "-user"  # at the end of a release that holds a user's own claims
MOST_WORKERS = 4  # estimators run one after another, so more threads would wait for them
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


@dataclass(frozen=True)
class Made:
    """A table of this build: the print of its rows and, where it was made here, how the checks of its declaration went."""

    content: str
    results: tuple[CheckResult, ...] = ()


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
            known = _make_stale(con, graph, plan, request, progress)
            rows = _describe(con, graph, fingerprints, known)
            results = _audit(con, graph, known, checks, request)
        publish(request.edition, str(run["warehouse_release_id"]))
        write_release(request.edition)
    as_of = run["as_of"]
    assert isinstance(as_of, date)
    release_id = str(run["warehouse_release_id"])
    made = frozenset(name for name, told in known.items() if told.results)
    return Built(release_id, as_of, rows, tuple(results), request.edition.database, made)


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
            store_frame(con, inputs.get(name, table(name).empty()), table(name))
        store_frame(con, pl.DataFrame([run], schema=dict(Run.schema())), Run)
        for name in graph.order:
            if name in chosen:
                make_model(con, graph.models[name])
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
            store_frame(con, calendar_of_months(), Calendar)
        else:
            load_tidy(con, request.home, table(name))
    store_frame(con, pl.DataFrame([run], schema=dict(Run.schema())), Run)


def _drop_unknown(con: duckdb.DuckDBPyConnection, graph: Graph) -> None:
    """Drop what a published file holds of models and inputs that are no more."""
    kept = {*graph.order, *tidy_tables(), Calendar.full_name(), Run.full_name()}
    found = con.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'warehouse'"
    ).fetchall()
    for (name,) in found:
        if name not in kept and not name.startswith("meta."):
            con.execute(f"DROP TABLE {name}")


def _make_stale(
    con: duckdb.DuckDBPyConnection, graph: Graph, plan: Plan, request: Request, progress: Progress
) -> dict[str, Made]:
    """Make what has to be made, models that do not read each other side by side; returns what is told of every table."""
    known = {name: Made(told.content) for name, told in plan.published.items()}
    known |= {name: Made(content_of(con, name)) for name in (*plan.inputs, Run.full_name())}
    started = count(1)

    def made(name: str) -> Made | None:
        number = next(started)
        if not plan.must_make(graph.models[name], {read: known[read].content for read in graph.models[name].reads}):
            return None
        progress(name, number, len(plan.candidates))
        with closing(con.cursor()) as own:
            own.execute("USE warehouse")
            make_model(own, graph.models[name])
            comment_on(own, table(name))
            results = audit_table(own, table(name), allow_empty=request.as_of is not None)
            return Made(content_of(own, name), tuple(results))

    with _workers(con) as workers:
        for name, told in side_by_side(graph, plan.candidates, made, workers):
            if told is not None:
                known[name] = told
    return known


@contextmanager
def _workers(con: duckdb.DuckDBPyConnection) -> Iterator[int]:
    """How many models run at once: one for each thread, on that thread alone; large ones one after another on all threads."""
    if max(count_rows(con, name) for name in tidy_tables()) > SLICE_ROWS:
        yield 1
        return
    workers = min(threads_of(con), MOST_WORKERS)
    with on_threads(con, 1):
        yield workers


def _describe(
    con: duckdb.DuckDBPyConnection, graph: Graph, fingerprints: Mapping[str, str], known: Mapping[str, Made]
) -> dict[str, int]:
    """Comment the inputs and write the tables of meta; returns the rows of all models."""
    inputs = sorted(name for name in fingerprints if name not in graph.models)
    comment_on(con, *(table(name) for name in inputs))
    rows, codes = {name: count_rows(con, name) for name in [*inputs, *graph.order]}, codes_of(graph)
    models = [
        (
            name,
            name.split(".")[0],
            _kind(graph, name),
            fingerprints[name],
            codes.get(name),
            known[name].content,
            n,
            table(name).grain(),
        )
        for name, n in rows.items()
    ]
    reads = [(name, read) for name in graph.order for read in graph.models[name].reads]
    rests = [(name, each, steps) for name, found in graph.input_steps().items() for each, steps in found.items()]
    for declared, lines in ((ModelBuild, models), (ModelRead, reads), (ModelInput, rests)):
        store_frame(con, pl.DataFrame(lines, schema=dict(declared.schema()), orient="row"), declared)
        comment_on(con, declared)
    return {name: rows[name] for name in graph.order}


def _kind(graph: Graph, name: str) -> str:
    return graph.models[name].kind if name in graph.models else "input"


def _audit(
    con: duckdb.DuckDBPyConnection, graph: Graph, known: Mapping[str, Made], checks: list[SqlCheck], request: Request
) -> list[CheckResult]:
    """Audit every table, also those taken over; a build of selected models audits what it made."""
    made = [name for name in graph.order if known[name].results]
    inputs, models = ([*tidy_tables(), Calendar.full_name()], graph.order) if request.select is None else ([], made)
    audited = [*inputs, Run.full_name(), *models, *(one.full_name() for one in (ModelBuild, ModelRead, ModelInput))]
    results: list[CheckResult] = []
    for name in audited:
        over, empty = name in graph.models, request.as_of is not None
        done = known[name].results if name in known else ()
        results += done or audit_table(con, table(name), allow_empty=empty, rows_have_passed=over)
    results += run_sql_checks(con, audited, checks)
    if any(not result.passed for result in results):
        raise AuditFailed(results, request.edition.candidate)
    con.execute("CHECKPOINT")
    return results
