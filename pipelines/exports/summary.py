"""The findings of a build in plain words, read from exports.rpt_summary."""

from pipelines.home import Edition
from pipelines.warehouse.read import query


def findings(edition: Edition) -> list[tuple[str, list[str]]]:
    """Sections with their statements, in order."""
    rows = query(edition, "SELECT section, statement FROM exports.rpt_summary ORDER BY position").rows()
    sections: dict[str, list[str]] = {}
    for section, statement in rows:
        sections.setdefault(section, []).append(statement)
    return list(sections.items())
