"""Rows of the current UN Comtrade table, whatever they come in: rules that they must meet, and how they become tidy columns."""

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from pipelines.reading import TextTable
from pipelines.sources.parsed import Codes, Control, Parsed, Release
from pipelines.sources.tidying import (
    Rule,
    admit,
    amount,
    controls_of,
    known_country,
    matches,
    money,
    no_repeat,
    not_negative,
    number,
    one_of,
    or_empty,
    sort_out,
    tidy,
    translate,
    truth,
)

API_HEADER = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,"
    "flowDesc,partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,classificationCode,"
    "classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,aggrLevel,isLeaf,customsCode,"
    "customsDesc,mosCode,motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,isQtyEstimated,altQtyUnitCode,"
    "altQtyUnitAbbr,altQty,isAltQtyEstimated,netWgt,isNetWgtEstimated,grossWgt,isGrossWgtEstimated,cifvalue,"
    "fobvalue,primaryValue,legacyEstimationFlag,isReported,isAggregate"
)
API_COLUMNS = tuple(API_HEADER.split(","))
FLOWS = ("M", "X", "RX", "RM")
HEADINGS = ("8471", "8473", "8486", "8523", "8541", "8542")
# Subheadings of the headings in all revisions since 2002; codes that a revision does not know give no rows.
SUBHEADINGS = tuple(
    heading + ending
    for heading, endings in (
        ("8471", "10 30 41 49 50 60 70 80 90"),
        ("8473", "10 21 29 30 40 50"),
        ("8486", "10 20 30 40 90"),
        ("8523", "21 29 41 49 51 52 59 80"),
        ("8541", "10 21 29 30 40 41 42 43 49 50 51 59 60 90"),
        ("8542", "10 21 29 31 32 33 39 60 70 90"),
    )
    for ending in endings.split()
)
# Hubs and producers. Taiwan reports nothing to Comtrade; it is partner 490 of the others.
REPORTERS = {
    "HKG": "344", "SGP": "702", "MYS": "458", "THA": "764", "VNM": "704", "ARE": "784", "IND": "699", "IDN": "360", "KOR": "410",
    "JPN": "392", "MEX": "484", "NLD": "528", "CHN": "156", "USA": "842", "DEU": "276", "PHL": "608", "IRL": "372", "ISR": "376",
    "GBR": "826", "FRA": "251", "CAN": "124", "AUS": "36", "TUR": "792", "MAC": "446",
}  # fmt: skip
GROUPS = ("EUU", "XCU")
TOLERANCE = Decimal(1)  # figures are rounded to tenths of a cent
BULK_COLUMNS = (
    "typeCode", "freqCode", "refYear", "refMonth", "period", "reporterCode", "flowCode", "partnerCode", "partner2Code",
    "classificationCode", "cmdCode", "customsCode", "mosCode", "motCode", "qtyUnitCode", "qty", "isQtyEstimated", "netWgt",
    "isNetWgtEstimated", "primaryValue",
)  # fmt: skip
BULK_FLAGS = {"1": "true", "0": "false"}
TAIWAN_PROXY = "490"
ANNUAL_MONTH = "52"
NO_QUANTITY = ("-1", "1")
UNITS = {"5": "u", "7": "l", "8": "kg"}
CODE = r"^(\d{4}|\d{6})$"
CODE_EXPECTED = "an HS code of 4 or 6 digits"
BOOLEANS = ("True", "False", "true", "false")


def api_codes(codes: Codes) -> list[Rule]:
    """Rules for the codes of a row; the key, breakdown included, occurs once."""
    key = ("partner2Code", "customsCode", "motCode")
    return [
        one_of("typeCode", ["C"]),
        one_of("freqCode", ["A", "M"]),
        Rule("period", _period_agrees(), "refYear with refMonth 52 (annual) or refYear and refMonth (monthly)"),
        known_country("reporterCode", codes),
        known_country("partnerCode", codes),
        one_of("flowCode", FLOWS),
        matches("classificationCode", r"^H[0-6]$", "an HS revision H0 to H6"),
        matches("cmdCode", CODE, CODE_EXPECTED),
        *(Rule(name, pl.col(name).is_not_null(), "a code, 0 or C00 for the total") for name in key),
        Rule("mosCode", pl.col("mosCode").str.strip_chars() == "0", "0, all modes of supply"),
        no_repeat("reporterCode", "partnerCode", "flowCode", "period", "classificationCode", "cmdCode", *key),
    ]


def api_measures() -> list[Rule]:
    """Rules for value, quantity and weight."""
    return [
        number("primaryValue"),
        matches("qtyUnitCode", r"^-?\d+$", "a code of a unit, -1 for none"),
        or_empty(not_negative("qty")),
        or_empty(not_negative("netWgt")),
        one_of("isQtyEstimated", BOOLEANS),
        one_of("isNetWgtEstimated", BOOLEANS),
    ]


def _period_agrees() -> pl.Expr:
    """Annual rows carry month 52; a month of the year must be 1 to 12 and repeat in the period."""
    year, month, period = pl.col("refYear"), pl.col("refMonth"), pl.col("period")
    annual = (month == ANNUAL_MONTH) & (period == year)
    monthly = month.is_in([str(number) for number in range(1, 13)]) & (period == year + month.str.zfill(2))
    is_year = year.str.contains(r"^(19|20)\d{2}$")
    return is_year & pl.when(pl.col("freqCode") == "A").then(annual).otherwise(monthly)


def api_columns(codes: Codes) -> dict[str, pl.Expr]:
    """Tidy columns of an admitted row, USD, with breakdown codes as filed."""
    reporter = translate("reporterCode", codes.iso3)
    has_quantity = ~pl.col("qtyUnitCode").is_in(NO_QUANTITY)
    return (
        place_columns(reporter, "partnerCode", codes)
        | basis_columns(reporter, pl.col("flowCode"))
        | period_columns()
        | quantity_columns("qty", "qtyUnitCode", has_quantity, truth("isQtyEstimated"))
        | weight_columns("netWgt", truth("isNetWgtEstimated"))
        | {
            "hs_revision": pl.col("classificationCode"),
            "product_code": pl.col("cmdCode"),
            "partner2_code": pl.col("partner2Code"),
            "customs_code": pl.col("customsCode"),
            "transport_code": pl.col("motCode"),
            "value_usd": money("primaryValue"),
        }
    )


def place_columns(reporter: pl.Expr, partner: str, codes: Codes) -> dict[str, pl.Expr]:
    """Reporter and partner; code 490 stands for Taiwan."""
    return {
        "reporter_iso3": reporter,
        "partner_iso3": translate(partner, codes.iso3),
        "is_taiwan_proxy": (reporter == "TWN") | (pl.col(partner) == TAIWAN_PROXY),
        "classification": pl.lit("HS"),
    }


def basis_columns(reporter: pl.Expr, flow: pl.Expr) -> dict[str, pl.Expr]:
    """Imports CIF, exports FOB; the United States file general imports at customs value."""
    is_inward = flow.is_in(["M", "RM"])
    is_us_import = (reporter == "USA") & (flow == "M")
    basis = pl.when(is_us_import).then(pl.lit("general_imports")).when(is_inward).then(pl.lit("imports"))
    value = pl.when(is_us_import).then(pl.lit("customs")).when(is_inward).then(pl.lit("CIF"))
    return {
        "flow": flow,
        "trade_basis": basis.otherwise(pl.lit("total_exports")),
        "value_basis": value.otherwise(pl.lit("FOB")),
    }


def period_columns() -> dict[str, pl.Expr]:
    """Annual figures count as final; monthly ones are replaced as reporters revise them and never declared final."""
    is_year = pl.col("freqCode") == "A"
    year = pl.col("refYear").cast(pl.Int32)
    month = pl.when(is_year).then(1).otherwise(pl.col("refMonth").cast(pl.Int32))
    start = pl.date(year, month, 1)
    return {
        "period_start": start,
        "period_end": pl.when(is_year).then(pl.date(year, 12, 31)).otherwise(start.dt.month_end()),
        "frequency": pl.col("freqCode"),
        "period_status": pl.when(is_year).then(pl.lit("final")).otherwise(pl.lit("provisional")),
    }


def quantity_columns(quantity: str, unit: str, is_given: pl.Expr, is_estimated: pl.Expr) -> dict[str, pl.Expr]:
    """Quantity, unit and flag, all NULL where no unit is given: a 0 without a unit means not reported, not none."""
    given = is_given & pl.col(quantity).is_not_null()
    name = pl.col(unit).replace(UNITS)
    return {
        "quantity": pl.when(given).then(amount(quantity)),
        "quantity_unit": pl.when(given).then(name),
        "is_quantity_estimated": pl.when(given).then(is_estimated),
    }


def weight_columns(weight: str, is_estimated: pl.Expr) -> dict[str, pl.Expr]:
    """Net weight and flag; Comtrade writes 0 or nothing where no weight was reported."""
    kg = amount(weight)
    given = kg > 0
    return {"net_kg": pl.when(given).then(kg), "is_weight_estimated": pl.when(given).then(is_estimated)}


def world_controls(rows: pl.DataFrame) -> list[Control]:
    """World beside the sum of its partners, for each reporter, flow, code and period; groups of countries are left out."""
    is_total = (pl.col("partner2_code") == "0") & ~pl.col("partner_iso3").is_in(GROUPS)
    by = ("reporter_iso3", "flow", "hs_revision", "product_code", "period_start")
    return controls_of(rows.filter(is_total), by, TOLERANCE)


def bulk_rows(text: TextTable, release: Release, codes: Codes) -> Parsed:
    """One batch of a bulk file: totals of the followed headings; breakdowns, other codes and other flows are set aside."""
    text, skipped = sort_out(text, _outside(), BULK_COLUMNS)
    given = [name for name in ("isQtyEstimated", "isNetWgtEstimated") if name in text.rows.columns]
    flags = [pl.col(name).replace(BULK_FLAGS) for name in given]
    text = TextTable(text.rows.with_columns(flags), text.rejected, text.n_read)
    admitted = admit(text, BULK_COLUMNS, [*api_codes(codes), *api_measures()], release.place, more=True)
    rows = tidy(admitted.good, release, api_columns(codes))
    return admitted.parsed(rows, skipped, _running_controls(rows))


def _outside() -> Mapping[str, pl.Expr]:
    """What a bulk file holds beyond the totals of the followed headings, by name; the first that holds counts."""
    code, whole = (
        pl.col("cmdCode"),
        (pl.col("partner2Code") == "0") & (pl.col("customsCode") == "C00") & (pl.col("motCode") == "0"),
    )
    is_code = code.str.contains(r"^(\d{2}|\d{4}|\d{6}|TOTAL|AG\d|[A-Z0-9]{1,9})$")
    return {
        "another heading": is_code & ~code.str.slice(0, 4).is_in(HEADINGS),
        "breakdown of a total": ~whole,
        "another flow": pl.col("flowCode").is_in(["DX", "FM", "MIP", "MOP", "XIP", "XOP"]),
    }


def _running_controls(rows: pl.DataFrame) -> list[Control]:
    """World and partners of a batch, for the codes of a heading; batches are added up by name, as World may be in another."""
    is_world, is_group = pl.col("partner_iso3") == "WLD", pl.col("partner_iso3").is_in(GROUPS)
    digits = pl.col("product_code").str.len_chars().alias("digits")
    heading = pl.col("product_code").str.slice(0, 4).alias("heading")
    sums = rows.filter(~is_group).group_by("reporter_iso3", "flow", "period_start", heading, digits, maintain_order=True)
    value = pl.col("value_usd")
    found = sums.agg(detail=value.filter(~is_world).sum(), published=value.filter(is_world).sum(), n_world=is_world.sum())
    return [
        Control(f"{' '.join(map(str, row[:4]))}, {row[4]} digits", row[5], row[6], TOLERANCE * row[7])
        for row in found.iter_rows()
    ]
