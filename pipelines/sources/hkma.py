"""Hong Kong Monetary Authority: monthly averages of exchange rates, Hong Kong dollars per unit of a currency."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

import polars as pl

from pipelines.errors import InputError, Place, explain
from pipelines.reading import TextTable
from pipelines.schemas.tables.tidy_context import FxRate
from pipelines.sources.bodies import json_body, records
from pipelines.sources.contract import (
    Answer,
    Ask,
    Feed,
    Judgement,
    Kind,
    Request,
    Source,
    Terms,
    excerpt,
    html_judgement,
    status_judgement,
)
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.rates import BASE, CURRENCY, PERIOD, UNITS_PER_USD, VALUE, numbered, rates, years

MONTH = "end_of_month"
PAGE = 100
FIELDS = tuple(code.lower() for code in UNITS_PER_USD if code != "HKD")


class HongKongMonetaryAuthority(Source):
    """A year is twelve records, below the page size, so no second page is ever needed; a full page is asked again by month."""

    source_id: ClassVar[str] = "hkma"
    terms: ClassVar[Terms] = Terms(
        base_url="https://api.hkma.gov.hk/public/market-data-and-statistics/monthly-statistical-bulletin",
        licence_id="hk_open_data",
        notice="Source: Hong Kong Monetary Authority, Monthly Statistical Bulletin",
        calls_per_second=1.0,
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed("hkma_period_average", "Exchange rates, monthly averages, HKD per unit", date(2010, 1, 1), 10, 3, table=FxRate),
    )

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One question a year."""
        return years(feed, periods)

    def request(self, ask: Ask) -> Request:
        """All currencies of the months, first page."""
        window = (("from", f"{ask.start:%Y-%m}"), ("to", f"{ask.end:%Y-%m}"))
        return Request("er-ir/er-eeri-periodaverage", (*window, ("pagesize", str(PAGE)), ("offset", "0")))

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """Errors come inside HTTP 200 as `success: false` with a code; no record yet means not out."""
        found = status_judgement(answer) or html_judgement(answer)
        if found is not None:
            return Judgement(Kind.NOT_YET, "no rates for the year") if found.kind is Kind.EMPTY else found
        if not answer.body.strip().endswith(b"}"):
            return Judgement(Kind.WAIT, f"a body that is not whole: {excerpt(answer.body)}")
        try:
            whole = json_body(answer.body, _place(ask))
        except InputError:
            return Judgement(Kind.DATA)  # archived, and refused by the parser with its reason
        return _judge_envelope(whole)

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """One row for each month and currency that is followed."""
        found = _listed(json_body(body, release.place))
        named = {name for record in found or [] if isinstance(record, dict) for name in record}
        if not {MONTH, "usd"} <= named:
            words = f"records with {', '.join(sorted(map(str, named))[:8]) or 'nothing'}"
            raise InputError(explain(release.place, words, f"members {MONTH} and usd", "fetch it again, or extend the parser"))
        table = records(found, release.place, (MONTH, *FIELDS))
        long = table.rows.unpivot(on=list(FIELDS), index=[MONTH], variable_name=BASE, value_name=VALUE)
        currencies = (pl.col(BASE).str.to_uppercase(), pl.lit("HKD").alias(CURRENCY))
        cells = numbered(long.rename({MONTH: PERIOD})).with_columns(*currencies)
        return rates(TextTable(cells, table.rejected, cells.height + table.rejected.height), ask, release)


def _judge_envelope(whole: Any) -> Judgement:
    header = whole.get("header") if isinstance(whole, dict) else None
    if not isinstance(header, dict):
        return Judgement(Kind.REFUSED, "an answer without a header")
    if header.get("success") is not True:
        return Judgement(Kind.REFUSED, f"error {header.get('err_code')}: {header.get('err_msg')}")
    found = _listed(whole)
    if not found:
        return Judgement(Kind.NOT_YET, "no rates for the year")
    if len(found) >= PAGE:
        return Judgement(Kind.SPLIT, f"{len(found)} records fill the page")
    return Judgement(Kind.DATA)


def _listed(whole: Any) -> Any:
    result = whole.get("result") if isinstance(whole, dict) else None
    return result.get("records") if isinstance(result, dict) else None


def _place(ask: Ask) -> Place:
    return Place("hkma", ask.ask_id)
