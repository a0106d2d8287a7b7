"""A1, flow cube: what may be filed in any order, twice, with parts and with totals, without moving a cell."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from filings import CODES, MONTHS, PARTNERS, Cell, Record, amounts, cells, cube, inputs, later, made, record, records
from hypothesis import given
from hypothesis import strategies as st
from world import FEW, case

BREAKDOWNS = {"partner2_code": ("156", "344"), "customs_code": ("C01", "C04"), "transport_code": ("1", "2")}
RELEASE_COLUMNS = ("dataset_id", "is_later_vintage")
CHN_JAN = ("CHN", "847150", MONTHS[0])


def places(rows: list[Record]) -> list[tuple[object, ...]]:
    """Value and state per cell, whatever file it came from."""
    return sorted(
        (row["reporter_iso3"], row["partner_iso3"], row["product_code"], row["period_start"], row["cell_state"], row["value_usd"])
        for row in rows
    )


@FEW
@given(cells, st.randoms())
def test_the_order_of_rows_does_not_matter(filed: Mapping[Cell, int | None], random: Random) -> None:
    rows = records(filed)
    shuffled = random.sample(rows, len(rows))
    assert cube(shuffled) == cube(rows)


@FEW
@given(cells)
def test_a_second_release_with_the_same_figures_changes_no_cell(filed: Mapping[Cell, int | None]) -> None:
    rows = records(filed)
    assert cube(rows + later(rows), *RELEASE_COLUMNS) == cube(rows, *RELEASE_COLUMNS)


@FEW
@given(cells, st.data())
def test_a_revision_of_some_cells_replaces_those_and_no_other(filed: Mapping[Cell, int | None], data: st.DataObject) -> None:
    revised = data.draw(st.dictionaries(st.sampled_from(sorted(filed)), st.integers(0, 10**9), max_size=len(filed)))
    found = places(cube(records(filed) + later(records(revised))))
    assert found == places(cube(records({**filed, **revised})))


@FEW
@given(cells)
def test_one_release_of_a_cell_is_current(filed: Mapping[Cell, int | None]) -> None:
    rows = records(filed)
    flows = made("core.fact_trade_flow", rows + later(rows))
    current = Counter((row["partner_iso3"], row["product_code"], row["period_start"]) for row in flows if row["is_current"])
    assert current == Counter(dict.fromkeys(filed, 1))


@FEW
@given(cells, st.sampled_from(sorted(BREAKDOWNS)), amounts)
def test_parts_under_a_filed_total_change_nothing(filed: Mapping[Cell, int | None], dimension: str, amount: int | None) -> None:
    rows = records(filed)
    parts = [row for code in BREAKDOWNS[dimension] for row in records(dict.fromkeys(filed, amount), **{dimension: code})]
    assert cube(rows + parts) == cube(rows)


@FEW
@given(st.sampled_from(sorted(BREAKDOWNS)), st.lists(st.integers(0, 10**12), min_size=1, max_size=2))
def test_parts_along_one_dimension_add_up(dimension: str, values: list[int]) -> None:
    codes = BREAKDOWNS[dimension]
    rows = [record(*CHN_JAN, value, **{dimension: code}) for value, code in zip(values, codes, strict=False)]
    (cell,) = cube(rows)
    assert (cell["value_usd"], cell["cell_state"]) == (Decimal(sum(values)), "reported")


@FEW
@given(st.integers(0, 10**12), st.sampled_from(("suppressed", "not_applicable")))
def test_a_part_without_a_value_leaves_the_sum_open(value: int, reason: str) -> None:
    known = record(*CHN_JAN, value, transport_code="1")
    unknown = record(*CHN_JAN, None, transport_code="2", absence_reason=reason)
    (cell,) = cube([known, unknown])
    assert (cell["value_usd"], cell["absence_reason"]) == (None, reason)


@pytest.mark.parametrize("second", sorted(set(BREAKDOWNS) - {"transport_code"}))
def test_parts_along_two_dimensions_are_ambiguous(second: str) -> None:
    first = record(*CHN_JAN, 60, transport_code="1")
    other = record(*CHN_JAN, 40, **{second: BREAKDOWNS[second][0]})
    (cell,) = cube([first, other])
    assert (cell["value_usd"], cell["absence_reason"]) == (None, "ambiguous_breakdown")


@FEW
@given(cells, st.integers(-1_000, 10**12))
def test_totals_and_self_trade_stay_out_of_the_cube(filed: Mapping[Cell, int | None], value: int) -> None:
    rows = records(filed)
    month = next(iter(filed))[2]
    others = [record(partner, "847150", month, value) for partner in ("WLD", "EUU", "USA")]
    assert cube(rows + others) == cube(rows)
    assert [row["partner_iso3"] for row in made("core.fact_self_trade", rows + others)] == ["USA"]


@FEW
@given(cells)
def test_every_cell_says_what_it_is(filed: Mapping[Cell, int | None]) -> None:
    others = [record("CHN", "847150", month, 1, reporter_iso3="MYS") for month in MONTHS[:2]]
    found = {
        (row["partner_iso3"], row["product_code"], row["period_start"]): (row["cell_state"], row["value_usd"])
        for row in cube(records(filed) + others)
        if row["reporter_iso3"] == "USA"
    }
    pairs = {cell[:2] for cell in filed}
    months = {cell[2] for cell in filed} | set(MONTHS[:2])
    assert found == {(*pair, month): expected_state(filed, (*pair, month)) for pair in pairs for month in months}


def expected_state(filed: Mapping[Cell, int | None], cell: Cell) -> tuple[str, Decimal | None]:
    """What METHODS 0.2 says of a cell: reported, suppressed, zero where the month was filed, missing where it was not."""
    if cell in filed:
        value = filed[cell]
        return ("suppressed", None) if value is None else ("reported", Decimal(value))
    months: set[date] = {month for _, _, month in filed}
    return ("zero", Decimal(0)) if cell[2] in months else ("missing", None)


@FEW
@given(st.dictionaries(st.sampled_from(PARTNERS), st.lists(st.integers(-1_000, 10**9), min_size=1, max_size=4), min_size=1))
def test_national_lines_add_up_to_their_heading(lines: dict[str, list[int]]) -> None:
    rows = [
        record(partner, f"{CODES[0]}000{place}", MONTHS[0], value, classification="SCHB10")
        for partner, values in lines.items()
        for place, value in enumerate(values)
    ]
    scope = [{"dataset_id": "file", "has_all_lines": True}]
    found = case("metrics.metric_flow_cube", {**inputs(rows), "tidy.dataset_scope": scope})
    assert {(row["partner_iso3"], row["product_code"], row["value_usd"], row["n_lines"]) for row in found} == {
        (partner, CODES[0], Decimal(sum(values)), len(values)) for partner, values in lines.items()
    }
