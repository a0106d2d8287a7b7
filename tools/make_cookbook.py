"""Run the queries of docs/cookbook.md on the published warehouse and write their output into the page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl

from pipelines.errors import UsageError
from pipelines.home import CHECKOUT, Edition, Home
from pipelines.warehouse.read import query

PAGE = CHECKOUT / "docs" / "cookbook.md"
BEGIN, END = "<!-- output: begin -->", "<!-- output: end -->"
CELL = 64
QUESTION = re.compile(
    r"^## (?P<title>.+?)\n\n```sql\n(?P<sql>.+?)\n```\n\n(?P<words>.+?)\n\n" + f"{BEGIN}\n(?P<shown>.*?){END}$", re.M | re.S
)


@dataclass(frozen=True)
class Question:
    """One entry of the page: its title, its SQL, how to read it, and the output that the page shows."""

    title: str
    sql: str
    words: str
    shown: str

    @property
    def shown_columns(self) -> list[str]:
        """Heads of the table that the page shows."""
        lines = self.shown.splitlines()
        return lines[1].split() if len(lines) > 2 else []

    @property
    def shown_rows(self) -> int:
        """Number of rows that the page shows."""
        return max(0, len(self.shown.splitlines()) - 3)


def questions(page: str) -> list[Question]:
    """Every question of the page; raises UsageError for a heading that is not laid out as one."""
    found = [Question(**match.groupdict()) for match in QUESTION.finditer(page)]
    n_headings = len(re.findall(r"^## ", page, re.M))
    if len(found) != n_headings:
        raise UsageError(
            f"{PAGE.name}: {n_headings} headings, {len(found)} of them with sql, text and output; complete the others"
        )
    return found


def table(frame: pl.DataFrame) -> str:
    """Rows as text in columns that are two spaces apart, in a fence that is read by the check of wording."""
    rows = [frame.columns, *([_cell(value) for value in row] for row in frame.iter_rows())]
    widths = [max(len(row[at]) for row in rows) for at in range(frame.width)]
    lines = [_line(row, widths) for row in rows]
    return "\n".join(["```", *lines, "```"])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cell(value: object) -> str:
    if isinstance(value, (float, Decimal)):
        return f"{value:,.0f}" if value == int(value) else f"{value:.10g}"
    text = "-" if value is None else re.sub(r"\s+", " ", str(value))
    return text if len(text) <= CELL else f"{text[: CELL - 1]}…"


def answered(page: str, edition: Edition) -> str:
    """The page with the output of each query put between its marks."""
    questions(page)

    def fill(match: re.Match[str]) -> str:
        head = match.group(0)[: match.start("shown") - match.start(0)]
        return f"{head}{table(query(edition, match['sql']))}\n{END}"

    return QUESTION.sub(fill, page)


def main() -> None:
    """Rewrite the page from the warehouse of CHIPFLOWS_HOME."""
    edition = Home.from_environment().edition(None)
    page: Path = PAGE
    page.write_text(answered(page.read_text(encoding="utf-8"), edition), encoding="utf-8")


if __name__ == "__main__":
    main()
