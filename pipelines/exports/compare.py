"""Two editions side by side: what was known on one as-of day against another, for headlines, mix and the claim chain."""

from pathlib import Path

import polars as pl

from pipelines.archive import write_atomically
from pipelines.exports.release_store import Release
from pipelines.home import Edition
from pipelines.warehouse.read import query

MAIN = "main"
_SOURCES = (
    "SELECT 'rpt_answer' AS table_name, answer_id AS row_key, title, unit_of_account AS unit, "
    "least(answer_p05, coalesce(apart_p05, answer_p05)) AS low, answer_p50 AS central, "
    "greatest(answer_p95, coalesce(apart_p95, answer_p95)) AS high, absence_reason AS state FROM exports.rpt_answer",
    "SELECT 'rpt_claim_chain' AS table_name, CAST(link_no AS VARCHAR) AS row_key, link_title AS title, link_unit AS unit, "
    "link_low AS low, link_central AS central, link_high AS high, link_verdict AS state FROM exports.rpt_claim_chain",
    "SELECT 'rpt_mix_interval' AS table_name, "
    "concat_ws(' ', scope, period_id, mix_series, unit_of_account, channel, channel_part) AS row_key, "
    "'Share of ' || channel || ' (' || channel_part || '), ' || period_id AS title, 'share' AS unit, share_p05 AS low, "
    "share_p50 AS central, share_p95 AS high, coalesce(absence_reason, mix_state) AS state FROM exports.rpt_mix_interval",
)
HEADLINE_TABLES = tuple(ask.rpartition("exports.")[2] for ask in _SOURCES)
_KEY = ["table_name", "row_key"]
_TEXTS, _NUMBERS = ("table_name", "row_key", "title", "unit"), ("low", "central", "high")
_ROWS = {**dict.fromkeys(_TEXTS, pl.String()), **dict.fromkeys(_NUMBERS, pl.Float64()), "state": pl.String()}


def compare_editions(first: Edition, second: Edition) -> pl.DataFrame:
    """One row per headline, link of the claim chain and share, with both editions' low, central, high and state.

    A row that one edition does not have at all is NULL there with the state `not_in_edition`. Raises UsageError when an
    edition has not been built.
    """
    ask = "\nUNION ALL\n".join(_SOURCES)
    return _side_by_side(query(first, ask), query(second, ask))


def compare_releases(first: Release, second: Release) -> pl.DataFrame:
    """The same rows as compare_editions, read from two kept releases."""
    return _side_by_side(_headline_rows(first), _headline_rows(second))


def _headline_rows(release: Release) -> pl.DataFrame:
    names = [name for name in HEADLINE_TABLES if release.part(f"exports.{name}")]
    tables = pl.SQLContext({name: release.frame(f"exports.{name}") for name in names})
    asked = [ask.replace("FROM exports.", "FROM ") for ask in _SOURCES if ask.rpartition("exports.")[2] in names]
    try:
        frames = [pl.DataFrame(schema=_ROWS), *(tables.execute(ask, eager=True) for ask in asked)]
    except pl.exceptions.ColumnNotFoundError:  # a release of an earlier layout: its numbers are in the cells all the same
        frames = [pl.DataFrame(schema=_ROWS)]
    return pl.concat([frame.cast(pl.Schema(_ROWS)) for frame in frames])


def _side_by_side(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    joined = left.join(right, on=_KEY, how="full", coalesce=True, suffix="_second").sort(_KEY)
    shown = joined.select(
        *_KEY,
        pl.coalesce("title", "title_second").alias("title"),
        pl.coalesce("unit", "unit_second").alias("unit"),
        *(pl.col(name).alias(f"first_{name}") for name in ("low", "central", "high", "state")),
        *(pl.col(f"{name}_second").alias(f"second_{name}") for name in ("low", "central", "high", "state")),
        pl.col("unit").is_null().alias("_no_first"),
        pl.col("unit_second").is_null().alias("_no_second"),
    )
    absent = [
        pl.when(pl.col(f"_no_{side}") & pl.col(f"{side}_state").is_null())
        .then(pl.lit("not_in_edition"))
        .otherwise(pl.col(f"{side}_state"))
        .alias(f"{side}_state")
        for side in ("first", "second")
    ]
    return shown.with_columns(absent).drop("_no_first", "_no_second")


def write_comparison(folder: Path, first_name: str, second_name: str, frame: pl.DataFrame) -> Path:
    """Write the comparison as CSV; the columns are named after the two editions."""
    folder.mkdir(parents=True, exist_ok=True)
    named = {
        column: column.replace("first_", f"{first_name}_", 1).replace("second_", f"{second_name}_", 1) for column in frame.columns
    }
    path = folder / f"{first_name}_against_{second_name}.csv"
    write_atomically(path, frame.rename(named).write_csv(line_terminator="\n").encode())
    return path
