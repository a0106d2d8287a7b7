"""A scenario on joint draws: its values become levers, the model is solved for every period, amounts come in every unit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from pipelines.errors import InputError, Place, explain
from pipelines.estimators.scenario_menu import CHIPS, Chip, Market, Offer, Spec, base_of, factors_of, lawful_offer, unit_factors
from pipelines.estimators.scenario_model import DOMESTIC, LEGAL, OFFSHORE, Array, Base, Levers, Real, Solution, solve
from pipelines.schemas.scenario import LeverValue, Scenario

Ranks = Callable[[str], Real]
Model = Callable[[Mapping[str, Array]], Mapping[str, Array]]
UNITS = ("effective", "usd", "chips", "h100e", "bandwidth")
NO_LIMIT = 1e9  # threshold that no chip reaches, where a scenario sets only one of the two


def central(_: str) -> Real:
    """The ranks that put every value at its centre."""
    return 0.5


@dataclass(frozen=True)
class Setting:
    """What all scenarios share: the base on draws, the unit of account `alpha`, chip specifications by chip id, and ranks.

    `factors` gives chips, H100-equivalents by compute and by bandwidth in one effective unit of each channel of the base.
    `ranks` gives the ranks in (0, 1) of a dimension by name, one per draw, so that scenarios which leave the same value
    uncertain move together. `fixed` replaces values of the file by their keys, for sensitivity.
    """

    base: Base
    alpha: Real
    specs: Mapping[str, Spec]
    factors: Mapping[str, Mapping[str, Array]]
    ranks: Ranks = central
    fixed: Mapping[str, Real] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """A solved scenario; arrays of the solution end in the axes period and draw. `offer` is None without a menu."""

    scenario: Scenario
    solution: Solution
    offer: Offer | None

    def outputs(self) -> dict[str, Array]:
        """Outputs of the model by name, each of shape (periods, draws)."""
        return {name: self.wide(value) for name, value in self.solution.outputs().items()}

    def wide(self, value: Array) -> Array:
        """Any result in the shape (periods, draws)."""
        shape = np.broadcast_shapes(np.shape(value), self.solution.market.shape, (self.scenario.horizon, 1))
        return np.broadcast_to(value, shape)


def run(scenario: Scenario, setting: Setting) -> Run:
    """Solve one scenario on all draws and periods."""
    offer = _offer(scenario, setting)
    return Run(scenario, solve(setting.base, levers_of(scenario, setting, offer)), offer)


def amounts(found: Run, setting: Setting) -> dict[tuple[str, str], Array]:
    """Quantity of each channel in each unit of account that is known, shape (periods, draws).

    Units: effective, usd, chips, h100e, bandwidth (H100-equivalents by bandwidth). A channel keeps the kind of chip of the base;
    licensed chips are of the kind on offer.
    """
    rows: dict[tuple[str, str], Array] = {}
    for channel, quantity in found.solution.quantity.items():
        rows[channel, "effective"] = found.wide(quantity)
        rows[channel, "usd"] = found.wide(quantity * found.solution.price[channel])
        for unit, factor in _factors(channel, found, setting).items():
            rows[channel, unit] = found.wide(np.where(quantity > 0, quantity * factor, 0.0))
    return rows


def drawn(value: LeverValue, rank: Real) -> Array:
    """The value at a rank: half of the draws evenly between low and centre, half between centre and high; no tails beyond."""
    below = np.minimum(np.asarray(rank, dtype=float), 0.5) * 2
    above = np.maximum(np.asarray(rank, dtype=float) - 0.5, 0.0) * 2
    return np.asarray(value.low + (value.central - value.low) * below + (value.high - value.central) * above)


def dimension(key: str) -> str:
    """Name of the dimension that a value of a scenario is drawn on; the same lever shares it over all scenarios."""
    return f"scenario:{key}"


def levers_of(scenario: Scenario, setting: Setting, offer: Offer | None = None) -> Levers:
    """Levers of the model in effective units; what the file leaves out stays as in the base."""
    at = _values(scenario, setting)
    rule = "volume_rule_share" in at
    price = None if offer is None else np.where(np.isnan(offer.price), setting.base.p0[LEGAL], offer.price)
    return Levers(
        growth=at.get("demand_growth", 1.0),
        licence=at.get("licence_share", 1.0),
        acceptance=at.get("buyer_acceptance", 1.0),
        vendor_capacity=None if offer is None else offer.capacity,
        us_volume=offer.us_volume if rule and offer is not None else None,
        volume_share=at.get("volume_rule_share", 0.5),
        vendor_price=price,
        revenue_share=at.get("revenue_share", 0.0),
        tariff=at.get("tariff", 0.0),
        pass_through=at.get("pass_through", 1.0),
        enforcement=at.get("enforcement", 1.0),
        offshore_capacity=_scaled(at.get("offshore_capacity"), setting.base.q0.get(OFFSHORE, 0.0)),
        domestic_capacity=_domestic(at, setting),
    )


def response(scenario: Scenario, market: Market, specs: Mapping[str, Spec], kinds: Mapping[str, str] = CHIPS) -> Model:
    """The scenario as a function of its inputs, for `tornado` and `sobol`: outputs of the last period, one per point.

    Inputs are fields of the market and keys of values of the file; what is not given stays at the market's and the file's centre.
    """
    of_channel = {channel: specs[chip] for channel, chip in kinds.items()}
    own = {key for key, _ in scenario.values()}

    def model(inputs: Mapping[str, Array]) -> dict[str, Array]:
        given = {name: amount for name, amount in inputs.items() if name not in own}
        at = replace(market, **given)
        fixed = {name: amount for name, amount in inputs.items() if name in own}
        setting = Setting(base_of(at, of_channel), at.alpha, specs, factors_of(of_channel, at.alpha), fixed=fixed)
        return {name: value[-1] for name, value in run(scenario, setting).outputs().items()}

    return model


def ranges_of(scenario: Scenario) -> dict[str, tuple[float, float, float]]:
    """Low, central and high of every value of the file that is uncertain, by its key."""
    return {key: (value.low, value.central, value.high) for key, value in scenario.values() if not value.is_certain}


def chance_above(one: Array, other: Array) -> float:
    """Share of the draws in which one output is larger than the other; equal draws count half."""
    return float(np.mean(one > other) + np.mean(one == other) / 2)


def _values(scenario: Scenario, setting: Setting) -> dict[str, Array]:
    """Every value on draws; with a period axis in front only where its path moves, so that a constant one is solved once."""
    found = {}
    for key, value in scenario.values():
        amount = np.asarray(setting.fixed[key]) if key in setting.fixed else _at_rank(key, value, setting)
        moving = len(set(value.path)) > 1
        found[key] = np.multiply.outer(np.array(value.path), np.atleast_1d(amount)) if moving else amount * value.path[0]
    return found


def _at_rank(key: str, value: LeverValue, setting: Setting) -> Array:
    return drawn(value, 0.5 if value.is_certain else setting.ranks(dimension(key)))


def _offer(scenario: Scenario, setting: Setting) -> Offer | None:
    """What the menu offers under the thresholds."""
    if not scenario.chips:
        return None
    at = _values(scenario, setting)
    menu = [
        Chip(
            chip,
            _spec(chip, scenario, setting),
            at[f"{chip}.price_usd"],
            at[f"{chip}.capacity_chips"],
            at.get(f"{chip}.us_volume_chips"),
        )
        for chip in sorted(scenario.chips)
    ]
    tpp, bandwidth = (at.get(name, NO_LIMIT) for name in ("threshold_tpp", "threshold_bandwidth_tbs"))
    return lawful_offer(menu, tpp, bandwidth, setting.alpha)


def _spec(chip: str, scenario: Scenario, setting: Setting) -> Spec:
    if chip in setting.specs:
        return setting.specs[chip]
    place = Place(f"scenario {scenario.file}, key chips.{chip}")
    raise InputError(explain(place, "a chip without a specification", "a chip id of data/facts/chips.csv", "correct the id"))


def _domestic(at: Mapping[str, Array], setting: Setting) -> Real | None:
    """Domestic capacity in effective units, from a multiple of the base or from chips."""
    if "domestic_capacity_chips" in at:
        return at["domestic_capacity_chips"] / setting.factors[DOMESTIC]["chips"]
    return _scaled(at.get("domestic_capacity"), setting.base.q0.get(DOMESTIC, 0.0))


def _scaled(multiple: Array | None, amount: Real) -> Real | None:
    return None if multiple is None else multiple * np.asarray(amount)


def _factors(channel: str, found: Run, setting: Setting) -> Mapping[str, Array]:
    """Units in one effective unit of a channel."""
    if channel != LEGAL or found.offer is None:
        return setting.factors[channel]
    menu = [unit_factors(setting.specs[chip], setting.alpha) for chip in sorted(found.scenario.chips)]
    place = found.offer.place
    return {unit: np.asarray(sum(np.where(place == i, kind[unit], 0.0) for i, kind in enumerate(menu))) for unit in menu[0]}
