"""Eurostat Comext: EU trade with countries by HS and CN code, euro, from the SDMX service and from the bulk archives."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar

import polars as pl

from pipelines.errors import UsageError
from pipelines.reading import LINE, TextTable, read_delimited
from pipelines.sources.contract import (
    Answer,
    Ask,
    Feed,
    Judgement,
    Kind,
    Request,
    Source,
    Terms,
    by_month,
    excerpt,
    halves,
    html_judgement,
    status_judgement,
)
from pipelines.sources.parsed import Codes, Control, Parsed, Release
from pipelines.sources.tidying import (
    Admitted,
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
    or_empty,
    sort_out,
    tidy,
    translate,
)

API, BULK = "estat_comext_api", "estat_comext_bulk"
HEADINGS = ("8471", "8473", "8486", "8523", "8541", "8542")
# Subheadings since 2002; a code that was not in force in a month gives no rows.
ENDINGS = {
    "8471": "30 41 49 50 60 70 80 90", "8473": "10 21 29 30 40 50", "8486": "10 20 30 40 90", "8523": "21 29 41 49 51 52 59 80",
    "8541": "10 21 29 30 40 41 42 43 49 50 51 59 60 90", "8542": "31 32 33 39 90",
}  # fmt: skip
SUBHEADINGS = tuple(heading + ending for heading, endings in ENDINGS.items() for ending in endings.split())
MEMBERS = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL",
    "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
EU, INTRA, EXTRA, WORLD = "EU27_2020", "INT_EU27_2020", "EXT_EU27_2020", "WORLD"
# Northern Ireland counts with the EU for goods; QV is intra-EU trade whose member state is not named.
INSIDE = (*MEMBERS, "XI", "QV")
VALUE, WEIGHT, PIECES = "VALUE_IN_EUROS", "QUANTITY_IN_100KG", "SUPPLEMENTARY_QUANTITY"
API_COLUMNS = ("LAST UPDATE", "freq", "reporter", "partner", "product", "flow", "indicators", "TIME_PERIOD", "OBS_VALUE")
CELL = ("reporter", "partner", "product", "flow", "TIME_PERIOD")
BULK_COLUMNS = (
    "REPORTER", "PARTNER", "PRODUCT_NC", "FLOW", "STAT_PROCEDURE", "SUPPL_UNIT", "PERIOD", "VALUE_EUR", "QUANTITY_KG",
    "QUANTITY_SUPPL_UNIT",
)  # fmt: skip
BULK_CELL = ("REPORTER", "PARTNER", "PRODUCT_NC", "FLOW", "PERIOD")
FLOWS = {"1": "M", "2": "X"}
ROUNDING = Decimal(1)  # euro, for each total
STAMP = re.compile(rb"\b(\d{2}/\d{2}/\d{2} \d{2}:\d{2}:\d{2})\b")
ASYNCHRONOUS = re.compile(rb"ASYNCHRONOUS|SUBMITTED|<[\w:]*queued>|/async/|will be available", re.IGNORECASE)
SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"


class EurostatComext(Source):
    """World, intra-EU and extra-EU stand beside the countries: they are control totals, and World stays as World."""

    source_id: ClassVar[str] = "estat"
    terms: ClassVar[Terms] = Terms(
        base_url="https://ec.europa.eu/eurostat/api",
        licence_id="eurostat_reuse",
        notice="Source: Eurostat, Comext; changes were made (followed codes only, kilograms).",
        calls_per_second=1.0,
        codes="eurostat",
    )
    feeds: ClassVar[tuple[Feed, ...]] = (
        Feed(
            API, "EU trade by partner, headings and subheadings, EUR", date(2002, 1, 1), 70, 24,
            divided_by="reporter", divisions=(EU, *MEMBERS),
        ),
        Feed(
            BULK, "EU trade by partner, eight digits, whole months, EUR", date(2002, 1, 1), 70, 24,
            is_bulk=True, bulk_together=BULK_CELL,
        ),
    )  # fmt: skip

    def asks(self, feed: Feed, periods: Sequence[date], division: str = "") -> list[Ask]:
        """One question a month, of the service for each reporter."""
        months = sorted({date(day.year, day.month, 1) for day in periods})
        if feed.is_bulk:
            return [Ask(BULK, month, month) for month in months]
        if division not in (EU, *MEMBERS):
            raise UsageError(f"estat: found reporter {division!r}; expected one of {', '.join((EU, *MEMBERS))}")
        codes = ",".join((*HEADINGS, *SUBHEADINGS))
        return [Ask(API, month, month).narrow(reporter=division, codes=codes) for month in months]

    def request(self, ask: Ask) -> Request:
        """Time and product are always bounded: the service counts cells as the product of all positions."""
        if ask.dataset_id == BULK:
            name = f"comext/COMEXT_DATA/PRODUCTS/full_v2_{ask.start:%Y%m}.7z"
            return Request("dissemination/files", (("file", name),))
        products, flows = (ask.get(name).replace(",", "+") for name in ("codes", "flows"))
        key = f"M.{ask.get('reporter')}..{products}.{flows or '1+2'}.{VALUE}+{WEIGHT}+{PIECES}"
        span = (("startPeriod", f"{ask.start:%Y-%m}"), ("endPeriod", f"{ask.end:%Y-%m}"))
        path = f"comext/dissemination/sdmx/2.1/data/DS-045409/{key}"
        return Request(path, (("format", "SDMX-CSV"), *span, ("compressed", "false")))

    def judge(self, ask: Ask, answer: Answer) -> Judgement:
        """Too large a question is refused with 413 (or 404 with the text), or answered later: both are split."""
        if b"EXTRACTION_TOO_BIG" in answer.body[:4000] or answer.status in (413, 414):
            return Judgement(Kind.SPLIT, f"HTTP {answer.status}: {excerpt(answer.body)}")
        if ask.dataset_id == BULK:
            return _judged_archive(answer)
        is_data = answer.body.lstrip(b"\xef\xbb\xbf").startswith(b"DATAFLOW") or b"OBS_VALUE" in answer.body[:400]
        if answer.status in (200, 202) and not is_data and ASYNCHRONOUS.search(answer.body[:4000]):
            return Judgement(Kind.SPLIT, f"an answer for later: {excerpt(answer.body)}")
        found = status_judgement(answer) or html_judgement(answer)
        if found is not None:
            return Judgement(Kind.NOT_YET, "no rows") if found.kind is Kind.EMPTY else found
        return _judged_text(answer, is_data=is_data)

    def split(self, ask: Ask) -> list[Ask]:
        """By month, then by code, then by flow; a bulk archive cannot be made smaller."""
        if ask.dataset_id == BULK:
            return []
        flows = [ask.narrow(flows=flow) for flow in FLOWS] if not ask.get("flows") else []
        return by_month(ask) or halves(ask, "codes") or flows

    def canonical(self, body: bytes) -> bytes:
        """Without the stamp of the last update, which moves for all rows when one changes."""
        return STAMP.sub(b"", body)

    def parse(self, ask: Ask, body: bytes, release: Release, codes: Codes) -> Parsed:
        """One row for each cell, its quantities beside its value; 100 kg become kilograms."""
        text = read_delimited(body, release.place)
        admitted = admit(text, API_COLUMNS, _api_rules(ask, codes), release.place, more=True)
        cells = _cells(admitted.good)
        is_group = pl.col("partner").is_in([INTRA, EXTRA])
        kept = cells.filter(~is_group)
        skipped = {
            "quantity beside its value": admitted.good.height - cells.height,
            "group of partners": cells.height - kept.height,
        }
        shared = _shared(codes, kept["partner"].unique(maintain_order=True))
        rows = tidy(kept, release, _api_columns(release, codes, shared))
        return _parsed(rows, text.n_read, admitted, skipped, _identities(cells))

    def bulk_text(self, ask: Ask, text: TextTable, release: Release, codes: Codes) -> Parsed:
        """One batch of an archive: followed codes only; procedures are added up, and masked codes are counted and set aside."""
        text, skipped = sort_out(text, _outside(), BULK_COLUMNS)
        admitted = admit(text, BULK_COLUMNS, _bulk_rules(ask, codes), release.place, more=True)
        cells = _over_procedures(admitted.good)
        skipped |= {"added to another procedure": admitted.good.height - cells.height}
        rows = tidy(cells, release, _bulk_columns(release, codes))
        return _parsed(rows, text.n_read + sum(skipped.values()) - skipped["added to another procedure"], admitted, skipped, [])


def _parsed(rows: pl.DataFrame, n_read: int, admitted: Admitted, skipped: Mapping[str, int], controls: list[Control]) -> Parsed:
    return Parsed(rows, n_read, admitted.quarantined, {k: n for k, n in skipped.items() if n}, tuple(controls))


def _judged_archive(answer: Answer) -> Judgement:
    if answer.status == 404:
        return Judgement(Kind.NOT_YET, "no archive of this month")
    found = status_judgement(answer) or html_judgement(answer)
    if found is not None:
        return Judgement(Kind.NOT_YET, "no archive") if found.kind is Kind.EMPTY else found
    if not answer.body.startswith(SEVEN_ZIP):
        return Judgement(Kind.REFUSED, f"no 7z archive: {excerpt(answer.body)}")
    return Judgement(Kind.DATA, stamp=answer.headers.get("last-modified", ""))


def _judged_text(answer: Answer, *, is_data: bool) -> Judgement:
    if not is_data:
        return Judgement(Kind.REFUSED, f"no SDMX-CSV: {excerpt(answer.body)}")
    if not answer.body.endswith(b"\n"):
        return Judgement(Kind.WAIT, "a body that is not whole")
    stamp = STAMP.search(answer.body[:4000])
    if answer.body.strip().count(b"\n") == 0:
        return Judgement(Kind.NOT_YET, "no rows for the month")
    return Judgement(Kind.DATA, stamp=stamp.group(1).decode() if stamp else "")


def _api_rules(ask: Ask, codes: Codes) -> list[Rule]:
    months = [f"{month.start:%Y-%m}" for month in (by_month(ask) or [ask])]
    groups = Codes({**codes.iso3, INTRA: "", EXTRA: ""})
    return [
        one_of("freq", ["M"]),
        one_of("reporter", [ask.get("reporter")]),
        known_country("reporter", codes),
        known_country("partner", groups),
        matches("product", rf"^({'|'.join(HEADINGS)})(\d{{2}}|\d{{4}})?$", "a followed code of 4, 6 or 8 digits"),
        one_of("flow", list(FLOWS)),
        one_of("indicators", [VALUE, WEIGHT, PIECES]),
        one_of("TIME_PERIOD", months),
        or_empty(number("OBS_VALUE")),
        Rule("OBS_VALUE", _sign_holds(), "a quantity that is not negative"),
        no_repeat(*CELL, "indicators"),
    ]


def _sign_holds() -> pl.Expr:
    found = pl.col("OBS_VALUE")
    return found.is_null() | (pl.col("indicators") == VALUE) | ~found.str.starts_with("-")


def _cells(good: pl.DataFrame) -> pl.DataFrame:
    """Value, weight and pieces of each cell in one row, at the line of the first of them."""
    each = [pl.col("OBS_VALUE").filter(pl.col("indicators") == name).first().alias(name) for name in (VALUE, WEIGHT, PIECES)]
    return good.group_by(CELL, maintain_order=True).agg(pl.col(LINE).min(), *each)


def _identities(cells: pl.DataFrame) -> list[Control]:
    """Intra = members and QV; extra = all others; World = intra and extra: over all lines, and for each line that differs."""
    detail = ~pl.col("partner").is_in([INTRA, EXTRA, WORLD])
    inside = pl.col("partner").is_in(INSIDE)
    euros = pl.col(VALUE).cast(pl.Decimal(38, 3))
    sides = {
        "intra-EU": (detail & inside, pl.col("partner") == INTRA),
        "extra-EU": (detail & ~inside, pl.col("partner") == EXTRA),
        "World": (pl.col("partner").is_in([INTRA, EXTRA]), pl.col("partner") == WORLD),
    }
    controls = []
    for name, (parts, whole) in sides.items():
        by = cells.group_by("reporter", "flow", "TIME_PERIOD", "product", maintain_order=True)
        sums = by.agg(detail=euros.filter(parts).sum(), published=euros.filter(whole).sum(), told=whole.any()).filter("told")
        each = [Control(f"{name} {' '.join(row[:4])}", row[4], row[5], ROUNDING) for row in sums.iter_rows()]
        controls += _summed(name, each) + [control for control in each if not control.agrees]
    return controls


def _summed(name: str, each: list[Control]) -> list[Control]:
    if not each:
        return []
    parts = [(control.detail, control.published, control.tolerance) for control in each]
    detail, published, tolerance = (sum(numbers, Decimal(0)) for numbers in zip(*parts, strict=True))
    return [Control(name, detail, published, tolerance)]


def _api_columns(release: Release, codes: Codes, shared: Sequence[str]) -> dict[str, pl.Expr]:
    kg = (pl.col(WEIGHT).cast(pl.Decimal(38, 9)) * 100).round(6)
    period = month_period(pl.col("TIME_PERIOD").str.to_date("%Y-%m"))
    return _columns(release, codes, (period, CELL), shared) | {
        "value_local": money(VALUE),
        "absence_reason": _absence(pl.col(VALUE)),
        "quantity": amount(PIECES),
        "quantity_unit": pl.when(pl.col(PIECES).is_not_null()).then(pl.lit("supplementary unit")),
        "is_quantity_estimated": pl.when(pl.col(PIECES).is_not_null()).then(pl.lit(False)),
        "net_kg": pl.when(kg > 0).then(kg),
        "is_weight_estimated": pl.when(kg > 0).then(pl.lit(False)),
    }


def _columns(
    release: Release, codes: Codes, where: tuple[Mapping[str, pl.Expr], Sequence[str]], shared: Sequence[str]
) -> dict[str, pl.Expr]:
    """Columns that service and archive share: imports CIF, exports FOB, euro; a year is closed in October of the next."""
    period, cell = where
    reporter, partner, product, flow = cell[:4]
    is_import, year = pl.col(flow) == "1", period["period_start"].dt.year()
    is_closed = pl.date(year + 1, 10, 31) <= pl.lit(release.retrieved)
    return {
        **period,
        "reporter_iso3": translate(reporter, codes.iso3),
        "partner_iso3": translate(partner, codes.iso3),
        # A partner with several codes (ES with Ceuta and Melilla, GB with Northern Ireland) is filed in parts.
        "partner2_code": pl.when(pl.col(partner).is_in(shared)).then(pl.col(partner)).otherwise(pl.lit("0")),
        "flow": translate(flow, FLOWS),
        "trade_basis": pl.when(is_import).then(pl.lit("imports")).otherwise(pl.lit("total_exports")),
        "classification": pl.when(pl.col(product).str.len_chars() == 8).then(pl.lit("CN8")).otherwise(pl.lit("HS")),
        "hs_revision": _revision(year),
        "product_code": pl.col(product),
        "period_status": pl.when(is_closed).then(pl.lit("final")).otherwise(pl.lit("provisional")),
        "currency": pl.lit("EUR"),
        "value_basis": pl.when(is_import).then(pl.lit("CIF")).otherwise(pl.lit("FOB")),
    }


def _revision(year: pl.Expr) -> pl.Expr:
    """Revision of the Harmonized System that the Combined Nomenclature of a year rests on."""
    newest = pl.when(year >= 2022).then(pl.lit("H6")).when(year >= 2017).then(pl.lit("H5")).when(year >= 2012).then(pl.lit("H4"))
    return newest.when(year >= 2007).then(pl.lit("H3")).otherwise(pl.lit("H2"))


def _shared(codes: Codes, present: Iterable[str]) -> list[str]:
    """Those of the partner codes that stand for the same country as another one of them."""
    found = {code: codes.iso3[code] for code in present if code in codes.iso3}
    times = Counter(found.values())
    return [code for code, iso3 in found.items() if times[iso3] > 1]


def _absence(value: pl.Expr) -> pl.Expr:
    """Euro are converted later; an empty cell is a figure that is not shown."""
    return pl.when(value.is_null()).then(pl.lit("suppressed")).otherwise(pl.lit("not_converted"))


def _outside() -> Mapping[str, pl.Expr]:
    """Rows of an archive that are not taken: other headings, and codes that are masked for confidentiality."""
    code = pl.col("PRODUCT_NC")
    is_code = code.str.contains(r"^[\dA-Z]{2,10}$")
    is_followed = code.str.slice(0, 4).is_in(HEADINGS)
    is_masked = code.str.contains("X")
    return {
        "masked code of a followed heading": is_code & is_followed & is_masked,
        "masked code of a followed chapter": is_code & is_masked & code.str.slice(0, 4).is_in(["84XX", "85XX"]),
        "another heading": is_code & ~is_followed,
    }


def _bulk_rules(ask: Ask, codes: Codes) -> list[Rule]:
    return [
        known_country("REPORTER", codes),
        known_country("PARTNER", codes),
        matches("PRODUCT_NC", r"^\d{8}$", "a code of 8 digits"),
        one_of("FLOW", list(FLOWS)),
        one_of("STAT_PROCEDURE", ["1", "2", "3", "9"]),
        one_of("PERIOD", [f"{ask.start:%Y%m}"]),
        or_empty(number("VALUE_EUR")),
        or_empty(not_negative("QUANTITY_KG")),
        or_empty(not_negative("QUANTITY_SUPPL_UNIT")),
        no_repeat(*BULK_CELL, "STAT_PROCEDURE", "SUPPL_UNIT"),
    ]


def _over_procedures(good: pl.DataFrame) -> pl.DataFrame:
    """Each cell over its procedures; one part without a value leaves the cell without one, two units leave no quantity."""
    wide = pl.Decimal(38, 6)
    sums = [
        pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).cast(wide).sum()).cast(pl.String).alias(name)
        for name in ("VALUE_EUR", "QUANTITY_KG", "QUANTITY_SUPPL_UNIT")
    ]
    unit = pl.when(pl.col("SUPPL_UNIT").n_unique() == 1).then(pl.col("SUPPL_UNIT").first()).alias("SUPPL_UNIT")
    return good.group_by(BULK_CELL, maintain_order=True).agg(pl.col(LINE).min(), *sums, unit)


def _bulk_columns(release: Release, codes: Codes) -> dict[str, pl.Expr]:
    unit, kg = pl.col("SUPPL_UNIT"), amount("QUANTITY_KG")
    has_quantity = unit.is_not_null() & (unit != "NO_SU") & pl.col("QUANTITY_SUPPL_UNIT").is_not_null()
    period = month_period(pl.col("PERIOD").str.to_date("%Y%m"))
    return _columns(release, codes, (period, BULK_CELL), _shared(codes, codes.iso3)) | {
        "value_local": money("VALUE_EUR"),
        "absence_reason": _absence(pl.col("VALUE_EUR")),
        "quantity": pl.when(has_quantity).then(amount("QUANTITY_SUPPL_UNIT")),
        "quantity_unit": pl.when(has_quantity).then(unit),
        "is_quantity_estimated": pl.when(has_quantity).then(pl.lit(False)),
        "net_kg": pl.when(kg > 0).then(kg),
        "is_weight_estimated": pl.when(kg > 0).then(pl.lit(False)),
    }
