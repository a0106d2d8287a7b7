"""90 % intervals hold the truth in 88 to 92 % of synthetic worlds, in every unit; broken rules leave that band."""

import re

import polars as pl
import pytest
from worlds import CHECKOUT, N_WORLDS, Worlds, coverage, table

pytestmark = pytest.mark.slow
BAND = (0.88, 0.92)
FEW, FEW_DRAWS = 200, 200


@pytest.fixture(scope="module")
def measured():
    """Coverage of all worlds on 200 draws; the page has 400."""
    return coverage(Worlds(n_draws=FEW_DRAWS))


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


def replacing(model, old, new):
    def edit(name, sql):
        if name != model:
            return sql
        assert old in sql
        return sql.replace(old, new)

    return edit


FACTORS, DRAWS = "metrics.metric_quantity_factor", "metrics.fact_draw"
BROKEN = {
    "a pool that takes its largest member": (
        replacing(DRAWS, "where selectors.draw_u >= factors.pool_from and selectors.draw_u < factors.pool_to", ""),
        "^pooled: amounts",
    ),
    "a pool that takes its first member only": (
        replacing(FACTORS, "where claim_shapes.claim_id is not null or (members", "where (members"),
        "^pooled: amounts",
    ),
    "ends of 90 % intervals read as those of 95 %": (
        replacing(FACTORS, "1.6448536269514722", "1.959963984540054"),
        "^backbone: amounts",
    ),
    "half-years that err independently": (
        replacing(FACTORS, "'level:' || channel as dim_id", "'level:' || channel || right(period_id, 1) as dim_id"),
        "^backbone: amounts, years",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_rule_leaves_the_band(fault):
    edit, pattern = BROKEN[fault]
    covered = by_unit(coverage(Worlds(FEW, n_draws=FEW_DRAWS), edit), pattern)
    assert covered["chips"] < BAND[0] - 0.02, covered


def test_the_page_shows_what_the_command_prints():
    """The page holds a table of the same shape and rates as a run on fewer draws gives; numbers within sampling error."""
    page = (CHECKOUT / "docs" / "calibration.md").read_text(encoding="utf-8")
    shown = {row[0]: row[1:] for row in (line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| "))}
    rates = [float(cell.removesuffix(" %")) for cells in shown.values() for cell in cells if re.fullmatch(r"[\d.]+ %", cell)]
    assert len(rates) == 57
    assert all(100 * BAND[0] <= rate <= 100 * BAND[1] for rate in rates)
    assert "python tests/calibration/worlds.py" in page
    assert table(pl.DataFrame({"what": ["x"], "unit": ["chips"], "covered": [0.9]})).endswith("| x | 90.0 % | – | – | – |")
