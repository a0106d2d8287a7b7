"""Live sources in Dagster: one partitioned asset for each feed, jobs, monthly schedules, the inbox sensor, and the intake."""

import warnings
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import dagster as dg

from pipelines.assets.metadata import OWNERS, column_schema
from pipelines.assets.progress import report
from pipelines.errors import InputError
from pipelines.home import Home
from pipelines.live.clock import Clock
from pipelines.live.fetch import FetchReport, Options, fetch, missing_key
from pipelines.live.inbox import take_dropped, waiting
from pipelines.live.intake import Taken, live_tables, take_in_live
from pipelines.live.plan import REGISTER_DAY, asks_for, due
from pipelines.live.registry import live_sources
from pipelines.lock import single_writer
from pipelines.schemas.tables.tidy_live import ArchivedAnswer
from pipelines.sources.contract import Feed, Source

GROUP = "live"
TAKEN_IN = dg.AssetKey([GROUP, "taken_in"])
DROPPED = dg.AssetKey([GROUP, "dropped_files"])
NONE_REFUSED, ACCOUNTED = "no_file_refused", "every_row_accounted_for"
ADDS_UP = "detail_adds_up_to_the_publishers_totals"
RETRIES = dg.RetryPolicy(max_retries=3, delay=60, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
LATE = timedelta(days=20)  # beyond the publisher's lag and the month of the schedule
RANGE_TAGS = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")


Told = dg.MaterializeResult[None] | dg.AssetCheckResult


def feed_key(feed: Feed) -> dg.AssetKey:
    """Asset key of a feed."""
    return dg.AssetKey([GROUP, feed.dataset_id])


def asked_feeds() -> list[tuple[Source, Feed]]:
    """Every feed that is asked for over the network."""
    return [(source, feed) for source in live_sources().values() for feed in source.feeds if not feed.is_dropped]


def feed_assets() -> list[dg.AssetsDefinition]:
    """One asset for each feed: a materialisation asks for its partitions and archives what comes back."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # one run for a range of partitions is a beta feature; tested here
        return [_feed_asset(source, feed) for source, feed in asked_feeds()]


def _feed_asset(source: Source, feed: Feed) -> dg.AssetsDefinition:
    @dg.asset(
        key=feed_key(feed),
        partitions_def=partitions_of(feed),
        backfill_policy=dg.BackfillPolicy.single_run(),
        group_name=GROUP,
        description=_description(source, feed),
        kinds={"api"},
        tags={"source": source.source_id, "licence": source.terms.licence_id.lower()},
        metadata={"dagster/column_schema": column_schema(feed.table), "guide": f"docs/sources/{source.source_id}.md"},
        owners=OWNERS,
        pool=f"publisher_{source.source_id}",
        retry_policy=RETRIES,
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(days=31) + LATE),
        check_specs=[dg.AssetCheckSpec(ADDS_UP, asset=feed_key(feed), description=_check_words(feed))],
        output_required=False,
    )
    def ask_publisher(context: dg.AssetExecutionContext) -> Iterator[Told]:
        yield from _ask(context, source, feed)

    return ask_publisher


def _description(source: Source, feed: Feed) -> str:
    needs = f"Needs a key: {source.terms.key_help}" if feed.needs_key else "No key needed."
    return f"{feed.title}. {needs}\n\n{source.terms.notice}"


def _check_words(feed: Feed) -> str:
    return f"Rows of {feed.dataset_id} add up to the totals that the publisher gives beside them, within its rounding."


def partitions_of(feed: Feed) -> dg.PartitionsDefinition[str] | None:
    """Months or years from the feed's first period, and its divisions as a second dimension; none for a register."""
    if feed.frequency == "N":
        return None
    if feed.frequency == "A":
        time: dg.PartitionsDefinition[str] = dg.TimeWindowPartitionsDefinition(
            start=f"{feed.first.year}", fmt="%Y", cron_schedule="0 0 1 1 *"
        )
    else:
        time = dg.MonthlyPartitionsDefinition(start_date=feed.first.isoformat(), end_offset=int(feed.lag_days < 0))
    if not feed.divided_by:
        return time
    return dg.MultiPartitionsDefinition({"period": time, "reporter": dg.StaticPartitionsDefinition(list(feed.divisions))})


def partition_key(feed: Feed, period: date, division: str = "") -> str:
    """The key of a period, and of a division, as Dagster spells it."""
    key = f"{period.year}" if feed.frequency == "A" else period.isoformat()
    return str(dg.MultiPartitionKey({"period": key, "reporter": division})) if division else key


def _chosen(context: dg.AssetExecutionContext, feed: Feed) -> dict[str, list[date]]:
    """Periods by division of the partitions of a run; the division of an undivided feed is empty."""
    if feed.frequency == "N":
        return {"": [REGISTER_DAY]}
    chosen: dict[str, list[date]] = {}
    for key in context.partition_keys:
        division = ""
        if isinstance(key, dg.MultiPartitionKey):
            division, key = key.keys_by_dimension["reporter"], key.keys_by_dimension["period"]  # noqa: PLW2901
        chosen.setdefault(division, []).append(date.fromisoformat(f"{key}-01-01" if len(key) == 4 else key))
    return chosen


def _ask(context: dg.AssetExecutionContext, source: Source, feed: Feed) -> Iterator[Told]:
    home = Home.from_environment()
    lacking = missing_key(source, feed.dataset_id, home)
    if lacking:
        context.log.warning(lacking)
        context.log_event(dg.AssetObservation(feed_key(feed), metadata={"skipped": lacking}))
        yield _nothing_compared(feed, lacking)
        return
    asks = [
        ask for name, months in _chosen(context, feed).items() for ask in asks_for(source, feed, months, [name] if name else ())
    ]
    told = fetch(source, asks, home, Options(progress=report))
    with single_writer(home.root):  # asking needs no lock; what is archived stays, and a retry takes it in
        taken = [each for each in take_in_live(home, progress=report) if each.record.dataset_id == feed.dataset_id]
    yield dg.MaterializeResult(
        asset_key=feed_key(feed), metadata=feed_metadata(told, taken), check_results=[_adds_up(feed, taken)]
    )
    if told.failures or told.stopped:
        raise InputError(told.summary())


def feed_metadata(told: FetchReport, taken: Sequence[Taken]) -> dict[str, dg.MetadataValue]:
    """What a question to a publisher brought: rows, releases, span, hashes."""
    hashes = {each.record.sha256 for each in taken}
    spans = [day for each in taken for day in (each.record.start, each.record.end)]
    latest = max(taken, key=lambda each: each.record.retrieved_at, default=None)
    return {
        "dagster/row_count": dg.MetadataValue.int(sum(each.rows_accepted for each in taken)),
        "asked": dg.MetadataValue.int(len(told.outcomes)),
        "new_releases": dg.MetadataValue.int(told.n_new),
        "rows_refused": dg.MetadataValue.int(sum(each.rows_quarantined for each in taken)),
        "span": dg.MetadataValue.text(f"{min(spans)} to {max(spans)}" if spans else "nothing yet"),
        "archived_bodies": dg.MetadataValue.int(len(hashes)),
        "latest_sha256": dg.MetadataValue.text(latest.record.sha256 if latest else ""),
        "latest_request": dg.MetadataValue.text(latest.record.request if latest else ""),
        "outcome": dg.MetadataValue.md(told.summary()),
    }


def _adds_up(feed: Feed, taken: Sequence[Taken]) -> dg.AssetCheckResult:
    broken = [f"{each.record.ask_id}: {told}" for each in taken for told in each.broken_controls]
    return dg.AssetCheckResult(
        asset_key=feed_key(feed),
        check_name=ADDS_UP,
        passed=not broken,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "totals_compared": dg.MetadataValue.int(sum(len(each.controls) for each in taken)),
            "totals_that_differ": dg.MetadataValue.int(len(broken)),
            "numbers": dg.MetadataValue.md("\n".join(f"- {line}" for line in broken[:50]) or "all agree"),
        },
    )


def _nothing_compared(feed: Feed, reason: str) -> dg.AssetCheckResult:
    """Dagster wants a result for each check of a step; nothing was asked, and the metadata say so."""
    told = {"totals_compared": dg.MetadataValue.int(0), "skipped": dg.MetadataValue.text(reason)}
    return dg.AssetCheckResult(asset_key=feed_key(feed), check_name=ADDS_UP, passed=True, metadata=told)


def dropped_asset() -> dg.AssetsDefinition:
    """Files from the inbox: archived, tried, taken in or set apart with a reason."""

    words = "Every file of the inbox was taken in; a refused one lies in refused/ beside its reason."
    checks = [dg.AssetCheckSpec(NONE_REFUSED, asset=DROPPED, description=words)]

    @dg.asset(key=DROPPED, group_name=GROUP, kinds={"file"}, owners=OWNERS, description=dropped_asset.__doc__, check_specs=checks)
    def dropped_files(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        done = take_dropped(Home.from_environment())
        for each in done:
            (context.log.warning if each.refused else context.log.info)(f"{each.path}: {each.refused or each.novelty}")
        refused = "\n".join(f"- {each.path.name}: {each.refused}" for each in done if each.refused)
        told: dict[str, dg.MetadataValue] = {
            "files": dg.MetadataValue.int(len(done)),
            "refused": dg.MetadataValue.md(refused or "none"),
        }
        check = dg.AssetCheckResult(asset_key=DROPPED, check_name=NONE_REFUSED, passed=not refused, metadata=told)
        yield dg.MaterializeResult(metadata=told, check_results=[check])

    return dropped_files


def intake_asset() -> dg.AssetsDefinition:
    """Every archived answer that the lake does not hold yet becomes rows; reads the archive only, never the network."""
    words = "Per archived answer: rows read = accepted + quarantined + skipped by a named rule."

    @dg.asset(
        key=TAKEN_IN,
        deps=[*(feed_key(feed) for _, feed in asked_feeds()), DROPPED],
        group_name=GROUP,
        kinds={"parquet", "polars"},
        owners=OWNERS,
        description=intake_asset.__doc__,
        metadata={"dagster/column_schema": column_schema(ArchivedAnswer)},
        check_specs=[dg.AssetCheckSpec(ACCOUNTED, asset=TAKEN_IN, blocking=True, description=words)],
    )
    def taken_in() -> Iterator[dg.MaterializeResult[None]]:
        home = Home.from_environment()
        with single_writer(home.root):
            taken = take_in_live(home, progress=report)
        rejected = "\n".join(f"- {each.record.ask_id}: {each.rejected}" for each in taken if each.rejected)
        yield dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(each.rows_accepted for each in taken),
                "answers": len(taken),
                "rows_refused": sum(each.rows_quarantined for each in taken),
                "rejected": dg.MetadataValue.md(rejected or "none"),
            },
            check_results=[_accounted(taken)],
        )

    return taken_in


def _accounted(taken: Sequence[Taken]) -> dg.AssetCheckResult:
    lost = [each.record.ask_id for each in taken if each.rows_read != each.rows_accounted]
    return dg.AssetCheckResult(
        asset_key=TAKEN_IN, check_name=ACCOUNTED, passed=not lost, metadata={"answers": len(taken), "with_lost_rows": lost}
    )


def intake_keys_by_table() -> dict[str, list[dg.AssetKey]]:
    """The tidy tables that the intake feeds."""
    names = [*(table.full_name() for table in live_tables()), ArchivedAnswer.full_name()]
    return {name: [TAKEN_IN] for name in names}


def refresh_jobs() -> dict[str, "dg.UnresolvedAssetJobDefinition"]:
    """Jobs by name: all feeds of a source that are cut into the same partitions, for whatever partitions are chosen.

    Dagster resolves no job over feeds of different partitions, and one that does not resolve keeps the whole UI from loading.
    """
    feeds: dict[tuple[object, ...], list[Feed]] = {}
    for source, feed in asked_feeds():
        cut = (source.source_id, feed.frequency, feed.first, feed.lag_days < 0, feed.divided_by, tuple(feed.divisions))
        feeds.setdefault(cut, []).append(feed)
    jobs: dict[str, dg.UnresolvedAssetJobDefinition] = {}
    for (source_id, *_), alike in feeds.items():
        name = f"refresh_{source_id}" if f"refresh_{source_id}" not in jobs else f"refresh_{alike[0].dataset_id}"
        jobs[name] = dg.define_asset_job(
            name,
            selection=dg.AssetSelection.assets(*(feed_key(feed) for feed in alike)),
            description=f"Ask {source_id} for the chosen partitions of {', '.join(feed.dataset_id for feed in alike)}.",
            executor_def=dg.in_process_executor,
        )
    return jobs


def schedules() -> list[dg.ScheduleDefinition]:
    """One monthly schedule for each feed, on the day by which its newest month is usually out; off until switched on."""
    return [_schedule(source, feed) for source, feed in asked_feeds()]


def _schedule(source: Source, feed: Feed) -> dg.ScheduleDefinition:
    day = min(28, feed.lag_days % 30 + 1)

    def requests(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        lacking = missing_key(source, feed.dataset_id, Home.from_environment())
        if lacking:
            return dg.SkipReason(lacking)
        moment = context.scheduled_execution_time or Clock().now()
        return refresh_request(feed, moment.date())

    return dg.ScheduleDefinition(
        name=f"monthly_{feed.dataset_id}",
        cron_schedule=f"20 5 {day} * *",
        target=dg.AssetSelection.assets(feed_key(feed)),
        execution_fn=requests,
        description=f"{feed.title}: asks for the newest period and for those that the publisher may have revised.",
    )


def refresh_request(feed: Feed, today: date) -> dg.RunRequest | dg.SkipReason:
    """One run over all periods that are due, and all divisions."""
    periods = due(feed, today)
    if feed.frequency == "N":
        return dg.RunRequest(run_key=f"{feed.dataset_id} {today}")
    if not periods:
        return dg.SkipReason(f"{feed.dataset_id}: nothing is out yet")
    ends = [(periods[0], feed.divisions[:1]), (periods[-1], feed.divisions[-1:])]
    keys = [partition_key(feed, period, *division) for period, division in ends]
    return dg.RunRequest(run_key=f"{feed.dataset_id} {today}", tags=dict(zip(RANGE_TAGS, keys, strict=True)))


def inbox_sensor() -> dg.SensorDefinition:
    """Looks for dropped files with their sidecar and starts a run that takes them in."""

    @dg.sensor(
        name="inbox",
        target=dg.AssetSelection.assets(DROPPED),
        minimum_interval_seconds=60,
        description=inbox_sensor.__doc__,
        default_status=dg.DefaultSensorStatus.STOPPED,
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        files = waiting(Home.from_environment())
        if not files:
            return dg.SkipReason("no file with its sidecar in the inbox")
        state = " ".join(f"{source}/{path.name}:{path.stat().st_mtime_ns}" for source, path in files)
        return dg.RunRequest(run_key=state)

    return inbox
