"""Bases of the scenario model on the joint draws of the warehouse: the prior sheet, or an observed period of the supply mix."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipelines.errors import InputError, Place, explain
from pipelines.estimators.normals import hypercube
from pipelines.estimators.scenario_menu import (
    CHIPS,
    H100_BANDWIDTH_TBS,
    H100_TPP,
    PRIORS,
    Market,
    Mix,
    Spec,
    base_of,
    base_of_mix,
    effective_units,
    factors_of,
    factors_of_mix,
)
from pipelines.estimators.scenario_model import CHANNELS, OFFSHORE, Array, stock_path
from pipelines.estimators.scenario_runs import Setting
from pipelines.schemas.scenario import PRIOR_BASE, Scenario

DRAWS, CHIP_TABLE = "metrics.fact_draw", "core.dim_chip"
PRIOR_2025, OBSERVED = "prior-2025", "2024H2"
HALVES_BEFORE = ("2024H1", "2024H2")  # both bases speak of the year after; the stock they add to is that at the end of 2024
QUANTITIES = r"^cell:[a-z]+:\d{4}H[12]:backbone:|^prior:(scenario-|b200-street-price|depreciation-quarter|installed-2023-end)"


@dataclass(frozen=True)
class Draws:
    """Amounts of quantities on the joint draws, by quantity id."""

    amounts: Mapping[str, Array]

    def amount(self, quantity: str) -> Array:
        """Draws of one quantity; raises InputError when it was not known on the as-of day."""
        if quantity not in self.amounts:
            place = Place("scenario base", column=quantity)
            found = "no draws: the figure or prior was not public on the as-of day"
            raise InputError(explain(place, found, "10,000 joint draws", "take another base, or build with a later as-of day"))
        return self.amounts[quantity]

    def prior(self, prior_id: str) -> Array:
        """Draws of one prior."""
        return self.amount(f"prior:{prior_id}")

    def digest(self) -> str:
        """Hash of all amounts."""
        parts = hashlib.sha256()
        for name in sorted(self.amounts):
            parts.update(name.encode())
            parts.update(np.ascontiguousarray(self.amounts[name]).tobytes())
        return parts.hexdigest()


def draws_of(frame: pl.DataFrame) -> Draws:
    """The draws that the scenario model reads, from metrics.fact_draw."""
    kept = frame.filter(pl.col("quantity_id").str.contains(QUANTITIES)).with_columns(pl.col("draw_amount").cast(pl.Float64))
    parts = kept.partition_by("quantity_id", as_dict=True)
    return Draws({str(name): part.sort("draw_id")["draw_amount"].to_numpy() for (name,), part in parts.items()})


def specs_of(frame: pl.DataFrame) -> dict[str, Spec]:
    """Compute and bandwidth of every chip that has both, from core.dim_chip."""
    columns = ("chip_id", "tpp", "memory_bandwidth_tbs")
    known = frame.select(columns).drop_nulls().sort("chip_id")
    return {str(chip): Spec(float(tpp), float(bandwidth)) for chip, tpp, bandwidth in known.iter_rows()}


def market_of(draws: Draws) -> Market:
    """The base of the prior sheet and the parameters of the model, on draws."""
    return Market(**{name: draws.prior(prior) for name, prior in PRIORS.items()})


def setting_of(base_id: str, draws: Draws, specs: Mapping[str, Spec], alpha: float | None = None) -> Setting:
    """The model calibrated on one base, flows at their annual rate; `alpha` replaces the draws of the unit of account.

    Raises InputError for a base that is not known, and one that a channel is missing in.
    """
    market = market_of(draws)
    market = market if alpha is None else replace(market, alpha=np.full_like(market.alpha, alpha))
    if base_id.startswith(PRIOR_BASE):
        if base_id != PRIOR_2025:
            place = Place("scenario base", column="base_period")
            raise InputError(explain(place, base_id, f"{PRIOR_2025}, or a period of the supply mix", "correct the base period"))
        kinds = {channel: specs[chip] for channel, chip in CHIPS.items()}
        base, factors = base_of(market, kinds), factors_of(kinds, market.alpha)
    else:
        mix = mix_of(base_id, draws, specs[CHIPS[OFFSHORE]], market)
        with np.errstate(invalid="ignore"):  # a channel at zero has no price; the model refuses it with its reason
            base, factors = base_of_mix(mix, market), factors_of_mix(mix, market.alpha)
    return Setting(base, market.alpha, specs, factors, lambda dim: hypercube(dim)[0])


def mix_of(period: str, draws: Draws, rented: Spec, market: Market) -> Mix:
    """The supply mix of a year or half-year on draws, at its annual rate.

    Rented compute has H100-equivalents only: bandwidth is that of the chip `rented`, the price a prior, and there are no chips.
    """
    halves = [period] if "H" in period else [f"{period}H1", f"{period}H2"]
    rate = 2 / len(halves)
    found: dict[str, dict[str, Array]] = {unit: {} for unit in ("h100e", "bandwidth", "usd", "chips")}
    for channel in CHANNELS:
        for unit in ("h100e",) if channel == OFFSHORE else found:
            cells = [draws.amount(f"cell:{channel}:{half}:backbone:{unit}") for half in halves]
            found[unit][channel] = np.asarray(rate * np.sum(cells, axis=0))
    compute = found["h100e"][OFFSHORE]
    memory = compute * (rented.bandwidth_tbs / H100_BANDWIDTH_TBS) / (rented.tpp / H100_TPP)
    found["bandwidth"][OFFSHORE] = memory
    found["usd"][OFFSHORE] = effective_units(compute, memory, market.alpha) * market.offshore_price
    return Mix(**found)


def yearly(scenario: Scenario, base_id: str) -> Scenario:
    """The scenario on another base; bases are at annual rates, so its periods stay years and its chips a year."""
    return replace(scenario, base_period=base_id)


def require_yearly(scenario: Scenario) -> None:
    """Refuse a scenario whose own periods are not years; bases of the warehouse are at annual rates."""
    if scenario.quarters != 4:
        place = Place(f"scenario {scenario.file}, key base_period")
        expected = "a year: observed half-years are taken at their annual rate, and chips in the file are chips a year"
        raise InputError(
            explain(place, scenario.base_period, expected, 'write "prior-2025" or a year, and name the half as base')
        )


def stock_before(draws: Draws) -> tuple[Array, Array]:
    """Installed compute at the end of 2024 in H100-equivalents (METHODS C13), and the share that leaves use in a year."""
    quarterly = draws.prior("depreciation-quarter")
    added = [
        np.sum([draws.amount(f"cell:{channel}:{half}:backbone:h100e") for channel in CHANNELS], axis=0) for half in HALVES_BEFORE
    ]
    paths = stock_path(draws.prior("installed-2023-end"), 1 - (1 - quarterly) ** 2, np.stack(added))
    return paths[-1], np.asarray(1 - (1 - quarterly) ** 4)


def bases_for(scenarios: Sequence[Scenario]) -> list[str]:
    """The bases of the scenarios' own, and the last period of the mix before licensed chips were rationed."""
    return sorted({OBSERVED, *(scenario.base_period for scenario in scenarios)})
