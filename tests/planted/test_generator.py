"""The generator against its own equations, and against METHODS in plain Python: nothing appears or vanishes unsaid."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import customs
import numpy as np
import oracle
import pytest
from chosen import chosen_books, chosen_worlds
from generator import (
    BASE,
    DESTINATIONS,
    EVENT,
    FREIGHT,
    HUBS,
    KINDS,
    MARKUP,
    MONTHS,
    ONWARD,
    POST,
    TARGET,
    delayed,
    world,
)
from rates import least_hits

SLACK = 0.2  # cents filed in 12 months of up to 20 cells
D = DESTINATIONS.index(TARGET)


def equal(left: Any, right: Any) -> None:
    np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-3)


def test_there_are_at_least_500_worlds_of_every_kind_and_a_seed_repeats_them() -> None:
    assert len(chosen_worlds()) >= 500
    assert {planted.kind for planted in chosen_worlds()} == set(KINDS)
    assert len({planted.product_code for planted in chosen_worlds()}) == len(chosen_worlds())
    first, again, other = world(1, 7), world(1, 7), world(2, 7)
    equal(first.legs[0].sent, again.legs[0].sent)
    assert not np.allclose(first.legs[0].sent, other.legs[0].sent)


def test_what_the_rule_takes_from_the_target_goes_to_the_hubs_or_nowhere() -> None:
    for planted in chosen_worlds():
        leg = planted.legs[0]
        early = np.where(np.arange(len(MONTHS)) == EVENT, leg.sent[D] - leg.organic[D], 0)
        equal(leg.sent.sum(axis=0), leg.organic.sum(axis=0) - planted.forgone + leg.diverted.sum(axis=0) + early)
        equal(leg.diverted.sum(axis=0), planted.draws.diverted * planted.forgone)
        assert (planted.forgone[: EVENT + 1] == 0).all()
        assert (leg.sent >= 0).all()


def test_what_is_sent_to_a_hub_arrives_is_late_or_is_lost() -> None:
    for planted in chosen_worlds():
        for place, leg in enumerate(planted.legs):
            arrived = leg.landed / (1 + planted.draws.freight_hub[:, place])
            equal(arrived + leg.vanished, leg.due[: len(HUBS)])
            on_its_way = planted.draws.late * (leg.sent[:, -1] - leg.sent[:, 0])
            equal(leg.due.sum(axis=1) + on_its_way, leg.sent.sum(axis=1))
            assert (leg.vanished <= delayed(leg.diverted, planted.draws.late) + 1e-6).all()


def test_what_arrives_is_kept_or_sold_on_and_what_reaches_the_target_is_declared_or_hidden() -> None:
    for planted in chosen_worlds():
        for place, leg in enumerate(planted.legs):
            assert (leg.cost.sum(axis=1) <= leg.landed + 1e-6).all()
            equal(leg.reexport, leg.cost * (1 + planted.draws.markup[:, place, :, None]))
            equal(planted.arrived[place], leg.due[D] + leg.reexport[:, ONWARD.index(TARGET)].sum(axis=0))
        equal(planted.declared, (1 - planted.draws.hidden) * planted.arrived)


def test_a_diverted_good_that_arrives_is_sold_on_to_the_target() -> None:
    for planted in chosen_worlds():
        draws, leg = planted.draws, planted.legs[0]
        due = delayed(leg.diverted, draws.late)
        ordinary = draws.onward[:, 0, None] * (leg.due[: len(HUBS)] - due)
        at_cost = leg.cost[:, ONWARD.index(TARGET)] / (1 + draws.freight_hub[:, 0])
        equal(at_cost - ordinary, due - leg.vanished)


def test_parameters_lie_in_their_declared_intervals() -> None:
    for planted in chosen_worlds():
        low, _, high = FREIGHT[planted.stage]
        for rates in (planted.draws.freight_hub, planted.draws.freight_target):
            assert ((rates >= low) & (rates <= high)).all() if planted.kind.is_cif else (rates == 0).all()
        assert planted.draws.markup.shape == (len(HUBS), 2, len(ONWARD))
        assert ((planted.draws.markup >= MARKUP[0]) & (planted.draws.markup <= MARKUP[2])).all()


def test_a_world_plants_what_its_kind_says_and_nothing_else() -> None:
    for planted in chosen_worlds():
        kind, draws, leg = planted.kind, planted.draws, planted.legs[0]
        assert [bool(one.any()) for one in (planted.forgone, leg.diverted)] == [kind.is_cut, kind.is_cut]
        assert bool(leg.vanished.any()) == kind.is_vanishing
        assert (draws.late > 0, draws.hidden > 0) == (kind.is_late, kind.is_hidden)
        assert leg.reexport.any() == (kind.is_onward or kind.is_cut)
        assert draws.output.any() == kind.is_onward


def test_filed_partners_add_up_to_world_and_reexports_to_exports() -> None:
    for _, cells in chosen_books():
        flows = {(reporter, flow) for reporter, _, flow, _ in cells}
        for reporter, flow in flows:
            of_it = {key[1]: amounts for key, amounts in cells.items() if key[0] == reporter and key[2:] == (flow, "0")}
            partners = [amounts for partner, amounts in of_it.items() if partner not in (customs.WORLD, customs.GROUP)]
            equal(np.sum(partners, axis=0), of_it[customs.WORLD])
        for hub, partner in product(HUBS, ONWARD):
            exports, sold_on = (np.array(cells.get((hub, partner, flow, "0"), [0.0])) for flow in ("X", "RX"))
            assert (sold_on <= exports + 0.02).all()
            parts = [amounts for key, amounts in cells.items() if key[:3] == (hub, partner, "RX") and key[3] != "0"]
            np.testing.assert_allclose(np.sum(parts, axis=0) if parts else [0.0], sold_on, atol=0.03)


def windows() -> Iterator[slice]:
    yield from (BASE, POST)


def test_identified_sets_hold_the_truth_in_every_world() -> None:
    for planted, cells in chosen_books():
        for window, (place, exporter) in product(windows(), enumerate(planted.exporters)):
            leg = planted.legs[place]
            declared, arrived = (one[place][window].sum() for one in (planted.declared, planted.arrived))
            gap = leg.sent[D, window].sum() - declared
            assert oracle.mirror_gap(planted, cells, window, exporter, TARGET).holds(gap, SLACK), planted.product_code
            if not planted.kind.is_late:
                after = oracle.surplus_after_reexports(planted, cells, window, exporter)
                unsaid = ((1 - planted.draws.speaks) * leg.reexport[:, 0, window].sum(axis=1)).sum()
                assert after.holds(declared - arrived + unsaid, SLACK), planted.product_code
            for h, hub in enumerate(HUBS):
                share = leg.vanished[h, window].sum() / leg.due[h, window].sum()
                assert oracle.lost_share(planted, cells, window, exporter, hub).holds(share, 1e-6), planted.product_code


def test_hub_sets_hold_the_truth_in_every_world() -> None:
    for planted, cells in chosen_books():
        for window, (h, hub) in product(windows(), enumerate(HUBS)):
            kept = sum((leg.landed[h] - leg.cost[h].sum(axis=0))[window].sum() for leg in planted.legs)
            if planted.draws.speaks[h]:
                assert oracle.retained_imports(cells, window, hub).holds(kept, SLACK), planted.product_code
            part = planted.legs[0].reexport[h, ONWARD.index(TARGET), window].sum()
            output = planted.draws.output[h, ONWARD.index(TARGET), window].sum()
            assert oracle.origin_bound(cells, window, hub, planted.exporters, output).holds(part, SLACK), planted.product_code


@pytest.mark.parametrize("place", [*HUBS, TARGET])
def test_the_placebo_band_holds_the_truth_at_its_rate(place: str) -> None:
    hits = 0
    for planted, cells in chosen_books():
        leg, y = planted.legs[0], DESTINATIONS.index(place)
        truth = (leg.sent[y] - leg.organic[y])[POST].sum()
        hits += oracle.hub_excess(cells, planted.exporters[0], place).excess.holds(truth, SLACK)
    assert hits >= least_hits(len(chosen_books()), oracle.LEVEL), f"{hits} of {len(chosen_books())}"


def test_the_offset_holds_the_truth_at_its_rate() -> None:
    cut = [(planted, cells) for planted, cells in chosen_books() if planted.kind.is_cut]
    ranges = [(planted, oracle.offset(cells, planted.exporters[0])) for planted, cells in cut]
    hits = sum(found.holds(planted.draws.diverted) for planted, found in ranges)
    assert hits >= least_hits(len(cut), oracle.LEVEL), f"{hits} of {len(cut)}"


def test_the_binomial_bound_is_the_exact_one() -> None:
    assert least_hits(1, 0.5, 0.4) == 0
    assert least_hits(2, 0.5, 0.25) == 1  # P(0 hits) = 1/4
    assert least_hits(10, 0.9) == 5  # P(fewer than 5) = 0.00015, P(fewer than 6) = 0.0016
    assert least_hits(504, 1.0) == 504
