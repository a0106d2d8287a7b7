"""The shipped supply mix: every half-year, unit and channel has a number or a reason, and every number its interval."""

from contextlib import closing

import duckdb
import pytest

pytestmark = pytest.mark.slow

HALVES = [f"{year}H{half}" for year in (2024, 2025) for half in (1, 2)] + ["2026H1"]
UNITS = ("chips", "usd", "h100e", "bandwidth")
CHANNELS = {"arrivals": ("legal", "smuggled", "domestic"), "with_offshore": ("legal", "smuggled", "domestic", "offshore")}


@pytest.fixture(scope="module")
def mix(built_home):
    asked = (
        "SELECT scope, mix_series, period_id, unit_of_account, channel, amount_p05, amount_p50, amount_p95, share_p50, "
        "amount_basis, unit_convention, mix_state, missing_channels, absence_reason "
        "FROM exports.rpt_mix_interval WHERE channel_part = 'all'"
    )
    with closing(duckdb.connect(str(built_home / "chipflows.duckdb"), read_only=True)) as con:
        rows = con.sql(asked).pl().to_dicts()
    return {
        (row["scope"], row["mix_series"], row["period_id"], row["unit_of_account"], row["channel"]): row
        for row in rows
        if row["period_id"] in HALVES
    }


@pytest.mark.parametrize("period", HALVES)
@pytest.mark.parametrize("series", ["backbone", "pooled"])
@pytest.mark.parametrize("scope", CHANNELS)
def test_every_unit_and_channel_has_a_number_or_a_reason(mix, scope, series, period):
    for unit in UNITS:
        for channel in CHANNELS[scope]:
            row = mix[scope, series, period, unit, channel]
            known = row["amount_p50"] is not None
            assert known == (row["absence_reason"] is None) == (row["amount_basis"] is not None), row
            assert not known or row["amount_p05"] <= row["amount_p50"] <= row["amount_p95"], row


def test_the_bounds_of_2026_enter_without_shares(mix):
    legal = mix["arrivals", "backbone", "2026H1", "chips", "legal"]
    smuggled = mix["arrivals", "backbone", "2026H1", "h100e", "smuggled"]
    assert legal["amount_basis"] == smuggled["amount_basis"] == "envelope"
    assert legal["amount_p50"] == pytest.approx(35_600 / 2, rel=1e-3), "at most 35,600 chips: uniform from zero"
    assert legal["amount_p95"] == pytest.approx(0.95 * 35_600, rel=1e-3)
    found = [smuggled[name] for name in ("amount_p05", "amount_p50", "amount_p95")]
    assert found == pytest.approx([2_500, 80_000, 630_000], rel=5e-3)
    for key, row in mix.items():
        if key[2] == "2026H1":
            assert (row["mix_state"], row["share_p50"]) == ("incomplete", None), key
            assert "domestic" in row["missing_channels"], key
    assert mix["arrivals", "backbone", "2026H1", "chips", "smuggled"]["absence_reason"] == "unit_not_published"


def test_compute_always_names_its_convention(mix):
    named = {row["unit_convention"] for key, row in mix.items() if key[3] == "h100e"}
    assert named == {"H100e (by TPP / 15832)", "H100e (as its publisher counts it)"}
