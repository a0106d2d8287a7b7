"""Japan customs excerpt: item groups as HS codes, yen and dollars that must agree, sums as XOT and WLD."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.sources.japan_customs import parse_excerpt

HEADER = "month,item,country,amount_kJPY,amount_USD,jpy_per_usd,stats_data_id,retrieved_at\r\n"
TAIL = ",109.2667,0003313965,2026-10-09T17:35:49+0900\r\n"


def test_rows(release, codes, valid):
    body = (HEADER + "2020.01,semi_equip,CN,54027659,494456765" + TAIL).encode()
    row = valid(parse_excerpt(body, release, codes)).row(0, named=True)
    assert (row["reporter_iso3"], row["partner_iso3"], row["product_code"]) == ("JPN", "CHN", "8486")
    assert (row["value_local"], row["currency"]) == (Decimal(54027659000), "JPY")
    assert (row["value_usd"], row["local_per_usd"]) == (Decimal(494456765), Decimal("109.266700"))
    assert (row["period_end"], row["period_status"], row["value_basis"]) == (date(2020, 1, 31), "final", "FOB")


def test_items_sums_and_the_open_year(release, codes, valid):
    lines = ["2026.05,ic,WORLD", "2026.05,semi_fab_equip,OTHER", "2026.05,semi_test,VN"]
    body = (HEADER + "".join(f"{line},0,0{TAIL}" for line in lines)).encode()
    rows = valid(parse_excerpt(body, release, codes))
    assert rows["product_code"].to_list() == ["8542", "848620", "903141"]
    assert rows["partner_iso3"].to_list() == ["WLD", "XOT", "VNM"]
    assert rows["period_status"].unique().to_list() == ["provisional"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2020.01,wafer,CN,0,0", "column item: found 'wafer'; expected one of ic, semi_equip"),
        ("2020.01,ic,XX,0,0", "column country: found 'XX'"),
        ("2020.01,ic,CN,54027659,494456775", "column amount_USD: found '494456775'; expected amount_kJPY x 1000"),
        ("2020.01,ic,CN,,", "column amount_kJPY: found nothing"),
    ],
)
def test_bad_rows_are_quarantined(release, codes, valid, line, reason):
    parsed = parse_excerpt((HEADER + line + TAIL).encode(), release, codes)
    assert valid(parsed).height == 0
    assert reason in parsed.quarantined["_reason"].item()
