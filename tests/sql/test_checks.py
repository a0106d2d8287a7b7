"""Every check of sql/checks holds on a small consistent set of rows and finds each planted fault."""

from typing import Any

import pytest
import yaml
from harness import HERE, Rows, checks, run_check, show

CASES = yaml.safe_load((HERE / "checks.yaml").read_text(encoding="utf-8"))
FAULTS = [(name, fault) for name, case in CASES.items() for fault in case["faults"]]


def found_by(name: str, replaced: dict[str, Rows]) -> Rows:
    """What a check finds in the rows on which it holds, some tables replaced."""
    case: dict[str, Any] = CASES[name]
    return run_check(name, case["holds"] | replaced, case.get("through", ()), case.get("defaults"))


def test_every_check_has_a_case() -> None:
    assert set(CASES) == set(checks())


@pytest.mark.parametrize("name", CASES)
def test_check_holds_on_consistent_rows(name: str) -> None:
    found = found_by(name, {})
    assert found == [], f"expected no rows, found\n{show(found)}"


@pytest.mark.parametrize(("name", "fault"), FAULTS)
def test_check_finds_a_planted_fault(name: str, fault: str) -> None:
    assert found_by(name, CASES[name]["faults"][fault]) != []
