"""UN Comtrade's API: how questions are put, what is refused, breakdowns that must not be added, World as control, bulk files."""

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import ChipflowsError, InputError, UsageError
from pipelines.live import bulk
from pipelines.live.bulk import Totals, bulk_parts
from pipelines.live.intake import _validated
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.sources.contract import Answer, Ask, Kind
from pipelines.sources.parsed import Codes, Release
from pipelines.sources.un_comtrade_api import UnComtrade
from pipelines.sources.un_comtrade_rows import BULK_COLUMNS

SOURCE = UnComtrade()
CODES = Codes({"344": "HKG", "490": "TWN", "410": "KOR", "0": "WLD", "699": "IND", "826": "GBR", "36": "AUS", "97": "EUU"})
SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "comtrade"
EXAMPLES = int(os.environ.get("CHIPFLOWS_FUZZ", "100"))
ROW = {
    "typeCode": "C", "freqCode": "M", "refPeriodId": 20260501, "refYear": 2026, "refMonth": 5, "period": "202605",
    "reporterCode": 344, "flowCode": "X", "partnerCode": 490, "partner2Code": 0, "classificationCode": "H6", "cmdCode": "854231",
    "customsCode": "C00", "mosCode": "0", "motCode": 0, "qtyUnitCode": 5, "qty": 4.0, "isQtyEstimated": False, "netWgt": None,
    "isNetWgtEstimated": False, "primaryValue": 700.0,
}  # fmt: skip


def question(dataset="comtrade_monthly", month=date(2026, 5, 1), division="HKG"):
    return SOURCE.asks(SOURCE.feed(dataset), [month], division)[0]


def parse(rows, ask=None):
    body = json.dumps({"elapsedTime": "0.1 secs", "count": len(rows), "data": rows, "error": ""}).encode()
    return SOURCE.parse(ask or question(), body, release(), CODES)


def release(dataset="comtrade_monthly"):
    return Release("comtrade", dataset, "body", "0" * 64, date(2026, 9, 20), 120, 270)


def asked(ask):
    request = SOURCE.request(ask)
    return request.path, dict(request.params)


def test_totals_are_always_asked_for_and_periods_are_spelled_by_frequency():
    path, params = asked(question())
    assert path == "data/v1/get/C/M/HS"
    assert (params["period"], params["reporterCode"]) == ("202605", "344")
    assert (params["motCode"], params["customsCode"], params["partner2Code"]) == ("0", "C00", "0")
    assert params["flowCode"] == "M,X,RX,RM" and "8542,847110" in params["cmdCode"] and "854231" in params["cmdCode"]
    path, params = asked(question("comtrade_annual", date(2024, 7, 1)))
    assert (path, params["period"]) == ("data/v1/get/C/A/HS", "2024")


def test_origins_of_reexports_are_asked_for_without_a_second_partner():
    _, params = asked(question("comtrade_reexport_origins"))
    assert "partner2Code" not in params and (params["flowCode"], params["motCode"]) == ("RX", "0")


def test_taiwan_is_no_reporter():
    with pytest.raises(UsageError, match="code 490"):
        question(division="TWN")
    with pytest.raises(UsageError, match="expected one of HKG"):
        question(division="hong kong")


def test_a_question_is_split_by_code_then_by_flow_and_no_further():
    queue, smallest = [question("comtrade_preview_monthly")], []
    while queue:
        ask = queue.pop()
        parts = SOURCE.split(ask)
        queue += parts
        smallest += [] if parts else [(ask.get("codes"), ask.get("flows"))]
    assert len(smallest) == len(set(smallest)) == 6 * 4


def test_a_body_larger_than_memory_is_judged_by_its_first_part():
    head = b'{"elapsedTime": "9.1 secs", "count": 99999, "data": [' + b" " * 1_000_000
    assert SOURCE.judge(question(), Answer(200, {}, head)).kind is Kind.DATA
    assert SOURCE.judge(question(), Answer(200, {}, head.replace(b"99999", b"100000"))).kind is Kind.SPLIT


def test_the_quota_says_when_it_ends():
    body = b'{"statusCode":403,"message":"Out of call volume quota. Quota will be replenished in 03:14:17."}'
    judged = SOURCE.judge(question(), Answer(403, {}, body))
    assert (judged.kind, judged.wait_seconds) == (Kind.QUOTA, 3 * 3600 + 14 * 60 + 17)


def test_the_time_that_an_answer_took_is_no_revision():
    one, other = (b'{"elapsedTime": "%s secs", "count": 0, "data": []}' % took for took in (b"0.39", b"0.41"))
    assert SOURCE.canonical(one) == SOURCE.canonical(other)
    assert SOURCE.canonical(one) != SOURCE.canonical(one.replace(b"[]", b"[1]"))


@pytest.mark.parametrize(("name", "value"), [("motCode", 1), ("customsCode", "C01"), ("partner2Code", 156), ("mosCode", "1")])
def test_a_part_of_a_breakdown_is_quarantined_where_totals_were_asked_for(name, value):
    parsed = parse([ROW, ROW | {name: value, "partnerCode": 410}])
    assert (parsed.rows.height, parsed.quarantined.height) == (1, 1)
    assert name in parsed.quarantined["_reason"][0]


def test_another_period_or_reporter_than_asked_for_is_quarantined():
    parsed = parse([ROW | {"refMonth": 6, "period": "202606"}, ROW | {"reporterCode": 410}])
    assert parsed.rows.height == 0 and parsed.quarantined.height == 2


def test_taiwan_is_the_proxy_490_and_world_is_the_control_of_its_partners():
    world, korea, union = (ROW | {"partnerCode": code, "primaryValue": usd} for code, usd in ((0, 901.5), (410, 201.5), (97, 5)))
    parsed = parse([ROW, world, korea, union])
    assert parsed.rows.filter(pl.col("partner_iso3") == "TWN")["is_taiwan_proxy"].to_list() == [True]
    assert [(control.detail, control.published) for control in parsed.controls] == [(Decimal("901.5"), Decimal("901.5"))]
    wrong = parse([ROW, world])
    assert "difference -201.5" in wrong.controls[1].told() and not wrong.controls[1].agrees


def test_an_answer_with_fewer_rows_than_it_counts_is_refused():
    body = json.dumps({"count": 2, "data": [ROW], "error": ""}).encode()
    with pytest.raises(InputError, match="1 rows where the answer counts 2"):
        SOURCE.parse(question(), body, release(), CODES)


def test_a_bulk_file_is_asked_for_once_by_name_and_a_strange_name_never():
    listing = {"fileUrl": "b07f", "publicationDate": "2026-09-01T11:24:10Z"}
    ask = question("comtrade_bulk_monthly")
    body = json.dumps({"count": 2, "data": [listing, listing | {"fileUrl": "../../x?y"}]}).encode()
    (file,) = SOURCE.follow(ask, body)
    assert asked(file) == ("bulk/v1/file/b07f", {}) and SOURCE.is_final(file) and not SOURCE.is_final(ask)
    assert file.dataset_id == "comtrade_bulk_monthly" and file.get("published") == "2026-09-01"
    assert SOURCE.follow(Ask("comtrade_bulk_files", ask.start, ask.end), body) == []


def bulk_file(tmp_path, rows):
    lines = ["\t".join(BULK_COLUMNS), *("\t".join(str("" if row[n] is None else row[n]) for n in BULK_COLUMNS) for row in rows)]
    path = tmp_path / "bulk.txt"
    path.write_bytes("\n".join([*lines, ""]).encode())
    return path


def bulk_of(path):
    feed, ask = SOURCE.feed("comtrade_bulk_monthly"), Ask("comtrade_bulk_monthly", date(2026, 5, 1), date(2026, 5, 1))
    texts = bulk_parts(path, path.parent, feed, release().place)
    return [_validated(SOURCE.bulk_text(ask, text, release(feed.dataset_id), CODES), TradeObs) for text in texts]


def test_a_bulk_file_keeps_totals_of_followed_headings_and_names_what_it_leaves(tmp_path):
    others = [
        {"motCode": 1},
        {"customsCode": "C05"},
        {"flowCode": "DX"},
        {"cmdCode": "TOTAL"},
        {"cmdCode": "85"},
        {"cmdCode": "010121"},
    ]
    (parsed,) = bulk_of(bulk_file(tmp_path, [ROW, *(ROW | other for other in others), ROW | {"cmdCode": "8542x"}]))
    assert parsed.rows["value_usd"].to_list() == [Decimal(700)]
    assert parsed.skipped == {"another heading": 3, "breakdown of a total": 2, "another flow": 1}
    assert parsed.quarantined.height == 1


def test_world_and_partners_of_a_bulk_file_are_compared_over_all_batches(tmp_path, monkeypatch):
    path = bulk_file(
        tmp_path, [ROW, ROW | {"partnerCode": 410, "primaryValue": 201.5}, ROW | {"partnerCode": 0, "primaryValue": 901.5}]
    )
    for size in (150, 400, 10_000):
        monkeypatch.setattr(bulk, "CHUNK", size)
        totals = Totals()
        for part in bulk_of(path):
            totals.add(part)
        (control,) = totals.controls
        assert (control.detail, control.published, control.tolerance) == (Decimal("901.5"), Decimal("901.5"), 1), size
        assert control.name == "HKG X 2026-05-01 8542, 6 digits"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not part of the project")
def test_a_recorded_preview_keeps_its_rows():
    body = (SAMPLES / "preview_IND_2022_010121_M.json").read_bytes()
    span = ("comtrade_preview_annual", date(2022, 1, 1), date(2022, 12, 1))
    ask = Ask(*span).narrow(freq="A", reporter="699", codes="010121", flows="M")
    parsed = SOURCE.parse(ask, body, release("comtrade_preview_annual"), CODES)
    assert parsed.quarantined.height == 0 and parsed.rows.height == 3
    assert [control.agrees for control in parsed.controls] == [True]


PIECES = st.binary(max_size=4) | st.sampled_from([b"\t", b"\n", b'"', b"-1", b"\r"])
MUTANTS = st.tuples(st.integers(0, 4000), st.integers(0, 40), PIECES)


def test_a_mutated_bulk_file_is_named_or_set_apart(tmp_path):
    path = bulk_file(tmp_path, [ROW | {"partnerCode": code} for code in (490, 410, 0)])
    whole = path.read_bytes()

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(MUTANTS)
    def check(mutation):
        start, length, piece = mutation
        start %= len(whole)
        path.write_bytes(whole[:start] + piece + whole[start + length :])
        try:
            parts = bulk_of(path)
        except ChipflowsError as error:
            assert "comtrade" in str(error)
            return
        n_lines = len([line for line in path.read_bytes().split(b"\n")[1:] if line.strip(b"\r")])
        assert sum(part.n_read for part in parts) == n_lines

    check()
