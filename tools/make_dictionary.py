"""Write docs/dictionary.md, the data dictionary, from the table declarations (`python -m tools.make_dictionary`)."""

from pathlib import Path

from pipelines.schemas.field import Field
from pipelines.schemas.table import LAYERS, TABLES, Table
from pipelines.schemas.tables import catalog

TARGET = Path(__file__).resolve().parents[1] / "docs" / "dictionary.md"
LAYER_WORDS = {
    "tidy": "inputs as taken in, typed and validated, one table per kind of file",
    "staging": "inputs as known at as_of",
    "core": "dimensions, facts and the run",
    "metrics": "flow, event and substitution metrics",
    "exports": "report tables, exported as CSV",
    "meta": "the build itself",
}


def dictionary() -> str:
    """The whole dictionary as Markdown; the same declarations give the same text."""
    parts = [
        "# Data dictionary",
        "",
        "Generated from `pipelines/schemas`; do not edit. Run `make dictionary` after a change.",
        "",
    ]
    for layer in LAYERS:
        tables = sorted((t for t in TABLES.values() if t.layer == layer), key=lambda t: t.name)
        parts += [f"## {layer}: {LAYER_WORDS[layer]}", ""]
        for table in tables:
            parts += _table(table)
    return "\n".join(parts).rstrip() + "\n"


def main() -> None:
    """Write the dictionary and say how much is in it."""
    TARGET.write_text(dictionary(), encoding="utf-8")
    print(f"{TARGET.name}: {len(TABLES)} tables from {len(catalog.MODULES)} modules")


def _table(table: type[Table]) -> list[str]:
    head = [f"### {table.full_name()}", "", table.grain(), "", f"Key: {', '.join(f'`{name}`' for name in table.key)}", ""]
    return [*head, "| column | type | unit | meaning | NULL means |", "|---|---|---|---|---|", *map(_row, table.columns), ""]


def _row(column: Field) -> str:
    meaning = column.meaning.rstrip(".")
    if column.allowed:
        meaning += f" ({', '.join(f'`{value}`' for value in column.allowed)})"
    cells = (f"`{column.name}`", column.duckdb_type, column.unit, meaning, column.absent)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    main()
