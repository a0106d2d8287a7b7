"""Each worked example of the methods document that is built has a case, and the case says the document's numbers."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from harness import HERE, Case, build, fetch, graph, load_cases, run_case, warehouse

WORKED = HERE.parents[2] / "shared" / "spec" / "worked_examples.json"
UNIT_TESTS = HERE.parent / "unit"
TOTAL = "total"
MILLION = 1e6


class Same(NamedTuple):
    """A number of the document (path below `expected`) and where the case says it: row of `expect` or TOTAL, column, scale."""

    path: tuple[str | int, ...]
    row: int | str
    column: str
    scale: float = 1


PLACES: dict[str, tuple[Same, ...]] = {
    "A1": (Same(("flow",), 0, "value_usd"),),
    "A2": (
        Same(("Y1",), 0, "chain_usd"),
        Same(("Y2",), 1, "chain_usd"),
        Same(("sum",), TOTAL, "chain_usd"),
    ),
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
    "A5": (
        Same(("median_uv",), 0, "median_unit_value_usd"),
        Same(("mad_log",), 0, "log_spread"),
        Same(("z_last",), 0, "robust_z"),
    ),
    "A5b": (Same(("value_change",), 0, "value_change"),),
    "A15": (
        Same(("hhi",), 0, "hhi"),
        Same(("hhi_10000",), 0, "hhi_10000"),
        Same(("n_eff",), 0, "effective_partners"),
        Same(("hhi_norm",), 0, "hhi_normalised"),
    ),
    "A17": (
        Same(("as_of_2025-08-15",), 0, "value_usd"),
        Same(("as_of_2025-10-01",), 1, "value_usd"),
        Same(("as_of_2026-01-01",), 2, "value_usd"),
        Same(("revision_latest_vs_first",), 2, "revision"),
    ),
    "A18": (
        Same(("realloc", "A"), 0, "nes_moved_usd"),
        Same(("realloc", "B"), 1, "nes_moved_usd"),
        Same(("NES_after_step1",), 2, "nes_moved_usd"),
        Same(("NES_final",), 2, "nes_adjusted_usd"),
    ),
    "A6": (
        Same(("freight_removed", 0), 0, "component_high_usd", -1),
        Same(("freight_removed", 1), 0, "component_usd", -1),
        Same(("freight_removed", 2), 0, "component_low_usd", -1),
    ),
    "A6b": (Same(("divide",), 0, "importer_fob_usd", MILLION),),
    "A7": (
        Same(("importer_fob",), 0, "importer_used_usd", MILLION),
        Same(("w_invvar",), 0, "exporter_weight"),
        Same(("reconciled_invvar",), 0, "reconciled_usd", MILLION),
        Same(("w_softmax",), 0, "softmax_weight"),
        Same(("reconciled_softmax",), 0, "softmax_usd", MILLION),
    ),
    "A9": (
        Same(("missing_share", 0), 0, "missing_share_low"),
        Same(("missing_share", 1), 0, "missing_share"),
        Same(("missing_share", 2), 0, "missing_share_high"),
        Same(("abs_gap_mid",), 0, "gap_usd", MILLION),
        Same(("log_gap_mid",), 0, "log_gap"),
        Same(("sym_gap_mid",), 0, "symmetric_gap"),
    ),
    "A9b": tuple(Same((name,), 0, name) for name in ("log_gap", "quantity_part", "unit_value_part")),
    "A10": (Same(("gap_before",), 0, "surplus_before_usd", 1e9), Same(("gap_after",), 0, "surplus_after_usd", 1e9)),
    "A10b": (Same(("retained",), 0, "retained_usd"),),
    "A11": (Same(("throughput",), 0, "throughput"),),
    "A12": (
        Same(("counterfactual",), 0, "counterfactual_usd"),
        Same(("excess",), 0, "excess_usd"),
        Same(("ratio",), 0, "excess_ratio"),
    ),
    "A13": (Same(("offset",), 0, "offset_index"),),
    "A13b": (Same(("lost_in_transit_share",), 0, "lost_share"),),
    "A14": tuple(
        Same((end, row), row, column)
        for row in range(2)
        for end, column in (("lower", "origin_lower_usd"), ("upper", "origin_upper_usd"), ("mix", "origin_mix_usd"))
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
    "C4": (Same(("residual",), 0, "residual_p50"), Same(("share",), 0, "residual_share_p50")),
    "C5": (
        Same(("ratio_usd",), 0, "answer_at_floor"),
        Same(("ratio_units",), 1, "answer_at_floor"),
        Same(("ratio_H100e",), 2, "answer_at_floor"),
        Same(("ratio_BWe",), 3, "answer_at_floor"),
    ),
    "C6": (Same(("arc_elasticity",), 0, "arc_p50"),),
    "C7": (Same(("sigma",), 0, "ces_p50"),),
    "C8": (
        Same(("gross_leakage",), 0, "leakage_p50"),
        Same(("induced_diversion",), 1, "leakage_p50"),
        Same(("control_effectiveness",), 2, "leakage_p50"),
    ),
    "C10": (Same(("break_even_seizure_probability",), 0, "seizure_p50"),),
    "C9": (
        Same(("implied_reference_rack",), 0, "reference_usd"),
        Same(("per_gpu",), 0, "street_usd_per_chip"),
        Same(("premium_rent_usd",), 0, "rent_usd"),
    ),
    "C9b": (Same(("premium", 0), 0, "premium"), Same(("premium", 1), 1, "premium")),
    "C11": tuple(Same(("self_sufficiency", row), row, "substitution_p50") for row in range(2)),
    "C13": (Same(("K1",), 0, "stock_p50"),),
    "B3": (Same(("level_change",), 0, "its_level"), Same(("slope_change",), 0, "its_slope")),
    "B4": (
        Same(("did_level",), 0, "did_level"),
        Same(("did_log",), 0, "did_log"),
        Same(("ratio_of_ratios",), 0, "ratio_of_ratios"),
    ),
    "B8": (Same(("p",), 0, "test_p"),),
    "B9": tuple(Same(("bh_adjusted_first5", place), place, "test_p_adjusted") for place in range(5)),
    "C12": (Same(("ratio_units",), 0, "claim_ratio"), Same(("ratio_H100e",), 1, "claim_ratio")),
}
# A17: the latest value known on a day; None before the first release
KNOWN_ON = {"as_of_2025-07-01": None, "as_of_2025-08-15": 100, "as_of_2025-10-01": 110, "as_of_2026-01-01": 108}
FLAGGED = [8]  # A5: places of the unit values that are outliers
PASSED_ON = {"pass_through": 0.9, "intercept": 1.0}  # A11: tests/unit/test_pass_through.py fits the line
REQUIRED = sorted([*PLACES, "A8", "A8b", "A16", "A4b", "B3b_HAC_mean"])


def cases_of(example: str) -> list[Case]:
    """Cases that work the example out."""
    return [case for case in load_cases() if case.example == example]


def examples_in_unit_tests() -> set[str]:
    """Examples that unit tests name in a line EXAMPLE = "..." or WHICH_EXAMPLE = "..."."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(UNIT_TESTS.glob("test_*.py"))]
    return {example for text in texts for example in re.findall(r'^\w*EXAMPLE = "(\w+)"$', text, flags=re.MULTILINE)}


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


@pytest.mark.parametrize("example", PLACES)
def test_the_model_gives_the_numbers_that_the_case_says(example: str) -> None:
    (case,) = cases_of(example)
    assert all(said(case, place) is not None for place in PLACES[example])
    run_case(case)


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


def known_on(day: date) -> float | None:
    """Value of the only cell of example A17 that was the latest known on a day."""
    (case,) = cases_of("A17")
    with warehouse(case.given, graph().models[case.model].reads, case.through, case.defaults, day) as con:
        build(con, case.model)
        latest = [row["value_usd"] for row in fetch(con, f"SELECT * FROM {case.model}") if row["is_latest_release"]]
    return float(latest[0]) if latest else None


@pytest.mark.parametrize("name", KNOWN_ON)
def test_the_value_known_on_a_day_is_that_of_the_latest_release_before_it(name: str) -> None:
    assert known_on(date.fromisoformat(name.removeprefix("as_of_"))) == KNOWN_ON[name]


def test_the_flagged_unit_value_is_the_only_one_flagged() -> None:
    (case,) = cases_of("A5")
    given = [row["partner_iso3"] for row in case.given["metrics.metric_bilateral_report"]]
    flagged = {row["partner_iso3"] for row in case.expect if row["is_unit_value_flagged"]}
    assert len(case.expect) == len(given)
    assert [place for place, partner in enumerate(given, start=1) if partner in flagged] == FLAGGED


@pytest.mark.skipif(not WORKED.exists(), reason="the worked examples are not beside this checkout")
def test_what_no_single_row_says_is_the_document_s_too() -> None:
    expected = document()
    assert {name: expected["A17"][name] for name in KNOWN_ON} == KNOWN_ON
    assert expected["A5"]["flagged"] == FLAGGED
    assert {name: expected["A11"][name] for name in PASSED_ON} == PASSED_ON
