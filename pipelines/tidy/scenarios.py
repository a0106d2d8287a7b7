"""Scenario files (data/scenarios/*.toml): read, checked key by key, and turned into typed scenarios."""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.errors import InputError, Place, explain
from pipelines.reading import decode, rejected_frame
from pipelines.schemas.scenario import CHIP_VALUES, LEVERS, LeverRule, LeverValue, Scenario
from pipelines.schemas.table import Table as Declared
from pipelines.tidy.curated import Tidied

TEXTS = ("name", "title", "question", "base_period")
KEYS = (*TEXTS, "horizon", "baseline", "levers", "chips")
VALUE_KEYS = ("value", "low", "central", "high", "path", "source", "reason")
SOURCE_KINDS = ("rule", "supply", "price", "claim", "prior", "chip", "series")
NAME, BASE = r"[a-z0-9]+(-[a-z0-9]+)*", r"\d{4}(H[12]|Q[1-4])?|prior-\d{4}"
SOURCE = re.compile(rf"({'|'.join(SOURCE_KINDS)}):[A-Za-z0-9_.-]+")
LONGEST_HORIZON, SHORTEST_REASON = 40, 15
Table = Mapping[str, Any]


def read_scenarios(folder: Path) -> tuple[Scenario, ...]:
    """All scenarios of a folder, sorted by name; every fault of every file is named in one InputError."""
    if not folder.is_dir():
        raise InputError(
            explain(Place(str(folder)), "no such folder", "a folder of scenario files (*.toml)", "restore the folder")
        )
    found, faults = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(read_scenario(path))
        except InputError as error:
            faults.append(str(error))
    faults += [] if faults else list(_faults_between(found))
    if not found and not faults:
        faults.append(explain(Place(str(folder)), "no scenario file", "at least one *.toml", "add a scenario"))
    if faults:
        raise InputError("\n".join(faults))
    return tuple(sorted(found, key=lambda scenario: scenario.name))


def read_scenario(path: Path) -> Scenario:
    """One scenario file; the file's name only serves the messages, the scenario's name is in the file."""
    if not path.is_file():
        raise InputError(explain(Place(str(path)), "no such file", "a scenario file", "check the path"))
    return parse_scenario(path.read_bytes(), path.name)


def tidy_scenario(body: bytes, table: type[Declared], place: Place) -> Tidied:
    """Rows of one scenario file; raises InputError that names file and key of every fault, so that no row is quarantined."""
    rows = parse_scenario(body, Path(place.file).name).rows()
    return Tidied(pl.DataFrame(rows, schema=dict(table.schema())), rejected_frame([]), len(rows))


def parse_scenario(body: bytes, file: str) -> Scenario:
    """Bytes of one scenario file to a scenario; every fault is named in one InputError."""
    try:
        given = tomllib.loads(decode(body, Place("scenario", file), ("utf-8",)))
    except tomllib.TOMLDecodeError as error:
        message = explain(Place("scenario", file), f"text that is not TOML ({error})", "key = value lines", "repair the line")
        raise InputError(message) from error
    reader = _Reader(file)
    scenario = reader.scenario(given)
    if reader.faults:
        raise InputError("\n".join(reader.faults))
    return scenario


@dataclass
class _Reader:
    """Walks through one parsed file and collects what is wrong with it."""

    file: str
    faults: list[str] = field(default_factory=list)

    def wrong(self, key: str, found: str, expected: str, remedy: str) -> None:
        """Note one fault."""
        self.faults.append(explain(Place(f"scenario {self.file}, key {key}"), found, expected, remedy))

    def scenario(self, given: Table) -> Scenario:
        """The scenario, made of stand-ins where there are faults."""
        self.known("", given, KEYS)
        texts = {key: self.text(given, key) for key in TEXTS}
        self.matches("name", texts["name"], NAME, "small letters, digits and hyphens")
        self.matches("base_period", texts["base_period"], BASE, "a year, half-year or quarter as 2025 or 2025H1, or prior-2025")
        baseline = self.text(given, "baseline") if "baseline" in given else None
        horizon = self.horizon(given.get("horizon"))
        levers = self.values("levers", given.get("levers", {}), LEVERS, horizon)
        chips = {
            chip: self.values(f"chips.{chip}", values, CHIP_VALUES, horizon)
            for chip, values in self.table("chips", given.get("chips", {})).items()
        }
        self.menu(levers, chips)
        return Scenario(**texts, horizon=horizon, levers=levers, chips=chips, baseline=baseline, file=self.file)

    def known(self, where: str, given: Table, keys: Iterable[str]) -> None:
        """Note every key that is not known."""
        for key in sorted(set(given) - set(keys)):
            near = get_close_matches(key, list(keys), n=1)
            remedy = f"did you mean {near[0]}?" if near else "remove the key or correct its name"
            self.wrong(f"{where}{key}", "a key that is not known", f"one of {', '.join(keys)}", remedy)

    def text(self, given: Table, key: str) -> str:
        """A text that is there and not empty."""
        found = given.get(key)
        if not isinstance(found, str) or not found.strip():
            self.wrong(key, "nothing" if key not in given else repr(found), "a text in quotes", f'write {key} = "..."')
            return ""
        return found

    def matches(self, key: str, found: str, pattern: str, expected: str) -> None:
        """Note a text of the wrong form."""
        if found and not re.fullmatch(pattern, found):
            self.wrong(key, repr(found), expected, "correct it")

    def horizon(self, found: object) -> int:
        """Number of periods."""
        if isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= LONGEST_HORIZON:
            return found
        said = "nothing" if found is None else repr(found)
        self.wrong("horizon", said, f"a whole number of periods from 1 to {LONGEST_HORIZON}", "write horizon = 1")
        return 1

    def table(self, key: str, found: object) -> Table:
        """A TOML table."""
        if isinstance(found, dict):
            return found
        self.wrong(key, repr(found), "a table", f"write it as [{key}.NAME] with its keys below")
        return {}

    def values(self, where: str, found: object, rules: Mapping[str, LeverRule], horizon: int) -> dict[str, LeverValue]:
        """Values of a table of levers."""
        given = self.table(where, found)
        self.known(f"{where}.", given, rules)
        return {name: self.value(f"{where}.{name}", given[name], rule, horizon) for name, rule in rules.items() if name in given}

    def value(self, key: str, found: object, rule: LeverRule, horizon: int) -> LeverValue:
        """One value with its source or reason."""
        given = self.table(key, found)
        self.known(f"{key}.", given, VALUE_KEYS)
        low, central, high = self.figures(key, given, rule)
        path = self.path(key, given.get("path"), horizon)
        source, reason = self.rests_on(key, given)
        for factor in path:
            if not all(rule.low <= figure * factor <= rule.high for figure in (low, central, high)):
                self.wrong(f"{key}.path", f"a value out of range at the factor {factor:g}", _span(rule), "correct the path")
                break
        return LeverValue(low, central, high, path, source, reason)

    def figures(self, key: str, given: Table, rule: LeverRule) -> tuple[float, float, float]:
        """Low, central and high; equal where the file gives one value."""
        named = [name for name in ("value", "low", "central", "high") if name in given]
        if named not in (["value"], ["low", "central", "high"]):
            said = ", ".join(named) or "no number"
            self.wrong(key, said, "either value, or all of low, central and high", "give one number or all three")
            return rule.low, rule.low, rule.low
        numbers = [self.number(f"{key}.{name}", given[name], rule) for name in named] * (3 if named == ["value"] else 1)
        low, central, high = numbers
        if not low <= central <= high:
            self.wrong(key, f"{low:g}, {central:g}, {high:g}", "low <= central <= high", "put the numbers in order")
        return low, central, high

    def number(self, key: str, found: object, rule: LeverRule) -> float:
        """A finite number within the range of its lever."""
        if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
            self.wrong(key, repr(found), f"a number in {rule.unit}", "write digits with a point, without quotes or unit")
            return rule.low
        if not rule.low <= found <= rule.high:
            self.wrong(key, f"{found:g}", _span(rule), f"correct the number; it means: {rule.meaning}")
            return rule.low
        return float(found)

    def path(self, key: str, found: object, horizon: int) -> tuple[float, ...]:
        """Factors by period; all 1 where the file gives none."""
        if found is None:
            return (1.0,) * horizon
        rule = LeverRule("ratio", 0, 1e6, "factor of the period")
        if not isinstance(found, list) or len(found) != horizon:
            self.wrong(f"{key}.path", repr(found), f"a list of {horizon} factors, one for each period", "match it to the horizon")
            return (1.0,) * horizon
        return tuple(self.number(f"{key}.path[{number}]", factor, rule) for number, factor in enumerate(found))

    def rests_on(self, key: str, given: Table) -> tuple[str, str]:
        """Source and reason; at least one of them, and a source of a known form."""
        source, reason = (self.text(given, name) if name in given else "" for name in ("source", "reason"))
        if "source" not in given and "reason" not in given:
            self.wrong(
                key,
                "neither source nor reason",
                "what the value rests on",
                'add source = "kind:id" or reason = "assumption: ..."',
            )
        for part in source.split(";") if source else ():
            if not SOURCE.fullmatch(part.strip()):
                kinds = ", ".join(SOURCE_KINDS)
                self.wrong(
                    f"{key}.source", repr(part), f"kind:id of a row of the data files, kind one of {kinds}", "name the row"
                )
        if reason and len(reason) < SHORTEST_REASON:
            self.wrong(f"{key}.reason", repr(reason), f"a reason of at least {SHORTEST_REASON} letters", "say why this number")
        return source, reason

    def menu(self, levers: Mapping[str, LeverValue], chips: Mapping[str, Mapping[str, LeverValue]]) -> None:
        """A threshold needs a menu of chips and a menu a threshold; what the rules read must be there."""
        thresholds = {"threshold_tpp", "threshold_bandwidth_tbs"} & set(levers)
        if bool(thresholds) != bool(chips):
            found = "a threshold without chips" if thresholds else "chips without a threshold"
            self.wrong("chips", found, "both or neither", "add [chips.CHIP_ID.price_usd] and so on, or the threshold")
        needed = ["price_usd", "capacity_chips", *(["us_volume_chips"] if "volume_rule_share" in levers else [])]
        for chip, values in chips.items():
            for name in sorted(set(needed) - set(values)):
                self.wrong(f"chips.{chip}.{name}", "nothing", "a value for every chip on the menu", "add it")
        if "volume_rule_share" in levers and not chips:
            self.wrong("levers.volume_rule_share", "no chips", "a menu with the US volume of each chip", "add the menu")
        if {"domestic_capacity", "domestic_capacity_chips"} <= set(levers):
            self.wrong("levers.domestic_capacity_chips", "two domestic capacities", "one of them", "remove one")


def _span(rule: LeverRule) -> str:
    return f"{rule.low:g} to {rule.high:g} ({rule.unit})"


def _faults_between(scenarios: list[Scenario]) -> Iterator[str]:
    """Names used twice, and baselines that are missing or differ in base or horizon."""
    by_name = {scenario.name: scenario for scenario in scenarios}
    for name, times in Counter(scenario.name for scenario in scenarios).items():
        if times > 1:
            files = ", ".join(sorted(scenario.file for scenario in scenarios if scenario.name == name))
            yield explain(Place(f"scenarios {files}, key name"), f"{times} times {name!r}", "a name of its own", "rename one")
    for scenario in scenarios:
        if scenario.baseline is None:
            continue
        place, other = Place(f"scenario {scenario.file}, key baseline"), by_name.get(scenario.baseline)
        if other is None:
            near = get_close_matches(scenario.baseline, list(by_name), n=1)
            remedy = f"did you mean {near[0]}?" if near else "name a scenario of the folder"
            yield explain(place, f"{scenario.baseline!r}, which no file has", "the name of another scenario", remedy)
        elif _frame(scenario) != _frame(other):
            yield explain(place, f"{other.name!r} with another base or horizon", _frame(scenario), "make them alike")


def _frame(scenario: Scenario) -> str:
    return f"base {scenario.base_period}, horizon {scenario.horizon}"
