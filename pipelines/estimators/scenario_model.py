"""The scenario model (METHODS D2, D3, D5): nested logit with capacity limits and a smuggling supply curve, one row per draw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError, Place, explain

Array = NDArray[np.float64]
Real = float | Array
LEGAL, SMUGGLED, OFFSHORE, DOMESTIC, UNSERVED = "legal", "smuggled", "offshore", "domestic", "unserved"
CHANNELS = (LEGAL, SMUGGLED, OFFSHORE, DOMESTIC)
FORCING = 200.0  # a log shadow value at which any limit binds
FOREIGN = (LEGAL, SMUGGLED, OFFSHORE)  # one nest; domestic is a nest of its own, the need left unserved is outside


@dataclass(frozen=True)
class Base:
    """What was bought in the base period, and how buyers and smugglers respond; each field one number or one per draw.

    `q0` effective units a period and `p0` USD per effective unit by channel; a channel left out does not exist in this market.
    `s0` share of the need left unserved, `beta` price response, `rho` likeness within the nest of foreign chips, `prem0` premium
    of smuggled chips, `phi` slope of their supply, `shadow` log shadow value (mu of METHODS D2) of a channel that was rationed.
    """

    q0: Mapping[str, Real]
    p0: Mapping[str, Real]
    s0: Real
    beta: Real
    rho: Real
    prem0: Real
    phi: Real
    shadow: Mapping[str, Real] = field(default_factory=dict)


@dataclass(frozen=True)
class Levers:
    """What a scenario sets (METHODS D1); None = as in the base. Quantities in effective units a period, prices per unit.

    `growth` of the need (market and default vendor capacity), `licence` share granted, `acceptance` share that Beijing lets in,
    `vendor_capacity`, `us_volume` with `volume_share` = the volume rule (none without a US volume), `vendor_price` before fees,
    `revenue_share` and `tariff` with `pass_through` to the buyer, `enforcement` (1 = today), capacities abroad and at home.
    """

    growth: Real = 1.0
    licence: Real = 1.0
    acceptance: Real = 1.0
    vendor_capacity: Real | None = None
    us_volume: Real | None = None
    volume_share: Real = 0.5
    vendor_price: Real | None = None
    revenue_share: Real = 0.0
    tariff: Real = 0.0
    pass_through: Real = 1.0
    enforcement: Real = 1.0
    offshore_capacity: Real | None = None
    domestic_capacity: Real | None = None


@dataclass(frozen=True)
class Calibration:
    """`market` size M in effective units, appeal `xi` of each channel, and the price `world` p_w of chips before the premium."""

    market: Array
    xi: Mapping[str, Array]
    world: Array


@dataclass(frozen=True)
class Solution:
    """Everything of METHODS D5, each an array of the common shape of base and levers; see `outputs` for the names."""

    base: Base
    levers: Levers
    market: Array
    quantity: Mapping[str, Array]
    capacity: Mapping[str, Array]
    price: Mapping[str, Array]
    world: Array
    unmet: Array

    @property
    def total(self) -> Array:
        """China compute: the sum of all channels, effective units."""
        return np.asarray(sum(self.quantity.values()))

    @property
    def premium(self) -> Array:
        """Price of smuggled chips over the price elsewhere, less one."""
        return np.asarray(self.price[SMUGGLED] / self.world - 1)

    @property
    def gross_usd(self) -> Array:
        """What licensed buyers pay, fee included."""
        return self.price[LEGAL] * self.quantity[LEGAL]

    @property
    def net_usd(self) -> Array:
        """What the vendor keeps of it: the tariff is on the price before tariff, the revenue share on what is left."""
        return np.asarray(self.gross_usd * (1 - np.asarray(self.levers.revenue_share)) / (1 + np.asarray(self.levers.tariff)))

    @property
    def indirect_usd(self) -> Array:
        """Vendor revenue on chips that are smuggled or rented abroad, at the price elsewhere."""
        return np.asarray(self.world * sum(self.quantity[name] for name in (SMUGGLED, OFFSHORE) if name in self.quantity))

    @property
    def spend_usd(self) -> Array:
        """What Chinese buyers spend over all channels."""
        return np.asarray(sum(self.price[name] * amount for name, amount in self.quantity.items()))

    def outputs(self) -> dict[str, Array]:
        """All outputs by name; quantities in effective units a period, money in USD, NaN where a ratio has no denominator."""
        found = {f"{name}_quantity": amount for name, amount in self.quantity.items()}
        found |= {f"{name}_share": amount / self.total for name, amount in self.quantity.items()}
        found |= {f"{name}_price_usd": amount for name, amount in self.price.items()}
        found |= {
            "china_compute": self.total,
            "unmet": self.unmet,
            "unmet_share": self.unmet / self.market,
            "vendor_gross_usd": self.gross_usd,
            "vendor_net_usd": self.net_usd,
            "fee_take_usd": self.gross_usd - self.net_usd,
            "vendor_indirect_usd": self.indirect_usd,
            "spend_usd": self.spend_usd,
            "leakage": self.quantity[SMUGGLED] / np.asarray(self.base.q0[LEGAL]),
            "premium": self.premium,
        }
        return found | {f"diversion_to_{name}": ratio for name, ratio in diversion(self).items()}


def calibrate(base: Base) -> Calibration:
    """Market size and the appeal of every channel that make the base reproduce itself (METHODS D3).

    Raises InputError for a channel at zero, a share or a parameter outside its range, with the number of draws concerned.
    """
    _check(base)
    q0 = {name: np.asarray(amount, dtype=float) for name, amount in base.q0.items()}
    s0, beta, rho = (np.asarray(value, dtype=float) for value in (base.s0, base.beta, base.rho))
    market = np.asarray(sum(q0.values()) / (1 - s0))
    foreign = sum(q0[name] for name in FOREIGN if name in q0)
    xi = {}
    for name, amount in q0.items():
        within = rho * np.log(amount / foreign) if name in FOREIGN else 0.0
        appeal = np.log(amount / market) - np.log(s0) + beta * np.log(base.p0[name]) - within
        xi[name] = np.asarray(appeal + np.asarray(base.shadow.get(name, 0.0)))
    world = np.asarray(np.asarray(base.p0[SMUGGLED], dtype=float) / (1 + np.asarray(base.prem0)))
    return Calibration(market, xi, world)


def fee_factor(levers: Levers) -> Array:
    """Buyer's price over vendor's price: pass-through of tariff and of revenue share (METHODS D2, equation 5)."""
    theta, tariff, share = (np.asarray(v, dtype=float) for v in (levers.pass_through, levers.tariff, levers.revenue_share))
    return np.asarray((1 + theta * tariff) * (1 + theta * share / (1 - share)))


def licensed_capacity(base: Base, levers: Levers) -> Array:
    """K_L: what is licensed, accepted, deliverable and within the volume rule, effective units (METHODS D2, equation 4)."""
    growing = np.asarray(base.q0[LEGAL], dtype=float) * levers.growth
    deliverable = growing if levers.vendor_capacity is None else np.asarray(levers.vendor_capacity, dtype=float)
    if levers.us_volume is not None:
        deliverable = np.minimum(deliverable, np.asarray(levers.volume_share) * np.asarray(levers.us_volume))
    allowed = np.asarray(levers.licence) * np.asarray(levers.acceptance)
    return np.asarray(np.where(allowed > 0, allowed * np.where(allowed > 0, deliverable, 0.0), 0.0))


def solve(base: Base, levers: Levers) -> Solution:
    """Quantities and prices under the levers, for all draws at once; shapes of base and levers are broadcast.

    With the smuggled quantity given, its price follows from supply, the utility of a foreign chip from demand, and every other
    quantity in closed form, capacity limits included. Market shares then add up to more the larger it is, so that one bracketed
    root per draw is the whole solution.
    """
    _check_levers(levers)
    fitted = calibrate(base)
    terms = _terms(base, levers, fitted)
    with np.errstate(divide="ignore"):
        lane = _lane(base, fitted, terms)
    shape = np.broadcast_shapes(*(value.shape for value in lane.values()))
    lane = {name: np.broadcast_to(value, shape) for name, value in lane.items()}
    logs = _log_shares(_root(lane).reshape(shape), lane)
    with np.errstate(over="ignore"):
        wanted = {name: terms.market * np.exp(logs[name]) for name in base.q0}
    quantity = {name: np.minimum(amount, terms.capacity.get(name, np.inf)) for name, amount in wanted.items()}
    price = {name: np.broadcast_to(value, shape) for name, value in terms.price.items()}
    price[SMUGGLED] = np.exp(_log_smuggled_price(logs[SMUGGLED], lane))
    market = np.broadcast_to(terms.market, shape)
    return Solution(base, levers, market, quantity, terms.capacity, price, fitted.world, market * np.exp(logs[UNSERVED]))


def diversion(scenario: Solution, baseline: Solution | None = None) -> dict[str, Array]:
    """Share of the lost licensed units that goes to each other channel and to need left unserved; the shares add up to 1.

    Against the base period, or against a baseline solution; the market must be the same in both for the sum to hold. NaN where
    licensed units do not change.
    """
    before = dict(scenario.base.q0) if baseline is None else dict(baseline.quantity)
    unmet = calibrate(scenario.base).market * np.asarray(scenario.base.s0) if baseline is None else baseline.unmet
    lost = np.asarray(before[LEGAL] - scenario.quantity[LEGAL], dtype=float)
    lost = np.where(np.abs(lost) <= 1e-9 * np.asarray(before[LEGAL]), np.nan, lost)
    gained = {name: amount - before[name] for name, amount in scenario.quantity.items() if name != LEGAL}
    return {name: np.asarray(more / lost) for name, more in (gained | {UNSERVED: scenario.unmet - unmet}).items()}


def shadow_value(base: Base, unrationed: Real) -> Array:
    """Log shadow value of the licensed channel that makes buyers want `unrationed` units at the base's prices, at least 0.

    For a base in which licensed chips were rationed: put the result into `Base.shadow` under "legal" (METHODS C7, virtual price).
    Raises InputError where that is more than the need of the base.
    """
    plain = replace(base, shadow={name: value for name, value in base.shadow.items() if name != LEGAL})
    forced = solve(replace(plain, shadow={**plain.shadow, LEGAL: FORCING}), Levers(vendor_capacity=unrationed))
    wanted = np.maximum(np.asarray(unrationed, dtype=float), 0.0)
    possible = forced.quantity[LEGAL] >= wanted * (1 - 1e-9)
    _require("scenario base", "unrationed", wanted, possible, "less than the need of the base, or a larger share left unserved")
    foreign = sum(forced.quantity[name] for name in FOREIGN if name in forced.quantity)
    within = np.asarray(base.rho) * np.log(forced.quantity[LEGAL] / foreign)
    needed = np.log(forced.quantity[LEGAL] / forced.unmet) + np.asarray(base.beta) * np.log(forced.price[LEGAL]) - within
    return np.asarray(np.maximum(needed - calibrate(plain).xi[LEGAL], 0.0))


def stock_path(initial: Real, depreciation: Real, added: Array) -> Array:
    """Installed compute at the end of each period (METHODS C13); `added` has the periods on its first axis."""
    stocks, stock = [], np.asarray(initial, dtype=float)
    for flow in added:
        stock = (1 - np.asarray(depreciation)) * stock + flow
        stocks.append(stock)
    return np.stack(stocks)


@dataclass(frozen=True)
class _Terms:
    """What the levers make of the market: its size, prices and limits of the channels, and the multiple of the premium."""

    market: Array
    price: Mapping[str, Array]
    capacity: Mapping[str, Array]
    enforcement: Array


def _terms(base: Base, levers: Levers, fitted: Calibration) -> _Terms:
    market = np.asarray(fitted.market * np.asarray(levers.growth))
    price = {name: np.asarray(value, dtype=float) for name, value in base.p0.items()}
    price[LEGAL] = _given(levers.vendor_price, price[LEGAL]) * fee_factor(levers)
    capacity = {
        LEGAL: licensed_capacity(base, levers),
        OFFSHORE: _given(levers.offshore_capacity, base.q0.get(OFFSHORE, 0.0)),
        DOMESTIC: _given(levers.domestic_capacity, base.q0.get(DOMESTIC, 0.0)),
    }
    return _Terms(market, price, capacity, np.asarray(levers.enforcement, dtype=float))


def _lane(base: Base, fitted: Calibration, terms: _Terms) -> dict[str, Array]:
    """Everything that the equation in the smuggled share needs, in logs, relative to the market; -inf = no such channel."""
    beta, rho = np.asarray(base.beta, dtype=float), np.asarray(base.rho, dtype=float)
    lane = {"beta": beta, "rho": rho, "phi": np.asarray(base.phi, dtype=float), "world": np.log(fitted.world)}
    lane["xi"] = fitted.xi[SMUGGLED]
    lane["size"] = np.log(terms.market) - np.log(base.q0[SMUGGLED])
    lane["markup"] = np.log(np.asarray(base.prem0, dtype=float)) + np.log(terms.enforcement)
    for name in (LEGAL, OFFSHORE, DOMESTIC):
        there = name in base.q0
        lane[f"{name} appeal"] = fitted.xi[name] - beta * np.log(terms.price[name]) if there else np.asarray(-np.inf)
        lane[f"{name} limit"] = np.log(terms.capacity[name] / terms.market) if there else np.asarray(-np.inf)
    return lane


def _log_smuggled_price(log_share: Array, lane: Mapping[str, Array]) -> Array:
    """Supply of smuggled chips (METHODS D2, equation 3): log price at a log share of the market."""
    return lane["world"] + np.logaddexp(0.0, lane["markup"] + lane["phi"] * (log_share + lane["size"]))


def _log_shares(log_share: Array, lane: Mapping[str, Array]) -> dict[str, Array]:
    """Log shares that demand asks for at a smuggled share, before limits, and the total with limits (equations 1 and 2).

    A foreign channel sells exp(common + appeal / (1 - rho)), or its limit; `common` comes from the smuggled channel, which has
    none.
    """
    rho, free = lane["rho"], 1 - lane["rho"]
    common = log_share - (lane["xi"] - lane["beta"] * _log_smuggled_price(log_share, lane)) / free
    logs = {SMUGGLED: log_share}
    logs |= {name: common + lane[f"{name} appeal"] / free for name in (LEGAL, OFFSHORE)}
    sold = [np.minimum(logs[name], lane[f"{name} limit"]) for name in (LEGAL, OFFSHORE)]
    foreign = np.logaddexp(np.logaddexp(log_share, sold[0]), sold[1])
    logs[UNSERVED] = free * common + rho * foreign
    logs[DOMESTIC] = logs[UNSERVED] + lane[f"{DOMESTIC} appeal"]
    domestic = np.minimum(logs[DOMESTIC], lane[f"{DOMESTIC} limit"])
    return logs | {"total": np.logaddexp(np.logaddexp(foreign, logs[UNSERVED]), domestic)}


def _root(lane: Mapping[str, Array]) -> Array:
    """Log of the smuggled share at which all shares add up to 1, bracketed and closed to the last bits of a double."""
    from scipy.optimize import elementwise

    names = tuple(lane)

    def log_total(log_share: Array, *given: Array) -> Array:
        return _log_shares(log_share, dict(zip(names, given, strict=True)))["total"]

    given = tuple(value.ravel() for value in lane.values())
    with np.errstate(over="ignore"):
        found = elementwise.find_root(log_total, _bracket(log_total, given), args=given)
    if not np.all(found.success):
        failed = int(np.flatnonzero(~np.asarray(found.success))[0])
        values = ", ".join(f"{name} {value[failed]:.6g}" for name, value in zip(names, given, strict=True))
        raise InputError(
            explain(Place("scenario model", f"draw {failed + 1}"), values, "parameters with a solution", "narrow their ranges")
        )
    return np.asarray(found.x)


def _bracket(log_total: Callable[..., Array], given: tuple[Array, ...]) -> tuple[Array, Array]:
    """Ends between which the total changes sign: from [-1, 0] down by doubling, as a smuggled share of 1 is always too much."""
    low, high = np.full_like(given[0], -1.0), np.zeros_like(given[0])
    above = np.arange(low.size)
    while (above := above[log_total(low[above], *(value[above] for value in given)) > 0]).size:
        low[above], high[above] = 2 * low[above], low[above]
    return low, high


def _given(value: Real | None, otherwise: Real) -> Array:
    return np.asarray(otherwise if value is None else value, dtype=float)


def _check(base: Base) -> None:
    """Refuse a base that cannot be calibrated; the message names the parameter and the first draw concerned."""
    for name in (LEGAL, SMUGGLED):
        if name not in base.q0:
            _refuse(
                "scenario base", name, "no such channel", "a quantity above 0: the model is solved in smuggled for licensed chips"
            )
    for name, amount in base.q0.items():
        if name not in CHANNELS or name not in base.p0:
            _refuse(
                "scenario base",
                name,
                "a channel without a price",
                f"quantity and price for channels out of {', '.join(CHANNELS)}",
            )
        wanted = (
            "more than 0: a channel at zero in the base has no appeal that could be calibrated, take a base with all positive"
        )
        _require("scenario base", f"quantity of {name}", amount, np.asarray(amount, dtype=float) > 0, wanted)
        _require("scenario base", f"price of {name}", base.p0[name], np.asarray(base.p0[name], dtype=float) > 0, "more than 0")
    for name, amount in base.shadow.items():
        value = np.asarray(amount, dtype=float)
        _require("scenario base", f"shadow of {name}", value, (value >= 0) & (value < np.inf), "from 0 on, without end")
    for name, low, high in (("s0", 0.0, 1.0), ("beta", 0.0, np.inf), ("prem0", 0.0, np.inf)):
        value = np.asarray(getattr(base, name), dtype=float)
        _require("scenario base", name, value, (value > low) & (value < high), f"more than {low:g} and less than {high:g}")
    for name, high in (("rho", 1.0), ("phi", np.inf)):
        value = np.asarray(getattr(base, name), dtype=float)
        _require("scenario base", name, value, (value >= 0) & (value < high), f"from 0 to less than {high:g}")


def _check_levers(levers: Levers) -> None:
    for item in fields(levers):
        value = getattr(levers, item.name)
        if value is not None:
            low, high = RANGES.get(item.name, (0.0, np.inf))
            amount = np.asarray(value, dtype=float)
            _require("scenario levers", item.name, amount, (amount >= low) & (amount <= high), f"from {low:g} to {high:g}")


RANGES: Mapping[str, tuple[float, float]] = {
    "growth": (1e-6, 1e6),
    "licence": (0.0, 1.0),
    "acceptance": (0.0, 1.0),
    "volume_share": (0.0, 10.0),
    "vendor_price": (1e-9, 1e12),
    "revenue_share": (0.0, 0.99),
    "tariff": (0.0, 10.0),
    "pass_through": (0.0, 2.0),
    "enforcement": (0.0, 1e6),
}


def _require(place: str, name: str, given: Real, held: NDArray[np.bool_], expected: str) -> None:
    """Raise InputError with the first value that does not hold and how many do not."""
    if np.all(held):
        return
    values, broken = np.broadcast_arrays(np.asarray(given, dtype=float), ~held)
    first = float(values[broken].flat[0])
    _refuse(place, name, f"{first:g} in {int(broken.sum())} of {broken.size} draws", expected)


def _refuse(place: str, name: str, found: str, expected: str) -> None:
    raise InputError(explain(Place(place, column=name), found, expected, "correct the value or choose another base period"))
