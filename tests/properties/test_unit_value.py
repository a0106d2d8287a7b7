"""A5, unit values: no unit of money or goods moves a flag, sums lie between their parts, price and volume add up to value."""

from collections.abc import Iterable
from datetime import date
from math import exp, isclose, log, prod, sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import STEADY, case, months_from

MONTHS = months_from(date(2022, 11, 1), 16)
PARTNERS = ("CHN", "KOR", "TWN")
STAGES = {"847141": "server", "847150": "server", "847180": "unit"}
Cell = tuple[str, str, date]
Filed = dict[Cell, tuple[int | None, int]]


# Values and quantities in thousandths, so that every rescaled figure is exact in the warehouse too.
def mostly(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Nine in ten draws from the usual, so that cells meet a year apart; the rest from the odd."""
    return st.integers(1, 10).flatmap(lambda draw: usual if draw < 10 else odd)


amounts = mostly(st.integers(1, 10**10), st.none() | st.just(0) | st.integers(-1_000, -1))
quantities = mostly(st.integers(1, 10**6), st.just(0))
YEAR_APART = (MONTHS[0], MONTHS[1], MONTHS[12], MONTHS[13])  # so that many cells have one a year before
places = st.tuples(st.sampled_from(PARTNERS), st.sampled_from(sorted(STAGES)), st.sampled_from(YEAR_APART))
cells = st.dictionaries(places, st.tuples(amounts, quantities), min_size=15, max_size=30)
likely = st.dictionaries(
    st.tuples(st.sampled_from(PARTNERS), st.sampled_from(["847141", "847150"]), st.sampled_from(YEAR_APART[::2])),
    st.tuples(st.integers(1, 10**9), st.integers(1, 10**6)),
    min_size=6,
)
lanes = st.lists(st.sampled_from([9, 10, 10, 10, 10, 11, 12, 30, 100, 2_000]), min_size=8, max_size=20)


def reports(filed: Filed) -> list[dict[str, Any]]:
    """Rows of the bilateral report with a value and a quantity."""
    return [
        {
            "reporter_iso3": "USA",
            "partner_iso3": partner,
            "flow": "M",
            "product_code": code,
            "frequency": "M",
            "period_start": month,
            "value_usd": value,
            "quantity": quantity,
            "quantity_unit": "u",
            "is_quantity_estimated": False,
            "absence_reason": "suppressed" if value is None else None,
        }
        for (partner, code, month), (value, quantity) in filed.items()
    ]


def by_cell(rows: Iterable[dict[str, Any]]) -> dict[Cell, dict[str, Any]]:
    """Rows by partner, code and month."""
    return {(row["partner_iso3"], row["product_code"], row["period_start"]): row for row in rows}


def unit_values(filed: Filed) -> dict[Cell, dict[str, Any]]:
    """Unit values that the SQL makes of the reports."""
    return by_cell(case("metrics.metric_unit_value", {"metrics.metric_bilateral_report": reports(filed)}))


def lane(values: list[int]) -> Filed:
    """Values of one lane in consecutive months, each for a thousand pieces."""
    return {
        ("TWN", "847180", month): (1_000 * value, 1_000) for value, month in zip(values, months_from(MONTHS[0], 20), strict=False)
    }


@STEADY
@given(cells)
def test_every_quantity_has_a_unit_value_or_a_reason_and_no_value_is_dropped(filed: Filed) -> None:
    rows = unit_values(filed)
    assert set(rows) == set(filed)
    for cell, (value, quantity) in filed.items():
        row = rows[cell]
        assert row["value_usd"] == value
        if value is None or quantity == 0 or value < 0:
            expected = "no_value" if value is None else "zero_quantity" if quantity == 0 else "negative_value"
            assert (row["unit_value_usd"], row["absence_reason"]) == (None, expected)
        else:
            assert isclose(row["unit_value_usd"], value / quantity, rel_tol=1e-12)
        assert (row["imputed_quantity"] is not None) == bool(row["is_unit_value_flagged"])


@STEADY
@given(lanes, st.sampled_from([2, 7, 1_000]), st.sampled_from([3, 10, 1_000]))
def test_z_does_not_depend_on_the_units(values: list[int], rate: int, pieces: int) -> None:
    before = unit_values(lane(values))
    after = unit_values({cell: (value * rate, quantity * pieces) for cell, (value, quantity) in lane(values).items()})
    for cell, row in before.items():
        assert (row["robust_z"] is None) == (after[cell]["robust_z"] is None)
        assert row["robust_z"] is None or row["robust_z"] == pytest.approx(after[cell]["robust_z"], rel=1e-6, abs=1e-6)
        assert row["outlier_rule"] == after[cell]["outlier_rule"]
        assert row["is_unit_value_flagged"] == after[cell]["is_unit_value_flagged"]


@STEADY
@given(lanes)
def test_a_flag_needs_eight_cells_and_imputes_at_the_median(values: list[int]) -> None:
    rows = [row for _, row in sorted(unit_values(lane(values)).items())]
    for number, row in enumerate(rows, start=1):
        assert row["n_window"] == number
        assert (row["is_unit_value_flagged"] is None) == (number < 8)
        if row["is_unit_value_flagged"]:
            assert isclose(row["imputed_quantity"], float(row["value_usd"]) / row["median_unit_value_usd"], rel_tol=1e-6)
            assert row["outlier_rule"] == "ratio" or abs(row["robust_z"]) > 3.5


@STEADY
@given(likely)
def test_the_unit_value_of_a_sum_lies_between_those_of_its_parts(filed: Filed) -> None:
    parts = unit_values(filed)
    whole: dict[Cell, list[int]] = {}
    for (partner, _, month), (value, quantity) in filed.items():
        summed = whole.setdefault((partner, "8471", month), [0, 0])
        summed[0], summed[1] = summed[0] + (value or 0), summed[1] + quantity
    for cell, row in unit_values({cell: (value, quantity) for cell, (value, quantity) in whole.items()}).items():
        of = [part["unit_value_usd"] for place, part in parts.items() if (place[0], place[2]) == (cell[0], cell[2])]
        assert min(of) * (1 - 1e-12) <= row["unit_value_usd"] <= max(of) * (1 + 1e-12)


def price_volume(filed: Filed) -> list[dict[str, Any]]:
    """Price and volume that the SQL makes of the reports."""
    products = [{"product_id": code, "code": code, "level": 6, "stage": stage} for code, stage in STAGES.items()]
    return case("metrics.metric_price_volume", {"metrics.metric_bilateral_report": reports(filed), "core.dim_product": products})


def matched(filed: Filed) -> list[tuple[float, float, float, float]]:
    """Value and quantity then and now of every pair of code and partner seen in both Novembers."""
    return [
        (*map(float, filed[partner, code, MONTHS[0]]), *map(float, filed[partner, code, MONTHS[12]]))  # type: ignore[arg-type]
        for partner, code, month in filed
        if month == MONTHS[12] and (partner, code, MONTHS[0]) in filed
    ]


@STEADY
@given(cells)
def test_parts_add_up_to_the_change_of_value(filed: Filed) -> None:
    for row in price_volume(filed):
        if row["dlog_value"] is None:
            continue
        assert row["dlog_value"] == row["dlog_price"] + row["dlog_volume"]
        whole, parts = 1 + row["value_change"], (1 + row["price_change"]) * (1 + row["volume_change"])
        # A change near -1 keeps only the digits of 1 + change, which the other factor magnifies.
        assert isclose(whole, parts, rel_tol=1e-9, abs_tol=1e-15 * (2 + abs(row["price_change"]) + abs(row["volume_change"])))
        if row["price_series_kind"] == "cell":
            key = (row["partner_iso3"], row["price_series_code"])
            now, base = filed[*key, row["period_start"]], filed[*key, row["price_base_start"]]
            assert isclose(row["dlog_value"], log(now[0] / base[0]), abs_tol=1e-9)  # type: ignore[operator]
            assert isclose(row["dlog_volume"], log(now[1] / base[1]), abs_tol=1e-9)


@STEADY
@given(likely)
def test_stage_indices_are_tornqvist_and_fisher(filed: Filed) -> None:
    pairs = matched(filed)
    found = {
        row["price_method"]: row
        for row in price_volume(filed)
        if (row["price_series_kind"], row["row_selection"], row["period_start"]) == ("stage_reporter", "all_rows", MONTHS[12])
    }
    if not pairs:
        assert all(row["absence_reason"] == "no_matched_pair" for row in found.values())
        return
    v0, v1 = sum(p[0] for p in pairs), sum(p[2] for p in pairs)
    ratios = [(w1 / q1) / (w0 / q0) for w0, q0, w1, q1 in pairs]
    laspeyres = sum(w0 / v0 * r for (w0, *_), r in zip(pairs, ratios, strict=True))
    paasche = 1 / sum(w1 / v1 / r for (_, _, w1, _), r in zip(pairs, ratios, strict=True))
    tornqvist = prod(r ** (0.5 * (w0 / v0 + w1 / v1)) for (w0, _, w1, _), r in zip(pairs, ratios, strict=True))
    assert isclose(1 + found["fisher"]["price_change"], sqrt(laspeyres * paasche), rel_tol=1e-9)
    assert isclose(1 + found["tornqvist"]["price_change"], tornqvist, rel_tol=1e-9)
    for row in found.values():
        assert isclose(exp(row["dlog_value"]), v1 / v0, rel_tol=1e-9)
        assert row["n_varieties"] == len(pairs)


@STEADY
@given(lanes)
def test_without_flagged_rows_no_flagged_cell_has_a_price(values: list[int]) -> None:
    filed = lane(values)
    flags = {cell[2]: bool(row["is_unit_value_flagged"]) for cell, row in unit_values(filed).items()}
    for row in price_volume(filed):
        if row["price_series_kind"] == "cell" and row["row_selection"] == "without_flagged":
            touched = flags[row["period_start"]] or flags.get(row["price_base_start"], False)
            assert not touched or row["dlog_value"] is None
