"""Taiwan Customs files: byte-order mark, Chinese names, ROC years, thousand dollars, the partial last period."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.errors import InputError
from pipelines.sources.taiwan_customs import parse_by_country, parse_totals

BY_COUNTRY = "\ufeffYear,Country,HS Code,Description,Export Value (USD)\r\n"
TOTALS = "進出口別,日期,貨品號列,中文貨名,英文貨名,美元(千元)\r\n"
ALL_EXPORTS = "出口總值(含復出口)"


def test_by_country_rows(release, codes, valid):
    body = (BY_COUNTRY + "2013,中國大陸,85423100002, Processors,346793192.12\r\n").encode()
    row = valid(parse_by_country(body, release, codes)).row(0, named=True)
    assert (row["reporter_iso3"], row["partner_iso3"], row["is_taiwan_proxy"]) == ("TWN", "CHN", False)
    assert (row["classification"], row["product_code"]) == ("CCC11", "85423100002")
    assert row["value_usd"] == Decimal("346793192.120")
    assert (row["period_start"], row["period_end"], row["frequency"]) == (date(2013, 1, 1), date(2013, 12, 31), "A")
    assert (row["period_status"], row["value_basis"], row["known_at"]) == ("final", "FOB", date(2014, 3, 1))


def test_the_last_year_holds_seven_months(release, codes, valid):
    body = (BY_COUNTRY + "2025,泰國,85429010008, Lead frames,43000.0\r\n").encode()
    row = valid(parse_by_country(body, release, codes)).row(0, named=True)
    assert (row["period_start"], row["period_end"]) == (date(2025, 1, 1), date(2025, 7, 31))
    assert (row["frequency"], row["period_status"], row["known_at"]) == ("P", "partial", date(2025, 8, 15))


def test_an_unknown_name_is_quarantined(release, codes, valid):
    parsed = parse_by_country((BY_COUNTRY + "2013,某國,85423100002, x,1.0\r\n").encode(), release, codes)
    assert valid(parsed).height == 0
    assert parsed.quarantined["_reason"].item().startswith("column Country: found '某國'; expected a country listed")


def test_totals_with_roc_years(release, valid):
    body = (
        TOTALS
        + f"{ALL_EXPORTS},102年,85423100002,處理器, Processors,1194720.78244\r\n"
        + f"{ALL_EXPORTS},114年1月~114年7月(初步值),85423100002,處理器, Processors,76099\r\n"
    ).encode()
    rows = valid(parse_totals(body, release)).to_dicts()
    assert [row["value_usd"] for row in rows] == [Decimal("1194720782.440"), Decimal("76099000.000")]
    assert [(row["period_start"], row["period_end"]) for row in rows] == [
        (date(2013, 1, 1), date(2013, 12, 31)),
        (date(2025, 1, 1), date(2025, 7, 31)),
    ]
    assert [(row["frequency"], row["period_status"]) for row in rows] == [("A", "final"), ("P", "partial")]
    assert {row["partner_iso3"] for row in rows} == {"WLD"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("進口總值,102年,85423100002,x, x,1", "column 進出口別: found '進口總值'"),
        (f"{ALL_EXPORTS},2013,85423100002,x, x,1", "column 日期: found '2013'; expected a ROC year"),
        (f"{ALL_EXPORTS},102年,8542,x, x,1", "column 貨品號列: found '8542'"),
        (f"{ALL_EXPORTS},102年,85423100002,x, x,-", "column 美元(千元): found '-'"),
    ],
)
def test_bad_totals_are_quarantined(release, valid, line, reason):
    parsed = parse_totals((TOTALS + line + "\r\n").encode(), release)
    assert valid(parsed).height == 0
    assert reason in parsed.quarantined["_reason"].item()


def test_a_missing_column_refuses_the_file(release, codes):
    with pytest.raises(InputError, match="found a header with no Country"):
        parse_by_country(BY_COUNTRY.replace(",Country", "").encode(), release, codes)
