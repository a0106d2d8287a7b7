"""Table declarations and check results in Dagster's terms."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import dagster as dg

from pipelines.assets.groups import GROUPS
from pipelines.home import CHECKOUT
from pipelines.schemas.evidence import DESIGNS, EVIDENCE
from pipelines.schemas.table import Table
from pipelines.warehouse.audit import CheckResult

OWNERS = ("team:chipflows",)


def column_schema(table: type[Table]) -> dg.TableSchema:
    """Columns of a table with type, meaning and constraints, as the UI shows them."""
    key = set(table.key)
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                column.duckdb_type,
                column.describe(),
                dg.TableColumnConstraints(nullable=column.nullable, unique=key == {column.name}),
            )
            for column in table.columns
        ]
    )


def column_lineage(columns: Mapping[str, Iterable[tuple[str, str]]]) -> dg.TableColumnLineage:
    """Which columns of which assets each column of a table is made of."""
    return dg.TableColumnLineage(
        {
            name: [dg.TableColumnDep(dg.AssetKey(table.split(".")), column) for table, column in sorted(origins)]
            for name, origins in columns.items()
        }
    )


def made_of(columns: Mapping[str, Iterable[tuple[str, str]]]) -> dg.MetadataValue:
    """The same to read: the free UI draws no lineage of columns."""
    lines = [f"| {name} | {', '.join('.'.join(each) for each in sorted(origins)) or '-'} |" for name, origins in columns.items()]
    return dg.MetadataValue.md("\n".join(["| column | made of |", "| --- | --- |", *lines]))


def table_tags(table: type[Table]) -> dict[str, str]:
    """What the UI can be filtered by: layer, design, and the highest rung of the wording ladder that a row can reach."""
    tags = {"layer": table.layer}
    if table.layer in ("metrics", "exports") and table.design != "as_lineage":
        tags |= {"design": table.design, "may_claim_at_most": EVIDENCE[DESIGNS[table.design].ceiling]}
    return tags


def guide_and_code(group: str, code: Path | None = None) -> dict[str, str]:
    """Metadata that lead on, as paths of the checkout: the guide to read, and the file that makes the table."""
    told = {"guide": GROUPS[group].guide}
    return told if code is None else told | {"made_by": code.relative_to(CHECKOUT).as_posix()}


def table_of(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> dg.MetadataValue:
    """Rows as a table value."""
    records = [
        dg.TableRecord({name: "" if cell is None else str(cell) for name, cell in zip(columns, row, strict=True)}) for row in rows
    ]
    schema = dg.TableSchema(columns=[dg.TableColumn(name) for name in columns])
    return dg.MetadataValue.table(records=records, schema=schema)


def as_check_result(result: CheckResult, key: dg.AssetKey) -> dg.AssetCheckResult:
    """An audit result with its count, the query that reproduces it, and the first failing rows."""
    metadata: dict[str, dg.MetadataValue] = {"rows_failing": dg.MetadataValue.int(result.n_failed)}
    if not result.passed:
        metadata["query"] = dg.MetadataValue.md(f"```sql\n{result.query}\n```")
        metadata["first_rows"] = table_of(result.columns, result.rows)
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=result.name,
        passed=result.passed,
        description=result.description,
        metadata=metadata,
    )
