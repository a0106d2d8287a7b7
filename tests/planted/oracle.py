"""The formulas of METHODS A9, A10, A12, A13 and A14 once more, in plain Python on what was filed, without a warehouse.

Written from the text of METHODS and from nothing else: where the SQL and this module differ, one of them misreads the text.
"""

from collections.abc import Iterable, Mapping
from itertools import product
from math import floor, inf
from typing import NamedTuple

from customs import COMTRADE, MAIN, Series
from generator import BASE, DESTINATIONS, FREIGHT, HUBS, LATE, MARKUP, ORDINARY, POST, TARGET, Planted

LEVEL = 0.9

Cell = tuple[str, str, str, str]
Book = Mapping[Cell, list[float]]


class Range(NamedTuple):
    """An interval; infinite where an end is open."""

    low: float
    high: float

    def holds(self, value: float, slack: float = 0.0) -> bool:
        """Whether a value lies inside, but for the rounding of filed cents."""
        return self.low - slack <= value <= self.high + slack


class Excess(NamedTuple):
    """A12 for one exporter and destination."""

    actual: float
    counterfactual: float
    band: Range

    @property
    def excess(self) -> Range:
        """Actual minus the counterfactual times the band."""
        return Range(self.actual - self.counterfactual * self.band.high, self.actual - self.counterfactual * self.band.low)

    @property
    def is_outside(self) -> bool:
        """Whether the ratio of actual to counterfactual leaves the band of the placebos."""
        return not self.band.holds(self.actual / self.counterfactual)


def book(rows: Iterable[Series]) -> Book:
    """One world's filed totals and re-exports by origin: reporter, partner, flow, second partner to months."""
    return {
        (row.reporter, row.partner, row.flow, row.partner2): row.amounts.round(2).tolist()
        for row in rows
        if row.dataset == MAIN and row.transport == "0" and row.amounts.any()
    }


def total(filed: Book, window: slice, reporter: str, partner: str, flow: str) -> float:
    """Sum of a cell over a window; a cell without a row is zero."""
    return sum(filed.get((reporter, partner, flow, "0"), [0.0])[window])


def sold_on(filed: Book, window: slice, hub: str, origin: str) -> float:
    """What a hub re-exported of an origin to the target."""
    return sum(filed.get((hub, TARGET, "RX", COMTRADE[origin]), [0.0])[window])


def fob(planted: Planted, value: float) -> Range:
    """A6: an import value without freight."""
    low, _, high = FREIGHT[planted.stage] if planted.kind.is_cif else (0.0, 0.0, 0.0)
    return Range(value / (1 + high), value / (1 + low))


def mirror_gap(planted: Planted, filed: Book, window: slice, exporter: str, importer: str) -> Range:
    """A9: exporter's report minus importer's without freight."""
    sent, arrived = total(filed, window, exporter, importer, "X"), total(filed, window, importer, exporter, "M")
    without_freight = fob(planted, arrived)
    return Range(sent - without_freight.high, sent - without_freight.low)


def surplus_after_reexports(planted: Planted, filed: Book, window: slice, origin: str) -> Range:
    """A10: imports of the target without freight, minus direct exports, minus what hubs re-exported of the origin."""
    gap = mirror_gap(planted, filed, window, origin, TARGET)
    of_hubs = sum(sold_on(filed, window, hub, origin) for hub in HUBS)
    return Range(-gap.high - of_hubs, -gap.low - of_hubs)


def retained_imports(filed: Book, window: slice, hub: str) -> Range:
    """A10: imports of a hub minus re-exports without the hub's margin."""
    arrived, left = total(filed, window, hub, "WLD", "M"), total(filed, window, hub, "WLD", "RX")
    return Range(arrived - left / (1 + MARKUP[0]), arrived - left / (1 + MARKUP[2]))


def lost_share(planted: Planted, filed: Book, window: slice, exporter: str, hub: str) -> Range:
    """A13: share of the exports to a hub that the hub did not record, of what can have been due there in the window.

    A part of the exports, up to all of them, arrives a month later.
    """
    sent = total(filed, window, exporter, hub, "X")
    earlier = total(filed, slice(window.start - 1, window.stop - 1), exporter, hub, "X")
    moved = LATE[2] * (earlier - sent)
    due = Range(sent + min(0.0, moved), sent + max(0.0, moved))
    recorded = fob(planted, total(filed, window, hub, exporter, "M"))
    return Range(max(0.0, 1 - recorded.high / due.low), max(0.0, 1 - recorded.low / due.high))


def hub_excess(filed: Book, exporter: str, place: str) -> Excess:
    """A12: exports against a constant share of those to the rest of the world, with the band of the placebos.

    A placebo stands in the place of a hub, so it is no part of its own rest of the world.
    """
    before, after = ({y: total(filed, window, exporter, y, "X") for y in DESTINATIONS} for window in (BASE, POST))
    rest = [y for y in DESTINATIONS if y not in HUBS and y != TARGET]
    base, now = sum(before[y] for y in rest), sum(after[y] for y in rest)
    placebos = [y for y in ORDINARY if before[y] > 0]
    ratios = [after[y] / before[y] * (base - before[y]) / (now - after[y]) for y in placebos]
    band = conformal_band(ratios)
    return Excess(after[place], before[place] * now / base, Range(min(band.low, 1.0), max(band.high, 1.0)))


def conformal_band(ratios: list[float]) -> Range:
    """Order statistics between which one more exchangeable draw falls at the level or oftener; none below 19 placebos."""
    cut = floor((1 - LEVEL) / 2 * (len(ratios) + 1) + 1e-9)
    ordered = sorted(ratios)
    return Range(ordered[cut - 1], ordered[-cut]) if cut else Range(-inf, inf)


def offset(filed: Book, exporter: str) -> Range:
    """A13: excess of all hubs over the shortfall of the target, each end with the band at its worst.

    Only a positive shortfall counts; where it may be as small as zero, an end is open.
    """
    excesses = [hub_excess(filed, exporter, hub).excess for hub in HUBS]
    missing = hub_excess(filed, exporter, TARGET).excess
    low, high = sum(one.low for one in excesses), sum(one.high for one in excesses)
    short = Range(-missing.high, -missing.low)
    if short.high <= 0:
        return Range(-inf, inf)
    if short.low <= 0:
        return Range(low / short.high if low >= 0 else -inf, high / short.high if high < 0 else inf)
    corners = [part / whole for part, whole in product((low, high), short)]
    return Range(min(corners), max(corners))


def origin_bound(filed: Book, window: slice, hub: str, exporters: tuple[str, str], output: float) -> Range:
    """A14: what of a hub's exports to the target can have come from the first exporter, given the hub's largest own output."""
    sold = total(filed, window, hub, TARGET, "X")
    of_origin, of_other = ((1 + MARKUP[2]) * total(filed, window, hub, exporter, "M") for exporter in exporters)
    return Range(max(0.0, sold - output - of_other), min(sold, of_origin))
