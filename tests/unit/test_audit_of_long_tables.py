"""The audit of a long table, where a pattern is matched once per distinct value: one wrong text among many rows is found."""

from collections.abc import Iterator

import duckdb
import pytest

from pipelines.schemas.tables.metrics_draws import FactDraw
from pipelines.warehouse.audit import MANY_ROWS, audit_table


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute("CREATE SCHEMA metrics")
        yield made


def fill(con: duckdb.DuckDBPyConnection, rows: int, last: str) -> None:
    """Draws of one quantity; the last row belongs to the quantity `last`."""
    con.execute(
        f"""CREATE TABLE metrics.fact_draw AS SELECT
        CASE WHEN draw_id = {rows} THEN '{last}' ELSE 'claim:steady' END AS quantity_id,
        draw_id, CAST(1 AS DECIMAL(18,6)) AS draw_amount,
        'estimate' AS value_label, 'accounting' AS evidence_label
        FROM (SELECT range + 1 AS draw_id FROM range({rows}))"""
    )


def failed(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    """Name and number of failing rows of each check that fails."""
    return [(check.name, check.n_failed) for check in audit_table(con, FactDraw) if not check.passed]


@pytest.mark.parametrize("rows", [MANY_ROWS - 1, MANY_ROWS, 3 * MANY_ROWS])
def test_one_text_that_does_not_match_is_found(con: duckdb.DuckDBPyConnection, rows: int) -> None:
    fill(con, rows, "no such kind")
    assert failed(con) == [("values", 1)]


@pytest.mark.parametrize("rows", [MANY_ROWS - 1, MANY_ROWS, 3 * MANY_ROWS])
def test_a_table_of_texts_that_match_passes(con: duckdb.DuckDBPyConnection, rows: int) -> None:
    fill(con, rows, "claim:other")
    assert failed(con) == []


def test_a_key_that_comes_twice_is_found_in_a_long_table(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, MANY_ROWS, "claim:steady")
    con.execute("INSERT INTO metrics.fact_draw SELECT * FROM metrics.fact_draw WHERE draw_id = 7")
    assert failed(con) == [("key", 1)]
