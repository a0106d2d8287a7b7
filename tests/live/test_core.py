"""Keys, pace, journal, plan and the HTTP client: the parts that every connector stands on."""

import json
import pickle
from collections.abc import Sequence
from datetime import date

import pytest
from cases import KEY
from fake_clock import FakeClock
from publisher import Reply, serving

from pipelines.archive import Archive
from pipelines.errors import InputError, UsageError
from pipelines.live.client import Client, Unreachable
from pipelines.live.journal import RELEASE, Journal, Record, one_asker
from pipelines.live.pace import Pace
from pipelines.live.plan import asks_for, chosen_periods, due, periods_of
from pipelines.live.registry import live_source, live_sources
from pipelines.live.settings import Secret, Setting, setting_of
from pipelines.sources.contract import Ask, Feed, Request, Terms, add_months, by_month, halves, month_range, spans

TERMS = Terms(base_url="https://publisher.test", licence_id="x", notice="y", key_in="query:key")


def record(ask_id="feed/2026-05", **changes):
    given = {
        "ask_id": ask_id, "dataset_id": "feed", "start": "2026-05-01", "end": "2026-05-01", "narrowed": {}, "request": "r",
        "retrieved_at": "2026-09-20T12:00:00+00:00", "status": 200, "kind": "data",
    }  # fmt: skip
    return Record(**given | changes)


class TestKeys:
    def test_a_key_has_no_text_and_is_never_pickled(self):
        key = Secret(KEY)
        assert KEY not in f"{key} {key!r} {Setting(key=key)!r}"
        with pytest.raises(TypeError, match="never pickled"):
            pickle.dumps(key)

    @pytest.mark.parametrize(
        "spelled", [KEY, "canary-key-3f9a%2F%3D%26x", "canary-key-3f9a%2f%3d%26x", "canary-key-3f9a/=&amp;x"]
    )
    def test_every_spelling_is_hidden(self, spelled):
        assert Secret(KEY).hide(f"key={spelled}.") == "key=***."
        assert Secret(KEY).hide_bytes(f"key={spelled}.".encode()) == b"key=***."

    def test_the_environment_goes_before_the_file(self, home):
        home.root.mkdir(parents=True)
        (home.root / "settings.toml").write_text('[uscb]\nkey = "filed"\nbase_url = "http://mirror"\n')
        assert setting_of("uscb", home, {}).key.reveal() == "filed"
        given = setting_of("uscb", home, {"CHIPFLOWS_KEY_USCB": " told "})
        assert (given.key.reveal(), given.base_url) == ("told", "http://mirror")
        assert setting_of("other", home, {}) == Setting()

    def test_a_broken_settings_file_is_named_without_its_text(self, home, tmp_path):
        path = tmp_path / "mine.toml"
        path.write_text(f"[uscb]\nkey = {KEY}\n")
        with pytest.raises(InputError) as caught:
            setting_of("uscb", home, {"CHIPFLOWS_SETTINGS": str(path)})
        assert "mine.toml" in str(caught.value) and "line 2" in str(caught.value)
        assert KEY not in str(caught.value)
        assert caught.value.__cause__ is None

    def test_an_unknown_setting_is_named(self, home, tmp_path):
        path = tmp_path / "mine.toml"
        path.write_text('[uscb]\nkee = "x"\n')
        with pytest.raises(InputError, match="kee"):
            setting_of("uscb", home, {"CHIPFLOWS_SETTINGS": str(path)})


class TestPace:
    def test_calls_keep_their_distance(self, tmp_path):
        clock = FakeClock()
        pace = Pace(0.5, None, tmp_path / "ledger.json", clock)
        for _ in range(3):
            pace.before_call()
        assert clock.state["slept"] == 4.0
        assert pace.left_today() is None

    def test_the_daily_count_outlives_the_process_and_ends_with_the_day(self, tmp_path):
        clock = FakeClock()
        Pace(1000, 2, tmp_path / "ledger.json", clock).before_call()
        again = Pace(1000, 2, tmp_path / "ledger.json", clock)
        assert again.left_today() == 1
        again.exhausted()
        assert again.left_today() == 0
        clock.forward(days=1)
        assert again.left_today() == 2

    def test_a_broken_ledger_counts_as_none(self, tmp_path):
        (tmp_path / "ledger.json").write_text('{"day": ')
        assert Pace(1000, 2, tmp_path / "ledger.json", FakeClock()).left_today() == 2


class TestJournal:
    def test_what_is_appended_is_read_again(self, tmp_path):
        journal = Journal(tmp_path / "a" / "x.jsonl")
        journal.append(record(novelty=RELEASE, sha256="1" * 64))
        journal.append(record(kind="wait"))
        read = Journal(tmp_path / "a" / "x.jsonl")
        assert read.records == journal.records
        assert read.last("feed/2026-05").kind == "wait"
        assert [r.sha256 for r in read.releases()] == ["1" * 64] and read.last_body("feed/2026-05").novelty == RELEASE

    def test_a_line_that_a_crash_cut_is_dropped_and_overwritten(self, tmp_path):
        path = tmp_path / "x.jsonl"
        journal = Journal(path)
        journal.append(record("a"))
        with path.open("ab") as out:
            out.write(b'{"ask_id": "b", "ki')
        torn = Journal(path)
        assert [r.ask_id for r in torn.records] == ["a"]
        torn.append(record("c"))
        assert [json.loads(line)["ask_id"] for line in path.read_bytes().splitlines()] == ["a", "c"]

    def test_one_process_asks_one_publisher(self, tmp_path):
        with (
            one_asker(tmp_path / "x.jsonl"),
            pytest.raises(UsageError, match="x: another process"),
            one_asker(tmp_path / "x.jsonl"),
        ):
            raise AssertionError("the lock was given twice")


class TestPlan:
    MONTHLY = Feed("feed", "t", date(2024, 1, 1), 40, 3)

    @pytest.mark.parametrize(
        ("today", "newest"),
        [(date(2026, 9, 8), date(2026, 6, 1)), (date(2026, 9, 9), date(2026, 7, 1)), (date(2026, 1, 9), date(2025, 11, 1))],
    )
    def test_a_month_is_asked_for_when_its_lag_is_over(self, today, newest):
        assert periods_of(self.MONTHLY, today)[-1] == newest
        assert due(self.MONTHLY, today) == [add_months(newest, -2), add_months(newest, -1), newest]

    def test_years_and_registers(self):
        yearly = Feed("feed", "t", date(2020, 1, 1), 100, 1, frequency="A")
        assert periods_of(yearly, date(2026, 4, 9)) == [date(year, 1, 1) for year in range(2020, 2025)]
        assert periods_of(yearly, date(2026, 4, 10))[-1] == date(2025, 1, 1)
        assert len(periods_of(Feed("feed", "t", date(2020, 1, 1), 0, 1, frequency="N"), date(2026, 4, 9))) == 1

    def test_a_person_names_a_span(self):
        assert chosen_periods(self.MONTHLY, date(2026, 9, 20), "2026-05", "2026-06") == [date(2026, 5, 1), date(2026, 6, 1)]
        assert chosen_periods(self.MONTHLY, date(2026, 9, 20), "2026", "")[0] == date(2026, 1, 1)
        with pytest.raises(UsageError, match="2024-01 to 2026-07"):
            chosen_periods(self.MONTHLY, date(2026, 9, 20), "2027-01", "")
        with pytest.raises(UsageError, match="YYYY-MM"):
            chosen_periods(self.MONTHLY, date(2026, 9, 20), "May", "")

    def test_an_unknown_division_is_named(self):
        class Two(type(live_source("uscb"))):
            def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
                return [Ask(feed.dataset_id, month, month).narrow(reporter=division) for month in periods]

        feed = Feed("feed", "t", date(2024, 1, 1), 40, 3, divided_by="reporter", divisions=("HKG", "SGP"))
        assert [ask.get("reporter") for ask in asks_for(Two(), feed, [date(2026, 5, 1)])] == ["HKG", "SGP"]
        with pytest.raises(UsageError, match="unknown reporter XXX; expected one of HKG, SGP"):
            asks_for(Two(), feed, [date(2026, 5, 1)], ["XXX"])

    def test_splitting(self):
        ask = Ask("feed", date(2026, 1, 1), date(2026, 3, 1)).narrow(codes="8471,8473,8542")
        assert [part.start.month for part in by_month(ask)] == [1, 2, 3] and by_month(by_month(ask)[0]) == []
        assert [part.get("codes") for part in halves(ask, "codes")] == ["8471", "8473,8542"]
        assert halves(ask.narrow(codes="8471"), "codes") == []
        assert len({part.ask_id for part in by_month(ask)}) == 3
        months = month_range(date(2025, 11, 1), date(2026, 2, 1))
        assert spans([*months[:3], date(2026, 6, 1)], 2) == [
            (months[0], months[1]),
            (months[2], months[2]),
            (date(2026, 6, 1), date(2026, 6, 1)),
        ]


class TestClient:
    def client(self, url, key=KEY, **changes):
        setting = Setting(key=Secret(key) if key else None, base_url=url)
        return Client("publisher", Terms(**{**TERMS.__dict__, **changes}), setting, read_seconds=0.4)

    def test_a_key_goes_where_the_source_wants_it_and_into_no_address(self, tmp_path):
        with serving(lambda asked: Reply(b"[1]")) as publisher:
            with self.client(publisher.url) as client:
                got = client.get(Request("data", (("a", "1"),)), tmp_path)
            with self.client(publisher.url, key_in="header:X-Key") as client:
                client.get(Request("data"), tmp_path)
        assert publisher.asked[0].get("key") == KEY and publisher.asked[1].headers["x-key"] == KEY
        assert publisher.asked[1].params == ()
        assert got.answer.url == f"{publisher.url}/data?a=1" and got.answer.body == b"[1]"

    def test_a_redirect_to_another_host_is_not_followed(self, tmp_path):
        with serving(lambda asked: Reply(b"other")) as other:
            away = {"location": f"{other.url.replace('127.0.0.1', 'localhost')}/data"}
            with serving(lambda asked: Reply(b"", 302, away)) as publisher, self.client(publisher.url) as client:
                got = client.get(Request("data"), tmp_path)
        assert got.answer.status == 302 and other.asked == []

    def test_cookies_are_kept_between_questions(self, tmp_path):
        def healthy(asked):
            return Reply(b"[1]") if "session=1" in asked.headers.get("cookie", "") else Reply(b"", 302, {
                "location": "/token/data", "set-cookie": "session=1; Path=/"})  # fmt: skip

        with serving(healthy) as publisher, self.client(publisher.url) as client:
            assert client.get(Request("data"), tmp_path).answer.body == b"[1]"
            client.get(Request("data"), tmp_path)
        assert [asked.path for asked in publisher.asked] == ["/data", "/token/data", "/data"]

    def test_a_broken_connection_names_the_address_and_leaves_no_file(self, tmp_path):
        named = pytest.raises(Unreachable, match=r"publisher, http.*/data\?a=1: found RemoteProtocolError")
        broken = serving(lambda asked: Reply(b"x" * 1000, cut=True))
        with broken as publisher, self.client(publisher.url) as client, named as caught:
            client.get(Request("data", (("a", "1"),)), tmp_path)
        assert list(tmp_path.iterdir()) == []
        assert KEY not in repr(caught.value) and caught.value.__context__ is None and caught.value.__cause__ is None

    def test_a_large_body_stays_on_disk_and_is_adopted_by_the_archive(self, tmp_path, monkeypatch):
        monkeypatch.setattr("pipelines.live.client.IN_MEMORY", 1000)
        body = bytes(range(256)) * 8
        with serving(lambda asked: Reply(body)) as publisher, self.client(publisher.url) as client:
            got = client.get(Request("data"), tmp_path / "scratch")
        assert got.path is not None and got.n_bytes == len(body)
        archive = Archive(tmp_path / "archive")
        digest = archive.adopt(got.path, got.sha256)
        assert archive.get(digest) == body and not got.path.exists()

    def test_a_missing_certificate_file_is_named(self, tmp_path):
        with pytest.raises(InputError, match="extra_ca"):
            Client("publisher", TERMS, Setting(extra_ca=str(tmp_path / "none.pem")))


def test_every_source_is_documented_and_says_its_terms():
    from pipelines.home import CHECKOUT

    for source_id, source in live_sources().items():
        assert source.source_id == source_id
        assert (CHECKOUT / "docs" / "sources" / f"{source_id}.md").exists(), source_id
        assert source.terms.notice and source.terms.licence_id and source.terms.base_url.startswith("https://")
        for feed in source.feeds:
            assert feed.dataset_id.startswith(source_id) and feed.title
            assert not feed.needs_key or (source.terms.key_in and source.terms.key_help)
