"""What UN Comtrade has released, as its availability list and its list of bulk files tell it: the key of an incremental load."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipelines.reading import LINE
from pipelines.schemas.tables.tidy_release import ReleaseAvailability
from pipelines.sources.bodies import records
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import Admitted, Rule, admit, known_country, matches, no_repeat, one_of, or_empty, translate, truth

COMMON = ("typeCode", "freqCode", "period", "reporterCode", "classificationCode", "isOriginalClassification")
RELEASE_COLUMNS = (*COMMON, "datasetCode", "totalRecords", "datasetChecksum", "firstReleased", "lastReleased")
FILE_COLUMNS = (*COMMON, "fileUrl", "fileSize", "publicationDate")
FILE_NAME = r"^[\w.\[\]-]{1,200}$"
DAY = r"^(19|20)\d{2}-(0[1-9]|1[0-2])-([0-2]\d|3[01])(T.*)?$"
DAY_EXPECTED = "a day such as 2025-07-31"


def release_rows(found: list[Any], release: Release, codes: Codes) -> Parsed:
    """Datasets by reporter and period: records, checksum, first and last day of release."""
    text = records(found, release.place, RELEASE_COLUMNS)
    rules = [
        matches("totalRecords", r"^\d{1,15}$", "a number of records"),
        matches("datasetChecksum", r"^-?\d{1,20}$", "a checksum"),
        _day("firstReleased"),
        _day("lastReleased"),
        Rule("lastReleased", _as_day("firstReleased") <= _as_day("lastReleased"), "a day not before firstReleased"),
        no_repeat("datasetCode", "reporterCode", "period", "classificationCode"),
    ]
    admitted = admit(text, RELEASE_COLUMNS, [*_rules(codes), *rules], release.place)
    columns = {
        "n_records": pl.col("totalRecords").cast(pl.Int64),
        "release_checksum": pl.col("datasetChecksum"),
        "first_released_on": _as_day("firstReleased"),
        "last_released_on": _as_day("lastReleased"),
    }
    return admitted.parsed(_tidy(admitted, release, codes, columns))


def file_rows(found: list[Any], release: Release, codes: Codes) -> Parsed:
    """Bulk files by reporter and period; a file has a name that changes with its contents and one day of publication."""
    text = records(found, release.place, FILE_COLUMNS)
    rules = [matches("fileUrl", FILE_NAME, "the name of a file"), _day("publicationDate"), no_repeat("fileUrl")]
    admitted = admit(text, FILE_COLUMNS, [*_rules(codes), *rules], release.place)
    columns = {"release_checksum": pl.col("fileUrl"), "last_released_on": _as_day("publicationDate")}
    return admitted.parsed(_tidy(admitted, release, codes, columns))


def _rules(codes: Codes) -> list[Rule]:
    period = pl.when(pl.col("freqCode") == "A").then(pl.col("period").str.contains(r"^(19|20)\d{2}$"))
    month = pl.col("period").str.contains(r"^(19|20)\d{2}(0[1-9]|1[0-2])$")
    return [
        one_of("typeCode", ["C"]),
        one_of("freqCode", ["A", "M"]),
        Rule("period", period.otherwise(month), "YYYY for a year, YYYYMM for a month"),
        known_country("reporterCode", codes),
        or_empty(matches("classificationCode", r"^\w{1,4}$", "a classification such as H6")),
        or_empty(one_of("isOriginalClassification", ["true", "false"])),
    ]


def _day(column: str) -> Rule:
    is_day = pl.col(column).str.contains(DAY) & _as_day(column).is_not_null()
    return Rule(column, is_day, DAY_EXPECTED)


def _as_day(column: str) -> pl.Expr:
    return pl.col(column).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)


def _tidy(admitted: Admitted, release: Release, codes: Codes, further: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Admitted rows in the columns of ReleaseAvailability; known from the day of release, at the latest when retrieved."""
    is_year = pl.col("freqCode") == "A"
    year = pl.col("period").str.slice(0, 4).cast(pl.Int32)
    start = pl.date(year, pl.when(is_year).then(1).otherwise(pl.col("period").str.slice(4, 2).cast(pl.Int32, strict=False)), 1)
    code = pl.col("classificationCode")
    columns = {
        "source_id": pl.lit(release.source_id),
        "dataset_id": pl.lit(release.dataset_id),
        "source_row": pl.col(LINE),
        "reporter_iso3": translate("reporterCode", codes.iso3),
        "period_start": start,
        "period_end": pl.when(is_year).then(pl.date(year, 12, 31)).otherwise(start.dt.month_end()),
        "frequency": pl.col("freqCode"),
        "release_classification": code,
        "is_original_classification": truth("isOriginalClassification"),
        "vintage_at": pl.lit(release.retrieved),
        "source_file_sha256": pl.lit(release.sha256),
        **further,
    }
    given = admitted.good.select(**columns)
    given = given.with_columns(known_at=pl.min_horizontal("last_released_on", pl.lit(release.retrieved)))
    schema = ReleaseAvailability.schema()
    absent = [pl.lit(None).alias(name) for name in schema if name not in given.columns]
    return given.with_columns(absent).select(pl.col(name).cast(dtype) for name, dtype in schema.items()).sort("source_row")
