"""Every connector through every fault: what is asked again, what is not, what is archived, and that no key is left anywhere."""

from decimal import Decimal

import polars as pl
import pytest
from cases import KEY, all_cases
from publisher import Reply, busy, page, silent, to_cookie_page

from pipelines.live.fetch import journal_path
from pipelines.live.intake import ask_of, take_in_live
from pipelines.live.journal import RELEASE, SAME, Journal
from pipelines.live.registry import live_source
from pipelines.sources.contract import Kind

CASES = pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
PASSING = {
    "silence": silent,
    "500": busy(500),
    "503": busy(503),
    "429 without Retry-After": busy(429),
    "429 with Retry-After": busy(429, retry_after="1"),
    "429 with a date": busy(429, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"),
    "a web page": page,
    "a redirect with a cookie": to_cookie_page,
    "a connection that breaks": None,
}


def rows_of(world, case):
    """Accepted rows in the lake."""
    table = live_source(case.source_id).feed(case.dataset_id).table
    return pl.read_parquet(str(world.home.lake / table.name / "live.*.parquet"))


def assert_whole(world, case):
    taken = take_in_live(world.home)
    assert [each.rejected for each in taken if each.rejected] == []
    assert [each.broken_controls for each in taken if each.broken_controls] == []
    rows = rows_of(world, case)
    assert (rows.height, Decimal(rows[case.measure].sum())) == (case.n_rows, case.total)


@CASES
def test_a_healthy_publisher_is_asked_once_and_gives_the_rows(world_of, case):
    with world_of(case) as world:
        report = world.ask(case)
        assert (report.stopped, report.skipped, report.failures) == ("", "", [])
        n_asked = len(world.publisher.asked)
        assert_whole(world, case)
        assert world.ask(case).n_new == 0 and len(world.publisher.asked) == n_asked  # the archive answers


@CASES
@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_is_waited_out(world_of, case, fault):
    with world_of(case) as world:
        breaking = PASSING[fault] or (lambda asked: Reply(case.healthy(asked).body, cut=True))
        world.publisher.faults.append(breaking)
        report = world.ask(case)
        assert report.failures == [] and report.stopped == ""
        assert_whole(world, case)


@CASES
def test_a_lasting_fault_is_reported_and_the_run_ends(world_of, case):
    with world_of(case) as world:
        world.publisher.faults += [busy(500)] * 200
        report = world.ask(case)
        assert report.failures and all(failure.kind is Kind.WAIT for failure in report.failures)
        assert take_in_live(world.home) == []
        world.publisher.faults.clear()
        assert world.ask(case).failures == []
        assert_whole(world, case)


@CASES
def test_a_long_pause_is_respected_by_not_asking_again(world_of, case):
    with world_of(case) as world:
        world.publisher.faults += [busy(429, retry_after="86400")] * 50
        report = world.ask(case)
        assert report.failures[0].kind is Kind.WAIT
        assert len(world.publisher.asked) <= 3  # one call for each of the first questions, no retry


@CASES
def test_what_a_refusal_and_an_empty_answer_mean(world_of, case):
    with world_of(case) as world:
        world.publisher.faults.append(busy(403))
        assert world.ask(case).outcomes[0].kind == case.forbidden_kind
        world.publisher.faults.append(lambda asked: Reply(b"", 204))
        assert world.ask(case, again=True).outcomes[0].kind == case.empty_kind
        assert len(world.publisher.asked) >= 2


OWN = [(case, name) for case in all_cases() for name in case.own]


@pytest.mark.parametrize(("case", "name"), OWN, ids=[f"{case.name}: {name}" for case, name in OWN])
def test_faults_of_the_publisher(world_of, case, name):
    fault = case.own[name]
    with world_of(case) as world:
        world.publisher.faults.append(fault.reply)
        report = world.ask(case)
        assert report.outcomes[0].kind == fault.kind, report.outcomes[0]
        assert fault.words in report.outcomes[0].why
        if fault.kind == Kind.SPLIT:
            assert len(report.outcomes) >= 1 + fault.parts >= 3
        if fault.kind in (Kind.SPLIT, Kind.DATA):
            assert_whole(world, case)


@CASES
@pytest.mark.parametrize("change", ["reordered", "widened"])
def test_columns_in_another_order_and_one_more_change_nothing(world_of, case, change):
    edit = getattr(case, change)
    if edit is None:
        pytest.skip("this publisher's answers have no columns in that sense")
    with world_of(case) as world:
        healthy = world.publisher.healthy
        world.publisher.healthy = lambda asked: Reply(edit(healthy(asked).body))
        world.ask(case)
        assert_whole(world, case)


@CASES
def test_a_body_in_the_wrong_encoding_is_named_and_kept(world_of, case):
    with world_of(case) as world:
        healthy = world.publisher.healthy
        world.publisher.healthy = lambda asked: Reply(case.misencoded(healthy(asked).body))
        world.ask(case)
        journal = Journal(journal_path(world.home, case.source_id))
        taken = take_in_live(world.home)
        assert all(each.rejected or each.rows_quarantined for each in taken)
        assert all(case.source_id in each.rejected or each.rows_quarantined for each in taken)
        kept = [record.sha256 for record in journal.records if record.sha256]
        assert kept and all((world.home.archive / digest[:2] / digest).exists() for digest in kept)


@CASES
def test_the_same_body_twice_is_one_release_and_a_changed_one_is_a_new_one(world_of, case):
    with world_of(case) as world:
        world.ask(case)
        world.clock.forward(days=1)
        assert world.ask(case).n_new == 0
        world.clock.forward(days=1)
        healthy = world.publisher.healthy
        world.publisher.healthy = lambda asked: Reply(case.revised(healthy(asked).body))
        source, novelties = live_source(case.source_id), {}
        asks = source.asks(source.feed(case.dataset_id), case.months, case.division)
        name_versions = all(source.is_final(ask) for ask in asks)  # then nothing is asked again, and nothing can be new
        assert (world.ask(case).n_new > 0) != name_versions
        journal = Journal(journal_path(world.home, case.source_id))
        for record in journal.records:
            if record.kind == Kind.DATA and not source.is_final(ask_of(record)):
                novelties.setdefault(record.ask_id, []).append(record.novelty)
        assert bool(novelties) != name_versions and all(each == [RELEASE, SAME, RELEASE] for each in novelties.values())
        final = [record.ask_id for record in journal.records if source.is_final(ask_of(record))]
        assert len(final) == len(set(final))  # what names a version is asked for once
        assert all(not each.rejected for each in take_in_live(world.home))


@CASES
def test_an_interrupted_run_goes_on_where_it_stopped(world_of, case):
    with world_of(case) as world:
        first = world.ask(case, months=case.months[:1])
        asked_before = len(world.publisher.asked)
        report = world.ask(case)
        assert sum(outcome.is_kept for outcome in report.outcomes) == len(first.outcomes) or len(case.months) == 1
        assert len(world.publisher.asked) - asked_before == len([o for o in report.outcomes if not o.is_kept])
        assert_whole(world, case)


@CASES
@pytest.mark.parametrize("fault", ["echo", "500", "403", "silence", "page", "none"])
def test_a_key_is_left_nowhere(world_of, case, fault, caplog, capfd):
    from urllib.parse import quote

    def echo(asked):
        return Reply(f"error: key {KEY} and {quote(KEY, safe='')} refused at {asked.path}?{asked.params}".encode(), 400)

    faults = {"echo": echo, "500": busy(500), "403": busy(403), "silence": silent, "page": page}
    with world_of(case) as world, caplog.at_level(0):
        if fault in faults:
            world.publisher.faults += [faults[fault]] * 4  # every attempt at the first question
        report = world.ask(case, read_seconds=0.1 if fault == "silence" else 0.4)
        take_in_live(world.home)
    told = " ".join([repr(report), report.stopped, caplog.text, *capfd.readouterr()])
    files = b"".join(path.read_bytes() for path in world.home.root.rglob("*") if path.is_file())
    for spelled in (KEY, quote(KEY, safe=""), quote(KEY)):
        assert spelled not in told
        assert spelled.encode() not in files


def test_a_feed_without_its_key_is_skipped_with_the_way_to_get_one(world_of, monkeypatch):
    for case in all_cases():
        source = live_source(case.source_id)
        if not source.feed(case.dataset_id).needs_key:
            continue
        with world_of(case) as world:
            monkeypatch.delenv(f"CHIPFLOWS_KEY_{case.source_id.upper()}")
            report = world.ask(case)
            assert f"CHIPFLOWS_KEY_{case.source_id.upper()}" in report.skipped
            assert source.terms.key_help and source.terms.key_help in report.skipped
            assert report.outcomes == [] and world.publisher.asked == []
