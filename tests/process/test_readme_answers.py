"""The answers at the top of the README are those of the warehouse that ships."""

import re
from pathlib import Path

import duckdb
import pytest

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
ANSWERS = {
    "smuggled-share-2025-h100e": r"(\d+) % \((\d+) to (\d+) %\) counted in compute",
    "smuggled-share-2025-chips": r"(\d+) % \(([\d.]+) to (\d+) %\) counted in chips",
    "domestic-share-2025-h100e": r"(\d+) % \((\d+) to (\d+) %\) of the compute added in 2025 was domestic",
}
SUMMARY = {
    "claim-cnas-2024-chips-chips": r"([\d.]+) times the estimate for 2024 in chips",
    "claim-cnas-2024-chips-h100e": r"([\d.]+) times in compute",
}

pytestmark = pytest.mark.slow


def two_digits(share: float) -> str:
    percent = 100 * share
    return f"{percent:.1f}" if percent < 10 else f"{percent:.0f}"


@pytest.mark.parametrize("answer_id", ANSWERS)
def test_a_headline_of_the_readme_is_in_the_answers(built_home, answer_id):
    with duckdb.connect(str(built_home / "chipflows.duckdb"), read_only=True) as con:
        query = "SELECT answer_p50, answer_p05, answer_p95 FROM exports.rpt_answer WHERE answer_id = ?"
        (row,) = con.execute(query, [answer_id]).fetchall()
    (said,) = re.findall(ANSWERS[answer_id], README)
    assert tuple(two_digits(value) for value in row) == said


@pytest.mark.parametrize("statement_id", SUMMARY)
def test_a_ratio_of_the_readme_is_in_the_findings(built_home, statement_id):
    with duckdb.connect(str(built_home / "chipflows.duckdb"), read_only=True) as con:
        query = "SELECT statement_value FROM exports.rpt_summary WHERE statement_id = ?"
        ((value,),) = con.execute(query, [statement_id]).fetchall()
    (said,) = re.findall(SUMMARY[statement_id], README)
    assert f"{value:.2f}" == said


def test_the_claim_of_the_article_stays_not_identified(built_home):
    with duckdb.connect(str(built_home / "chipflows.duckdb"), read_only=True) as con:
        query = (
            "SELECT DISTINCT design_status, n_clean_post_months FROM exports.rpt_event_result WHERE family_id = 'seed_2025_07'"
        )
        assert con.execute(query).fetchall() == [("not_separately_identified", 0)]
    assert "| not identified | no clean month" in README
