"""What changed since the last release.

Takes a frame `changes` with one row per changed figure: `table_name`, `row_key`, `column_name` (key), `value_before`,
`value_after`, `change_cause`.
"""

from pipelines.exports.report.frames import Frames, rows
from pipelines.exports.report.html import Column, count, el, table
from pipelines.exports.report.section import Section

NAME = "changes"
LEAD = "Figures that moved between the last release and this one, each with what moved it."
ABSENT = "No earlier release was compared, so nothing can be said about changes."
NOTHING = "No exported figure changed."
COLUMNS = (
    Column("Table", "table_name"),
    Column("Row", "row_key"),
    Column("Figure", "column_name"),
    Column("Before", "value_before", "number"),
    Column("After", "value_after", "number"),
    Column("What moved it", "change_cause", "code"),
)


def section(frames: Frames) -> Section:
    """The changed figures, or in words that none was compared or none changed."""
    title = "What changed since the last release"
    if NAME not in frames:
        return Section("changes", title, [el("p", ABSENT, class_="empty")])
    found = rows(frames, NAME)
    if not found:
        return Section("changes", title, [el("p", NOTHING, class_="empty")])
    counted = el("p", LEAD, " Changed figures: ", count(len(found), NAME), ".")
    return Section("changes", title, [counted, table("Changed figures", COLUMNS, found, name="change-table", filtered=True)])
