"""European Central Bank: monthly averages of reference rates, units of a currency per euro."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

import polars as pl

from pipelines.reading import TextTable, read_delimited
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
    excerpt,
    html_judgement,
    status_judgement,
)
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.rates import BASE, CURRENCY, PERIOD, UNITS_PER_USD, VALUE, rates, years
from pipelines.sources.tidying import admit, one_of

NOT_PUBLISHED = ("EUR", "TWD", "VND")
FOLLOWED = tuple(code for code in UNITS_PER_USD if code not in NOT_PUBLISHED)
COLUMNS = ("FREQ", "CURRENCY", "CURRENCY_DENOM", "EXR_TYPE", "EXR_SUFFIX", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "UNIT_MULT")
MISSING = ("NaN", "")


class EuropeanCentralBank(Source):
    """The series key fixes frequency, base and average; each row repeats them and they are checked row by row."""

    source_id: ClassVar[str] = "ecb"
    terms: ClassVar[Terms] = Terms(
        base_url="https://data-api.ecb.europa.eu/service/data",
        licence_id="ecb_reuse",
        notice="Source: European Central Bank (ECB statistics)",
        calls_per_second=1.0,
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed("ecb_exr_monthly", "Reference rates, monthly averages, units per euro", date(2010, 1, 1), 5, 2, table=FxRate),
    )

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One question a year for all currencies."""
        return years(feed, periods)

    def request(self, ask: Ask) -> Request:
        """Monthly averages of the followed currencies as CSV."""
        window = (("startPeriod", f"{ask.start:%Y-%m}"), ("endPeriod", f"{ask.end:%Y-%m}"))
        return Request(f"EXR/M.{'+'.join(FOLLOWED)}.EUR.SP00.A", (("format", "csvdata"), *window))

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """404 means that no observation matches, so the year has none yet; a body is a table with a header."""
        if answer.status == 404:
            return Judgement(Kind.NOT_YET, "no observation matches (HTTP 404)")
        found = status_judgement(answer) or html_judgement(answer)
        if found is not None:
            return Judgement(Kind.NOT_YET, "no observations") if found.kind is Kind.EMPTY else found
        if b"TIME_PERIOD" not in answer.body.split(b"\n", 1)[0]:
            return Judgement(Kind.REFUSED, f"no table: {excerpt(answer.body)}")
        if not answer.body.endswith(b"\n"):
            return Judgement(Kind.WAIT, "a body that does not end with its last line")
        return Judgement(Kind.DATA)

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """One row for each currency and month."""
        table = read_delimited(body, release.place)
        fixed = {"FREQ": "M", "CURRENCY_DENOM": "EUR", "EXR_TYPE": "SP00", "EXR_SUFFIX": "A", "UNIT_MULT": "0"}
        checked = admit(table, COLUMNS, [one_of(name, [value]) for name, value in fixed.items()], release.place, more=True)
        names = {"CURRENCY": CURRENCY, "CURRENCY_DENOM": BASE, "TIME_PERIOD": PERIOD}
        value = pl.when(~pl.col("OBS_VALUE").is_in(MISSING)).then(pl.col("OBS_VALUE")).alias(VALUE)
        cells = checked.good.rename(names).with_columns(value)
        return rates(TextTable(cells, checked.quarantined, table.n_read), ask, release)
