"""What changed since the last release.

Takes three frames of a comparison: `changes` with one row per changed headline figure (`table_name`, `row_key`, `column_name`,
`value_before`, `value_after`, `change_cause`), `change_counts` with the changed numbers of every table by reason (`table_name`,
`reason`, `n_added`, `n_removed`, `n_changed`, `n_numbers`), and `change_total` with one row (`first_release`, `second_release`,
`n_numbers`).
"""

from pipelines.exports.report.frames import Frames, rows
from pipelines.exports.report.html import Column, count, el, table
from pipelines.exports.report.section import Section

NAME, BY_REASON, TOTALS = "changes", "change_counts", "change_total"
LEAD = "Every exported number that differs, counted by table and by what moved it; the counts add up to the total."
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
COUNTS = (
    Column("Table", "table_name"),
    Column("What moved it", "reason", "code"),
    Column("Added", "n_added", "number"),
    Column("Removed", "n_removed", "number"),
    Column("Changed", "n_changed", "number"),
    Column("Numbers", "n_numbers", "number"),
)
TOTAL = (
    Column("From release", "first_release", "code"),
    Column("To release", "second_release", "code"),
    Column("Numbers that differ", "n_numbers", "number"),
)


def section(frames: Frames) -> Section:
    """The changed figures, or in words that none was compared or none changed."""
    title = "What changed since the last release"
    if NAME not in frames:
        return Section("changes", title, [el("p", ABSENT, class_="empty")])
    found, counts = rows(frames, NAME), rows(frames, BY_REASON)
    if not counts:
        return Section("changes", title, [el("p", NOTHING, class_="empty")])
    parts = [el("p", LEAD), table("Releases compared", TOTAL, rows(frames, TOTALS), name="change-total")]
    parts.append(table("Changed numbers by table and reason", COUNTS, counts, name="change-counts", filtered=True))
    if found:
        parts.append(el("p", "Headline figures among them: ", count(len(found), NAME), "."))
        parts.append(table("Changed headline figures", COLUMNS, found, name="change-table", filtered=True))
    return Section("changes", title, parts)
