"""Federal Register and Consolidated Screening List: days that are no event days, paging on one host, people left out."""

import json
from datetime import date

import pytest

from pipelines.errors import InputError
from pipelines.live.plan import periods_of
from pipelines.schemas.check import failures
from pipelines.sources.contract import Answer, Kind
from pipelines.sources.federal_register import NEXT, FederalRegister
from pipelines.sources.parsed import Codes
from pipelines.sources.screening_list import ScreeningList

REGISTER, LIST = FederalRegister(), ScreeningList()
JANUARY = REGISTER.asks(REGISTER.feeds[0], [date(2026, 1, 1)])[0]
SNAPSHOT = LIST.asks(LIST.feeds[0], [])[0]


def document(**changes):
    given = {
        "document_number": "2026-00789",
        "type": "Rule",
        "title": "Export controls",
        "publication_date": "2026-01-15",
        "effective_on": "2026-01-15",
        "dates": "Effective January 15, 2026.",
        "html_url": "https://www.federalregister.gov/documents/2026-00789",
    }
    return given | changes


def page(*documents, **more):
    return json.dumps({"count": len(documents), "results": list(documents)} | more).encode()


def parsed(source, ask, body, release):
    result = source.parse(ask, body, release, Codes({}))
    assert failures(result.rows, source.feeds[0].table).is_empty()
    return result


@pytest.mark.parametrize(
    ("dates", "n_dates"),
    [
        (None, 0),
        ("This rule is effective on publication.", 0),
        ("Effective January 15, 2026.", 1),
        ("Effective January 15, 2026. Comments by JANUARY 15, 2026.", 1),
        ("Effective November 16, 2023, except for instruction 4, effective January 1, 2026 through December 31 2026.", 3),
    ],
)
def test_the_days_in_the_dates_caption_are_counted_and_the_text_is_kept(dates, n_dates, release):
    row = parsed(REGISTER, JANUARY, page(document(dates=dates)), release).rows.to_dicts()[0]
    assert (row["dates_text"], row["n_dates"], row["is_staggered"]) == (dates, n_dates, n_dates > 1)


def test_the_running_month_is_asked_for_too():
    assert periods_of(REGISTER.feeds[0], date(2026, 9, 1))[-1] == date(2026, 9, 1)
    assert periods_of(REGISTER.feeds[0], date(2026, 9, 30))[-1] == date(2026, 9, 1)


def test_the_day_of_print_never_becomes_an_effective_day(release):
    row = parsed(REGISTER, JANUARY, page(document(effective_on=None)), release).rows.to_dicts()[0]
    assert row["effective_on"] is None
    assert (row["published_date"], row["known_at"]) == (date(2026, 1, 15), date(2026, 1, 15))


def test_a_document_of_another_month_or_without_address_is_quarantined(release):
    documents = [document(document_number="2026-1", publication_date="2026-02-01"), document(html_url="https://example.org")]
    reasons = parsed(REGISTER, JANUARY, page(*documents), release).quarantined["_reason"].to_list()
    assert "a day of the window asked for" in reasons[0]
    assert "an address on federalregister.gov" in reasons[1]


def test_results_may_be_missing_when_nothing_was_counted_and_not_otherwise(release):
    assert parsed(REGISTER, JANUARY, b'{"count": 0}', release).rows.is_empty()
    with pytest.raises(InputError, match="without count and results"):
        REGISTER.parse(JANUARY, b'{"count": 2}', release, Codes({}))


@pytest.mark.parametrize(
    ("following", "path"),
    [
        (
            "https://www.federalregister.gov/api/v1/documents?format=json&search_after=%5B1%5D",
            "documents?format=json&search_after=%5B1%5D",
        ),
        ("https://www.federalregister.gov.example.org/api/v1/documents?x=1", None),
        ("http://www.federalregister.gov/api/v1/documents?x=1", None),
        ("https://user@www.federalregister.gov/api/v1/documents?x=1", None),
        ("https://www.federalregister.gov/login", None),
        (None, None),
    ],
)
def test_the_next_page_is_followed_as_given_and_on_the_same_host_only(following, path):
    body = page(document(), next_page_url=following)
    asks = REGISTER.follow(JANUARY, body)
    assert [each.get(NEXT) for each in asks] == ([path] if path else [])
    assert [REGISTER.request(each).path for each in asks] == ([path] if path else [])
    refused = following is not None and path is None
    assert REGISTER.judge(JANUARY, Answer(200, {}, body)).kind is (Kind.REFUSED if refused else Kind.DATA)


def test_a_page_that_names_itself_is_not_followed():
    again = JANUARY.narrow(**{NEXT: "documents?x=1"})
    assert REGISTER.follow(again, page(document(), next_page_url="https://www.federalregister.gov/api/v1/documents?x=1")) == []


def test_counters_do_not_make_a_revision():
    first, second = (page(document(page_views={"count": n})) for n in (1, 2))
    assert REGISTER.canonical(first) == REGISTER.canonical(second)
    assert REGISTER.canonical(first) != REGISTER.canonical(page(document(title="Another")))


HEADER = (
    "_id,source,type,name,addresses,programs,federal_register_notice,start_date,end_date,license_requirement,license_policy,"
    "alt_names"
)
EL = "Entity List (EL) - Bureau of Industry and Security"


def snapshot(*lines):
    return "\n".join([HEADER, *lines, ""]).encode()


def test_only_companies_are_kept_and_each_other_row_goes_by_a_named_rule(release):
    lines = [f"1,{EL},,A Co,,,,,,,,", "2,SDN,Entity,B Co,,,,,,,,", "3,SDN,Individual,C,,,,,,,,", f"4,{EL},individual,D,,,,,,,,",
             "5,SDN,Vessel,E,,,,,,,,", "6,DPL,,F,,,,,,,,", "7,Entity List of another office,,G,,,,,,,,"]  # fmt: skip
    result = parsed(LIST, SNAPSHOT, snapshot(*lines), release)
    assert result.rows["entity_id"].to_list() == ["1", "2"]
    assert result.skipped == {"natural person": 2, "vessel or aircraft": 1, "not typed as a company": 2}


def test_a_snapshot_is_known_when_retrieved_and_the_day_of_listing_is_kept(release):
    line = f'1,{EL},,A Co,"1 Road, Shenzhen, CN",,84 FR 22961,2019-05-16,,All items,Denial,"A; B"'
    row = parsed(LIST, SNAPSHOT, snapshot(line), release).rows.to_dicts()[0]
    assert (row["listed_on"], row["known_at"], row["vintage_at"]) == (date(2019, 5, 16), release.retrieved, release.retrieved)
    assert (row["federal_register_notice"], row["entity_addresses"]) == ("84 FR 22961", "1 Road, Shenzhen, CN")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"1,{EL},,A Co,,,,16.05.2019,,,,", "column start_date: found '16.05.2019'"),
        (f"1,{EL},,,,,,,,,,", "column name: found nothing"),
        (f",{EL},,A Co,,,,,,,,", "column entry_id: found nothing"),
    ],
)
def test_entries_that_cannot_be_read_are_quarantined(line, reason, release):
    result = parsed(LIST, SNAPSHOT, snapshot(line), release)
    assert reason in result.quarantined["_reason"].item()


def test_a_list_without_its_columns_is_refused(release):
    with pytest.raises(InputError, match=r"a header with no .*alt_names"):
        LIST.parse(SNAPSHOT, b"_id,source,type,name\n1,EL,,A\n", release, Codes({}))
