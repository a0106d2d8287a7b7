"""Korea Customs files: HS and HSK codes, OTHER, both flows of the item file, weights rounded to zero, open year."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.errors import InputError
from pipelines.sources.korea_customs import parse_country, parse_item

COUNTRY = "월,품목명,HS코드,국가코드,국가명,수출금액_USD,수출중량_KG\r\n"
ITEM = "월,대표품목,조회_HS코드,세부_HS코드,세부품목명,수출금액_USD,수출중량_KG,수입금액_USD,수입중량_KG\r\n"


def country(*lines):
    return (COUNTRY + "".join(f"{line}\r\n" for line in lines)).encode()


def test_country_rows(release, codes, valid):
    body = country("2020.02,MCP,8542323000,CN,중국,700,3", "2026.08,전체,8542,OTHER,기타,500,0")
    rows = valid(parse_country(body, release, codes)).to_dicts()
    assert [row["partner_iso3"] for row in rows] == ["CHN", "XOT"]
    assert [(row["classification"], row["product_code"]) for row in rows] == [("HSK10", "8542323000"), ("HS", "8542")]
    assert [(row["period_start"], row["period_end"], row["frequency"]) for row in rows] == [
        (date(2020, 2, 1), date(2020, 2, 29), "M"),
        (date(2026, 8, 1), date(2026, 8, 31), "M"),
    ]
    assert [row["source_row"] for row in rows] == [2, 3]
    assert rows[0]["value_usd"] == Decimal("700.000")
    assert (rows[0]["flow"], rows[0]["value_basis"], rows[0]["trade_basis"]) == ("X", "FOB", "total_exports")


def test_months_of_the_year_of_retrieval_are_provisional(release, codes, valid):
    body = country("2025.12,MCP,8542,CN,중국,1,1", "2026.01,MCP,8542,CN,중국,1,1")
    assert valid(parse_country(body, release, codes))["period_status"].to_list() == ["final", "provisional"]


def test_known_at_is_the_lag_but_never_after_retrieval(release, codes, valid):
    body = country("2020.01,MCP,8542,CN,중국,1,1", "2026.09,MCP,8542,CN,중국,1,1")
    rows = valid(parse_country(body, release, codes))
    assert rows["known_at"].to_list() == [date(2020, 2, 15), date(2026, 10, 9)]
    assert rows["vintage_at"].to_list() == [date(2026, 10, 9)] * 2


def test_zero_rows_and_weights_rounded_to_zero_stay(release, codes, valid):
    body = country("2020.01,MCP,8542,CN,중국,0,0", "2020.01,MCP,8542,US,미국,120,0")
    rows = valid(parse_country(body, release, codes))
    assert rows["value_usd"].to_list() == [Decimal(0), Decimal(120)]
    assert rows["net_kg"].to_list() == [Decimal(0), Decimal(0)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2020.01,MCP,8542,ZZ,?,1,1", "column 국가코드: found 'ZZ'; expected a country"),
        ("2020.13,MCP,8542,CN,중국,1,1", "column 월: found '2020.13'; expected a month"),
        ("2020.01,MCP,85423,CN,중국,1,1", "column HS코드: found '85423'; expected an HS code"),
        ("2020.01,MCP,8542,CN,중국,1 000,1", "column 수출금액_USD: found '1 000'; expected a number"),
        ("2020.01,MCP,8542,CN,중국,,1", "column 수출금액_USD: found nothing; expected a number"),
        ("2020.01,MCP,8542,CN,중국,1,-4", "column 수출중량_KG: found '-4'; expected a number that is not negative"),
        ("2020.01,MCP,8542,CN,중국,1", "6 fields under 7 headers"),
    ],
)
def test_bad_rows_are_quarantined_with_a_reason(release, codes, valid, line, reason):
    parsed = parse_country(country("2020.01,MCP,8542,US,미국,9,9", line), release, codes)
    assert valid(parsed).height == 1
    assert parsed.quarantined.height == 1
    assert parsed.quarantined["_line"].item() == 3
    assert parsed.quarantined["_reason"].item().startswith(reason)
    assert parsed.quarantined["_row_text"].item().startswith(line[:7])


def test_all_rows_of_a_repeated_key_are_quarantined(release, codes, valid):
    parsed = parse_country(country(*["2020.01,MCP,8542,CN,중국,1,1"] * 2), release, codes)
    assert valid(parsed).height == 0
    assert "found '2 rows with this key'; expected one row for each key" in parsed.quarantined["_reason"][0]
    assert parsed.n_read == 2


def test_item_file_gives_one_flow_a_call(make_release, valid):
    body = (ITEM + "2020.01,MCP,8542323000,8542323000,복합구조칩,100,3,40,1\r\n").encode()
    exports = valid(parse_item(body, make_release(dataset_id="exports"), "X")).row(0, named=True)
    imports = valid(parse_item(body, make_release(dataset_id="imports"), "M")).row(0, named=True)
    assert (exports["partner_iso3"], exports["value_usd"], exports["net_kg"]) == ("WLD", 100, 3)
    assert (imports["partner_iso3"], imports["value_usd"], imports["net_kg"]) == ("WLD", 40, 1)
    assert (imports["value_basis"], imports["trade_basis"], imports["dataset_id"]) == ("CIF", "imports", "imports")


def test_a_missing_column_refuses_the_file(release, codes):
    body = COUNTRY.replace(",수출중량_KG", "").encode() + b"2020.01,MCP,8542,CN,x,1\r\n"
    with pytest.raises(InputError, match=r"publisher, file\.csv: found a header with no 수출중량_KG; expected the columns 월"):
        parse_country(body, release, codes)


def test_an_unknown_column_refuses_the_file(release, codes):
    body = COUNTRY.replace("\r\n", ",비고\r\n").encode()
    with pytest.raises(InputError, match="also 비고"):
        parse_country(body, release, codes)


def test_an_empty_file_is_refused(release, codes):
    with pytest.raises(InputError, match="found an empty file; expected a header line and rows"):
        parse_country(b"\r\n", release, codes)


def test_a_header_without_rows_gives_an_empty_table(release, codes, valid):
    assert valid(parse_country(COUNTRY.encode(), release, codes)).height == 0


def test_bytes_in_another_encoding_are_refused(release, codes):
    with pytest.raises(InputError, match=r"byte 0x.. on line 1 that is not utf-8-sig"):
        parse_country(COUNTRY.encode("euc-kr"), release, codes)
