"""The real SQL on the planted worlds: every interval holds the planted truth at its stated rate, and nothing is found in nothing.

What is planted, which interval must hold it and how often stands in README.md beside this file.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from bulk import BulkWorld
from generator import HUBS, KINDS, MARKUP, TARGET
from rates import least_hits

LEVEL = 0.9
SLACK = 0.2  # US dollars: filed cents, added up
EVERY = {kind.name for kind in KINDS}
PROMPT = {kind.name for kind in KINDS if not kind.is_late}
ONWARD = {kind.name for kind in KINDS if kind.is_onward or kind.is_cut}
CUT = {kind.name for kind in KINDS if kind.is_cut}
UNCUT = EVERY - CUT
QUIET = {"null", "freight"}  # nothing planted that two reports of one pair could show

GAP, PAIR, ADJUSTMENT = "metrics.metric_mirror_gap", "metrics.metric_mirror_pair", "metrics.metric_reexport_adjustment"
RESIDUAL, RETAINED, REEXPORT = "metrics.metric_mirror_waterfall", "metrics.metric_retained_import", "metrics.metric_hub_reexport"
SHIFT, EXCESS, DIVERSION = "metrics.metric_destination_shift", "metrics.metric_hub_excess", "metrics.metric_diversion"
LOST, BOUND = "metrics.metric_lost_in_transit", "metrics.metric_origin_bound"


class Held(NamedTuple):
    """Which interval of which table must hold which planted quantity: columns or expressions, and the places in order."""

    table: str
    low: str
    high: str
    quantity: str
    places: tuple[str, ...]  # from, to, origin
    where: str = "true"


class Count(NamedTuple):
    """Intervals compared with the truth, how many of them hold it, and of how many worlds they are."""

    n: int
    hits: int
    worlds: int = 0


PLACES = {
    GAP: ("exporter_iso3", "importer_iso3"),
    ADJUSTMENT: ("origin_iso3", "destination_iso3"),
    RETAINED: ("country_iso3", "country_iso3"),
    REEXPORT: ("hub_iso3", "destination_iso3", "origin_iso3"),
    SHIFT: ("exporter_iso3", "destination_iso3"),
    EXCESS: ("exporter_iso3", "hub_iso3"),
}
ENDS = {
    GAP: ("gap_low_usd", "gap_high_usd"),
    PAIR: (
        "least(exporter_usd, exporter_shifted_usd) - importer_fob_high_usd",
        "greatest(exporter_usd, exporter_shifted_usd) - importer_fob_low_usd",
    ),
    ADJUSTMENT: ("-surplus_after_high_usd", "-surplus_after_low_usd"),
    RESIDUAL: ("component_low_usd", "component_high_usd"),
    RETAINED: ("retained_low_usd", "retained_high_usd"),
    REEXPORT: ("origin_low_usd", "origin_high_usd"),
    SHIFT: ("-excess_high_usd", "-excess_low_usd"),
    EXCESS: ("excess_low_usd", "excess_high_usd"),
    LOST: ("lost_share_low * exporter_usd", "lost_share_high * exporter_usd"),
    BOUND: ("origin_lower_usd", "origin_upper_usd"),
}
SHIFTED = "exporter_shifted_usd IS NOT NULL"
ALWAYS = {
    "a9_gap": (Held(GAP, *ENDS[GAP], "gap", PLACES[GAP]), EVERY),
    "a9_late_arrivals": (Held(PAIR, *ENDS[PAIR], "lost", PLACES[GAP], SHIFTED), EVERY),
    "a9_late_imports": (Held(PAIR, *ENDS[PAIR], "undeclared", PLACES[GAP], SHIFTED), EVERY - ONWARD),
    "a9_residual_of_the_target": (Held(RESIDUAL, *ENDS[RESIDUAL], "undeclared", PLACES[GAP], "component = 'residual'"), EVERY),
    "a9_residual_of_the_hubs": (Held(RESIDUAL, *ENDS[RESIDUAL], "lost", PLACES[GAP], "component = 'residual'"), EVERY),
    "a10_surplus": (Held(ADJUSTMENT, *ENDS[ADJUSTMENT], "undeclared", PLACES[ADJUSTMENT], "missing_hubs IS NULL"), ONWARD),
    "a10_retained": (Held(RETAINED, *ENDS[RETAINED], "retained", PLACES[RETAINED]), ONWARD),
    "a10_cost": (Held(REEXPORT, *ENDS[REEXPORT], "origin_cost", PLACES[REEXPORT]), ONWARD),
    "a12_filed": (Held(EXCESS, "actual_usd", "actual_usd", "sent", PLACES[EXCESS], "window_kind = 'rolling_12'"), EVERY),
    "a13_lost": (Held(LOST, *ENDS[LOST], "lost", PLACES[EXCESS]), EVERY),
    "a14_origin": (Held(BOUND, *ENDS[BOUND], "origin_part", PLACES[REEXPORT]), ONWARD),
}


def count(built: BulkWorld, held: Held) -> dict[str, Count]:
    """Per kind of world: windows whose interval holds the sum of the planted quantity over the window's months."""
    built.make(held.table)
    code = "goods_id" if held.table == BOUND else "product_code"
    matched = [
        f"upto.{mine} = found.{its}" for mine, its in zip(("from_iso3", "to_iso3", "origin_iso3"), held.places, strict=False)
    ]
    query = f"""
        SELECT upto.kind, count(*) AS n, count(DISTINCT upto.product_code) AS worlds,
            count(*) FILTER (WHERE upto.running_usd - coalesce(before.running_usd, 0)
                BETWEEN {held.low} - {SLACK} AND {held.high} + {SLACK}) AS hits
        FROM {held.table} AS found
        JOIN planted_truth AS upto
            ON upto.product_code = found.{code} AND {" AND ".join(matched)}
            AND upto.quantity = '{held.quantity}' AND upto.month = date_trunc('month', found.period_end)
        LEFT JOIN planted_truth AS before
            ON before.product_code = upto.product_code AND before.quantity = upto.quantity
            AND before.from_iso3 = upto.from_iso3 AND before.to_iso3 = upto.to_iso3
            AND before.origin_iso3 = upto.origin_iso3 AND before.month = found.period_start - INTERVAL 1 MONTH
        WHERE {held.low} IS NOT NULL AND {held.high} IS NOT NULL AND ({held.where})
        GROUP BY upto.kind"""
    return {row["kind"]: Count(row["n"], row["hits"], row["worlds"]) for row in built.read(query)}


def added(counts: Mapping[str, Count], kinds: set[str] = EVERY) -> Count:
    """Counts of some kinds of worlds together."""
    chosen = [found for kind, found in counts.items() if kind in kinds]
    return Count(*(sum(counted) for counted in zip(*chosen, strict=True)))


def assert_rate(found: Count, rate: float, least: int) -> None:
    """At least the hits that chance leaves an honest interval of that rate, out of at least so many."""
    assert found.n >= least, found
    assert found.hits >= least_hits(found.n, rate), f"{found.hits} of {found.n}"


@pytest.mark.parametrize("name", ALWAYS)
def test_an_identified_set_holds_the_truth_always(built: BulkWorld, name: str) -> None:
    held, kinds = ALWAYS[name]
    counts = {kind: found for kind, found in count(built, held).items() if kind in kinds}
    assert set(counts) == kinds
    assert {kind: found.n - found.hits for kind, found in counts.items()} == dict.fromkeys(counts, 0), counts
    assert added(counts).worlds >= (500 if kinds & ONWARD else 250), counts


def test_a9_finds_missing_imports_where_they_are_planted_and_only_there(built: BulkWorld) -> None:
    built.make(GAP)
    rows = built.read(f"""
        SELECT kind, gap_reading = 'exporter_reports_more' AND gap_low_usd > {SLACK} AS is_more,
            gap_reading = 'importer_reports_more' AND gap_high_usd < -{SLACK} AS is_less, count(*) AS n
        FROM {GAP} JOIN (SELECT DISTINCT product_code, kind FROM planted_truth) USING (product_code)
        WHERE importer_iso3 = '{TARGET}' AND exporter_iso3 NOT IN {tuple(HUBS)} AND gap_reading <> 'one_side_only'
        GROUP BY ALL""")
    assert not [row for row in rows if row["kind"] in QUIET and (row["is_more"] or row["is_less"])], rows
    more, n = (sum(row["n"] for row in rows if row["kind"] == "misreport" and row["is_more"] >= least) for least in (True, False))
    assert more >= 0.8 * n, f"{more} of {n}"


@pytest.mark.parametrize("hub", HUBS)
def test_a12_excess_holds_what_was_diverted_at_the_rate_of_the_band(built: BulkWorld, hub: str) -> None:
    held = Held(EXCESS, *ENDS[EXCESS], "diverted", PLACES[EXCESS], f"hub_iso3 = '{hub}'")
    assert_rate(added(count(built, held)), LEVEL, 500)


def test_a12_shortfall_holds_what_the_rule_cost_at_the_rate_of_the_band(built: BulkWorld) -> None:
    held = Held(SHIFT, *ENDS[SHIFT], "forgone", PLACES[SHIFT], "destination_role = 'target'")
    assert_rate(added(count(built, held)), LEVEL, 500)


@pytest.mark.parametrize("hub", HUBS)
def test_a12_stays_silent_where_nothing_is_diverted(built: BulkWorld, hub: str) -> None:
    inside = Held(
        EXCESS, "0", "CASE WHEN is_outside_band THEN -1 ELSE 1 END", "diverted", PLACES[EXCESS],
        f"hub_iso3 = '{hub}' AND is_outside_band IS NOT NULL",
    )  # fmt: skip
    assert_rate(added(count(built, inside), UNCUT), LEVEL, 300)


def flagged(built: BulkWorld) -> list[dict[str, Any]]:
    """Per exporter and hub with a band: what was diverted over what would have gone there anyway, and whether it is found."""
    built.make(EXCESS)
    return built.read(f"""
        SELECT is_outside_band,
            sum(usd) FILTER (WHERE quantity = 'diverted') / sum(usd) FILTER (WHERE quantity = 'organic') AS share
        FROM {EXCESS} AS found
        JOIN planted_truth AS truth
            ON truth.product_code = found.product_code AND from_iso3 = exporter_iso3 AND to_iso3 = hub_iso3
            AND month BETWEEN period_start AND period_end
        WHERE is_outside_band IS NOT NULL
        GROUP BY found.product_code, hub_iso3, is_outside_band""")


def test_a12_finds_what_doubles_the_flow_of_a_hub(built: BulkWorld) -> None:
    rows = flagged(built)
    for least, rate in ((1.0, 0.9), (2.0, 0.98)):
        found = [row["is_outside_band"] for row in rows if row["share"] >= least]
        assert_rate(Count(len(found), sum(found)), rate, 100)


def test_a12_gives_no_band_where_placebos_are_too_few(built: BulkWorld) -> None:
    built.make(EXCESS)
    rows = built.read(f"""
        SELECT DISTINCT excess_low_usd IS NULL AND excess_high_usd IS NULL AND is_outside_band IS NULL AS is_silent
        FROM {EXCESS} WHERE n_placebos < 19""")
    assert rows == [{"is_silent": True}]


def offsets(built: BulkWorld) -> list[dict[str, Any]]:
    """Offset of every world's rule, with the planted share; an open end is NULL."""
    built.make(DIVERSION)
    return built.read(f"""
        WITH planted AS (
            SELECT product_code, any_value(kind) AS kind, any_value(from_iso3) AS exporter_iso3,
                sum(usd) FILTER (WHERE quantity = 'diverted') / nullif(sum(usd) FILTER (WHERE quantity = 'forgone'), 0) AS share
            FROM planted_truth WHERE quantity IN ('diverted', 'forgone') GROUP BY product_code)
        SELECT kind, share, offset_low, offset_high FROM {DIVERSION} JOIN planted USING (product_code, exporter_iso3)
        WHERE target_iso3 = '{TARGET}' AND offset_index IS NOT NULL""")


def test_a13_offset_holds_the_diverted_share_at_the_rate_of_the_band(built: BulkWorld) -> None:
    cut = [row for row in offsets(built) if row["kind"] in CUT]
    too_low, too_high = (
        sum(row[end] is not None and (row["share"] - row[end]) * sign < 0 for row in cut)
        for end, sign in (("offset_low", 1), ("offset_high", -1))
    )
    assert_rate(Count(len(cut), len(cut) - too_low - too_high), LEVEL, 500)


def test_a13_offset_is_positive_only_by_chance_where_nothing_is_diverted(built: BulkWorld) -> None:
    rows = [(row["offset_low"] or 0) > 0 for row in offsets(built) if row["kind"] in UNCUT]
    assert_rate(Count(len(rows), len(rows) - sum(rows)), LEVEL, 100)


def test_a13_offset_finds_diversion(built: BulkWorld) -> None:
    cut = [(row["offset_low"] or 0) > 0 for row in offsets(built) if row["kind"] in CUT]
    assert sum(cut) >= len(cut) / 3, f"{sum(cut)} of {len(cut)}"


def test_a13_reports_no_loss_where_everything_arrives(built: BulkWorld) -> None:
    quiet = tuple(kind.name for kind in KINDS if not kind.is_vanishing)
    built.make(LOST)
    rows = built.read(f"""
        SELECT max(lost_share_low * exporter_usd) AS worst
        FROM {LOST} JOIN (SELECT DISTINCT product_code, kind FROM planted_truth) USING (product_code)
        WHERE kind IN {quiet}""")
    assert 0 <= rows[0]["worst"] <= SLACK


def test_a13_finds_losses_larger_than_freight(built: BulkWorld) -> None:
    found = count(built, Held(LOST, f"CASE WHEN lost_share_low > 0 THEN {SLACK} END", "exporter_usd", "lost", PLACES[EXCESS]))
    planted = count(built, Held(LOST, "exporter_usd * 0.12", "exporter_usd", "lost", PLACES[EXCESS]))
    assert added(planted).hits > 1000
    assert added(found, PROMPT).hits >= added(planted, PROMPT).hits


def test_a14_never_finds_a_contradiction_and_sometimes_proves_an_origin(built: BulkWorld) -> None:
    built.make(BOUND)
    rows = built.read(f"""
        SELECT DISTINCT onward_basis, origin_lower_usd > 0 AS is_proof,
            bound_state = 'infeasible'
            AND sent_on_usd > (arrived_usd + arrived_other_usd) * {1 + MARKUP[2]} + {SLACK} AS is_contradiction
        FROM {BOUND} WHERE sent_on_usd IS NOT NULL AND arrived_usd IS NOT NULL""")
    assert not any(row["is_contradiction"] for row in rows), rows
    assert {row["onward_basis"] for row in rows if row["is_proof"]} == {"reexports", "exports"}
