"""US Census Bureau international trade: Schedule B exports by month, HTS imports for consumption by year (USD)."""

import polars as pl

from pipelines.reading import read_delimited
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import (
    Rule,
    admit,
    known_country,
    matches,
    money,
    month_period,
    no_repeat,
    not_negative,
    number,
    one_of,
    status_by_open_year,
    tidy,
    translate,
    year_period,
)

PARTNER = "CTY_CODE"
LEVEL = "COMM_LVL"
TIME = "time"
EXPORT_CODE, EXPORT_VALUE = "E_COMMODITY", "ALL_VAL_MO"
IMPORT_CODE, IMPORT_VALUE, DUTY = "I_COMMODITY", "CON_VAL_YR", "CAL_DUT_YR"
EXPORT_COLUMNS = ("CTY_NAME", EXPORT_VALUE, EXPORT_CODE, "E_COMMODITY_SDESC", LEVEL, TIME, PARTNER)
# The last six columns were added by the repository that published the files; they repeat or derive from the first eight.
IMPORT_COLUMNS = (
    "CTY_NAME",
    IMPORT_VALUE,
    DUTY,
    IMPORT_CODE,
    "I_COMMODITY_SDESC",
    TIME,
    LEVEL,
    PARTNER,
    "imports",
    "duty",
    "share",
    "HS10",
    "HS8",
    "HS6",
)


def parse_exports(body: bytes, release: Release, codes: Codes) -> Parsed:
    """Monthly exports, domestic and foreign goods together, FAS, USD, Schedule B; lines without trade stay as zeros."""
    month = matches(TIME, r"^\d{4}-(0[1-9]|1[0-2])$", "a month such as 2024-01")
    rules = [*_rules(EXPORT_CODE, EXPORT_VALUE, codes), month]
    admitted = admit(read_delimited(body, release.place), EXPORT_COLUMNS, rules, release.place)
    period = month_period(pl.col(TIME).str.to_date("%Y-%m"))
    columns = (
        _columns(EXPORT_CODE, EXPORT_VALUE, codes)
        | period
        | {
            "flow": pl.lit("X"),
            "trade_basis": pl.lit("total_exports"),
            "classification": pl.lit("SCHB10"),
            "value_basis": pl.lit("FAS"),
            "period_status": status_by_open_year(period["period_end"], release),
        }
    )
    return admitted.parsed(tidy(admitted.good, release, columns))


def parse_imports_annual(body: bytes, release: Release, codes: Codes) -> Parsed:
    """Imports for consumption of a calendar year, customs value and calculated duty, USD, HTS lines.

    The year-to-date figure of December is the year; country groups such as 0003 (EU) are rows like any other.
    """
    december = matches(TIME, r"^\d{4}-12-01$", "the year-to-date month December, such as 2024-12-01")
    rules = [*_rules(IMPORT_CODE, IMPORT_VALUE, codes), not_negative(DUTY), december]
    admitted = admit(read_delimited(body, release.place), IMPORT_COLUMNS, rules, release.place)
    period = year_period(pl.col(TIME).str.slice(0, 4).cast(pl.Int32))
    columns = (
        _columns(IMPORT_CODE, IMPORT_VALUE, codes)
        | period
        | {
            "flow": pl.lit("M"),
            "trade_basis": pl.lit("imports_for_consumption"),
            "classification": pl.lit("HTS10"),
            "value_basis": pl.lit("customs"),
            "duty_usd": money(DUTY),
            "period_status": status_by_open_year(period["period_end"], release),
        }
    )
    return admitted.parsed(tidy(admitted.good, release, columns))


def _rules(product: str, value: str, codes: Codes) -> list[Rule]:
    return [
        known_country(PARTNER, codes),
        matches(product, r"^\d{10}$", "a code of 10 digits"),
        one_of(LEVEL, ["HS10"]),
        number(value),
        no_repeat(PARTNER, product, TIME),
    ]


def _columns(product: str, value: str, codes: Codes) -> dict[str, pl.Expr]:
    return {
        "reporter_iso3": pl.lit("USA"),
        "partner_iso3": translate(PARTNER, codes.iso3),
        "product_code": pl.col(product),
        "value_usd": money(value),
    }
