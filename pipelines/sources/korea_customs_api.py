"""Korea Customs Service, nitemtrade on data.go.kr: monthly exports and imports of HSK lines by country (XML, USD, kg)."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar

import polars as pl

from pipelines.errors import InputError, explain
from pipelines.reading import TextTable
from pipelines.sources.bodies import elements, xml_body
from pipelines.sources.contract import (
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
    html_judgement,
    status_judgement,
    subheadings,
)
from pipelines.sources.parsed import Codes, Control, Parsed, Release
from pipelines.sources.tidying import (
    SIGNED,
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
    one_of,
    set_aside,
    status_by_open_year,
    tidy,
    translate,
    unpivot,
    without_commas,
)

DATASET = "kcs_trade_hsk10"
MONTH, PARTNER, PRODUCT, OTHER_NAME = "year", "statCd", "hsCd", "hsCode"
FLOW, VALUE, WEIGHT = "_flow", "value", "weight"
FLOWS = {"X": {VALUE: "expDlr", WEIGHT: "expWgt"}, "M": {VALUE: "impDlr", WEIGHT: "impWgt"}}
NUMBERS = tuple(column for columns in FLOWS.values() for column in columns.values())
COLUMNS = (MONTH, PARTNER, PRODUCT, OTHER_NAME, *NUMBERS)
TOTALS = ("총계", "합계")  # both words were seen in the place of the month
GRAND_TOTAL = "grand total of the answer"
LONGEST_SPAN = 12
# Reason codes of the portal (returnReasonCode) and of the service (resultCode).
KINDS = {
    "01": (Kind.WAIT, "application error"),
    "02": (Kind.WAIT, "database error"),
    "03": (Kind.NOT_YET, "no data"),
    "04": (Kind.WAIT, "HTTP error"),
    "05": (Kind.WAIT, "service time-out"),
    "10": (Kind.REFUSED, "a parameter is wrong"),
    "11": (Kind.REFUSED, "a parameter is missing"),
    "12": (Kind.REFUSED, "no such service"),
    "20": (Kind.KEY, "this key was not approved for the service"),
    "21": (Kind.KEY, "the key is suspended"),
    "22": (Kind.QUOTA, "today's calls are used up"),
    "30": (Kind.KEY, "the key is not registered; a new key can take hours"),
    "31": (Kind.KEY, "the key has expired"),
    "32": (Kind.KEY, "the key is not valid from this address"),
    "33": (Kind.KEY, "the call was not signed"),
    "99": (Kind.WAIT, "unknown error"),
}


class KoreaCustomsApi(Source):
    """Each item is two records, exports and imports; the item named total is the control total of the answer."""

    source_id: ClassVar[str] = "kcs"
    terms: ClassVar[Terms] = Terms(
        base_url="https://apis.data.go.kr/1220000",
        licence_id="kr_customs_open",
        notice="Source: Korea Customs Service (data.go.kr); edited by this project.",
        key_in="query:serviceKey",
        key_help="A key is free: data.go.kr, service 'trade by item and country' of the Korea Customs Service.",
        key_may_be_encoded=True,
        calls_per_second=2.0,
        calls_per_day=10_000,
        codes="korea",
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed(DATASET, "Exports and imports by HSK line and country", date(2016, 1, 1), 15, 12, needs_key=True),
    )

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One question for each month and subheading: the same question always has the same span, so that revisions show."""
        months = sorted(set(periods))
        return [Ask(feed.dataset_id, month, month).narrow(code=code) for month in months for code in subheadings(month)]

    def request(self, ask: Ask) -> Request:
        """All countries of one HS prefix; without a country every country comes."""
        span = (("strtYymm", f"{ask.start:%Y%m}"), ("endYymm", f"{ask.end:%Y%m}"))
        country = (("cntyCd", ask.get("country")),) if ask.get("country") else ()
        return Request("nitemtrade/getNitemtradeList", (*span, ("hsSgn", ask.get("code")), *country))

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """Errors of portal and service come with status 200 and a code; the total alone means nothing (so far)."""
        found = status_judgement(answer) or html_judgement(answer)
        if found is not None:
            return Judgement(Kind.NOT_YET, found.why) if found.kind is Kind.EMPTY else found
        text = answer.body.decode("utf-8", errors="replace")
        if failure := _failure(text):
            return failure
        if not text.rstrip().endswith("</response>"):
            return Judgement(Kind.WAIT, f"a body that is not whole: {excerpt(answer.body)}")
        items = re.findall(r"<item>.*?</item>", text, re.DOTALL)
        if all(any(f">{word}<" in item for word in TOTALS) for item in items):
            return Judgement(Kind.NOT_YET, "only the total: the month is not out, or the code was not traded")
        return Judgement(Kind.DATA)

    def split(self, ask: Ask) -> list[Ask]:
        """A span by month; a single month of a code cannot be made smaller."""
        return by_month(ask)

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """Exports FOB and imports CIF, USD and whole kilograms, at the level of code that the publisher gives."""
        items = list(xml_body(body, release.place).iter("item"))
        if not items:
            raise InputError(explain(release.place, "a body without items", "body/items/item", "fetch it again"))
        text = without_commas(_one_code_column(elements(items, COLUMNS, release.place)), *NUMBERS)
        is_total = pl.all_horizontal(pl.col(MONTH).is_in(TOTALS), *(pl.col(name).str.contains(SIGNED) for name in NUMBERS))
        totals = text.rows.filter(is_total)
        kept, skipped = set_aside(unpivot(text, FLOWS, FLOW), GRAND_TOTAL, _is_total(is_total, text))
        admitted = admit(kept, (MONTH, PARTNER, PRODUCT, VALUE, WEIGHT), _rules(ask, codes), release.place)
        rows = tidy(admitted.good, release, _columns(release, codes))
        return admitted.parsed(rows, skipped=skipped, controls=_controls(rows, totals))


def _failure(text: str) -> Judgement | None:
    """The verdict of an error code in the portal's envelope or in the service's header."""
    code = re.search(r"<(?:returnReasonCode|resultCode)>\s*(\d+)\s*<", text)
    if code is None or code.group(1) in ("00", "0", "000"):
        return None
    kind, meaning = KINDS.get(code.group(1).zfill(2), (Kind.REFUSED, "a code that is not documented"))
    words = re.findall(r"<(?:errMsg|returnAuthMsg|resultMsg)>\s*([^<]*?)\s*<", text)
    return Judgement(kind, f"code {code.group(1)}: {meaning} ({'; '.join(words)})")


def _one_code_column(text: TextTable) -> TextTable:
    """hsCd is called hsCode in the sister service."""
    rows = text.rows.with_columns(pl.coalesce(PRODUCT, OTHER_NAME).alias(PRODUCT)).drop(OTHER_NAME)
    return TextTable(rows, text.rejected, text.n_read, text.remarks)


def _is_total(is_total: pl.Expr, text: TextTable) -> pl.Expr:
    """The records that come from the rows of the total."""
    lines = text.rows.filter(is_total)["_line"].to_list()
    return (pl.col("_line") // 100).is_in(lines)


def _controls(rows: pl.DataFrame, totals: pl.DataFrame) -> list[Control]:
    """Both flows in dollars and kilograms beside the total, if there is exactly one."""
    if totals.height != 1:
        return []
    told = totals.row(0, named=True)
    sums = {
        (flow, column): rows.filter(pl.col("flow") == flow)[measure].sum() or Decimal(0)
        for flow in FLOWS
        for column, measure in ((VALUE, "value_usd"), (WEIGHT, "net_kg"))
    }
    units = {VALUE: "USD", WEIGHT: "kg"}
    return [
        Control(f"{flow} {units[column]}", Decimal(detail), Decimal(told[FLOWS[flow][column]]))
        for (flow, column), detail in sums.items()
    ]


def _rules(ask: Ask, codes: Codes) -> list[Rule]:
    asked = [ask] if ask.start == ask.end else by_month(ask)
    code = ask.get("code")
    return [
        one_of(MONTH, [f"{one.start:%Y.%m}" for one in asked]),
        matches(PRODUCT, r"^(\d{4}|\d{6}|\d{10})$", "an HS code of 4 or 6 digits or an HSK code of 10"),
        Rule(PRODUCT, pl.col(PRODUCT).str.starts_with(code), f"a line of {code}"),
        known_country(PARTNER, codes),
        number(VALUE),
        not_negative(WEIGHT),
        no_repeat(MONTH, PRODUCT, PARTNER, FLOW),
    ]


def _columns(release: Release, codes: Codes) -> dict[str, pl.Expr]:
    period = month_period(pl.col(MONTH).str.to_date("%Y.%m"))
    is_export = pl.col(FLOW) == "X"
    return period | {
        "reporter_iso3": pl.lit("KOR"),
        "partner_iso3": translate(PARTNER, codes.iso3),
        "flow": pl.col(FLOW),
        "trade_basis": pl.when(is_export).then(pl.lit("total_exports")).otherwise(pl.lit("imports")),
        "classification": classification(PRODUCT, "HSK10"),
        "product_code": pl.col(PRODUCT),
        "period_status": status_by_open_year(period["period_end"], release),
        "value_usd": money(VALUE),
        "value_basis": pl.when(is_export).then(pl.lit("FOB")).otherwise(pl.lit("CIF")),
        "net_kg": amount(WEIGHT),
        "is_weight_estimated": pl.lit(False),
    }
