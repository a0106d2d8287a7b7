"""The day of the article against today: the shipped data built as of both days, compared, and held against the documentation."""

import csv
import re
import shutil
from pathlib import Path

import pytest
from shared_builds import ARTICLE_DAY as DAY

pytestmark = pytest.mark.slow

PAGE = Path(__file__).resolve().parents[2] / "docs" / "substitution-metrics.md"
# Headline of the page -> key of the compared row.
KEYS = {
    "upper end of what smuggled chips can have replaced, in compute": "diversion-upper-h20-2025-h100e",
    "smuggled share of 2024, in compute": "smuggled-share-2024-h100e",
    "smuggled share of 2025, in compute": "smuggled-share-2025-h100e",
    "smuggled quantity, second half of 2025 over the first, less one, in compute": "smuggled-change-2025h2-h100e",
    "licensed quantity, the same": "legal-change-2025h2-h100e",
    "domestic share of 2025, in compute": "domestic-share-2025-h100e",
}
NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def compared(article_home, tmp_path_factory, chipflows):
    """The comparison of that day with main, in a copy of the home with both."""
    home = shutil.copytree(article_home, tmp_path_factory.mktemp("article") / "home")
    done = chipflows(home, "compare", DAY)
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.splitlines()[-1])
    assert path == home / "comparisons" / f"{DAY}_against_main.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return {(row["table_name"], row["row_key"]): row for row in csv.DictReader(lines)}


def page_rows():
    section = PAGE.read_text(encoding="utf-8").partition("## What was known on the day")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in section.splitlines() if line.startswith("| ")]
    return {name: (then, now) for name, then, now in rows[1:]}


def test_the_page_has_the_rows_that_are_checked():
    assert set(page_rows()) == set(KEYS)


@pytest.mark.parametrize("name", KEYS)
def test_a_row_of_the_page_is_what_the_comparison_gives(name, compared):
    row = compared["rpt_answer", KEYS[name]]
    for cell, edition in zip(page_rows()[name], (DAY, "main"), strict=True):
        printed = [float(number) for number in NUMBERS.findall(cell.partition(":")[0])]
        if not printed:
            assert cell.startswith("not known")
            assert row[f"{edition}_central"] == "" and row[f"{edition}_state"] not in {"", "not_in_edition"}
        else:
            found = [row[f"{edition}_{end}"] for end in ("central", "low", "high")][: len(printed)]
            assert printed == [pytest.approx(float(value), abs=0.005001) for value in found]


def test_on_the_day_the_drop_had_a_claim_and_no_figure(compared):
    """The sentence of the article is a link of the chain: no figure on the day, not identified today."""
    for link in ("62", "63"):
        row = compared["rpt_claim_chain", link]
        assert row[f"{DAY}_central"] == "" and row["main_central"] != ""
        assert row["main_state"] == "not_identified"


def test_no_share_was_known_that_day_and_some_are_today(compared):
    mix = [row for (table, _), row in compared.items() if table == "rpt_mix_interval"]
    assert not [row for row in mix if row[f"{DAY}_central"]]
    assert [row for row in mix if row["main_central"]]


def test_an_edition_that_was_not_built_is_named(built_home, chipflows):
    done = chipflows(built_home, "compare", "2024-01-01")
    assert done.returncode == 2
    assert "run chipflows build --as-of 2024-01-01 first" in done.stderr
