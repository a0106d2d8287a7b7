"""The exported tables that the report reads, as frames, and rows that remember where they come from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb
import polars as pl

from pipelines.schemas.table import Table
from pipelines.schemas.tables.catalog import declared_tables

READ = (
    "core.run",
    "exports.rpt_answer",
    "exports.rpt_answer_driver",
    "exports.rpt_break_even",
    "exports.rpt_claim",
    "exports.rpt_claim_chain",
    "exports.rpt_coverage",
    "exports.rpt_event_path",
    "exports.rpt_event_placebo",
    "exports.rpt_event_result",
    "exports.rpt_flow_around_rule",
    "exports.rpt_flow_month",
    "exports.rpt_hub_excess",
    "exports.rpt_mirror_gap",
    "exports.rpt_mix_interval",
    "exports.rpt_pair_coverage",
    "exports.rpt_premium",
    "exports.rpt_prior",
    "exports.rpt_rule",
    "exports.rpt_scenario_headline",
    "exports.rpt_source",
    "exports.rpt_summary",
)
HANDED_IN = {  # frames that do not lie in the warehouse, with their keys
    "changes": ("table_name", "row_key", "column_name"),
    "change_counts": ("table_name", "reason"),
    "change_total": ("second_release",),
}
BETWEEN = " | "
Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Row:
    """One row of a table with the name and key under which it is found again."""

    table: str
    cells: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.cells[column]

    @property
    def address(self) -> str:
        """Table and key in one text."""
        return BETWEEN.join([self.table, *key_text(self.table, self.cells)])


def read_frames(con: duckdb.DuckDBPyConnection) -> dict[str, pl.DataFrame]:
    """Every table of the list that this warehouse holds, by name without layer, in the order of its key."""
    held = {f"{layer}.{name}" for layer, name in con.sql("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()}
    found = {}
    for full in READ:
        if full in held:
            name = full.partition(".")[2]
            order = ", ".join(key_of(name)) or "1"
            found[name] = con.sql(f"SELECT * FROM {full} ORDER BY {order}").pl()
    return found


def key_of(name: str) -> Sequence[str]:
    """The key columns of a table by its name; the run has one row and no key."""
    if name in HANDED_IN:
        return HANDED_IN[name]
    table = _tables().get(name)
    return table.key if table else ()


def measure_of(name: str) -> str:
    """The column that a table is about: where it is empty, `absence_reason` says why."""
    table = _tables().get(name)
    return (table.measure or "") if table else ""


def key_text(name: str, cells: Mapping[str, Any]) -> list[str]:
    """The key of one row as texts."""
    return [str(cells[column]) for column in key_of(name)]


def rows(frames: Frames, name: str, *conditions: pl.Expr, by: Sequence[str] = ()) -> list[Row]:
    """Rows of a table that meet all conditions, in the order of the frame or of `by`; none where the table is not there."""
    if name not in frames:
        return []
    frame = frames[name].filter(*conditions) if conditions else frames[name]
    if by:
        frame = frame.sort(by, nulls_last=True, maintain_order=True)
    return [Row(name, cells) for cells in frame.iter_rows(named=True)]


def credit_of(frames: Frames) -> str:
    """The line below the title of every chart: whose it is, and as of which day."""
    return f"chipflows, as of {frames['run']['as_of'][0].isoformat()}" if "run" in frames else "chipflows"


def distinct(found: Iterable[Row], column: str) -> list[Any]:
    """The values of a column, each once, in the order in which they come."""
    return list(dict.fromkeys(row[column] for row in found))


@cache
def _tables() -> Mapping[str, type[Table]]:
    return {table.name: table for table in declared_tables().values()}
