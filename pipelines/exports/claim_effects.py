"""What a build does with each of a user's own claims: its distribution, whether it is drawn, and with what it is compared."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from pipelines.home import Home
from pipelines.schemas.tables.meta import Run
from pipelines.schemas.tables.tidy_facts import UserClaim
from pipelines.warehouse.build import dry_run
from pipelines.warehouse.graph import load_graph

DISTRIBUTIONS = "metrics.metric_claim_distribution"
FACTORS = "metrics.metric_quantity_factor"
QUARTERS = "metrics.metric_claim_quarter"
PREMIUMS = "metrics.metric_premium"
NO_HASH = "0" * 64
Row = Mapping[str, object]


def effects(home: Home, claims: pl.DataFrame, inputs: Mapping[str, pl.DataFrame], as_of: date) -> list[str]:
    """One line per claim in words: the models themselves are run in memory on the claims and the shipped facts."""
    run = dict.fromkeys(Run.schema(), NO_HASH) | {"as_of": as_of, "warehouse_release_id": "dry-run"}
    given = {**inputs, UserClaim.full_name(): claims}
    made = dry_run(load_graph(home.sql), given, run, (DISTRIBUTIONS, FACTORS, QUARTERS, PREMIUMS))
    fitted = {row["claim_id"]: row for row in made[DISTRIBUTIONS].iter_rows(named=True)}
    return [_effect(claim, fitted.get(claim["claim_id"]), made, as_of) for claim in claims.sort("claim_id").iter_rows(named=True)]


def _effect(claim: Row, fitted: Row | None, made: Mapping[str, pl.DataFrame], as_of: date) -> str:
    name, known_at = claim["claim_id"], claim["known_at"]
    head = f"{name} ({claim['channel']}, {claim['bound_kind']}, {claim['unit'] or 'no unit'}): "
    if fitted is None:
        return f"{head}public on {known_at}, after {as_of}; left out unless you build with --as-of {known_at} or later"
    parts = [_distribution(fitted)]
    if made[FACTORS].filter(pl.col("quantity_id") == f"claim:{name}").height:
        parts.append(f"drawn as claim:{name} in metrics.fact_draw")
    units = made[QUARTERS].filter(pl.col("claim_id") == name)["unit_of_account"].sort()
    if len(units):
        parts.append(f"paired with other claims per quarter in {', '.join(units)}")
    if made[PREMIUMS].filter(pl.col("price_id") == name).height:
        parts.append("listed among the street prices")
    return head + "; ".join(parts)


def _distribution(row: Row) -> str:
    if row["claim_p50"] is None:
        return f"no distribution ({row['absence_reason']}), listed as stated"
    p05, p50, p95 = (f"{row[f'claim_{mark}']:,.6g}" for mark in ("p05", "p50", "p95"))
    floor = f", floor {row['claim_floor']:,.6g}" if row["claim_floor"] is not None else ""
    return f"{row['distribution']} ({row['distribution_flag']}), median {p50}, 90 % from {p05} to {p95}{floor}"
