"""Steps that the publishers of exchange rates share: years of months, plausible bands, cells to monthly rates."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from pipelines.reading import LINE, TextTable
from pipelines.schemas.field import RATE
from pipelines.schemas.tables.tidy_context import FxRate
from pipelines.sources.contract import Ask, Feed
from pipelines.sources.parsed import Parsed, Release
from pipelines.sources.tidying import Rule, admit, known_after_lag, matches, month_period, no_repeat, one_of, set_aside, shaped

CURRENCY, BASE, PERIOD, VALUE, DAYS = "currency", "base", "period", "value", "days"
CELL = (CURRENCY, BASE, PERIOD, VALUE)
PATTERN = r"^[0-9]{1,10}(\.[0-9]{1,20})?$"  # a binary fraction such as 7.803999999999999 is rounded
WIDE = pl.Decimal(38, 20)
# Plausible units per US dollar since 2010, wide on purpose: what they catch is a rate for 100 or 1,000 units, or upside down.
UNITS_PER_USD: Mapping[str, tuple[float, float]] = {
    "USD": (1, 1),
    "AUD": (0.85, 2.1),
    "CAD": (0.9, 1.7),
    "CHF": (0.65, 1.2),
    "CNY": (5.5, 8.5),
    "EUR": (0.62, 1.2),
    "GBP": (0.55, 1.1),
    "HKD": (7.7, 7.9),
    "IDR": (8000, 22000),
    "INR": (40, 130),
    "JPY": (70, 250),
    "KRW": (900, 2000),
    "MXN": (10, 30),
    "MYR": (2.7, 5.5),
    "PHP": (38, 75),
    "SGD": (1.05, 1.8),
    "THB": (25, 50),
    "TWD": (25, 40),
    "VND": (18000, 32000),
}


def years(feed: Feed, periods: Sequence[date]) -> list[Ask]:
    """One question for each calendar year of the periods, so that the same question is put in every run."""
    found = sorted({period.year for period in periods})
    return [Ask(feed.dataset_id, date(year, 1, 1), date(year, 12, 1)) for year in found]


def rates(cells: TextTable, ask: Ask, release: Release, skipped: Mapping[str, int] | None = None) -> Parsed:
    """Cells (currency, base, month, value, perhaps days) as monthly rates; empty cells and currencies not followed are skipped.

    A rate outside the band of its pair is quarantined: it may be for 100 units, and none is ever rescaled by guess.
    """
    cells, empty = set_aside(cells, "no rate for the month", pl.col(VALUE).is_null())
    followed = pl.col(CURRENCY).is_in(list(UNITS_PER_USD)) & pl.col(BASE).is_in(list(UNITS_PER_USD))
    cells, others = set_aside(cells, "currency not followed", ~followed)
    months = [f"{ask.start:%Y}-{month:02d}" for month in range(ask.start.month, ask.end.month + 1)]
    rules = [
        one_of(PERIOD, months),
        matches(VALUE, PATTERN, "a rate above zero"),
        _plausible(),
        no_repeat(CURRENCY, BASE, PERIOD),
    ]
    admitted = admit(cells, CELL, rules, release.place, more=True)
    rows = shaped(admitted.good, release, FxRate, _columns(admitted.good, release))
    return admitted.parsed(rows, skipped={**dict(skipped or {}), **empty, **others})


def numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """The cells with a running line of their own, header = 1, in the order of the publisher."""
    return frame.drop(LINE, strict=False).with_row_index(LINE, offset=2).with_columns(pl.col(LINE).cast(pl.Int64))


def _columns(good: pl.DataFrame, release: Release) -> dict[str, pl.Expr]:
    period = month_period(pl.col(PERIOD).str.to_date("%Y-%m"))
    return {
        "currency": pl.col(CURRENCY),
        "base_currency": pl.col(BASE),
        "period_start": period["period_start"],
        "period_end": period["period_end"],
        "rate": pl.col(VALUE).cast(WIDE).round(12).cast(RATE),
        "rate_kind": pl.lit("period_average"),
        "days_averaged": pl.col(DAYS) if DAYS in good.columns else pl.lit(None),
        "known_at": known_after_lag(release, period["period_end"], period["frequency"]),
    }


def _plausible() -> Rule:
    """Rule: the rate lies within what the bands of both currencies allow."""
    edges = {name: pl.Series([float(band[side]) for band in UNITS_PER_USD.values()]) for side, name in enumerate(("low", "high"))}
    codes = pl.Series(list(UNITS_PER_USD))

    def edge(column: str, name: str) -> pl.Expr:
        return pl.col(column).replace_strict(codes, edges[name], default=None, return_dtype=pl.Float64)

    low, high = edge(CURRENCY, "low") / edge(BASE, "high"), edge(CURRENCY, "high") / edge(BASE, "low")
    value = pl.when(pl.col(VALUE).str.contains(PATTERN)).then(pl.col(VALUE)).cast(pl.Float64)
    found = pl.format("{} {} per {}, plausible {} to {}", VALUE, CURRENCY, BASE, low.round(5), high.round(5))
    expected = "the price of one unit within its plausible band; a price of 100 or 1,000 units lies outside"
    return Rule(VALUE, value.is_between(low, high), expected, found)
