"""The audit of evidence labels: no row of a table may stand above what the design of the table allows."""

from pipelines.schemas.evidence import DESIGNS, EVIDENCE, rung_sql
from pipelines.schemas.table import TABLES, Table

LINEAGE = "split_part(lineage, ':', 1)"


def label_condition(declared: type[Table]) -> list[tuple[str, str]]:
    """What must not be true of any row, as (words, SQL condition); nothing for a table without evidence labels."""
    columns = [column.name for column in declared.columns]
    if "evidence_label" not in columns:
        return []
    words = f"evidence_label is not above what the design {declared.design} allows with the conditions passed"
    allowed = _rung_of_lineage() if declared.design == "as_lineage" else rung_sql(declared.design, columns)
    return [(words, f"{_rung_of_label()} > {allowed}")]


def _rung_of_label() -> str:
    steps = " ".join(f"WHEN '{label}' THEN {rung}" for rung, label in enumerate(EVIDENCE))
    return f"CASE evidence_label {steps} END"


def _rung_of_lineage() -> str:
    """The highest rung of the table that a finding is read from; a table that is not declared allows no more than accounting."""
    ceilings = {name: DESIGNS[table.design].ceiling for name, table in TABLES.items() if table.design != "as_lineage"}
    steps = " ".join(f"WHEN '{name}' THEN {rung}" for name, rung in sorted(ceilings.items()) if rung)
    return f"CASE {LINEAGE} {steps} ELSE 0 END"
