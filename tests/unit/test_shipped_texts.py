"""Release test of the wording ladder: every text that ships keeps to its rung, and the exempt ones are counted."""

import re
from pathlib import Path

import pytest

from pipelines.exports.wording import GIVEN, UNLABELLED, require_declared_wording, require_drawn_wording, require_wording
from pipelines.schemas.table import TABLES
from pipelines.schemas.tables.catalog import declared_tables
from pipelines.warehouse.audit import load_checks
from pipelines.warehouse.graph import load_graph

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = [CHECKOUT / "README.md", CHECKOUT / "data" / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
DRAWINGS = sorted((CHECKOUT / "docs").glob("*.svg"))
DRAWING_RUNGS = {
    "mirror-gap.svg": "accounting",
    "scenario-tornado.svg": "structural",
    "scenarios.svg": "structural",
    "supply-mix.svg": "accounting",
}
CODE = re.compile(r"^```[a-z]+\n.*?^```$", re.MULTILINE | re.DOTALL)  # a fence without a language shows output and is read
EXEMPT = re.compile(r"<!-- wording: method -->.*?<!-- wording: end -->", re.DOTALL)
MARK = "<!-- wording: "
# Pages that may explain forbidden words, with the number of blocks in which they do.
EXEMPT_BLOCKS = {"wording.md": 1}
GRAPH = load_graph(CHECKOUT / "sql")
CHECKS = {check.name: check.description for check in load_checks(CHECKOUT / "sql")}


def paragraphs(page: Path) -> list[str]:
    """The prose of a page: without code and exempt blocks, one text per paragraph, so that a phrase may run over lines."""
    text = CODE.sub("", EXEMPT.sub("", page.read_text(encoding="utf-8")))
    assert MARK not in text, f"{page.name}: a wording mark without its other half"
    return [part for part in re.split(r"\n\s*\n", text) if part.strip()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_a_page_keeps_to_the_ladder(page):
    for text in paragraphs(page):
        require_wording(text, UNLABELLED, page.name)


def test_exempt_blocks_are_those_agreed():
    counted = {page.name: len(EXEMPT.findall(page.read_text(encoding="utf-8"))) for page in PAGES}
    assert {name: n for name, n in counted.items() if n} == EXEMPT_BLOCKS


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_declaration_keeps_to_the_ladder(name):
    require_declared_wording(declared_tables()[name])


@pytest.mark.parametrize("name", GRAPH.order)
def test_the_header_of_a_model_keeps_to_the_ladder(name):
    """Headers are the descriptions of the assets in the UI."""
    require_wording(GRAPH.models[name].header, UNLABELLED, name)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_the_words_of_a_check_keep_to_the_ladder(name):
    require_wording(CHECKS[name], UNLABELLED, name)


def test_every_drawing_keeps_to_its_rung():
    assert {path.name for path in DRAWINGS} == set(DRAWING_RUNGS), "say the rung of the drawing"
    for path in DRAWINGS:
        require_drawn_wording(path.read_text(encoding="utf-8"), DRAWING_RUNGS[path.name], path.name)


def test_a_text_runs_over_lines_and_code_is_left_out(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("It fell due\nto it.\n\n```sh\necho because\n```\n\n```\nfell because\n```\n", encoding="utf-8")
    assert paragraphs(page) == ["It fell due\nto it.", "```\nfell because\n```\n"]


def test_words_given_by_others_are_few():
    assert {"attribution", "licence_name", "publisher"} == GIVEN
