"""Eurostat Comext: identities of the aggregates, units of service and archive, answers for later, masked codes, procedures."""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import ChipflowsError, InputError, UsageError
from pipelines.home import CHECKOUT
from pipelines.live import bulk
from pipelines.live.bulk import bulk_parts
from pipelines.live.intake import _validated
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.sources import eurostat_comext
from pipelines.sources.contract import Answer, Ask, Kind
from pipelines.sources.country_codes import codes_of
from pipelines.sources.eurostat_comext import API, BULK, EurostatComext
from pipelines.sources.parsed import Release

SOURCE = EurostatComext()
SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "comext"
EXAMPLES = int(os.environ.get("CHIPFLOWS_FUZZ", "100"))
HEADER = "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE"
BULK_HEADER = (
    "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_CPA21,PRODUCT_BEC,PRODUCT_BEC5,PRODUCT_SECTION,FLOW,"
    "STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,VALUE_NAC,QUANTITY_KG,QUANTITY_SUPPL_UNIT"
)
MAY = date(2026, 5, 1)


@pytest.fixture(scope="module")
def codes():
    reference = CHECKOUT / "data" / "reference"
    return codes_of(
        "eurostat", *(pl.read_csv(reference / f"{n}.csv", infer_schema=False) for n in ("countries", "country_aliases"))
    )


def release(dataset=API):
    return Release("estat", dataset, "body", "0" * 64, date(2026, 9, 20), 70, 70)


def question(reporter="DE"):
    return SOURCE.asks(SOURCE.feed(API), [MAY], reporter)[0]


def body(*cells, product="854231", flow="1"):
    lines = [f"X,14/08/26 11:00:00,M,DE,{partner},{product},{flow},{name},2026-05,{value}" for partner, name, value in cells]
    return "\r\n".join([HEADER, *lines, ""]).encode()


def euros(**values):
    return body(*((partner, "VALUE_IN_EUROS", value) for partner, value in values.items()))


def archive_row(partner="TW", product="85423190", procedure="1", unit="NO_SU", value="700", kg="12", pieces="0"):  # noqa: PLR0913, PLR0917
    return f"DE,{partner},E,{product},77641,2611,220,311210,16,1,{procedure},{unit},202605,{value},{value},{kg},{pieces}"


def archive(tmp_path, *rows):
    path = tmp_path / "full.dat"
    path.write_bytes("\n".join([BULK_HEADER, *rows, ""]).encode())
    return path


def taken(path, codes):
    texts = bulk_parts(path, path.parent, SOURCE.feed(BULK), release(BULK).place)
    return [_validated(SOURCE.bulk_text(Ask(BULK, MAY, MAY), text, release(BULK), codes), TradeObs) for text in texts]


def test_the_question_bounds_time_product_and_reporter():
    request = SOURCE.request(question("EU27_2020"))
    assert request.path.startswith(
        "comext/dissemination/sdmx/2.1/data/DS-045409/M.EU27_2020..8471+8473+8486+8523+8541+8542+847130+"
    )
    assert request.path.endswith(".1+2.VALUE_IN_EUROS+QUANTITY_IN_100KG+SUPPLEMENTARY_QUANTITY")
    assert dict(request.params)["startPeriod"] == dict(request.params)["endPeriod"] == "2026-05"
    archived = SOURCE.request(Ask(BULK, MAY, MAY))
    assert archived.path == "dissemination/files"
    assert archived.params == (("file", "comext/COMEXT_DATA/PRODUCTS/full_v2_202605.7z"),)
    with pytest.raises(UsageError, match="found reporter 'US'"):
        question("US")


def test_value_and_quantities_of_a_cell_are_one_row_in_kilograms_and_euros(codes):
    cells = [("TW", "QUANTITY_IN_100KG", "202.34"), ("TW", "VALUE_IN_EUROS", "700"), ("TW", "SUPPLEMENTARY_QUANTITY", "9")]
    parsed = SOURCE.parse(question(), body(*cells), release(), codes)
    (row,) = parsed.rows.to_dicts()
    assert (row["net_kg"], row["value_local"], row["quantity"]) == (Decimal(20234), Decimal(700), Decimal(9))
    assert (row["currency"], row["value_usd"], row["absence_reason"]) == ("EUR", None, "not_converted")
    assert (row["flow"], row["value_basis"], row["classification"], row["hs_revision"]) == ("M", "CIF", "HS", "H6")
    assert parsed.skipped == {"quantity beside its value": 2}


def test_an_empty_cell_is_not_shown_and_not_zero(codes):
    (row,) = SOURCE.parse(question(), euros(TW=""), release(), codes).rows.to_dicts()
    assert (row["value_local"], row["absence_reason"]) == (None, "suppressed")


def test_intra_is_members_and_qv_and_extra_is_all_others(codes):
    totals = {"INT_EU27_2020": 110, "EXT_EU27_2020": 890, "WORLD": 1000}
    parsed = SOURCE.parse(question(), euros(FR=100, XI=7, QV=3, TW=700, QW=190, **totals), release(), codes)
    assert [control.told() for control in parsed.controls if not control.agrees] == []
    assert [control.name for control in parsed.controls] == ["intra-EU", "extra-EU", "World"]
    assert parsed.skipped == {"group of partners": 2}
    assert "WLD" in parsed.rows["partner_iso3"].to_list()


def test_an_aggregate_that_does_not_add_up_is_told_with_its_line(codes):
    parsed = SOURCE.parse(question(), euros(FR=100, INT_EU27_2020=110), release(), codes)
    assert [control.agrees for control in parsed.controls] == [False, False]
    assert "intra-EU DE 1 2026-05 854231: detail 100.000, published total 110.000" in parsed.controls[1].told()


def test_two_codes_of_one_partner_are_parts_and_one_alone_is_the_total(codes):
    both = SOURCE.parse(question(), euros(GB=5, XI=7), release(), codes).rows
    assert both.select("partner_iso3", "partner2_code").rows() == [("GBR", "GB"), ("GBR", "XI")]
    alone = SOURCE.parse(question(), euros(GB=5), release(), codes).rows
    assert alone["partner2_code"].to_list() == ["0"]


def test_a_code_that_is_not_followed_or_masked_or_of_no_country_is_quarantined(codes):
    for wrong in (body(("TW", "VALUE_IN_EUROS", 1), product="8542XX"), euros(ZZ=1), body(("TW", "QUANTITY_IN_100KG", -1))):
        parsed = SOURCE.parse(question(), wrong, release(), codes)
        assert (parsed.rows.height, parsed.quarantined.height) == (0, 1)


def test_the_stamp_is_kept_and_alone_makes_no_revision():
    judged = SOURCE.judge(question(), Answer(200, {}, euros(TW=1)))
    assert (judged.kind, judged.stamp) == (Kind.DATA, "14/08/26 11:00:00")
    later = euros(TW=1).replace(b"14/08/26 11:00:00", b"15/09/26 11:00:00")
    assert SOURCE.canonical(later) == SOURCE.canonical(euros(TW=1)) != SOURCE.canonical(euros(TW=2))


def test_a_question_is_split_by_code_then_by_flow_and_no_further():
    queue, n_smallest = [question()], 0
    while queue:
        parts = SOURCE.split(queue.pop())
        queue += parts
        n_smallest += not parts
    assert n_smallest == 2 * len((*eurostat_comext.HEADINGS, *eurostat_comext.SUBHEADINGS))
    assert SOURCE.split(Ask(BULK, MAY, MAY)) == []


def test_an_archive_keeps_followed_lines_in_kilograms_and_adds_up_procedures(tmp_path, codes):
    rows = [archive_row(), archive_row(procedure="2", value="30"), archive_row(product="85423910", unit="p/st", pieces="4")]
    rows += [archive_row(product=code) for code in ("8542XXXX", "85XXXXXX", "01012100")]
    parts = taken(archive(tmp_path, *rows), codes)
    frame = pl.concat([part.rows for part in parts])
    assert frame["value_local"].to_list() == [Decimal(730), Decimal(700)]
    assert frame["net_kg"].to_list() == [Decimal(24), Decimal(12)]
    assert frame.select("quantity", "quantity_unit", "classification").row(1) == (Decimal(4), "p/st", "CN8")
    skipped = {name: sum(part.skipped.get(name, 0) for part in parts) for part in parts for name in part.skipped}
    assert skipped == {
        "added to another procedure": 1,
        "masked code of a followed heading": 1,
        "masked code of a followed chapter": 1,
        "another heading": 1,
    }
    assert sum(part.n_read for part in parts) == len(rows)


def test_procedures_of_a_cell_stay_together_wherever_a_batch_is_cut(tmp_path, codes, monkeypatch):
    rows = [archive_row(partner=partner, procedure=number) for partner in ("JP", "TW", "US") for number in ("1", "2", "3")]
    path = archive(tmp_path, *rows)
    whole = pl.concat([part.rows for part in taken(path, codes)]).drop("source_row")
    for size in range(60, 700, 37):
        monkeypatch.setattr(bulk, "CHUNK", size)
        cut = pl.concat([part.rows for part in taken(path, codes)]).drop("source_row")
        assert cut.equals(whole), size


def test_a_line_with_too_few_or_too_many_fields_is_set_apart(tmp_path, codes):
    parts = taken(archive(tmp_path, archive_row(), "DE,TW,E", archive_row(partner="US") + ",1", archive_row(partner="JP")), codes)
    assert sum(part.rows.height for part in parts) == 2
    assert [line for part in parts for line in part.quarantined["_line"]] == [3, 4]


def test_a_missing_column_of_an_archive_is_named(tmp_path, codes):
    path = archive(tmp_path, archive_row())
    path.write_bytes(path.read_bytes().replace(b"VALUE_EUR", b"VALUE"))
    with pytest.raises(InputError, match="no VALUE_EUR"):
        taken(path, codes)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not part of the project")
def test_a_recorded_answer_meets_the_identities(codes, monkeypatch):
    monkeypatch.setattr(eurostat_comext, "HEADINGS", ("8483",))
    ask = Ask(API, date(2025, 6, 1), date(2025, 6, 1)).narrow(reporter="EU27_2020")
    parsed = SOURCE.parse(ask, (SAMPLES / "api_EU27_84834030_2025-06.csv").read_bytes(), release(), codes)
    assert (parsed.rows.height, parsed.quarantined.height) == (43, 0)
    assert [(c.name, c.detail == c.published) for c in parsed.controls] == [("intra-EU", True), ("extra-EU", True)]


PIECES = st.binary(max_size=4) | st.sampled_from([b",", b"\n", b'"', b"-1", b"\r", b"X"])


def test_a_mutated_archive_is_named_or_set_apart(tmp_path, codes):
    path = archive(tmp_path, *(archive_row(partner=partner) for partner in ("JP", "TW", "US")))
    whole = path.read_bytes()

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(whole) - 1), st.integers(0, 40), PIECES)
    def check(start, length, piece):
        path.write_bytes(whole[:start] + piece + whole[start + length :])
        try:
            parts = taken(path, codes)
        except ChipflowsError as error:
            assert "estat" in str(error)
            return
        n_lines = len([line for line in path.read_bytes().split(b"\n")[1:] if line.strip(b"\r")])
        assert sum(part.n_read for part in parts) == n_lines

    check()
