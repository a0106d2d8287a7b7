"""A11 to A14: ratios without units, excess against constant shares, offsets linear in it, bounds that hold together."""

from datetime import date
from math import isclose
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from world import FEW, case

HUBS = ("HKG", "SGP")
PLACEBOS = ("DEU", "FRA", "GBR")
DESTINATIONS = (*HUBS, "CHN", *PLACEBOS, "XNS")
CODE = "847150"
BASE, AFTER = 2022, 2024

Record = dict[str, Any]
amounts = st.none() | st.just(0) | st.integers(-1_000, -1) | st.integers(1, 10**6) | st.integers(1, 10**12)
bases = st.fixed_dictionaries(dict.fromkeys(DESTINATIONS, st.integers(10_000, 10**10)))
trades = st.dictionaries(st.tuples(st.sampled_from(DESTINATIONS), st.sampled_from((BASE, AFTER))), amounts, max_size=14)
positive = st.integers(1_000, 10**10)

RULE = {
    "rule_id": "rule", "jurisdiction": "USA", "flow_side": "export_control", "event_grade": "A", "direction": "tighten",
    "announced_date": date(2023, 3, 10), "bite_date": date(2023, 4, 2), "hs6_exposed": CODE, "destinations": "CHN",
}  # fmt: skip
COUNTRIES = [
    {"country_iso3": name, "country_kind": "residual" if name == "XNS" else "country",
     "rollup": "CHN+HKG+MAC" if name in ("CHN", "HKG") else None}
    for name in (*DESTINATIONS, "USA", "TWN")
]  # fmt: skip
HUB_ROWS = [{"country_iso3": name, "hub_role": "entrepot"} for name in HUBS]
PRODUCT = {"product_id": f"HS6-{CODE}", "code": CODE, "ai_group": "ai_accelerator"}


def shifts(trade: dict[tuple[str, int], int | None], table: str = "metrics.metric_destination_shift") -> dict[str, Record]:
    """Yearly exports of the United States around the rule, through the model, by destination, hub or target."""
    reports = [
        {"reporter_iso3": "USA", "partner_iso3": name, "flow": "X", "product_code": CODE, "frequency": "A",
         "period_start": date(year, 1, 1), "period_end": date(year, 12, 31), "value_usd": value, "licence_id": "open",
         "absence_reason": "suppressed" if value is None else None}
        for (name, year), value in trade.items()
    ]  # fmt: skip
    inputs = {
        "metrics.metric_bilateral_report": reports, "core.fact_rule_change": [RULE], "core.dim_country": COUNTRIES,
        "core.dim_hub": HUB_ROWS, "core.dim_product": [PRODUCT],
        "core.dim_licence": [{"licence_id": "open", "may_redistribute_rows": True}],
    }  # fmt: skip
    key = {"metrics.metric_destination_shift": "destination_iso3", "metrics.metric_diversion": "target_iso3"}[table]
    return {row[key]: row for row in case(table, inputs)}


def grown(base: dict[str, int], factors: dict[str, int]) -> dict[tuple[str, int], int | None]:
    """Base year, and a year in which every destination has grown by its factor (1 where none is given)."""
    both: dict[tuple[str, int], int | None] = {(name, BASE): value for name, value in base.items()}
    return both | {(name, AFTER): value * factors.get(name, 1) for name, value in base.items()}


@FEW
@given(bases, st.integers(1, 50))
def test_if_all_destinations_grow_alike_there_is_no_excess(base: dict[str, int], factor: int) -> None:
    for row in shifts(grown(base, dict.fromkeys(DESTINATIONS, factor))).values():
        assert abs(float(row["excess_usd"])) <= 1e-9 * float(row["counterfactual_usd"]) + 0.001


@FEW
@given(bases, st.dictionaries(st.sampled_from(DESTINATIONS), st.integers(0, 9)), st.integers(2, 1000))
def test_excess_scales_with_the_currency_and_the_ratio_does_not(
    base: dict[str, int], factors: dict[str, int], times: int
) -> None:
    assume(any(factors.get(name, 1) for name in (*PLACEBOS, "XNS")))
    small, large = shifts(grown(base, factors)), shifts(grown({name: value * times for name, value in base.items()}, factors))
    for name, row in small.items():
        assert isclose(times * float(row["excess_usd"]), float(large[name]["excess_usd"]), rel_tol=1e-3, abs_tol=times)
        assert (row["excess_ratio"] is None) == (large[name]["excess_ratio"] is None)
        assert row["excess_ratio"] is None or isclose(row["excess_ratio"], large[name]["excess_ratio"], rel_tol=1e-3)


@FEW
@given(trades)
def test_a_number_or_a_reason_whatever_was_filed(trade: dict[tuple[str, int], int | None]) -> None:
    for row in shifts(trade).values():
        assert (row["excess_usd"] is None) == bool(row["absence_reason"])
        assert row["excess_low_usd"] is None  # three placebos make no band
        assert row["destination_role"] in ("hub", "target", "placebo")
        if row["excess_usd"] is not None:
            assert row["excess_usd"] == row["actual_usd"] - row["counterfactual_usd"]


@FEW
@given(bases, st.integers(2, 9))
def test_an_unaffected_hub_leaves_the_offset_and_excess_is_linear_in_it(base: dict[str, int], factor: int) -> None:
    lost = {"CHN": 0}
    one, both = shifts(grown(base, lost | {"HKG": factor}), "metrics.metric_diversion")["CHN"], None
    without = {name: value for name, value in base.items() if name != "SGP"}
    both = shifts(grown(without, lost | {"HKG": factor}), "metrics.metric_diversion")["CHN"]
    assert isclose(one["offset_index"], both["offset_index"], rel_tol=1e-6, abs_tol=1e-9)
    assert isclose(one["offset_index"], base["HKG"] * (factor - 1) / base["CHN"], rel_tol=1e-6, abs_tol=1e-6)
    none = shifts(grown(base, {"HKG": factor}), "metrics.metric_diversion")["CHN"]
    assert (none["offset_index"], none["absence_reason"]) == (None, "no_shortfall")


def bounds(arrived: dict[str, int], sent: int, output: tuple[int, int], margin: float = 0) -> dict[str, Record]:
    """What one hub sends on to China, by origin; own output in an interval."""
    window = {"hub_iso3": "HKG", "goods_id": CODE, "window_kind": "year", "period_start": date(2023, 1, 1)}
    window |= {"period_end": date(2023, 12, 31)}
    rows = [{**window, "flow": "M", "partner_iso3": name, "value_usd": value} for name, value in arrived.items()]
    rows.append({**window, "flow": "M", "partner_iso3": "WLD", "value_usd": sum(arrived.values())})
    rows.append({**window, "flow": "X", "partner_iso3": "CHN", "value_usd": sent})
    low, high = output
    parameters = [
        {"parameter_id": "m", "parameter": "reexport_markup", "reporter_class": "any", "stage_scope": "any", "parameter_low": 0,
         "parameter_central": 0, "parameter_high": margin},
        {"parameter_id": "d", "parameter": "domestic_output_usd", "reporter_class": "HKG", "stage_scope": CODE,
         "parameter_low": low, "parameter_central": high, "parameter_high": high},
    ]  # fmt: skip
    inputs = {
        "metrics.metric_hub_window": rows, "core.dim_hub": HUB_ROWS, "core.dim_country": COUNTRIES, "core.dim_product": [PRODUCT],
        "core.dim_flow_parameter": parameters,
    }  # fmt: skip
    found = case("metrics.metric_origin_bound", inputs)
    return {row["origin_iso3"]: row for row in found if row["hub_iso3"] == "HKG" and row["goods_id"] == CODE}


@FEW
@given(positive, positive, positive, st.integers(0, 10**9), st.integers(1, 10**10))
def test_bounds_hold_the_mix_and_the_mix_adds_up(one: int, two: int, sent: int, output: int, more: int) -> None:
    total = one + two + output
    assume(sent <= total)
    found = bounds({"USA": one, "TWN": two}, sent, (output, output))
    for row in found.values():
        assert row["bound_state"] == "feasible"
        assert row["origin_lower_usd"] <= row["origin_mix_usd"] <= row["origin_upper_usd"] <= sent
    mixed = sum(float(row["origin_mix_usd"]) for row in found.values())
    assert isclose(mixed + sent * output / total, sent, rel_tol=1e-9, abs_tol=0.01)
    richer = bounds({"USA": one + more, "TWN": two}, sent, (output, output))
    assert richer["USA"]["origin_upper_usd"] >= found["USA"]["origin_upper_usd"]
    busier = bounds({"USA": one, "TWN": two}, sent, (output, output + more))
    assert busier["USA"]["origin_lower_usd"] <= found["USA"]["origin_lower_usd"]


@FEW
@given(positive, positive, st.integers(0, 10**9))
def test_more_than_can_have_arrived_is_infeasible(one: int, two: int, output: int) -> None:
    found = bounds({"USA": one, "TWN": two}, one + two + output + 1, (output, output))
    assert {row["bound_state"] for row in found.values()} == {"infeasible"}
    assert {row["origin_mix_usd"] for row in found.values()} == {None}
    within = bounds({"USA": one, "TWN": two}, one + two + output + 1, (output, output), margin=0.5)
    assert {row["bound_state"] for row in within.values()} == {"feasible"}
