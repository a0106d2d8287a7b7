"""US Census files: text columns, country groups as rows, zero rows, year-to-date December as the year."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.errors import InputError
from pipelines.sources.us_census import parse_exports, parse_imports_annual

EXPORTS = "CTY_NAME,ALL_VAL_MO,E_COMMODITY,E_COMMODITY_SDESC,COMM_LVL,time,CTY_CODE\n"
IMPORTS = "CTY_NAME,CON_VAL_YR,CAL_DUT_YR,I_COMMODITY,I_COMMODITY_SDESC,time,COMM_LVL,CTY_CODE,imports,duty,share,HS10,HS8,HS6\n"
LAPTOPS = '"PORT DGTL ADP MACH,< 10 KG"'


def test_export_rows(release, codes, valid):
    body = (EXPORTS + f"VIETNAM,48972,8471300100,{LAPTOPS},HS10,2013-02,5520\n").encode()
    row = valid(parse_exports(body, release, codes)).row(0, named=True)
    assert (row["partner_iso3"], row["product_code"], row["classification"]) == ("VNM", "8471300100", "SCHB10")
    assert (row["flow"], row["trade_basis"], row["value_basis"]) == ("X", "total_exports", "FAS")
    assert (row["period_start"], row["period_end"]) == (date(2013, 2, 1), date(2013, 2, 28))
    assert row["value_usd"] == Decimal(48972)
    assert row["net_kg"] is None and row["is_weight_estimated"] is None and row["hs_revision"] is None


def test_zero_rows_are_kept(release, codes, valid):
    body = (EXPORTS + "VIETNAM,0,8542310040,GPU,HS10,2026-01,5520\n").encode()
    row = valid(parse_exports(body, release, codes)).row(0, named=True)
    assert (row["value_usd"], row["absence_reason"], row["period_status"]) == (Decimal(0), None, "provisional")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("USMCA,1,8542310040,GPU,HS10,2024-01,0020", "column CTY_CODE: found '0020'; expected a country"),
        ("VIETNAM,1,854231,GPU,HS6,2024-01,5520", "column COMM_LVL: found 'HS6'; expected one of HS10"),
        ("VIETNAM,1,854231,GPU,HS10,2024-01,5520", "column E_COMMODITY: found '854231'; expected a code of 10 digits"),
        ("VIETNAM,(D),8542310040,GPU,HS10,2024-01,5520", "column ALL_VAL_MO: found '(D)'"),
        ("VIETNAM,1,8542310040,GPU,HS10,2024-00,5520", "column time: found '2024-00'; expected a month"),
    ],
)
def test_bad_export_rows_are_quarantined(release, codes, valid, line, reason):
    parsed = parse_exports((EXPORTS + line + "\n").encode(), release, codes)
    assert valid(parsed).height == 0
    assert reason in parsed.quarantined["_reason"].item()


def test_imports_of_a_year(release, codes, valid):
    body = (
        IMPORTS
        + "TAIWAN,21300,12,8473301180,BOARDS,2024-12-01,HS10,5830,21300.0,12.0,0.1,8473301180,84733011,847330\n"
        + "EUROPEAN UNION,5,0,8473301180,BOARDS,2024-12-01,HS10,0003,5.0,0.0,9e-05,8473301180,84733011,847330\n"
    ).encode()
    rows = valid(parse_imports_annual(body, release, codes)).to_dicts()
    assert [row["partner_iso3"] for row in rows] == ["TWN", "EUU"]
    assert [row["is_taiwan_proxy"] for row in rows] == [False, False]
    assert (rows[0]["period_start"], rows[0]["period_end"], rows[0]["frequency"]) == (
        date(2024, 1, 1),
        date(2024, 12, 31),
        "A",
    )
    assert (rows[0]["duty_usd"], rows[0]["value_basis"], rows[0]["classification"]) == (Decimal(12), "customs", "HTS10")
    assert rows[0]["trade_basis"] == "imports_for_consumption"
    assert rows[0]["known_at"] == date(2025, 3, 1)


def test_a_year_to_date_of_another_month_is_quarantined(release, codes, valid):
    line = "TAIWAN,1,0,8473301180,BOARDS,2024-06-01,HS10,5830,1.0,0.0,0.1,8473301180,84733011,847330\n"
    parsed = parse_imports_annual((IMPORTS + line).encode(), release, codes)
    assert valid(parsed).height == 0
    assert "column time: found '2024-06-01'; expected the year-to-date month December" in parsed.quarantined["_reason"].item()


def test_a_missing_column_refuses_the_file(release, codes):
    with pytest.raises(InputError, match="found a header with no CAL_DUT_YR"):
        parse_imports_annual(IMPORTS.replace("CAL_DUT_YR,", "").encode(), release, codes)
