"""What a scenario is: its levers with their ranges, the values given for them, and the hash of its parameters."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

QUARTERS = {"H": 2, "Q": 1}  # in one period of the horizon, by the letter in the base period; a year has four
PRIOR_BASE = "prior-"  # base_period "prior-2025": the illustrative base on the prior sheet, 2025 without the H20 stop


@dataclass(frozen=True)
class LeverRule:
    """Unit, range and meaning of one number that a scenario file may set."""

    unit: str
    low: float
    high: float
    meaning: str


LEVERS: Mapping[str, LeverRule] = {
    "threshold_tpp": LeverRule("TPP", 0, 1e6, "chips below this total processing performance are lawful"),
    "threshold_bandwidth_tbs": LeverRule("TB/s", 0, 1e3, "chips below this memory bandwidth are lawful"),
    "licence_share": LeverRule("share", 0, 1, "share of the deliverable quantity that is licensed"),
    "buyer_acceptance": LeverRule("share", 0, 1, "share of it that the Chinese side lets in"),
    "volume_rule_share": LeverRule("share", 0, 10, "most that may go to China, as a share of the volume in the US"),
    "revenue_share": LeverRule("share", 0, 0.99, "share of the revenue that the government takes"),
    "tariff": LeverRule("share", 0, 10, "ad valorem tariff on the price before tariff"),
    "pass_through": LeverRule("share", 0, 2, "share of the fee that reaches the buyer's price"),
    "enforcement": LeverRule("ratio", 0, 1000, "multiple of the premium that smugglers need, 1 = base"),
    "offshore_capacity": LeverRule("ratio", 0, 1000, "compute for rent abroad over that of the base"),
    "domestic_capacity": LeverRule("ratio", 0, 1000, "domestic capacity over the domestic quantity of the base"),
    "domestic_capacity_chips": LeverRule("chips", 0, 1e9, "domestic capacity in chips of the base's domestic kind, a period"),
    "demand_growth": LeverRule("ratio", 0.01, 1000, "need over that of the base"),
}
CHIP_VALUES: Mapping[str, LeverRule] = {
    "price_usd": LeverRule("USD", 0.01, 1e9, "price before fees"),
    "capacity_chips": LeverRule("chips", 0, 1e9, "what the vendor can deliver to China in a period"),
    "us_volume_chips": LeverRule("chips", 0, 1e9, "what the vendor ships to US customers in a period"),
}


@dataclass(frozen=True)
class LeverValue:
    """One number of a scenario: ends and centre (equal where it is certain), its path over the periods, and what it rests on.

    `path` multiplies the value period by period. `source` names a row of the data files as kind:id, `reason` says the rest.
    """

    low: float
    central: float
    high: float
    path: tuple[float, ...]
    source: str
    reason: str

    @property
    def is_certain(self) -> bool:
        """True where the three figures are one."""
        return self.low == self.high


@dataclass(frozen=True)
class Scenario:
    """One scenario file; `chips` is the menu of chips on offer, `baseline` the scenario it is compared with."""

    name: str
    title: str
    question: str
    base_period: str
    horizon: int
    levers: Mapping[str, LeverValue]
    chips: Mapping[str, Mapping[str, LeverValue]]
    baseline: str | None
    file: str

    @property
    def quarters(self) -> int:
        """Quarters in one period: periods of the horizon are as long as the base period."""
        letter = next((letter for letter in QUARTERS if letter in self.base_period), "")
        return QUARTERS.get(letter, 4)

    def values(self) -> Iterator[tuple[str, LeverValue]]:
        """Every number with its key: the lever's name, or chip and value as `h200-sxm.price_usd`; in a fixed order."""
        yield from sorted(self.levers.items())
        for chip, given in sorted(self.chips.items()):
            for name, value in sorted(given.items()):
                yield f"{chip}.{name}", value

    def parameter_hash(self) -> str:
        """SHA-256 of all that moves the result (not of names, words and sources); 1 and 1.0 are the same number."""
        numbers = {key: [value.low, value.central, value.high, *value.path] for key, value in self.values()}
        return hash_of({"base": self.base_period, "horizon": self.horizon, "values": numbers})


def hash_of(parameters: object) -> str:
    """SHA-256 of nested dictionaries, lists and numbers, the same whatever the order of keys or the way a number is written."""
    text = json.dumps(_canonical(parameters), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(item: object) -> object:
    if isinstance(item, Mapping):
        return {str(key): _canonical(value) for key, value in item.items()}
    if isinstance(item, list | tuple):
        return [_canonical(value) for value in item]
    return float(item) if isinstance(item, int | float) and not isinstance(item, bool) else item
