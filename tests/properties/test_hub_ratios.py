"""A11 to A14 with whatever is filed: throughput without a unit, the placebo band, sums over hubs, shares within 0 and 1."""

from datetime import date
from decimal import Decimal
from math import ceil, floor, isclose
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st
from world import FEW, case

HUBS = ("HKG", "MYS", "SGP", "TWN")
CODE = "854232"
YEAR = {"period_start": date(2023, 1, 1), "period_end": date(2023, 12, 31)}
FREIGHT = ("freight_low", "freight_central", "freight_high")
COUNTRIES = [
    {"country_iso3": "WLD", "country_kind": "aggregate"},
    {"country_iso3": "CHN", "country_kind": "country", "rollup": "CHN+HKG+MAC"},
    *({"country_iso3": name, "country_kind": "country"} for name in (*HUBS, "USA", "JPN")),
]
REFERENCE: dict[str, Any] = {
    "core.dim_hub": [{"country_iso3": name, "hub_role": "entrepot"} for name in HUBS],
    "core.dim_product": [{"product_id": f"HS6-{CODE}", "code": CODE, "ai_group": "upstream_memory"}],
}
SHIFT = {
    "rule_id": "rule", "exporter_iso3": "USA", "product_code": CODE, "window_kind": "year", "licence_id": "terms",
    "base_start": date(2021, 1, 1), "base_end": date(2021, 12, 31), **YEAR,
}  # fmt: skip

Record = dict[str, Any]
# Whole dollars; nothing, a zero, and a correction are as likely as trade.
amounts = st.none() | st.just(0) | st.integers(-(10**6), -1) | st.integers(1, 10**12)
known = st.integers(-(10**9), 10**9)


def throughput(windows: list[Record], rates: tuple[float, ...] = (0.0, 0.0, 0.0)) -> dict[tuple[str, str], Record]:
    """Throughput of the year by hub and target, from what the hubs report; imports of all hubs carry one freight rate."""
    freight = [{"importer_iso3": name, "product_code": CODE, **YEAR, **dict(zip(FREIGHT, rates, strict=True))} for name in HUBS]
    world = {"reporter_iso3": "USA", "flow": "M", "product_code": CODE, "frequency": "A", **YEAR, "value_usd": 1}
    given_rows = {
        **REFERENCE, "core.dim_country": COUNTRIES, "metrics.metric_world_report": [world],
        "metrics.metric_hub_window": windows, "metrics.metric_freight_rate": freight,
    }  # fmt: skip
    rows = case("metrics.metric_hub_throughput", given_rows)
    assert len(rows) == 2 * len(HUBS)
    return {(row["hub_iso3"], row["target_iso3"]): row for row in rows}


def window(hub: str, flow: str, value: int | Decimal | None, partner: str = "WLD", basis: str = "FOB", **more: Any) -> Record:
    """One report of a hub for the year."""
    return {
        "hub_iso3": hub, "flow": flow, "partner_iso3": partner, "goods_id": CODE, "window_kind": "year", **YEAR,
        "value_usd": value, "value_basis": basis, "absence_reason": "missing_parts" if value is None else None, **more,
    }  # fmt: skip


@FEW
@given(st.dictionaries(st.tuples(st.sampled_from(HUBS), st.sampled_from(("M", "X", "RX"))), amounts, max_size=12))
@example({("HKG", "M"): 10, ("HKG", "X"): -5, ("SGP", "M"): 10, ("SGP", "X"): 1, ("TWN", "M"): 1, ("TWN", "RX"): 1,
          ("MYS", "M"): 1, ("MYS", "X"): 1})  # fmt: skip
def test_every_hub_has_a_throughput_or_a_reason(filed: dict[tuple[str, str], int | None]) -> None:
    rows = throughput([window(hub, flow, value, basis="CIF") for (hub, flow), value in filed.items()], (0.002, 0.01, 0.06))
    for (hub, target), row in rows.items():
        imports, exports, reexports = (filed.get((hub, flow)) for flow in ("M", "X", "RX"))
        onward = exports if reexports is None else reexports
        if target == "CHN" or imports is None or onward is None or imports <= 0 or onward < 0:
            assert row["throughput"] is None
            assert row["absence_reason"]
            assert row["relative_throughput"] is None
            continue
        assert isclose(row["throughput"], onward * 1.01 / imports, rel_tol=1e-9)
        assert row["n_peers"] == sum(1 for other in rows.values() if other["throughput"] is not None)


@FEW
@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(2, 10**4), st.floats(0, 0.2))
def test_throughput_has_no_unit_and_is_the_planted_share(arrived: int, sent: int, times: int, freight: float) -> None:
    filed = [("HKG", arrived, sent), ("SGP", arrived * times, sent * times), ("MYS", arrived * 10, arrived * 4)]
    windows = [window(hub, flow, value) for hub, came, left in filed for flow, value in (("M", came), ("X", left))]
    rows = throughput(windows, (0.0, freight, 0.2))
    assert isclose(rows["HKG", "WLD"]["throughput"], rows["SGP", "WLD"]["throughput"], rel_tol=1e-12)
    assert isclose(rows["MYS", "WLD"]["throughput"], 0.4, rel_tol=1e-12)
    landed = throughput([row | {"value_basis": "CIF"} for row in windows], (0.0, freight, 0.2))["MYS", "WLD"]
    assert isclose(landed["throughput_low"], 0.4, rel_tol=1e-12)
    assert isclose(landed["throughput"], 0.4 * (1 + freight), rel_tol=1e-12)
    assert isclose(landed["throughput_high"], 0.48, rel_tol=1e-12)


@FEW
@given(st.lists(st.tuples(st.integers(10_000, 10**7), st.integers(0, 10**7)), min_size=15, max_size=45), st.integers(0, 10**7))
@example([(100_000, 1_000 * number) for number in range(39)], 50_000)
@example([(100_000, 1_000 * number) for number in range(18)], 50_000)
@example([(100_000, 1_000 * number) for number in range(19)], 50_000)
def test_the_band_is_the_order_statistics_of_the_placebos(placebos: list[tuple[int, int]], actual: int) -> None:
    names = [f"Q{chr(65 + number // 26)}{chr(65 + number % 26)}" for number in range(len(placebos))]
    before, after = (sum(pair[side] for pair in placebos) for side in (0, 1))
    assume(all(after > value for _, value in placebos))
    trade = {"HKG": (10**6, actual), **dict(zip(names, placebos, strict=True))}
    years = (date(2021, 1, 1), date(2023, 1, 1))
    reports = [
        {"reporter_iso3": "USA", "partner_iso3": name, "flow": "X", "product_code": CODE, "frequency": "A",
         "period_start": year, "period_end": year.replace(month=12, day=31), "value_usd": value}
        for name, pair in trade.items() for year, value in zip(years, pair, strict=True)
    ]  # fmt: skip
    rule = {
        "rule_id": "rule", "jurisdiction": "USA", "flow_side": "export_control", "event_grade": "A", "direction": "tighten",
        "announced_date": date(2022, 10, 7), "bite_date": date(2022, 10, 7), "hs6_exposed": CODE, "destinations": "CHN",
    }  # fmt: skip
    countries = [*COUNTRIES, *({"country_iso3": name, "country_kind": "country"} for name in names)]
    inputs = {"metrics.metric_bilateral_report": reports, "core.fact_rule_change": [rule], "core.dim_country": countries}
    rows = case("metrics.metric_destination_shift", REFERENCE | inputs)
    (hub,) = (row for row in rows if row["destination_iso3"] == "HKG")
    ratios = sorted(value * (before - base) / (base * (after - value)) for base, value in placebos)
    n = len(ratios)
    assert hub["n_placebos"] == n
    if n < 19:
        assert (hub["band_low_ratio"], hub["excess_low_usd"], hub["band_absence_reason"]) == (None, None, "too_few_placebos")
        return
    low, high = ratios[floor((n + 1) / 20) - 1], ratios[ceil((n + 1) * 19 / 20) - 1]
    near = {"rel_tol": 1e-5, "abs_tol": 1e-5}
    assert isclose(hub["band_low_ratio"], min(low, 1), **near)
    assert isclose(hub["band_high_ratio"], max(high, 1), **near)
    assert hub["excess_low_usd"] <= hub["excess_usd"] <= hub["excess_high_usd"]


@FEW
@given(st.dictionaries(st.sampled_from(HUBS), st.none() | known, min_size=1), st.integers(1, 10**9), st.integers(2, 9))
def test_the_offset_is_linear_in_hubs_and_adds_over_them(excess: dict[str, int | None], shortfall: int, times: int) -> None:
    def offset(hubs: dict[str, int | None]) -> Record:
        direct = SHIFT | {"destination_iso3": "CHN", "destination_role": "target", "excess_usd": -shortfall}
        others = [
            SHIFT | {"destination_iso3": name, "destination_role": "hub", "excess_usd": value,
                     "absence_reason": "missing_base" if value is None else None}
            for name, value in hubs.items()
        ]  # fmt: skip
        inputs = REFERENCE | {"core.dim_country": COUNTRIES, "metrics.metric_destination_shift": [direct, *others]}
        (row,) = case("metrics.metric_diversion", inputs)
        return row

    whole = offset(excess)
    there = {name: value for name, value in excess.items() if value is not None}
    assert (whole["n_expected"], whole["n_present"]) == (len(HUBS), len(there))
    assert (whole["missing_hubs"] or "") == ";".join(sorted(set(HUBS) - set(there)))
    if not there:
        assert (whole["offset_index"], whole["absence_reason"]) == (None, "missing_hubs")
        return
    assert isclose(whole["offset_index"], sum(there.values()) / shortfall, rel_tol=1e-9, abs_tol=1e-12)
    parts = sum(offset({name: value})["offset_index"] for name, value in there.items())
    assert isclose(whole["offset_index"], parts, rel_tol=1e-9, abs_tol=1e-9)
    more = offset({name: value * times for name, value in there.items()})
    assert isclose(more["offset_index"], times * whole["offset_index"], rel_tol=1e-9, abs_tol=1e-9)


@FEW
@given(st.dictionaries(st.sampled_from(HUBS), st.none() | known))
def test_every_hub_has_the_excess_of_its_shift_or_a_reason(excess: dict[str, int | None]) -> None:
    shifts = [
        SHIFT | {"destination_iso3": name, "destination_role": "hub", "excess_usd": value,
                 "absence_reason": "missing_base" if value is None else None}
        for name, value in [*excess.items(), ("CHN", -1)]
    ]  # fmt: skip
    shifts[-1]["destination_role"] = "target"
    inputs = {"core.dim_hub": REFERENCE["core.dim_hub"], "metrics.metric_destination_shift": shifts}
    rows = {row["hub_iso3"]: row for row in case("metrics.metric_hub_excess", inputs)}
    assert set(rows) == set(HUBS)
    for name, row in rows.items():
        value = excess.get(name)
        assert row["excess_usd"] == value
        assert row["positive_excess_usd"] == (None if value is None else max(value, 0))
        assert row["absence_reason"] == (None if value is not None else "missing_base" if name in excess else "hub_not_in_report")


@FEW
@given(st.lists(st.tuples(amounts, amounts, amounts, st.floats(0, 0.2)), min_size=1, max_size=6), st.integers(0, 3))
@example([(100, 100, 110, 0.0), (100, None, 0, 0.1), (100, 90, -1, 0.0), (0, 9, 5, 0.0)], 0)
@example([(100, 70, 80, 0.0), (100, 130, 80, 0.0), (100, None, 80, 0.0), (100, -5, 80, 0.0), (100, 0, 0, 0.0)], 1)
def test_the_lost_share_is_a_share_or_has_a_reason(
    pairs: list[tuple[int | None, int | None, int | None, float]], longest: int
) -> None:
    rows = [
        {"exporter_iso3": "USA", "importer_iso3": "SGP", "product_code": CODE, "window_kind": "year",
         "period_start": date(2000 + number, 1, 1), "period_end": date(2000 + number, 12, 31),
         "exporter_usd": sent, "exporter_shifted_usd": earlier, "exporter_state": "missing" if sent is None else "reported",
         "importer_usd": came, "importer_state": "missing" if came is None else "reported",
         **dict.fromkeys(("importer_fob_low_usd", "importer_fob_usd", "importer_fob_high_usd"),
                         None if came is None else round(came / (1 + freight), 3))}
        for number, (sent, earlier, came, freight) in enumerate(pairs)
    ]  # fmt: skip
    transit = {
        "parameter_id": "t", "parameter": "transit_months", "reporter_class": "any", "stage_scope": "any",
        "parameter_low": 0, "parameter_central": 0, "parameter_high": longest,
    }  # fmt: skip
    inputs = {"metrics.metric_mirror_pair": rows, "core.dim_hub": REFERENCE["core.dim_hub"], "core.dim_flow_parameter": [transit]}
    found = {row["period_start"].year - 2000: row for row in case("metrics.metric_lost_in_transit", inputs)}
    assert set(found) == {number for number, (sent, *_) in enumerate(pairs) if sent is not None and sent > 0}
    for number, row in found.items():
        sent, earlier, came, freight = pairs[number]
        if came is None or came < 0 or sent is None:
            assert (row["lost_share"], bool(row["absence_reason"])) == (None, True)
            continue
        moved = longest * (sent / 12 if earlier is None else earlier - sent)
        due = sent - abs(moved) if earlier is None else sent + min(0, moved), sent + max(0, moved)
        for column, whole in zip(("lost_share_low", "lost_share", "lost_share_high"), (due[0], sent, due[1]), strict=True):
            expected = max(0.0, 1 - came / (1 + freight) / whole) if whole > 0 else 0.0
            assert isclose(row[column], expected, rel_tol=1e-6, abs_tol=0.001)
        assert 0 <= row["lost_share_low"] <= row["lost_share"] <= row["lost_share_high"] <= 1


@FEW
@given(amounts, amounts, amounts, st.sampled_from(("X", "RX")), st.floats(0, 0.5))
@example(-5, 100, 90, "RX", 0.0)
@example(100, 40, 90, "RX", 0.0)
@example(0, 0, 0, "RX", 0.0)
def test_bounds_are_in_order_or_have_a_reason(
    arrived: int | None, total: int | None, sent: int | None, flow: str, margin: float
) -> None:
    windows = [window("HKG", "M", arrived, "USA"), window("HKG", "M", total), window("HKG", flow, sent, "CHN")]
    markup = {
        "parameter_id": "m", "parameter": "reexport_markup", "reporter_class": "any", "stage_scope": "any",
        "parameter_low": 0, "parameter_central": 0, "parameter_high": margin,
    }  # fmt: skip
    inputs = {"core.dim_country": COUNTRIES, "core.dim_flow_parameter": [markup], "metrics.metric_hub_window": windows}
    for row in case("metrics.metric_origin_bound", REFERENCE | inputs):
        if None in (arrived, total, sent) or min(arrived or 0, total or 0, sent or 0) < 0:
            assert (row["origin_upper_usd"], row["bound_state"]) == (None, "missing")
            assert row["absence_reason"]
            continue
        assert 0 <= row["origin_lower_usd"] <= row["origin_upper_usd"] <= row["sent_on_usd"]
        assert row["origin_upper_usd"] <= Decimal(arrived or 0) * Decimal(1 + margin) + Decimal("0.001")
        mix = row["origin_mix_usd"]
        assert mix is None or row["origin_lower_usd"] <= mix <= row["origin_upper_usd"]
        assert (row["bound_state"] == "feasible_output_unknown") == (flow == "X")
        assert flow == "RX" or row["origin_lower_usd"] == 0
