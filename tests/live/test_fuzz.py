"""Mutated bodies: a parser names the fault or sets rows apart; it never ends in a bare traceback and never loses a row."""

import os
import tomllib
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from cases import all_cases
from cases.dropped import FILES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publisher import Asked

from pipelines.errors import ChipflowsError
from pipelines.home import Home
from pipelines.live.client import Client
from pipelines.live.intake import _validated, codes_for
from pipelines.live.registry import live_source
from pipelines.live.settings import Setting
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.sources.contract import Answer, Ask, Kind
from pipelines.sources.parsed import Release

EXAMPLES = int(os.environ.get("CHIPFLOWS_FUZZ", "100"))  # `make fuzz` takes 2,000 for each parser
NASTY = [
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b",", b";", b'"', b"'", b"\n", b"\r\n", b"[", b"]", b"{", b"}", b"<", b"</",
    b"&#0;", b"null", b"NaN", b"-", b"-1", b"1e400", b"99999999999999999999999", b"0.0000000001", b"\xc9", "９".encode(),
    b"2026-13", b"true",
]  # fmt: skip


def answer_of(source, case, ask):
    """What the healthy publisher of a case says to a question."""
    with Client(case.source_id, source.terms, Setting(base_url="http://publisher.test")) as client:
        address = urlsplit(client.address(source.request(ask)))
    return case.healthy(Asked(address.path, tuple(parse_qsl(address.query)), {})).body


def parser_of(case):
    """The pure parser of a case as a function of bytes, and a healthy body."""
    source = live_source(case.source_id)
    feed = source.feed(case.dataset_id)
    ask = source.asks(feed, case.months, case.division)[0]
    body = answer_of(source, case, ask)
    if source.judge(ask, Answer(200, {}, body)).kind is Kind.LIST:
        ask = source.follow(ask, body)[0]
        body = answer_of(source, case, ask)
    release = Release(case.source_id, case.dataset_id, "body", "0" * 64, date(2026, 9, 20), 30, 30)
    codes = codes_for(source, Home.from_environment())
    return feed, body, lambda mutated: source.parse(ask, mutated, release, codes)


@st.composite
def mutations(draw, body):
    """The body after one to four cuts, repeats, swaps or insertions."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(0, len(body) - 1)))
        end = draw(st.integers(start, min(len(body), start + 60)))
        piece = draw(st.sampled_from(NASTY) | st.binary(max_size=4) | st.just(body[start:end] * 2))
        body = body[:start] + piece + body[end:]
    return body


@pytest.mark.parametrize("case", [c for c in all_cases() if not c.is_archive and not c.shares_parser], ids=lambda case: case.name)
def test_a_mutated_body_is_named_or_set_apart(case):
    feed, body, parse = parser_of(case)
    whole = parse(body)
    assert whole.rows.height and not whole.quarantined.height

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(mutations(body))
    def check(mutated):
        try:
            parsed = _validated(parse(mutated), feed.table)
        except ChipflowsError as error:
            assert case.source_id in str(error)
            return
        assert parsed.n_read == parsed.rows.height + parsed.quarantined.height + sum(parsed.skipped.values())
        if case.n_records is not None and (filed := case.n_records(mutated)) is not None:
            assert parsed.n_read == filed

    check()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_mutated_dropped_file_is_named_or_set_apart(file):
    source = live_source(file.source_id)
    told = {name: str(value) for name, value in tomllib.loads(file.sidecar).items()}
    ask = Ask(told["dataset"], *(date.fromisoformat(f"{told[name]}-01") for name in ("first", "last")))  # type: ignore
    ask = ask.narrow(**({"flow": told["flow"]} if "flow" in told else {}))
    release = Release(file.source_id, ask.dataset_id, file.name, "0" * 64, date(2026, 9, 20), 30, 30)
    codes = codes_for(source, Home.from_environment())

    @settings(max_examples=EXAMPLES // 2, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(mutations(file.body))
    def check(mutated):
        try:
            parsed = _validated(source.parse(ask, mutated, release, codes), TradeObs)
        except ChipflowsError as error:
            assert file.source_id in str(error)
            return
        assert parsed.n_read == parsed.rows.height + parsed.quarantined.height + sum(parsed.skipped.values())

    check()
