"""Korea nitemtrade: two flows in one item, the total as control, commas, hsCd and hsCode, both spellings of the key."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.errors import InputError
from pipelines.live.client import Client
from pipelines.live.settings import Secret, Setting
from pipelines.schemas.check import failures
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.sources.contract import Answer, Ask, Kind
from pipelines.sources.korea_customs_api import KoreaCustomsApi
from pipelines.sources.parsed import Codes

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "korea"
SOURCE = KoreaCustomsApi()
JUNE = Ask("kcs_trade_hsk10", date(2026, 6, 1), date(2026, 6, 1)).narrow(code="854232")
COUNTRIES = Codes({"CN": "CHN", "TW": "TWN"})


USUAL = {
    "expDlr": "700",
    "expWgt": "7",
    "hsCd": "8542321010",
    "impDlr": "50",
    "impWgt": "5",
    "statCd": "CN",
    "year": "2026.06",
}


def item(**changes):
    cells = {name: value for name, value in {**USUAL, **changes}.items() if value is not None}
    return "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in cells.items()) + "</item>"


def total(word="총계", exports="700", export_kg="7"):
    return item(year=word, hsCd="-", statCd="-", expDlr=exports, expWgt=export_kg)


def body(*items):
    header = "<header><resultCode>00</resultCode></header>"
    return f"<response>{header}<body><items>{''.join(items)}</items></body></response>".encode()


def parse(make_release, *items):
    parsed = SOURCE.parse(JUNE, body(*items), make_release(source_id="kcs"), COUNTRIES)
    assert failures(parsed.rows, TradeObs).rows() == []
    return parsed


def test_one_item_is_two_records(make_release):
    parsed = parse(make_release, item())
    found = parsed.rows.select("flow", "value_usd", "net_kg", "value_basis", "trade_basis", "source_row").rows()
    assert found == [
        ("X", Decimal(700), Decimal(7), "FOB", "total_exports", 101),
        ("M", Decimal(50), Decimal(5), "CIF", "imports", 102),
    ]
    assert (parsed.n_read, parsed.rows["classification"].to_list()) == (2, ["HSK10", "HSK10"])


def test_commas_between_thousands_are_read_and_others_refused(make_release):
    good = parse(make_release, item(expDlr="1,234,567"))
    assert good.rows["value_usd"][0] == Decimal(1234567)
    bad = parse(make_release, item(expDlr="1,23"))
    assert bad.rows["flow"].to_list() == ["M"] and "found '1,23'" in bad.quarantined["_reason"].item()


def test_the_name_of_the_sister_service_serves_too(make_release):
    assert parse(make_release, item(hsCd=None, hsCode="8542321010")).rows["product_code"].to_list() == ["8542321010"] * 2


@pytest.mark.parametrize("word", ["총계", "합계"])
def test_the_total_is_the_control_and_no_row(make_release, word):
    taiwan = item(statCd="TW", expDlr="300", expWgt="3", impDlr="0", impWgt="0")
    parsed = parse(make_release, total(word, "1,000", "10"), item(), taiwan)
    assert parsed.rows.height == 4 and parsed.skipped == {"grand total of the answer": 2} and parsed.n_read == 6
    assert [(control.name, control.detail, control.agrees) for control in parsed.controls] == [
        ("X USD", Decimal(1000), True),
        ("X kg", Decimal(10), True),
        ("M USD", Decimal(50), True),
        ("M kg", Decimal(5), True),
    ]


def test_a_total_that_does_not_agree_is_told_with_its_numbers(make_release):
    parsed = parse(make_release, total(exports="701"), item())
    assert [control.told() for control in parsed.controls if not control.agrees] == [
        "X USD: detail 700.000, published total 701, difference -1.000"
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"statCd": "ZZ"}, "column statCd: found 'ZZ'"),
        ({"year": "2026.05"}, "column year: found '2026.05'; expected one of 2026.06"),
        ({"hsCd": "85423210"}, "expected an HS code of 4 or 6 digits or an HSK code of 10"),
        ({"hsCd": "8471301000"}, "expected a line of 854232"),
        ({"expWgt": "-1", "impWgt": "-1"}, "a number that is not negative"),
    ],
)
def test_bad_items_are_quarantined(make_release, changes, reason):
    parsed = parse(make_release, item(**changes))
    assert parsed.rows.height == 0 and parsed.quarantined.height == 2
    assert all(reason in told for told in parsed.quarantined["_reason"])


def test_a_body_without_items_is_refused(make_release):
    with pytest.raises(InputError, match=r"kcs.*without items"):
        SOURCE.parse(JUNE, body(), make_release(source_id="kcs"), COUNTRIES)


def test_a_span_is_put_as_it_is_and_split_by_month():
    span = Ask("kcs_trade_hsk10", date(2026, 1, 1), date(2026, 3, 1)).narrow(code="8542", country="TW")
    assert SOURCE.request(span).params == (("strtYymm", "202601"), ("endYymm", "202603"), ("hsSgn", "8542"), ("cntyCd", "TW"))
    assert [part.start.month for part in SOURCE.split(span)] == [1, 2, 3]


@pytest.mark.parametrize("given", ["a+b/c==", "a%2Bb%2Fc%3D%3D", "a%2bb%2fc%3d%3d"])
def test_either_spelling_of_the_key_is_sent_once_encoded(given):
    with Client("kcs", SOURCE.terms, Setting(key=Secret(given))) as client:
        sent = client._keyed("http://publisher.test/x")
        assert sent == "http://publisher.test/x?serviceKey=a%2Bb%2Fc%3D%3D"
        assert client.setting.hide(f"{sent} {given} a+b/c==") == "http://publisher.test/x?serviceKey=*** *** ***"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the recorded answers are not part of the project")
def test_the_recorded_total_row(make_release):
    fragment = (SAMPLES / "nitemtrade_total_row_fragment.xml").read_text(encoding="utf-8")
    first = fragment[: fragment.index("</item>") + len("</item>")] + "</items></body></response>"
    assert SOURCE.judge(JUNE, Answer(200, {}, first.encode())).kind is Kind.NOT_YET
    assert SOURCE.judge(JUNE, Answer(200, {}, fragment.encode())).kind is Kind.WAIT  # cut by its author
    parsed = SOURCE.parse(JUNE, first.encode(), make_release(source_id="kcs"), COUNTRIES)
    assert parsed.skipped == {"grand total of the answer": 2}
    assert Decimal(480231657) in [control.published for control in parsed.controls]
