"""Japan Ministry of Finance: monthly exports by item group and country, in thousand yen with the collector's USD figure."""

import polars as pl

from pipelines.reading import read_delimited
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import (
    WIDE,
    Rule,
    admit,
    amount,
    known_country,
    matches,
    money,
    month_period,
    no_repeat,
    number,
    one_of,
    status_by_open_year,
    tidy,
    translate,
)

MONTH, ITEM, PARTNER = "month", "item", "country"
THOUSAND_YEN, VALUE, RATE = "amount_kJPY", "amount_USD", "jpy_per_usd"
COLUMNS = (MONTH, ITEM, PARTNER, THOUSAND_YEN, VALUE, RATE, "stats_data_id", "retrieved_at")
# Each group is the sum of all 9-digit lines below the code; 848620 is part of 8486.
ITEMS = {"ic": "8542", "semi_equip": "8486", "semi_fab_equip": "848620", "semi_test": "903141"}


def parse_excerpt(body: bytes, release: Release, codes: Codes) -> Parsed:
    """Exports FOB: value_local in yen is official, value_usd uses the monthly mean rate in local_per_usd.

    OTHER (countries not listed) and WORLD are sums that the collector made over the official country rows.
    """
    admitted = admit(read_delimited(body, release.place), COLUMNS, _rules(codes), release.place)
    period = month_period(pl.col(MONTH).str.to_date("%Y.%m"))
    columns = period | {
        "reporter_iso3": pl.lit("JPN"),
        "partner_iso3": translate(PARTNER, codes.iso3),
        "flow": pl.lit("X"),
        "trade_basis": pl.lit("total_exports"),
        "classification": pl.lit("HS"),
        "product_code": translate(ITEM, ITEMS),
        "period_status": status_by_open_year(period["period_end"], release),
        "value_usd": money(VALUE),
        "value_local": money(THOUSAND_YEN, factor=1000),
        "currency": pl.lit("JPY"),
        "local_per_usd": amount(RATE),
        "value_basis": pl.lit("FOB"),
    }
    return admitted.parsed(tidy(admitted.good, release, columns))


def _rules(codes: Codes) -> list[Rule]:
    return [
        matches(MONTH, r"^\d{4}\.(0[1-9]|1[0-2])$", "a month such as 2020.01"),
        one_of(ITEM, list(ITEMS)),
        known_country(PARTNER, codes),
        number(THOUSAND_YEN),
        matches(RATE, r"^0*[1-9]\d*(\.\d+)?$", "yen for one dollar"),
        Rule(VALUE, _agrees(), f"{THOUSAND_YEN} x 1000 / {RATE} to the dollar"),
        no_repeat(MONTH, ITEM, PARTNER),
    ]


def _agrees() -> pl.Expr:
    """One thousand yen moves the dollar figure by 6 to 10, so a wrong digit in either column shows."""
    yen, rate, usd = (pl.col(name).cast(pl.Float64, strict=False) for name in (THOUSAND_YEN, RATE, VALUE))
    plain = pl.col(VALUE).cast(WIDE, strict=False).is_not_null()
    return plain & ((yen * 1000 / rate - usd).abs() <= 1)
