"""Revenue by geography from a filing, and chip sales from an archive: axes, bases, totals, spellings, mutated bodies."""

import io
import json
import os
import re
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import ChipflowsError, InputError
from pipelines.live.intake import _validated
from pipelines.schemas.check import failures
from pipelines.sources.contract import Answer, Ask, Kind
from pipelines.sources.epoch_chip_sales import EpochChipSales
from pipelines.sources.parsed import Codes, Release
from pipelines.sources.sec_filings import SecFilings

SEC, EPOCH = SecFilings(), EpochChipSales()
EXAMPLES = int(os.environ.get("CHIPFLOWS_FUZZ", "100"))
LISTED = SEC.asks(SEC.feeds[0], [])[0]
FILING = LISTED.narrow(accession="0001045810-26-000052", filed="2026-05-28", form="10-Q")
INSTANCE = FILING.narrow(file="nvda-20260426_htm.xml")
ARCHIVE = EPOCH.asks(EPOCH.feeds[0], [])[0]
GEOGRAPHY = "srt:StatementGeographicalAxis"
# Quarter to 26 April 2026, USD million: United States, Taiwan, China with Hong Kong, other; and the total.
QUARTER = [
    ("country:US", 63_769),
    ("country:TW", 12_006),
    ("nvda:ChinaIncludingHongKongMember", 4_550),
    ("nvda:OtherCountriesMember", 1_290),
]
TOTAL = 81_615
HEADQUARTERS = "Geographic revenue is based upon the location of customers' headquarters."
OPENING = (
    '<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:iso4217="http://www.xbrl.org/2003/iso4217" '
    'xmlns:us-gaap="http://fasb.org/us-gaap/2025" xmlns:nvda="http://www.nvidia.com/20260426" '
    'xmlns:xbrldi="http://xbrl.org/2006/xbrldi">'
)


def fact(number, millions, *axes, concept="us-gaap:Revenues", unit="usd"):
    """One context and one fact in it."""
    members = "".join(f'<xbrldi:explicitMember dimension="{axis}">{member}</xbrldi:explicitMember>' for axis, member in axes)
    segment = f"<segment>{members}</segment>" if members else ""
    period = "<period><startDate>2026-01-26</startDate><endDate>2026-04-26</endDate></period>"
    context = f'<context id="c{number}"><entity><identifier scheme="s">1</identifier>{segment}</entity>{period}</context>'
    return f'{context}<{concept} contextRef="c{number}" unitRef="{unit}" decimals="-6">{millions}000000</{concept}>'


def instance(*facts, note=HEADQUARTERS):
    unit = '<unit id="usd"><measure>iso4217:USD</measure></unit><unit id="twd"><measure>iso4217:TWD</measure></unit>'
    return f"{OPENING}{unit}{''.join(facts)}<nvda:Note>{note}</nvda:Note></xbrl>".encode()


def quarter():
    areas = [fact(n, millions, (GEOGRAPHY, area)) for n, (area, millions) in enumerate(QUARTER)]
    return [*areas, fact(99, TOTAL)]


def revenue(body, release):
    result = SEC.parse(INSTANCE, body, release, Codes({}))
    assert failures(result.rows, SEC.feeds[0].table).is_empty()
    return result


def test_the_areas_of_the_first_quarter_of_fiscal_2027_add_up_to_the_total(release):
    result = revenue(instance(*quarter()), release)
    assert result.rows["revenue_usd"].to_list() == [Decimal(millions) * 1_000_000 for _, millions in QUARTER]
    assert result.rows["revenue_usd"].sum() == Decimal(81_615_000_000)
    assert [(each.detail, each.published, each.agrees) for each in result.controls] == [(Decimal(81_615_000_000),) * 2 + (True,)]
    row = result.rows.row(2, named=True)
    assert (row["segment_iso3"], row["segment_member"]) == ("CHN", "nvda:ChinaIncludingHongKongMember")
    assert (row["accession"], row["form"], row["filed_on"], row["known_at"]) == (
        "0001045810-26-000052",
        "10-Q",
        *[date(2026, 5, 28)] * 2,
    )
    assert result.rows["segment_iso3"].to_list() == ["USA", "TWN", "CHN", None]


def test_an_area_that_is_missing_breaks_the_control(release):
    (control,) = revenue(instance(*quarter()[1:]), release).controls
    assert not control.agrees
    assert control.told() == (
        "2026-01-26 to 2026-04-26: detail 17846000000.000, published total 81615000000, difference -63769000000.000"
    )


def test_contexts_with_a_further_axis_and_facts_stated_again_are_skipped_by_name(release):
    further = fact(50, 60_000, (GEOGRAPHY, "country:US"), ("srt:ConsolidationItemsAxis", "us-gaap:OperatingSegmentsMember"))
    again = '<us-gaap:Revenues contextRef="c0" unitRef="usd" decimals="-6">63769000000</us-gaap:Revenues>'
    other = fact(51, 5, (GEOGRAPHY, "country:US"), concept="us-gaap:LongLivedAssets")
    result = revenue(instance(*quarter(), further, again, other), release)
    assert result.rows.height == 4
    assert result.skipped == {"further axis": 1, "stated again": 1}


def test_a_filing_whose_geography_always_has_a_further_axis_is_refused(release):
    facts = fact(1, 5, (GEOGRAPHY, "country:US"), ("srt:ConsolidationItemsAxis", "us-gaap:OperatingSegmentsMember"))
    with pytest.raises(InputError, match="1 geographic revenues, all with a further axis"):
        revenue(instance(facts), release)


def test_two_values_of_one_area_are_both_quarantined(release):
    twice = '<us-gaap:Revenues contextRef="c0" unitRef="usd" decimals="-6">63770000000</us-gaap:Revenues>'
    result = revenue(instance(*quarter(), twice), release)
    assert result.rows.height == 3 and result.quarantined.height == 2


def test_another_currency_is_quarantined(release):
    result = revenue(instance(fact(1, 5, (GEOGRAPHY, "country:US"), unit="twd")), release)
    assert "found 'iso4217:TWD'; expected one of iso4217:USD" in result.quarantined["_reason"].item()


@pytest.mark.parametrize(
    ("note", "basis"),
    [
        (HEADQUARTERS, "customer_headquarters"),
        ("Revenue by geographic area is by billing location of the customer.", "billing_location"),
        ("Geographic areas: billing location until 2025, headquarters since.", "not_recognised"),
        ("Headquarters are in Santa Clara.", "not_recognised"),
    ],
)
def test_the_basis_is_what_the_note_says_and_never_a_guess(note, basis, release):
    assert set(revenue(instance(*quarter(), note=note), release).rows["segment_basis"]) == {basis}


def test_the_list_leads_to_indexes_and_an_index_to_its_instance():
    recent = {
        "accessionNumber": ["0001045810-26-000052", "0001045810-26-000060", "0001045810-20-000001"],
        "form": ["10-Q", "8-K", "10-K"],
        "filingDate": ["2026-05-28", "2026-06-01", "2020-02-20"],
    }
    assert SEC.follow(LISTED, json.dumps({"filings": {"recent": recent}}).encode()) == [FILING]
    names = [{"name": name} for name in ("nvda-20260426.htm", "nvda-20260426_htm.xml", "R1.htm")]
    assert SEC.follow(FILING, json.dumps({"directory": {"item": names}}).encode()) == [INSTANCE]
    assert SEC.follow(INSTANCE, instance()) == []
    assert SEC.request(LISTED).base_url == "https://data.sec.gov"
    assert SEC.request(INSTANCE).path == "Archives/edgar/data/1045810/000104581026000052/nvda-20260426_htm.xml"


@pytest.mark.parametrize(
    ("body", "kind", "seconds"),
    [(b"Request Rate Threshold Exceeded", Kind.WAIT, 600), (b"Undeclared Automated Tool", Kind.KEY, None)],
)
def test_the_two_meanings_of_403(body, kind, seconds):
    judged = SEC.judge(LISTED, Answer(403, {}, body))
    assert (judged.kind, judged.wait_seconds) == (kind, seconds)


COLUMNS = "Name,Chip manufacturer,{owner}Start date,End date,{median},{low},{high},Chip type\n"
FLOW = COLUMNS.format(
    owner="Owner,", median="Number of Units", low="Number of Units (5th percentile)", high="Number of Units (95th percentile)"
)
CUMULATIVE = COLUMNS.format(
    owner="",
    median="Compute estimate in H100e (median)",
    low="H100e (5th percentile)",
    high="Compute estimate in H100e (95th percentile)",
)


def packed(**tables):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in tables.items():
            archive.writestr(f"{name}.csv", text)
    return out.getvalue()


def sales(body, release):
    result = EPOCH.parse(ARCHIVE, body, release, Codes({}))
    assert failures(result.rows, EPOCH.feeds[0].table).is_empty()
    return result


def test_flows_and_cumulative_estimates_in_either_spelling(release):
    body = packed(
        owners_quarters=FLOW + 'n,Nvidia,China,1/1/2025,3/31/2025,"1,000",700,1300,H20\n',
        cumulative_by_designer=CUMULATIVE + "n,Huawei,2024-01-01,2025-03-31,200,,,all\n",
        notes="a,b\n1,2\n",
    )
    result = sales(body, release)
    assert result.skipped == {"table without a timeline": 1}
    rows = {row["vendor"]: row for row in result.rows.to_dicts()}
    nvidia, huawei = rows["Nvidia"], rows["Huawei"]
    assert (nvidia["owner"], nvidia["chip"], nvidia["unit"], nvidia["accumulation"]) == ("China", "H20", "units", "flow")
    assert (nvidia["estimate_low"], nvidia["estimate_median"], nvidia["estimate_high"]) == (700, 1000, 1300)
    assert (nvidia["period_start"], nvidia["period_end"]) == (date(2025, 1, 1), date(2025, 3, 31))
    assert (huawei["owner"], huawei["unit"], huawei["accumulation"]) == ("all", "h100_equivalents", "cumulative")
    assert (huawei["estimate_low"], huawei["known_at"]) == (None, release.retrieved)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("n,Nvidia,China,31/12/2025,3/31/2026,1,1,1,H20", "column start: found '31/12/2025'; expected a day"),
        ("n,Nvidia,China,1/1/2026,3/31/2025,1,1,1,H20", "expected an end that is not before the start"),
        ("n,Nvidia,China,1/1/2025,3/31/2025,,1,1,H20", "column median: found nothing"),
        ("n,Nvidia,China,1/1/2025,3/31/2025,5,9,1,H20", "expected low not above high"),
        ("n,Nvidia,China,1/1/2025,3/31/2025,-5,1,9,H20", "column median: found '-5'"),
    ],
)
def test_estimates_that_cannot_be_read_are_quarantined(line, reason, release):
    assert reason in sales(packed(owners=f"{FLOW}{line}\n"), release).quarantined["_reason"].item()


@pytest.mark.parametrize("body", [b"PK\x03\x04", packed(), packed(notes="a\n1\n")])
def test_an_archive_that_is_broken_or_holds_no_timeline_is_refused(body, release):
    with pytest.raises(InputError, match=r"archive that cannot be read|without Chip manufacturer"):
        EPOCH.parse(ARCHIVE, body, release, Codes({}))


def releases(source_id):
    return Release(source_id, "dataset", "body", "0" * 64, date(2026, 9, 20), 30, 30)


BODIES = {
    "sec": (SEC, INSTANCE, instance(*quarter()), lambda body: body),
    "epoch table": (
        EPOCH,
        ARCHIVE,
        (FLOW + "n,Nvidia,China,1/1/2025,3/31/2025,9,7,13,H20\n").encode(),
        lambda body: packed(owners=body),
    ),
    "epoch archive": (EPOCH, ARCHIVE, packed(owners=FLOW + "n,Nvidia,China,1/1/2025,3/31/2025,9,7,13,H20\n"), lambda body: body),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_mutated_body_is_named_or_set_apart(name):
    source, ask, body, wrap = BODIES[name]
    assert source.parse(ask, wrap(body), releases(source.source_id), Codes({})).rows.height

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        st.integers(0, len(body)),
        st.integers(0, 40),
        st.binary(max_size=4) | st.sampled_from([b",", b'"', b"<", b"9" * 30, b"-1"]),
    )
    def check(start, length, piece):
        mutated = wrap(body[:start] + piece + body[start + length :])
        try:
            parsed = _validated(source.parse(ask, mutated, releases(source.source_id), Codes({})), source.feeds[0].table)
        except ChipflowsError as error:
            assert re.search(source.source_id, str(error))
            return
        assert parsed.n_read == parsed.rows.height + parsed.quarantined.height + sum(parsed.skipped.values())

    check()


def test_the_questions_of_a_register_without_periods_are_always_the_same():
    assert Ask("epoch_chip_sales", date(2022, 1, 1), date(2022, 1, 1)) == ARCHIVE
    assert EPOCH.feeds[0].frequency == SEC.feeds[0].frequency == "N"
