"""A1 and A3, filed totals: kept apart from cells, free of their own parts, and the same however often they are released."""

from datetime import date
from typing import Any

from filings import CODES, MONTHS, Record, inputs, later, made, record
from hypothesis import given
from hypothesis import strategies as st
from world import FEW, calendar_rows, case

PRODUCTS = [{"product_id": code, "code": code, "ai_group": "ai_accelerator"} for code in CODES]
SERIES = {
    "outcome_id": "world",
    "source_id": "comtrade",
    "reporter_iso3": "USA",
    "partner_isos": "WLD",
    "flow": "X",
    "plus_codes": ";".join(CODES),
}

values = st.integers(0, 10**12)
totals = st.fixed_dictionaries(dict.fromkeys([(flow, code) for flow in "MX" for code in CODES], values))


def filed(known: dict[tuple[str, str], int]) -> list[Record]:
    """World totals of one month by flow and code."""
    return [record("WLD", code, MONTHS[0], value, flow=flow) for (flow, code), value in known.items()]


def net_arrival(rows: list[Record]) -> list[dict[str, Any]]:
    """Imports less exports of the proxy group."""
    return case("metrics.metric_proxy_net_arrival", {**inputs(rows), "core.dim_product": PRODUCTS})


def outcome(rows: list[Record]) -> list[tuple[date, Any, int]]:
    """The registered series of World exports."""
    months = {"tidy.outcome_series": [SERIES], "core.dim_month": calendar_rows(MONTHS[0], 3)}
    found = case("metrics.metric_outcome_month", {**inputs(rows), **months})
    return [(row["month"], row["value"], row["n_present"]) for row in found]


@FEW
@given(values)
def test_totals_say_what_they_are(value: int) -> None:
    rows = [record(partner, CODES[0], MONTHS[0], value) for partner in ("WLD", "EUU", "CHN", "USA")]
    kinds = {row["partner_iso3"]: row["control_kind"] for row in made("core.fact_control_total", rows)}
    assert kinds == {"WLD": "world_total", "EUU": "aggregate_partner"}


@FEW
@given(totals, values)
def test_parts_of_a_total_are_not_totals(known: dict[tuple[str, str], int], value: int) -> None:
    rows = filed(known)
    parts = [{**row, "value_usd": value, "transport_code": mode} for row in rows for mode in ("1", "2")]
    assert made("core.fact_control_total", rows + parts) == made("core.fact_control_total", rows)


@FEW
@given(totals)
def test_a_second_release_of_a_total_counts_once(known: dict[tuple[str, str], int]) -> None:
    rows = filed(known)
    assert net_arrival(rows + later(rows)) == net_arrival(rows)
    assert outcome(rows + later(rows)) == outcome(rows)


@FEW
@given(totals, totals)
def test_the_newest_release_of_a_total_counts(known: dict[tuple[str, str], int], revised: dict[tuple[str, str], int]) -> None:
    assert net_arrival(filed(known) + later(filed(revised))) == net_arrival(filed(revised))


@FEW
@given(totals)
def test_what_stays_is_imports_less_exports(known: dict[tuple[str, str], int]) -> None:
    (row,) = net_arrival(filed(known))
    imports, exports = (sum(value for (flow, _), value in known.items() if flow == wanted) for wanted in "MX")
    assert (row["import_usd"], row["export_usd"], row["net_gross_usd"]) == (imports, exports, imports - exports)
    assert row["net_low_usd"] <= row["net_gross_usd"] <= row["net_high_usd"]
