"""A6, A7, A9, A10 and the waterfall: what must hold for any two reports of the same trade, whatever is missing or negative.

Both sides of a lane are drawn together, so that pairs occur, and each property says at the end which states it must have met:
a property that never sees a pair proves nothing. The last one starts from filed records, with releases, self-trade and
partners without a country.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from math import isclose, log
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lanes import (
    ABSENT,
    CODES,
    COUNTRIES,
    NES,
    SIDES,
    YEARS,
    Lane,
    Lanes,
    Record,
    Report,
    complete,
    lanes,
    pair,
    period,
    positive,
    report,
    reports_of,
    resold,
    said,
    tables,
    unnamed,
)
from world import FEW, STEADY, TIMES, World, case

CENT = Decimal("0.01")
PAIRS = settings(STEADY, max_examples=18 * TIMES)


def judge_waterfall(parts: list[Record], seen: Counter[str]) -> None:
    """The five parts of one gap: they add up, each lies in its interval, none explains more than there is."""
    assert [part["component"] for part in sorted(parts, key=lambda part: part["component_position"])] == [
        "freight", "timing", "reexport", "classification", "residual",
    ]  # fmt: skip
    assert sum(part["component_usd"] or 0 for part in parts) == parts[0]["raw_gap_usd"]
    seen["gap above 0" if parts[0]["raw_gap_usd"] > 0 else "gap not above 0"] += 1
    for part in parts:
        low, amount, high = (part[name] for name in ("component_low_usd", "component_usd", "component_high_usd"))
        seen[f"{part['component']} {part['component_state']}"] += 1
        assert low is None or high is None or low <= high
        assert amount is None or ((low is None or low <= amount) and (high is None or amount <= high))
        assert (amount is None) == (part["absence_reason"] is not None)
        assert part["explainable_usd"] is None or 0 <= part["explainable_usd"] <= abs(part["raw_gap_usd"])


def waterfalls(rows: Iterable[Record]) -> list[list[Record]]:
    """Components of each gap together."""
    gaps: dict[tuple[Any, ...], list[Record]] = {}
    for row in rows:
        gaps.setdefault((row["exporter_iso3"], row["importer_iso3"], row["product_code"], row["period_start"]), []).append(row)
    return list(gaps.values())


def test_a_waterfall_adds_up_and_every_part_lies_in_its_interval() -> None:
    seen: Counter[str] = Counter()

    @PAIRS
    @given(lanes, complete, resold)
    def check(drawn: Lanes, listed: set[Lane], sold_on: dict[Lane, int]) -> None:
        for parts in waterfalls(case("metrics.metric_mirror_waterfall", tables(reports_of(drawn), listed, sold_on))):
            judge_waterfall(parts, seen)

    check()
    states = ("reexport observed", "reexport bounded", "reexport unknown", "classification bounded", "classification unknown")
    assert min(seen[state] for state in (*states, "gap above 0", "gap not above 0")) >= 5, seen
    assert seen["residual remainder"] >= 100, seen


def judge_gap(row: Record, seen: Counter[str]) -> None:
    """One gap: bounds of its ratios, and a reason for everything that is not there."""
    seen[row["pair_state"]] += 1
    seen[row["absence_reason"] or "gap"] += 1
    seen.update((row["ratio_absence_reason"] or "all ratios").split(";"))
    ratios = [row[name] for name in ("missing_share", "symmetric_gap", "log_gap", "quantity_part", "excess_log_gap")]
    assert (row["gap_usd"] is None) == (row["exporter_usd"] is None or row["importer_usd"] is None)
    if row["gap_usd"] is None:
        assert ratios == [None] * 5
        assert row["absence_reason"].split("_")[0] == ("exporter" if row["exporter_usd"] is None else "importer")
        assert row["ratio_absence_reason"] is None
        return
    assert row["absence_reason"] is None
    assert (row["ratio_absence_reason"] is not None) == (None in ratios)
    assert row["missing_share"] is None or row["missing_share"] <= 1
    assert row["symmetric_gap"] is None or -1 <= row["symmetric_gap"] <= 1
    if row["importer_usd"] == 0 and row["exporter_usd"] > 0:
        assert (row["missing_share"], row["log_gap"], row["ratio_absence_reason"]) == (1, None, "importer_zero")


def test_gaps_keep_their_bounds_and_say_why_a_ratio_is_missing() -> None:
    seen: Counter[str] = Counter()

    @PAIRS
    @given(lanes, complete, unnamed)
    def check(drawn: Lanes, listed: set[Lane], nameless: dict[Lane, int]) -> None:
        for row in case("metrics.metric_mirror_gap", tables(reports_of(drawn, nameless), listed)):
            assert NES not in (row["exporter_iso3"], row["importer_iso3"])
            judge_gap(row, seen)

    check()
    assert min(seen[state] for state in ("paired", "orphaned", "lost", "both_zero", "gap")) >= 5, seen
    reasons = [f"{side}_{state}" for side in ("exporter", "importer") for state in ("missing", "suppressed", "zero")]
    ratios = ["negative_correction", "both_zero", "no_common_quantity", "too_few_windows_before", "no_control_code"]
    assert min(seen[reason] for reason in (*reasons, *ratios)) >= 2, seen


def judge_reconciled(row: Record, seen: Counter[str]) -> None:
    """One reconciled flow: between its reports, or the one report that stands, or nothing with a reason."""
    both = [row["exporter_usd"], row["importer_used_usd"]]
    there = [value for value in both if value is not None]
    state = row["reconcile_state"]
    seen[state] += 1
    assert (row["reconciled_usd"] is None) == (state in ("missing", "suppressed", "negative_correction"))
    assert (row["absence_reason"] or "") == (state if row["reconciled_usd"] is None else "")
    if state == "two_reports":
        assert min(there) <= row["reconciled_usd"] <= max(there)
        seen["strictly between"] += min(there) < row["reconciled_usd"] < max(there)
    if state in ("single_reporter", "other_side_suppressed"):
        assert [row["reconciled_usd"]] == there
        alone = row["importer_state"] if row["importer_used_usd"] is None else row["exporter_state"]
        assert (alone == "suppressed") == (state == "other_side_suppressed")
    if state == "asymmetric_zero":
        assert row["reconciled_usd"] == max(there) > min(there) == 0
    if state in ("missing", "suppressed"):
        assert there == []
        assert ("suppressed" in (row["exporter_state"], row["importer_state"])) == (state == "suppressed")


def test_a_reconciled_value_lies_between_its_reports() -> None:
    seen: Counter[str] = Counter()

    @PAIRS
    @given(lanes, complete)
    def check(drawn: Lanes, listed: set[Lane]) -> None:
        for row in case("metrics.metric_reconciled_flow", tables(reports_of(drawn), listed)):
            judge_reconciled(row, seen)

    check()
    states = {"single_reporter", "other_side_suppressed", "asymmetric_zero", "both_zero", "suppressed", "negative_correction"}
    assert min(seen[state] for state in states) >= 3, seen
    assert min(seen["two_reports"], seen["strictly between"]) >= 50, seen


quantity = st.integers(1, 10**9)
quantities = st.tuples(quantity, quantity) | st.tuples(st.sampled_from((None, 0, 5)), st.sampled_from((None, 0, 7)))


def test_the_parts_of_a_gap_add_up_and_change_their_signs_with_the_roles() -> None:
    seen: Counter[str] = Counter()

    @PAIRS
    @given(st.tuples(positive, positive), quantities, st.sampled_from(("u", "kg", "m2")), st.sampled_from((False, False, True)))
    def check(values: tuple[int, int], amounts: tuple[int | None, int | None], unit: str, is_estimated: bool) -> None:
        (one, other), (first, second) = values, amounts
        gaps = [
            case("metrics.metric_mirror_gap", with_quantities(pair(*values[::turn]), amounts[::turn], unit, is_estimated))[0]
            for turn in (1, -1)
        ]
        if not first or not second or is_estimated:
            seen["in one piece"] += 1
            assert gaps[0]["quantity_part"] is gaps[0]["unit_value_part"] is gaps[0]["pair_quantity_unit"] is None
            assert "no_common_quantity" in gaps[0]["ratio_absence_reason"].split(";")
            return
        seen["in two parts"] += 1
        for gap in gaps:
            assert isclose(gap["quantity_part"] + gap["unit_value_part"], gap["log_gap"], abs_tol=1e-9)
            assert gap["pair_quantity_unit"] == unit
        assert isclose(gaps[0]["quantity_part"], log(first) - log(second), abs_tol=1e-9)
        assert isclose(gaps[0]["unit_value_part"], log(one / first) - log(other / second), abs_tol=1e-6)
        assert isclose(gaps[0]["quantity_part"], -gaps[1]["quantity_part"], abs_tol=1e-12)
        assert isclose(gaps[0]["unit_value_part"], -gaps[1]["unit_value_part"], abs_tol=1e-9)

    check()
    assert min(seen["in two parts"], seen["in one piece"]) >= 3, seen


def with_quantities(
    filed: Mapping[Report, int | None], amounts: tuple[int | None, int | None], unit: str, is_estimated: bool
) -> dict[str, list[Record]]:
    """Inputs of one pair without freight, with a quantity on either side; an estimate is marked as one."""
    inputs = tables(filed, rates=(0, 0, 0))
    for row in inputs["metrics.metric_bilateral_report"]:
        amount = amounts[SIDES[row["flow"]]]
        row |= {"quantity": amount, "quantity_unit": None if amount is None else unit}
        row |= {"is_quantity_estimated": None if amount is None else is_estimated}
    return inputs


@FEW
@given(positive, positive, st.lists(st.floats(0, 0.2), min_size=3, max_size=3).map(sorted))
def test_freight_only_ever_lowers_the_import_and_widens_the_gap(exported: int, imported: int, rates: list[float]) -> None:
    low, central, high = rates
    with World() as world:
        for name, rows in tables(pair(exported, imported), rates=(low, central, high)).items():
            world.put(name, rows)
        (found,) = world.build("metrics.metric_mirror_pair")
        (gap,) = world.build("metrics.metric_mirror_gap")
    assert 0 < found["importer_fob_low_usd"] <= found["importer_fob_usd"] <= found["importer_fob_high_usd"] <= imported
    assert gap["gap_low_usd"] <= gap["gap_usd"] <= gap["gap_high_usd"]
    assert isclose(float(found["importer_fob_usd"]) * (1 + central), imported, rel_tol=1e-6)


@FEW
@given(positive, positive)
def test_the_symmetric_gap_changes_its_sign_with_the_roles(one: int, other: int) -> None:
    gaps = [case("metrics.metric_mirror_gap", tables(pair(*both), rates=(0, 0, 0)))[0] for both in ((one, other), (other, one))]
    assert isclose(gaps[0]["symmetric_gap"], -gaps[1]["symmetric_gap"], abs_tol=1e-12)
    assert isclose(gaps[0]["log_gap"], -gaps[1]["log_gap"], abs_tol=1e-12)
    equal = case("metrics.metric_mirror_gap", tables(pair(one, one), rates=(0, 0, 0)))[0]
    assert equal["gap_usd"] == equal["log_gap"] == equal["symmetric_gap"] == equal["missing_share"] == 0


def reconciled(one: int, other: int, scales: tuple[float, float]) -> Record:
    """Reconciled value of two reports without freight, with the two error scales."""
    known = [
        {"reporter_iso3": name, "reporter_role": role, "reliability_method": "effects", "period_start": date(2021, 1, 1),
         "period_end": date(2023, 12, 31), "error_scale": scale}
        for name, role, scale in (("TWN", "exporter", scales[0]), ("THA", "importer", scales[1]))
    ]  # fmt: skip
    inputs = tables(pair(one, other), rates=(0, 0, 0)) | {"metrics.metric_reporter_reliability": known}
    return case("metrics.metric_reconciled_flow", inputs)[0]


def test_a_flag_that_stands_for_a_weight_is_not_our_softmax() -> None:
    """VALIDATION V12: with both 0/1 flags 1 taken as weights, 100 and 200 give the exporter's 100; equal scores give the mean."""
    flag = 1
    assert flag * 100 + (1 - flag) * 200 == 100
    equal = [
        {"reporter_iso3": name, "reporter_role": role, "reliability_method": "fixed_point", "period_start": date(2021, 1, 1),
         "period_end": date(2023, 12, 31), "error_scale": None, "reliability_score": 1,
         "absence_reason": "score_instead_of_scale"}
        for name, role in (("TWN", "exporter"), ("THA", "importer"))
    ]  # fmt: skip
    inputs = tables(pair(100, 200), rates=(0, 0, 0)) | {"metrics.metric_reporter_reliability": equal}
    (row,) = case("metrics.metric_reconciled_flow", inputs)
    assert (row["softmax_weight"], row["softmax_usd"], row["reconciled_usd"]) == (0.5, 150, 150)
    assert row["ratio_absence_reason"] == "error_scale_unknown"


@FEW
@given(positive, positive, st.floats(0.03, 0.6), st.floats(0.03, 0.6), st.floats(0.01, 0.3))
def test_weights_fall_with_the_error_and_swap_with_the_roles(one: int, other: int, mine: float, its: float, more: float) -> None:
    found, worse, swapped = (
        reconciled(one, other, (mine, its)), reconciled(one, other, (mine + more, its)), reconciled(other, one, (its, mine)),
    )  # fmt: skip
    assert 0 < found["exporter_weight"] < 1
    assert worse["exporter_weight"] < found["exporter_weight"]
    assert isclose(found["exporter_weight"], 1 - swapped["exporter_weight"], abs_tol=1e-9)
    assert abs(found["reconciled_usd"] - swapped["reconciled_usd"]) <= CENT
    assert reconciled(one, one, (mine, its))["reconciled_usd"] == one


@FEW
@given(positive, positive, st.integers(2, 1000))
def test_a_reconciled_value_scales_with_its_reports(one: int, other: int, times: int) -> None:
    small, large = reconciled(one, other, (0.1, 0.3)), reconciled(one * times, other * times, (0.1, 0.3))
    assert isclose(float(large["reconciled_usd"]), times * float(small["reconciled_usd"]), rel_tol=1e-9, abs_tol=times * 0.001)


@FEW
@given(positive, positive, st.integers(0, 10**10))
def test_the_surplus_falls_by_what_hubs_sold_on(exported: int, imported: int, sold: int) -> None:
    without, with_one, with_two = (
        case("metrics.metric_reexport_adjustment", tables(pair(exported, imported), sold_on={("TWN", "THA", "854231"): value}))[0]
        for value in (0, sold, 2 * sold)
    )
    assert without["surplus_after_usd"] == without["surplus_before_usd"]
    assert with_one["surplus_after_usd"] == with_one["surplus_before_usd"] - sold
    assert (
        with_two["surplus_after_usd"] - with_one["surplus_after_usd"]
        == with_one["surplus_after_usd"] - without["surplus_after_usd"]
    )
    assert with_one["is_worse_after"] == (sold > 0 and with_one["surplus_before_usd"] < 0)


@FEW
@given(positive, st.integers(0, 10**12))
def test_what_stays_and_what_was_sold_on_make_up_the_imports(imported: int, sold: int) -> None:
    inputs = tables({})
    world = [
        {"reporter_iso3": "HKG", "flow": flow, "product_code": "847330", **period(2023), "value_usd": value}
        for flow, value in (("M", imported), ("RX", sold))
    ]
    product = {"product_id": "HS6-847330", "code": "847330", "ai_group": "ai_accelerator"}
    rows = case("metrics.metric_retained_import", inputs | {"metrics.metric_world_report": world, "core.dim_product": [product]})
    (row,) = (row for row in rows if row["period_start"] == date(2023, 1, 1))
    assert isclose(float(row["retained_usd"]) + sold / 1.1, imported, rel_tol=1e-9, abs_tol=0.01)
    assert row["retained_low_usd"] <= row["retained_usd"] <= row["retained_high_usd"]
    assert row["is_over_reexport"] == (row["retained_usd"] < 0)


def filed_records(drawn: Lanes, nameless: Mapping[Lane, int], revised: int) -> list[Record]:
    """Records as filed in a first and, for the lanes at every `revised`-th place, in a second release that counts.

    The first release of a revised record holds another figure. Every country also trades with itself.
    """
    first, second = date(2025, 1, 1), date(2025, 2, 1)
    found = [
        (place, value, number % revised == 0) for number, (place, value) in enumerate(sorted(reports_of(drawn, nameless).items()))
    ]
    found += [
        ((name, name, flow, code, year), 7, False) for name in COUNTRIES for flow in "XM" for code in CODES for year in YEARS
    ]
    rows = []
    for place, value, is_revised in found:
        if is_revised:
            rows.append(filed_record(place, 3 if value is None else value + 12, "first", first))
            rows.append(filed_record(place, value, "second", second))
            rows.append(filed_record(place, value, "third", second + timedelta(days=1)))
        else:
            rows.append(filed_record(place, value, "first", first))
    return [{**row, "source_row": number} for number, row in enumerate(rows, start=2)]


def filed_record(place: Report, value: int | None, dataset: str, vintage: date) -> Record:
    """One record of tidy.trade_obs."""
    row = {name: cell for name, cell in report(place, value).items() if name not in ("cell_state", "licence_id")}
    return {
        **row, "source_id": "comtrade", "dataset_id": dataset, "trade_basis": "imports" if place[2] == "M" else "total_exports",
        "classification": "HS", "hs_revision": "H6", "partner2_code": "0", "customs_code": "C00", "transport_code": "0",
        "known_at": date(2025, 1, 1), "vintage_at": vintage,
    }  # fmt: skip


def chain(world: World, rows: list[Record]) -> dict[str, list[Record]]:
    """Gap, waterfall and reconciled flow made of filed records by all the models in between."""
    shared = {name: filled for name, filled in tables({}).items() if name.startswith("core.") or "reliability" in name}
    countries = shared["core.dim_country"]
    datasets = [{"dataset_id": name, "licence_id": "open"} for name in ("first", "second", "third")]
    for name, filled in {**shared, "tidy.trade_obs": rows, "tidy.country": countries, "tidy.dataset": datasets}.items():
        world.put(name, filled)
    return {name: world.build(f"metrics.metric_{name}") for name in ("mirror_gap", "mirror_waterfall", "reconciled_flow")}


def test_filed_records_become_gaps_waterfalls_and_reconciled_flows() -> None:
    seen: Counter[str] = Counter()

    @settings(STEADY, max_examples=12 * TIMES)
    @given(lanes, unnamed, st.integers(2, 5))
    def check(drawn: Lanes, nameless: dict[Lane, int], revised: int) -> None:
        with World() as world:
            found = chain(world, filed_records(drawn, nameless, revised))
            seen["self-trade kept apart"] += len(world.build("core.fact_self_trade"))
        for row in found["mirror_gap"] + found["reconciled_flow"]:
            assert row["exporter_iso3"] != row["importer_iso3"]
            assert NES not in (row["exporter_iso3"], row["importer_iso3"])
        for row in found["mirror_gap"]:
            judge_gap(row, seen)
            for flow, name in (("X", "exporter_usd"), ("M", "importer_usd")):
                told = said(drawn, row, flow)
                assert row[name] == told if told != ABSENT else row[name] in (None, 0)
        for parts in waterfalls(found["mirror_waterfall"]):
            judge_waterfall(parts, seen)
        for row in found["reconciled_flow"]:
            judge_reconciled(row, seen)
        gaps = {place(row): row["raw_gap_usd"] for row in found["mirror_gap"] if row["raw_gap_usd"] is not None}
        both_zero = {place(row) for row in found["mirror_gap"] if row["pair_state"] == "both_zero"}
        whole = {place(parts[0]): parts[0]["raw_gap_usd"] for parts in waterfalls(found["mirror_waterfall"])}
        assert whole == {lane: gap for lane, gap in gaps.items() if lane not in both_zero}

    check()
    states = ("paired", "orphaned", "lost", "two_reports", "asymmetric_zero", "other_side_suppressed", "negative_correction")
    assert min(seen[state] for state in (*states, "self-trade kept apart", "residual remainder")) >= 3, seen


def place(row: Record) -> tuple[Any, ...]:
    """Lane and year of a row."""
    return row["exporter_iso3"], row["importer_iso3"], row["product_code"], row["period_start"]
