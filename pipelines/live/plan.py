"""Which periods of a feed to ask for: a span that a person names, or the months that a refresh is due for."""

from collections.abc import Sequence
from datetime import date

from pipelines.errors import UsageError
from pipelines.sources.contract import Ask, Feed, Source, add_months, month_range

REGISTER_DAY = date(2000, 1, 1)  # the one period of a feed without periods


def periods_of(feed: Feed, today: date) -> list[date]:
    """First days of all periods that may be out by now, oldest first."""
    if feed.frequency == "N":
        return [REGISTER_DAY]
    months = month_range(feed.first, today)
    if feed.frequency == "A":
        return [month for month in months if month.month == 1 and (today - date(month.year, 12, 31)).days >= feed.lag_days]
    return [month for month in months if (today - add_months(month, 1)).days + 1 >= feed.lag_days]


def due(feed: Feed, today: date) -> list[date]:
    """The periods that a refresh asks for again: the newest, and as far back as the publisher revises."""
    return periods_of(feed, today)[-max(1, feed.revised_months) :]


def chosen_periods(feed: Feed, today: date, first: str, last: str) -> list[date]:
    """Periods from one month to another, given as YYYY-MM (YYYY for a year); without both, the due ones."""
    if feed.frequency == "N" or not (first or last):
        return due(feed, today)
    known = periods_of(feed, today)
    start = _month(first) if first else known[0]
    end = _month(last) if last else known[-1]
    chosen = [period for period in known if start <= period <= end]
    if not chosen:
        span = f"{known[0]:%Y-%m} to {known[-1]:%Y-%m}" if known else "none so far"
        raise UsageError(f"{feed.dataset_id}: no period from {first or 'the start'} to {last or 'the end'}; it has {span}")
    return chosen


def first_day(text: str) -> date:
    """First day of a month given as YYYY-MM or of a year given as YYYY; raises ValueError for anything else."""
    return date.fromisoformat(f"{text}-01-01" if len(text) == 4 else f"{text}-01")


def _month(text: str) -> date:
    try:
        return first_day(text)
    except ValueError:
        raise UsageError(f"found {text!r}; expected a month as YYYY-MM or a year as YYYY") from None


def asks_for(source: Source, feed: Feed, periods: Sequence[date], divisions: Sequence[str] = ()) -> list[Ask]:
    """The questions for some periods; of a divided feed for each of the divisions, or for those it names itself."""
    if not feed.divided_by:
        return source.asks(feed, periods)
    unknown = [name for name in divisions if name not in feed.divisions]
    if unknown:
        known = ", ".join(feed.divisions)
        raise UsageError(f"{feed.dataset_id}: unknown {feed.divided_by} {', '.join(unknown)}; expected one of {known}")
    return [ask for name in (divisions or feed.divisions) for ask in source.asks(feed, periods, name)]
