"""A12 and A13 from filed records on: releases, corrections, suppressed cells, own returns, unnamed partners up to the offset."""

from datetime import date
from math import isclose
from typing import Any

from filings import TOTAL, VINTAGE, later
from hypothesis import given
from hypothesis import strategies as st
from world import FEW, World

HUBS, TARGET, PLACEBOS, UNNAMED = ("HKG", "SGP"), "CHN", ("DEU", "FRA", "GBR"), "XNS"
PARTNERS = (*HUBS, TARGET, *PLACEBOS, UNNAMED)
OWN, YEARS = "USA", (2022, 2024)
CODES = tuple(f"8471{50 + number}" for number in range(8))  # one world is one code
COUNTRIES = [
    {"country_iso3": name, "country_kind": "residual" if name == UNNAMED else "country",
     "rollup": "CHN+HKG+MAC" if name in (TARGET, "HKG") else None}
    for name in (*PARTNERS, OWN)
]  # fmt: skip
RULE = {
    "rule_id": "rule", "jurisdiction": OWN, "known_at": date(2023, 3, 10), "announced_date": date(2023, 3, 10),
    "effective_date": date(2023, 4, 2), "bite_date": date(2023, 4, 2), "bite_basis": "effective", "date_precision": "day",
    "status_class": "in_force", "action": "restrict", "direction": "tighten", "importance": 1, "flow_side": "export_control",
    "destinations": TARGET, "hs6_exposed": ";".join(CODES), "event_grade": "A",
}  # fmt: skip
SHIFT, EXCESS, DIVERSION = "metrics.metric_destination_shift", "metrics.metric_hub_excess", "metrics.metric_diversion"

Record = dict[str, Any]
Pair = tuple[int | None, int | None]
Filed = dict[str, Pair]

positive = st.integers(1_000, 10**10)
amounts = st.none() | st.just(0) | st.integers(-1_000, -1) | positive
whole = st.tuples(positive, positive)
wholly = st.fixed_dictionaries(dict.fromkeys(PARTNERS, whole), optional={OWN: whole})
anything = st.dictionaries(st.sampled_from((*PARTNERS, OWN)), whole | st.tuples(amounts, amounts), min_size=1)
worlds = st.lists(wholly | anything, min_size=len(CODES), max_size=len(CODES))


def records(filed: Filed, code: str) -> list[Record]:
    """One year's export record of the United States for each partner and year; NULL = suppressed by the publisher."""
    return [
        {"source_id": "comtrade", "dataset_id": "file", "reporter_iso3": OWN, "partner_iso3": partner, "flow": "X",
         "trade_basis": "total_exports", "product_code": code, "frequency": "A", "period_start": date(year, 1, 1),
         "period_end": date(year, 12, 31), "known_at": VINTAGE, "vintage_at": VINTAGE, "value_basis": "FOB", "value_usd": value,
         "absence_reason": "suppressed" if value is None else None, **TOTAL}
        for partner, pair in filed.items() for year, value in zip(YEARS, pair, strict=True)
    ]  # fmt: skip


def built(rows: list[Record]) -> dict[str, dict[tuple[str, str], Record]]:
    """Shift, hub excess and offset by code and place, from records of tidy.trade_obs."""
    numbered = [{**row, "source_row": place} for place, row in enumerate(rows, start=2)]
    datasets = sorted({row["dataset_id"] for row in numbered} | {"rule_changes"})
    given_rows: dict[str, list[Record]] = {
        "tidy.trade_obs": numbered, "tidy.country": COUNTRIES, "tidy.rule_change": [RULE],
        "tidy.dataset": [{"dataset_id": name, "source_id": "comtrade"} for name in datasets],
        "tidy.hub": [{"country_iso3": name, "hub_role": "entrepot"} for name in HUBS],
        "tidy.product": [
            {"product_id": f"HS6-{code}", "classification": "HS", "code": code, "level": 6, "ai_group": "ai_accelerator"}
            for code in CODES
        ],
    }  # fmt: skip
    keys = {SHIFT: "destination_iso3", EXCESS: "hub_iso3", DIVERSION: "target_iso3"}
    with World() as world:
        for name, filled in given_rows.items():
            world.put(name, filled)
        return {
            name: {(row["product_code"], row[key]): row for row in world.build(name) if row["exporter_iso3"] == OWN}
            for name, key in keys.items()
        }


def expected_excess(filed: Filed, place: str) -> float | str:
    """A12 in plain Python: the excess, or why there is none."""
    base, actual = filed.get(place, (None, None))
    known = {name: pair for name, pair in filed.items() if name != OWN and None not in pair}
    if base is None or actual is None:
        return "missing_base" if base is None else "missing_after"
    is_named = {*HUBS, TARGET} <= set(known)
    for side in (0, 1):
        present = sum(pair[side] or 0 for name, pair in filed.items() if name != OWN and pair[side] is not None)
        if not is_named and abs(filed.get(UNNAMED, (0, 0))[side] or 0) * 200 > present:
            return "rest_holds_hubs"
    rest = [name for name in known if (name in PLACEBOS and name != place) or (name == UNNAMED and is_named)]
    before, after = (sum(known[name][side] or 0 for name in rest) for side in (0, 1))
    if base < 0 or before < 0 or after < 0:
        return "negative_correction"
    return actual - base * after / before if before > 0 else "rest_zero"


def check(filed: Filed, code: str, found: dict[str, dict[tuple[str, str], Record]]) -> set[str | None]:
    """Hold one world's tables against plain Python; the states of its offset and of its hubs."""
    in_file = set(filed) - {OWN}
    assert {place for number, place in found[SHIFT] if number == code} == in_file - {UNNAMED}
    excesses = {place: expected_excess(filed, place) for place in (*HUBS, TARGET)}
    for hub in HUBS if in_file - {UNNAMED} else ():
        row, wanted = found[EXCESS][code, hub], excesses[hub]
        if hub not in in_file:
            wanted = "hub_not_in_report"
        if isinstance(wanted, str):
            assert (row["excess_usd"], row["absence_reason"]) == (None, wanted)
        else:
            assert isclose(float(row["excess_usd"]), wanted, rel_tol=1e-9, abs_tol=0.01), (filed, row)
    if not in_file - {UNNAMED}:
        assert (code, TARGET) not in found[DIVERSION]
        return set()
    row = found[DIVERSION][code, TARGET]
    present = [value for hub in HUBS if not isinstance(value := excesses[hub], str)]
    lost = excesses[TARGET]
    assert (row["n_expected"], row["n_present"]) == (len(HUBS), len(present))
    if TARGET not in in_file or isinstance(lost, str):
        assert row["absence_reason"] == (lost if TARGET in in_file else "target_not_in_report")
    elif not present:
        assert row["absence_reason"] == "missing_hubs"
    elif lost > 0.01:
        assert row["absence_reason"] == "no_shortfall"
    elif lost < -1:  # a shortfall of cents turns on the rounding of the counterfactual
        assert isclose(row["offset_index"], sum(present) / -lost, rel_tol=1e-6, abs_tol=1e-4), (filed, row)
    return {row["absence_reason"], *(found[EXCESS][code, hub]["absence_reason"] for hub in HUBS)}


def test_what_was_filed_gives_the_excess_and_the_offset_of_plain_arithmetic() -> None:
    seen: set[str | None] = set()

    @FEW
    @given(worlds)
    def holds(filed: list[Filed]) -> None:
        found = built([row for code, world in zip(CODES, filed, strict=True) for row in records(world, code)])
        for code, world in zip(CODES, filed, strict=True):
            seen.update(check(world, code, found))

    holds()
    assert seen >= {
        None, "no_shortfall", "missing_base", "missing_after", "rest_holds_hubs", "negative_correction", "rest_zero",
        "hub_not_in_report", "target_not_in_report",
    }  # fmt: skip


@FEW
@given(worlds, st.integers(2, 9))
def test_a_release_repeated_or_corrected_and_own_returns_change_nothing(filed: list[Filed], times: int) -> None:
    rows = [row for code, world in zip(CODES, filed, strict=True) for row in records(world, code)]
    wrong = [row | {"value_usd": None if row["value_usd"] is None else row["value_usd"] * times} for row in rows]
    returned = [row for code in CODES for row in records({OWN: (10**9, 10**9)}, code)]
    kept = [row for row in wrong if row["partner_iso3"] != OWN]
    assert built([*kept, *returned, *later(rows), *later(rows, "again")]) == built(rows)
