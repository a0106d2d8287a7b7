"""A18, areas nes: the total never rises, no partner exceeds both reports, nothing without a country falls below zero."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import STEADY, case

NAMED = ("CHN", "HKG", "MYS", "TWN", "USA")
UNSPECIFIED, NOT_LISTED, REGIONAL = ("XNS", "XTO"), ("XOT",), ("XOF",)
RESIDUAL = (*UNSPECIFIED, *NOT_LISTED, *REGIONAL)
Filed = dict[str, int | None]

# In thousandths of a dollar, the finest amount that the warehouse holds. Of one magnitude, so that reports meet.
odd = st.none() | st.just(0) | st.integers(-1_000, -1)
amounts = st.integers(1, 10**6) | st.integers(1, 10**12) | odd
imports = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMED, st.none() | st.integers(0, 10**6) | st.integers(0, 10**12)))
exports = st.fixed_dictionaries(
    dict.fromkeys(NAMED[:3], st.integers(1, 10**6) | amounts), optional=dict.fromkeys((*NAMED[3:], *REGIONAL), amounts)
)
pools = st.dictionaries(st.sampled_from([*UNSPECIFIED, *NOT_LISTED]), st.integers(0, 10**6) | st.integers(0, 10**12), min_size=1)


def report(reporter: str, partner: str, flow: str, mills: int | None) -> dict[str, Any]:
    """One annual report."""
    return {
        "reporter_iso3": reporter,
        "partner_iso3": partner,
        "flow": flow,
        "product_code": "8542",
        "frequency": "A",
        "period_start": date(2024, 1, 1),
        "period_end": date(2024, 12, 31),
        "value_usd": None if mills is None else Decimal(mills) / 1000,
        "cell_state": "suppressed" if mills is None else "reported",
        "absence_reason": "suppressed" if mills is None else None,
    }


def reallocated(exported: Filed, imported: Filed) -> dict[str, dict[str, Any]]:
    """Rows of one exporter and year by partner."""
    kinds = {**dict.fromkeys((*NAMED, "KOR"), "country"), **dict.fromkeys(RESIDUAL, "residual")}
    tables = {
        "core.dim_country": [{"country_iso3": name, "country_kind": kind} for name, kind in kinds.items()],
        "metrics.metric_bilateral_report": [
            *(report("KOR", partner, "X", mills) for partner, mills in exported.items()),
            *(report(partner, "KOR", "M", mills) for partner, mills in imported.items()),
        ],
    }
    return {row["partner_iso3"]: row for row in case("metrics.metric_areas_nes", tables)}


@STEADY
@given(exports, pools, imports)
def test_the_total_never_rises_and_nothing_falls_below_zero(exported: Filed, pool: Filed, imported: Filed) -> None:
    rows = reallocated({**exported, **pool}, imported)
    filed = [row["nes_exporter_usd"] for row in rows.values() if row["nes_exporter_usd"] is not None]
    after = [row["nes_adjusted_usd"] for row in rows.values() if row["nes_adjusted_usd"] is not None]
    assert sum(after) <= sum(filed)
    assert all(row["nes_adjusted_usd"] >= 0 for name, row in rows.items() if name in pool)


@STEADY
@given(exports, pools, imports)
def test_no_partner_exceeds_the_larger_of_both_reports(exported: Filed, pool: Filed, imported: Filed) -> None:
    for row in reallocated({**exported, **pool}, imported).values():
        if row["nes_role"] == "named" and row["nes_adjusted_usd"] is not None:
            highest = max(row["nes_exporter_usd"], row["nes_importer_usd"] or row["nes_exporter_usd"])
            assert row["nes_exporter_usd"] <= row["nes_adjusted_usd"] <= highest


@STEADY
@given(exports, pools, imports)
def test_a_change_narrows_the_gap_of_its_pair(exported: Filed, pool: Filed, imported: Filed) -> None:
    for row in reallocated({**exported, **pool}, imported).values():
        if row["nes_role"] == "named" and row["is_nes_changed"]:
            before = abs(row["nes_importer_usd"] - row["nes_exporter_usd"])
            assert abs(row["nes_importer_usd"] - row["nes_adjusted_usd"]) < before


@STEADY
@given(exports, pools, imports)
def test_what_moves_is_taken_from_the_unspecified_alone(exported: Filed, pool: Filed, imported: Filed) -> None:
    rows = reallocated({**exported, **pool}, imported)
    moved = sum(row["nes_moved_usd"] for row in rows.values() if row["nes_role"] == "named" and row["nes_moved_usd"])
    unspecified = [row for row in rows.values() if row["nes_role"] == "unspecified" and row["nes_exporter_usd"] is not None]
    taken = sum(row["nes_exporter_usd"] - row["nes_moved_usd"] for row in unspecified)
    assert 0 <= taken - moved <= Decimal("0.002")
    shortfall = sum(
        row["nes_importer_usd"] - row["nes_exporter_usd"]
        for row in rows.values()
        if row["nes_role"] == "named"
        and row["nes_importer_usd"] is not None
        and row["nes_exporter_usd"] is not None
        and row["nes_exporter_usd"] >= 0
    )
    assert moved <= max(shortfall, 0)


@STEADY
@given(exports, pools, imports)
def test_imports_never_named_are_taken_off_the_rest(exported: Filed, pool: Filed, imported: Filed) -> None:
    rows = reallocated({**exported, **pool}, imported)
    without = [row for row in rows.values() if row["nes_role"] in ("unspecified", "not_listed")]
    left = sum(row["nes_moved_usd"] for row in without if row["nes_moved_usd"] is not None)
    after = sum(row["nes_adjusted_usd"] for row in without if row["nes_adjusted_usd"] is not None)
    unnamed = sum(row["nes_importer_usd"] for row in rows.values() if row["nes_role"] == "never_named")
    assert 0 <= max(left - unnamed, 0) - after <= Decimal("0.003")


@STEADY
@given(exports, pools, imports)
def test_regional_groups_and_partners_without_a_report_stay(exported: Filed, pool: Filed, imported: Filed) -> None:
    for name, row in reallocated({**exported, **pool}, imported).items():
        if name in REGIONAL or (row["nes_role"] == "named" and row["nes_importer_usd"] is None):
            assert row["nes_adjusted_usd"] == row["nes_exporter_usd"]
            assert not row["is_nes_changed"]


@STEADY
@given(exports, imports)
def test_without_unspecified_exports_there_is_nothing_to_do(exported: Filed, imported: Filed) -> None:
    named = {name: value for name, value in exported.items() if name not in (*UNSPECIFIED, *NOT_LISTED)}
    assert reallocated(named or {"CHN": 1}, imported) == {}
