"""UN Comtrade tables: the website's extra comma and Latin-1, API booleans, breakdown rows, missing quantities, old flows."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.errors import InputError
from pipelines.sources.un_comtrade import (
    EXCERPT_HEADER,
    LEGACY_COLUMNS,
    LEGACY_HEADER,
    parse_api_csv,
    parse_excerpt,
    parse_legacy_csv,
)
from pipelines.sources.un_comtrade_rows import API_COLUMNS, API_HEADER

ROW = {
    "typeCode": "C",
    "freqCode": "A",
    "refPeriodId": "20160101",
    "refYear": "2016",
    "refMonth": "52",
    "period": "2016",
    "reporterCode": "156",
    "flowCode": "M",
    "partnerCode": "842",
    "partner2Code": "0",
    "classificationCode": "H4",
    "classificationSearchCode": "HS",
    "isOriginalClassification": "True",
    "cmdCode": "8542",
    "customsCode": "C00",
    "mosCode": "0 ",
    "motCode": "0",
    "qtyUnitCode": "-1",
    "qty": "0.0",
    "isQtyEstimated": "False",
    "netWgt": "853234.0",
    "isNetWgtEstimated": "True",
    "primaryValue": "8696121253.0",
}


def api(*changes, header=API_HEADER):
    lines = [",".join((ROW | change).get(name, "") for name in API_COLUMNS) for change in changes]
    return ("\n".join([header, *lines]) + "\n").encode()


def website(*changes):
    """As the site writes it: quoted, CRLF, one comma too many on each row, Latin-1."""
    quoted = [",".join(f'"{(ROW | change).get(name, "")}"' for name in API_COLUMNS) + "," for change in changes]
    return ("\r\n".join([API_HEADER, *quoted]) + "\r\n").encode("latin-1")


def test_api_row(release, codes, valid):
    row = valid(parse_api_csv(api({}), release, codes)).row(0, named=True)
    assert (row["reporter_iso3"], row["partner_iso3"], row["flow"]) == ("CHN", "USA", "M")
    assert (row["classification"], row["product_code"], row["hs_revision"]) == ("HS", "8542", "H4")
    assert (row["period_start"], row["period_end"], row["frequency"]) == (date(2016, 1, 1), date(2016, 12, 31), "A")
    assert (row["value_usd"], row["value_basis"], row["trade_basis"]) == (Decimal(8696121253), "CIF", "imports")
    assert (row["net_kg"], row["is_weight_estimated"]) == (Decimal(853234), True)
    assert (row["period_status"], row["known_at"]) == ("final", date(2017, 3, 1))


def test_website_rows_have_48_fields_under_47_headers(release, codes, valid):
    turkey = {"reporterCode": "792", "reporterDesc": "Türkiye", "flowCode": "X", "isQtyEstimated": "false"}
    parsed = parse_api_csv(website(turkey, turkey | {"period": "2017", "refYear": "2017"}), release, codes)
    rows = valid(parsed)
    assert rows["reporter_iso3"].to_list() == ["TUR", "TUR"]
    assert rows["value_usd"].to_list() == [Decimal(8696121253)] * 2
    assert rows["value_basis"].unique().to_list() == ["FOB"]


def test_second_partner_rows_stay_with_their_codes(release, codes, valid):
    body = api({}, {"partner2Code": "458", "primaryValue": "100.5"}, {"customsCode": "C05"}, {"motCode": "1000"})
    rows = valid(parse_api_csv(body, release, codes))
    assert rows["partner2_code"].to_list() == ["0", "458", "0", "0"]
    assert rows["customs_code"].to_list() == ["C00", "C00", "C05", "C00"]
    assert rows["transport_code"].to_list() == ["0", "0", "0", "1000"]


def test_monthly_rows_are_provisional(release, codes, valid):
    body = api({"freqCode": "M", "refYear": "2025", "refMonth": "2", "period": "202502"})
    row = valid(parse_api_csv(body, release, codes)).row(0, named=True)
    assert (row["period_start"], row["period_end"]) == (date(2025, 2, 1), date(2025, 2, 28))
    assert (row["frequency"], row["period_status"]) == ("M", "provisional")


def test_quantity_without_unit_and_weight_zero_mean_not_reported(release, codes, valid):
    given = {
        "qtyUnitCode": "5",
        "qty": "12",
        "isQtyEstimated": "True",
        "netWgt": "",
        "period": "2017",
        "refYear": "2017",
    }
    zero = {"netWgt": "0", "isNetWgtEstimated": "false"}
    rows = valid(parse_api_csv(api(zero, given), release, codes)).to_dicts()
    assert [row["quantity"] for row in rows] == [None, Decimal(12)]
    assert [row["quantity_unit"] for row in rows] == [None, "u"]
    assert [row["is_quantity_estimated"] for row in rows] == [None, True]
    assert [row["net_kg"] for row in rows] == [None, None]
    assert [row["is_weight_estimated"] for row in rows] == [None, None]


def test_code_490_is_taiwan_by_proxy(release, codes, valid):
    rows = valid(parse_api_csv(api({"partnerCode": "490"}, {"partnerCode": "764"}), release, codes))
    assert rows["partner_iso3"].to_list() == ["TWN", "THA"]
    assert rows["is_taiwan_proxy"].to_list() == [True, False]


def test_us_imports_are_general_imports_at_customs_value(release, codes, valid):
    body = api({"reporterCode": "842", "partnerCode": "0"}, {"reporterCode": "842", "partnerCode": "0", "flowCode": "X"})
    rows = valid(parse_api_csv(body, release, codes))
    assert rows["trade_basis"].to_list() == ["general_imports", "total_exports"]
    assert rows["value_basis"].to_list() == ["customs", "FOB"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"partnerCode": "998"}, "column partnerCode: found '998'; expected a country listed"),
        ({"flowCode": "DX"}, "column flowCode: found 'DX'; expected one of M, X, RX, RM"),
        ({"cmdCode": "TOTAL"}, "column cmdCode: found 'TOTAL'; expected an HS code of 4 or 6 digits"),
        ({"refMonth": "12"}, "column period: found '2016'; expected refYear with refMonth 52"),
        ({"freqCode": "M"}, "column period: found '2016'"),
        ({"classificationCode": "S3"}, "column classificationCode: found 'S3'"),
        ({"primaryValue": ""}, "column primaryValue: found nothing; expected a number"),
        ({"netWgt": "-3"}, "column netWgt: found '-3'; expected a number that is not negative or nothing"),
        ({"mosCode": "2"}, "column mosCode: found '2'"),
        ({"partner2Code": ""}, "column partner2Code: found nothing"),
    ],
)
def test_bad_rows_are_quarantined(release, codes, valid, change, reason):
    parsed = parse_api_csv(api(change), release, codes)
    assert valid(parsed).height == 0
    assert reason in parsed.quarantined["_reason"].item()


def test_a_row_of_46_fields_is_quarantined_not_shifted(release, codes, valid):
    body = api({}) + b"C,A,20160101\n"
    parsed = parse_api_csv(body, release, codes)
    assert valid(parsed).height == 1
    assert parsed.quarantined["_reason"].item() == "3 fields under 47 headers"


def test_a_missing_column_refuses_the_file(release, codes):
    with pytest.raises(InputError, match="found a header with no motCode; expected the columns typeCode"):
        parse_api_csv(API_HEADER.replace("motCode,", "").encode(), release, codes)


def test_an_html_answer_is_refused(release, codes):
    with pytest.raises(InputError, match="found a header with no typeCode"):
        parse_api_csv(b"<html><body>Request URL Too Long</body></html>", release, codes)


def legacy(**changes):
    row = {
        "Classification": "H5",
        "Year": "2017",
        "Period": "2017",
        "Trade Flow Code": "1",
        "Reporter Code": "764",
        "Partner Code": "0",
        "Commodity Code": "848620",
        "Qty Unit Code": "1",
        "Qty": "0",
        LEGACY_COLUMNS[29]: "50951",
        "Trade Value (US$)": "3830588",
        "Flag": "2",
    } | changes
    return ",".join(row.get(name, "") for name in LEGACY_COLUMNS) + "\n"


def test_legacy_flows_and_empty_breakdowns(release, codes, valid):
    body = (LEGACY_HEADER + "\n" + "".join(legacy(**{"Trade Flow Code": str(flow)}) for flow in (1, 2, 3, 4))).encode()
    rows = valid(parse_legacy_csv(body, release, codes))
    assert rows["flow"].to_list() == ["M", "X", "RX", "RM"]
    assert rows["value_basis"].to_list() == ["CIF", "FOB", "FOB", "CIF"]
    assert rows.select("partner2_code", "customs_code", "transport_code").unique().rows() == [("0", "C00", "0")]
    assert rows["hs_revision"].unique().to_list() == ["H5"]


def test_legacy_flags(release, codes, valid):
    number = {"Qty Unit Code": "5", "Qty": "49"}
    lines = [
        legacy(Flag=flag, Year=year, Period=year, **number)
        for flag, year in zip("0246", ("2016", "2017", "2018", "2019"), strict=True)
    ]
    rows = valid(parse_legacy_csv((LEGACY_HEADER + "\n" + "".join(lines)).encode(), release, codes))
    assert rows["is_quantity_estimated"].to_list() == [False, True, False, True]
    assert rows["is_weight_estimated"].to_list() == [False, False, True, True]
    assert rows["quantity_unit"].unique().to_list() == ["u"]


def test_legacy_without_quantity(release, codes, valid):
    body = (LEGACY_HEADER + "\n" + legacy(**{LEGACY_COLUMNS[29]: ""})).encode()
    row = valid(parse_legacy_csv(body, release, codes)).row(0, named=True)
    assert (row["quantity"], row["quantity_unit"], row["net_kg"], row["is_weight_estimated"]) == (
        None,
        None,
        None,
        None,
    )


def excerpt(line):
    return f"{EXCERPT_HEADER}\n{line}\n".encode()


def test_excerpt_of_us_imports(release, codes, valid):
    line = (
        '2017-02-01,USA,M,490,"Other Asia, nes",847180,"847180 - U",11338041.0,226039.0,u,False,46957.413,2026-10-06,50.2,241.5'
    )
    row = valid(parse_excerpt(excerpt(line), release, codes)).row(0, named=True)
    assert (row["reporter_iso3"], row["partner_iso3"], row["is_taiwan_proxy"]) == ("USA", "TWN", True)
    assert (row["trade_basis"], row["value_basis"], row["hs_revision"]) == ("general_imports", "customs", None)
    assert (row["quantity"], row["quantity_unit"], row["is_quantity_estimated"]) == (Decimal(226039), "u", False)
    assert (row["net_kg"], row["is_weight_estimated"]) == (Decimal("46957.413"), True)
    assert row["period_status"] == "provisional"


def test_excerpt_of_malaysian_exports(release, codes, valid):
    line = "2026-07-01,MYS,X,0,World,847330,847330 - Parts,2655119952.592,0.0,,False,77.5,2026-10-06,,"
    row = valid(parse_excerpt(excerpt(line), release, codes)).row(0, named=True)
    assert (row["partner_iso3"], row["trade_basis"], row["value_basis"]) == ("WLD", "total_exports", "FOB")
    assert (row["quantity"], row["quantity_unit"]) == (None, None)
    assert (row["net_kg"], row["is_weight_estimated"]) == (Decimal("77.5"), False)


def test_excerpt_weight_zero_is_not_reported(release, codes, valid):
    line = "2020-01-01,USA,M,490,x,847330,x,1.0,3.0,N/A,True,0.0,2026-10-06,,"
    row = valid(parse_excerpt(excerpt(line), release, codes)).row(0, named=True)
    assert (row["net_kg"], row["is_weight_estimated"], row["quantity"]) == (None, None, None)
