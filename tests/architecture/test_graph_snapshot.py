"""The whole asset graph, compared with a snapshot: a change of keys, dependencies, groups, kinds or checks must be meant."""

import difflib
import json
import os
from pathlib import Path

from pipelines.definitions import defs

SNAPSHOT = Path(__file__).parent / "asset_graph.json"
COMMAND_PATH = "tests/architecture/test_graph_snapshot.py"


def graph() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for definition in defs.assets or []:
        for spec in definition.specs:
            found[spec.key.to_user_string()] = {
                "deps": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
                "group": spec.group_name,
                "kinds": sorted(spec.kinds),
                "checks": sorted(check.name for check in definition.check_specs if check.asset_key == spec.key),
            }
    return dict(sorted(found.items()))


def test_the_asset_graph_is_as_agreed():
    text = json.dumps(graph(), indent=1) + "\n"
    if os.environ.get("UPDATE_SNAPSHOT"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    agreed = SNAPSHOT.read_text(encoding="utf-8")
    difference = "".join(difflib.unified_diff(agreed.splitlines(True), text.splitlines(True), "agreed", "found", n=1))
    assert not difference, f"{difference}\nif meant: UPDATE_SNAPSHOT=1 python -m pytest {COMMAND_PATH}"


def test_every_asset_has_a_blocking_check_and_a_description():
    for definition in defs.assets or []:
        guarded = {check.asset_key for check in definition.check_specs if check.blocking}
        for spec in definition.specs:
            assert spec.description, spec.key
            if spec.group_name != "package" and not asks_a_publisher(spec):
                assert spec.key in guarded, spec.key


def asks_a_publisher(spec):
    """Assets that only archive what a publisher or a person gives: their checks report, the intake's blocks."""
    return spec.key.path[0] == "live" and spec.key.path[1] != "taken_in"


def test_every_asset_that_asks_a_publisher_has_a_check():
    asking = {spec.key for definition in defs.assets or [] for spec in definition.specs if asks_a_publisher(spec)}
    checked = {check.asset_key for definition in defs.assets or [] for check in definition.check_specs}
    assert asking and asking <= checked
