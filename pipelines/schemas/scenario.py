"""What a scenario is: its levers with their ranges, the values given for them, and the hash of its parameters."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
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

    def rows(self) -> list[dict[str, object]]:
        """The scenario as rows of tidy.scenario_value: one for each value, and one with the horizon."""
        head = {
            "scenario_id": self.name,
            "title": self.title,
            "question": self.question,
            "base_period": self.base_period,
            "horizon": self.horizon,
            "baseline_id": self.baseline,
            "parameter_hash": self.parameter_hash(),
        }
        span = LeverValue(*3 * (float(self.horizon),), (1.0,) * self.horizon, "", "Periods that the scenario covers")
        return [head | _value_row(key, value) for key, value in (*self.values(), (HORIZON, span))]


HORIZON = "horizon"  # value_key of the row that every scenario has


def unit_of(key: str) -> str:
    """Unit of a value by its key."""
    if key == HORIZON:
        return "periods"
    return LEVERS[key].unit if key in LEVERS else CHIP_VALUES[key.rpartition(".")[2]].unit


def scenarios_of(rows: Iterable[Mapping[str, object]]) -> tuple[Scenario, ...]:
    """Scenarios from rows of tidy.scenario_value, sorted by name."""
    by_name: dict[str, list[Mapping[str, object]]] = {}
    for row in rows:
        by_name.setdefault(str(row["scenario_id"]), []).append(row)
    return tuple(_scenario(name, by_name[name]) for name in sorted(by_name))


def _value_row(key: str, value: LeverValue) -> dict[str, object]:
    return {
        "value_key": key,
        "value_unit": unit_of(key),
        "value_low": float(value.low),
        "value_central": float(value.central),
        "value_high": float(value.high),
        "value_path": ";".join(repr(float(factor)) for factor in value.path),
        "value_source": value.source or None,
        "reason": value.reason or None,
    }


def _scenario(name: str, rows: list[Mapping[str, object]]) -> Scenario:
    head, levers, chips = rows[0], {}, dict[str, dict[str, LeverValue]]()
    for row in rows:
        chip, _, key = str(row["value_key"]).rpartition(".")
        if chip:
            chips.setdefault(chip, {})[key] = _lever_value(row)
        elif key != HORIZON:
            levers[key] = _lever_value(row)
    baseline = None if head["baseline_id"] is None else str(head["baseline_id"])
    title, question, base_period = (str(head[key]) for key in ("title", "question", "base_period"))
    horizon = int(str(head["horizon"]))
    return Scenario(name, title, question, base_period, horizon, levers, chips, baseline, f"{name}.toml")


def _lever_value(row: Mapping[str, object]) -> LeverValue:
    low, central, high = (float(str(row[key])) for key in ("value_low", "value_central", "value_high"))
    path = tuple(float(factor) for factor in str(row["value_path"]).split(";"))
    return LeverValue(low, central, high, path, str(row["value_source"] or ""), str(row["reason"] or ""))


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
