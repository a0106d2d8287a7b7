"""Exported tables as Parquet: the declared types, and inside each file what it is, of which release, and under which terms."""

import io
from collections.abc import Mapping

import polars as pl

from pipelines.exports.hashes import size_and_hash
from pipelines.schemas.tables.exports import Report

ENDING = ".parquet"
LICENCE = "licence_id"
ROW_GROUP = 100_000  # fixed, as the bytes of a file depend on how its rows are grouped


def parquet_of(frame: pl.DataFrame, report: type[Report], release: Mapping[str, str]) -> bytes:
    """One report as zstd Parquet, the same bytes for the same rows; `release` holds what the file says of its release."""
    out = io.BytesIO()
    told = {"table": report.full_name(), "grain": report.grain(), **release, **_terms(frame)}
    frame.rechunk().write_parquet(out, compression="zstd", row_group_size=ROW_GROUP, metadata=told)
    return out.getvalue()


def parquet_resource(report: type[Report], body: bytes) -> dict[str, object]:
    """The Parquet form of a table in the data package.

    A resource of type `file`: frictionless reads Parquet through pandas, which has no NULL in numbers, so that it would
    call every NULL a value out of bounds. Size and hash are checked; the columns are those of the CSV named in `same_rows_as`.
    """
    return {
        "name": f"{report.name}-parquet",
        "path": f"{report.name}{ENDING}",
        "type": "file",
        "description": f"The rows of {report.name}.csv in the same order, as Parquet with the declared types.",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        **size_and_hash(body),
        "same_rows_as": report.name,
    }


def _terms(frame: pl.DataFrame) -> dict[str, str]:
    if LICENCE not in frame.columns:
        return {}
    return {"licence_column": LICENCE, "licences": ", ".join(frame[LICENCE].drop_nulls().unique().sort())}
