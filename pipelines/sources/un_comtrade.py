"""UN Comtrade: the 47-column table of website and API, the 35-column table of the old site, and a compact monthly extract."""

import polars as pl

from pipelines.reading import read_delimited
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import (
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
    tidy,
    translate,
    truth,
    year_period,
)

# The website writes Latin-1, the API UTF-8; accented names in Latin-1 do not decode as UTF-8, so UTF-8 goes first.
ENCODINGS = ("utf-8-sig", "latin-1")
API_HEADER = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,"
    "flowDesc,partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,classificationCode,"
    "classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,aggrLevel,isLeaf,customsCode,"
    "customsDesc,mosCode,motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,isQtyEstimated,altQtyUnitCode,"
    "altQtyUnitAbbr,altQty,isAltQtyEstimated,netWgt,isNetWgtEstimated,grossWgt,isGrossWgtEstimated,cifvalue,"
    "fobvalue,primaryValue,legacyEstimationFlag,isReported,isAggregate"
)
API_COLUMNS = tuple(API_HEADER.split(","))
LEGACY_VALUE, LEGACY_WEIGHT = "Trade Value (US$)", "Netweight (kg)"
LEGACY_HEADER = (
    "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow Code,Trade Flow,"
    "Reporter Code,Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,2nd Partner Code,2nd Partner,"
    "2nd Partner ISO,Customs Proc. Code,Customs,Mode of Transport Code,Mode of Transport,Commodity Code,"
    "Commodity,Qty Unit Code,Qty Unit,Qty,Alt Qty Unit Code,Alt Qty Unit,Alt Qty,Netweight (kg),"
    "Gross weight (kg),Trade Value (US$),CIF Trade Value (US$),FOB Trade Value (US$),Flag"
)
LEGACY_COLUMNS = tuple(LEGACY_HEADER.split(","))
EXCERPT_HEADER = (
    "date,reporter,flow,partner_code,partner,cmd_code,cmd_desc,value_usd,qty,qty_unit,qty_estimated,"
    "net_weight_kg,fetched_on,usd_per_unit,usd_per_kg"
)
EXCERPT_COLUMNS = tuple(EXCERPT_HEADER.split(","))
FLOWS = ("M", "X", "RX", "RM")
LEGACY_FLOWS = {"1": "M", "2": "X", "3": "RX", "4": "RM"}
TAIWAN_PROXY = "490"
ANNUAL_MONTH = "52"
NO_QUANTITY = ("-1", "1")
UNITS = {"5": "u", "7": "l", "8": "kg"}
CODE = r"^(\d{4}|\d{6})$"
CODE_EXPECTED = "an HS code of 4 or 6 digits"
BOOLEANS = ("True", "False", "true", "false")
# The weights of 8471.80 in the monthly extract stand in one fixed ratio to the value within each half-year:
# they were derived from the value, although the extract carries no estimation flag for weight.
IMPUTED_WEIGHTS = ("847180",)


def parse_api_csv(body: bytes, release: Release, codes: Codes) -> Parsed:
    """Rows of the current Comtrade table, USD: annual or monthly, with breakdown codes as filed.

    Website files end each row with one comma more than the header; API files spell booleans True and False.
    """
    text = read_delimited(body, release.place, encodings=ENCODINGS, allow_trailing_delimiter=True)
    admitted = admit(text, API_COLUMNS, [*_api_codes(codes), *_api_measures()], release.place)
    reporter = translate("reporterCode", codes.iso3)
    has_quantity = ~pl.col("qtyUnitCode").is_in(NO_QUANTITY)
    columns = (
        _places(reporter, "partnerCode", codes)
        | _basis(reporter, pl.col("flowCode"))
        | _api_period()
        | _quantity("qty", "qtyUnitCode", has_quantity, truth("isQtyEstimated"))
        | _weight("netWgt", truth("isNetWgtEstimated"))
        | {
            "hs_revision": pl.col("classificationCode"),
            "product_code": pl.col("cmdCode"),
            "partner2_code": pl.col("partner2Code"),
            "customs_code": pl.col("customsCode"),
            "transport_code": pl.col("motCode"),
            "value_usd": money("primaryValue"),
        }
    )
    return admitted.parsed(tidy(admitted.good, release, columns))


def parse_legacy_csv(body: bytes, release: Release, codes: Codes) -> Parsed:
    """Annual rows of the old Comtrade site, USD: flows 1 to 4; empty breakdown columns mean the total."""
    text = read_delimited(body, release.place, encodings=ENCODINGS)
    admitted = admit(text, LEGACY_COLUMNS, [*_legacy_codes(codes), *_legacy_measures()], release.place)
    reporter, flow = translate("Reporter Code", codes.iso3), translate("Trade Flow Code", LEGACY_FLOWS)
    has_quantity = ~pl.col("Qty Unit Code").is_in(NO_QUANTITY)
    columns = (
        _places(reporter, "Partner Code", codes)
        | _basis(reporter, flow)
        | _year_columns(pl.col("Year"))
        # The flag: 2 = quantity estimated, 4 = weight estimated, 6 = both.
        | _quantity("Qty", "Qty Unit Code", has_quantity, pl.col("Flag").is_in(["2", "6"]))
        | _weight(LEGACY_WEIGHT, pl.col("Flag").is_in(["4", "6"]))
        | {
            "hs_revision": pl.col("Classification"),
            "product_code": pl.col("Commodity Code"),
            "partner2_code": pl.col("2nd Partner Code").fill_null("0"),
            "customs_code": pl.col("Customs Proc. Code").fill_null("C00"),
            "transport_code": pl.col("Mode of Transport Code").fill_null("0"),
            "value_usd": money(LEGACY_VALUE),
        }
    )
    return admitted.parsed(tidy(admitted.good, release, columns))


def parse_excerpt(body: bytes, release: Release, codes: Codes) -> Parsed:
    """Monthly totals in the compact layout of a public archive of preview calls, USD; the HS revision is not stated."""
    text = read_delimited(body, release.place)
    admitted = admit(text, EXCERPT_COLUMNS, _excerpt_rules(codes), release.place)
    has_quantity = pl.col("qty_unit").is_not_null() & (pl.col("qty_unit") != "N/A")
    columns = (
        _places(pl.col("reporter"), "partner_code", codes)
        | _basis(pl.col("reporter"), pl.col("flow"))
        | month_period(pl.col("date").str.to_date("%Y-%m-%d"))
        | _quantity("qty", "qty_unit", has_quantity, truth("qty_estimated"))
        | _weight("net_weight_kg", pl.col("cmd_code").is_in(IMPUTED_WEIGHTS))
        | {
            "product_code": pl.col("cmd_code"),
            "period_status": pl.lit("provisional"),
            "value_usd": money("value_usd"),
        }
    )
    return admitted.parsed(tidy(admitted.good, release, columns))


def _api_codes(codes: Codes) -> list[Rule]:
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


def _api_measures() -> list[Rule]:
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


def _legacy_codes(codes: Codes) -> list[Rule]:
    breakdown = ("2nd Partner Code", "Customs Proc. Code", "Mode of Transport Code")
    return [
        matches("Classification", r"^H[0-6]$", "an HS revision H0 to H6"),
        matches("Year", r"^(19|20)\d{2}$", "a year such as 2020"),
        Rule("Period", pl.col("Period") == pl.col("Year"), "the year, as this layout is read for annual data only"),
        one_of("Trade Flow Code", list(LEGACY_FLOWS)),
        known_country("Reporter Code", codes),
        known_country("Partner Code", codes),
        matches("Commodity Code", CODE, CODE_EXPECTED),
        no_repeat("Reporter Code", "Partner Code", "Trade Flow Code", "Year", "Commodity Code", *breakdown),
    ]


def _legacy_measures() -> list[Rule]:
    return [
        number(LEGACY_VALUE),
        matches("Qty Unit Code", r"^-?\d+$", "a code of a unit, 1 for none"),
        or_empty(not_negative("Qty")),
        or_empty(not_negative(LEGACY_WEIGHT)),
        one_of("Flag", ["0", "2", "4", "6"]),
    ]


def _excerpt_rules(codes: Codes) -> list[Rule]:
    iso3 = Codes({name: name for name in codes.iso3.values()})
    return [
        matches("date", r"^(19|20)\d{2}-(0[1-9]|1[0-2])-01$", "the first day of a month"),
        known_country("reporter", iso3),
        one_of("flow", FLOWS),
        known_country("partner_code", codes),
        matches("cmd_code", CODE, CODE_EXPECTED),
        number("value_usd"),
        or_empty(not_negative("qty")),
        or_empty(not_negative("net_weight_kg")),
        one_of("qty_estimated", BOOLEANS),
        no_repeat("date", "reporter", "flow", "partner_code", "cmd_code"),
    ]


def _places(reporter: pl.Expr, partner: str, codes: Codes) -> dict[str, pl.Expr]:
    return {
        "reporter_iso3": reporter,
        "partner_iso3": translate(partner, codes.iso3),
        "is_taiwan_proxy": (reporter == "TWN") | (pl.col(partner) == TAIWAN_PROXY),
        "classification": pl.lit("HS"),
    }


def _basis(reporter: pl.Expr, flow: pl.Expr) -> dict[str, pl.Expr]:
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


def _api_period() -> dict[str, pl.Expr]:
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


def _year_columns(text: pl.Expr) -> dict[str, pl.Expr]:
    return year_period(text.cast(pl.Int32)) | {"period_status": pl.lit("final")}


def _quantity(quantity: str, unit: str, is_given: pl.Expr, is_estimated: pl.Expr) -> dict[str, pl.Expr]:
    """Quantity, unit and flag, all NULL where no unit is given: a 0 without a unit means not reported, not none."""
    given = is_given & pl.col(quantity).is_not_null()
    name = pl.col(unit).replace(UNITS)
    return {
        "quantity": pl.when(given).then(amount(quantity)),
        "quantity_unit": pl.when(given).then(name),
        "is_quantity_estimated": pl.when(given).then(is_estimated),
    }


def _weight(weight: str, is_estimated: pl.Expr) -> dict[str, pl.Expr]:
    """Net weight and flag; Comtrade writes 0 or nothing where no weight was reported."""
    kg = amount(weight)
    given = kg > 0
    return {"net_kg": pl.when(given).then(kg), "is_weight_estimated": pl.when(given).then(is_estimated)}
