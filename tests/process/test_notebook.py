"""The notebook from top to bottom on the built warehouse: by marimo where it is installed, else its cells as plain Python."""

import ast
import sys
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import MagicMock

import duckdb
import polars as pl
import pytest

from pipelines.exports.wording import UNLABELLED, require_wording

pytestmark = pytest.mark.slow
NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "notebook" / "tour.py"
TREE = ast.parse(NOTEBOOK.read_text(encoding="utf-8"))
CELLS = [node for node in TREE.body if isinstance(node, ast.FunctionDef)]
LIBRARIES = ("marimo", "altair")


@pytest.fixture
def home(built_home, monkeypatch):
    monkeypatch.setenv("CHIPFLOWS_HOME", str(built_home))
    for name in LIBRARIES:
        if find_spec(name) is None:
            monkeypatch.setitem(sys.modules, name, MagicMock(name=name))
    return built_home


def run_cells() -> dict[str, object]:
    """Names that the cells define, run in the order of the file, each in the names of those before it."""
    names: dict[str, object] = {"__file__": str(NOTEBOOK)}
    for cell in CELLS:
        body = [node for node in cell.body if not isinstance(node, ast.Return)]
        wanted = {argument.arg for argument in cell.args.args}
        assert wanted <= set(names), f"line {cell.lineno} reads {wanted - set(names)} before it is there"
        exec(compile(ast.Module(body, []), str(NOTEBOOK), "exec"), names)
    return names


def test_it_runs_from_top_to_bottom_and_every_table_has_rows(home):
    names = run_cells()
    frames = {name: value for name, value in names.items() if isinstance(value, pl.DataFrame)}
    assert set(frames) == {"release", "reports", "mix", "premium", "verdicts", "path", "sources"}
    assert all(frame.height for frame in frames.values())
    assert frames["mix"]["unit_of_account"].n_unique() == 4 and frames["path"]["path_log"].null_count() == 0


def test_it_cannot_write(home):
    with pytest.raises(duckdb.Error, match="read-only"):
        run_cells()["con"].execute("CREATE TABLE exports.mine AS SELECT 1")


def test_without_a_warehouse_it_says_what_to_do(home, tmp_path, monkeypatch):
    monkeypatch.setenv("CHIPFLOWS_HOME", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="make warehouse"):
        run_cells()


@pytest.mark.skipif(any(find_spec(name) is None for name in LIBRARIES), reason="needs the extra `notebook`")
def test_marimo_runs_it(home):
    from runpy import run_path

    _, defined = run_path(str(NOTEBOOK))["app"].run()
    assert {"mix_chart", "premium_chart", "path_chart"} <= set(defined)


def test_its_words_keep_to_the_ladder():
    texts = [node.value for node in ast.walk(TREE) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    words = [text for text in texts if "#" in text or "One path" in text]
    assert len(words) > 5
    for text in words:
        require_wording(text, UNLABELLED, NOTEBOOK.name)
