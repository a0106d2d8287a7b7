"""Federal Register: documents of the Bureau of Industry and Security, with the DATES caption whole; no event day is made."""

import json
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

import polars as pl

from pipelines.errors import InputError, Place, explain
from pipelines.reading import LINE, TextTable
from pipelines.schemas.tables.tidy_context import RegisterDocument
from pipelines.sources.bodies import json_body, records
from pipelines.sources.contract import (
    Answer,
    Ask,
    Feed,
    Judgement,
    Kind,
    Request,
    Source,
    Terms,
    add_months,
    excerpt,
    halves,
    html_judgement,
    status_judgement,
)
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import Rule, admit, matches, no_repeat, one_of, or_empty, shaped

EVEN_IF_RUNNING = -31  # days: a month is asked for from its first day on
HOST, ROOT = "www.federalregister.gov", "/api/v1/"
CAP, PAGE, NEXT = 10_000, 200, "next"
TYPES = {"RULE": "Rule", "PRORULE": "Proposed Rule", "NOTICE": "Notice", "PRESDOCU": "Presidential Document"}
FIELDS = (
    "document_number", "type", "title", "action", "publication_date", "effective_on", "dates", "citation", "cfr_references",
    "docket_ids", "regulation_id_numbers", "correction_of", "html_url",
)  # fmt: skip
CHANGING = ("page_views", "public_inspection_pdf_url", "regulations_dot_gov_info")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
NAMED_DAY = re.compile(rf"\b({MONTHS})\s+(\d{{1,2}}),?\s+(\d{{4}})\b", re.IGNORECASE)
ISO_DAY = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


class FederalRegister(Source):
    """A window is one month of print; further pages are followed by the address in the answer, on the same host only."""

    source_id: ClassVar[str] = "fedreg"
    terms: ClassVar[Terms] = Terms(
        base_url=f"https://{HOST}{ROOT.rstrip('/')}",
        licence_id="us_public_domain",
        notice="Source: Office of the Federal Register, FederalRegister.gov; not an official legal edition",
        calls_per_second=1.0,
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed(
            "fedreg_bis_documents",
            "Documents of the Bureau of Industry and Security",
            date(2018, 1, 1),
            EVEN_IF_RUNNING,
            3,
            table=RegisterDocument,
        ),
    )

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One question for each month of print."""
        return [Ask(feed.dataset_id, month, month).narrow(types=",".join(TYPES)) for month in sorted(set(periods))]

    def request(self, ask: Ask) -> Request:
        """The first page of the window, oldest first, or the further page that an answer named."""
        if ask.get(NEXT):
            return Request(ask.get(NEXT))
        end = add_months(ask.end, 1) - timedelta(days=1)
        window = (("conditions[publication_date][gte]", f"{ask.start}"), ("conditions[publication_date][lte]", f"{end}"))
        kinds = tuple(("conditions[type][]", kind) for kind in ask.get("types").split(","))
        wanted = tuple(("fields[]", name) for name in FIELDS)
        paging = (("per_page", str(PAGE)), ("order", "oldest"))
        agency = (("conditions[agencies][]", "industry-and-security-bureau"),)
        return Request("documents.json", (*agency, *kinds, *window, *wanted, *paging))

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """No hit may come without a list; a count at the cap is cut; a next page on another host is not followed."""
        found = status_judgement(answer) or html_judgement(answer)
        if found is not None:
            return found
        if not answer.body.strip().endswith(b"}"):
            return Judgement(Kind.WAIT, f"a body that is not whole: {excerpt(answer.body)}")
        try:
            whole = json_body(answer.body, Place(self.source_id, ask.ask_id))
        except InputError:
            return Judgement(Kind.DATA)  # archived, and refused by the parser with its reason
        return _judge_page(whole)

    def follow(self, ask: Ask, body: bytes) -> list[Ask]:
        """The next page as the answer gives it."""
        try:
            whole = json_body(body, Place(self.source_id, ask.ask_id))
        except InputError:
            return []
        path = _next_path(whole.get("next_page_url")) if isinstance(whole, dict) else None
        return [ask.narrow(**{NEXT: path})] if path and path != ask.get(NEXT) else []

    def split(self, ask: Ask) -> list[Ask]:
        """By type of document; a month of one type cannot be made smaller."""
        return [] if ask.get(NEXT) else halves(ask, "types")

    def canonical(self, body: bytes) -> bytes:
        """The documents without counters and time stamps."""
        try:
            whole = json_body(body, Place(self.source_id))
        except InputError:
            return body
        listed = whole.get("results") if isinstance(whole, dict) else None
        kept = [_without_counters(each) for each in listed] if isinstance(listed, list) else listed
        return json.dumps([whole.get("count") if isinstance(whole, dict) else whole, kept], sort_keys=True).encode()

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """One row for each document; the number of different days in the DATES caption decides whether it is flagged."""
        whole = json_body(body, release.place)
        listed = whole.get("results") if isinstance(whole, dict) else None
        if not isinstance(whole, dict) or "count" not in whole or (listed is None and str(whole["count"]) != "0"):
            raise InputError(explain(release.place, "an answer without count and results", "both", "fetch it again"))
        table = records(listed or [], release.place, FIELDS)
        days = pl.col("dates").map_elements(_day_count, pl.String, skip_nulls=False)
        rows = table.rows.with_columns(pl.col(LINE) + 1, days.alias("n"))
        admitted = admit(TextTable(rows, table.rejected, table.n_read), (*FIELDS, "n"), _rules(ask), release.place)
        return admitted.parsed(shaped(admitted.good, release, RegisterDocument, _columns(release)))


def _judge_page(whole: Any) -> Judgement:
    if not isinstance(whole, dict) or "errors" in whole or not re.fullmatch(r"[0-9]{1,9}", str(whole.get("count", ""))):
        return Judgement(Kind.REFUSED, f"no count of documents: {excerpt(json.dumps(whole).encode())}")
    count, listed, following = int(whole["count"]), whole.get("results"), whole.get("next_page_url")
    if count == 0 and not listed:
        return Judgement(Kind.EMPTY, "no documents in the window")
    if count >= CAP:
        return Judgement(Kind.SPLIT, f"{count} documents reach the cap")
    if not isinstance(listed, list):
        return Judgement(Kind.WAIT, f"{count} documents, but no list of them")
    return _judge_paging(count, len(listed), following)


def _judge_paging(count: int, listed: int, following: Any) -> Judgement:
    if following and _next_path(following) is None:
        return Judgement(Kind.REFUSED, f"the next page is not on {HOST}: {str(following)[:120]}")
    if listed > count:
        return Judgement(Kind.REFUSED, f"{listed} documents where {count} were counted")
    return Judgement(Kind.DATA)


def _next_path(following: Any) -> str | None:
    """The next page below the base address, None when there is none or it lies on another host."""
    if not isinstance(following, str):
        return None
    parts = urlsplit(following)
    if parts.scheme != "https" or parts.netloc != HOST or not parts.path.startswith(ROOT):
        return None
    return parts.path.removeprefix(ROOT) + (f"?{parts.query}" if parts.query else "")


def _without_counters(document: Any) -> Any:
    return {k: v for k, v in document.items() if k not in CHANGING} if isinstance(document, dict) else document


def _day_count(text: str | None) -> str:
    """How many different calendar days a text names, as text."""
    return str(len({(month.lower(), int(day), year) for month, day, year in NAMED_DAY.findall(text or "")}))


def _rules(ask: Ask) -> list[Rule]:
    day = pl.col("publication_date")
    end = add_months(ask.end, 1) - timedelta(days=1)
    return [
        matches("document_number", r"^[A-Z0-9]{1,6}-[0-9-]{1,12}$", "a document number"),
        one_of("type", list(TYPES.values())),
        Rule("title", pl.col("title").is_not_null(), "a title"),
        _real_day("publication_date"),
        or_empty(_real_day("effective_on")),
        Rule("publication_date", day.is_between(pl.lit(f"{ask.start}"), pl.lit(f"{end}")), "a day of the window asked for"),
        matches("html_url", r"^https://www\.federalregister\.gov/", "an address on federalregister.gov"),
        no_repeat("document_number"),
    ]


def _real_day(column: str) -> Rule:
    holds = pl.col(column).str.contains(ISO_DAY) & pl.col(column).str.to_date("%Y-%m-%d", strict=False).is_not_null()
    return Rule(column, holds, "a day as YYYY-MM-DD")


def _columns(release: Release) -> dict[str, pl.Expr]:
    printed = pl.col("publication_date").str.to_date("%Y-%m-%d")
    n_dates = pl.col("n").cast(pl.Int64)
    dockets = [pl.col(name).map_elements(_joined, pl.String) for name in ("docket_ids", "regulation_id_numbers")]
    return {
        "document_number": pl.col("document_number"),
        "document_type": pl.col("type"),
        "title": pl.col("title"),
        "action_text": pl.col("action"),
        "published_date": printed,
        "effective_on": pl.col("effective_on").str.to_date("%Y-%m-%d"),
        "dates_text": pl.col("dates"),
        "n_dates": n_dates,
        "is_staggered": n_dates > 1,
        "citation": pl.col("citation"),
        "cfr_references": pl.col("cfr_references").map_elements(_cfr, pl.String),
        "docket_ids": pl.concat_str(*dockets, separator=";", ignore_nulls=True).replace("", None),
        "correction_of": pl.col("correction_of"),
        "url": pl.col("html_url"),
        "known_at": pl.min_horizontal(printed, pl.lit(release.retrieved)),
    }


def _joined(text: str) -> str | None:
    """A list of texts that came as JSON, joined with ;."""
    listed = _list(text)
    return text if listed is None else ";".join(map(str, listed)) or None


def _cfr(text: str) -> str | None:
    """A list of references that came as JSON, as title and part."""
    listed = _list(text)
    if listed is None:
        return text
    return ";".join(f"{each.get('title')} CFR {each.get('part')}" for each in listed if isinstance(each, dict)) or None


def _list(text: str) -> list[Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, list) else None
