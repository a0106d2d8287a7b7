"""Thailand: figures as text, two currencies, the cap of ten, headings split into subheadings."""

import json
from datetime import date
from decimal import Decimal

import pytest

from pipelines.errors import InputError
from pipelines.schemas.check import failures
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.sources.contract import Answer, Ask, Kind
from pipelines.sources.parsed import Codes
from pipelines.sources.thailand_trade import ThailandTrade

SOURCE = ThailandTrade()
JUNE = Ask("thmoc_exports_hs", date(2026, 6, 1), date(2026, 6, 1)).narrow(code="8471")
COUNTRIES = Codes({"TW": "TWN", "US": "USA"})


def row(**changes):
    return {"year": "2026", "month": "6", "country_code": "TW", "value_usd": "1700.25", "value_baht": "55000", **changes}


def parse(make_release, *rows, question=JUNE):
    parsed = SOURCE.parse(question, json.dumps(rows).encode(), make_release(source_id="thmoc"), COUNTRIES)
    assert failures(parsed.rows, TradeObs).rows() == []
    return parsed


def test_both_currencies_are_the_publishers(make_release):
    found = parse(make_release, row()).rows.row(0, named=True)
    assert (found["value_usd"], found["value_local"], found["currency"]) == (Decimal("1700.25"), Decimal(55000), "THB")
    assert (found["product_code"], found["flow"], found["value_basis"]) == ("8471", "X", "FOB")
    assert (found["quantity"], found["absence_reason"]) == (None, None)


@pytest.mark.parametrize("month", [6, "6", "06"])
def test_months_come_as_number_or_text(make_release, month):
    assert parse(make_release, row(month=month)).rows["period_end"].to_list() == [date(2026, 6, 30)]


def test_imports_are_cif(make_release):
    question = Ask("thmoc_imports_hs", JUNE.start, JUNE.end).narrow(code="854231")
    found = parse(make_release, row(), question=question).rows.row(0, named=True)
    assert (found["flow"], found["value_basis"], found["product_code"]) == ("M", "CIF", "854231")


def test_a_country_without_trade_in_the_month_is_left_out_by_name(make_release):
    parsed = parse(make_release, row(), row(country_code="US", value_usd="0", value_baht="0.00"))
    assert parsed.rows.height == 1
    assert parsed.skipped == {"country with trade earlier in the year and none in the month": 1} and parsed.n_read == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"country_code": "ZZ"}, "column country_code: found 'ZZ'"),
        ({"year": "2569"}, "column year: found '2569'; expected one of 2026"),
        ({"month": "5"}, "column month: found '5'"),
        ({"value_usd": "-"}, "column value_usd: found '-'"),
    ],
)
def test_bad_rows_are_quarantined(make_release, changes, reason):
    parsed = parse(make_release, row(**changes))
    assert parsed.rows.height == 0 and reason in parsed.quarantined["_reason"].item()


def test_ten_countries_are_taken_for_a_cut_answer():
    body = json.dumps([row() for _ in range(10)]).encode()
    assert SOURCE.judge(JUNE, Answer(200, {}, body)).kind is Kind.SPLIT
    parts = SOURCE.split(JUNE)
    assert [part.get("code") for part in parts][:3] == ["847130", "847141", "847149"] and len(parts) == 8
    assert SOURCE.split(parts[0]) == []


def test_an_object_is_no_list(make_release):
    with pytest.raises(InputError, match=r"thmoc.*an object"):
        SOURCE.parse(JUNE, b'{"a": 1}', make_release(source_id="thmoc"), COUNTRIES)
