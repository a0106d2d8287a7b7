"""Whatever stands at any place of a scenario file, it is read or refused by name, never by a crash."""

import copy
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipelines.tidy.scenarios import _Reader

SHIPPED = sorted((Path(__file__).resolve().parents[2] / "data/scenarios").glob("*.toml"))
FILES = {path.name: tomllib.loads(path.read_text(encoding="utf-8")) for path in SHIPPED}
plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.dates())
anything = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def places(table: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Keys of every value, outermost first."""
    for key, value in table.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from places(value, (*above, key))


@st.composite
def changed(draw: st.DrawFn) -> tuple[str, tuple[str, ...], Any, dict[str, Any]]:
    name = draw(st.sampled_from(sorted(FILES)))
    table = copy.deepcopy(FILES[name])
    place = draw(st.sampled_from(list(places(table))))
    at = table
    for key in place[:-1]:
        at = at[key]
    value = draw(anything)
    at[place[-1]] = value
    return name, place, value, table


@given(changed())
def test_a_value_of_any_kind_at_any_place_is_read_or_refused(case):
    name, place, value, table = case
    reader = _Reader(name)
    scenario = reader.scenario(table)
    if reader.faults:
        assert all(fault.startswith(f"scenario {name}, key ") for fault in reader.faults)
        return
    assert len(scenario.parameter_hash()) == 64
    assert type(value) in (str, int, float, dict, list), place
    for _, held in scenario.values():
        assert held.low <= held.central <= held.high and len(held.path) == scenario.horizon and (held.source or held.reason)
