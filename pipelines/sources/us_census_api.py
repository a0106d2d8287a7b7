"""US Census Bureau trade API: monthly exports (Schedule B) and general imports (HTS) at ten digits by country, USD."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar

import polars as pl

from pipelines.reading import TextTable
from pipelines.sources.bodies import arrays, json_body
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
    excerpt,
    halves,
    html_judgement,
    status_judgement,
)
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import (
    Rule,
    admit,
    amount,
    controls_of,
    known_country,
    matches,
    money,
    month_period,
    no_repeat,
    not_negative,
    number,
    one_of,
    or_empty,
    set_aside,
    status_by_open_year,
    tidy,
    translate,
)

EXPORTS, IMPORTS = "uscb_exports_hs10", "uscb_imports_hs10"
PARTNER, LEVEL, TIME, UNIT = "CTY_CODE", "COMM_LVL", "time", "UNIT_QY1"
PRODUCT = {EXPORTS: "E_COMMODITY", IMPORTS: "I_COMMODITY"}
VALUE = {EXPORTS: "ALL_VAL_MO", IMPORTS: "GEN_VAL_MO"}
QUANTITY = {EXPORTS: "QTY_1_MO", IMPORTS: "GEN_QY1_MO"}
PATH = {EXPORTS: "exports/hs", IMPORTS: "imports/hs"}
ALL_COUNTRIES = "-"
# Groups stand among the countries: 0003 (European Union) and its like, and NXXX for parts of the world.
GROUP = r"^(00[0-9]{2}|[0-9]XXX)$"
NO_UNIT = ("X", "-")


class UsCensus(Source):
    """Country groups are set aside, the row of all countries is the control total of each line and stays as World."""

    source_id: ClassVar[str] = "uscb"
    terms: ClassVar[Terms] = Terms(
        base_url="https://api.census.gov/data/timeseries/intltrade",
        licence_id="us_public_domain",
        notice="This product uses the Census Bureau Data API but is not endorsed or certified by the Census Bureau.",
        key_in="query:key",
        key_help="A key is free: api.census.gov/data/key_signup.html.",
        calls_per_second=1.0,
        codes="census",
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed(EXPORTS, "Exports, all goods, FAS, ten digits by country", date(2013, 1, 1), 35, 24, needs_key=True),
        Feed(IMPORTS, "General imports, customs value, ten digits by country", date(2013, 1, 1), 35, 24, needs_key=True),
    )

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One question a month for all followed headings."""
        return [Ask(feed.dataset_id, month, month).narrow(codes=",".join(HEADINGS)) for month in sorted(set(periods))]

    def request(self, ask: Ask) -> Request:
        """Ten-digit lines of the headings by country; a parameter that is repeated means or."""
        product, feed = PRODUCT[ask.dataset_id], ask.dataset_id
        wanted = ",".join(["CTY_NAME", VALUE[feed], QUANTITY[feed], UNIT])
        codes = [(product, f"{code}*") for code in ask.get("codes").split(",")]
        params = (("get", wanted), *codes, (LEVEL, "HS10"), (TIME, f"{ask.start:%Y-%m}"), (PARTNER, "*"))
        return Request(PATH[feed], params)

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """A missing key is a redirect to a page, a bad key a page with status 200, no rows status 204: not out yet."""
        if answer.status in (301, 302) or b"Key</title>" in answer.body or b"Invalid Key" in answer.body:
            return Judgement(Kind.KEY, f"the key was not accepted: {excerpt(answer.body)}")
        found = status_judgement(answer) or html_judgement(answer)
        if found is not None:
            return Judgement(Kind.NOT_YET, "no rows for the month") if found.kind is Kind.EMPTY else found
        if answer.body.lstrip().startswith(b"error:"):
            return Judgement(Kind.REFUSED, excerpt(answer.body))
        if not answer.body.lstrip().startswith(b"[") or not answer.body.rstrip().endswith(b"]"):
            return Judgement(Kind.WAIT, f"a body that is not whole: {excerpt(answer.body)}")
        return Judgement(Kind.DATA)

    def split(self, ask: Ask) -> list[Ask]:
        """By heading; a single heading cannot be made smaller."""
        return halves(ask, "codes")

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """Lines by country and their World row, USD; lines without trade stay as zeros; quantities in the unit of the line."""
        text = arrays(json_body(body, release.place), release.place)
        text, groups = set_aside(text, "country group", pl.col(PARTNER).str.contains(GROUP)) if _has(text) else (text, {})
        feed = ask.dataset_id
        names = ("CTY_NAME", VALUE[feed], QUANTITY[feed], UNIT, PRODUCT[feed], LEVEL, TIME, PARTNER)
        admitted = admit(text, names, _rules(ask, codes), release.place, more=True)
        rows = tidy(admitted.good, release, _columns(ask, release, codes))
        controls = controls_of(rows, ["product_code"], Decimal(0))
        return admitted.parsed(rows, skipped=groups, controls=controls)


def _has(text: TextTable) -> bool:
    return PARTNER in text.rows.columns


def _rules(ask: Ask, codes: Codes) -> list[Rule]:
    feed = ask.dataset_id
    return [
        known_country(PARTNER, codes),
        matches(PRODUCT[feed], r"^\d{10}$", "a code of 10 digits"),
        one_of(LEVEL, ["HS10"]),
        one_of(TIME, [f"{ask.start:%Y-%m}"]),
        number(VALUE[feed]),
        or_empty(not_negative(QUANTITY[feed])),
        no_repeat(PARTNER, PRODUCT[feed], TIME),
    ]


def _columns(ask: Ask, release: Release, codes: Codes) -> dict[str, pl.Expr]:
    feed = ask.dataset_id
    is_export = feed == EXPORTS
    period = month_period(pl.col(TIME).str.to_date("%Y-%m"))
    has_quantity = pl.col(UNIT).is_not_null() & ~pl.col(UNIT).is_in(NO_UNIT) & pl.col(QUANTITY[feed]).is_not_null()
    return period | {
        "reporter_iso3": pl.lit("USA"),
        "partner_iso3": translate(PARTNER, codes.iso3),
        "flow": pl.lit("X" if is_export else "M"),
        "trade_basis": pl.lit("total_exports" if is_export else "general_imports"),
        "classification": pl.lit("SCHB10" if is_export else "HTS10"),
        "product_code": pl.col(PRODUCT[feed]),
        "value_usd": money(VALUE[feed]),
        "value_basis": pl.lit("FAS" if is_export else "customs"),
        "quantity": pl.when(has_quantity).then(amount(QUANTITY[feed])),
        "quantity_unit": pl.when(has_quantity).then(pl.col(UNIT)),
        "is_quantity_estimated": pl.when(has_quantity).then(pl.lit(False)),
        "period_status": status_by_open_year(period["period_end"], release),
    }
