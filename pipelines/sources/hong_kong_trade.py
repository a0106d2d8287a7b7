"""Hong Kong C&SD Trade IDDS: monthly imports, domestic exports, re-exports and total exports by country, HK$ thousand."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import polars as pl

from pipelines.errors import InputError, explain
from pipelines.sources.bodies import json_body, records
from pipelines.sources.contract import (
    HEADINGS,
    Answer,
    Ask,
    Feed,
    Judgement,
    Kind,
    Request,
    Source,
    Terms,
    by_month,
    excerpt,
    halves,
    html_judgement,
    status_judgement,
    subheadings,
)
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
    one_of,
    status_by_open_year,
    tidy,
    translate,
)

VALUE, QUANTITY = "VCm", "QCm"
PERIOD, KIND, CODE, FIGURE, UNIT, ORIGIN, OTHER_END = "period", "sv", "code", "figure", "unitEN", "co", "cc"
COLUMNS = (PERIOD, KIND, CODE, FIGURE, UNIT, ORIGIN, OTHER_END)
CELL = (PERIOD, CODE, ORIGIN, OTHER_END)
CODES_PER_CALL = 20
ALL, WORLD = "ALL", "WORLD"
FIRST = date(2012, 1, 1)
# Where a hub's re-exports by origin are asked for; every further destination costs four questions a month.
DESTINATIONS = ("CN", "TW", "US", "KR", "JP", "SG", "MY", "TH", "VN", "IN", "PH", "MO", "AE", "RU", "TR", "KZ")
IN_ROW_OF_VALUE = "quantity, told in the row of its value"


@dataclass(frozen=True)
class _Table:
    """One type of trade: its number at the publisher, and how its rows are named here."""

    trade_type: str
    flow: str
    partner: str = OTHER_END
    trade_basis: str = "total_exports"
    value_basis: str = "FOB"
    has_world: bool = True
    has_origin: bool = False


TABLES = {
    "hkcsd_imports": _Table("1", "M", ORIGIN, "imports", "CIF"),
    "hkcsd_imports_consignment": _Table("1", "MC", OTHER_END, "imports", "CIF", has_world=False),
    "hkcsd_domestic_exports": _Table("2", "DX", trade_basis="domestic_exports"),
    "hkcsd_reexports": _Table("3", "RX"),
    # Its name comes before hkcsd_reexports: of one day's releases the published total stands, not the sum over origins.
    "hkcsd_origin_reexports": _Table("3", "RX", has_world=False, has_origin=True),
    "hkcsd_total_exports": _Table("4", "X"),
}
TITLES = {
    "hkcsd_imports": "Imports by country of origin, CIF",
    "hkcsd_imports_consignment": "Imports by country of consignment, CIF",
    "hkcsd_domestic_exports": "Domestic exports by destination, FOB",
    "hkcsd_reexports": "Re-exports by destination, FOB",
    "hkcsd_origin_reexports": "Re-exports by destination and country of origin, FOB",
    "hkcsd_total_exports": "Total exports by destination, FOB: domestic exports and re-exports",
}


class HongKongTrade(Source):
    """Values only for headings, values and quantities for subheadings; World is asked for on its own and stays as World."""

    source_id: ClassVar[str] = "hkcsd"
    terms: ClassVar[Terms] = Terms(
        base_url="https://tradeidds.censtatd.gov.hk/api",
        licence_id="hk_data_gov",
        notice="Source: Census and Statistics Department, Hong Kong SAR Government, Trade IDDS; edited by this project.",
        calls_per_second=0.5,
        codes="hongkong",
    )
    feeds: ClassVar[tuple[Feed, ...]] = tuple(
        Feed(name, TITLES[name], FIRST, 30, 12)
        if not table.has_origin
        else Feed(name, TITLES[name], FIRST, 30, 12, divided_by="destination", divisions=DESTINATIONS)
        for name, table in TABLES.items()
    )

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """For each month the headings, then the subheadings by twenties: all countries, and World on its own."""
        table = TABLES[feed.dataset_id]
        partners = [division] if division else list(feed.divisions) or [ALL, *([WORLD] if table.has_world else [])]
        return [
            Ask(feed.dataset_id, month, month).narrow(codes=codes, partner=partner)
            for month in sorted(set(periods))
            for partner in partners
            for codes in _chunks(month)
        ]

    def request(self, ask: Ask) -> Request:
        """Repeated code parameters; ALL names every country; no country class at all gives the total."""
        codes = ask.get("codes").split(",")
        has_quantity = len(codes[0]) > 4
        span = f"{ask.start:%Y%m}" if ask.start == ask.end else f"{ask.start:%Y%m},{ask.end:%Y%m}"
        head = (
            ("lang", "EN"),
            (KIND, f"{VALUE},{QUANTITY}" if has_quantity else VALUE),
            ("freq", "M"),
            (PERIOD, span),
            ("ttype", TABLES[ask.dataset_id].trade_type),
            ("codeclass", f"HKHS{len(codes[0])}"),
        )
        return Request("get", (*head, *((CODE, code) for code in codes), *_countries(ask)))

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """Errors come with status 200 and the name Fail; fewer records than were counted are a cut answer."""
        found = status_judgement(answer) or html_judgement(answer)
        if found is not None:
            return Judgement(Kind.WAIT, "an empty answer") if found.kind is Kind.EMPTY else found
        try:
            body = json.loads(answer.body.decode("utf-8-sig"))
        except (UnicodeDecodeError, ValueError):
            return Judgement(Kind.WAIT, f"a body that is not whole: {excerpt(answer.body)}")
        header = body.get("header") if isinstance(body, dict) else None
        status = header.get("status") if isinstance(header, dict) else None
        if not isinstance(status, dict) or not isinstance(header, dict):
            return Judgement(Kind.REFUSED, f"an answer without a status: {excerpt(answer.body)}")
        if status.get("name") != "Success":
            return _failure(ask, status.get("message"))
        return _success(header, body.get("dataSet"))

    def split(self, ask: Ask) -> list[Ask]:
        """A span by month, then a list of codes by halves."""
        return by_month(ask) or halves(ask, "codes")

    def canonical(self, body: bytes) -> bytes:
        """The records alone: the header repeats the query and may carry a token."""
        return json.dumps(json.loads(body.decode("utf-8-sig")).get("dataSet"), sort_keys=True).encode()

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """One row for each cell: value in Hong Kong dollars (not converted here), quantity in the unit of the code."""
        found = json_body(body, release.place)
        if not isinstance(found, dict) or "dataSet" not in found:
            raise InputError(explain(release.place, "a body without dataSet", "header and dataSet", "fetch it again"))
        text = records(found["dataSet"], release.place, COLUMNS)
        admitted = admit(text, COLUMNS, _rules(ask, codes), release.place)
        values = admitted.good.filter(pl.col(KIND) == VALUE)
        quantities = admitted.good.filter(pl.col(KIND) == QUANTITY)
        beside = quantities.select(*CELL, pl.col(FIGURE).alias("_quantity"), pl.col(UNIT).alias("_unit"))
        joined = values.join(beside, on=list(CELL), how="left", nulls_equal=True)
        rows = tidy(joined, release, _columns(ask, release, codes))
        skipped = {IN_ROW_OF_VALUE: quantities.height} if quantities.height else {}
        return Parsed(rows, admitted.n_read, admitted.quarantined, skipped)


def _chunks(month: date) -> list[str]:
    lines = subheadings(month)
    parts = [lines[start : start + CODES_PER_CALL] for start in range(0, len(lines), CODES_PER_CALL)]
    return [",".join(part) for part in (HEADINGS, *parts)]


def _countries(ask: Ask) -> list[tuple[str, str]]:
    table, partner = TABLES[ask.dataset_id], ask.get("partner", ALL)
    if partner == WORLD:
        return []
    own = [(f"{table.partner}class", "C"), (table.partner, partner)]
    return [*own, ("coclass", "C"), (ORIGIN, ALL)] if table.has_origin else own


def _failure(ask: Ask, message: Any) -> Judgement:
    """What a Fail means, by its words; unknown words are a refusal."""
    told = " ".join(str(part) for part in message) if isinstance(message, list) else str(message)
    words = told.lower()
    if "no record" in words:
        return Judgement(Kind.EMPTY, told)
    if "period code" in words:
        # A span fails whole when its last month is not out: each month is then asked for by itself.
        return Judgement(Kind.SPLIT if ask.start < ask.end else Kind.NOT_YET, told)
    if "usage limit" in words:
        return Judgement(Kind.QUOTA, told)
    is_about_a_code = "is not defined" in words and any(code in told for code in ask.get("codes").split(","))
    if "too many" in words or is_about_a_code:
        return Judgement(Kind.SPLIT, told)
    return Judgement(Kind.REFUSED, told)


def _success(header: dict[str, Any], filed: Any) -> Judgement:
    count = header.get("count")
    told = count.get("noOfRecords") if isinstance(count, dict) else None
    if not isinstance(filed, list):
        return Judgement(Kind.REFUSED, "Success without records")
    if str(told).isdecimal() and int(str(told)) > len(filed):
        return Judgement(Kind.SPLIT, f"{len(filed)} of {told} records")
    return Judgement(Kind.DATA) if filed else Judgement(Kind.EMPTY, "no records")


def _rules(ask: Ask, codes: Codes) -> list[Rule]:
    table, partner = TABLES[ask.dataset_id], ask.get("partner", ALL)
    months = [f"{ask.start:%Y%m}"] if ask.start == ask.end else [f"{one.start:%Y%m}" for one in by_month(ask)]
    has_value = (pl.col(KIND) == VALUE).any().over(CELL)
    countries = [] if partner == WORLD else [known_country(table.partner, codes)]
    if table.has_origin:
        numbered = "an origin that has a UN Comtrade code"
        countries = [one_of(table.partner, [partner]), *countries, known_country(ORIGIN, codes)]
        countries.append(Rule(ORIGIN, pl.col(ORIGIN).is_in(list(codes.comtrade)), numbered))
    is_value = pl.col(KIND) == VALUE
    return [
        one_of(PERIOD, months),
        one_of(KIND, [VALUE, QUANTITY]),
        matches(CODE, r"^(\d{4}|\d{6})$", "a code of 4 or 6 digits"),
        number(FIGURE),
        Rule(FIGURE, is_value | not_negative(FIGURE).holds, "a quantity that is not negative"),
        Rule(UNIT, is_value | pl.col(UNIT).is_not_null(), "the unit of the quantity"),
        Rule(KIND, is_value | has_value, "a value of the same cell"),
        no_repeat(KIND, *CELL),
        *countries,
    ]


def _columns(ask: Ask, release: Release, codes: Codes) -> dict[str, pl.Expr]:
    table = TABLES[ask.dataset_id]
    is_world = ask.get("partner", ALL) == WORLD
    period = month_period(pl.col(PERIOD).str.to_date("%Y%m"))
    has_quantity = pl.col("_quantity").is_not_null()
    return period | {
        "reporter_iso3": pl.lit("HKG"),
        "partner_iso3": pl.lit("WLD") if is_world else translate(table.partner, codes.iso3),
        "partner2_code": translate(ORIGIN, codes.comtrade) if table.has_origin else pl.lit("0"),
        "flow": pl.lit(table.flow),
        "trade_basis": pl.lit(table.trade_basis),
        "classification": pl.lit("HS"),
        "product_code": pl.col(CODE),
        "period_status": status_by_open_year(period["period_end"], release),
        "value_local": money(FIGURE, factor=1000),
        "currency": pl.lit("HKD"),
        "value_basis": pl.lit(table.value_basis),
        "quantity": amount("_quantity"),
        "quantity_unit": pl.col("_unit"),
        "is_quantity_estimated": pl.when(has_quantity).then(pl.lit(False)),
        "absence_reason": pl.lit("not_converted"),
    }
