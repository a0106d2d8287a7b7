"""Federal Reserve Board, release H.10: daily noon buying rates, averaged over the business days of each month."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

import polars as pl

from pipelines.errors import InputError, Place, explain
from pipelines.reading import TextTable, decode, rejected_frame
from pipelines.schemas.tables.tidy_context import FxRate
from pipelines.sources.contract import (
    Answer,
    Ask,
    Feed,
    Judgement,
    Kind,
    Request,
    Source,
    Terms,
    add_months,
    excerpt,
    html_judgement,
    status_judgement,
)
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.rates import BASE, CURRENCY, DAYS, PATTERN, PERIOD, VALUE, numbered, rates, years
from pipelines.sources.tidying import admit, matches, no_repeat, one_of, or_empty, set_aside

TIME, NO_DATA = "Time Period", "ND"
HEADERS = 6
DAY, SERIES, MULTIPLIER = "day", "series", "multiplier"
# Last part of the series name; those of `RXI$US` are US dollars per unit, those of `RXI` units per US dollar.
PER_USD = {
    "CA": "CAD", "CH": "CNY", "HK": "HKD", "IN": "INR", "JA": "JPY", "KO": "KRW", "MA": "MYR", "MX": "MXN", "SI": "SGD",
    "SZ": "CHF", "TA": "TWD", "TH": "THB",
}  # fmt: skip
USD_PER = {"AL": "AUD", "EU": "EUR", "UK": "GBP"}
PAIRS = {f"RXI_N.B.{part}": (code, "USD") for part, code in PER_USD.items()} | {
    f"RXI$US_N.B.{part}": ("USD", code) for part, code in USD_PER.items()
}


class FederalReserve(Source):
    """The table is asked for by the hash of a data package, which takes the place of a key; it cannot be worked out."""

    source_id: ClassVar[str] = "frb"
    terms: ClassVar[Terms] = Terms(
        base_url="https://www.federalreserve.gov/datadownload",
        licence_id="us_public_domain",
        notice="Source: Board of Governors of the Federal Reserve System, H.10",
        key_in="query:series",
        key_help=(
            "It is the value of `series=` in the direct-download address of a package with all daily H.10 series: "
            "federalreserve.gov/datadownload, no registration."
        ),
        calls_per_second=0.5,
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed("frb_h10_daily", "H.10 daily rates, averaged by month", date(2010, 1, 1), 10, 2, table=FxRate, needs_key=True),
    )

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One question a year for all series of the package."""
        return years(feed, periods)

    def request(self, ask: Ask) -> Request:
        """The days of the year, series as columns, with their headers."""
        end = add_months(ask.end, 1) - timedelta(days=1)
        window = (("lastobs", ""), ("from", f"{ask.start:%m/%d/%Y}"), ("to", f"{end:%m/%d/%Y}"))
        shape = (("filetype", "csv"), ("label", "include"), ("layout", "seriescolumn"))
        return Request("Output.aspx", (("rel", "H10"), *window, *shape))

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """A wrong hash gives a page; a body without a day means that the year has not begun."""
        if answer.status == 200 and b"invalid series" in answer.body[:2000].lower():
            return Judgement(Kind.KEY, f"the package hash was not accepted: {excerpt(answer.body)}")
        found = status_judgement(answer) or html_judgement(answer)
        if found is not None:
            return Judgement(Kind.NOT_YET, "no days") if found.kind is Kind.EMPTY else found
        head, _, days = answer.body.partition(TIME.encode())
        if not days or len(head) > 200_000:
            return Judgement(Kind.REFUSED, f"no table: {excerpt(answer.body)}")
        return Judgement(Kind.DATA) if days.count(b"\n") > 1 else Judgement(Kind.NOT_YET, "no days")

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """Monthly averages of the days with a rate; months whose last business day is not in the file are left out."""
        cells = _cells(body, release.place)
        cells, unknown = set_aside(cells, "currency not followed", ~pl.col(SERIES).is_in(list(PAIRS)))
        rules = [
            matches(DAY, rf"^{ask.start:%Y}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", "a day of the year asked for"),
            one_of(MULTIPLIER, ["1", "1.0"]),
            or_empty(matches(VALUE, PATTERN, "a rate, or ND")),
            no_repeat(SERIES, DAY),
        ]
        admitted = admit(cells, (DAY, SERIES, MULTIPLIER, VALUE), rules, release.place)
        months, skipped = _averages(admitted.good, unknown)
        table = TextTable(numbered(months), admitted.quarantined, months.height + admitted.quarantined.height)
        return rates(table, ask, release, skipped)


def _cells(body: bytes, place: Place) -> TextTable:
    """One cell for each day and series; header lines are found by their first cell, in any number up to six."""
    head, days, rejected = _split(body, place)
    series = head.get(TIME, [])
    if not series or len(set(series)) != len(series):
        raise InputError(
            explain(place, "no header of series, or a series twice", f"a line that begins with {TIME}", "fetch it again")
        )
    multipliers = head.get("Multiplier:", ["1"] * len(series))
    rows = [
        (filed[0], name, times, None if value.strip() in (NO_DATA, "") else value.strip())
        for filed in days
        for name, times, value in zip(series, multipliers, filed[1:], strict=False)
    ]
    frame = pl.DataFrame(rows, schema=dict.fromkeys((DAY, SERIES, MULTIPLIER, VALUE), pl.String), orient="row")
    return TextTable(numbered(frame), rejected, frame.height + rejected.height)


def _split(body: bytes, place: Place) -> tuple[dict[str, list[str]], list[list[str]], pl.DataFrame]:
    """Header lines by their label, days, and days with another number of cells than there are series."""
    head: dict[str, list[str]] = {}
    days: list[list[str]] = []
    bad: list[tuple[int, str, str]] = []
    try:
        for line, filed in enumerate(csv.reader(io.StringIO(decode(body, place), newline=""), strict=True), start=1):
            if TIME not in head and line <= HEADERS and filed:
                head[filed[0].strip()] = [cell.strip() for cell in filed[1:]]
            elif len(filed) == len(head.get(TIME, ())) + 1:
                days.append(filed)
            elif filed:
                bad.append((line, f"{len(filed) - 1} cells under {len(head.get(TIME, ()))} series", ",".join(filed)))
    except csv.Error as error:
        raise InputError(explain(place, f"a table that cannot be read ({error})", "quotes in pairs", "fetch it again")) from error
    return head, days, rejected_frame(bad)


def _averages(good: pl.DataFrame, skipped: dict[str, int]) -> tuple[pl.DataFrame, dict[str, int]]:
    """Rates by series and complete month, and what was left out or went into an average, by rule."""
    complete = {day[:7] for day in good[DAY] if day >= _last_business_day(day)}
    found: dict[tuple[str, str], list[Decimal]] = {}
    counted = {"no rate that day": 0, "month not complete": 0, "day averaged into its month": 0}
    for day, series, value in good.select(DAY, SERIES, VALUE).iter_rows():
        if day[:7] not in complete:
            counted["month not complete"] += 1
        elif value is None:
            counted["no rate that day"] += 1
        else:
            found.setdefault((series, day[:7]), []).append(Decimal(value))
    rows = [
        (*PAIRS[series], month, f"{sum(values) / len(values):.12f}", len(values)) for (series, month), values in found.items()
    ]
    counted["day averaged into its month"] = sum(map(len, found.values())) - len(rows)
    schema = {**dict.fromkeys((CURRENCY, BASE, PERIOD, VALUE), pl.String), DAYS: pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row"), {**skipped, **{rule: n for rule, n in counted.items() if n}}


def _last_business_day(day: str) -> str:
    """Last Monday-to-Friday day of the month of a day, both as text."""
    end = add_months(date.fromisoformat(f"{day[:7]}-01"), 1) - timedelta(days=1)
    return (end - timedelta(days=max(0, end.weekday() - 4))).isoformat()
