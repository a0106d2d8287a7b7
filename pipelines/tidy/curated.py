"""Curated CSV files (facts and reference tables) become validated frames; bad rows are quarantined, bad files refused."""

from dataclasses import dataclass

import polars as pl

from pipelines.errors import InputError, Place, explain
from pipelines.reading import LINE, TextTable, read_delimited, rejected_frame, row_text
from pipelines.schemas.check import REASON, ROW, failures
from pipelines.schemas.field import Field
from pipelines.schemas.table import Table


@dataclass(frozen=True)
class Tidied:
    """Accepted rows, quarantined rows (`_line`, `_reason`, `_row_text`) and the number of rows read."""

    rows: pl.DataFrame
    quarantined: pl.DataFrame
    n_read: int


def tidy_csv(body: bytes, table: type[Table], place: Place) -> Tidied:
    """Type and validate one curated CSV against its declaration; raises InputError when the file as a whole cannot be read."""
    text = read_delimited(body, place)
    _require_columns(text, table, place)
    typed, cast_faults = _typed(text.rows, table)
    return _divide(text, typed, cast_faults, table)


def tidy_parquet(body: bytes, table: type[Table], place: Place) -> Tidied:
    """Validate one shipped Parquet file against its declaration; raises InputError when it is unreadable or has other columns."""
    try:
        frame = pl.read_parquet(body)
    except Exception as error:
        remedy = "restore the file from the repository"
        raise InputError(explain(place, f"unreadable bytes ({error})", "a Parquet file", remedy)) from error
    if dict(frame.schema) != dict(table.schema()):
        raise InputError(explain(place, _difference(frame, table), "the declared columns and types", "import the file again"))
    faults = failures(frame, table)
    lines = pl.Series(LINE, range(2, frame.height + 2), dtype=pl.Int64)
    text = frame.select(pl.struct(pl.all()).struct.json_encode()).to_series()
    bad = _with_text(_by_row(faults), lines, text)
    return Tidied(_without(frame, faults), bad, frame.height)


def _require_columns(text: TextTable, table: type[Table], place: Place) -> None:
    found = [name for name in text.rows.columns if name != LINE]
    expected = [field.name for field in table.columns]
    missing = [name for name in expected if name not in found]
    extra = [name for name in found if name not in expected]
    if missing or extra:
        told = " and ".join(
            part
            for part in (f"no column {', '.join(missing)}" * bool(missing), f"unknown column {', '.join(extra)}" * bool(extra))
            if part
        )
        remedy = "repair the header line, or declare the column in pipelines/schemas"
        raise InputError(explain(Place(place.source, place.file, 1), told, f"the columns {', '.join(expected)}", remedy))


def _typed(rows: pl.DataFrame, table: type[Table]) -> tuple[pl.DataFrame, list[tuple[int, str]]]:
    faults: list[tuple[int, str]] = []
    columns = []
    for field in table.columns:
        raw = rows[field.name]
        value = _cast(raw, field)
        for row in (value.is_null() & raw.is_not_null()).arg_true().to_list():
            faults.append((row, f"column {field.name}: found {raw[row]!r}; expected {_type_words(field)}"))
        columns.append(value)
    return pl.DataFrame(columns), faults


def _cast(raw: pl.Series, field: Field) -> pl.Series:
    if field.dtype == pl.Boolean:
        return raw.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    if field.dtype == pl.Date:
        return _shaped(raw, r"\d{4}-\d{2}-\d{2}").str.to_date("%Y-%m-%d", strict=False, exact=True)
    if isinstance(field.dtype, pl.Decimal):
        digits = rf"[+-]?\d*\.?\d{{0,{field.dtype.scale}}}"  # a cast would round further decimals away without a word
        return _shaped(raw.str.strip_chars(), digits).cast(field.dtype, strict=False)
    return raw.cast(field.dtype, strict=False)


def _shaped(raw: pl.Series, shape: str) -> pl.Series:
    """Text of that shape; anything else becomes NULL, which the caller reports."""
    return raw.str.extract(f"^({shape})$")


def _type_words(field: Field) -> str:
    if isinstance(field.dtype, pl.Decimal):
        return f"a plain number with at most {field.dtype.scale} decimals"
    words = {"Date": "a date as YYYY-MM-DD", "Boolean": "true or false", "Int64": "a whole number"}
    return words.get(type(field.dtype).__name__, "a plain number")


def _divide(text: TextTable, typed: pl.DataFrame, cast_faults: list[tuple[int, str]], table: type[Table]) -> Tidied:
    casts = pl.DataFrame(cast_faults, schema={ROW: pl.Int64, REASON: pl.String}, orient="row")
    rules = failures(typed, table).join(casts.select(ROW).unique(), on=ROW, how="anti", nulls_equal=True)
    faults = pl.concat([casts, rules])
    bad = _with_text(_by_row(faults), text.rows[LINE], row_text(text.rows))
    quarantined = pl.concat([text.rejected, bad]).sort(LINE)
    return Tidied(_without(typed, faults), quarantined, text.n_read)


def _by_row(faults: pl.DataFrame) -> pl.DataFrame:
    return faults.group_by(ROW, maintain_order=True).agg(pl.col(REASON).str.join(" | "))


def _with_text(faults: pl.DataFrame, lines: pl.Series, text: pl.Series) -> pl.DataFrame:
    rows = [(lines[row], reason, text[row]) for row, reason in faults.iter_rows() if row is not None]
    return rejected_frame(rows)


def _without(frame: pl.DataFrame, faults: pl.DataFrame) -> pl.DataFrame:
    bad = faults[ROW].drop_nulls().unique()
    return frame.with_row_index(ROW).filter(~pl.col(ROW).is_in(bad.cast(pl.UInt32).implode())).drop(ROW)


def _difference(frame: pl.DataFrame, table: type[Table]) -> str:
    found, expected = dict(frame.schema), dict(table.schema())
    wrong = [f"{name} {found.get(name)}" for name in {**found, **expected} if found.get(name) != expected.get(name)]
    return "columns that differ: " + ", ".join(sorted(wrong))
