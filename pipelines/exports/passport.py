"""The passport of a figure: the way from one row of a report down to claims, records, files, rules, parameters and code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from pipelines.errors import UsageError, did_you_mean
from pipelines.exports.passport_rows import Row, dictionaries, files_of, row_steps, step_columns
from pipelines.home import Edition
from pipelines.schemas.tables.catalog import declared_tables
from pipelines.schemas.tables.exports import Report
from pipelines.warehouse.read import published

LABELS = ("value_label", "evidence_label", "absence_reason", "claim_limit", "coverage_statement", "licence_id")
USUAL = {"scope": "arrivals", "series_kind": "backbone", "mix_series": "backbone", "channel_part": "all"}
SUFFIXES = (("low", "central", "high"), ("p05", "p50", "p95"))
NUMBERS = ("DOUBLE", "BIGINT", "DECIMAL")
SHOWN = 10
Con = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Lineage:
    """The lineage of a whole warehouse, read once: release, edges of the graph, models, input tables of each, input files."""

    run: Row
    reads: Mapping[str, list[str]]
    models: Mapping[str, Row]
    inputs: Mapping[str, Mapping[str, int]]
    files: Mapping[str, Row]

    def models_above(self, name: str) -> list[Row]:
        """A table and everything it rests on, the nearest first, each with its code print and what it reads."""
        steps, queue = {name: 0}, [name]
        for model in queue:
            for read in self.reads.get(model, ()):
                if read not in steps:
                    steps[read] = steps[model] + 1
                    queue.append(read)
        return [{"step": steps[each], **self.models[each], "reads": self.reads.get(each, [])} for each in queue]

    def files_above(self, name: str) -> list[Row]:
        """The input files a table rests on, those with the fewest models in between first."""
        steps = self.inputs.get(name, {})
        found = [
            {"input_table": each["table_name"], "model_steps": steps[each["table_name"]], **each}
            for each in self.files.values()
            if each["table_name"] in steps
        ]
        return sorted(found, key=lambda each: (each["model_steps"], each["input_table"], each["dataset_id"]))


def lineage_of(con: Con) -> Lineage:
    """Read the lineage tables of a warehouse; raises UsageError for a warehouse that was built before there were any."""
    run = dictionaries(con, "SELECT warehouse_release_id AS release, as_of, code_sha256, inputs_sha256 FROM core.run")[0]
    if not con.execute("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'meta' AND table_name = 'model_input'").fetchall():
        raise UsageError(f"release {run['release']}: found no table meta.model_input; expected one; run chipflows build")
    reads: dict[str, list[str]] = {}
    for model, read in con.execute("SELECT model, read_table FROM meta.model_read ORDER BY model, read_table").fetchall():
        reads.setdefault(model, []).append(read)
    inputs: dict[str, dict[str, int]] = {}
    for model, name, steps in con.execute("SELECT model, input_table, model_steps FROM meta.model_input").fetchall():
        inputs.setdefault(model, {})[name] = steps
    models = {each["model"]: each for each in dictionaries(con, "SELECT * EXCLUDE (layer, description) FROM meta.model")}
    return Lineage(run, reads, models, inputs, files_of(con))


def passport(edition: Edition, name: str, wanted: Mapping[str, str], column: str | None = None) -> Row:
    """Passport of one row of a report; raises UsageError for an unknown table or column, and for no or several rows."""
    report = report_named(name)
    with published(edition) as con:
        conditions = {_column_for(report, each): value for each, value in wanted.items()}
        row, taken = _one_row(con, report, conditions)
        lineage = lineage_of(con)
        return {
            **table_passport(con, report, lineage),
            "key": {each: row[each] for each in report.key},
            "taken": taken,
            "figures": _figures(report, row, column),
            "labels": {each: row[each] for each in LABELS if row.get(each) is not None},
            "rows_behind": [vars(step) for step in row_steps(con, row, lineage.files)],
        }


def table_passport(con: Con, report: type[Report], lineage: Lineage) -> Row:
    """What holds for every figure of a report: release, code, models, files with hash and terms, priors, row-level step."""
    models = lineage.models_above(report.full_name())
    files = lineage.files_above(report.full_name())
    inputs = {each["input_table"] for each in files}
    by = step_columns(tuple(each.name for each in report.columns))
    return {
        "table": report.name,
        "grain": report.grain(),
        "key_columns": list(report.key),
        **lineage.run,
        "row_step": _row_step_words(by),
        "models": models,
        "datasets": files,
        "parameters": _parameters(con, inputs),
        "retrieved": _span(files),
    }


def wanted_of(conditions: Sequence[str]) -> dict[str, str]:
    """Conditions COLUMN=VALUE as a dictionary; raises UsageError for one without an equals sign or a column named twice."""
    wanted: dict[str, str] = {}
    for each in conditions:
        column, equals, value = each.partition("=")
        if not equals or not column or column in wanted:
            raise UsageError(f"explain: found {each!r}; expected column=value, each column once, for example period_id=2025H1")
        wanted[column] = value
    return wanted


def report_named(name: str) -> type[Report]:
    """The report table of that name, with or without its schema; raises UsageError with the nearest name."""
    declared = {t.name: t for t in declared_tables().values() if issubclass(t, Report)}
    short = name.removeprefix("exports.")
    if short not in declared:
        near = did_you_mean(short, (t.full_name() for t in declared.values()))
        raise UsageError(f"found no report called {name!r}; expected one of the exported tables, see chipflows tables{near}")
    return declared[short]


def _column_for(report: type[Report], name: str) -> str:
    """The column meant: its name, or its beginning up to an underscore where only one column, or one key column, begins so."""
    columns = [each.name for each in report.columns]
    if name in columns:
        return name
    begins = [each for each in columns if each.startswith(f"{name}_")]
    for found in (begins, [each for each in begins if each in report.key]):
        if len(found) == 1:
            return found[0]
    told = f"several columns begin so: {', '.join(begins)}" if begins else f"the table has {', '.join(columns)}"
    raise UsageError(f"{report.name}: found no column {name!r}; {told}; its key is {', '.join(report.key)}")


def _one_row(con: Con, report: type[Report], conditions: Mapping[str, str]) -> tuple[Row, dict[str, str]]:
    rows = _matching(con, report, conditions)
    if not rows:
        raise UsageError(_no_row(con, report, conditions))
    open_ = [each for each in report.key if len({str(row[each]) for row in rows}) > 1]
    taken = {each: USUAL[each] for each in open_ if any(row[each] == USUAL.get(each) for row in rows)}
    rows = [row for row in rows if all(row[each] == value for each, value in taken.items())]
    if len(rows) > 1:
        raise UsageError(_several_rows(report, rows))
    return rows[0], taken


def _matching(con: Con, report: type[Report], conditions: Mapping[str, str]) -> list[Row]:
    where = " AND ".join(f"CAST({each} AS VARCHAR) = ?" for each in conditions) or "true"
    order = ", ".join(report.key)
    return dictionaries(con, f"SELECT * FROM {report.full_name()} WHERE {where} ORDER BY {order}", list(conditions.values()))


def _no_row(con: Con, report: type[Report], conditions: Mapping[str, str]) -> str:
    lines = [f"{report.name}: found no row with {_told(conditions)}; expected exactly one"]
    for each, value in conditions.items():
        rest = {name: other for name, other in conditions.items() if name != each}
        known = sorted({str(row[each]) for row in _matching(con, report, rest)})
        if known:
            lines.append(f"  with {each} left open: {_some(known)} (not {value})")
    return "\n".join(lines)


def _several_rows(report: type[Report], rows: list[Row]) -> str:
    differ = [each for each in report.key if len({str(row[each]) for row in rows}) > 1]
    lines = [f"{report.name}: found {len(rows)} rows; expected exactly one; name {' and '.join(differ)} too, for example"]
    lines += ["  " + " ".join(f"{each}={row[each]}" for each in differ) for row in rows[:SHOWN]]
    return "\n".join([*lines, *([f"  ... {len(rows) - SHOWN} more"] if len(rows) > SHOWN else [])])


def _told(conditions: Mapping[str, str]) -> str:
    return " ".join(f"{each}={value}" for each, value in conditions.items()) or "no condition"


def _some(values: list[str]) -> str:
    return ", ".join(values[:SHOWN]) + (f" and {len(values) - SHOWN} more" if len(values) > SHOWN else "")


def _figures(report: type[Report], row: Row, column: str | None) -> list[Row]:
    chosen = _column_for(report, column) if column else None
    found = []
    for each in report.columns:
        is_number = each.duckdb_type.startswith(NUMBERS) and each.name not in report.key
        if each.name == chosen or (chosen is None and is_number):
            figure = {
                "column": each.name,
                "value": row[each.name],
                "unit": row.get(each.unit, each.unit),
                "meaning": each.meaning,
            }
            interval = _interval(report, row, each.name)
            found.append({**figure, **({"interval": interval} if interval else {})})
    return found


def _interval(report: type[Report], row: Row, column: str) -> Row:
    """Lower and upper bound beside a central figure: the declared order of columns, else the endings of their names."""
    for ordered in report.ordered:
        if len(ordered) == 3 and column == ordered[1]:
            return {ordered[0]: row[ordered[0]], ordered[2]: row[ordered[2]]}
    for low, middle, high in SUFFIXES:
        for begin, end in _beside(column, middle):
            names = [f"{begin}{part}{end}" for part in (low, high)]
            if all(name in row for name in names):
                return {name: row[name] for name in names}
    names = [f"{column}_low", f"{column}_high"]
    return {name: row[name] for name in names} if all(name in row for name in names) else {}


def _beside(column: str, middle: str) -> list[tuple[str, str]]:
    begin, found, end = column.partition(middle)
    return [(begin, end)] if found else []


def _parameters(con: Con, inputs: set[str]) -> list[Row]:
    asked = []
    if "tidy.prior" in inputs:
        columns = "prior_low AS low, prior_central AS central, prior_high AS high, unit, prior_source AS basis, known_at"
        asked.append(f"SELECT 'prior' AS kind, prior_id AS id, {columns} FROM core.dim_prior ORDER BY prior_id")
    if "tidy.flow_parameter" in inputs:
        bounds = "parameter_low AS low, parameter_central AS central, parameter_high AS high"
        columns = f"{bounds}, parameter AS unit, parameter_basis AS basis, NULL AS known_at"
        asked.append(
            f"SELECT 'flow_parameter' AS kind, parameter_id AS id, {columns} FROM tidy.flow_parameter ORDER BY parameter_id"
        )
    return [row for sql in asked for row in dictionaries(con, sql)]


def _row_step_words(by: tuple[str, ...]) -> str:
    if by:
        return f"rows are followed to records by {', '.join(by)}"
    return "no column of this table names a record: the way goes through the models to the input files"


def _span(files: list[Row]) -> Row:
    days = sorted(str(each["retrieved"]) for each in files if each["retrieved"])
    return {"first": days[0], "last": days[-1]} if days else {}
