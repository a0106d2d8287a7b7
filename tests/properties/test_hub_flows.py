"""A11 to A14: ratios without units, excess against constant shares, offsets linear in it, bounds that hold together."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from math import isclose
from typing import Any, NamedTuple

from hypothesis import assume, given
from hypothesis import strategies as st
from world import FEW, case

HUBS = ("HKG", "SGP")
PLACEBOS = ("DEU", "FRA", "GBR")
DESTINATIONS = (*HUBS, "CHN", *PLACEBOS, "XNS")
CODE = "847150"
CODES = tuple(f"8471{50 + number}" for number in range(12))  # one world is one code, so that one build holds twelve
BASE, AFTER = 2022, 2024

Record = dict[str, Any]
amounts = st.none() | st.just(0) | st.integers(-1_000, -1) | st.integers(1, 10**6) | st.integers(1, 10**12)
bases = st.fixed_dictionaries(dict.fromkeys(DESTINATIONS, st.integers(10_000, 10**10)))
positive = st.integers(1_000, 10**10)
both = st.tuples(positive, positive)
# Most worlds name every destination in both years; in the others anything may be absent, kept back, zero or a correction.
named = st.fixed_dictionaries(dict.fromkeys(DESTINATIONS, both | both | st.tuples(positive, amounts)))
anything = st.dictionaries(st.sampled_from(DESTINATIONS), both | st.tuples(amounts, amounts))
trades = (named | anything).map(
    lambda filed: {(name, year): value for name, pair in filed.items() for year, value in zip((BASE, AFTER), pair, strict=True)}
)
STATES = {None, "missing_base", "missing_after", "rest_holds_hubs", "negative_correction", "rest_zero"}

RULE = {
    "rule_id": "rule", "jurisdiction": "USA", "flow_side": "export_control", "event_grade": "A", "direction": "tighten",
    "announced_date": date(2023, 3, 10), "bite_date": date(2023, 4, 2), "hs6_exposed": ";".join(CODES), "destinations": "CHN",
}  # fmt: skip
COUNTRIES = [
    {"country_iso3": name, "country_kind": "residual" if name == "XNS" else "country",
     "rollup": "CHN+HKG+MAC" if name in ("CHN", "HKG") else None}
    for name in (*DESTINATIONS, "USA", "TWN")
]  # fmt: skip
HUB_ROWS = [{"country_iso3": name, "hub_role": "entrepot"} for name in HUBS]
PRODUCT = {"product_id": f"HS6-{CODE}", "code": CODE, "ai_group": "ai_accelerator"}
PRODUCTS = [PRODUCT | {"product_id": f"HS6-{code}", "code": code} for code in CODES]
Trade = dict[tuple[str, int], int | None]
SHIFT, EXCESS, DIVERSION = "metrics.metric_destination_shift", "metrics.metric_hub_excess", "metrics.metric_diversion"
KEYS = {SHIFT: "destination_iso3", EXCESS: "hub_iso3", DIVERSION: "target_iso3"}


def shifts_of(worlds: Sequence[Trade], table: str = SHIFT) -> list[dict[str, Record]]:
    """Yearly exports of the United States around the rule, through the model, by destination, hub or target; a code a world."""
    reports = [
        {"reporter_iso3": "USA", "partner_iso3": name, "flow": "X", "product_code": code, "frequency": "A",
         "period_start": date(year, 1, 1), "period_end": date(year, 12, 31), "value_usd": value, "licence_id": "open",
         "absence_reason": "suppressed" if value is None else None}
        for code, trade in zip(CODES, worlds, strict=False) for (name, year), value in trade.items()
    ]  # fmt: skip
    inputs = {
        "metrics.metric_bilateral_report": reports, "core.fact_rule_change": [RULE], "core.dim_country": COUNTRIES,
        "core.dim_hub": HUB_ROWS, "core.dim_product": PRODUCTS,
        "core.dim_licence": [{"licence_id": "open", "may_redistribute_rows": True}],
    }  # fmt: skip
    found = case(table, inputs)
    return [
        {row[KEYS[table]]: row for row in found if row["product_code"] == code} for code, _ in zip(CODES, worlds, strict=False)
    ]


def shifts(trade: Trade, table: str = SHIFT) -> dict[str, Record]:
    """The same for one world."""
    return shifts_of([trade], table)[0]


def grown(base: dict[str, int], factors: dict[str, int]) -> Trade:
    """Base year, and a year in which every destination has grown by its factor (1 where none is given)."""
    before: Trade = {(name, BASE): value for name, value in base.items()}
    return before | {(name, AFTER): value * factors.get(name, 1) for name, value in base.items()}


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
    small, large = shifts_of([grown(base, factors), grown({name: value * times for name, value in base.items()}, factors)])
    for name, row in small.items():
        assert isclose(times * float(row["excess_usd"]), float(large[name]["excess_usd"]), rel_tol=1e-3, abs_tol=times)
        assert (row["excess_ratio"] is None) == (large[name]["excess_ratio"] is None)
        assert row["excess_ratio"] is None or isclose(row["excess_ratio"], large[name]["excess_ratio"], rel_tol=1e-3)


def test_a_number_or_a_reason_whatever_was_filed() -> None:
    seen: set[tuple[str, object]] = set()

    @FEW
    @given(st.lists(trades, min_size=12, max_size=12))
    def holds(worlds: list[Trade]) -> None:
        for trade, rows in zip(worlds, shifts_of(worlds), strict=True):
            assert set(rows) == {name for name, _ in trade if name != "XNS"}
            for row in rows.values():
                seen.add(("state", row["absence_reason"]))
                seen.add(("ratio", row["ratio_absence_reason"]))
                number_or_reason(trade, row)

    holds()
    assert {state for kind, state in seen if kind == "state"} == STATES
    assert {state for kind, state in seen if kind == "ratio"} == {None, "no_value", "counterfactual_zero"}


def number_or_reason(trade: Trade, row: Record) -> None:
    """What one destination may say, given what was filed."""
    assert (row["excess_usd"] is None) == bool(row["absence_reason"])
    assert (row["excess_ratio"] is None) == bool(row["ratio_absence_reason"])
    assert row["excess_low_usd"] is None  # three placebos make no band
    assert row["destination_role"] in ("hub", "target", "placebo")
    whole = {name for name in DESTINATIONS if None not in (trade.get((name, BASE)), trade.get((name, AFTER)))}
    rest = whole & {*PLACEBOS, *(("XNS",) if {*HUBS, "CHN"} <= whole else ())} - {row["destination_iso3"]}
    assert row["n_rest"] == len(rest)
    if row["excess_usd"] is None:
        return
    before, after = (sum(trade[name, year] or 0 for name in rest) for year in (BASE, AFTER))
    base, actual = (trade[row["destination_iso3"], year] or 0 for year in (BASE, AFTER))
    assert isclose(float(row["excess_usd"]), actual - base * after / before, rel_tol=1e-9, abs_tol=1e-9 * actual + 0.01)
    assert row["excess_usd"] == row["actual_usd"] - row["counterfactual_usd"]


@FEW
@given(st.lists(named, min_size=6, max_size=6))
def test_two_hubs_in_one_have_the_sum_of_their_excess(worlds: list[dict[str, tuple[int, int]]]) -> None:
    apart: list[Trade] = []
    merged: list[Trade] = []
    for filed in worlds:
        pairs = {name: tuple(0 if value is None else abs(value) for value in pair) for name, pair in filed.items()}
        sums = tuple(pairs["HKG"][side] + pairs["SGP"][side] for side in (0, 1))
        apart.append({(name, year): pair[side] for name, pair in pairs.items() for side, year in enumerate((BASE, AFTER))})
        merged.append(apart[-1] | {("HKG", BASE): sums[0], ("HKG", AFTER): sums[1], ("SGP", BASE): 0, ("SGP", AFTER): 0})
    excesses = shifts_of([*apart, *merged], EXCESS)
    offsets = shifts_of([*apart, *merged], DIVERSION)
    for number, trade in enumerate(apart):
        two, one = excesses[number], excesses[number + len(apart)]
        assert two["HKG"]["excess_usd"] is not None, trade
        difference = one["HKG"]["excess_usd"] - two["HKG"]["excess_usd"] - two["SGP"]["excess_usd"]
        assert abs(difference) <= Decimal("0.002") + Decimal("1e-15") * abs(one["HKG"]["excess_usd"])  # shares are doubles
        assert one["SGP"]["excess_usd"] == 0
        before, after = offsets[number]["CHN"], offsets[number + len(apart)]["CHN"]
        assert before["absence_reason"] == after["absence_reason"]
        if before["offset_index"] is not None:
            assert isclose(before["offset_index"], after["offset_index"], rel_tol=1e-6, abs_tol=1e-9)


@FEW
@given(bases, st.integers(2, 9))
def test_an_unaffected_hub_leaves_the_offset_and_excess_is_linear_in_it(base: dict[str, int], factor: int) -> None:
    base = {name: value for name, value in base.items() if name != "XNS"}
    lost = {"CHN": 0}
    without = {name: value for name, value in base.items() if name != "SGP"}
    hidden = without | {"XNS": sum(base.values())}
    worlds = [grown(base, lost | {"HKG": factor}), grown(without, lost | {"HKG": factor}), grown(base, {"HKG": factor}),
              grown(hidden, lost | {"HKG": factor})]  # fmt: skip
    one, fewer, none, unnamed = (rows["CHN"] for rows in shifts_of(worlds, DIVERSION))
    assert isclose(one["offset_index"], fewer["offset_index"], rel_tol=1e-6, abs_tol=1e-9)
    assert (one["missing_hubs"], fewer["missing_hubs"]) == (None, "SGP")
    assert isclose(one["offset_index"], base["HKG"] * (factor - 1) / base["CHN"], rel_tol=1e-6, abs_tol=1e-6)
    assert (none["offset_index"], none["absence_reason"]) == (None, "no_shortfall")
    assert (unnamed["offset_index"], unnamed["absence_reason"]) == (None, "rest_holds_hubs")


class Passage(NamedTuple):
    """What arrives at one hub by origin, what it sends on to China, its own output at most, and its highest margin."""

    arrived: dict[str, int]
    sent: int
    output: int
    margin: float = 0


def bounds(*passages: Passage) -> list[dict[str, Record]]:
    """Bounds by origin of each passage; one passage is one hub and code."""
    rows: list[Record] = []
    parameters: list[Record] = []
    for number, one in enumerate(passages):
        window = {"hub_iso3": HUBS[number], "goods_id": CODE, "window_kind": "year", "period_start": date(2023, 1, 1)}
        window |= {"period_end": date(2023, 12, 31)}
        rows += [{**window, "flow": "M", "partner_iso3": name, "value_usd": value} for name, value in one.arrived.items()]
        rows.append({**window, "flow": "M", "partner_iso3": "WLD", "value_usd": sum(one.arrived.values())})
        rows.append({**window, "flow": "X", "partner_iso3": "CHN", "value_usd": one.sent})
        ends = {"reporter_class": HUBS[number], "parameter_low": 0, "parameter_central": 0}
        output = {"parameter": "domestic_output_usd", "stage_scope": CODE, "parameter_high": one.output}
        margin = {"parameter": "reexport_markup", "stage_scope": "any", "parameter_high": one.margin}
        parameters.append(ends | output | {"parameter_id": f"output-{number}", "parameter_central": one.output})
        parameters.append(ends | margin | {"parameter_id": f"margin-{number}"})
    inputs = {
        "metrics.metric_hub_window": rows, "core.dim_hub": HUB_ROWS, "core.dim_country": COUNTRIES, "core.dim_product": [PRODUCT],
        "core.dim_flow_parameter": parameters,
    }  # fmt: skip
    found = [row for row in case("metrics.metric_origin_bound", inputs) if row["goods_id"] == CODE]
    return [{row["origin_iso3"]: row for row in found if row["hub_iso3"] == hub} for hub in HUBS[: len(passages)]]


@FEW
@given(positive, positive, positive, st.integers(0, 10**9), st.integers(1, 10**10))
def test_bounds_hold_the_mix_and_the_mix_adds_up(one: int, two: int, sent: int, output: int, more: int) -> None:
    total = one + two + output
    assume(sent <= total)
    passage = Passage({"USA": one, "TWN": two}, sent, output)
    found, richer = bounds(passage, passage._replace(arrived={"USA": one + more, "TWN": two}))
    for row in found.values():
        assert row["bound_state"] == "feasible"
        assert row["origin_lower_usd"] <= row["origin_mix_usd"] <= row["origin_upper_usd"] <= sent
    mixed = sum(float(row["origin_mix_usd"]) for row in found.values())
    assert isclose(mixed + sent * output / total, sent, rel_tol=1e-9, abs_tol=0.01)
    assert richer["USA"]["origin_upper_usd"] >= found["USA"]["origin_upper_usd"]
    (busier,) = bounds(passage._replace(output=output + more))
    assert busier["USA"]["origin_lower_usd"] <= found["USA"]["origin_lower_usd"]


@FEW
@given(positive, positive, st.integers(0, 10**9))
def test_more_than_can_have_arrived_is_infeasible(one: int, two: int, output: int) -> None:
    sent = one + two + output + 1
    found, within = bounds(Passage({"USA": one, "TWN": two}, sent, output), Passage({"USA": one, "TWN": two}, sent, output, 0.5))
    assert {row["bound_state"] for row in found.values()} == {"infeasible"}
    assert {row["origin_mix_usd"] for row in found.values()} == {None}
    assert {row["bound_state"] for row in within.values()} == {"feasible"}
