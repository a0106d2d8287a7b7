"""Consolidated Screening List of the United States: company entries of a daily snapshot; people are left out by rule."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

import polars as pl

from pipelines.reading import TextTable, read_delimited
from pipelines.schemas.tables.tidy_context import ScreenedEntity
from pipelines.sources.contract import (
    Answer,
    Ask,
    Feed,
    Judgement,
    Kind,
    Request,
    Source,
    Terms,
    excerpt,
    html_judgement,
    status_judgement,
)
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import Rule, admit, matches, no_repeat, or_empty, set_aside, shaped

ENTITY_LIST = "Entity List (EL) - Bureau of Industry and Security"
# Columns that rows are made of; birth dates, nationalities and the like are never read.
COLUMNS = (
    "_id", "source", "type", "programs", "name", "addresses", "federal_register_notice", "start_date", "end_date",
    "license_requirement", "license_policy", "alt_names",
)  # fmt: skip
TEXTS = {
    "entity_id": "entry_id",
    "screening_list": "source",
    "entity_name": "name",
    "alternative_names": "alt_names",
    "entity_addresses": "addresses",
    "programs": "programs",
    "federal_register_notice": "federal_register_notice",
    "license_requirement": "license_requirement",
    "license_policy": "license_policy",
}
DAY = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


class ScreeningList(Source):
    """Each snapshot that differs from the last is a release of its own; the list keeps no history, the archive does."""

    source_id: ClassVar[str] = "csl"
    terms: ClassVar[Terms] = Terms(
        base_url="https://data.trade.gov/downloadable_consolidated_screening_list/v1",
        licence_id="us_public_domain",
        notice="Source: International Trade Administration, Consolidated Screening List",
        calls_per_second=0.2,
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed("csl_companies", "Companies on US screening lists", date(2018, 1, 1), 0, 1, "N", table=ScreenedEntity),
    )

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One question: the whole list as it is today."""
        return [Ask(feed.dataset_id, feed.first, feed.first)]

    def request(self, ask: Ask) -> Request:
        """The bulk file; it needs no key and has no pages."""
        return Request("consolidated.csv")

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """A table with the known header; a list is never empty."""
        found = status_judgement(answer) or html_judgement(answer)
        if found is not None:
            return Judgement(Kind.WAIT, "an empty list") if found.kind is Kind.EMPTY else found
        header = answer.body.split(b"\n", 1)[0]
        if b"source" not in header or b"name" not in header:
            return Judgement(Kind.REFUSED, f"no table of entries: {excerpt(answer.body)}")
        if not answer.body.endswith(b"\n"):
            return Judgement(Kind.WAIT, "a body that does not end with its last line")
        return Judgement(Kind.DATA)

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """Entries of companies: those typed Entity, and the BIS Entity List, whose entries carry no type."""
        table = read_delimited(body, release.place)
        if "_id" in table.rows.columns:  # names with an underscore in front are ours
            table = TextTable(table.rows.rename({"_id": "entry_id"}), table.rejected, table.n_read)
        needed = tuple("entry_id" if name == "_id" else name for name in COLUMNS)
        skipped: dict[str, int] = {}
        if set(needed) <= set(table.rows.columns):
            table, skipped = _companies(table)
        rules = [
            matches("entry_id", r"\S", "an identifier"),
            matches("name", r"\S", "a name"),
            or_empty(_real_day("start_date")),
            or_empty(_real_day("end_date")),
            no_repeat("entry_id"),
        ]
        admitted = admit(table, needed, rules, release.place, more=True)
        return admitted.parsed(shaped(admitted.good, release, ScreenedEntity, _columns(release)), skipped=skipped)


def _companies(table: TextTable) -> tuple[TextTable, dict[str, int]]:
    """Set apart what is no company, each by its rule; a typed Individual is left out whatever the list."""
    kind = pl.col("type").fill_null("").str.strip_chars().str.to_lowercase()
    on_entity_list = pl.col("source").fill_null("").str.starts_with("Entity List (EL)")
    table, people = set_aside(table, "natural person", kind.is_in(["individual", "person"]))
    table, carriers = set_aside(table, "vessel or aircraft", kind.is_in(["vessel", "aircraft"]))
    table, untyped = set_aside(table, "not typed as a company", ~((kind == "entity") | on_entity_list))
    return table, {**people, **carriers, **untyped}


def _real_day(column: str) -> Rule:
    holds = pl.col(column).str.contains(DAY) & pl.col(column).str.to_date("%Y-%m-%d", strict=False).is_not_null()
    return Rule(column, holds, "a day as YYYY-MM-DD")


def _columns(release: Release) -> dict[str, pl.Expr]:
    """A snapshot is known on the day of its retrieval; the day of listing stays what it is, a statement of the list."""
    named = {name: pl.col(column).str.strip_chars().replace("", None) for name, column in TEXTS.items()}
    return named | {
        "listed_on": pl.col("start_date").str.to_date("%Y-%m-%d"),
        "listed_until": pl.col("end_date").str.to_date("%Y-%m-%d"),
        "known_at": pl.lit(release.retrieved),
    }
