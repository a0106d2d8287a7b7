"""Japan's section files: apostrophes, thousand yen, months by name, months that are not out, weights, the list of files."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.errors import InputError
from pipelines.schemas.check import failures
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.sources.contract import Answer, Ask, Kind
from pipelines.sources.japan_customs_api import MONTHS, JapanCustomsApi
from pipelines.sources.parsed import Codes

SOURCE = JapanCustomsApi()
LIST = Ask("jpmof_exports_hs9", date(2026, 1, 1), date(2026, 12, 1))
FILE = LIST.narrow(file="000040000001", chapters="84-85")
COUNTRIES = Codes({"106": "TWN", "105": "CHN"})
HEAD = "Exp or Imp,Year,HS,Country,Unit1,Unit2,Quantity1-Year,Quantity2-Year,Value-Year," + ",".join(
    f"Quantity1-{name},Quantity2-{name},Value-{name}" for name in MONTHS
)


USUAL = {"head": "1,2026", "code": "'852351000'", "country": "106", "units": "NO,KG"}


def line(months=((1, 2, 3), (4, 5, 6)), year=None, **changes):
    cells = [*months, *[(0, 0, 0)] * (12 - len(months))]
    total = year or tuple(sum(part[number] for part in months) for number in range(3))
    return ",".join([*{**USUAL, **changes}.values(), *(str(cell) for part in (total, *cells) for cell in part)])


def body(*lines, head=HEAD):
    return "\r\n".join([head, *lines, ""]).encode()


def parse(make_release, text):
    parsed = SOURCE.parse(FILE, text, make_release(source_id="jpmof"), COUNTRIES)
    assert failures(parsed.rows, TradeObs).rows() == []
    return parsed


def test_one_line_becomes_the_months_that_are_out(make_release):
    parsed = parse(make_release, body(line()))
    assert parsed.rows.select("period_start", "value_local", "quantity", "quantity_unit", "net_kg").rows() == [
        (date(2026, 1, 1), Decimal(3000), Decimal(1), "NO", Decimal(2)),
        (date(2026, 2, 1), Decimal(6000), Decimal(4), "NO", Decimal(5)),
    ]
    row = parsed.rows.row(0, named=True)
    assert (row["product_code"], row["classification"], row["partner_iso3"], row["flow"]) == ("852351000", "JPHS9", "TWN", "X")
    assert (row["currency"], row["value_usd"], row["absence_reason"]) == ("JPY", None, "not_converted")
    assert (parsed.n_read, parsed.skipped) == (12, {"month after the last published one": 10})


def test_a_zero_before_the_last_month_that_is_out_stays(make_release):
    parsed = parse(make_release, body(line(months=((0, 0, 0),)), line(country="105", months=((1, 1, 1), (0, 0, 0), (2, 2, 2)))))
    taiwan = parsed.rows.filter(parsed.rows["partner_iso3"] == "TWN")
    assert taiwan["value_local"].to_list() == [Decimal(0)] * 3


def test_months_are_found_by_name_in_either_spelling(make_release):
    assert parse(make_release, body(line(), head=HEAD.replace("-Apr", "-Apl"))).rows.height == 2


def test_other_headings_are_left_out_by_name(make_release):
    parsed = parse(make_release, body(line(), line(code="'845011000'")))
    assert parsed.skipped["line of a heading that is not followed"] == 12
    assert set(parsed.rows["product_code"]) == {"852351000"} and parsed.n_read == 24


@pytest.mark.parametrize(
    ("units", "quantity", "unit", "kilograms"),
    [
        ("NO,KG", 1, "NO", 2),
        ("  ,KG", None, None, 2),
        ("KG,NO", 2, "NO", 1),
        ("NO,MT", 1, "NO", 2000),
        ("NO,  ", 1, "NO", None),
        ("  ,  ", None, None, None),
    ],
)
def test_units_decide_what_a_quantity_is(make_release, units, quantity, unit, kilograms):
    row = parse(make_release, body(line(units=units))).rows.row(0, named=True)
    assert (row["quantity"], row["quantity_unit"], row["net_kg"]) == (quantity, unit, kilograms)


def test_months_are_held_against_the_year_so_far(make_release):
    good = parse(make_release, body(line()))
    assert [(control.detail, control.agrees) for control in good.controls] == [(Decimal(9), True)]
    bad = parse(make_release, body(line(year=(5, 7, 10)), line(country="105")))
    assert [control.told() for control in bad.controls if not control.agrees][1].startswith(
        "852351000 106 thousand yen: detail 9"
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"head": "2,2026"}, "column Exp or Imp: found '2'; expected one of 1"),
        ({"head": "1,2025"}, "column Year: found '2025'; expected one of 2026"),
        ({"country": "999"}, "column Country: found '999'"),
        ({"code": "'8523'"}, "column HS: found '8523'; expected a code of 9 digits"),
    ],
)
def test_bad_lines_are_quarantined_with_each_month(make_release, changes, reason):
    parsed = parse(make_release, body(line(**changes)))
    assert parsed.rows.height == 0 and parsed.quarantined.height == 2
    assert all(reason in told for told in parsed.quarantined["_reason"])


def test_a_missing_month_refuses_the_file(make_release):
    with pytest.raises(InputError, match=r"jpmof.*without Value-Dec"):
        parse(make_release, body(line().rsplit(",", 1)[0], head=HEAD.rsplit(",", 1)[0]))


ENTRY = '<div>{words}</div><a href="/stat-search/file-download?statInfId={number}&amp;fileKind=1">CSV</a>'
EXCEL = '<a href="/stat-search/file-download?statInfId={number}&amp;fileKind=0">EXCEL</a>'


@pytest.mark.parametrize("words", ["16部 84-85類 輸出 1-6月", "Section XVI Chapter 84-85 Export Jan-Jun", "84類", "Chapter 85"])
def test_the_list_leads_to_the_files_of_chapters_84_and_85(words):
    other = ENTRY.format(words="6部 28-38類", number="000040000000")
    page = (other + EXCEL.format(number="000040000001") + ENTRY.format(words=words, number="000040000001")).encode()
    assert SOURCE.judge(LIST, Answer(200, {}, page)).kind is Kind.LIST
    further = SOURCE.follow(LIST, page)
    assert [question.get("file") for question in further] == ["000040000001"]
    assert SOURCE.request(further[0]).params == (("statInfId", "000040000001"), ("fileKind", "1"))


def test_one_list_a_year_whatever_the_months():
    asks = SOURCE.asks(SOURCE.feed("jpmof_imports_hs9"), [date(2025, 12, 1), date(2026, 5, 1), date(2026, 6, 1)])
    assert [(question.start, question.end) for question in asks] == [
        (date(2025, 1, 1), date(2025, 12, 1)),
        (date(2026, 1, 1), date(2026, 12, 1)),
    ]
    assert ("tclass2", "000001013182") in SOURCE.request(asks[0]).params and ("year", "20250") in SOURCE.request(asks[0]).params


def test_a_page_in_place_of_a_file_is_waited_for():
    assert SOURCE.judge(FILE, Answer(200, {}, b"<html>busy</html>")).kind is Kind.WAIT
    assert SOURCE.judge(FILE, Answer(200, {}, b"a,b\r\n1,2\r\n")).kind is Kind.REFUSED
