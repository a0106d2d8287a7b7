"""The one validation helper: a table declaration as a pandera schema, applied to eager frames at full depth."""

from typing import Any

import polars as pl

from pipelines.errors import ModelError
from pipelines.schemas.table import Table

ROW = "_row"
REASON = "_reason"


_SCHEMAS: dict[str, Any] = {}


def pandera_schema(table: type[Table]) -> Any:
    """The pandera schema of a table: types, order, NULLs, bounds, allowed values, patterns, key, absence rule."""
    if table.full_name() not in _SCHEMAS:
        _SCHEMAS[table.full_name()] = _make_schema(table)
    return _SCHEMAS[table.full_name()]


def _make_schema(table: type[Table]) -> Any:
    import pandera.polars as pa

    columns = {
        field.name: pa.Column(field.dtype, _field_checks(field), nullable=field.nullable, required=True)
        for field in table.columns
    }
    return pa.DataFrameSchema(
        columns,
        checks=_table_checks(table),
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
        pandera_schema(table).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        return _readable(error.failure_cases, table)
    return pl.DataFrame(schema={ROW: pl.Int64, REASON: pl.String})


def require_valid(frame: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    """The frame itself when valid; raises ModelError with the first failing rows otherwise."""
    found = failures(frame, table)
    if found.height:
        shown = "; ".join(f"row {row}: {reason}" for row, reason in found.head(10).iter_rows())
        raise ModelError(f"{table.full_name()}: {found.height} failures; {shown}")
    return frame


def _field_checks(field: Any) -> list[Any]:
    import pandera.polars as pa

    checks = []
    if field.allowed:
        checks.append(pa.Check.isin(field.allowed, error=f"one of {', '.join(field.allowed)}"))
    if field.pattern:
        checks.append(pa.Check.str_matches(field.pattern, error=f"text matching {field.pattern}"))
    if field.minimum is not None:
        checks.append(pa.Check.ge(field.minimum, error=f"at least {field.minimum:g}"))
    if field.maximum is not None:
        checks.append(pa.Check.le(field.maximum, error=f"at most {field.maximum:g}"))
    if field.dtype == pl.Float64:
        checks.append(pa.Check(_is_finite, error="a finite number"))
    return checks


def _table_checks(table: type[Table]) -> list[Any]:
    import pandera.polars as pa

    checks = []
    for group in table.ordered:
        for low, high in [(a, b) for i, a in enumerate(group) for b in group[i + 1 :]]:
            checks.append(pa.Check(_not_after(low, high), error=f"{low} <= {high}"))
    if table.measure:
        error = f"{table.measure} is NULL exactly where absence_reason is filled"
        checks.append(pa.Check(_absence(table.measure), error=error))
    return checks


def _is_finite(data: Any) -> Any:
    return data.lazyframe.select(pl.col(data.key).is_finite())


def _not_after(low: str, high: str) -> Any:
    return lambda data: data.lazyframe.select((pl.col(low) <= pl.col(high)).fill_null(True))


def _absence(measure: str) -> Any:
    return lambda data: data.lazyframe.select(pl.col(measure).is_null() == pl.col("absence_reason").is_not_null())


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
