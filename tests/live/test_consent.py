"""What is asked or taken only with the user's word: a contact in the User-Agent, an archive whose hash is not pinned."""

import hashlib
from dataclasses import replace

import pytest
from cases.baci import CASES as BACI
from cases.epoch import CASES as EPOCH
from cases.sec import CASES as SEC
from publisher import Reply

from pipelines.live.fetch import journal_path
from pipelines.live.intake import take_in_live
from pipelines.live.journal import Journal
from pipelines.live.registry import live_source
from pipelines.live.settings import Setting, setting_of
from pipelines.sources.contract import Kind


def test_a_feed_that_wants_a_contact_is_skipped_without_one(world_of, monkeypatch):
    (case,) = SEC
    with world_of(case) as world:
        monkeypatch.delenv("CHIPFLOWS_CONTACT_SEC")
        report = world.ask(case)
        assert "CHIPFLOWS_CONTACT_SEC" in report.skipped and "User-Agent" in report.skipped
        assert report.outcomes == [] and world.publisher.asked == []


def test_the_contact_is_in_every_request(world_of):
    (case,) = SEC
    with world_of(case) as world:
        report = world.ask(case)
        assert [outcome.kind for outcome in report.outcomes] == [Kind.LIST, Kind.LIST, Kind.DATA]
        assert len(world.publisher.asked) == 3
        assert all("desk@example.org" in asked.headers["user-agent"] for asked in world.publisher.asked)


def test_a_list_that_the_archive_holds_still_leads_on(world_of):
    (case,) = SEC
    with world_of(case) as world:
        world.ask(case)
        report = world.ask(case)
        assert [outcome.is_kept for outcome in report.outcomes] == [True, True, True]


@pytest.mark.parametrize(("accept", "is_taken"), [("", False), ("0" * 64, False), ("any", True), ("its hash", True)])
def test_an_archive_of_another_hash_is_kept_but_not_taken_without_consent(world_of, monkeypatch, accept, is_taken):
    (case,) = EPOCH
    digest = hashlib.sha256(case.healthy(None).body).hexdigest()
    with world_of(case) as world:
        monkeypatch.setenv("CHIPFLOWS_ACCEPT_EPOCH", digest if accept == "its hash" else accept)
        outcome = world.ask(case).outcomes[0]
        assert (outcome.kind is Kind.DATA) == is_taken
        assert len(take_in_live(world.home)) == is_taken
        assert Journal(journal_path(world.home, "epoch")).records[0].sha256 == digest
        if not is_taken:
            assert outcome.kind is Kind.REFUSED
            for words in ("epoch", digest, "none is pinned", "set accept of [epoch]"):
                assert words in outcome.why


def test_a_pinned_archive_needs_no_consent(world_of, monkeypatch):
    (case,) = EPOCH
    source = live_source("epoch")
    digest = hashlib.sha256(case.healthy(None).body).hexdigest()
    monkeypatch.setattr(type(source), "feeds", (replace(source.feeds[0], pinned=(digest,)),))
    with world_of(case) as world:
        monkeypatch.delenv("CHIPFLOWS_ACCEPT_EPOCH")
        assert world.ask(case).outcomes[0].kind is Kind.DATA
        world.publisher.healthy = lambda asked: replace(case.healthy(asked), body=case.revised(b""))
        outcome = world.ask(case, again=True).outcomes[0]
        assert outcome.kind is Kind.REFUSED and digest in outcome.why


@pytest.mark.parametrize("case", [*EPOCH, *BACI], ids=lambda case: case.name)
@pytest.mark.parametrize("is_large", [False, True])
def test_an_archive_that_is_accepted_later_is_taken_from_the_archive(world_of, monkeypatch, case, is_large):
    if is_large:
        for module in ("client", "fetch"):
            monkeypatch.setattr(f"pipelines.live.{module}.IN_MEMORY", 100)
    variable = f"CHIPFLOWS_ACCEPT_{case.source_id.upper()}"
    with world_of(case) as world:
        monkeypatch.delenv(variable)
        first = world.ask(case, months=case.months[:1])
        assert [outcome.kind for outcome in first.outcomes] == [Kind.REFUSED] and take_in_live(world.home) == []
        record = Journal(journal_path(world.home, case.source_id)).records[0]
        world.clock.forward(days=3)
        monkeypatch.setenv(variable, record.sha256)
        report = world.ask(case, months=case.months[:1])
        assert (report.n_new, report.failures, len(world.publisher.asked)) == (1, [], 1)
        (taken,) = take_in_live(world.home)
        assert taken.rejected == "" and taken.rows_accepted and taken.record.retrieved_at == record.retrieved_at


def test_what_was_refused_for_another_reason_is_asked_for_again(world_of):
    (case,) = BACI
    with world_of(case) as world:
        world.publisher.faults += [lambda asked: Reply(b"no archive")] * len(case.months)
        assert {outcome.kind for outcome in world.ask(case).outcomes} == {Kind.REFUSED}
        assert world.ask(case).n_new == len(case.months)  # every hash is accepted here, but the body was no archive


def test_accepted_hashes_come_from_environment_or_file(home):
    home.root.mkdir(parents=True)
    (home.root / "settings.toml").write_text('[epoch]\naccept = "AB12, cd34"\n')
    assert setting_of("epoch", home, {}).accepts("ab12") and setting_of("epoch", home, {}).accepts("cd34")
    assert not setting_of("epoch", home, {"CHIPFLOWS_ACCEPT_EPOCH": "ef"}).accepts("ab12")
    assert not Setting().accepts("")
