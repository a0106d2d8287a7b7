"""Taiwan Customs: annual exports (re-exports included) by 11-digit CCC line, by country or with all countries together."""

from datetime import date

import polars as pl

from pipelines.reading import read_delimited
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import (
    admit,
    known_country,
    matches,
    money,
    no_repeat,
    number,
    one_of,
    tidy,
    translate,
)

YEAR, PARTNER, PRODUCT, VALUE = "Year", "Country", "HS Code", "Export Value (USD)"
COUNTRY_COLUMNS = (YEAR, PARTNER, PRODUCT, "Description", VALUE)
FLOW, PERIOD, LINE_CODE, THOUSANDS = "進出口別", "日期", "貨品號列", "美元(千元)"
TOTAL_COLUMNS = (FLOW, PERIOD, LINE_CODE, "中文貨名", "英文貨名", THOUSANDS)
EXPORTS_WITH_REEXPORTS = "出口總值(含復出口)"
# Year 1 of the Republic of China calendar is 1912.
ROC_OFFSET = 1911
ROC_YEAR = r"^(\d{2,3})年$"
ROC_RANGE = r"^(\d{2,3})年(\d{1,2})月~(\d{2,3})年(\d{1,2})月(?:\(初步值\))?$"
# The by-country file labels its last period only "2025"; its values equal the portal's range January to July 2025.
PARTIAL_END = date(2025, 7, 31)


def parse_by_country(body: bytes, release: Release, codes: Codes, partial_end: date = PARTIAL_END) -> Parsed:
    """Exports by destination named in Chinese, FOB, USD; the year of `partial_end` holds the months up to that day."""
    rules = [
        matches(YEAR, r"^\d{4}$", "a year such as 2024"),
        known_country(PARTNER, codes),
        matches(PRODUCT, r"^\d{11}$", "a CCC code of 11 digits"),
        number(VALUE),
        no_repeat(YEAR, PARTNER, PRODUCT),
    ]
    admitted = admit(read_delimited(body, release.place), COUNTRY_COLUMNS, rules, release.place)
    year = pl.col(YEAR).cast(pl.Int32)
    end = pl.when(year == partial_end.year).then(pl.lit(partial_end)).otherwise(pl.date(year, 12, 31))
    columns = _columns(PRODUCT, pl.date(year, 1, 1), end) | {
        "partner_iso3": translate(PARTNER, codes.iso3),
        "value_usd": money(VALUE),
    }
    return admitted.parsed(tidy(admitted.good, release, columns))


def parse_totals(body: bytes, release: Release) -> Parsed:
    """Exports with all countries together in the portal's layout: thousand USD, years of the ROC calendar, FOB."""
    rules = [
        one_of(FLOW, [EXPORTS_WITH_REEXPORTS]),
        matches(PERIOD, f"{ROC_YEAR}|{ROC_RANGE}", "a ROC year such as 102年 or a range 114年1月~114年7月"),
        matches(LINE_CODE, r"^\d{11}$", "a CCC code of 11 digits"),
        number(THOUSANDS),
        no_repeat(PERIOD, LINE_CODE),
    ]
    admitted = admit(read_delimited(body, release.place), TOTAL_COLUMNS, rules, release.place)
    start = pl.coalesce(pl.date(_roc(ROC_YEAR, 1), 1, 1), pl.date(_roc(ROC_RANGE, 1), _part(ROC_RANGE, 2), 1))
    range_end = pl.date(_roc(ROC_RANGE, 3), _part(ROC_RANGE, 4), 1).dt.month_end()
    end = pl.coalesce(pl.date(_roc(ROC_YEAR, 1), 12, 31), range_end)
    columns = _columns(LINE_CODE, start, end) | {
        "partner_iso3": pl.lit("WLD"),
        "value_usd": money(THOUSANDS, factor=1000),
    }
    return admitted.parsed(tidy(admitted.good, release, columns))


def _part(pattern: str, group: int) -> pl.Expr:
    return pl.col(PERIOD).str.extract(pattern, group).cast(pl.Int32)


def _roc(pattern: str, group: int) -> pl.Expr:
    return _part(pattern, group) + ROC_OFFSET


def _columns(product: str, start: pl.Expr, end: pl.Expr) -> dict[str, pl.Expr]:
    is_year = (start.dt.month() == 1) & (end.dt.month() == 12)
    return {
        "reporter_iso3": pl.lit("TWN"),
        "flow": pl.lit("X"),
        "trade_basis": pl.lit("total_exports"),
        "classification": pl.lit("CCC11"),
        "product_code": pl.col(product),
        "period_start": start,
        "period_end": end,
        "frequency": pl.when(is_year).then(pl.lit("A")).otherwise(pl.lit("P")),
        "period_status": pl.when(is_year).then(pl.lit("final")).otherwise(pl.lit("partial")),
        "value_basis": pl.lit("FOB"),
    }
