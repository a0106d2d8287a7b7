"""CEPII BACI: one reconciled value for each exporter, importer, six-digit code and year; an archive per revision and release."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import ClassVar

import polars as pl

from pipelines.errors import UsageError
from pipelines.reading import TextTable
from pipelines.schemas.tables.baci import BaciFlow
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
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import (
    Rule,
    admit,
    amount,
    known_country,
    matches,
    money,
    no_repeat,
    not_negative,
    or_empty,
    shaped,
    sort_out,
    translate,
    year_period,
)

FEED = "baci_flow"
# SHA-256 of archives that another project looked at and pinned: HS12 of V202601, 1,267,950,839 bytes.
PINNED = ("2dd0dd6174f11e9fc33b9bacf001d50c1913dbfeed9cba30876a1668b2b75bf9",)
# Revision of an archive: its code in this project, and its first year.
REVISIONS = {"HS22": ("H6", 2022), "HS17": ("H5", 2017), "HS12": ("H4", 2012)}
COLUMNS = ("t", "i", "j", "k", "v", "q")
CELL = ("t", "i", "j", "k")
MEMBERS = r"BACI_HS\d{2}_Y\d{4}_V\d{6}\.csv"
SPECIAL = "9999AA"
TAIWAN = "490"
END_OF_ZIP = b"PK\x05\x06"
EXPONENT = r"^[0-9](\.[0-9]+)?[eE][+-]?[0-9]{1,2}$"


class CepiiBaci(Source):
    """A release recomputes every year, so releases are never mixed: each is one vintage of the whole history."""

    source_id: ClassVar[str] = "baci"
    terms: ClassVar[Terms] = Terms(
        base_url="https://www.cepii.fr/DATA_DOWNLOAD/baci/data",
        licence_id="etalab-2.0",
        notice="Source: CEPII, BACI, Etalab Open Licence 2.0; changed: followed codes only, whole US dollars.",
        calls_per_second=0.2,
        codes="comtrade",
    )
    # The period of a question is the January of a release, not a year of trade; it is asked for from February on.
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed(
            FEED, "Reconciled trade by exporter, importer and six-digit code, whole releases", date(2025, 1, 1), -334, 1, "A",
            divided_by="revision", divisions=tuple(REVISIONS), table=BaciFlow, pinned=PINNED, is_bulk=True, bulk_together=CELL,
            bulk_members=MEMBERS,
        ),
    )  # fmt: skip

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One question for each release: the archive of one revision."""
        if division not in REVISIONS:
            raise UsageError(f"baci: found revision {division!r}; expected one of {', '.join(REVISIONS)}")
        releases = sorted({date(day.year, 1, 1) for day in periods})
        return [Ask(FEED, release, release).narrow(revision=division) for release in releases]

    def request(self, ask: Ask) -> Request:
        """The archive of a revision and release."""
        return Request(f"BACI_{ask.get('revision')}_{release_name(ask)}.zip")

    def is_final(self, ask: Ask) -> bool:
        """A file name holds its release; a corrected release has another name."""
        return True

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """An archive begins with PK and, where all of it was given, ends with its directory."""
        if answer.status == 404:
            return Judgement(Kind.NOT_YET, f"no release {release_name(ask)} of {ask.get('revision')}")
        found = status_judgement(answer) or html_judgement(answer)
        if found is not None:
            return Judgement(Kind.NOT_YET, "no archive") if found.kind is Kind.EMPTY else found
        if not answer.body.startswith(b"PK"):
            return Judgement(Kind.REFUSED, f"no zip archive: {excerpt(answer.body)}")
        is_all = answer.headers.get("content-length") == str(len(answer.body))
        if is_all and END_OF_ZIP not in answer.body[-66_000:]:
            return Judgement(Kind.WAIT, "a zip archive that is not whole")
        return Judgement(Kind.DATA, stamp=release_name(ask))

    def split(self, ask: Ask) -> list[Ask]:
        """An archive cannot be made smaller."""
        return []

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """Never called: the archive is read in batches, see `bulk_text`."""
        raise NotImplementedError(f"baci: {release.file_name} is read in batches ({len(body)} bytes, {ask.ask_id}, {codes})")

    def bulk_text(self, ask: Ask, text: TextTable, release: Release, codes: Codes) -> Parsed:
        """One batch of one year: followed headings only, thousand dollars become dollars."""
        text, skipped = sort_out(_trimmed(text), _outside(), COLUMNS)
        countries = Codes({code: iso3 for code, iso3 in codes.iso3.items() if iso3 not in ("WLD", "EUU")})
        admitted = admit(_plain(text), COLUMNS, _rules(ask, countries), release.place, more=True)
        rows = shaped(admitted.good, release, BaciFlow, _columns(ask, release, countries))
        return admitted.parsed(rows, skipped=skipped)


def release_name(ask: Ask) -> str:
    """Name of a release, for example V202601."""
    return f"V{ask.start:%Y%m}"


def _trimmed(text: TextTable) -> TextTable:
    """Cells without the blanks and quotes around them; NA is nothing."""
    here = [pl.col(name).str.strip_chars(' "').replace(["", "NA"], None) for name in COLUMNS if name in text.rows.columns]
    return TextTable(text.rows.with_columns(here), text.rejected, text.n_read, text.remarks)


def _outside() -> dict[str, pl.Expr]:
    """What is left aside by name; a code of five digits lost the zero of chapters 01 to 09, none of which is followed."""
    code = pl.col("k")
    is_followed = (code.str.len_chars() == 6) & code.str.slice(0, 4).is_in(list(HEADINGS))
    return {
        f"special code {SPECIAL}": code == SPECIAL,
        "heading that is not followed": code.str.contains(r"^[0-9]{5,6}$") & ~is_followed,
    }


def _plain(text: TextTable) -> TextTable:
    """Amounts that are written with an exponent, as plain decimals."""
    if not {"v", "q"} <= set(text.rows.columns):
        return text
    cells = [
        pl.when(pl.col(name).str.contains(EXPONENT))
        .then(pl.col(name).cast(pl.Float64, strict=False).round(6).cast(pl.Decimal(38, 6), strict=False).cast(pl.String))
        .otherwise(pl.col(name))
        .alias(name)
        for name in ("v", "q")
    ]
    return TextTable(text.rows.with_columns(cells), text.rejected, text.n_read, text.remarks)


def _rules(ask: Ask, countries: Codes) -> list[Rule]:
    first, last = REVISIONS[ask.get("revision")][1], ask.start.year - 1
    year = pl.col("t").cast(pl.Int32, strict=False)
    return [
        matches("t", r"^\d{4}$", "a year"),
        Rule("t", year.is_between(first, last), f"a year from {first} to {last}"),
        known_country("i", countries),
        known_country("j", countries),
        matches("k", r"^\d{6}$", "a code of six digits"),
        not_negative("v"),
        or_empty(not_negative("q")),
        no_repeat(*CELL),
    ]


def _columns(ask: Ask, release: Release, countries: Codes) -> dict[str, pl.Expr]:
    year = year_period(pl.col("t").cast(pl.Int32))
    published = date(ask.start.year, ask.start.month, monthrange(ask.start.year, ask.start.month)[1])
    return {
        "exporter_iso3": translate("i", countries.iso3),
        "importer_iso3": translate("j", countries.iso3),
        "hs_revision": pl.lit(REVISIONS[ask.get("revision")][0]),
        "product_code": pl.col("k"),
        "period_start": year["period_start"],
        "period_end": year["period_end"],
        "value_usd": money("v", 1000),
        "quantity_tonnes": amount("q"),
        "is_taiwan_proxy": (pl.col("i") == TAIWAN) | (pl.col("j") == TAIWAN),
        "release_name": pl.lit(release_name(ask)),
        "known_at": pl.lit(min(published, release.retrieved)),
    }
