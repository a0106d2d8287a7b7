"""The wording ladder (METHODS C14): no text may say more than its rung of evidence allows.

The ladder is `data/reference/wording_rungs.csv`. A text is read on one line; what the ladder allows or exempts at the rung is
taken out first (a quotation followed at once by `(source: ...)` among it); what is left may hold no forbidden phrase.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from html import unescape

import duckdb
import polars as pl

from pipelines.errors import CheckFailed, Place, explain
from pipelines.home import CHECKOUT
from pipelines.schemas.evidence import DESIGNS, EVIDENCE
from pipelines.schemas.field import Field
from pipelines.schemas.table import Table

SHIPPED = CHECKOUT / "data" / "reference" / "wording_rungs.csv"
UNLABELLED = "descriptive"  # the rung of a text that carries no label
STATEMENTS = frozenset({"statement"})  # whole sentences about a result; other columns are names, reasons and remarks
GIVEN = frozenset({"attribution", "licence_name", "publisher"})  # words of licensors and publishers, to be given as they are
TAKEN_OUT = " · "  # stands where an allowed phrase stood, so that the words around it do not meet
LABEL_COLUMN = "evidence_label"
DRAWN = re.compile(r">([^<>]+)<")
Row = Mapping[str, object]


@dataclass(frozen=True)
class Rung:
    """One rung: what is taken out of a text, what may not be in the rest, what must be, and the phrases it suggests."""

    label: str
    allowed: re.Pattern[str] | None
    forbidden: re.Pattern[str] | None
    required: re.Pattern[str] | None
    remedy: str

    def fault(self, text: str, *, is_statement: bool = True) -> str | None:
        """What is wrong with a text, in words; None when nothing is. Only a statement must hold the required phrase."""
        rest = " ".join(text.split())
        if self.allowed:
            rest = self.allowed.sub(TAKEN_OUT, rest)
        found = self.forbidden.search(rest) if self.forbidden else None
        if found:
            return f"the word {found.group()!r} in {rest[max(0, found.start() - 60) : found.end() + 60].strip()!r}"
        if is_statement and self.required and not self.required.search(rest):
            return f"no word of the model in {rest[:120]!r}"
        return None


Ladder = Mapping[str, Rung]


def ladder_from(rows: Iterable[Row]) -> dict[str, Rung]:
    """The rungs by evidence label, from the rows of the ladder's table."""
    entries = sorted(rows, key=lambda row: str(row["phrase_id"]))
    return {label: _rung(number, label, entries) for number, label in enumerate(EVIDENCE)}


@cache
def shipped_ladder() -> Ladder:
    """The ladder of the checkout, for texts that are written before there is a warehouse."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return ladder_from(list(csv.DictReader(file)))


def ladder_of(con: duckdb.DuckDBPyConnection) -> Ladder:
    """The ladder that a warehouse was built with."""
    return ladder_from(con.sql("SELECT * FROM core.dim_wording_rung").pl().iter_rows(named=True))


def require_wording(text: str, rung: str, where: Place | str, ladder: Ladder | None = None, *, is_statement: bool = True) -> None:
    """Pass a text that keeps to its rung; raises CheckFailed with the place, the word, the rung and what to do."""
    step = (shipped_ladder() if ladder is None else ladder)[rung]
    if step.forbidden is None:
        raise CheckFailed(f"{where}: the wording ladder is empty at {rung}; complete data/reference/wording_rungs.csv")
    fault = step.fault(text, is_statement=is_statement)
    if fault:
        place = where if isinstance(where, Place) else Place(where)
        expected = f"wording of rung {EVIDENCE.index(rung)}, {rung}"
        raise CheckFailed(explain(place, fault, expected, step.remedy))


def require_frame_wording(frame: pl.DataFrame, table: type[Table], ladder: Ladder) -> None:
    """Hold every text of a table against the rung of its row; raises CheckFailed naming table and column."""
    for column in table.columns:
        if column.name not in frame.columns or not is_text(column):
            continue
        labels = pl.col(LABEL_COLUMN) if LABEL_COLUMN in frame.columns else pl.lit(UNLABELLED)
        texts = frame.select(column.name, labels.alias("rung")).drop_nulls().unique(maintain_order=True)
        for text, rung in texts.iter_rows():
            where = Place(table.full_name(), column=column.name)
            require_wording(text, rung, where, ladder, is_statement=column.name in STATEMENTS)


def require_declared_wording(table: type[Table], ladder: Ladder | None = None) -> None:
    """Hold what a declaration says of its table and columns against the highest rung that its design can reach."""
    rung = UNLABELLED if table.design == "as_lineage" else EVIDENCE[max(1, DESIGNS[table.design].ceiling)]
    texts = [("", table.grain())]
    texts += [(column.name, text) for column in table.columns for text in (column.meaning, column.unit, column.absent)]
    for name, text in texts:
        require_wording(text, rung, Place(table.full_name(), "declaration", column=name), ladder, is_statement=False)


def require_drawn_wording(svg: str, rung: str, where: Place | str) -> None:
    """Hold every text of a drawing against its rung; raises CheckFailed."""
    for text in DRAWN.findall(svg):
        require_wording(unescape(text), rung, where, is_statement=False)


def is_text(column: Field) -> bool:
    """Whether a column holds words of ours: text that is neither a code of a fixed list or shape nor words given by others."""
    return column.dtype == pl.String() and not column.allowed and not column.pattern and column.name not in GIVEN


def _rung(number: int, label: str, entries: list[Row]) -> Rung:
    here = [row for row in entries if int(str(row["lowest_rung"])) <= number <= int(str(row["highest_rung"]))]
    said = [str(row["phrase"]) for kind in ("required", "allowed") for row in here if row["phrase_kind"] == kind]
    remedy = f'say it with {", ".join(said)}, or quote who says so as "..." (source: ...)'
    return Rung(label, _joined(here, "allowed", "exempt"), _joined(here, "forbidden"), _joined(here, "required"), remedy)


def _joined(rows: list[Row], *kinds: str) -> re.Pattern[str] | None:
    found = [str(row["phrase_pattern"]) for row in rows if row["phrase_kind"] in kinds]
    return re.compile("|".join(found), re.IGNORECASE) if found else None
