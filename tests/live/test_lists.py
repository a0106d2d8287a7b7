"""Answers that name further questions: what is asked next, what is archived, and that a list itself gives no rows."""

from cases import jpmof
from publisher import Reply, page

from pipelines.live.fetch import journal_path
from pipelines.live.intake import take_in_live
from pipelines.live.journal import Journal
from pipelines.sources.contract import Kind

CASE = jpmof.CASES[0]


def kinds(report):
    return [outcome.kind for outcome in report.outcomes]


def test_the_files_of_a_list_come_next_and_only_they_are_taken_in(world_of):
    with world_of(CASE) as world:
        report = world.ask(CASE)
        assert kinds(report) == [Kind.LIST, Kind.DATA]
        assert [asked.path for asked in world.publisher.asked] == ["/files", "/file-download"]
        assert [asked.get("statInfId") for asked in world.publisher.asked] == ["", "000040000001"]
        assert [taken.record.narrowed["chapters"] for taken in take_in_live(world.home)] == ["84-85"]
        kept = Journal(journal_path(world.home, "jpmof")).records[0]
        assert (kept.kind, kept.novelty) == (Kind.LIST, "")
        assert (world.home.archive / kept.sha256[:2] / kept.sha256).exists()


def test_an_archived_list_still_leads_to_a_file_that_failed(world_of):
    with world_of(CASE) as world:
        world.publisher.faults += [lambda asked: None, lambda asked: Reply(b"gone", 404)]
        assert kinds(world.ask(CASE)) == [Kind.LIST, Kind.REFUSED]
        report = world.ask(CASE)
        assert kinds(report) == [Kind.LIST, Kind.DATA] and [outcome.is_kept for outcome in report.outcomes] == [True, False]


def test_a_page_in_place_of_a_file_is_waited_out(world_of):
    with world_of(CASE) as world:
        world.publisher.faults += [lambda asked: None, page]
        assert kinds(world.ask(CASE)) == [Kind.LIST, Kind.DATA]


def test_one_file_of_two_is_refused_and_the_other_comes(world_of):
    with world_of(CASE) as world:
        world.publisher.faults += [lambda asked: Reply(jpmof.listed("84", "85")), lambda asked: Reply(b"gone", 404)]
        assert kinds(world.ask(CASE)) == [Kind.LIST, Kind.REFUSED, Kind.DATA]


def test_a_new_release_has_a_new_number_and_is_kept_beside_the_old_one(world_of):
    with world_of(CASE) as world:
        world.ask(CASE)
        world.clock.forward(days=30)
        healthy = world.publisher.healthy
        world.publisher.healthy = lambda asked: Reply(CASE.revised(healthy(asked).body).replace(b"00004000000", b"00005000000"))
        assert world.ask(CASE).n_new == 1
        assert len({taken.record.ask_id for taken in take_in_live(world.home)}) == 2
