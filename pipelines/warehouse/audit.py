"""Audit of a built file: every table against its declaration, and the named SQL checks; failing rows come with their query."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from sqlglot import exp

from pipelines.errors import ModelError
from pipelines.schemas.field import Field
from pipelines.schemas.table import Table, table
from pipelines.warehouse.graph import parse_select, tables_read
from pipelines.warehouse.labels import label_condition

SHOWN_ROWS = 20
MANY_ROWS = 10_000  # from here on a pattern is matched once per distinct value: long tables repeat their texts
SCHEMA_CHECKS = ("columns", "key", "values")


@dataclass(frozen=True)
class CheckResult:
    """Outcome of one check: which table, how many rows fail, the first of them, and the query that finds them."""

    table: str
    name: str
    description: str
    n_failed: int
    query: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()

    @property
    def passed(self) -> bool:
        """True when no row fails."""
        return self.n_failed == 0

    def told(self, shown: int = 10) -> str:
        """What failed, the first failing rows as an aligned table, and the query that finds them all."""
        head = f"{self.table} [{self.name}]: {self.n_failed} rows fail; {self.description}"
        cells = [self.columns, *(tuple("" if c is None else str(c)[:40] for c in row) for row in self.rows[:shown])]
        widths = [max(len(str(row[i])) for row in cells) for i in range(len(self.columns))]
        lines = ["  ".join(str(c).ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]
        return "\n    ".join([head, *lines, " ".join(self.query.split())])


@dataclass(frozen=True)
class SqlCheck:
    """A named query over several tables that returns the offending rows; it guards the table it is filed under."""

    name: str
    guards: str
    description: str
    sql: str
    reads: tuple[str, ...]


def load_checks(folder: Path) -> list[SqlCheck]:
    """All checks below sql/checks; the header names the guarded table as `-- guards: layer.table`."""
    return [_read_check(path) for path in sorted((folder / "checks").glob("*.sql"))]


def audit(
    con: duckdb.DuckDBPyConnection, names: Iterable[str], checks: Iterable[SqlCheck], *, allow_empty: bool = False
) -> list[CheckResult]:
    """Run the declaration checks on the named tables and the SQL checks that read any of them.

    `allow_empty`: an as-of day before the first claim or price may leave tables empty; a full build may not.
    """
    chosen = list(names)
    results = [result for name in chosen for result in audit_table(con, table(name), allow_empty=allow_empty)]
    return results + run_sql_checks(con, chosen, checks)


def run_sql_checks(con: duckdb.DuckDBPyConnection, names: Iterable[str], checks: Iterable[SqlCheck]) -> list[CheckResult]:
    """Run the SQL checks that guard or read any of the named tables."""
    wanted = set(names)
    return [_run_sql_check(con, check) for check in checks if wanted & {check.guards, *check.reads}]


def audit_table(
    con: duckdb.DuckDBPyConnection, declared: type[Table], *, allow_empty: bool = False, rows_have_passed: bool = False
) -> list[CheckResult]:
    """Columns and types, key, and values (NULLs, bounds, allowed values, order, absence, label) of one table.

    `rows_have_passed`: the rows are those of a published table, under the same declaration; whether there are any is counted.
    """
    columns = _columns_check(con, declared)
    if not columns.passed:
        return [columns]
    may_be_empty = allow_empty or declared.may_be_empty
    if rows_have_passed:
        passed = may_be_empty or count_rows(con, declared.full_name()) > 0
    else:
        passed = _passes_in_one_scan(con, declared, may_be_empty)
    return [columns, _key_check(con, declared, may_be_empty, passed), _values_check(con, declared, passed)]


def _passes_in_one_scan(con: duckdb.DuckDBPyConnection, declared: type[Table], may_be_empty: bool) -> bool:
    """True when one scan finds rows, no broken rule and a different hash for each key (so the keys differ too)."""
    by_value = _pattern_conditions(declared) if count_rows(con, declared.full_name()) >= MANY_ROWS else {}
    conditions = [condition for _, condition in value_conditions(declared) if condition not in by_value.values()]
    broken = " OR ".join(f"({condition})" for condition in conditions) or "false"
    counts = f"count(*), count(DISTINCT hash({', '.join(declared.key)})), count(*) FILTER (WHERE {broken})"
    n_rows, n_keys, n_broken = con.execute(f"SELECT {counts} FROM {declared.full_name()}").fetchall()[0]
    passed = n_keys == n_rows and not n_broken and (n_rows > 0 or may_be_empty)
    return passed and not any(_has_value(con, declared, *found) for found in by_value.items())


def _pattern_conditions(declared: type[Table]) -> dict[str, str]:
    return {column.name: condition for column in declared.columns for _, condition in _pattern_condition(column)}


def _has_value(con: duckdb.DuckDBPyConnection, declared: type[Table], column: str, condition: str) -> bool:
    values = f"SELECT DISTINCT {column} FROM {declared.full_name()}"
    counted = f"SELECT count(*) FILTER (WHERE {condition}) FROM ({values})"  # a WHERE would be pushed below the DISTINCT
    return bool(con.execute(counted).fetchall()[0][0])


def value_conditions(declared: type[Table]) -> list[tuple[str, str]]:
    """What must not be true of any row: (words, SQL condition) for every rule of the declaration."""
    conditions = [rule for column in declared.columns for rule in _column_conditions(column)]
    for group in declared.ordered:
        pairs = [(low, high) for i, low in enumerate(group) for high in group[i + 1 :]]
        conditions += [(f"{low} <= {high}", f"{low} > {high}") for low, high in pairs]
    if declared.measure:
        words = f"{declared.measure} is NULL exactly where absence_reason is filled"
        conditions.append((words, f"({declared.measure} IS NULL) <> (absence_reason IS NOT NULL)"))
    return [*conditions, *label_condition(declared)]


def _column_conditions(column: Field) -> list[tuple[str, str]]:
    name, found = column.name, []
    if not column.nullable:
        found.append((f"{name} is not NULL", f"{name} IS NULL"))
    if column.allowed:
        allowed = ", ".join(f"'{value}'" for value in column.allowed)
        found.append((f"{name} is one of the allowed values", f"{name} NOT IN ({allowed})"))
    found += _pattern_condition(column)
    if column.minimum is not None:
        found.append((f"{name} >= {column.minimum:g}", f"{name} < {column.minimum!r}"))
    if column.maximum is not None:
        found.append((f"{name} <= {column.maximum:g}", f"{name} > {column.maximum!r}"))
    if column.duckdb_type == "DOUBLE":
        found.append((f"{name} is finite", f"isinf({name}) OR isnan({name})"))
    return found


def _pattern_condition(column: Field) -> list[tuple[str, str]]:
    if not column.pattern:
        return []
    return [(f"{column.name} matches {column.pattern}", f"NOT regexp_matches({column.name}, '{column.pattern}')")]


def _columns_check(con: duckdb.DuckDBPyConnection, declared: type[Table]) -> CheckResult:
    query = f"DESCRIBE {declared.full_name()}"
    found = [(row[0], row[1]) for row in con.execute(query).fetchall()]
    expected = [(column.name, column.duckdb_type) for column in declared.columns]
    differing = tuple((have, want) for have, want in _aligned(found, expected) if have != want)
    words = "columns, order and types are as declared"
    return CheckResult(declared.full_name(), "columns", words, len(differing), query, ("found", "declared"), differing)


def _aligned(found: list[tuple[str, str]], expected: list[tuple[str, str]]) -> list[tuple[str, str]]:
    length = max(len(found), len(expected))
    left = [" ".join(pair) for pair in found] + ["(none)"] * (length - len(found))
    right = [" ".join(pair) for pair in expected] + ["(none)"] * (length - len(expected))
    return list(zip(left, right, strict=True))


def _key_check(con: duckdb.DuckDBPyConnection, declared: type[Table], may_be_empty: bool, passed: bool) -> CheckResult:
    key = ", ".join(declared.key)
    query = f"SELECT {key}, count(*) AS n_rows FROM {declared.full_name()} GROUP BY {key} HAVING count(*) > 1"
    words = f"{key} identify a row"
    if not may_be_empty:
        words += ", and there is at least one"
    if passed:
        return CheckResult(declared.full_name(), "key", words, 0, query)
    result = _result(con, declared.full_name(), "key", words, query)
    if result.passed and not may_be_empty:
        count = f"SELECT 'no rows' AS found FROM (SELECT count(*) AS n FROM {declared.full_name()}) WHERE n = 0"
        return _result(con, declared.full_name(), "key", words, count)
    return result


def _values_check(con: duckdb.DuckDBPyConnection, declared: type[Table], passed: bool) -> CheckResult:
    conditions = value_conditions(declared)
    words = f"{len(conditions)} declared rules on NULLs, bounds, allowed values and order"
    if passed or not conditions:
        return CheckResult(declared.full_name(), "values", words, 0, "")
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for _, condition in conditions)
    found = con.execute(f"SELECT {counts} FROM {declared.full_name()}").fetchall()[0]
    broken = [rule for rule, n in zip(conditions, found, strict=True) if n]
    if not broken:
        return CheckResult(declared.full_name(), "values", words, 0, "")
    where = " OR ".join(f"({condition})" for _, condition in broken)
    query = f"SELECT * FROM {declared.full_name()} WHERE {where}"
    told = "must hold: " + "; ".join(rule for rule, _ in broken)
    return _result(con, declared.full_name(), "values", told, query)


def _run_sql_check(con: duckdb.DuckDBPyConnection, check: SqlCheck) -> CheckResult:
    return _result(con, check.guards, check.name, check.description, check.sql.rstrip().rstrip(";"))


def _result(con: duckdb.DuckDBPyConnection, name: str, check: str, words: str, query: str) -> CheckResult:
    n_failed = count_rows(con, f"({query})")
    if not n_failed:
        return CheckResult(name, check, words, 0, query)
    cursor = con.execute(f"SELECT * FROM ({query}) LIMIT {SHOWN_ROWS}")
    columns = tuple(item[0] for item in cursor.description or ())
    return CheckResult(name, check, words, n_failed, query, columns, tuple(cursor.fetchall()))


def count_rows(con: duckdb.DuckDBPyConnection, source: str) -> int:
    """Number of rows of a table, or of a query in brackets."""
    return int(con.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0])


def _read_check(path: Path) -> SqlCheck:
    text = path.read_text(encoding="utf-8")
    comments = [line[2:].strip() for line in text.splitlines() if line.startswith("--")]
    guards = [line.removeprefix("guards:").strip() for line in comments if line.startswith("guards:")]
    words = " ".join(line for line in comments if not line.startswith("guards:"))
    if len(guards) != 1 or not words:
        raise ModelError(f"{path}: a check begins with a comment that says what must hold, and `-- guards: layer.table`")
    select = parse_select(text, str(path))
    assert isinstance(select, exp.Query)
    table(guards[0])
    query = "\n".join(line for line in text.splitlines() if not line.startswith("--")).strip()
    return SqlCheck(path.stem, guards[0], words, query, tuple(sorted(tables_read(select))))
