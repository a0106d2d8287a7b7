"""What was planted, as a table: one row per world, quantity, places and month. Doubters compare it with generator.py."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from generator import DESTINATIONS, HUBS, MONTHS, ONWARD, TARGET, Amounts, Planted


@dataclass(frozen=True)
class Truth:
    """One planted quantity by month: from an exporter or hub to a place, of goods of an origin where that matters."""

    quantity: str
    from_iso3: str
    to_iso3: str
    amounts: Amounts
    origin_iso3: str = "any"


def planted_truth(worlds: Iterable[Planted]) -> pl.DataFrame:
    """Rows of every quantity below, months without trade included."""
    rows = [(planted, row) for planted in worlds for row in quantities(planted)]
    keys = pl.DataFrame(
        {
            "product_code": [planted.product_code for planted, _ in rows],
            "kind": [planted.kind.name for planted, _ in rows],
            "quantity": [row.quantity for _, row in rows],
            "from_iso3": [row.from_iso3 for _, row in rows],
            "to_iso3": [row.to_iso3 for _, row in rows],
            "origin_iso3": [row.origin_iso3 for _, row in rows],
        }
    )
    months = pl.DataFrame({"month": MONTHS})
    amounts = pl.Series("usd", np.concatenate([row.amounts for _, row in rows]))
    return keys.join(months, how="cross", maintain_order="left_right").with_columns(amounts)


def quantities(planted: Planted) -> Iterator[Truth]:
    """Everything that an interval of the warehouse must contain."""
    yield from of_the_target(planted)
    yield from of_the_hubs(planted)
    yield from of_the_rule(planted)


def of_the_target(planted: Planted) -> Iterator[Truth]:
    """gap: what the pair's reports differ by at equal valuation; undeclared: what reached the target and is not declared."""
    target = DESTINATIONS.index(TARGET)
    for place, (exporter, leg) in enumerate(zip(planted.exporters, planted.legs, strict=True)):
        yield Truth("gap", exporter, TARGET, leg.sent[target] - planted.declared[place])
        yield Truth("undeclared", exporter, TARGET, planted.arrived[place] - planted.declared[place])


def of_the_hubs(planted: Planted) -> Iterator[Truth]:
    """lost: never arrived; sent and due; retained: landed and not sent on; origin_part: sent on, by origin."""
    for h, hub in enumerate(HUBS):
        kept = sum((leg.landed[h] - leg.cost[h].sum(axis=0) for leg in planted.legs), np.zeros(len(MONTHS)))
        yield Truth("retained", hub, hub, kept)
        sold = sum((leg.reexport[h, 0] for leg in planted.legs), planted.draws.output[h, 0])
        yield Truth("gap", hub, TARGET, sold - planted.declared[2 + h])
        for exporter, leg in zip(planted.exporters, planted.legs, strict=True):
            arrived = leg.due[h] - leg.vanished[h]
            yield Truth("gap", exporter, hub, leg.sent[h] - arrived)
            yield Truth("sent", exporter, hub, leg.sent[h])
            yield Truth("lost", exporter, hub, leg.vanished[h])
            for y, partner in enumerate(ONWARD):
                yield Truth("origin_part", hub, partner, leg.reexport[h, y], exporter)
                yield Truth("origin_cost", hub, partner, leg.cost[h, y], exporter)


def of_the_rule(planted: Planted) -> Iterator[Truth]:
    """organic: exports as without the rule; forgone: direct exports that it cost; diverted: what of it went to a hub."""
    exporter, leg = planted.exporters[0], planted.legs[0]
    yield Truth("forgone", exporter, TARGET, planted.forgone)
    yield Truth("organic", exporter, TARGET, leg.organic[DESTINATIONS.index(TARGET)])
    for h, hub in enumerate(HUBS):
        yield Truth("diverted", exporter, hub, leg.diverted[h])
        yield Truth("organic", exporter, hub, leg.organic[h])
