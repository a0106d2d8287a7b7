"""Korea Customs Service: monthly trade of one HS or HSK code, by country or with all countries together (USD, kg)."""

import polars as pl

from pipelines.reading import read_delimited
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import (
    Rule,
    admit,
    amount,
    classification,
    known_country,
    matches,
    money,
    month_period,
    no_repeat,
    not_negative,
    number,
    status_by_open_year,
    tidy,
    translate,
)

MONTH = "월"
PRODUCT = "HS코드"
PARTNER = "국가코드"
DETAIL = "세부_HS코드"
EXPORT_VALUE, EXPORT_WEIGHT = "수출금액_USD", "수출중량_KG"
IMPORT_VALUE, IMPORT_WEIGHT = "수입금액_USD", "수입중량_KG"
COUNTRY_COLUMNS = (MONTH, "품목명", PRODUCT, PARTNER, "국가명", EXPORT_VALUE, EXPORT_WEIGHT)
ITEM_COLUMNS = (
    MONTH,
    "대표품목",
    "조회_HS코드",
    DETAIL,
    "세부품목명",
    EXPORT_VALUE,
    EXPORT_WEIGHT,
    IMPORT_VALUE,
    IMPORT_WEIGHT,
)
MEASURES = {"X": (EXPORT_VALUE, EXPORT_WEIGHT), "M": (IMPORT_VALUE, IMPORT_WEIGHT)}


def parse_country(body: bytes, release: Release, codes: Codes) -> Parsed:
    """Exports by destination, FOB, USD and kg; one tidy row a line; OTHER is the rest that the collector computed."""
    rules = [*_rules(PRODUCT, "X"), known_country(PARTNER, codes), no_repeat(MONTH, PRODUCT, PARTNER)]
    admitted = admit(read_delimited(body, release.place), COUNTRY_COLUMNS, rules, release.place)
    columns = _columns(release, PRODUCT, "X") | {"partner_iso3": translate(PARTNER, codes.iso3)}
    return admitted.parsed(tidy(admitted.good, release, columns))


def parse_item(body: bytes, release: Release, flow: str) -> Parsed:
    """Trade with all countries, USD and kg: exports (X, FOB) or imports (M, CIF); each line carries both flows.

    One call reads one flow, so that each flow has its own dataset and every line is counted once in it.
    """
    rules = [*_rules(DETAIL, flow), no_repeat(MONTH, DETAIL)]
    admitted = admit(read_delimited(body, release.place), ITEM_COLUMNS, rules, release.place)
    columns = _columns(release, DETAIL, flow) | {"partner_iso3": pl.lit("WLD")}
    return admitted.parsed(tidy(admitted.good, release, columns))


def _rules(product: str, flow: str) -> list[Rule]:
    value, weight = MEASURES[flow]
    return [
        matches(MONTH, r"^\d{4}\.(0[1-9]|1[0-2])$", "a month such as 2020.01"),
        matches(product, r"^(\d{4}|\d{6}|\d{10})$", "an HS code of 4 or 6 digits or an HSK code of 10"),
        number(value),
        not_negative(weight),
    ]


def _columns(release: Release, product: str, flow: str) -> dict[str, pl.Expr]:
    value, weight = MEASURES[flow]
    period = month_period(pl.col(MONTH).str.to_date("%Y.%m"))
    return period | {
        "reporter_iso3": pl.lit("KOR"),
        "flow": pl.lit(flow),
        "trade_basis": pl.lit("total_exports" if flow == "X" else "imports"),
        "classification": classification(product, "HSK10"),
        "product_code": pl.col(product),
        "period_status": status_by_open_year(period["period_end"], release),
        "value_usd": money(value),
        "value_basis": pl.lit("FOB" if flow == "X" else "CIF"),
        # A weight of 0 beside a positive value is a shipment below one kilogram: the publisher rounds to whole kg.
        "net_kg": amount(weight),
        "is_weight_estimated": pl.lit(False),
    }
