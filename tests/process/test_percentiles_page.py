"""docs/percentiles.md: every query of the page gives the table below it on the shipped data, and shows what the page says."""

import re
from pathlib import Path

import duckdb
import pytest

pytestmark = pytest.mark.slow

PAGE = Path(__file__).resolve().parents[2] / "docs" / "percentiles.md"
BLOCK = re.compile(r"^## (.+?)\n.*?^```sql\n(.+?);\n```\n\n((?:\|[^\n]*\n)+)", re.MULTILINE | re.DOTALL)
BLOCKS = [match.groups() for match in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))]


def cells(table):
    lines = [[cell.strip() for cell in line.strip("|\n ").split("|")] for line in table.splitlines()]
    return lines[0], lines[2:]


@pytest.fixture(scope="module")
def ask(built_home):
    with duckdb.connect(str(built_home / "chipflows.duckdb"), read_only=True) as con:
        yield con.sql


def test_every_query_and_every_table_of_the_page_is_read():
    text = PAGE.read_text(encoding="utf-8")
    assert len(BLOCKS) == text.count("```sql") == text.count("|---|") == text.count("\n## ") == 5


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block[0])
def test_a_table_is_what_its_query_gives(block, ask):
    head, rows = cells(block[2])
    found = ask(block[1])
    assert found.columns == head
    assert [[str(cell) for cell in row] for row in found.fetchall()] == rows


@pytest.mark.parametrize("block", BLOCKS[:-1], ids=lambda block: block[0])
def test_the_draws_hold_ninety_of_a_hundred_and_no_other_way_does(block):
    _, rows = cells(block[2])
    held = {row[0]: int(row[-1]) for row in rows}
    assert held.pop("draws") == 90
    assert all(abs(share - 90) >= 5 for share in held.values())


def test_halves_that_share_one_error_add_up():
    (_, *draws), (_, *added) = cells(BLOCKS[-1][2])[1]
    assert draws == added
