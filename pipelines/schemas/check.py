"""The one validation helper: a table declaration as a pandera schema, applied to eager frames at full depth."""

from collections.abc import Callable
from typing import Any

import polars as pl

from pipelines.errors import ModelError
from pipelines.schemas.table import Table

ROW = "_row"
REASON = "_reason"
_SCHEMAS: dict[type[Table], Any] = {}
_SIEVES: dict[type[Table], Any] = {}


def pandera_schema(table: type[Table]) -> Any:
    """The pandera schema of a table: types, order, NULLs, bounds, allowed values, patterns, key, absence rule."""
    if table not in _SCHEMAS:
        _SCHEMAS[table] = _named_rules(table)
    return _SCHEMAS[table]


def _named_rules(table: type[Table]) -> Any:
    import pandera.polars as pa

    columns = {
        field.name: pa.Column(field.dtype, _checks(_field_rules(field)), nullable=field.nullable, required=True)
        for field in table.columns
    }
    return pa.DataFrameSchema(
        columns,
        checks=_checks(_row_rules(table)),
        unique=list(table.key),
        strict=True,
        ordered=True,
        name=table.full_name(),
    )


def failures(frame: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    """Every failing row with every reason: columns `_row` (0-based, NULL for schema faults) and `_reason`; empty when valid."""
    import pandera.errors

    if not isinstance(frame, pl.DataFrame):
        raise ModelError(f"{table.full_name()}: validate eager frames only; a lazy frame is checked for its schema alone")
    try:
        _sieve(table).validate(frame)
    except pandera.errors.SchemaError:
        return _named_failures(frame, table)
    return pl.DataFrame(schema={ROW: pl.Int64, REASON: pl.String})


def _named_failures(frame: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    import pandera.errors

    try:
        pandera_schema(table).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        return _readable(error.failure_cases, table)
    raise ModelError(f"{table.full_name()}: one pass over all rules finds a fault that the rules one by one do not name")


def _sieve(table: type[Table]) -> Any:
    """All rules as one pandera check, one query: a quarter of the time of the rules one by one; it names no fault."""
    if table not in _SIEVES:
        _SIEVES[table] = _all_rules(table)
    return _SIEVES[table]


def _all_rules(table: type[Table]) -> Any:
    import pandera.polars as pa

    expected, holds = pl.Schema(table.schema()), pl.all_horizontal(*_rules(table))

    def is_whole(data: Any) -> bool:
        found = data.lazyframe
        return bool(found.collect_schema() == expected and found.select(holds).collect().item())

    return pa.DataFrameSchema(checks=[pa.Check(is_whole)], name=table.full_name())


def _rules(table: type[Table]) -> list[pl.Expr]:
    rules = [pl.col(field.name).is_not_null() for field in table.columns if not field.nullable]
    rules += [rule for field in table.columns for rule, _ in _field_rules(field)]
    rules += [rule for rule, _ in _row_rules(table)]
    return [*(rule.all() for rule in rules), pl.struct(table.key).is_unique().all()]


def require_valid(frame: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    """The frame itself when valid; raises ModelError with the first failing rows otherwise."""
    found = failures(frame, table)
    if found.height:
        shown = "; ".join(f"row {row}: {reason}" for row, reason in found.head(10).iter_rows())
        raise ModelError(f"{table.full_name()}: {found.height} failures; {shown}")
    return frame


def _field_rules(field: Any) -> list[tuple[pl.Expr, str]]:
    """What must be true of every value that is there, each with the words for what was expected."""
    column, rules = pl.col(field.name), []
    if field.allowed:
        rules.append((column.is_in(field.allowed), f"one of {', '.join(field.allowed)}"))
    if field.pattern:
        rules.append((column.str.contains(f"^(?:{field.pattern})"), f"text matching {field.pattern}"))
    if field.minimum is not None:
        rules.append((column >= field.minimum, f"at least {field.minimum:g}"))
    if field.maximum is not None:
        rules.append((column <= field.maximum, f"at most {field.maximum:g}"))
    if field.dtype == pl.Float64:
        rules.append((column.is_finite(), "a finite number"))
    return rules


def _row_rules(table: type[Table]) -> list[tuple[pl.Expr, str]]:
    """What must be true of every row: the order of its bounds, and a reason where the measure is missing."""
    rules = []
    for group in table.ordered:
        for low, high in [(a, b) for i, a in enumerate(group) for b in group[i + 1 :]]:
            rules.append(((pl.col(low) <= pl.col(high)).fill_null(True), f"{low} <= {high}"))
    if table.measure:
        error = f"{table.measure} is NULL exactly where absence_reason is filled"
        rules.append((pl.col(table.measure).is_null() == pl.col("absence_reason").is_not_null(), error))
    return rules


def _checks(rules: list[tuple[pl.Expr, str]]) -> list[Any]:
    import pandera.polars as pa

    def evaluated(rule: pl.Expr) -> Callable[[Any], Any]:
        return lambda data: data.lazyframe.select(rule)

    return [pa.Check(evaluated(rule), error=error) for rule, error in rules]


def _readable(cases: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    rows = []
    for case in cases.iter_rows(named=True):
        check = str(case["check"])
        column = case["column"] or ""
        if check == "multiple_fields_uniqueness":
            reason = f"duplicate key {' + '.join(table.key)}"
        elif check == "not_nullable":
            reason = f"column {column}: found nothing; expected a value"
        elif case["schema_context"] == "Column" and case["index"] is not None:
            reason = f"column {column}: found {case['failure_case']}; expected {check}"
        else:
            reason = f"{column if case['schema_context'] == 'Column' else 'row'}: expected {check}"
        rows.append((case["index"], reason))
    return pl.DataFrame(rows, schema={ROW: pl.Int64, REASON: pl.String}, orient="row").unique(maintain_order=True)
