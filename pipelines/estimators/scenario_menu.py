"""Effective units of chips, the lawful chip under a threshold, and the base of the scenario model from amounts in dollars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError, Place, explain
from pipelines.estimators.scenario_model import DOMESTIC, LEGAL, OFFSHORE, SMUGGLED, Array, Base, Real, shadow_value

H100_TPP, H100_BANDWIDTH_TBS = 15832.0, 3.35


@dataclass(frozen=True)
class Spec:
    """Total processing performance and memory bandwidth (TB/s) of one chip."""

    tpp: float
    bandwidth_tbs: float


@dataclass(frozen=True)
class Chip:
    """One chip on the menu: price in USD before fees, deliverable chips a period, and chips a period to US customers."""

    name: str
    spec: Spec
    price_usd: Real
    capacity_chips: Real
    us_volume_chips: Real | None = None


@dataclass(frozen=True)
class Offer:
    """The lawful chip of each draw: place on the menu (-1 = none), and price and quantities in effective units."""

    place: NDArray[np.intp]
    price: Array
    capacity: Array
    us_volume: Array | None


def effective_weight(spec: Spec, alpha: Real) -> Array:
    """Effective units of one chip (METHODS C1): H100-equivalents to the power alpha times bandwidth to 1 - alpha."""
    return effective_units(spec.tpp / H100_TPP, spec.bandwidth_tbs / H100_BANDWIDTH_TBS, alpha)


def effective_units(h100e: Real, bandwidth_h100: Real, alpha: Real) -> Array:
    """The same for an amount of one kind of chip, given in H100-equivalents by compute and by bandwidth."""
    compute, memory = np.asarray(h100e, dtype=float), np.asarray(bandwidth_h100, dtype=float)
    return np.asarray(compute ** np.asarray(alpha) * memory ** (1 - np.asarray(alpha)))


def unit_factors(spec: Spec, alpha: Real) -> dict[str, Array]:
    """Chips, H100-equivalents by compute and by bandwidth in one effective unit of a kind of chip."""
    weight = effective_weight(spec, alpha)
    bandwidth = spec.bandwidth_tbs / H100_BANDWIDTH_TBS / weight
    return {"chips": 1 / weight, "h100e": spec.tpp / H100_TPP / weight, "bandwidth": bandwidth}


def lawful_offer(menu: Sequence[Chip], threshold_tpp: Real, threshold_bandwidth_tbs: Real, alpha: Real) -> Offer:
    """The lawful chip that is cheapest per effective unit in each draw; of equal ones the first on the menu.

    A chip is lawful below both thresholds. Where none is, place is -1, capacity 0 and price NaN.
    """
    if not menu:
        raise InputError(explain(Place("scenario menu"), "no chip", "at least one chip", "add a chip with its price"))
    weights = [effective_weight(chip.spec, alpha) for chip in menu]
    prices = [np.asarray(chip.price_usd) / weight for chip, weight in zip(menu, weights, strict=True)]
    lawful = [
        (chip.spec.tpp < np.asarray(threshold_tpp)) & (chip.spec.bandwidth_tbs < np.asarray(threshold_bandwidth_tbs))
        for chip in menu
    ]
    asked = _stacked([np.where(allowed, price, np.inf) for allowed, price in zip(lawful, prices, strict=True)])
    place = np.where(np.isfinite(asked.min(axis=0)), asked.argmin(axis=0), -1)
    capacity = _taken([np.asarray(c.capacity_chips) * w for c, w in zip(menu, weights, strict=True)], place, 0.0)
    volumes = [c.us_volume_chips for c in menu]
    known = [np.asarray(volume) * w for volume, w in zip(volumes, weights, strict=True) if volume is not None]
    us_volume = _taken(known, place, 0.0) if len(known) == len(menu) else None
    return Offer(place, _taken(prices, place, np.nan), capacity, us_volume)


def _stacked(arrays: Sequence[Array]) -> Array:
    return np.stack(np.broadcast_arrays(*arrays))


def _taken(arrays: Sequence[Array], place: NDArray[np.intp], nothing: float) -> Array:
    """The value of the chosen chip in each draw."""
    shape = np.broadcast_shapes(place.shape, *(np.shape(array) for array in arrays))
    options = np.stack([np.broadcast_to(array, shape) for array in arrays])
    chosen = np.broadcast_to(place, shape)
    found = np.take_along_axis(options, np.maximum(chosen, 0)[np.newaxis], axis=0)[0]
    return np.asarray(np.where(chosen >= 0, found, nothing))


@dataclass(frozen=True)
class Market:
    """The base in published terms (METHODS D4), a period: chips, dollars, prices a chip, and the parameters of the model."""

    licensed_chips: Real
    licensed_price: Real
    smuggled_usd: Real
    smuggled_price: Real
    domestic_usd: Real
    domestic_price: Real
    offshore_units: Real
    offshore_price: Real
    outside_share: Real
    price_response: Real
    nest_likeness: Real
    premium: Real
    supply_slope: Real
    alpha: Real


# the prior behind each field of a market, as it is called in data/reference/priors.csv
PRIORS: Mapping[str, str] = {
    "licensed_chips": "scenario-licensed-chips",
    "licensed_price": "scenario-licensed-price",
    "smuggled_usd": "scenario-smuggled-usd",
    "smuggled_price": "b200-street-price",
    "domestic_usd": "scenario-domestic-usd",
    "domestic_price": "scenario-domestic-price",
    "offshore_units": "scenario-offshore-units",
    "offshore_price": "scenario-offshore-price",
    "outside_share": "scenario-outside-share",
    "price_response": "scenario-price-response",
    "nest_likeness": "scenario-nest-likeness",
    "premium": "scenario-premium",
    "supply_slope": "scenario-supply-slope",
    "alpha": "scenario-alpha",
}
# the chip of each channel of that market, as it is called in data/facts/chips.csv
CHIPS: Mapping[str, str] = {LEGAL: "h20-96gb", SMUGGLED: "b200-sxm", OFFSHORE: "b200-sxm", DOMESTIC: "ascend-910c"}


def base_of(market: Market, specs: Mapping[str, Spec]) -> Base:
    """The market in effective units; `specs` gives the chip of the legal, smuggled and domestic channel."""
    legal, smuggled, domestic = (effective_weight(specs[name], market.alpha) for name in (LEGAL, SMUGGLED, DOMESTIC))
    q0: dict[str, Real] = {
        LEGAL: market.licensed_chips * legal,
        SMUGGLED: np.asarray(market.smuggled_usd) / market.smuggled_price * smuggled,
        OFFSHORE: market.offshore_units,
        DOMESTIC: np.asarray(market.domestic_usd) / market.domestic_price * domestic,
    }
    p0: dict[str, Real] = {
        LEGAL: market.licensed_price / legal,
        SMUGGLED: market.smuggled_price / smuggled,
        OFFSHORE: market.offshore_price,
        DOMESTIC: market.domestic_price / domestic,
    }
    parameters = (market.outside_share, market.price_response, market.nest_likeness, market.premium, market.supply_slope)
    return Base(q0, p0, *parameters)


@dataclass(frozen=True)
class Mix:
    """The supply mix of one period on joint draws, by channel: H100-equivalents by compute and by bandwidth, chips, and USD.

    `chips` may lack a channel; bandwidth and USD of rented compute are not published and must be filled in by the caller.
    """

    h100e: Mapping[str, Real]
    bandwidth: Mapping[str, Real]
    usd: Mapping[str, Real]
    chips: Mapping[str, Real]


def base_of_mix(mix: Mix, market: Market) -> Base:
    """The base of an observed period: quantities and mean prices from the mix, parameters from the market.

    Exact where a channel is of one kind of chip; for a mixture the effective units are an upper end (Hoelder's inequality).
    """
    q0: dict[str, Real] = {name: effective_units(mix.h100e[name], mix.bandwidth[name], market.alpha) for name in mix.h100e}
    p0: dict[str, Real] = {name: np.asarray(mix.usd[name]) / q0[name] for name in q0}
    parameters = (market.outside_share, market.price_response, market.nest_likeness, market.premium, market.supply_slope)
    return Base(q0, p0, *parameters)


def rationed_base(base: Base, unrationed: Real) -> Base:
    """The same base read as one in which licensed chips were rationed, with `unrationed` what buyers would have taken.

    `base.s0` is then the share that would have been left unserved without the ration. The need is what was bought and what was
    withheld, over one less that share: an upper end, since part of what was withheld was bought elsewhere.
    """
    bought = np.asarray(sum(np.asarray(amount, dtype=float) for amount in base.q0.values()))
    withheld = np.maximum(np.asarray(unrationed, dtype=float) - base.q0[LEGAL], 0.0)
    need = (bought + withheld) / (1 - np.asarray(base.s0))
    wider = replace(base, s0=1 - bought / need)
    return replace(wider, shadow={**base.shadow, LEGAL: shadow_value(wider, unrationed)})


def factors_of(specs: Mapping[str, Spec], alpha: Real) -> dict[str, dict[str, Array]]:
    """Units in one effective unit of every channel, where each is of one kind of chip."""
    return {channel: unit_factors(spec, alpha) for channel, spec in specs.items()}


def factors_of_mix(mix: Mix, alpha: Real) -> dict[str, dict[str, Array]]:
    """Units in one effective unit of every channel of an observed period."""
    factors: dict[str, dict[str, Array]] = {}
    for name, compute in mix.h100e.items():
        units = effective_units(compute, mix.bandwidth[name], alpha)
        known = {"chips": mix.chips.get(name), "h100e": compute, "bandwidth": mix.bandwidth[name]}
        factors[name] = {unit: np.asarray(amount) / units for unit, amount in known.items() if amount is not None}
    return factors
