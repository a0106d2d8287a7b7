"""A3, proxy group: the interval lies between nothing and the gross value, and follows purity and nothing else."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import STEADY, case

CODES = ("847150", "847180", "847330")
CARDS = ("847180", "847330")
STAGES = {"847150": "server", "847180": "card", "847330": "card"}
CLOSE = Decimal("0.002")  # two codes, each rounded to a tenth of a cent

hundredths = st.integers(0, 100).map(lambda n: n / 100)
purities = st.tuples(hundredths, hundredths, hundredths).map(lambda ends: tuple(sorted(ends)))
values = st.fixed_dictionaries(dict.fromkeys(CODES, st.integers(0, 10**12)))
purity_of_codes = st.fixed_dictionaries(dict.fromkeys(CODES, purities))

Purities = dict[str, tuple[float, ...]]


def stages(filed: dict[str, int | None], known: Purities) -> dict[str, dict[str, Any]]:
    """Rows of the proxy group by stage, for one lane and month."""
    products = [{"product_id": c, "code": c, "stage": STAGES[c], "ai_group": "ai_accelerator"} for c in CODES]
    purity = [
        {"purity_id": c, "hs6": c, "reporter_class": "any", "purity_low": low, "purity_central": mid, "purity_high": high}
        for c, (low, mid, high) in known.items()
    ]
    cube = [
        {"product_code": code, "value_usd": value, "absence_reason": "suppressed" if value is None else None}
        for code, value in filed.items()
    ]
    tables = {"core.dim_product": products, "core.dim_purity": purity, "metrics.metric_flow_cube": cube}
    return {row["stage"]: row for row in case("metrics.metric_proxy_group", tables)}


@STEADY
@given(values, purity_of_codes)
def test_the_interval_lies_between_zero_and_gross(filed: dict[str, int | None], known: Purities) -> None:
    for row in stages(filed, known).values():
        assert 0 <= row["low_usd"] <= row["central_usd"] <= row["high_usd"] <= row["gross_usd"]


@STEADY
@given(values, purity_of_codes, st.sampled_from(CODES), purities)
def test_more_purity_never_gives_less(filed: dict[str, int | None], known: Purities, code: str, more: tuple[float, ...]) -> None:
    raised = {**known, code: tuple(max(pair) for pair in zip(known[code], more, strict=True))}
    before, after = stages(filed, known), stages(filed, raised)
    for stage, row in before.items():
        assert all(row[end] <= after[stage][end] for end in ("low_usd", "central_usd", "high_usd", "gross_usd"))


@STEADY
@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), purities)
def test_value_may_move_between_codes_of_equal_purity(first: int, second: int, moved: int, purity: tuple[float, ...]) -> None:
    known = dict.fromkeys(CARDS, purity)
    before = stages({CARDS[0]: first + moved, CARDS[1]: second}, known)["card"]
    after = stages({CARDS[0]: first, CARDS[1]: second + moved}, known)["card"]
    assert all(abs(before[end] - after[end]) <= CLOSE for end in ("low_usd", "central_usd", "high_usd", "gross_usd"))


@STEADY
@given(values)
def test_without_a_purity_the_truth_lies_anywhere(filed: dict[str, int | None]) -> None:
    for row in stages(filed, {}).values():
        assert (row["low_usd"], row["central_usd"], row["high_usd"]) == (0, None, row["gross_usd"])
        assert row["proxy_label"] == "proxy_only"


@STEADY
@given(values, purity_of_codes, st.sampled_from(CARDS), st.none() | st.integers(-(10**9), -1))
def test_a_code_without_a_usable_value_leaves_its_stage_open(
    filed: dict[str, int | None], known: Purities, code: str, value: int | None
) -> None:
    rows = stages({**filed, code: value}, known)
    card = rows["card"]
    assert [card[end] for end in ("gross_usd", "low_usd", "central_usd", "high_usd")] == [None] * 4
    assert card["absence_reason"] == ("suppressed" if value is None else "negative_value")
    assert rows["server"] == stages(filed, known)["server"]
