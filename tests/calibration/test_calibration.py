"""90 % intervals hold the truth in 88 to 92 % of synthetic worlds, in every unit; broken rules leave that band."""

import re

import polars as pl
import pytest
from worlds import CHECKOUT, KINDS, N_WORLDS, UNITS, Worlds, coverage, table

pytestmark = pytest.mark.slow
BAND = (0.88, 0.92)
KIND_BAND = (0.83, 0.97)  # 120 worlds of two halves carry each kind of pool: a standard error of two to three points
FEW, FEW_DRAWS = 108, 200


@pytest.fixture(scope="module")
def measured():
    """Coverage of all worlds, as the command prints it."""
    return coverage(Worlds())


def by_unit(frame, pattern):
    chosen = frame.filter(pl.col("what").str.contains(pattern))
    return {row["unit"]: row["covered"] for row in chosen.group_by("unit").agg(pl.col("covered").mean()).iter_rows(named=True)}


@pytest.mark.parametrize("series", ["backbone", "pooled"])
@pytest.mark.parametrize("what", ["amounts", "shares", "totals"])
def test_intervals_of_the_mix_hold_the_truth_at_their_rate_in_each_unit(measured, series, what):
    covered = by_unit(measured, f"^{series}: {what}")
    assert set(covered) == {"chips", "h100e", "bandwidth", "usd"}
    assert all(BAND[0] <= share <= BAND[1] for share in covered.values()), covered


def test_intervals_of_every_kind_of_claim_hold_the_truth_at_their_rate(measured):
    claims = measured.filter(pl.col("what").str.starts_with("claims: "))
    assert claims.height == 9
    assert claims["n"].min() == N_WORLDS
    assert claims.filter(~pl.col("covered").is_between(*BAND)).rows() == []


def test_pools_hold_claims_of_every_kind_in_every_unit(measured):
    pools = measured.filter(pl.col("what").str.starts_with("pooled with "))
    assert set(pools["what"]) == {f"pooled with {kind}: amounts" for kind in KINDS}
    assert set(pools.group_by("what").len()["len"]) == {4}
    assert pools["n"].min() >= 3 * N_WORLDS // len(KINDS)
    assert pools.filter(~pl.col("covered").is_between(*KIND_BAND)).rows() == []


def replacing(model, *changes):
    def edit(name, sql):
        for old, new in changes if name == model else ():
            assert old in sql
            sql = sql.replace(old, new)
        return sql

    return edit


FACTORS, DRAWS = "metrics.metric_quantity_factor", "metrics.fact_draw"
BROKEN = {
    "a pool that takes its largest member": (
        replacing(
            DRAWS,
            ("where selectors.draw_u >= shapes.pool_from and selectors.draw_u < shapes.pool_to", ""),
            ("from products\n", "from (select quantity_id, draw_id, max(amount) as amount from products group by all)\n"),
        ),
        "^pooled: amounts",
    ),
    "a pool that takes its first member only": (
        replacing(FACTORS, ("where claim_shapes.claim_id is not null or (members", "where (members")),
        "^pooled: amounts",
    ),
    "ends of 90 % intervals read as those of 95 %": (
        replacing(FACTORS, ("1.6448536269514722", "1.959963984540054")),
        "^backbone: amounts",
    ),
    "half-years that err independently": (
        replacing(
            FACTORS,
            (
                "'level:' else 'envelope:' end || channel as dim_id",
                "'level:' else 'envelope:' end || channel || right(period_id, 1) as dim_id",
            ),
        ),
        "^backbone: amounts, years",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_rule_leaves_the_band(fault):
    edit, pattern = BROKEN[fault]
    covered = by_unit(coverage(Worlds(FEW, n_draws=FEW_DRAWS), edit), pattern)
    assert covered["chips"] < BAND[0] - 0.02, covered


def cells(text):
    """Rates of a printed table by row and unit."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {
        (row[0], unit): float(cell.removesuffix(" %")) / 100
        for row in rows
        for unit, cell in zip(UNITS, row[1:], strict=True)
        if re.fullmatch(r"[\d.]+ %", cell)
    }


def test_the_page_shows_what_the_command_prints(measured):
    page = (CHECKOUT / "docs" / "calibration.md").read_text(encoding="utf-8")
    shown, printed = cells(page), cells(table(measured))
    assert shown.keys() == printed.keys()
    assert len(shown) == 4 * (12 + len(KINDS)) + len(KINDS)
    assert {place: (shown[place], rate) for place, rate in printed.items() if abs(shown[place] - rate) > 0.02} == {}
    assert "python tests/calibration/worlds.py" in page
    assert table(pl.DataFrame({"what": ["x"], "unit": ["chips"], "covered": [0.9]})).endswith("| x | 90.0 % | – | – | – |")
