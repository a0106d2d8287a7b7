"""C11, domestic substitution: self-sufficiency lies in [0, 1] and rises in domestic output; displacement needs a fall."""

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from joint_draws import cells
from world import STEADY, case

CHANNELS = ("domestic", "legal", "smuggled", "offshore")

amounts = st.integers(1, 10**6)
mixes = st.fixed_dictionaries(dict.fromkeys(CHANNELS, st.lists(amounts, min_size=3, max_size=3)))
pairs = st.tuples(amounts, amounts)

Mix = dict[str, list[int]]


def rows_of(**halves: Mix) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Rows in chips by measure, scope and period; one mix per half-year."""
    found = {(channel, period, "chips"): values for period, mix in halves.items() for channel, values in mix.items()}
    tables = {"metrics.metric_channel_supply": (), "core.fact_supply": (), **cells(found)}
    rows = case("metrics.metric_domestic_substitution", tables)
    return {(r["substitution_measure"], r["scope"], r["period_id"]): r for r in rows if r["unit_of_account"] == "chips"}


@STEADY
@given(mixes)
def test_self_sufficiency_is_a_share_and_less_with_more_channels(mix: Mix) -> None:
    rows = rows_of(**{"2025H1": mix})
    arrivals, offshore = (rows["self_sufficiency", scope, "2025H1"] for scope in ("arrivals", "with_offshore"))
    for end in ("substitution_p05", "substitution_p50", "substitution_p95"):
        assert 0 <= offshore[end] <= arrivals[end] <= 1


@STEADY
@given(mixes, amounts)
def test_self_sufficiency_rises_in_domestic_output(mix: Mix, more: int) -> None:
    raised = {**mix, "domestic": [value + more for value in mix["domestic"]]}
    rows = rows_of(**{"2024H1": mix, "2025H1": raised})
    for scope in ("arrivals", "with_offshore"):
        assert (
            rows["self_sufficiency", scope, "2025H1"]["substitution_p50"]
            > rows["self_sufficiency", scope, "2024H1"]["substitution_p50"]
        )


@STEADY
@given(pairs, pairs)
def test_displacement_is_the_rise_over_the_fall(domestic: tuple[int, int], legal: tuple[int, int]) -> None:
    mixes_of = [{"domestic": [domestic[n]], "legal": [legal[n]], "smuggled": [1]} for n in range(2)]
    row = rows_of(**dict(zip(("2025H1", "2025H2"), mixes_of, strict=True)))["import_displacement", "arrivals", "2025H2"]
    if legal[0] <= legal[1]:
        assert (row["substitution_p50"], row["absence_reason"]) == (None, "licensed_did_not_fall")
    else:
        expected = (domestic[1] - domestic[0]) / (legal[0] - legal[1])
        assert math.isclose(row["substitution_p50"], expected, rel_tol=1e-9, abs_tol=1e-12)


@STEADY
@given(mixes)
def test_without_a_capacity_nothing_is_at_capacity(mix: Mix) -> None:
    row = rows_of(**{"2025H1": mix, "2025H2": mix})["capacity_limited", "arrivals", "2025"]
    assert (row["substitution_p50"], row["absence_reason"]) == (None, "no_flow_capacity")
