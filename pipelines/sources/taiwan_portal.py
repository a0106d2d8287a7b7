"""Taiwan Customs' portal: downloaded tables by 11-digit CCC line, month or year and country, in Chinese or English; USD."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

import polars as pl

from pipelines.errors import InputError, explain
from pipelines.reading import LINE, TextTable, read_delimited
from pipelines.sources.contract import Ask, Feed, Terms
from pipelines.sources.dropped import DroppedSource
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import (
    Rule,
    admit,
    amount,
    controls_of,
    known_country,
    matches,
    money,
    no_repeat,
    not_negative,
    number,
    one_of,
    or_empty,
    tidy,
    translate,
)

FEED = "twmof_dropped"
FLOW, TIME, PRODUCT, COUNTRY, VALUE, WEIGHT = "flow", "time", "product", "country", "value", "weight"
NAMES = {
    "進出口別": FLOW, "Imports/Exports": FLOW,
    "日期": TIME, "Time": TIME,
    "貨品號列": PRODUCT, "Commodity Code": PRODUCT,
    "國家": COUNTRY, "Country": COUNTRY,
    "美元(千元)": VALUE, "Value(USD$1,000)": VALUE,
    "重量(公噸)": WEIGHT, "Weight(TNE)": WEIGHT,
}  # fmt: skip
# Totals that hold re-exports or re-imports, as the portal gives them by default, and re-exports alone.
FLOWS = {
    "出口總值(含復出口)": "X", "Exports(including re-exports)": "X", "Total Exports": "X",
    "進口總值(含復進口)": "M", "Imports(including re-imports)": "M", "Total Imports": "M",
    "復出口": "RX", "Re-Exports": "RX", "復進口": "RM", "Re-Imports": "RM",
}  # fmt: skip
INWARD = ("M", "RM")
ROC_OFFSET = 1911  # year 1 of the Republic of China calendar is 1912
PRELIMINARY = r"\((?:初步值|preliminary)\)$"
YEAR = r"^([0-9]{2,4})年?$"
ONE_MONTH = r"^([0-9]{2,4})(?:/|年)([0-9]{1,2})月?$"
RANGE = r"^([0-9]{2,4})(?:/|年)([0-9]{1,2})月?~([0-9]{2,4})(?:/|年)([0-9]{1,2})月?$"


class TaiwanPortal(DroppedSource):
    """The portal asks for a captcha, so a person downloads the table; the sidecar needs no more than the required entries."""

    source_id: ClassVar[str] = "twmof"
    terms: ClassVar[Terms] = Terms(
        base_url="https://portal.sw.nat.gov.tw/APGA/GA30E",
        licence_id="tw_open_data_1",
        notice="Source: Customs Administration, Ministry of Finance, Taiwan; Open Government Data License, version 1.0.",
        codes="taiwan_portal",
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed(FEED, "Dropped tables of Taiwan Customs, CCC11 by country", date(2003, 1, 1), 15, 12, is_dropped=True),
    )

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """Rows as filed in thousand USD and tonnes; a range of months is one partial period, never a month."""
        text = _named(read_delimited(body, release.place, encodings=("utf-8-sig", "big5")), release)
        rules = _rules(text, codes)
        admitted = admit(text, [FLOW, TIME, PRODUCT, COUNTRY, VALUE], rules, release.place, more=True)
        rows = tidy(admitted.good, release, _columns(admitted.good, codes))
        by = ["flow", "product_code", "period_start", "period_end"]
        return admitted.parsed(rows, controls=controls_of(rows, by, Decimal(1000)))


def _named(text: TextTable, release: Release) -> TextTable:
    kept = {name: NAMES[name] for name in text.rows.columns if name in NAMES}
    rows = text.rows.select(LINE, *kept).rename(kept)
    missing = [name for name in (FLOW, TIME, PRODUCT, VALUE) if name not in rows.columns]
    if missing:
        found = f"the columns {', '.join(name for name in text.rows.columns if name != LINE)}"
        raise InputError(explain(release.place, found, f"the columns {', '.join(NAMES)}", "download the table in this layout"))
    if COUNTRY not in rows.columns:
        rows = rows.with_columns(pl.lit("WLD").alias(COUNTRY))
    numbers = [name for name in (VALUE, WEIGHT) if name in rows.columns]
    rows = rows.with_columns(pl.col(numbers).str.replace_all(",", "", literal=True), pl.col(COUNTRY).str.strip_chars())
    return TextTable(rows, text.rejected, text.n_read)


def _rules(text: TextTable, codes: Codes) -> list[Rule]:
    further = [or_empty(not_negative(WEIGHT))] if WEIGHT in text.rows.columns else []
    start, end = _span()
    return [
        one_of(FLOW, list(FLOWS)),
        Rule(TIME, start.is_not_null() & (end >= start), "a year, a month such as 2022/1, or a range of months"),
        matches(PRODUCT, r"^\d{11}$", "a CCC code of 11 digits"),
        known_country(COUNTRY, Codes({**codes.iso3, "WLD": "WLD"})),
        number(VALUE),
        *further,
        no_repeat(FLOW, TIME, PRODUCT, COUNTRY),
    ]


def _span() -> tuple[pl.Expr, pl.Expr]:
    """First and last day of the text in TIME; NULL where it is none of the known forms."""
    text = pl.col(TIME).str.replace(PRELIMINARY, "")
    year, month = _year(text.str.extract(YEAR, 1)), _year(text.str.extract(ONE_MONTH, 1))
    one = _first(month, text.str.extract(ONE_MONTH, 2))
    first = _first(_year(text.str.extract(RANGE, 1)), text.str.extract(RANGE, 2))
    last = _first(_year(text.str.extract(RANGE, 3)), text.str.extract(RANGE, 4))
    start = pl.coalesce(pl.date(year, 1, 1), one, first)
    return start, pl.coalesce(pl.date(year, 12, 31), one.dt.month_end(), last.dt.month_end())


def _year(text: pl.Expr) -> pl.Expr:
    number = text.cast(pl.Int32)
    western = pl.when(number < 1000).then(number + ROC_OFFSET).otherwise(number)
    return pl.when(western.is_between(1990, 2100)).then(western)


def _first(year: pl.Expr, month: pl.Expr) -> pl.Expr:
    number = month.cast(pl.Int32)
    return pl.when(number.is_between(1, 12)).then(pl.date(year, pl.when(number.is_between(1, 12)).then(number), 1))


def _columns(good: pl.DataFrame, codes: Codes) -> dict[str, pl.Expr]:
    start, end = _span()
    flow = translate(FLOW, FLOWS)
    is_inward = flow.is_in(INWARD)
    is_month, is_year = end == start.dt.month_end(), (start.dt.month() == 1) & (end.dt.month() == 12)
    provisional = pl.col(TIME).str.contains(PRELIMINARY)
    found = {
        "reporter_iso3": pl.lit("TWN"),
        "partner_iso3": translate(COUNTRY, {**codes.iso3, "WLD": "WLD"}),
        "flow": flow,
        "trade_basis": pl.when(is_inward).then(pl.lit("imports")).otherwise(pl.lit("total_exports")),
        "classification": pl.lit("CCC11"),
        "product_code": pl.col(PRODUCT),
        "period_start": start,
        "period_end": end,
        "frequency": pl.when(is_month).then(pl.lit("M")).when(is_year).then(pl.lit("A")).otherwise(pl.lit("P")),
        "period_status": pl.when(provisional).then(pl.lit("provisional")).when(is_month | is_year).then(pl.lit("final"))
        .otherwise(pl.lit("partial")),
        "value_usd": money(VALUE, factor=1000),
        "value_basis": pl.when(is_inward).then(pl.lit("CIF")).otherwise(pl.lit("FOB")),
    }  # fmt: skip
    if WEIGHT in good.columns:
        weight = (amount(WEIGHT) * 1000).cast(pl.Decimal(24, 6))
        found |= {"net_kg": weight, "is_weight_estimated": pl.when(weight.is_not_null()).then(pl.lit(False))}
    return found
