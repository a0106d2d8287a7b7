"""A6, A7, A9, A10 and the waterfall: what must hold for any two reports of the same trade, whatever is missing or negative."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from math import isclose
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import FEW, World, case

COUNTRIES = ("HKG", "KOR", "THA", "TWN")
CODES = ("854231", "854232", "847330")
YEARS = (2022, 2023, 2024)
LOW, CENTRAL, HIGH = 0.002, 0.01, 0.06
CENT = Decimal("0.01")

Record = dict[str, Any]
Report = tuple[str, str, str, str, int]  # reporter, partner, flow, code, year

amounts = st.none() | st.just(0) | st.integers(-1_000, -1) | st.integers(1, 10**6) | st.integers(1, 10**12)
reports = st.dictionaries(
    st.tuples(
        st.sampled_from(COUNTRIES), st.sampled_from([*COUNTRIES, "XNS"]), st.sampled_from("MX"), st.sampled_from(CODES),
        st.sampled_from(YEARS),
    ),
    amounts, min_size=1, max_size=14,
)  # fmt: skip
positive = st.integers(10_000, 10**12)
complete = st.sets(st.tuples(st.sampled_from(COUNTRIES), st.sampled_from("MX"), st.sampled_from(CODES)), max_size=4)
resold = st.dictionaries(
    st.tuples(st.sampled_from(COUNTRIES), st.sampled_from(COUNTRIES), st.sampled_from(CODES)), st.integers(0, 10**9), max_size=4
)


def period(year: int) -> Record:
    """A calendar year."""
    return {"frequency": "A", "period_start": date(year, 1, 1), "period_end": date(year, 12, 31)}


def report(place: Report, value: int | None) -> Record:
    """One yearly report; exports FOB, imports CIF, NULL = suppressed."""
    reporter, partner, flow, code, year = place
    state = "suppressed" if value is None else "zero" if value == 0 else "reported"
    return {
        "reporter_iso3": reporter, "partner_iso3": partner, "flow": flow, "product_code": code, **period(year),
        "value_usd": value, "value_basis": "CIF" if flow == "M" else "FOB", "cell_state": state,
        "absence_reason": "suppressed" if value is None else None, "licence_id": "open",
    }  # fmt: skip


def tables(
    filed: Mapping[Report, int | None],
    listed: Iterable[tuple[str, str, str]] = (),
    sold_on: Mapping[tuple[str, str, str], int] | None = None,
    rates: tuple[float, float, float] = (LOW, CENTRAL, HIGH),
) -> dict[str, list[Record]]:
    """Inputs of the pair model: reports, complete lists of partners in all years, a hub's re-exports, freight rates."""
    parameter = {"reporter_class": "any", "stage_scope": "any"}
    low, central, high = rates
    return {
        "metrics.metric_bilateral_report": [
            report(place, value) for place, value in filed.items() if place[0] != place[1]
        ],
        "metrics.metric_world_report": [
            {"reporter_iso3": reporter, "flow": flow, "product_code": code, **period(year), "value_usd": 1,
             "is_partner_list_complete": True}
            for reporter, flow, code in listed for year in YEARS
        ],
        "metrics.metric_hub_reexport": [
            {"hub_iso3": "HKG", "origin_iso3": origin, "destination_iso3": destination, "product_code": code,
             "window_kind": "year", "period_start": date(2023, 1, 1), "period_end": date(2023, 12, 31), "reexport_usd": value,
             "origin_low_usd": value, "origin_central_usd": value, "origin_high_usd": value}
            for (origin, destination, code), value in (sold_on or {}).items()
        ],
        "core.dim_country": [{"country_iso3": name, "country_kind": "country"} for name in COUNTRIES]
        + [{"country_iso3": "XNS", "country_kind": "residual"}],
        "core.dim_hub": [{"country_iso3": "HKG", "hub_role": "entrepot"}],
        "core.dim_licence": [{"licence_id": "open", "may_redistribute_rows": True}],
        "core.dim_flow_parameter": [
            {**parameter, "parameter_id": "f", "parameter": "freight_rate", "parameter_low": low, "parameter_central": central,
             "parameter_high": high},
            {**parameter, "parameter_id": "t", "parameter": "transit_months", "parameter_low": 0, "parameter_central": 0,
             "parameter_high": 1},
            {**parameter, "parameter_id": "m", "parameter": "reexport_markup", "parameter_low": 0.03, "parameter_central": 0.1,
             "parameter_high": 0.25},
        ],
        "metrics.metric_reporter_reliability": [],
    }  # fmt: skip


def pair(exported: int, imported: int) -> dict[Report, int | None]:
    """Two reports of one trade."""
    return {("TWN", "THA", "X", "854231", 2023): exported, ("THA", "TWN", "M", "854231", 2023): imported}


@FEW
@given(reports, complete, resold)
def test_a_waterfall_adds_up_and_every_part_lies_in_its_interval(
    filed: dict[Report, int | None], listed: set[tuple[str, str, str]], sold_on: dict[tuple[str, str, str], int]
) -> None:
    rows = case("metrics.metric_mirror_waterfall", tables(filed, listed, sold_on))
    gaps: dict[tuple[Any, ...], list[Record]] = {}
    for row in rows:
        gaps.setdefault((row["exporter_iso3"], row["importer_iso3"], row["product_code"], row["period_start"]), []).append(row)
    for parts in gaps.values():
        assert len(parts) == 5
        assert sum(part["component_usd"] or 0 for part in parts) == parts[0]["raw_gap_usd"]
        for part in parts:
            low, amount, high = (part[name] for name in ("component_low_usd", "component_usd", "component_high_usd"))
            assert low is None or high is None or low <= high
            assert amount is None or ((low is None or low <= amount) and (high is None or amount <= high))
            assert part["explainable_usd"] is None or 0 <= part["explainable_usd"] <= abs(part["raw_gap_usd"])


@FEW
@given(reports, complete)
def test_gaps_keep_their_bounds(filed: dict[Report, int | None], listed: set[tuple[str, str, str]]) -> None:
    for row in case("metrics.metric_mirror_gap", tables(filed, listed)):
        assert row["exporter_iso3"] != row["importer_iso3"]
        assert "XNS" not in (row["exporter_iso3"], row["importer_iso3"])
        if row["exporter_usd"] is None or row["importer_usd"] is None:
            assert row["gap_usd"] is None
            assert row["missing_share"] is None
            assert row["absence_reason"]
        if row["missing_share"] is not None:
            assert row["missing_share"] <= 1
        if row["symmetric_gap"] is not None:
            assert -1 <= row["symmetric_gap"] <= 1
        if row["importer_usd"] == 0 and (row["exporter_usd"] or 0) > 0:
            assert row["missing_share"] == 1
            assert row["log_gap"] is None


@FEW
@given(reports, complete)
def test_a_reconciled_value_lies_between_its_reports(filed: dict[Report, int | None], listed: set[tuple[str, str, str]]) -> None:
    for row in case("metrics.metric_reconciled_flow", tables(filed, listed)):
        both = [row["exporter_usd"], row["importer_used_usd"]]
        if row["reconcile_state"] == "two_reports":
            assert min(both) <= row["reconciled_usd"] <= max(both)
        if row["reconcile_state"] in ("single_reporter", "asymmetric_zero"):
            assert row["reconciled_usd"] == max(value for value in both if value is not None)
        if row["reconcile_state"] in ("missing", "negative_correction"):
            assert row["reconciled_usd"] is None


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
