"""Hong Kong Trade IDDS: thousands, quantities beside values, origins as second partner, failures inside 200, the peg."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.errors import InputError
from pipelines.schemas.check import failures
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.sources.contract import Answer, Ask, Kind
from pipelines.sources.hong_kong_trade import HongKongTrade
from pipelines.sources.parsed import Codes

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "hongkong"
SOURCE = HongKongTrade()
MAY = date(2026, 5, 1)
COUNTRIES = Codes({"CN": "CHN", "TW": "TWN", "KR": "KOR"}, {"CN": "156", "TW": "490", "KR": "410"})


def ask(dataset="hkcsd_imports", month=MAY, partner="ALL", codes="854231", end=None):
    return Ask(dataset, month, end or month).narrow(codes=codes, partner=partner)


def body(*rows):
    filed = [{"period": "202605", "sv": "VCm", "code": "854231", "unitEN": "HK$ thousand", **row} for row in rows]
    return json.dumps({"header": {"status": {"name": "Success"}}, "dataSet": filed}).encode()


def parse(make_release, question, *rows):
    parsed = SOURCE.parse(question, body(*rows), make_release(source_id="hkcsd"), COUNTRIES)
    assert failures(parsed.rows, TradeObs).rows() == []
    return parsed


def judged(text, question=None, status=200):
    return SOURCE.judge(question or ask(), Answer(status, {}, text))


def test_a_value_in_thousands_becomes_dollars_and_stays_unconverted(make_release):
    row = parse(make_release, ask(), {"co": "TW", "figure": "141590694"}).rows.row(0, named=True)
    assert (row["value_local"], row["currency"], row["value_usd"]) == (Decimal(141_590_694_000), "HKD", None)
    assert (row["absence_reason"], row["local_per_usd"]) == ("not_converted", None)
    assert (row["flow"], row["value_basis"], row["classification"], row["partner_iso3"]) == ("M", "CIF", "HS", "TWN")


def test_a_quantity_stands_in_the_row_of_its_value(make_release):
    parsed = parse(
        make_release,
        ask(),
        {"co": "TW", "figure": "50"},
        {"co": "KR", "figure": "20"},
        {"co": "TW", "sv": "QCm", "figure": "7", "unitEN": "Number"},
    )
    assert parsed.rows.select("partner_iso3", "quantity", "quantity_unit").rows() == [
        ("TWN", Decimal(7), "Number"),
        ("KOR", None, None),
    ]
    assert (parsed.n_read, parsed.skipped) == (3, {"quantity, told in the row of its value": 1})


def test_a_quantity_without_a_value_is_quarantined(make_release):
    parsed = parse(make_release, ask(), {"co": "TW", "sv": "QCm", "figure": "7", "unitEN": "Number"})
    assert parsed.rows.height == 0
    assert "expected a value of the same cell" in parsed.quarantined["_reason"].item()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"co": "ZZ", "figure": "1"}, "column co: found 'ZZ'; expected a country"),
        ({"figure": "1"}, "column co: found nothing; expected a country"),
        ({"co": "TW", "figure": "1", "period": "202604"}, "column period: found '202604'"),
        ({"co": "TW", "figure": "n.a."}, "column figure: found 'n.a.'"),
        ({"co": "TW", "figure": "９50"}, "column figure: found '９50'"),
        ({"co": "TW", "figure": "1", "code": "８542"}, "column code: found '８542'"),
        ({"co": "TW", "figure": "1", "code": "85"}, "column code: found '85'"),
        ({"co": "TW", "figure": "1", "sv": "VCy"}, "column sv: found 'VCy'"),
        ({"co": "TW", "figure": "-1", "sv": "QCm"}, "a quantity that is not negative"),
    ],
)
def test_bad_rows_are_quarantined(make_release, row, reason):
    parsed = parse(make_release, ask(), row)
    assert parsed.rows.height == 0 and reason in parsed.quarantined["_reason"].item()


def test_world_is_a_question_of_its_own(make_release):
    row = parse(make_release, ask(partner="WORLD"), {"figure": "5"}).rows.row(0, named=True)
    assert (row["partner_iso3"], row["value_local"]) == ("WLD", Decimal(5000))
    assert not [name for name, _ in SOURCE.request(ask(partner="WORLD")).params if name in ("co", "cc", "coclass", "ccclass")]


def test_an_origin_is_the_second_partner_of_a_reexport(make_release):
    question = ask("hkcsd_origin_reexports", partner="CN")
    row = parse(make_release, question, {"co": "TW", "cc": "CN", "figure": "5"}).rows.row(0, named=True)
    assert (row["flow"], row["partner_iso3"], row["partner2_code"], row["value_basis"]) == ("RX", "CHN", "490", "FOB")
    assert {("ccclass", "C"), ("cc", "CN"), ("coclass", "C"), ("co", "ALL")} <= set(SOURCE.request(question).params)
    other = parse(make_release, question, {"co": "TW", "cc": "KR", "figure": "5"})
    assert "expected one of CN" in other.quarantined["_reason"].item()


@pytest.mark.parametrize(
    ("dataset", "flow", "basis", "number"),
    [
        ("hkcsd_imports", "M", "imports", "1"),
        ("hkcsd_imports_consignment", "MC", "imports", "1"),
        ("hkcsd_domestic_exports", "DX", "domestic_exports", "2"),
        ("hkcsd_reexports", "RX", "total_exports", "3"),
        ("hkcsd_total_exports", "X", "total_exports", "4"),
    ],
)
def test_types_of_trade(make_release, dataset, flow, basis, number):
    side = "co" if dataset == "hkcsd_imports" else "cc"
    row = parse(make_release, ask(dataset), {side: "CN", "figure": "5"}).rows.row(0, named=True)
    assert (row["flow"], row["trade_basis"], row["partner_iso3"]) == (flow, basis, "CHN")
    assert ("ttype", number) in SOURCE.request(ask(dataset)).params


def test_no_more_than_twenty_codes_a_call_and_all_of_them():
    asks = SOURCE.asks(SOURCE.feed("hkcsd_total_exports"), [MAY])
    codes = [question.get("codes").split(",") for question in asks if question.get("partner") == "ALL"]
    assert max(map(len, codes)) <= 20 and {len(code) for part in codes for code in part} == {4, 6}
    assert all(len({len(code) for code in part}) == 1 for part in codes)
    flat = [code for part in codes for code in part]
    assert len(flat) == len(set(flat)) and {"8542", "854231", "854142", "847330"} <= set(flat)
    assert len(SOURCE.asks(SOURCE.feed("hkcsd_origin_reexports"), [MAY], "CN")) == len(codes)


def test_codes_follow_the_revision_of_the_month():
    def asked(year):
        asks = SOURCE.asks(SOURCE.feed("hkcsd_total_exports"), [date(year, 1, 1)])
        return {code for question in asks for code in question.get("codes").split(",")}

    assert "854140" in asked(2021) and "854142" not in asked(2021)
    assert "854142" in asked(2022) and "854140" not in asked(2022)


def test_a_span_that_ends_too_late_is_asked_month_by_month():
    message = json.dumps({"header": {"status": {"name": "Fail", "message": ["Period code (202606) is not defined"]}}}).encode()
    span = ask(end=date(2026, 6, 1))
    assert judged(message, span).kind is Kind.SPLIT
    assert [(part.start.month, part.end.month) for part in SOURCE.split(span)] == [(5, 5), (6, 6)]
    assert judged(message).kind is Kind.NOT_YET


@pytest.mark.parametrize(("what", "kind"), [("Commodity code (854231)", Kind.SPLIT), ("Country code (ZZ)", Kind.REFUSED)])
def test_only_a_code_of_the_question_is_split_off(what, kind):
    message = json.dumps({"header": {"status": {"name": "Fail", "message": [f"{what} is not defined"]}}}).encode()
    assert judged(message, ask(codes="854231,854232")).kind is kind


def test_a_body_of_another_shape_is_refused(make_release):
    with pytest.raises(InputError, match=r"hkcsd.*without dataSet"):
        SOURCE.parse(ask(), b'{"header": {}}', make_release(source_id="hkcsd"), COUNTRIES)


def test_the_canonical_body_leaves_the_header_aside():
    one, two = body({"figure": "1"}), body({"figure": "1"}).replace(b"Success", b"Done")
    assert SOURCE.canonical(one) == SOURCE.canonical(two) != SOURCE.canonical(body({"figure": "2"}))


def test_hong_kong_dollars_over_comtrade_dollars_give_the_monthly_rate(make_release):
    # the same ratio as published for January 2025, on smaller numbers: 7785 thousand HKD beside one million dollars
    row = parse(make_release, ask(), {"co": "TW", "figure": "7785"}).rows.row(0, named=True)
    assert round(row["value_local"] / Decimal(1_000_000), 3) == Decimal("7.785")


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the recorded answers are not part of the project")
def test_the_recorded_answer_gives_the_rate_of_comtrade(make_release):
    recorded = json.loads((SAMPLES / "tradeidds_8542_2025_trimmed.json").read_text())
    # trimmed by its author: code and kind of figure are put back
    filed = [{**row, "code": "8542", "sv": "VCm"} for row in recorded["dataSet"]]
    text = json.dumps({**recorded, "dataSet": filed}).encode()
    question = Ask("hkcsd_total_exports", date(2025, 1, 1), date(2025, 2, 1)).narrow(codes="8542", partner="WORLD")
    rows = SOURCE.parse(question, text, make_release(source_id="hkcsd"), COUNTRIES).rows
    january = rows.filter(pl.col("period_start") == date(2025, 1, 1))["value_local"].item()
    assert round(january / Decimal("18187629122.738"), 3) == Decimal("7.785")
    not_out = (SAMPLES / "tradeidds_period_not_out.json").read_bytes()
    assert judged(not_out).kind is Kind.NOT_YET
