"""Back-test of the scenario model: only what was public on the day makes the base; later figures stand beside it, met or not."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from test_scenario_tables import CHIP_FRAME, PRIOR_FRAME, PRIOR_ROWS, table

from pipelines.errors import InputError
from pipelines.estimators import scenario_backtest as backtest
from pipelines.estimators.scenario_later import Later, later_figures
from pipelines.exports.wording import require_wording
from pipelines.schemas.tables.metrics_scenarios import MetricScenarioBacktest

ENDS = ("low", "central", "high")
APRIL, JULY = (test.day for test in backtest.TESTS)
AS_OF = date(2026, 11, 23)


def rows_of(file):
    """A facts file with its ends as numbers and its days as days."""
    frame = pl.DataFrame(table(file), infer_schema_length=None)
    numbers = [pl.col(name).replace("", None).cast(pl.Float64) for name in ENDS]
    return frame.with_columns(*numbers, pl.col("known_at").str.to_date())


SERIES = pl.DataFrame(
    [
        {"channel": channel, "period_id": "2025Q3", "accumulation": "flow", "known_at": date(2026, 4, 15)}
        for channel in ("legal", "domestic")
    ]
)
SMUGGLED = pl.DataFrame([{"period_id": "2025H2", "known_at": date(2026, 4, 30)}])


def mix_row(channel, unit, amount):
    place = {"scope": "with_offshore", "period_id": "2025H2", "mix_series": "backbone", "channel_part": "all"}
    amounts = dict(zip(("amount_p05", "amount_p50", "amount_p95"), (amount / 2, amount, amount * 2), strict=True))
    return (
        place | {"channel": channel, "unit_of_account": unit} | amounts | {"share_p05": 0.1, "share_p50": 0.2, "share_p95": 0.3}
    )


MIX = pl.DataFrame(
    [mix_row(channel, unit, 1000.0) for channel in ("legal", "smuggled", "domestic") for unit in ("chips", "usd", "h100e")]
)
PRIORS_DATED = PRIOR_FRAME.with_columns(pl.col("known_at").replace("", None).str.to_date())
FRAMES = {
    "core.run": pl.DataFrame({"as_of": [AS_OF]}),
    "core.dim_prior": PRIORS_DATED,
    "core.dim_chip": CHIP_FRAME,
    "core.fact_supply": rows_of("facts/supply.csv"),
    "core.fact_claim": rows_of("facts/claims.csv"),
    "core.fact_compute_series": SERIES,
    "staging.stg_smuggled_series": SMUGGLED,
    "metrics.metric_mix_interval": MIX,
}


@pytest.fixture(scope="module")
def found():
    return backtest.scenario_backtests(FRAMES)


def test_every_row_of_the_base_was_public_on_its_day(found):
    assert dict(found.schema) == dict(MetricScenarioBacktest.schema())
    assert found.filter(pl.col("base_known_at") > pl.col("calibrated_on")).height == 0
    days = {("claim", row["claim_id"]): row["known_at"] for row in table("facts/claims.csv")}
    days |= {("supply", row["supply_id"]): row["known_at"] for row in table("facts/supply.csv")}
    days |= {("prior", name): row["known_at"] for name, row in PRIOR_ROWS.items()}
    for day, refs in found.select("calibrated_on", "base_rows").unique().iter_rows():
        public = {ref: date.fromisoformat(days[tuple(ref.split(":"))]) for ref in refs.split(";")}
        assert len(public) >= 6
        assert max(public.values()) <= day


def test_a_row_that_became_public_later_is_refused():
    known = backtest.Known(FRAMES, APRIL)
    assert known.row("claim:ft-2024-h100-stock-claim")["low"] == 100_000
    for ref in ("claim:cnas-2024-chips", "claim:ft-2025-b200-1bn", "prior:scenario-premium"):
        with pytest.raises(InputError, match="0 rows; expected one row public on 2025-04-08"):
            known.row(ref)


def test_later_figures_became_public_after_the_day(found):
    later = found.filter(pl.col("later_known_at").is_not_null())
    assert later.height > 10
    assert later.filter(pl.col("later_known_at") <= pl.col("calibrated_on")).height == 0
    assert found.filter((pl.col("later_id") == "none") != pl.col("later_known_at").is_null()).height == 0
    after = later_figures(FRAMES, date(2026, 12, 31))
    assert after == {}


def test_a_figure_moved_behind_the_day_takes_the_prediction_away():
    moved = pl.when(pl.col("supply_id") == "huawei-2024-910b-ft").then(date(2025, 12, 1)).otherwise(pl.col("known_at"))
    late = FRAMES | {"core.fact_supply": FRAMES["core.fact_supply"].with_columns(moved.alias("known_at"))}
    rows = backtest.scenario_backtests(late)
    assert rows["outcome_p50"].null_count() == rows.height
    assert rows["is_later_inside"].null_count() == rows.height
    assert all("supply:huawei-2024-910b-ft" in reason for reason in rows["absence_reason"])


def test_a_build_as_of_an_earlier_day_has_no_prediction_and_says_so():
    rows = backtest.scenario_backtests(FRAMES | {"core.run": pl.DataFrame({"as_of": [date(2025, 4, 30)]})})
    reasons = dict(rows.select("backtest_id", "absence_reason").unique().iter_rows())
    assert reasons["h20-stop"] is None
    assert "expected a day up to as_of 2025-04-30" in reasons["h20-reapproval"]


def test_the_stop_has_no_licensed_chips_and_the_reapproval_no_more_than_2024(found):
    chips = found.filter(pl.col("scenario_output") == "channel_quantity", pl.col("outcome_unit") == "chips", channel="legal")
    at = {row["backtest_id"]: row for row in chips.iter_rows(named=True)}
    assert at["h20-stop"]["outcome_p95"] == 0
    assert 0.5 * 12e9 / 15_000 < at["h20-reapproval"]["outcome_p05"] <= at["h20-reapproval"]["outcome_p95"] < 12e9 / 10_000


def test_the_flag_says_whether_the_intervals_meet(found):
    for row in found.filter(pl.col("is_later_inside").is_not_null()).iter_rows(named=True):
        given = [row[f"later_{end}"] for end in ENDS if row[f"later_{end}"] is not None]
        most = np.inf if row["later_central"] is None and row["later_high"] is None else max(given)
        assert row["is_later_inside"] == (min(given) <= row["outcome_p95"] and most >= row["outcome_p05"])
        word = "meets the interval" if row["is_later_inside"] else "which lies"
        assert word in row["explanation"]


@pytest.mark.parametrize(
    ("ends", "inside", "below"),
    [((4, None, None), True, False), ((11, None, None), False, False), ((None, 1, None), False, True), ((1, 2, 5), True, False)],
)
def test_a_floor_meets_what_reaches_it_and_a_range_what_overlaps_it(ends, inside, below):
    figure = Later("claim:x", AS_OF, *ends)
    assert (figure.meets(5.0, 10.0), figure.is_below(5.0)) == (inside, below)


def test_what_is_said_keeps_to_its_rung_and_names_the_model(found):
    for text in found["explanation"].unique():
        require_wording(text, "structural", "explanation", is_statement=not text.startswith("No prediction"))
    for prior in backtest.UNDATED.values():
        assert prior in found["hindsight"][0]
        assert not PRIOR_ROWS[prior]["known_at"], f"{prior} has a day: take it off the list of hindsight"


def test_floors_are_at_annual_rates():
    street = later_figures(FRAMES, APRIL)["channel_quantity", "smuggled", "usd"][1]
    with (Path(__file__).resolve().parents[2] / "data/facts/claims.csv").open(encoding="utf-8", newline="") as lines:
        floor = next(float(row["low"]) for row in csv.DictReader(lines) if row["claim_id"] == "ft-2025-b200-1bn")
    assert (street.low, street.central, street.high) == (4 * floor, None, None)
    assert later_figures(FRAMES, APRIL)["channel_quantity", "legal", "chips"][0].central == 2000.0
