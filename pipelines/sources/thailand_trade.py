"""Thailand Ministry of Commerce: monthly exports and imports of one HS code by country, in US dollars and baht."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import ClassVar

import polars as pl

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
    excerpt,
    html_judgement,
    status_judgement,
    subheadings,
)
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import (
    Rule,
    admit,
    known_country,
    money,
    month_period,
    no_repeat,
    number,
    one_of,
    set_aside,
    status_by_open_year,
    tidy,
    translate,
    without_commas,
)

EXPORTS, IMPORTS = "thmoc_exports_hs", "thmoc_imports_hs"
PATH = {EXPORTS: "exportharmonizecountries", IMPORTS: "importharmonizecountries"}
YEAR, MONTH, PARTNER, DOLLARS, BAHT = "year", "month", "country_code", "value_usd", "value_baht"
COLUMNS = (YEAR, MONTH, PARTNER, DOLLARS, BAHT)
NO_LIMIT = "0"
CAPS = (10,)  # one account says that no more than ten countries come, whatever was asked
NOTHING_MOVED = "country with trade earlier in the year and none in the month"


class ThailandTrade(Source):
    """No total is published with the countries, so an answer as long as the cap is asked again by subheading."""

    source_id: ClassVar[str] = "thmoc"
    terms: ClassVar[Terms] = Terms(
        base_url="https://tradereport.moc.go.th/api",
        licence_id="th_moc_open",
        notice="Source: Ministry of Commerce, Thailand, with figures of the Customs Department; edited by this project.",
        calls_per_second=0.5,
        codes="thailand",
        headers=(("accept", "application/json"),),
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed(EXPORTS, "Exports by heading and country, FOB", date(2012, 1, 1), 30, 12),
        Feed(IMPORTS, "Imports by heading and country, CIF", date(2012, 1, 1), 30, 12),
    )

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One question for each month and heading."""
        months = sorted(set(periods))
        return [Ask(feed.dataset_id, month, month).narrow(code=code) for month in months for code in HEADINGS]

    def request(self, ask: Ask) -> Request:
        """All countries of one code in one month."""
        when = ((YEAR, str(ask.start.year)), (MONTH, str(ask.start.month)))
        return Request(PATH[ask.dataset_id], (*when, ("hs_code", ask.get("code")), ("limit", NO_LIMIT)))

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """A list is data; the firewall of the service answers 403 to callers that it does not like."""
        if answer.status == 403:
            return Judgement(Kind.REFUSED, "HTTP 403: the firewall refused the caller; set contact, or try another network")
        found = status_judgement(answer) or html_judgement(answer)
        if found is not None:
            return Judgement(Kind.NOT_YET, found.why) if found.kind is Kind.EMPTY else found
        try:
            filed = json.loads(answer.body.decode("utf-8-sig"))
        except (UnicodeDecodeError, ValueError):
            return Judgement(Kind.WAIT, f"a body that is not whole: {excerpt(answer.body)}")
        if not isinstance(filed, list):
            return Judgement(Kind.REFUSED, f"an object instead of a list: {excerpt(answer.body)}")
        if len(filed) in CAPS:
            return Judgement(Kind.SPLIT, f"{len(filed)} countries, as many as the service is said to give at most")
        return Judgement(Kind.DATA) if filed else Judgement(Kind.NOT_YET, "an empty list: the month is not out, or no trade")

    def split(self, ask: Ask) -> list[Ask]:
        """A heading by its subheadings; a subheading cannot be made smaller."""
        code = ask.get("code")
        parts = [line for line in subheadings(ask.start) if line.startswith(code)] if len(code) == 4 else []
        return [ask.narrow(code=line) for line in parts]

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """The publisher's dollars and its baht; a quantity has no unit here and is left aside."""
        text = without_commas(records(json_body(body, release.place), release.place, COLUMNS), DOLLARS, BAHT)
        cells = [pl.col(name).str.replace(r"^0+([0-9])", "$1") for name in (YEAR, MONTH)]
        text = replace(text, rows=text.rows.with_columns(cells))
        is_zero = pl.all_horizontal(pl.col(name).str.contains(r"^0(\.0+)?$") for name in (DOLLARS, BAHT))
        text, skipped = set_aside(text, NOTHING_MOVED, is_zero)
        admitted = admit(text, COLUMNS, _rules(ask, codes), release.place)
        return admitted.parsed(tidy(admitted.good, release, _columns(ask, release, codes)), skipped=skipped)


def _rules(ask: Ask, codes: Codes) -> list[Rule]:
    return [
        one_of(YEAR, [str(ask.start.year)]),
        one_of(MONTH, [str(ask.start.month)]),
        known_country(PARTNER, codes),
        number(DOLLARS),
        number(BAHT),
        no_repeat(PARTNER),
    ]


def _columns(ask: Ask, release: Release, codes: Codes) -> dict[str, pl.Expr]:
    is_export = ask.dataset_id == EXPORTS
    period = month_period(pl.lit(ask.start))
    return period | {
        "reporter_iso3": pl.lit("THA"),
        "partner_iso3": translate(PARTNER, codes.iso3),
        "flow": pl.lit("X" if is_export else "M"),
        "trade_basis": pl.lit("total_exports" if is_export else "imports"),
        "classification": pl.lit("HS"),
        "product_code": pl.lit(ask.get("code")),
        "period_status": status_by_open_year(period["period_end"], release),
        "value_usd": money(DOLLARS),
        "value_local": money(BAHT),
        "currency": pl.lit("THB"),
        "value_basis": pl.lit("FOB" if is_export else "CIF"),
    }
