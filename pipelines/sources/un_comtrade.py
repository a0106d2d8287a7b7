"""UN Comtrade: the 47-column table of website and API, the 35-column table of the old site, and a compact monthly extract."""

import polars as pl

from pipelines.reading import read_delimited
from pipelines.sources.parsed import Codes, Parsed, Release
from pipelines.sources.tidying import (
    Rule,
    admit,
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
from pipelines.sources.un_comtrade_rows import (
    API_COLUMNS,
    BOOLEANS,
    CODE,
    CODE_EXPECTED,
    FLOWS,
    NO_QUANTITY,
    api_codes,
    api_columns,
    api_measures,
    basis_columns,
    place_columns,
    quantity_columns,
    weight_columns,
)

# The website writes Latin-1, the API UTF-8; accented names in Latin-1 do not decode as UTF-8, so UTF-8 goes first.
ENCODINGS = ("utf-8-sig", "latin-1")
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
LEGACY_FLOWS = {"1": "M", "2": "X", "3": "RX", "4": "RM"}
# The weights of 8471.80 in the monthly extract stand in one fixed ratio to the value within each half-year:
# they were derived from the value, although the extract carries no estimation flag for weight.
IMPUTED_WEIGHTS = ("847180",)


def parse_api_csv(body: bytes, release: Release, codes: Codes) -> Parsed:
    """Rows of the current Comtrade table, USD: annual or monthly, with breakdown codes as filed.

    Website files end each row with one comma more than the header; API files spell booleans True and False.
    """
    text = read_delimited(body, release.place, encodings=ENCODINGS, allow_trailing_delimiter=True)
    admitted = admit(text, API_COLUMNS, [*api_codes(codes), *api_measures()], release.place)
    return admitted.parsed(tidy(admitted.good, release, api_columns(codes)))


def parse_legacy_csv(body: bytes, release: Release, codes: Codes) -> Parsed:
    """Annual rows of the old Comtrade site, USD: flows 1 to 4; empty breakdown columns mean the total."""
    text = read_delimited(body, release.place, encodings=ENCODINGS)
    admitted = admit(text, LEGACY_COLUMNS, [*_legacy_codes(codes), *_legacy_measures()], release.place)
    reporter, flow = translate("Reporter Code", codes.iso3), translate("Trade Flow Code", LEGACY_FLOWS)
    has_quantity = ~pl.col("Qty Unit Code").is_in(NO_QUANTITY)
    columns = (
        place_columns(reporter, "Partner Code", codes)
        | basis_columns(reporter, flow)
        | _year_columns(pl.col("Year"))
        # The flag: 2 = quantity estimated, 4 = weight estimated, 6 = both.
        | quantity_columns("Qty", "Qty Unit Code", has_quantity, pl.col("Flag").is_in(["2", "6"]))
        | weight_columns(LEGACY_WEIGHT, pl.col("Flag").is_in(["4", "6"]))
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
        place_columns(pl.col("reporter"), "partner_code", codes)
        | basis_columns(pl.col("reporter"), pl.col("flow"))
        | month_period(pl.col("date").str.to_date("%Y-%m-%d"))
        | quantity_columns("qty", "qty_unit", has_quantity, truth("qty_estimated"))
        | weight_columns("net_weight_kg", pl.col("cmd_code").is_in(IMPUTED_WEIGHTS))
        | {
            "product_code": pl.col("cmd_code"),
            "period_status": pl.lit("provisional"),
            "value_usd": money("value_usd"),
        }
    )
    return admitted.parsed(tidy(admitted.good, release, columns))


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


def _year_columns(text: pl.Expr) -> dict[str, pl.Expr]:
    return year_period(text.cast(pl.Int32)) | {"period_status": pl.lit("final")}
