"""Every given/expect case of the SQL models."""

import pytest
from harness import Case, graph, load_cases, run_case


@pytest.mark.parametrize("case", load_cases(), ids=str)
def test_case(case: Case) -> None:
    run_case(case)


def test_every_metric_has_cases() -> None:
    metrics = {name for name, model in graph().models.items() if model.layer == "metrics" and model.kind == "sql"}
    assert metrics - {case.model for case in load_cases()} == set()


def test_names_of_cases_differ() -> None:
    names = [str(case) for case in load_cases()]
    assert sorted(set(names)) == sorted(names)
