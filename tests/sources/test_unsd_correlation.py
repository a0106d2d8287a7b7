"""UN correlation tables: the sheet of links, lost zeros, older spellings, and conversions that would pour waste into chips."""

import csv
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbook import workbook

from pipelines.errors import ChipflowsError, InputError, UsageError
from pipelines.live.intake import _validated
from pipelines.schemas.check import failures
from pipelines.schemas.tables.correlation import HsCorrelation
from pipelines.sources.contract import Answer, Kind
from pipelines.sources.parsed import Codes, Release
from pipelines.sources.unsd_correlation import FILES, UnsdCorrelation

SOURCE = UnsdCorrelation()
FEED = SOURCE.feeds[0]
EXAMPLES = int(os.environ.get("CHIPFLOWS_FUZZ", "100"))
RELEASE = Release("unsd", "unsd_hs_correlation", "book.xlsx", "0" * 64, date(2026, 9, 20), 0, 0)
NAMES = ("HS2022-HS2017 Conversions", "Correlation Tables")
HEADER = ["HS2022", " HS2017", "Relationship"]
LINKS = [["854231", "854231", "n:1"], ["854921", "854231", "n:n"]]
CONVERSIONS = [["From HS2022", "To HS2017"], ["854231", "854231"], ["854921", "854231"]]
SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "hs_concordance" / "unsd_hs2022_hs2017_excerpt.csv"


def question(pair="HS2022-HS2017"):
    (ask,) = SOURCE.asks(FEED, [], pair)
    return ask


def book(*links, header=HEADER, names=NAMES, conversions=CONVERSIONS):
    return workbook({names[0]: conversions, names[1]: [[], header, *links]})


def parse(body, pair="HS2022-HS2017"):
    parsed = SOURCE.parse(question(pair), body, RELEASE, Codes({}))
    assert not failures(parsed.rows, HsCorrelation).height
    return parsed


def links_of(parsed):
    return parsed.rows.select("newer_code", "older_code", "relationship").rows()


def test_one_workbook_for_each_pair_of_neighbouring_revisions():
    assert SOURCE.request(question()).path == "HS2022toHS2017ConversionAndCorrelationTables.xlsx"
    assert SOURCE.request(question("HS2012-HS2007")).path.startswith("HS%202012%20to%20HS%202007")
    assert list(FEED.divisions) == list(FILES)
    with pytest.raises(UsageError, match="HS2022-HS2017"):
        SOURCE.asks(FEED, [], "HS2017-HS2022")  # backwards only


def test_links_are_read_and_conversions_are_not():
    """Converted by machine, waste of 8549 would count as processors: the sheet of conversions is counted, never read."""
    parsed = parse(book(*LINKS))
    assert links_of(parsed) == [("854231", "854231", "n:1"), ("854921", "854231", "n:n")]
    assert parsed.skipped == {"conversion, not used": 2} and parsed.n_read == 4
    only_converted = [*CONVERSIONS, ["854991", "854232"]]
    assert links_of(parse(book(*LINKS, conversions=only_converted))) == links_of(parsed)


def test_codes_get_their_zeros_back_and_lose_their_points():
    filed = [[10121, "0101.21", "1:1"], ["10130", 10190.0, "n:n"], [" 8542.31 ", 854231, "N:1"]]
    assert links_of(parse(book(*filed))) == [
        ("010121", "010121", "1:1"),
        ("010130", "010190", "n:n"),
        ("854231", "854231", "n:1"),
    ]


def test_older_workbooks_spell_names_and_relationships_otherwise():
    names = ("Conversion Tables", "Correlation Tables")
    body = book(["854231", "854221", "n to n"], header=["HS 2007", "HS 2002 ", "relationship".title()], names=names)
    parsed = parse(body, "HS2007-HS2002")
    assert links_of(parsed) == [("854231", "854221", "n:n")]
    assert parsed.rows.select("newer_revision", "older_revision").row(0) == ("H3", "H2")


def test_rows_are_known_from_the_day_of_retrieval_and_empty_rows_are_none():
    parsed = parse(book([], LINKS[0], [" "], [], LINKS[1]))
    assert parsed.rows["source_row"].to_list() == [3, 6]  # the header is the first filled row
    assert parsed.rows["known_at"].to_list() == parsed.rows["vintage_at"].to_list() == [date(2026, 9, 20)] * 2


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["8542.3", "854231", "1:1"], "a code of HS2022 with six digits"),
        (["854231", None, "1:1"], "a code of HS2017 with six digits"),
        (["854231", "8542", "1:1"], "a code of HS2017 with six digits"),
        (["854231", "854239", "1-1"], "one of 1:1, 1:n, n:1, n:n"),
        (["854231", "854239", None], "column relationship: found nothing"),
    ],
)
def test_a_broken_link_is_quarantined_with_its_reason(row, words):
    parsed = parse(book(LINKS[1], row))
    assert len(links_of(parsed)) == 1 and words in parsed.quarantined["_reason"][0]


def test_a_link_that_is_there_twice_is_kept_in_neither():
    parsed = parse(book(LINKS[0], ["854231", "854231", "n:n"], LINKS[1]))
    assert len(links_of(parsed)) == 1 and parsed.quarantined.height == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (workbook({NAMES[0]: CONVERSIONS}), "the sheets HS2022-HS2017 Conversions"),
        (workbook({"Correlation 1": [HEADER], "Correlation 2": [HEADER]}), "one sheet of correlations"),
        (book(*LINKS, header=["HS2022", "HS2012", "Relationship"]), "a header with HS2022, HS2012, Relationship"),
        (book(*LINKS, header=["HS2022", "HS2017"]), "a header with HS2022, HS2017"),
        (book(*LINKS, header=["HS2022", "HS2017", "Relationship", "HS2017"]), "each once"),
        (workbook({"Correlation Tables": []}), "a header with nothing"),
        (b"PK\x03\x04", "a workbook that cannot be read"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "a workbook that cannot be read"),
        (b"", "a workbook that cannot be read"),
        (book(*LINKS)[:-30], "a workbook that cannot be read"),
    ],
)
def test_another_sheet_header_or_half_a_workbook_is_named(body, words):
    with pytest.raises(InputError, match="unsd") as caught:
        parse(body)
    assert words in str(caught.value)


def test_a_workbook_is_judged_by_its_beginning_and_its_end():
    assert SOURCE.judge(question(), Answer(200, {}, book(*LINKS))).kind is Kind.DATA
    assert SOURCE.judge(question(), Answer(200, {}, book(*LINKS)[:500])).kind is Kind.WAIT
    assert SOURCE.judge(question(), Answer(200, {}, b"\xd0\xcf\x11\xe0" + b"\x00" * 600)).kind is Kind.DATA  # an xls
    assert SOURCE.judge(question(), Answer(200, {}, b"HS2022")).kind is Kind.REFUSED


CELLS = st.sampled_from(["854231", "HS2022", "", " ", "1:1", "n:n", "ex 854231", "８54231", "é"]) | st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=5
)
ROWS = st.lists(CELLS | st.integers(0, 10**7) | st.floats(0, 10**7) | st.none(), max_size=5)


def test_any_cells_are_named_or_set_apart():
    @settings(max_examples=EXAMPLES // 4, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.lists(ROWS, max_size=4), st.just(HEADER) | ROWS)
    def check(rows, header):
        try:
            _validated(SOURCE.parse(question(), book(*LINKS, *rows, header=header), RELEASE, Codes({})), HsCorrelation)
        except ChipflowsError as error:
            assert "unsd" in str(error)

    check()


def test_mutated_bytes_are_named():
    whole = book(*LINKS)

    @settings(max_examples=EXAMPLES // 4, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(whole) - 1), st.binary(min_size=1, max_size=8), st.integers(0, 40))
    def check(start, piece, cut):
        try:
            parsed = SOURCE.parse(question(), whole[:start] + piece + whole[start + cut :], RELEASE, Codes({}))
        except ChipflowsError as error:
            assert "unsd" in str(error)
        else:
            assert links_of(parsed) == [tuple(link) for link in LINKS]

    check()


@pytest.mark.skipif(not SAMPLE.exists(), reason="the excerpt is not part of the project")
def test_the_excerpt_of_a_published_workbook():
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    conversions = [row[1:3] for row in rows if "Conversions" in row[0]]
    links = [row[1:] for row in rows if row[0] == "Correlation Tables"]
    assert ["854921", "854231"] in conversions
    parsed = parse(book(*links, conversions=[CONVERSIONS[0], *conversions]))
    assert len(links_of(parsed)) == len(links) and ("854921", "854231", "n:n") in links_of(parsed)
    assert parsed.skipped == {"conversion, not used": len(conversions)}
