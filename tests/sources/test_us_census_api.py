"""US Census API: groups among the countries, the row of all countries as control, quantities, keys that are not accepted."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.schemas.check import failures
from pipelines.schemas.tables.tidy_trade import TradeObs
from pipelines.sources.contract import Answer, Ask, Kind
from pipelines.sources.country_codes import codes_of
from pipelines.sources.us_census_api import UsCensus

CHECKOUT = Path(__file__).parents[2]
SAMPLE = CHECKOUT.parent / "shared" / "samples" / "census" / "imports_hs_8483408000_2026-05.json"
SOURCE = UsCensus()
MAY = Ask("uscb_imports_hs10", date(2026, 5, 1), date(2026, 5, 1)).narrow(codes="8542")
HEADER = ["CTY_CODE", "CTY_NAME", "GEN_VAL_MO", "GEN_QY1_MO", "UNIT_QY1", "I_COMMODITY", "time", "COMM_LVL"]
COUNTRIES = {"5830": 700, "5800": 200, "5490": 0}
GROUPS = {"0003": 100, "0027": 900, "5XXX": 900, "1XXX": 0}


@pytest.fixture(scope="module")
def codes():
    read = [
        pl.read_csv(CHECKOUT / "data/reference" / f"{name}.csv", infer_schema=False) for name in ("countries", "country_aliases")
    ]
    return codes_of("census", *read)


def row(country, value, **changes):
    cells = {"unit": "NO", "code": "8542310040", "month": "2026-05", "level": "HS10", **changes}
    return [country, "NAME", str(value), str(value // 100), *cells.values()]


def parse(make_release, codes, *rows, ask=MAY):
    body = json.dumps([HEADER, *rows]).encode()
    parsed = SOURCE.parse(ask, body, make_release(source_id="uscb"), codes)
    assert failures(parsed.rows, TradeObs).rows() == []
    return parsed


def test_countries_add_up_to_the_row_of_all_and_groups_are_left_out(make_release, codes):
    rows = [row(country, value) for country, value in {**COUNTRIES, **GROUPS, "-": 900}.items()]
    parsed = parse(make_release, codes, *rows)
    assert parsed.rows["partner_iso3"].to_list() == ["TWN", "KOR", "THA", "WLD"]
    assert parsed.skipped == {"country group": 4} and parsed.n_read == 8
    assert [(control.name, control.detail, control.agrees) for control in parsed.controls] == [("all", Decimal(900), True)]


def test_a_row_of_all_that_differs_is_told_by_line(make_release, codes):
    parsed = parse(make_release, codes, row("5830", 700), row("-", 701))
    assert [control.name for control in parsed.controls if not control.agrees] == ["all", "8542310040"]


def test_a_line_without_trade_stays_as_zero(make_release, codes):
    assert parse(make_release, codes, row("5490", 0)).rows["value_usd"].to_list() == [Decimal(0)]


@pytest.mark.parametrize(("unit", "kept"), [("NO", True), ("KG", True), ("X", False), ("-", False)])
def test_a_quantity_needs_a_unit(make_release, codes, unit, kept):
    found = parse(make_release, codes, row("5830", 700, unit=unit)).rows.row(0, named=True)
    assert (found["quantity"] is not None, found["quantity_unit"]) == (kept, unit if kept else None)


def test_another_level_or_month_is_quarantined(make_release, codes):
    parsed = parse(make_release, codes, row("5830", 1, code="854231", level="HS6"), row("5800", 1, month="2026-04"))
    assert parsed.rows.height == 0 and parsed.quarantined.height == 2


def test_a_column_that_is_asked_for_and_filtered_by_comes_twice(make_release, codes):
    body = json.dumps([[*HEADER, "time"], [*row("5830", 700), "2026-05"]]).encode()
    assert SOURCE.parse(MAY, body, make_release(source_id="uscb"), codes).rows.height == 1


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"<html><head><title>Invalid Key</title></head></html>", Kind.KEY),
        (302, b"", Kind.KEY),
        (200, b"<html><head><title>Missing Key</title></head></html>", Kind.KEY),
        (204, b"", Kind.NOT_YET),
        (400, b"error: unknown variable 'X'", Kind.REFUSED),
        (404, b"<html>", Kind.REFUSED),
        (503, b"", Kind.WAIT),
        (200, b'[["a"],["1"', Kind.WAIT),
        (200, b'[["a"],["1"]]', Kind.DATA),
    ],
)
def test_answers_are_told_apart(status, body, kind):
    assert SOURCE.judge(MAY, Answer(status, {}, body)).kind is kind


@pytest.mark.skipif(not SAMPLE.exists(), reason="the recorded answers are not part of the project")
def test_the_recorded_answer_has_39_countries_that_add_up(make_release, codes):
    parsed = SOURCE.parse(MAY, SAMPLE.read_bytes(), make_release(source_id="uscb"), codes)
    countries = parsed.rows.filter(pl.col("partner_iso3") != "WLD")
    assert (countries.height, parsed.skipped, parsed.quarantined.height) == (39, {"country group": 17}, 0)
    assert countries["value_usd"].sum() == Decimal(20_966_407) and all(control.agrees for control in parsed.controls)
    assert countries["quantity"].sum() == Decimal(772_499)
