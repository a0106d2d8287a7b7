"""What the command line does with live sources: fetch feeds and take them in, replay the archive."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.home import Home
from pipelines.live.clock import Clock
from pipelines.live.fetch import FetchReport, Options, fetch
from pipelines.live.intake import Taken, known_answers, take_in_live
from pipelines.live.plan import asks_for, chosen_periods
from pipelines.live.registry import live_source
from pipelines.lock import single_writer
from pipelines.sources.contract import Feed, Source

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Wanted:
    """What a person asks for: feeds (all when empty), first and last period, divisions, and whether to ask again."""

    feeds: Sequence[str] = ()
    first: str = ""
    last: str = ""
    divisions: Sequence[str] = ()
    again: bool = False


def fetch_feeds(home: Home, source_id: str, wanted: Wanted, progress: Progress, clock: Clock | None = None) -> list[FetchReport]:
    """Ask for the chosen feeds of a source (all that are not dropped files) and take in what came back."""
    source = live_source(source_id)
    chosen = [source.feed(name) for name in wanted.feeds] or [feed for feed in source.feeds if not feed.is_dropped]
    options = Options(clock=clock or Clock(), again=wanted.again, progress=progress)
    reports = [_fetch_one(home, source, feed, wanted, options) for feed in chosen]
    with single_writer(home.root):  # asking needs no lock: what is archived stays, and the next intake finds it
        take_in_live(home, progress=progress)
    return reports


def _fetch_one(home: Home, source: Source, feed: Feed, wanted: Wanted, options: Options) -> FetchReport:
    periods = chosen_periods(feed, options.clock.today(), wanted.first, wanted.last)
    return fetch(source, asks_for(source, feed, periods, wanted.divisions), home, options)


def replay_source(home: Home, source_id: str, progress: Progress) -> list[str]:
    """Parse the archive of a source again; one line for each release whose counts changed, and one with the sums."""
    source = live_source(source_id)
    with single_writer(home.root):
        before = {each.name: each for feed in source.feeds for each in known_answers(home, source_id, feed.dataset_id)}
        taken = take_in_live(home, only=source_id, again=True, progress=progress)
    after = [each for each in taken if each.source_id == source_id]
    changed = [_difference(before.get(each.name), each) for each in after]
    rows = sum(each.rows_accepted for each in after)
    refused = sum(each.rows_quarantined for each in after)
    last = f"{source_id}: {len(after)} archived answers parsed again, {rows} rows, {refused} refused"
    return [*filter(None, changed), last]


def _difference(before: Taken | None, after: Taken) -> str:
    told = [_counts(before) if before else "not parsed before", _counts(after)]
    return "" if told[0] == told[1] else f"{after.record.ask_id}: {told[0]} -> {told[1]}"


def _counts(taken: Taken) -> str:
    if taken.rejected:
        return f"rejected ({taken.rejected})"
    return f"{taken.rows_accepted} rows, {taken.rows_quarantined} refused, {sum(taken.skipped.values())} skipped"
