"""The job `refresh_sources`: asks every publisher for what is due by today, archives it and takes it in."""

import dagster as dg

from pipelines.assets.live import asked_feeds, feed_key, feed_metadata
from pipelines.assets.progress import report
from pipelines.errors import ChipflowsError, InputError
from pipelines.home import Home
from pipelines.live.clock import Clock
from pipelines.live.fetch import FetchReport, Options, fetch, missing_key
from pipelines.live.intake import take_in_live
from pipelines.live.plan import REGISTER_DAY, asks_for, due
from pipelines.lock import single_writer
from pipelines.sources.contract import Feed, Source


class RefreshConfig(dg.Config):
    """Which sources to ask, by their short name as in `chipflows sources`; none named means all."""

    sources: list[str] = []  # noqa: RUF012  (a Dagster configuration copies its defaults)


@dg.op
def ask_publishers(context: dg.OpExecutionContext, config: RefreshConfig) -> None:
    """Ask each chosen feed for its newest periods; one that cannot answer does not keep the others waiting."""
    home, problems = Home.from_environment(), []
    chosen = [(source, feed) for source, feed in asked_feeds() if not config.sources or source.source_id in config.sources]
    for source, feed in chosen:
        lacking = missing_key(source, feed.dataset_id, home)
        if lacking:
            context.log.warning(f"{feed.dataset_id} left out: {lacking}")
            continue
        try:
            told = _ask(source, feed, home)
            _record(context, feed, told, home)
            problems += [told.summary()] if told.failures or told.stopped else []
        except ChipflowsError as error:
            problems.append(f"{feed.dataset_id}: {error}")
    if problems:
        raise InputError("\n".join(problems))


def _ask(source: Source, feed: Feed, home: Home) -> FetchReport:
    periods = [REGISTER_DAY] if feed.frequency == "N" else due(feed, Clock().now().date())
    return fetch(source, asks_for(source, feed, periods, feed.divisions), home, Options(progress=report))


def _record(context: dg.OpExecutionContext, feed: Feed, told: FetchReport, home: Home) -> None:
    with single_writer(home.root):
        taken = [each for each in take_in_live(home, progress=report) if each.record.dataset_id == feed.dataset_id]
    context.log_event(dg.AssetMaterialization(feed_key(feed), metadata=feed_metadata(told, taken)))


@dg.job(
    description="Ask each publisher, if its key is set or none is needed, for the newest periods and those it may have revised.",
    executor_def=dg.in_process_executor,
)
def refresh_sources() -> None:
    """One step: ask, archive, take in."""
    ask_publishers()
