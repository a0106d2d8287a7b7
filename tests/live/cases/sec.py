"""SEC: a list of filings, the index of one, and its instance with the four areas of a quarter and what is left aside."""

import json
from datetime import date
from decimal import Decimal

from publisher import Reply

from cases import Case, Own

ACCESSION, FILE = "0001045810-26-000052", "nvda-20260426_htm.xml"
AREAS = {
    "country:US": 63_769, "country:TW": 12_006, "nvda:ChinaIncludingHongKongMember": 4_550, "nvda:OtherCountriesMember": 1_290,
}  # fmt: skip
TOTAL = 81_615
PERIOD = "<period><startDate>2026-01-26</startDate><endDate>2026-04-26</endDate></period>"
SPACES = {
    "xmlns": "http://www.xbrl.org/2003/instance",
    "xmlns:iso4217": "http://www.xbrl.org/2003/iso4217",
    "xmlns:us-gaap": "http://fasb.org/us-gaap/2025",
    "xmlns:nvda": "http://www.nvidia.com/20260426",
    "xmlns:srt": "http://fasb.org/srt/2025",
    "xmlns:country": "http://xbrl.sec.gov/country/2025",
    "xmlns:xbrldi": "http://xbrl.org/2006/xbrldi",
}
OPENING = "<xbrl " + " ".join(f'{name}="{uri}"' for name, uri in SPACES.items()) + ">"
NOTE = "Revenue by geographic area is based upon the location of the customers&#8217; headquarters."


def member(axis, value):
    return f'<xbrldi:explicitMember dimension="{axis}">{value}</xbrldi:explicitMember>'


def context(name, *members):
    segment = f"<segment>{''.join(members)}</segment>" if members else ""
    entity = f'<entity><identifier scheme="http://www.sec.gov/CIK">0001045810</identifier>{segment}</entity>'
    return f'<context id="{name}">{entity}{PERIOD}</context>'


def fact(name, millions, concept="Revenues"):
    return f'<us-gaap:{concept} contextRef="{name}" decimals="-6" unitRef="usd">{millions}000000</us-gaap:{concept}>'


def instance(areas=AREAS, note=NOTE, more=""):
    axis = "srt:StatementGeographicalAxis"
    contexts = [context("all"), *(context(f"c{n}", member(axis, area)) for n, area in enumerate(areas))]
    contexts.append(
        context("both", member(axis, "country:US"), member("srt:ConsolidationItemsAxis", "us-gaap:OperatingSegmentsMember"))
    )
    facts = [fact("all", TOTAL), *(fact(f"c{n}", millions) for n, millions in enumerate(areas.values()))]
    facts += [fact("both", 60_000), fact("c0", next(iter(areas.values()))), fact("c0", 5, "LongLivedAssets")]
    unit = '<unit id="usd"><measure>iso4217:USD</measure></unit>'
    text = f'<nvda:NoteTextBlock contextRef="all">{note}</nvda:NoteTextBlock>'
    return (OPENING + "".join([*contexts, unit, *facts, text, more]) + "</xbrl>").encode()


def submissions():
    recent = {
        "accessionNumber": ["0001045810-26-000060", ACCESSION, "0001045810-22-000001"],
        "form": ["8-K", "10-Q", "10-Q"],
        "filingDate": ["2026-06-01", "2026-05-28", "2022-05-28"],
    }
    return json.dumps({"cik": "1045810", "filings": {"recent": recent}}).encode()


def index():
    names = ["nvda-20260426.htm", FILE, "R1.htm", "MetaLinks.json"]
    return json.dumps({"directory": {"name": "/Archives", "item": [{"name": name, "size": "1"} for name in names]}}).encode()


def healthy(asked):
    assert "desk@example.org" in asked.headers["user-agent"]
    if asked.path.endswith(".xml"):
        return Reply(instance())
    return Reply(index() if asked.path.endswith("index.json") else submissions())


OWN = {
    "no contact in the User-Agent": Own(lambda asked: Reply(b"<html>Undeclared Automated Tool</html>", 403), "key", "contact"),
    "a block for asking too fast": Own(
        lambda asked: Reply(b"<html>Request Rate Threshold Exceeded</html>", 403), "wait", "too fast"
    ),
    "a list of another layout": Own(lambda asked: Reply(b'{"filings": []}'), "refused", "without what it should name"),
    "half a list": Own(lambda asked: Reply(submissions()[:-5]), "list"),
}
CASES = [
    Case(
        "sec",
        "sec_nvidia_geography",
        months=(date(2023, 1, 1),),
        healthy=healthy,
        n_rows=4,
        total=Decimal(TOTAL) * 1_000_000,
        measure="revenue_usd",
        empty_kind="empty",
        forbidden_kind="key",
        own=OWN,
        revised=lambda text: text.replace(b"4550000000", b"4551000000"),
        misencoded=lambda text: text.replace(b"nvda-20260426_htm", b"nvda\xc920260426_htm").replace(b"location", b"loc\xc9ation"),
        is_archive=True,
    )
]
