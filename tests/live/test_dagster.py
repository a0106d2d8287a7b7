"""Live sources in Dagster: partitions, ranges in one run, schedules, the inbox, keys that never reach an event."""

import fcntl
from datetime import UTC, date, datetime

import dagster as dg
import pytest
from cases import KEY
from cases.dropped import TAIWAN
from cases.uscb import CASES, revise
from publisher import Reply, serving

from pipelines.assets import live
from pipelines.definitions import JOBS, MAIN_JOB, defs
from pipelines.live.clock import Clock
from pipelines.live.registry import live_source, live_sources
from pipelines.sources.contract import Feed

CASE = CASES[0]
FEED = live_source("uscb").feed(CASE.dataset_id)
KEY_OF_FEED = live.feed_key(FEED)
RANGE = dict(zip(live.RANGE_TAGS, ("2026-05-01", "2026-06-01"), strict=True))


@pytest.fixture
def instance(home, monkeypatch):
    monkeypatch.setenv("CHIPFLOWS_HOME", str(home.root))
    monkeypatch.setenv("CHIPFLOWS_KEY_USCB", KEY)
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def run(instance, job, selection, tags=None, partition_key=None):
    definition = defs.resolve_job_def(job)
    return definition.execute_in_process(
        instance=instance, asset_selection=selection, tags=tags, partition_key=partition_key, raise_on_error=False
    )


def texts(instance, result):
    return " ".join(str(entry) for entry in instance.all_logs(result.run_id))


def test_a_range_of_months_is_one_run_with_rows_span_hash_and_checks(instance, monkeypatch):
    with serving(CASE.healthy) as publisher:
        monkeypatch.setenv("CHIPFLOWS_BASE_URL_USCB", publisher.url)
        result = run(instance, "refresh_uscb", [KEY_OF_FEED], tags=RANGE)
    assert result.success and len(publisher.asked) == 2
    (event,) = result.asset_materializations_for_node("live__uscb_exports_hs10")[:1]
    told = {name: value.value for name, value in event.metadata.items()}
    assert told["dagster/row_count"] == CASE.n_rows
    assert told["span"] == "2026-05-01 to 2026-06-01"
    assert told["new_releases"] == 2 and len(told["latest_sha256"]) == 64
    assert told["latest_request"].startswith(publisher.url)
    check = result.get_asset_check_evaluations()[0]
    assert check.passed and check.metadata["totals_compared"].value == 2
    done = instance.get_materialized_partitions(KEY_OF_FEED)
    assert done == {"2026-05-01", "2026-06-01"}
    assert KEY not in texts(instance, result)


def test_detail_that_misses_its_total_fails_the_check_with_the_numbers(instance, monkeypatch):
    import json

    def off(asked):
        rows = json.loads(CASE.healthy(asked).body)
        revise([row for row in rows if row[7] != "-"])
        return Reply(json.dumps(rows).encode())

    with serving(off) as publisher:
        monkeypatch.setenv("CHIPFLOWS_BASE_URL_USCB", publisher.url)
        result = run(instance, "refresh_uscb", [KEY_OF_FEED], partition_key="2026-05-01")
    check = result.get_asset_check_evaluations()[0]
    assert not check.passed
    assert "8471500150: detail 911.000, published total 900.000, difference 11.000" in check.metadata["numbers"].value


def test_a_source_without_its_key_is_skipped_with_a_reason(instance, monkeypatch):
    monkeypatch.delenv("CHIPFLOWS_KEY_USCB")
    result = run(instance, "refresh_uscb", [KEY_OF_FEED], partition_key="2026-05-01")
    assert result.success
    assert result.asset_materializations_for_node("live__uscb_exports_hs10") == []
    (seen,) = result.get_asset_observation_events()
    check = result.get_asset_check_evaluations()[0]
    assert check.metadata["totals_compared"].value == 0 and "CHIPFLOWS_KEY_USCB" in check.metadata["skipped"].value
    assert "CHIPFLOWS_KEY_USCB" in seen.asset_observation_data.asset_observation.metadata["skipped"].value


def test_a_publisher_that_refuses_fails_the_run_without_the_key(instance, monkeypatch):
    with serving(lambda asked: Reply(f"error: bad key {KEY}".encode(), 400)) as publisher:
        monkeypatch.setenv("CHIPFLOWS_BASE_URL_USCB", publisher.url)
        monkeypatch.setattr(live.RETRIES.__class__, "max_retries", 0, raising=False)
        result = run(instance, "refresh_uscb", [KEY_OF_FEED], partition_key="2026-05-01")
    assert not result.success
    told = texts(instance, result)
    assert "bad key ***" in told and KEY not in told


def test_the_lake_is_not_touched_while_another_process_builds(instance, home, monkeypatch):
    monkeypatch.setattr(live.RETRIES.__class__, "max_retries", 0, raising=False)
    home.root.mkdir(parents=True, exist_ok=True)
    with serving(CASE.healthy) as publisher, (home.root / ".build.lock").open("w") as lock:
        monkeypatch.setenv("CHIPFLOWS_BASE_URL_USCB", publisher.url)
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = run(instance, "refresh_uscb", [KEY_OF_FEED], partition_key="2026-05-01")
        assert not refused.success and "another build is writing" in texts(instance, refused)
        assert not list(home.root.glob("lake/**/*.parquet"))
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert run(instance, "refresh_uscb", [KEY_OF_FEED], partition_key="2026-05-01").success
    assert len(publisher.asked) == 1, "what was archived under the lock is taken in without asking again"
    assert list(home.root.glob("lake/**/*.parquet"))


def test_a_schedule_asks_for_the_due_months_in_one_run(instance):
    schedule = defs.get_schedule_def("monthly_uscb_exports_hs10")
    moment = datetime(2026, 9, 11, 5, 20, tzinfo=UTC)
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=moment)
    (request,) = schedule.evaluate_tick(context).run_requests
    assert request.tags[live.RANGE_TAGS[0]] == "2024-08-01" and request.tags[live.RANGE_TAGS[1]] == "2026-07-01"
    assert request.asset_selection in (None, [KEY_OF_FEED])


def test_a_schedule_without_a_key_says_so(instance, monkeypatch):
    monkeypatch.delenv("CHIPFLOWS_KEY_USCB")
    schedule = defs.get_schedule_def("monthly_uscb_exports_hs10")
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=datetime(2026, 9, 11, tzinfo=UTC))
    assert "CHIPFLOWS_KEY_USCB" in schedule.evaluate_tick(context).skip_message


def test_every_feed_has_its_schedule_pool_freshness_and_retries():
    for source, feed in live.asked_feeds():
        assert defs.get_schedule_def(f"monthly_{feed.dataset_id}").cron_schedule
        definition = defs.get_assets_def(live.feed_key(feed))
        assert definition.op.pool == f"publisher_{source.source_id}"
        assert definition.op.retry_policy is live.RETRIES
        assert definition.get_asset_spec(live.feed_key(feed)).freshness_policy is not None
    asked = {source.source_id for source, _ in live.asked_feeds()}
    assert {f"refresh_{source_id}" for source_id in asked} <= set(JOBS) and asked <= set(live_sources())


def test_a_divided_feed_asks_all_reporters_of_a_range():
    feed = Feed("feed", "t", date(2024, 1, 1), 40, 3, divided_by="reporter", divisions=("HKG", "MYS", "SGP"))
    partitions = live.partitions_of(feed)
    request = live.refresh_request(feed, date(2026, 9, 20))
    keys = partitions.get_partition_keys()
    start, end = (keys.index(request.tags[name]) for name in live.RANGE_TAGS)
    chosen = {str(key) for key in keys[start : end + 1]}
    months = ("2026-05-01", "2026-06-01", "2026-07-01")
    assert chosen == {f"{month}|{name}" for month in months for name in feed.divisions}


def test_the_inbox_sensor_starts_one_run_for_new_files(instance, home):
    sensor = defs.get_sensor_def("inbox")
    assert "no file" in sensor(dg.build_sensor_context(instance=instance)).skip_message
    folder = home.inbox / "twmof"
    folder.mkdir(parents=True)
    (folder / TAIWAN.name).write_bytes(TAIWAN.body)
    (folder / f"{TAIWAN.name}.toml").write_text(TAIWAN.sidecar)
    first = sensor(dg.build_sensor_context(instance=instance))
    assert first.run_key == sensor(dg.build_sensor_context(instance=instance)).run_key
    result = dg.materialize([live.dropped_asset()], instance=instance)
    assert result.success and result.get_asset_check_evaluations()[0].passed
    assert "no file" in sensor(dg.build_sensor_context(instance=instance)).skip_message


def test_the_main_job_asks_nobody():
    chosen = defs.resolve_job_def(MAIN_JOB).asset_layer.executable_asset_keys
    asking = {live.feed_key(feed) for _, feed in live.asked_feeds()} | {live.DROPPED}
    assert live.TAKEN_IN in chosen and not asking & set(chosen)


def refresh(instance, *sources):
    config = {"ops": {"ask_publishers": {"config": {"sources": list(sources)}}}}
    return defs.resolve_job_def("refresh_sources").execute_in_process(instance=instance, run_config=config, raise_on_error=False)


def test_refresh_sources_asks_what_is_due_and_records_it_at_the_feed(instance, monkeypatch):
    with serving(CASE.healthy) as publisher:
        monkeypatch.setenv("CHIPFLOWS_BASE_URL_USCB", publisher.url)
        monkeypatch.setattr(Clock, "sleep", lambda clock, seconds: None)  # the pauses between questions are tested elsewhere
        result = refresh(instance, "uscb")
        asked = len(publisher.asked)
    assert asked > 0
    event = instance.get_latest_materialization_event(KEY_OF_FEED)
    assert event is not None and event.run_id == result.run_id
    assert event.asset_materialization.metadata["asked"].value > 0


def test_refresh_sources_leaves_out_a_source_without_its_key(instance, monkeypatch):
    monkeypatch.delenv("CHIPFLOWS_KEY_USCB")
    result = refresh(instance, "uscb")
    assert result.success
    assert "CHIPFLOWS_KEY_USCB" in texts(instance, result)
    assert instance.get_latest_materialization_event(KEY_OF_FEED) is None
