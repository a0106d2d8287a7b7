"""Table declarations and check results in Dagster's terms."""

from collections.abc import Sequence

import dagster as dg

from pipelines.schemas.table import Table
from pipelines.warehouse.audit import CheckResult


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


def failing_rows(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> dg.MetadataValue:
    """The first failing rows as a table."""
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
        metadata["first_rows"] = failing_rows(result.columns, result.rows)
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=result.name,
        passed=result.passed,
        description=result.description,
        metadata=metadata,
    )
