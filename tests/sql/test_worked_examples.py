"""Each worked example of the methods document that is built has a case, and the case says the document's numbers."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from harness import HERE, Case, load_cases

WORKED = HERE.parents[2] / "shared" / "spec" / "worked_examples.json"
UNIT_TESTS = HERE.parent / "unit"
TOTAL = "total"


class Same(NamedTuple):
    """A number of the document (path below `expected`) and where the case says it: row of `expect` or TOTAL, column, scale."""

    path: tuple[str | int, ...]
    row: int | str
    column: str
    scale: float = 1


PLACES: dict[str, tuple[Same, ...]] = {
    "A1": (Same(("flow",), 0, "value_usd"),),
    "A3": (
        Same(("low",), TOTAL, "low_usd"),
        Same(("mid",), TOTAL, "central_usd"),
        Same(("high",), TOTAL, "high_usd"),
    ),
    "A3b_stage_net": (Same(("net_arrivals",), 0, "net_gross_usd"),),
    "A4": (
        Same(("yoy_pct",), 0, "yoy", 0.01),
        Same(("dhs",), 0, "dhs"),
        Same(("dlog",), 0, "dlog_12"),
    ),
    "A19": (Same(("coverage",), 0, "coverage_share"),),
    "B1": tuple(Same(("dose_first_month", row), row, "dose") for row in range(3)),
    "B2": (Same(("pct",), 0, "change_ratio", 0.01), Same(("dlog",), 0, "change_log")),
    "C1": tuple(
        Same((chip, key), row, column)
        for row, chip in enumerate(("H20", "H200", "B200", "910C"))
        for key, column in (("H100e", "effective_alpha_1"), ("BWe", "effective_alpha_0"), ("eff_0.5", "effective_alpha_05"))
    ),
    "C2_at_least": (
        Same(("alpha",), 0, "pareto_alpha"),
        Same(("p05",), 0, "claim_p05"),
        Same(("p50",), 0, "claim_p50"),
        Same(("p95",), 0, "claim_p95"),
    ),
    "C2_range": (Same(("median",), 0, "claim_p50"), Same(("sigma_log",), 0, "sigma_low"), Same(("sigma_log",), 0, "sigma_high")),
    "C2_split": (Same(("sigma_left",), 0, "sigma_low"), Same(("sigma_right",), 0, "sigma_high")),
    "C3": (
        Same(("sum_worst_case", 0), 0, "total_low"),
        Same(("sum_worst_case", 1), 0, "total_high"),
        Same(("mid",), 0, "total_central"),
        Same(("rss", 0), 0, "total_rss_low"),
        Same(("rss", 1), 0, "total_rss_high"),
        Same(("smuggled_share_bounds", 0), 0, "mix_share_low"),
        Same(("smuggled_share_bounds", 1), 0, "mix_share_high"),
    ),
    "C9": (
        Same(("implied_reference_rack",), 0, "reference_usd"),
        Same(("per_gpu",), 0, "street_usd_per_chip"),
        Same(("premium_rent_usd",), 0, "rent_usd"),
    ),
    "C9b": (Same(("premium", 0), 0, "premium"), Same(("premium", 1), 1, "premium")),
    "C12": (Same(("ratio_units",), 0, "claim_ratio"), Same(("ratio_H100e",), 1, "claim_ratio")),
}
REQUIRED = sorted([*PLACES, "A4b"])


def cases_of(example: str) -> list[Case]:
    """Cases that work the example out."""
    return [case for case in load_cases() if case.example == example]


def examples_in_unit_tests() -> set[str]:
    """Examples that unit tests name in a line EXAMPLE = "..."."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(UNIT_TESTS.glob("test_*.py"))]
    return {example for text in texts for example in re.findall(r'^EXAMPLE = "(\w+)"$', text, flags=re.MULTILINE)}


def said(case: Case, place: Same) -> Any:
    """The number that the case expects at this place."""
    return case.expect_total[place.column] if place.row == TOTAL else case.expect[int(place.row)][place.column]


def written(path: tuple[str | int, ...], expected: Any) -> Any:
    """The number that the document gives at this path."""
    for key in path:
        expected = expected[key]
    return expected


def document() -> dict[str, Any]:
    """Expected numbers of the document by example."""
    return {item["id"]: item["expected"] for item in json.loads(Path(WORKED).read_text(encoding="utf-8"))}


@pytest.mark.parametrize("example", REQUIRED)
def test_example_is_worked_out(example: str) -> None:
    assert cases_of(example) or example in examples_in_unit_tests()


def test_every_example_named_in_a_case_is_compared() -> None:
    assert {case.example for case in load_cases() if case.example} == set(PLACES)


@pytest.mark.skipif(not WORKED.exists(), reason="the worked examples are not beside this checkout")
@pytest.mark.parametrize("example", PLACES)
def test_case_says_the_numbers_of_the_document(example: str) -> None:
    expected = document()[example]
    (case,) = cases_of(example)
    differing = {
        place: (found, scaled)
        for place in PLACES[example]
        if (found := said(case, place)) != pytest.approx(scaled := place.scale * written(place.path, expected), rel=1e-9)
    }
    assert differing == {}
