"""China Customs (GACC): downloaded tables by HS8 line, partner and, where chosen, procedure and place; USD or yuan."""

from datetime import date
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
    known_country,
    matches,
    money,
    month_period,
    no_repeat,
    not_negative,
    number,
    or_empty,
    tidy,
    translate,
)

FEED = "gacc_dropped"
MONTH, PARTNER, PRODUCT, VALUE = "month", "partner", "product", "value"
PROCEDURE, PLACE = "procedure", "place"
QUANTITY, UNIT, QUANTITY2, UNIT2 = "quantity", "unit", "quantity2", "unit2"
# Column names of the English and the Chinese table; which columns there are depends on what was chosen on the site.
NAMES = {
    "Date of data": MONTH, "数据年月": MONTH,
    "Trading partner code": PARTNER, "贸易伙伴编码": PARTNER,
    "Commodity code": PRODUCT, "商品编码": PRODUCT,
    "Customs Regime code": PROCEDURE, "贸易方式编码": PROCEDURE,
    "Locations of importers and exporters code": PLACE, "注册地编码": PLACE,
    "Quantity": QUANTITY, "第一数量": QUANTITY,
    "Unit": UNIT, "第一计量单位": UNIT,
    "Supplementary Quantity": QUANTITY2, "第二数量": QUANTITY2,
    "Supplementary Unit": UNIT2, "第二计量单位": UNIT2,
    "US dollar": "USD", "美元": "USD", "Renminbi Yuan": "CNY", "人民币": "CNY",
}  # fmt: skip
REQUIRED = (PARTNER, PRODUCT)
KILOGRAMS, NO_UNIT = ("Kilogram", "千克"), "?"
FLOWS = ("M", "X")


class ChinaCustoms(DroppedSource):
    """The file has no flow, and sometimes no month: the sidecar says `flow` (M or X), and first = last for one month."""

    source_id: ClassVar[str] = "gacc"
    terms: ClassVar[Terms] = Terms(
        base_url="https://stats.customs.gov.cn",
        licence_id="cn_customs_none",
        notice="Source: General Administration of Customs of China. No open licence: rows are not passed on.",
        codes="china",
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed(FEED, "Dropped tables of China Customs, HS8 by partner", date(2015, 1, 1), 30, 12, is_dropped=True),
    )

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """Rows as filed, imports CIF, exports FOB; procedure and place stay as one breakdown, `procedure@place`."""
        flow = ask.get("flow")
        if flow not in FLOWS:
            raise InputError(explain(release.place, f"flow = {flow!r} in the sidecar", 'flow = "M" or "X"', "complete it"))
        text = _named(read_delimited(body, release.place, encodings=("gb18030",), allow_trailing_delimiter=True), ask, release)
        currency = "USD" if "USD" in text.rows.columns else "CNY"
        text = TextTable(text.rows.rename({currency: VALUE}), text.rejected, text.n_read)
        keys = [name for name in (MONTH, PARTNER, PRODUCT, PROCEDURE, PLACE) if name in text.rows.columns]
        rules = [*_rules(text, codes), no_repeat(*keys)]
        admitted = admit(text, [MONTH, PARTNER, PRODUCT, VALUE], rules, release.place, more=True)
        return admitted.parsed(tidy(admitted.good, release, _columns(admitted.good, flow, currency, codes)))


def _named(text: TextTable, ask: Ask, release: Release) -> TextTable:
    """The table under our names, with numbers free of thousands separators; the month from the sidecar where it has none."""
    kept = {name: NAMES[name] for name in text.rows.columns if name in NAMES}
    rows = text.rows.select(LINE, *kept).rename(kept)
    missing = [name for name in REQUIRED if name not in rows.columns]
    values = [name for name in ("USD", "CNY") if name in rows.columns]
    if missing or len(values) != 1:
        found = f"the columns {', '.join(name for name in text.rows.columns if name != LINE)}"
        expected = "codes of partner and commodity, and a value in US dollars or in yuan"
        raise InputError(explain(release.place, found, expected, "choose these columns on the site and download again"))
    if MONTH not in rows.columns:
        if ask.start != ask.end:
            raise InputError(explain(release.place, "no month in the file", "first = last in the sidecar", "one file a month"))
        rows = rows.with_columns(pl.lit(f"{ask.start:%Y%m}").alias(MONTH))
    numbers = [name for name in (*values, QUANTITY, QUANTITY2) if name in rows.columns]
    return TextTable(rows.with_columns(pl.col(numbers).str.replace_all(",", "", literal=True)), text.rejected, text.n_read)


def _rules(text: TextTable, codes: Codes) -> list[Rule]:
    further = [or_empty(not_negative(name)) for name in (QUANTITY, QUANTITY2) if name in text.rows.columns]
    further += [matches(name, r"^\d{2}$", "a code of two digits") for name in (PROCEDURE, PLACE) if name in text.rows.columns]
    return [
        matches(MONTH, r"^20\d{2}(0[1-9]|1[0-2])$", "a month such as 202601"),
        known_country(PARTNER, codes),
        matches(PRODUCT, r"^\d{8}$", "an HS code of 8 digits"),
        number(VALUE),
        *further,
    ]


def _columns(good: pl.DataFrame, flow: str, currency: str, codes: Codes) -> dict[str, pl.Expr]:
    parts = [pl.col(name) for name in (PROCEDURE, PLACE) if name in good.columns]
    value = {"value_usd": money(VALUE)}
    if currency != "USD":
        value = {"value_local": money(VALUE), "currency": pl.lit(currency), "absence_reason": pl.lit("not_converted")}
    period = month_period(pl.col(MONTH).str.to_date("%Y%m"))
    return (
        period
        | value
        | _measures(good)
        | {
            "reporter_iso3": pl.lit("CHN"),
            "partner_iso3": translate(PARTNER, codes.iso3),
            "flow": pl.lit(flow),
            "trade_basis": pl.lit("imports" if flow == "M" else "total_exports"),
            "classification": pl.lit("GACC8"),
            "product_code": pl.col(PRODUCT),
            "value_basis": pl.lit("CIF" if flow == "M" else "FOB"),
            "customs_code": pl.concat_str(parts, separator="@") if parts else pl.lit("C00"),
            "period_status": pl.lit("provisional"),
        }
    )


def _measures(good: pl.DataFrame) -> dict[str, pl.Expr]:
    """First quantity in its unit; kilograms of either quantity as weight."""
    found: dict[str, pl.Expr] = {}
    weights = []
    for quantity, unit in ((QUANTITY, UNIT), (QUANTITY2, UNIT2)):
        if quantity in good.columns and unit in good.columns:
            has_unit = pl.col(unit).is_not_null() & (pl.col(unit) != NO_UNIT) & pl.col(quantity).is_not_null()
            weights.append(pl.when(has_unit & pl.col(unit).is_in(KILOGRAMS)).then(amount(quantity)))
            if quantity == QUANTITY:
                found |= {
                    "quantity": pl.when(has_unit).then(amount(quantity)),
                    "quantity_unit": pl.when(has_unit).then(pl.col(unit)),
                    "is_quantity_estimated": pl.when(has_unit).then(pl.lit(False)),
                }
    if weights:
        weight = pl.coalesce(weights)
        found |= {"net_kg": weight, "is_weight_estimated": pl.when(weight.is_not_null()).then(pl.lit(False))}
    return found
