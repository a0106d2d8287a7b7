"""UN Statistics Division: correlation tables between revisions of the Harmonized System, as workbooks; links, not conversions."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date
from typing import ClassVar

import fastexcel
import polars as pl

from pipelines.errors import InputError, Place, UsageError, explain
from pipelines.reading import LINE, TextTable, rejected_frame
from pipelines.schemas.tables.correlation import HsCorrelation
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
from pipelines.sources.tidying import admit, matches, no_repeat, one_of, shaped

FEED = "unsd_hs_correlation"
REVISIONS = {"HS2022": "H6", "HS2017": "H5", "HS2012": "H4", "HS2007": "H3", "HS2002": "H2"}
# The spelling of the names changes from pair to pair.
FILES = {
    "HS2022-HS2017": "HS2022toHS2017ConversionAndCorrelationTables.xlsx",
    "HS2017-HS2012": "HS2017toHS2012ConversionAndCorrelationTables.xlsx",
    "HS2012-HS2007": "HS%202012%20to%20HS%202007%20Correlation%20and%20conversion%20tables.xls",
    "HS2007-HS2002": "HS%202007%20to%20HS%202002%20Correlation%20and%20conversion%20tables.xls",
}
RELATIONSHIPS = ("1:1", "1:n", "n:1", "n:n")
COLUMNS = ("newer", "older", "relationship")
ZIP, OLE, END_OF_ZIP = b"PK", b"\xd0\xcf\x11\xe0", b"PK\x05\x06"
LARGEST = 100_000_000  # of all parts of a workbook, unpacked
HEADER_WITHIN = 5  # rows from the top in which the header line must be
BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError, NotImplementedError, KeyError)


class UnsdCorrelation(Source):
    """The sheet of correlations is read; the sheet of conversions is counted and left aside."""

    source_id: ClassVar[str] = "unsd"
    terms: ClassVar[Terms] = Terms(
        base_url="https://unstats.un.org/unsd/classifications/Econ/tables",
        licence_id="un_website",
        notice="Source: United Nations Statistics Division, HS correlation tables.",
        calls_per_second=0.2,
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed(
            FEED, "Links between six-digit codes of neighbouring HS revisions", date(2022, 1, 1), 0, 1, "N",
            divided_by="pair", divisions=tuple(FILES), table=HsCorrelation,
        ),
    )  # fmt: skip

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One question for each pair of revisions."""
        if division not in FILES:
            raise UsageError(f"unsd: found pair {division!r}; expected one of {', '.join(FILES)}")
        return [Ask(FEED, feed.first, feed.first).narrow(pair=division)]

    def request(self, ask: Ask) -> Request:
        """The workbook of the pair."""
        return Request(FILES[ask.get("pair")])

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """A workbook is a zip archive, an older one a compound file."""
        found = status_judgement(answer) or html_judgement(answer)
        if found is not None:
            return Judgement(Kind.WAIT, "an empty workbook") if found.kind is Kind.EMPTY else found
        if not answer.body.startswith((ZIP, OLE)):
            return Judgement(Kind.REFUSED, f"no workbook: {excerpt(answer.body)}")
        if answer.body.startswith(ZIP) and END_OF_ZIP not in answer.body[-66_000:]:
            return Judgement(Kind.WAIT, "a workbook that is not whole")
        return Judgement(Kind.DATA)

    def split(self, ask: Ask) -> list[Ask]:
        """A workbook cannot be made smaller."""
        return []

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """Every link of the sheet of correlations; codes get their leading zeros back."""
        sheets = _sheets(body, release.place)
        newer, older = ask.get("pair").split("-")
        text = _links(_correlations(sheets, release.place), (newer, older), release.place)
        rules = [
            matches("newer", r"^\d{6}$", f"a code of {newer} with six digits"),
            matches("older", r"^\d{6}$", f"a code of {older} with six digits"),
            one_of("relationship", RELATIONSHIPS),
            no_repeat("newer", "older"),
        ]
        admitted = admit(text, COLUMNS, rules, release.place)
        columns = {
            "newer_revision": pl.lit(REVISIONS[newer]),
            "older_revision": pl.lit(REVISIONS[older]),
            "newer_code": pl.col("newer"),
            "older_code": pl.col("older"),
            "relationship": pl.col("relationship"),
            "known_at": pl.lit(release.retrieved),
        }
        aside = sum(max(0, _filled(sheet).height - 1) for name, sheet in sheets.items() if "conversion" in name.lower())
        skipped = {"conversion, not used": aside} if aside else {}
        return admitted.parsed(shaped(admitted.good, release, HsCorrelation, columns), skipped=skipped)


def _sheets(body: bytes, place: Place) -> dict[str, pl.DataFrame]:
    """Every sheet as text without a header; raises InputError for a workbook that cannot be read."""
    try:
        if body.startswith(ZIP):
            _require_whole(body)
        book = fastexcel.read_excel(body)
        return {name: book.load_sheet(name, header_row=None, dtypes="string").to_polars() for name in book.sheet_names}
    except (*BROKEN, fastexcel.FastExcelError) as error:
        found = f"a workbook that cannot be read ({' '.join(str(error).split())[:120]})"
        raise InputError(explain(place, found, "a whole workbook", "fetch it again")) from error


def _require_whole(body: bytes) -> None:
    """Raises one of BROKEN when a part of the archive is damaged or far too large."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        if sum(each.file_size for each in archive.infolist()) > LARGEST:
            raise ValueError(f"more than {LARGEST} bytes unpacked")
        damaged = archive.testzip()
    if damaged is not None:
        raise ValueError(f"part {damaged} is damaged")


def _correlations(sheets: dict[str, pl.DataFrame], place: Place) -> pl.DataFrame:
    found = [name for name in sheets if "correlation" in name.lower()]
    if len(found) != 1:
        shown = f"the sheets {', '.join(sheets) or '(none)'}"
        raise InputError(explain(place, shown, "one sheet of correlations", "download the workbook again, or extend the parser"))
    return sheets[found[0]]


def _filled(sheet: pl.DataFrame) -> pl.DataFrame:
    """Rows with at least one cell, numbered as in the sheet from its first filled row on."""
    numbered = sheet.with_row_index(LINE, offset=1).with_columns(pl.col(LINE).cast(pl.Int64))
    return numbered.filter(pl.any_horizontal(pl.col(sheet.columns).str.strip_chars() != "")) if sheet.width else numbered


def _links(sheet: pl.DataFrame, pair: tuple[str, str], place: Place) -> TextTable:
    """The columns of the two revisions and their relationship, found by their names without blanks."""
    filled = _filled(sheet)
    wanted = dict(zip((*pair, "Relationship"), COLUMNS, strict=True))
    tops = [["".join((name or "").split()) for name in row[1:]] for row in filled.head(HEADER_WITHIN).iter_rows()]
    place_of = next((number for number, names in enumerate(tops) if all(names.count(name) == 1 for name in wanted)), None)
    if place_of is None:
        shown = f"a header with {', '.join(name for name in tops[0] if name) if tops else 'nothing'}"
        raise InputError(
            explain(place, shown, f"the columns {', '.join(wanted)}, each once", "download it again, or extend the parser")
        )
    named = {wanted[name]: filled.columns[1 + number] for number, name in enumerate(tops[place_of]) if name in wanted}
    rows = filled.slice(place_of + 1).select(
        LINE,
        _code(named["newer"]).alias("newer"),
        _code(named["older"]).alias("older"),
        pl.col(named["relationship"]).str.to_lowercase().str.replace_all(" ", "").str.replace("to", ":").alias("relationship"),
    )
    return TextTable(rows, rejected_frame([]), rows.height)


def _code(column: str) -> pl.Expr:
    """The code without its point (8542.31) and with the leading zero that a number lost (10121)."""
    cell = pl.col(column).str.strip_chars()
    joined = pl.when(cell.str.contains(r"^[0-9]{4}\.[0-9]{2}$")).then(cell.str.replace(".", "", literal=True)).otherwise(cell)
    return pl.when(joined.str.contains(r"^[0-9]{5}$")).then("0" + joined).otherwise(joined)
