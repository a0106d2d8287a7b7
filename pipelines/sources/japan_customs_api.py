"""Japan Ministry of Finance on e-Stat: section files of the year so far, nine-digit lines by country, thousand yen."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape
from typing import ClassVar

import polars as pl

from pipelines.errors import InputError, explain
from pipelines.reading import LINE, TextTable, read_delimited
from pipelines.sources.contract import (
    HEADINGS,
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
from pipelines.sources.parsed import Codes, Control, Parsed, Release
from pipelines.sources.tidying import (
    SIGNED,
    WIDE,
    Rule,
    admit,
    amount,
    known_country,
    matches,
    money,
    month_period,
    no_repeat,
    not_negative,
    number,
    one_of,
    status_by_open_year,
    tidy,
    translate,
    unpivot,
)

EXPORTS, IMPORTS = "jpmof_exports_hs9", "jpmof_imports_hs9"
DIRECTION = {EXPORTS: "1", IMPORTS: "2"}
TABLE = {EXPORTS: "000001013181", IMPORTS: "000001013182"}
CHAPTERS = ("84", "85")
FLOW, YEAR, PRODUCT, PARTNER, UNIT1, UNIT2 = "Exp or Imp", "Year", "HS", "Country", "Unit1", "Unit2"
LABELS = (FLOW, YEAR, PRODUCT, PARTNER, UNIT1, UNIT2)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SPELLED = {"Apl": "Apr"}  # as some years spell it
MEASURES = ("Value", "Quantity1", "Quantity2")
YEAR_TOTAL = "Value-Year"
MONTH = "_month"
KILOGRAMS = {"KG": 1, "MT": 1000}
OTHER_HEADING, NOT_OUT = "line of a heading that is not followed", "month after the last published one"
FILE_LINK = re.compile(r"file-download\?statInfId=(\d+)&(?:amp;)?fileKind=1")
CHAPTER = re.compile(r"(?:(\d{2})(?:\s*-\s*(\d{2}))?\s*類)|(?:Chapter\s+(\d{2})(?:\s*-\s*(\d{2}))?)", re.IGNORECASE)


class JapanCustomsApi(Source):
    """Two steps: the list of a year names the files, each file holds all months so far; the year column is the control total."""

    source_id: ClassVar[str] = "jpmof"
    terms: ClassVar[Terms] = Terms(
        base_url="https://www.e-stat.go.jp/stat-search",
        licence_id="jp_standard_terms_2",
        notice="Source: Trade Statistics of Japan, Ministry of Finance (e-Stat); edited by this project.",
        calls_per_second=0.5,
        codes="japan",
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed(EXPORTS, "Exports by nine-digit line and country, FOB", date(2012, 1, 1), 45, 24),
        Feed(IMPORTS, "Imports by nine-digit line and country, CIF", date(2012, 1, 1), 45, 24),
    )

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One list for each year: its files are cumulative within the year."""
        years = sorted({month.year for month in periods})
        return [Ask(feed.dataset_id, date(year, 1, 1), date(year, 12, 1)) for year in years]

    def request(self, ask: Ask) -> Request:
        """The list of a year, or one of its files."""
        if ask.get("file"):
            return Request("file-download", (("statInfId", ask.get("file")), ("fileKind", "1")))
        named = (("toukei", "00350300"), ("tstat", "000001013141"), ("cycle", "1"), ("tclass1", "000001013180"))
        table = (("tclass2", TABLE[ask.dataset_id]), ("tclass3val", "0"), ("year", f"{ask.start.year}0"))
        return Request("files", (("page", "1"), ("layout", "datalist"), *named, *table))

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """A list is a page that names files; a file is text under a header with the column Exp or Imp."""
        found = status_judgement(answer)
        if found is not None:
            return Judgement(Kind.NOT_YET, found.why) if found.kind is Kind.EMPTY else found
        if ask.get("file"):
            is_section = FLOW.encode() in answer.body.lstrip().split(b"\n", 1)[0]
            refused = Judgement(Kind.REFUSED, f"not a section file: {excerpt(answer.body)}")
            return html_judgement(answer) or (Judgement(Kind.DATA) if is_section else refused)
        return _judged_list(answer)

    def follow(self, ask: Ask, body: bytes) -> list[Ask]:
        """The files of the chapters of interest; a new release has a new number, and so is a new question."""
        return [ask.narrow(file=number, chapters=chapters) for number, chapters in _files(body)]

    def split(self, ask: Ask) -> list[Ask]:
        """A file cannot be had in parts."""
        return []

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """One row for each line, country and month that is out; zero stays; yen are not converted here."""
        text = _named(read_delimited(body, release.place), release)
        published = _last_month(text.rows)
        followed = pl.col(PRODUCT).str.slice(0, 4).is_in(HEADINGS) | ~pl.col(PRODUCT).str.contains(r"^[0-9]{9}$")
        kept = replace(text, rows=text.rows.filter(followed.fill_null(True)))
        parts = {name: {measure: f"{measure}-{name}" for measure in MEASURES} for name in MONTHS}
        long = unpivot(kept, parts, MONTH)
        in_time = pl.col(MONTH).is_in(MONTHS[:published])
        out = replace(long, rows=long.rows.filter(in_time), n_read=long.rows.filter(in_time).height + long.rejected.height)
        skipped = {
            OTHER_HEADING: len(MONTHS) * (text.rows.height - kept.rows.height),
            NOT_OUT: long.rows.height - out.rows.height,
        }
        admitted = admit(out, (*LABELS, YEAR_TOTAL, *MEASURES), _rules(ask, codes), release.place)
        rows = tidy(admitted.good, release, _columns(ask, release, codes))
        left = {name: count for name, count in skipped.items() if count}
        return admitted.parsed(rows, skipped=left, controls=_controls(admitted.good))


def _judged_list(answer: Answer) -> Judgement:
    files = _files(answer.body)
    if files:
        return Judgement(Kind.LIST, f"{len(files)} files")
    if FILE_LINK.search(answer.body.decode("utf-8", errors="replace")):
        return Judgement(Kind.REFUSED, "the list names files, but none of chapters 84 and 85; its layout may have changed")
    if b"stat-search" in answer.body:
        return Judgement(Kind.NOT_YET, "the list of the year names no files")
    return html_judgement(answer) or Judgement(Kind.REFUSED, f"not a list of files: {excerpt(answer.body)}")


def _files(body: bytes) -> list[tuple[str, str]]:
    """Numbers and chapters of the files that hold a chapter of interest, each once, by the text before their link."""
    page = body.decode("utf-8", errors="replace")
    found: dict[str, str] = {}
    before = 0
    for link in FILE_LINK.finditer(page):
        text = " ".join(unescape(re.sub(r"<[^>]*>", " ", page[before : link.start()])).split())
        chapters = list(CHAPTER.finditer(text))
        if chapters:
            first, last, *english = chapters[-1].groups()
            first, last = (first, last) if first else (english[0], english[1])
            if any(first <= chapter <= (last or first) for chapter in CHAPTERS):
                found[link.group(1)] = first if not last else f"{first}-{last}"
        before = link.end()
    return list(found.items())


def _named(text: TextTable, release: Release) -> TextTable:
    """Columns by their usual names, codes without apostrophes and blanks; raises InputError when one is missing."""
    spelled = {name: "-".join(SPELLED.get(part, part) for part in name.split("-")) for name in text.rows.columns}
    wanted = [*LABELS, YEAR_TOTAL, *(f"{measure}-{name}" for name in MONTHS for measure in MEASURES)]
    missing = [name for name in wanted if name not in spelled.values()]
    if missing:
        found = f"a header without {', '.join(missing[:4])}"
        raise InputError(explain(release.place, found, "the columns of a section file", "fetch it again, or extend the parser"))
    names = {name: usual for name, usual in spelled.items() if usual in wanted}
    if len(set(names.values())) < len(names):
        raise InputError(explain(release.place, "a month that occurs twice", "one column of each name", "fetch it again"))
    rows = text.rows.select(LINE, *names).rename(names)
    plain = [pl.col(name).str.strip_chars(" '").replace("", None) for name in LABELS]
    return replace(text, rows=rows.with_columns(plain))


def _last_month(rows: pl.DataFrame) -> int:
    """Number of the last month in which anything moved: months that are not out are filled with zeros, not left empty."""
    moved = [
        rows.filter(pl.col(f"{measure}-{name}").str.contains(r"^-?[0-9.]*[1-9][0-9.]*$").fill_null(False)).height > 0
        for name in MONTHS
        for measure in MEASURES
    ]
    by_month = [any(moved[start : start + len(MEASURES)]) for start in range(0, len(moved), len(MEASURES))]
    return max((number for number, has_moved in enumerate(by_month, start=1) if has_moved), default=0)


def _controls(good: pl.DataFrame) -> list[Control]:
    """Months added up beside the year column: all lines together, and each line that differs. Thousand yen."""
    lines = good.group_by(PRODUCT, PARTNER, maintain_order=True).agg(
        pl.col("Value").cast(WIDE).sum().alias("detail"), pl.col(YEAR_TOTAL).first().cast(WIDE).alias("published")
    )
    each = [Control(f"{row[0]} {row[1]} thousand yen", row[2], row[3]) for row in lines.iter_rows()]
    if not each:
        return []
    both = (sum((getattr(control, side) for control in each), Decimal(0)) for side in ("detail", "published"))
    return [Control("year so far, thousand yen", *both), *(control for control in each if not control.agrees)]


def _rules(ask: Ask, codes: Codes) -> list[Rule]:
    return [
        one_of(FLOW, [DIRECTION[ask.dataset_id]]),
        one_of(YEAR, [str(ask.start.year)]),
        matches(PRODUCT, r"^\d{9}$", "a code of 9 digits"),
        known_country(PARTNER, codes),
        number("Value"),
        not_negative("Quantity1"),
        not_negative("Quantity2"),
        matches(YEAR_TOTAL, SIGNED, "a number with at most 14 digits before the point"),
        no_repeat(FLOW, YEAR, PRODUCT, PARTNER, MONTH),
    ]


def _columns(ask: Ask, release: Release, codes: Codes) -> dict[str, pl.Expr]:
    is_export = ask.dataset_id == EXPORTS
    period = month_period(pl.date(pl.col(YEAR).cast(pl.Int32), _month_number(), 1))
    unit, quantity = _quantity()
    weight = _weight()
    return period | {
        "reporter_iso3": pl.lit("JPN"),
        "partner_iso3": translate(PARTNER, codes.iso3),
        "flow": pl.lit("X" if is_export else "M"),
        "trade_basis": pl.lit("total_exports" if is_export else "imports"),
        "classification": pl.lit("JPHS9"),
        "product_code": pl.col(PRODUCT),
        "period_status": status_by_open_year(period["period_end"], release),
        "value_local": money("Value", factor=1000),
        "currency": pl.lit("JPY"),
        "value_basis": pl.lit("FOB" if is_export else "CIF"),
        "quantity": quantity,
        "quantity_unit": unit,
        "is_quantity_estimated": pl.when(unit.is_not_null()).then(pl.lit(False)),
        "net_kg": weight,
        "is_weight_estimated": pl.when(weight.is_not_null()).then(pl.lit(False)),
        "absence_reason": pl.lit("not_converted"),
    }


def _month_number() -> pl.Expr:
    numbers = {name: number for number, name in enumerate(MONTHS, start=1)}
    return pl.col(MONTH).replace_strict(numbers, return_dtype=pl.Int32)


def _quantity() -> tuple[pl.Expr, pl.Expr]:
    """Unit and quantity of the first column that is not a weight; the unit as the publisher names it."""
    is_count = [pl.col(unit).is_not_null() & ~pl.col(unit).is_in(list(KILOGRAMS)) for unit in (UNIT1, UNIT2)]
    unit = pl.when(is_count[0]).then(pl.col(UNIT1)).when(is_count[1]).then(pl.col(UNIT2))
    return unit, pl.when(is_count[0]).then(amount("Quantity1")).when(is_count[1]).then(amount("Quantity2"))


def _weight() -> pl.Expr:
    """Kilograms of the first column that is a weight."""
    named = {unit: f"Quantity{number}" for number, unit in enumerate((UNIT1, UNIT2), start=1)}
    chosen = [
        pl.when(pl.col(column) == unit).then((pl.col(named[column]).cast(WIDE) * factor).round(6))
        for column in named
        for unit, factor in KILOGRAMS.items()
    ]
    return pl.coalesce(chosen)
