"""What differs between two releases: cells of the exported tables, and rows of the inputs with the kind of each change."""

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.exports.release_store import Release

ROW, COLUMN = "row_key", "column_name"
CELLS = {
    "table_name": pl.String,
    ROW: pl.String,
    COLUMN: pl.String,
    "value_kind": pl.String,
    "change": pl.String,
    "old": pl.String,
    "new": pl.String,
}
FILE_COLUMNS = ("source_file_sha256", "source_row")  # where a record stands in a file; not what it says
RECORD = (
    "reporter_iso3",
    "partner_iso3",
    "flow",
    "product_code",
    "period_start",
)  # what a filed record is about, before its place
STATES = ("dataset_id", "vintage_at", "known_at", "absence_reason", "currency", "period_status", "value_basis", "quantity_unit")
ACCOUNTS = ("tidy.dataset", "tidy.snapshot_file", "tidy.archived_answer")  # say which files there are, change with every file
RULES = ("tidy.rule_change",)
SOURCE_ROWS = {"new": "new_source_row", "changed": "source_revision", "removed": "withdrawn_source_row"}
FACT_ROWS = {"new": "new_fact", "changed": "changed_fact", "removed": "removed_fact"}


def changed_cells(first: Release, second: Release, only: Sequence[str] = ()) -> pl.DataFrame:
    """One row per exported cell that differs: table, row, column, added, removed or changed, old and new as text."""
    names = only or sorted({*first.names("exports"), *second.names("exports")})
    frames = [_cells_of(first, second, name) for name in names if first.part(name) != second.part(name)]
    return pl.concat([pl.DataFrame(schema=CELLS), *frames])


def row_text(frame: pl.DataFrame, key: list[str]) -> pl.Expr:
    """The key of a row as `column=value column=value`, as chipflows explain takes it."""
    parts = [pl.format(f"{name}={{}}", pl.col(name).cast(pl.String).fill_null("")) for name in key if name in frame.columns]
    return pl.concat_str(parts, separator=" ").alias(ROW)


def _cells_of(first: Release, second: Release, name: str) -> pl.DataFrame:
    sides = [(release, release.part(name) is not None) for release in (first, second)]
    long = [_long(release, name) if there else None for release, there in sides]
    empty = pl.DataFrame(schema={ROW: pl.String, COLUMN: pl.String, "value": pl.String, "value_kind": pl.String})
    old, new = (each if each is not None else empty for each in long)
    joined = old.join(new, on=[ROW, COLUMN], how="full", coalesce=True, suffix="_new", nulls_equal=True)
    rows = joined.with_columns(
        pl.col("value_kind").is_not_null().any().over(ROW).alias("was"),
        pl.col("value_kind_new").is_not_null().any().over(ROW).alias("is"),
    )
    change = (
        pl.when(~pl.col("was")).then(pl.lit("added")).when(~pl.col("is")).then(pl.lit("removed")).otherwise(pl.lit("changed"))
    )
    differ = rows.filter(pl.col("value").ne_missing(pl.col("value_new")))
    return differ.select(
        pl.lit(name.partition(".")[2]).alias("table_name"),
        ROW,
        COLUMN,
        pl.coalesce("value_kind", "value_kind_new").alias("value_kind"),
        change.alias("change"),
        pl.col("value").alias("old"),
        pl.col("value_new").alias("new"),
    ).sort(ROW, COLUMN)


def _long(release: Release, name: str) -> pl.DataFrame:
    """The table as one row per cell; a NULL stays, so that a row with nothing but NULLs is still a row."""
    frame, key = release.frame(name), release.tables[name]["key"]
    values = [column for column in frame.columns if column not in key] or list(key)
    numbers = [column for column in values if frame.schema[column].is_numeric()]
    cells = [(column, f"cell_{place}") for place, column in enumerate(values)]
    text = frame.select(row_text(frame, key), *(pl.col(column).cast(pl.String).alias(cell) for column, cell in cells))
    long = text.unpivot(index=ROW, variable_name="cell", value_name="value")
    names = pl.col("cell").replace_strict({cell: column for column, cell in cells}, return_dtype=pl.String)
    long = long.select(ROW, names.alias(COLUMN), "value")
    kind = (
        pl.when(pl.col(COLUMN).is_in(pl.Series(numbers, dtype=pl.String).implode()))
        .then(pl.lit("number"))
        .otherwise(pl.lit("word"))
    )
    return long.with_columns(kind.alias("value_kind"))


def input_changes(first: Release, second: Release) -> dict[str, pl.DataFrame]:
    """Per input table the rows that differ between what the two releases could know: row_key, kind, and the row's columns.

    A record that says the same and stands in another file has the kind `source_file`.
    """
    found = {}
    for name in sorted({*first.names("tidy"), *second.names("tidy")}):
        if first.part(name) != second.part(name) or first.as_of != second.as_of:
            changes = _input_rows(first, second, name)
            if changes.height:
                found[name] = changes
    return found


def _input_rows(first: Release, second: Release, name: str) -> pl.DataFrame:
    old, new = _visible(first, name), _visible(second, name)
    if old is None or new is None:
        whole = old if new is None else new
        assert whole is not None
        key = (first if new is None else second).tables[name]["key"]
        return whole.with_columns(row_text(whole, key), _kind(first, second, name, "removed" if new is None else "new"))
    key = list(second.tables[name]["key"])
    shared = [column for column in new.columns if column in old.columns]
    retyped = [pl.col(column).cast(pl.String) for column in shared if old.schema[column] != new.schema[column]]
    old, new = old.with_columns(retyped), new.with_columns(retyped)
    records = [*_record_rows(old, new, shared)] if "source_row" in key else [*_keyed_rows(old, new, shared, key)]
    named = [*RECORD, *key] if "source_row" in key else key
    parts = [
        frame.with_columns(row_text(frame, named), _kind(first, second, name, change))
        for change, frame in records
        if frame.height
    ]
    return pl.concat(parts, how="diagonal_relaxed") if parts else pl.DataFrame()


def _visible(release: Release, name: str) -> pl.DataFrame | None:
    if release.part(name) is None:
        return None
    frame = release.frame(name)
    if "known_at" not in frame.columns:
        return frame
    return frame.filter(pl.col("known_at").is_null() | (pl.col("known_at") <= release.as_of))


def _keyed_rows(old: pl.DataFrame, new: pl.DataFrame, shared: list[str], key: list[str]) -> Iterator[tuple[str, pl.DataFrame]]:
    if not set(key) <= set(shared):
        yield from (("new", new), ("removed", old))
        return
    fresh, gone = new.join(old, on=key, how="anti", nulls_equal=True), old.join(new, on=key, how="anti", nulls_equal=True)
    both = new.join(old, on=key, how="semi", nulls_equal=True)
    yield "new", fresh
    yield "removed", gone
    yield "changed", both.join(old, on=shared, how="anti", nulls_equal=True)


def _record_rows(old: pl.DataFrame, new: pl.DataFrame, shared: list[str]) -> Iterator[tuple[str, pl.DataFrame]]:
    """Records: by what they say first, then by the cell they are about; how often the same thing is said counts too."""
    says = [column for column in shared if column not in FILE_COLUMNS]
    measures = [column for column, kind in new.schema.items() if kind.is_float() or kind.is_decimal() or kind == pl.Boolean]
    cell = [column for column in says if column not in (*STATES, *measures)]
    times = pl.len().over(says).alias("_times")
    old, new = old.with_columns(times), new.with_columns(times)
    fresh = new.join(old, on=[*says, "_times"], how="anti", nulls_equal=True)
    gone = old.join(new, on=[*says, "_times"], how="anti", nulls_equal=True)
    yield "new", fresh.join(old, on=cell, how="anti", nulls_equal=True).drop("_times")
    yield "changed", fresh.join(old, on=cell, how="semi", nulls_equal=True).drop("_times")
    yield "removed", gone.join(fresh, on=cell, how="anti", nulls_equal=True).drop("_times")
    moved = new.join(old, on=[*shared, "_times"], how="anti", nulls_equal=True)
    yield "moved", moved.join(fresh, on=says, how="anti", nulls_equal=True).drop("_times")


def _kind(first: Release, second: Release, name: str, change: str) -> pl.Expr:
    return pl.lit(cause_kind(first, second, name, change)).alias("kind")


def cause_kind(first: Release, second: Release, name: str, change: str) -> str:
    """What a changed row of an input table is called as a cause."""
    if name in ACCOUNTS or change == "moved":
        return "source_file"
    if name in RULES:
        return "rule"
    if first.part(name) != second.part(name) and _files(first, name) == _files(second, name) != set():
        return "code"  # the same bytes were read in another way
    release = second if name in second.tables else first
    if "source_row" in release.tables[name]["key"]:
        return SOURCE_ROWS[change]
    groups = {each["dataset_group"] for each in release.manifest["inputs"] if each["table_name"] == name}
    if groups & {"facts", "user"}:
        return FACT_ROWS[change]
    return "prior_or_parameter" if "reference" in groups else "code"


def _files(release: Release, name: str) -> set[tuple[str, str]]:
    return {(each["dataset_id"], each["content_sha256"]) for each in release.manifest["inputs"] if each["table_name"] == name}
