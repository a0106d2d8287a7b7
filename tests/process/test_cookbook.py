"""The cookbook's queries on the built warehouse: each has rows, names its columns in the text, and shows output of that shape."""

import re
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import UsageError
from pipelines.home import CHECKOUT, Home
from pipelines.warehouse.graph import load_graph
from pipelines.warehouse.read import query
from tools.make_cookbook import PAGE, answered, questions, table

pytestmark = pytest.mark.slow
TEXT = PAGE.read_text(encoding="utf-8")
QUESTIONS = questions(TEXT)
MODELS = load_graph(CHECKOUT / "sql").models
BY_TITLE = pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.title.split(".")[0])


@pytest.fixture(scope="module")
def edition(built_home: Path):
    return Home(built_home).edition(None)


def test_there_are_twenty_two_numbered_questions():
    assert [asked.title.split(".")[0] for asked in QUESTIONS] == [str(number) for number in range(1, 23)]
    assert all(asked.title.endswith("?") for asked in QUESTIONS)


@BY_TITLE
def test_a_query_has_rows_whose_columns_the_text_names(asked, edition):
    frame = query(edition, asked.sql)
    assert frame.height > 0
    named = set(re.findall(r"`([a-z_0-9]+)`", asked.words))
    assert set(frame.columns) <= named, f"the text does not explain {sorted(set(frame.columns) - named)}"


@BY_TITLE
def test_every_row_has_a_figure_or_a_reason(asked, edition):
    frame = query(edition, asked.sql)
    reasons = [name for name in frame.columns if name in ("absence_reason", "mix_state", "usual_reason")]
    figures = [name for name, dtype in frame.schema.items() if dtype.is_numeric() or dtype.is_decimal()]
    assert figures
    for row in frame.iter_rows(named=True):
        assert any(row[name] is not None for name in [*figures, *reasons]), row


@BY_TITLE
def test_the_page_shows_output_of_the_same_shape(asked, edition):
    frame = query(edition, asked.sql)
    assert asked.shown_columns == frame.columns, "run `python -m tools.make_cookbook`"
    assert asked.shown_rows == frame.height, "run `python -m tools.make_cookbook`"


@BY_TITLE
def test_a_query_reads_reports_only(asked):
    read = set(re.findall(r"\b(?:FROM|JOIN)\s+(\w+\.\w+)", asked.sql))
    assert read and all(name.startswith("exports.rpt_") and name in MODELS for name in read)


def test_writing_the_page_again_changes_output_only_and_twice_the_same(edition):
    once = answered(TEXT, edition)
    assert answered(once, edition) == once
    assert [(q.title, q.sql, q.words) for q in questions(once)] == [(q.title, q.sql, q.words) for q in QUESTIONS]


def test_an_incomplete_question_is_refused():
    with pytest.raises(UsageError, match="23 headings, 22 of them"):
        questions(TEXT + "\n## 23. What is missing here?\n\nNo query.\n")


def test_a_table_marks_empty_cells_and_shortens_long_ones():
    frame = duckdb.sql("SELECT NULL AS a, repeat('x', 100) AS b, 1234567.00::DECIMAL(20,2) AS c").pl()
    assert table(frame).splitlines()[2].split() == ["-", "x" * 63 + "…", "1,234,567"]
