"""SEC EDGAR: Nvidia's revenue by geography from the XBRL instance of each quarterly and annual filing."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from xml.etree.ElementTree import Element

import polars as pl

from pipelines.errors import InputError, Place, explain
from pipelines.reading import LINE, TextTable, rejected_frame
from pipelines.schemas.tables.tidy_context import SegmentRevenue
from pipelines.sources.bodies import json_body, xml_body
from pipelines.sources.contract import Answer, Ask, Feed, Judgement, Kind, Request, Source, Terms, excerpt, status_judgement
from pipelines.sources.parsed import Codes, Control, Parsed, Release
from pipelines.sources.tidying import Rule, admit, matches, money, no_repeat, number, one_of, set_aside, shaped

CIK = 1045810
FORMS = ("10-Q", "10-K", "10-Q/A", "10-K/A")
ACCESSION, FILE, FORM, FILED = "accession", "file", "form", "filed"
XBRLI, XBRLDI = "{http://www.xbrl.org/2003/instance}", "{http://xbrl.org/2006/xbrldi}"
US_GAAP = "http://fasb.org/us-gaap/"
AREAS = "srt:StatementGeographicalAxis"
REVENUES = ("Revenues", "RevenueFromContractWithCustomerExcludingAssessedTax")
COUNTRIES = {"US": "USA", "TW": "TWN", "SG": "SGP", "CN": "CHN", "HK": "HKG", "JP": "JPN", "KR": "KOR", "MY": "MYS"}
CHINA = "ChinaIncludingHongKongMember"
WHOLE = re.compile(r"-?[0-9]{1,17}$", re.ASCII)
CELLS = ("member", "start", "end", "value", "unit", "basis")
DAY = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
# Both rules of placing a sale were used over the years; the note of the filing says which.
BASES = {"customer_headquarters": "headquarter", "billing_location": "billing location"}


class SecFilings(Source):
    """List of filings, index of each, instance of each: geographic revenue is dimensional and in no other service of the SEC."""

    source_id: ClassVar[str] = "sec"
    terms: ClassVar[Terms] = Terms(
        base_url="https://www.sec.gov",
        licence_id="sec_filings",
        notice="Source: company filings, US Securities and Exchange Commission, EDGAR",
        key_help="The SEC asks every program for an e-mail address in the User-Agent and refuses it otherwise.",
        calls_per_second=8.0,
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed(
            "sec_nvidia_geography",
            "Nvidia revenue by geography",
            date(2023, 1, 1),
            0,
            1,
            "N",
            table=SegmentRevenue,
            needs_contact=True,
        ),
    )

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One question: the list of filings; the rest follows from it."""
        return [Ask(feed.dataset_id, feed.first, feed.first)]

    def request(self, ask: Ask) -> Request:
        """The list on the data host, then the index and the instance in the archive of filings."""
        folder = f"Archives/edgar/data/{CIK}/{ask.get(ACCESSION).replace('-', '')}"
        if ask.get(FILE):
            return Request(f"{folder}/{ask.get(FILE)}")
        if ask.get(ACCESSION):
            return Request(f"{folder}/index.json")
        return Request(f"submissions/CIK{CIK:010d}.json", base_url="https://data.sec.gov")

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """403 is a User-Agent without contact or a block of about ten minutes for speed; lists lead on, instances are data."""
        if answer.status == 403 and b"rate threshold" in answer.body.lower():
            return Judgement(Kind.WAIT, "blocked for asking too fast", 600)
        if answer.status == 403:
            return Judgement(Kind.KEY, f"the User-Agent was refused; set a contact e-mail: {excerpt(answer.body)}")
        found = status_judgement(answer)
        if found is not None:
            return found
        is_instance = bool(ask.get(FILE))
        if not answer.body.rstrip().endswith(b">" if is_instance else b"}"):
            return Judgement(Kind.WAIT, f"a body that is not whole: {excerpt(answer.body)}")
        if answer.body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
            return Judgement(Kind.WAIT, f"a web page instead of data: {excerpt(answer.body)}")
        return Judgement(Kind.DATA) if is_instance else self._judge_list(ask, answer.body)

    def _judge_list(self, ask: Ask, body: bytes) -> Judgement:
        """A list that names nothing is refused, so that a change of its layout is seen."""
        if self.follow(ask, body):
            return Judgement(Kind.LIST)
        return Judgement(Kind.REFUSED, f"a list without what it should name: {excerpt(body)}")

    def follow(self, ask: Ask, body: bytes) -> list[Ask]:
        """From the list of filings to their indexes, from an index to its instance."""
        if ask.get(FILE):
            return []
        try:
            whole = json_body(body, Place(self.source_id, ask.ask_id))
            return [ask.narrow(**{FILE: _instance(whole)})] if ask.get(ACCESSION) else _filings(ask, whole)
        except (InputError, KeyError, TypeError, AttributeError):
            return []

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """Revenue of each area and period whose context has the geographic axis and no other; totals are the control."""
        if not ask.get(FILE):
            raise InputError(explain(release.place, "a list of files", "an XBRL instance", "fetch the instance"))
        facts = _Instance(xml_body(body, release.place))
        table, skipped = facts.cells()
        if not table.rows.height and facts.n_further:
            found = f"{facts.n_further} geographic revenues, all with a further axis"
            raise InputError(explain(release.place, found, "contexts with the geographic axis alone", "extend the parser"))
        admitted = admit(table, CELLS, _rules(), release.place)
        rows = shaped(admitted.good, release, SegmentRevenue, _columns(ask, release))
        return admitted.parsed(rows, skipped=skipped, controls=facts.controls(rows))


class _Instance:
    """An XBRL instance: contexts by id, revenue facts with their axes."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.contexts = {context.get("id", ""): context for context in root.iter(f"{XBRLI}context")}
        self.units = {unit.get("id", ""): _text(unit.find(f"{XBRLI}measure")) for unit in root.iter(f"{XBRLI}unit")}
        self.facts = [fact for fact in root if _local(fact) in REVENUES and _namespace(fact).startswith(US_GAAP)]
        self.n_further = 0

    def cells(self) -> tuple[TextTable, dict[str, int]]:
        """Revenue facts of an area; those with a further axis, and those stated again, are skipped by name."""
        basis, rows, seen = self._basis(), [], set()
        for fact in self.facts:
            members = self._members(fact)
            if AREAS in members:
                unit = self.units.get(fact.get("unitRef", ""))
                cell = (members[AREAS], *self._period(fact), _text(fact), unit, basis)
                why = "further axis" if len(members) > 1 else "stated again" if cell in seen else None
                rows.append((*cell, why))
                seen |= {cell} if why is None else set()
        frame = pl.DataFrame(rows, schema=dict.fromkeys((*CELLS, "why"), pl.String), orient="row")
        self.n_further = frame.filter(pl.col("why") == "further axis").height
        frame = frame.with_row_index(LINE, offset=2).with_columns(pl.col(LINE).cast(pl.Int64))
        table = TextTable(frame, rejected_frame([]), frame.height)
        table, further = set_aside(table, "further axis", pl.col("why") == "further axis")
        table, again = set_aside(table, "stated again", pl.col("why") == "stated again")
        return TextTable(table.rows.drop("why"), table.rejected, table.n_read), {**further, **again}

    def controls(self, rows: pl.DataFrame) -> list[Control]:
        """For each period: the sum of the areas beside the revenue without any axis."""
        sums = {(str(start), str(end)): total for start, end, total in _sums(rows)}
        controls = []
        for fact in self.facts:
            period, value = self._period(fact), _text(fact) or ""
            if not self._members(fact) and period in sums and WHOLE.match(value):
                controls.append(Control(f"{period[0]} to {period[1]}", sums.pop(period), Decimal(value), Decimal(1_000_000)))
        return controls

    def _members(self, fact: Element) -> dict[str, str]:
        context = self.contexts.get(fact.get("contextRef", ""))
        axes = list(context.iter(f"{XBRLDI}explicitMember")) if context is not None else []
        typed = list(context.iter(f"{XBRLDI}typedMember")) if context is not None else []
        return {axis.get("dimension", "?"): (axis.text or "").strip() for axis in [*axes, *typed]}

    def _period(self, fact: Element) -> tuple[str | None, str | None]:
        context = self.contexts.get(fact.get("contextRef", ""))
        if context is None:
            return None, None
        return _text(next(context.iter(f"{XBRLI}startDate"), None)), _text(next(context.iter(f"{XBRLI}endDate"), None))

    def _basis(self) -> str:
        """What the notes say about placing a sale, where exactly one of the known wordings occurs."""
        notes = " ".join(text.lower() for element in self.root if (text := element.text) and "geograph" in text.lower())
        named = [basis for basis, words in BASES.items() if words in notes]
        return named[0] if len(named) == 1 else "not_recognised"


def _filings(ask: Ask, whole: Any) -> list[Ask]:
    recent = whole["filings"]["recent"]
    listed = zip(recent["accessionNumber"], recent["form"], recent["filingDate"], strict=False)
    return [
        ask.narrow(**{ACCESSION: accession, FORM: form, FILED: filed})
        for accession, form, filed in listed
        if form in FORMS and isinstance(filed, str) and filed >= ask.start.isoformat()
    ]


def _instance(whole: Any) -> str:
    names = [item["name"] for item in whole["directory"]["item"] if str(item["name"]).endswith("_htm.xml")]
    if len(names) != 1 or "/" in names[0]:
        raise KeyError("instance")
    return str(names[0])


def _rules() -> list[Rule]:
    return [
        matches("member", r"^[A-Za-z-]{1,40}:\S{1,200}$", "a member with its prefix"),
        _real_day("start"),
        _real_day("end"),
        Rule("end", pl.col("start") < pl.col("end"), "an end after the start"),
        number("value"),
        one_of("unit", ["iso4217:USD"]),
        no_repeat("member", "start", "end"),
    ]


def _real_day(column: str) -> Rule:
    holds = pl.col(column).str.contains(DAY) & pl.col(column).str.to_date("%Y-%m-%d", strict=False).is_not_null()
    return Rule(column, holds, "a day as YYYY-MM-DD")


def _columns(ask: Ask, release: Release) -> dict[str, pl.Expr]:
    filed = date.fromisoformat(ask.get(FILED, f"{release.retrieved}"))
    local = pl.col("member").str.split(":").list.last()
    country = pl.when(pl.col("member").str.starts_with("country:")).then(local.replace_strict(COUNTRIES, default=None))
    return {
        "company": pl.lit("NVIDIA CORP"),
        "accession": pl.lit(ask.get(ACCESSION)),
        "form": pl.lit(ask.get(FORM)),
        "filed_on": pl.lit(filed),
        "segment_member": pl.col("member"),
        "segment_iso3": pl.when(local == CHINA).then(pl.lit("CHN")).otherwise(country),
        "segment_basis": pl.col("basis"),
        "period_start": pl.col("start").str.to_date("%Y-%m-%d"),
        "period_end": pl.col("end").str.to_date("%Y-%m-%d"),
        "revenue_usd": money("value"),
        "known_at": pl.lit(min(filed, release.retrieved)),
    }


def _sums(rows: pl.DataFrame) -> list[tuple[date, date, Decimal]]:
    return rows.group_by("period_start", "period_end", maintain_order=True).agg(pl.col("revenue_usd").sum()).rows()


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _namespace(element: Element) -> str:
    return str(element.tag).partition("}")[0].removeprefix("{")


def _text(element: Element | None) -> str | None:
    return None if element is None else (element.text or "").strip() or None
