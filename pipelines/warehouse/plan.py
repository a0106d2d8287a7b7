"""What a build has to make: fingerprints of inputs, code and libraries, held against those of the published file."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

import duckdb

from pipelines.errors import InputError, Place, UsageError, explain
from pipelines.home import Edition, Home
from pipelines.schemas.table import TABLES, Table, table
from pipelines.schemas.tables.meta import Calendar, Run
from pipelines.warehouse.audit import value_conditions
from pipelines.warehouse.graph import Graph, Model
from pipelines.warehouse.read import published as opened

LIBRARIES = ("duckdb", "polars", "pyarrow", "numpy", "scipy", "statsmodels", "SALib", "diff-diff")  # that make figures
ENGINE = ("build.py", "make.py", "audit.py", "labels.py")
FIRST_MONTH, LAST_MONTH = date(2010, 1, 1), date(2028, 12, 1)


@dataclass(frozen=True)
class Published:
    """What the published file says of one of its tables."""

    fingerprint: str
    code: str | None
    content: str


@dataclass(frozen=True)
class Plan:
    """What a build makes; every other table is taken over from the published file.

    `inputs` are loaded; of `candidates`, in build order, those are made that are `forced` or that read a table whose rows
    are no longer those of the published file.
    """

    inputs: tuple[str, ...]
    candidates: tuple[str, ...]
    forced: frozenset[str]
    published: Mapping[str, Published]
    is_other_day: bool = False  # than that of the published file

    @property
    def is_empty(self) -> bool:
        """True when nothing is taken over: the build starts from an empty file."""
        return not self.published

    def must_make(self, model: Model, contents: Mapping[str, str]) -> bool:
        """True unless the model reads the same rows as when the published table was made; `contents` are those of this build."""
        if model.name in self.forced:
            return True
        if self.is_other_day and Run.full_name() in model.reads:
            return True
        reads = set(model.reads) - {Run.full_name()}
        return any(read not in self.published or contents[read] != self.published[read].content for read in reads)


def input_fingerprints(home: Home) -> dict[str, str]:
    """Hash of each tidy table's Parquet files in the lake; raises InputError when an input has not been taken in."""
    prints = {}
    for name in tidy_tables():
        files = lake_files(home, table(name))
        prints[name] = digest(*(f"{path.name} {file_digest(path)}" for path in files))
    prints[Calendar.full_name()] = digest(str(FIRST_MONTH), str(LAST_MONTH))
    return prints


@cache
def engine_print() -> str:
    """Hash of what every table rests on beside code and inputs of its own: libraries, and the code that builds and audits."""
    here = Path(__file__).parent
    return digest(*(f"{name} {version(name)}" for name in LIBRARIES), *(file_digest(here / name) for name in ENGINE))


def tidy_tables() -> list[str]:
    """Tidy tables that come from the lake, in name order."""
    made_here = {Run.full_name(), Calendar.full_name()}
    return sorted(name for name in TABLES if name.startswith("tidy.") and name not in made_here)


def code_digest(home: Home) -> str:
    """SHA-256 over all SQL files and all program modules."""
    files = sorted([*home.sql.rglob("*.sql"), *(home.checkout / "pipelines").rglob("*.py")])
    return digest(*(f"{path.relative_to(home.checkout)}:{file_digest(path)}" for path in files))


def digest(*parts: str) -> str:
    """SHA-256 over texts, one a line."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def lake_files(home: Home, declared: type[Table]) -> list[Path]:
    """Parquet files of a tidy table in name order; raises InputError where there is none."""
    files = sorted((home.lake / declared.name).glob("*.parquet"))
    if not files:
        place = Place("lake", str(home.lake / declared.name))
        raise InputError(explain(place, "no Parquet file", "the tidy table", "run chipflows build without --select first"))
    return files


def content_of(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """Print of all rows in any order; two tables with equal rows have equal prints within one version of DuckDB."""
    ((total, mixed),) = con.execute(
        f"SELECT coalesce(sum(CAST(hash(rows_) AS HUGEINT)), 0), coalesce(bit_xor(hash(rows_)), 0) FROM {name} rows_"
    ).fetchall()
    return f"{total:x}-{mixed:x}"


def codes_of(graph: Graph) -> dict[str, str]:
    """Print of the code of each model: its own, the rules that its rows have passed, and what every figure rests on."""
    return {name: digest(engine_print(), own, _rules(table(name))) for name, own in graph.own_code().items()}


def _rules(declared: type[Table]) -> str:
    return repr((value_conditions(declared), declared.key, declared.may_be_empty))


def plan_of(base: Edition, graph: Graph, fingerprints: Mapping[str, str], select: frozenset[str] | None, *, full: bool) -> Plan:
    """The plan of a build of everything, or of the selected models with what changed and what reads them; `base` is the old file.

    Raises UsageError where a selection would rest on inputs that have changed.
    """
    published = {} if full and select is None else published_tables(base)
    codes, loaded = codes_of(graph), (*tidy_tables(), Calendar.full_name())
    edited = {name for name in graph.order if name not in published or published[name].code != codes[name]}
    if select is None and len(edited) == len(graph.order):
        return Plan(loaded, graph.order, frozenset(graph.order), {})
    inputs = tuple(name for name in loaded if name not in published or published[name].fingerprint != fingerprints[name])
    if inputs and select is not None:
        raise UsageError("the inputs have changed since the last build; run chipflows build without --select")
    forced = edited | (graph.select(select) if select is not None else set())
    day = published.get(Run.full_name())
    is_other_day = day is None or day.fingerprint != fingerprints[Run.full_name()]
    changed = {*inputs, Run.full_name()} if is_other_day else set(inputs)
    fed = {name for name in graph.order if changed & set(graph.models[name].reads)}
    reached = graph.with_descendants(forced | fed)
    candidates = tuple(name for name in graph.order if name in reached)
    return Plan(inputs, candidates, frozenset(forced), published, is_other_day)


def published_tables(edition: Edition) -> dict[str, Published]:
    """Every table of the published file that still holds the rows it was published with.

    None where there is no file, or one that another version wrote.
    """
    if not edition.database.exists():
        return {}
    try:
        with opened(edition) as con:
            rows = con.execute("SELECT model, fingerprint, model_code_sha256, content FROM meta.model").fetchall()
            tables = {name: Published(*told) for name, *told in rows}
            return {name: told for name, told in tables.items() if content_of(con, name) == told.content}
    except duckdb.Error:
        return {}
