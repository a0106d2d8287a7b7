"""What is loaded from each live source: keys, newest period, age, rows, licence, and what needs a person's eye."""

from datetime import date

import polars as pl

from pipelines.home import Home
from pipelines.live.fetch import journal_path
from pipelines.live.intake import known_answers
from pipelines.live.journal import Journal
from pipelines.live.registry import live_sources
from pipelines.live.settings import setting_of
from pipelines.sources.contract import Feed, Kind, Source

COLUMNS = ("source", "feed", "how", "key", "answers", "rows", "newest", "asked", "age_days", "problems", "licence", "notice")


def source_table(home: Home, today: date) -> pl.DataFrame:
    """One row per feed in the order of the registry; columns as in COLUMNS."""
    rows = [_row(source, feed, home, today) for source in live_sources().values() for feed in source.feeds]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row", infer_schema_length=None)


def _row(source: Source, feed: Feed, home: Home, today: date) -> tuple[object, ...]:
    records = [r for r in Journal(journal_path(home, source.source_id)).records if r.dataset_id == feed.dataset_id]
    answers = known_answers(home, source.source_id, feed.dataset_id)
    asked = max((r.retrieved_at[:10] for r in records), default="")
    newest = max((r.end[:7] for r in records if r.kind == Kind.DATA), default="") if feed.frequency != "N" else ""
    problems = [f"{sum(bool(a.rejected) for a in answers)} rejected"] if any(a.rejected for a in answers) else []
    problems += [f"{n} rows refused"] if (n := sum(a.rows_quarantined for a in answers)) else []
    problems += [f"{n} totals do not add up"] if (n := sum(len(a.broken_controls) for a in answers)) else []
    return (
        source.source_id,
        feed.dataset_id,
        "dropped file" if feed.is_dropped else "bulk" if feed.is_bulk else "request",
        _key_state(source, feed, home),
        len(answers),
        sum(a.rows_accepted for a in answers),
        newest,
        asked,
        (today - date.fromisoformat(asked)).days if asked else None,
        "; ".join(problems),
        source.terms.licence_id,
        source.terms.notice,
    )


def _key_state(source: Source, feed: Feed, home: Home) -> str:
    if setting_of(source.source_id, home).key is not None:
        return "set"
    return "missing" if feed.needs_key else "not needed"
