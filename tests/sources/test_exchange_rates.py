"""Exchange rates of three publishers: direction, scale, averages of days, and what is left out by rule."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.errors import InputError
from pipelines.schemas.check import failures
from pipelines.schemas.tables.tidy_context import FxRate
from pipelines.sources.contract import Answer, Ask, Kind
from pipelines.sources.ecb import EuropeanCentralBank
from pipelines.sources.fed_h10 import FederalReserve
from pipelines.sources.hkma import HongKongMonetaryAuthority
from pipelines.sources.parsed import Codes

HKMA, ECB, FED = HongKongMonetaryAuthority(), EuropeanCentralBank(), FederalReserve()
SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "fx" / "ecb_EXR_daily_2026-08-12_14.csv"
YEAR = (date(2026, 1, 1), date(2026, 12, 1))


def ask(source):
    return Ask(source.feeds[0].dataset_id, *YEAR)


def parsed(source, body, release):
    result = source.parse(ask(source), body, release, Codes({}))
    assert failures(result.rows, FxRate).is_empty()
    return result


def hkma(*records):
    return json.dumps({"header": {"success": True}, "result": {"records": list(records)}}).encode()


def test_hkma_gives_hong_kong_dollars_per_unit(release):
    result = parsed(HKMA, hkma({"end_of_month": "2026-05", "usd": 7.8331, "jpy": 0.05127}), release)
    rows = {row["base_currency"]: row for row in result.rows.to_dicts()}
    assert {row["currency"] for row in rows.values()} == {"HKD"}
    assert (rows["USD"]["rate"], rows["JPY"]["rate"]) == (Decimal("7.8331"), Decimal("0.05127"))
    assert (rows["USD"]["period_start"], rows["USD"]["period_end"]) == (date(2026, 5, 1), date(2026, 5, 31))
    assert rows["USD"]["known_at"] == date(2026, 6, 15)
    assert rows["USD"]["days_averaged"] is None


def test_a_binary_fraction_is_rounded(release):
    result = parsed(HKMA, hkma({"end_of_month": "2026-05", "usd": 7.80 + 4 / 1000}), release)
    assert "7.803999999999999" in hkma({"usd": 7.80 + 4 / 1000}).decode()
    assert result.rows["rate"].item() == Decimal("7.804")


@pytest.mark.parametrize(("code", "value"), [("jpy", 5.127), ("krw", 5.6), ("twd", 25.4), ("usd", 0.1277), ("jpy", 0.5127)])
def test_a_rate_for_many_units_or_upside_down_is_quarantined_with_the_band(code, value, release):
    result = parsed(HKMA, hkma({"end_of_month": "2026-05", "usd": 7.83} | {code: value}), release)
    reason = result.quarantined["_reason"].item()
    assert f"{value} HKD per {code.upper()}, plausible" in reason
    assert "100 or 1,000 units" in reason
    assert code.upper() not in result.rows["base_currency"].to_list()


@pytest.mark.parametrize("body", [hkma({"end_of_month": "2026-05", "USD": 7.8}), hkma({"month": "2026-05", "usd": 7.8}), hkma()])
def test_hkma_without_its_members_is_refused(body, release):
    with pytest.raises(InputError, match="expected members end_of_month and usd"):
        HKMA.parse(ask(HKMA), body, release, Codes({}))


def test_a_month_that_was_not_asked_for_and_a_month_twice_are_quarantined(release):
    records = [{"end_of_month": month, "usd": 7.8} for month in ("2025-12", "2026-05", "2026-05", "2026-06")]
    result = parsed(HKMA, hkma(*records), release)
    assert result.rows["period_start"].to_list() == [date(2026, 6, 1)]
    assert sum("2 rows with this key" in reason for reason in result.quarantined["_reason"]) == 2


def test_questions_are_whole_years_whatever_the_months():
    asks = HKMA.asks(HKMA.feeds[0], [date(2026, 5, 1), date(2025, 12, 1), date(2026, 6, 1)])
    assert [(each.start, each.end) for each in asks] == [(date(2025, 1, 1), date(2025, 12, 1)), YEAR]
    assert dict(HKMA.request(asks[1]).params) == {"from": "2026-01", "to": "2026-12", "pagesize": "100", "offset": "0"}


ECB_HEADER = "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS,TITLE,UNIT_MULT\r\n"


def ecb(*lines):
    return (ECB_HEADER + "".join(f"{line}\r\n" for line in lines)).encode()


def test_ecb_gives_units_per_euro_and_reads_titles_with_commas(release):
    result = parsed(ECB, ecb('k,M,JPY,EUR,SP00,A,2026-05,183.07,A,"Yen, average",0'), release)
    row = result.rows.to_dicts()[0]
    assert (row["currency"], row["base_currency"], row["rate"]) == ("JPY", "EUR", Decimal("183.07"))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("k,D,JPY,EUR,SP00,A,2026-05-12,183.07,A,t,0", "column FREQ: found 'D'; expected one of M"),
        ("k,M,JPY,USD,SP00,A,2026-05,150,A,t,0", "column CURRENCY_DENOM: found 'USD'"),
        ("k,M,JPY,EUR,SP00,E,2026-05,183.07,A,t,0", "column EXR_SUFFIX: found 'E'"),
        ("k,M,JPY,EUR,SP00,A,2026-05,1.8307,A,t,2", "column UNIT_MULT: found '2'"),
        ("k,M,JPY,EUR,SP00,A,2026-05,1.8307,A,t,0", "1.8307 JPY per EUR, plausible"),
    ],
)
def test_ecb_rows_of_another_kind_are_quarantined(line, reason, release):
    result = parsed(ECB, ecb(line), release)
    assert result.rows.is_empty()
    assert reason in result.quarantined["_reason"].item()


def test_ecb_without_an_observation_is_skipped_by_name(release):
    result = parsed(ECB, ecb("k,M,JPY,EUR,SP00,A,2026-05,NaN,M,t,0", "k,M,ISK,EUR,SP00,A,2026-05,143,A,t,0"), release)
    assert result.skipped == {"no rate for the month": 1, "currency not followed": 1}


@pytest.mark.skipif(not SAMPLE.exists(), reason="the publisher files are not part of the project")
def test_a_real_daily_table_of_the_ecb_is_read_and_refused_row_by_row(release):
    result = parsed(ECB, SAMPLE.read_bytes(), release)
    assert result.n_read > 10 and result.rows.is_empty()
    assert result.quarantined.height == result.n_read
    assert all("column FREQ: found 'D'" in reason for reason in result.quarantined["_reason"])


def h10(days, series=("RXI_N.B.TA",), multiplier="1", header=True):
    names = ",".join(series)
    head = [f"Series Description,{names}", f"Unit:,{names}", f"Multiplier:,{','.join([multiplier] * len(series))}"]
    head += [f"Currency:,{names}"] if header else []
    head += [f"Unique Identifier: ,{names}", f"Time Period,{names}"]
    return "\n".join([*head, *days, ""]).encode()


APRIL = [f"2026-04-{day:02d},30" for day in range(1, 31) if date(2026, 4, day).weekday() < 5]


@pytest.mark.parametrize("header", [True, False])
def test_the_days_of_a_month_are_averaged_without_missing_ones(header, release):
    days = ["2026-04-01,ND", "2026-04-02,36", *APRIL[2:]]
    result = parsed(FED, h10(days, header=header), release)
    row = result.rows.to_dicts()[0]
    assert (row["currency"], row["base_currency"], row["days_averaged"]) == ("TWD", "USD", 21)
    assert row["rate"] == round(Decimal(30 * 20 + 36) / 21, 12)
    assert result.skipped == {"no rate that day": 1, "day averaged into its month": 20}


def test_a_month_that_is_not_over_is_left_out(release):
    assert parsed(FED, h10(APRIL[:-1]), release).skipped == {"month not complete": 21}
    with_may = parsed(FED, h10([*APRIL, "2026-05-01,31"]), release)
    assert with_may.rows["period_start"].to_list() == [date(2026, 4, 1)]


def test_dollars_per_unit_stay_dollars_per_unit(release):
    result = parsed(FED, h10([day.replace(",30", ",1.17") for day in APRIL], ("RXI$US_N.B.EU",)), release)
    row = result.rows.to_dicts()[0]
    assert (row["currency"], row["base_currency"], row["rate"]) == ("USD", "EUR", Decimal("1.17"))


def test_another_multiplier_is_quarantined(release):
    result = parsed(FED, h10(APRIL, multiplier="100"), release)
    assert result.rows.is_empty()
    assert "column multiplier: found '100'" in result.quarantined["_reason"][0]


def test_the_hash_of_the_package_is_never_part_of_a_request():
    request = FED.request(ask(FED))
    assert "series" not in dict(request.params)
    assert dict(request.params)["to"] == "12/31/2026"
    assert FED.feeds[0].needs_key and FED.terms.key_in == "query:series"


@pytest.mark.parametrize(
    ("source", "answer", "kind"),
    [
        (ECB, Answer(404, {}, b"No results found."), Kind.NOT_YET),
        (ECB, Answer(200, {}, b""), Kind.NOT_YET),
        (HKMA, Answer(200, {}, b'{"header": {"success": false, "err_code": "0001"}}'), Kind.REFUSED),
        (FED, Answer(200, {}, b"<html>"), Kind.WAIT),
    ],
)
def test_what_is_no_data_is_told_apart(source, answer, kind):
    assert source.judge(ask(source), answer).kind is kind
