"""The configuration tables of data/reference: keys, codes, enumerations, dates, and how the tables refer to each other."""

from pathlib import Path

import polars as pl
import pytest

REFERENCE = Path(__file__).parents[2] / "data" / "reference"
KEYS = {
    "countries": ["country_iso3"],
    "country_aliases": ["scheme", "code"],
    "products": ["product_id"],
    "national_lines": ["classification", "code"],
    "hubs": ["country_iso3"],
    "purity": ["purity_id"],
    "compute_conventions": ["convention_id"],
    "claim_grades": ["grade"],
    "licences": ["licence_id"],
    "sources": ["source_id"],
    "wording_rungs": ["phrase_id"],
}
ALLOWED = {
    ("countries", "country_kind"): {"country", "territory", "aggregate", "residual", "special"},
    ("countries", "rollup"): {"CHN+HKG+MAC"},
    ("country_aliases", "scheme"): {"comtrade", "comtrade_iso", "census", "korea", "japan", "gacc", "eurostat"},
    ("products", "classification"): {"HS"},
    ("products", "level"): {"4", "6"},
    ("products", "ai_group"): {
        "ai_accelerator",
        "upstream_memory",
        "tool_chain",
        "control_near",
        "control_far",
        "none",
    },
    ("products", "comparable_from_hs"): {"2007", "2017"},
    ("products", "comparable_to_hs"): {"2012", "2022"},
    ("national_lines", "classification"): {"HTS10", "SCHB10", "HSK10", "CCC11"},
    ("national_lines", "is_confirmed"): {"true", "false"},
    ("hubs", "hub_role"): {"entrepot", "assembly", "both", "producer"},
    ("hubs", "publishes_reexports"): {"true", "false", "unknown"},
    ("purity", "purity_basis"): {"national_line", "unit_value", "vendor_revenue", "convention", "unknown"},
    ("compute_conventions", "is_default"): {"true", "false"},
    ("claim_grades", "grade"): {"A", "B", "C", "D", "E"},
    ("claim_grades", "is_stated_only"): {"true", "false"},
    ("licences", "may_redistribute_rows"): {"true", "false"},
    ("licences", "may_publish_aggregates"): {"true", "false"},
    ("wording_rungs", "phrase_kind"): {"needs", "allowed", "exempt", "forbidden", "required"},
    ("sources", "import_basis"): {"CIF", "FOB", "customs"},
    ("sources", "export_basis"): {"FOB", "FAS"},
}
STAGES = {"chip", "memory", "card", "unit", "server", "tool", "component", "control", "other"}
DIGITS = {"HTS10": 10, "SCHB10": 10, "HSK10": 10, "CCC11": 11}
# Column of countries.csv that holds the codes of a scheme; an alias must not repeat one of them.
COLUMNS = {
    "comtrade": "comtrade_code",
    "census": "census_code",
    "korea": "korea_code",
    "japan": "japan_code",
    "gacc": "gacc_code",
    "eurostat": "eurostat_code",
    "taiwan": "name_zh_tw",
}


def read(name: str) -> pl.DataFrame:
    """One table with every column as text; an empty cell is NULL."""
    return pl.read_csv(REFERENCE / f"{name}.csv", infer_schema=False)


@pytest.mark.parametrize("name", KEYS)
def test_bytes_are_plain(name: str) -> None:
    body = (REFERENCE / f"{name}.csv").read_bytes()
    assert not body.startswith(b"\xef\xbb\xbf") and b"\r" not in body and body.endswith(b"\n")
    cells = pl.concat([read(name).unpivot()["value"]]).drop_nulls()
    assert cells.filter(cells != cells.str.strip_chars()).to_list() == []
    assert cells.filter(cells.str.contains("\n")).to_list() == []


@pytest.mark.parametrize(("name", "key"), KEYS.items())
def test_key_is_filled_unique_and_sorted(name: str, key: list[str]) -> None:
    keys = read(name).select(key)
    assert keys.height > 0
    assert keys.null_count().row(0) == (0,) * len(key)
    assert keys.is_unique().all()
    assert keys.rows() == sorted(keys.rows())


@pytest.mark.parametrize("name", sorted(KEYS))
def test_every_row_says_why(name: str) -> None:
    column = "line_source" if name == "national_lines" else "reason"
    assert read(name)[column].null_count() == 0


@pytest.mark.parametrize(("name", "column"), ALLOWED)
def test_values_are_enumerated(name: str, column: str) -> None:
    assert set(read(name)[column].drop_nulls()) <= ALLOWED[name, column]


@pytest.mark.parametrize("name", ["products", "national_lines"])
def test_stages_are_enumerated(name: str) -> None:
    assert set(read(name)["stage"]) <= STAGES


@pytest.mark.parametrize("name", ["products", "national_lines", "hubs", "purity"])
def test_dates_are_dates_in_order(name: str) -> None:
    dates = read(name).select(pl.col("valid_from", "valid_to").str.to_date("%Y-%m-%d", strict=True))
    assert dates.filter(pl.col("valid_from") > pl.col("valid_to")).height == 0


def test_iso_codes_are_those_of_iso_3166() -> None:
    pycountry = pytest.importorskip("pycountry")
    expected = {country.alpha_3: (country.alpha_2, country.numeric) for country in pycountry.countries}
    listed = read("countries").filter(pl.col("iso2").is_not_null())
    found = {row["country_iso3"]: (row["iso2"], row["m49"]) for row in listed.iter_rows(named=True)}
    assert found == expected


def test_own_codes_are_user_assigned_or_documented() -> None:
    own = read("countries").filter(pl.col("iso2").is_null())
    assert {"WLD", "EUU", "XKX", "XOT", "XNS"} <= set(own["country_iso3"])
    outside = own.filter(~pl.col("country_iso3").str.contains(r"^(X[A-Z]{2}|Q[M-Z][A-Z])$"))
    assert set(outside["country_iso3"]) == {"WLD", "EUU"}


@pytest.mark.parametrize("column", ["iso2", "m49", *COLUMNS.values()])
def test_a_code_stands_for_one_country(column: str) -> None:
    assert read("countries")[column].drop_nulls().is_unique().all()


def test_codes_have_their_shape() -> None:
    shapes = {
        "country_iso3": r"^[A-Z]{3}$",
        "iso2": r"^[A-Z]{2}$",
        "m49": r"^\d{3}$",
        "comtrade_code": r"^(0|[1-9]\d{0,2})$",
        "census_code": r"^\d{4}$",
        "gacc_code": r"^\d{3}$",
        "japan_code": r"^\d{3}$",
        "korea_code": r"^[A-Z]{2}$",
    }
    countries = read("countries")
    for column, shape in shapes.items():
        codes = countries[column].drop_nulls()
        assert codes.filter(~codes.str.contains(shape)).to_list() == [], column


@pytest.mark.parametrize(
    ("iso3", "column", "code"),
    [
        ("USA", "comtrade_code", "842"),
        ("FRA", "comtrade_code", "251"),
        ("CHE", "comtrade_code", "757"),
        ("IND", "comtrade_code", "699"),
        ("NOR", "comtrade_code", "579"),
        ("ITA", "comtrade_code", "380"),
        ("TWN", "comtrade_code", "490"),
        ("XNS", "comtrade_code", "899"),
        ("EUU", "census_code", "0003"),
        ("HKG", "census_code", "5820"),
        ("GRC", "eurostat_code", "GR"),
        ("SRB", "eurostat_code", "XS"),
        ("CHN", "gacc_code", "142"),
        ("TWN", "japan_code", "106"),
        ("CHN", "name_zh_tw", "中國大陸"),
    ],
)
def test_codes_that_differ_from_iso(iso3: str, column: str, code: str) -> None:
    row = read("countries").filter(pl.col("country_iso3") == iso3)
    assert row[column].to_list() == [code]


def test_china_hong_kong_and_macao_roll_up() -> None:
    rolled = read("countries").filter(pl.col("rollup").is_not_null())
    assert rolled["country_iso3"].to_list() == ["CHN", "HKG", "MAC"]


def test_aliases_add_codes_and_point_to_countries() -> None:
    countries, aliases = read("countries"), read("country_aliases")
    assert set(aliases["country_iso3"]) <= set(countries["country_iso3"])
    for scheme, column in COLUMNS.items():
        further = aliases.filter(pl.col("scheme") == scheme)["code"]
        assert set(further) & set(countries[column].drop_nulls()) == set(), scheme


def test_hubs_are_countries() -> None:
    assert set(read("hubs")["country_iso3"]) <= set(read("countries")["country_iso3"])


def test_product_id_is_made_of_level_and_code() -> None:
    products = read("products")
    made = products.select(pl.format("HS{}-{}", "level", "code"))
    assert products["product_id"].to_list() == made.to_series().to_list()
    assert products.filter(pl.col("code").str.len_chars().cast(pl.String) != pl.col("level")).height == 0
    assert products.filter(~pl.col("code").str.contains(r"^\d+$")).height == 0


def test_headings_carry_no_group() -> None:
    headings = read("products").filter(pl.col("level") == "4")
    assert set(headings["ai_group"]) == {"none"}, "a heading in a group is added to its own subheadings"


def test_comparable_span_has_both_ends() -> None:
    spans = read("products").filter(pl.col("comparable_from_hs").is_not_null() | pl.col("comparable_to_hs").is_not_null())
    assert spans.filter((pl.col("comparable_from_hs") <= pl.col("comparable_to_hs")).fill_null(False)).height == spans.height


def test_national_lines_belong_to_a_product() -> None:
    lines = read("national_lines")
    assert set(lines["hs6"]) <= set(read("products").filter(pl.col("level") == "6")["code"])
    for classification, code, hs6 in lines.select("classification", "code", "hs6").iter_rows():
        assert code.isdigit() and len(code) == DIGITS[classification] and code[:6] == hs6, code


def test_a_line_lives_within_its_subheading() -> None:
    products = read("products").select(hs6="code", product_from="valid_from", product_to="valid_to")
    lines = read("national_lines").join(products, on="hs6")
    assert lines.filter(pl.col("valid_from") < pl.col("product_from")).height == 0
    assert lines.filter(pl.col("valid_to") > pl.col("product_to")).height == 0


def test_purity_is_an_interval_within_zero_and_one() -> None:
    shares = read("purity").select(pl.col("purity_low", "purity_central", "purity_high").cast(pl.Float64))
    low, central, high = (pl.col(name) for name in shares.columns)
    inside = (low >= 0) & (low <= high) & (high <= 1) & ((low <= central) & (central <= high)).fill_null(True)
    assert shares.select(inside.all()).item()


def test_every_accelerator_code_has_a_default_purity() -> None:
    codes = read("products").filter(pl.col("ai_group") == "ai_accelerator")["code"]
    default = read("purity").filter((pl.col("reporter_class") == "any") & pl.col("valid_from").is_null())
    assert sorted(default["hs6"]) == sorted(codes)
    assert set(read("purity")["hs6"]) <= set(codes)


def test_purity_without_anchor_claims_nothing() -> None:
    unknown = read("purity").filter(pl.col("purity_basis") == "unknown")
    assert set(unknown.select("purity_low", "purity_central", "purity_high").rows()) == {("0", None, "1")}
    assert unknown["reason"].str.contains("proxy_only").all()


def test_one_default_among_ratios_and_one_among_weights() -> None:
    defaults = read("compute_conventions").filter(pl.col("is_default") == "true")
    assert defaults["convention_id"].to_list() == ["effective_alpha_05", "h100e_tpp"]


def test_a_convention_is_a_ratio_or_a_weight() -> None:
    conventions = read("compute_conventions")
    ratio = pl.col("numerator_field").is_not_null() & pl.col("denominator").is_not_null() & pl.col("alpha").is_null()
    weight = pl.col("numerator_field").is_null() & pl.col("denominator").is_null() & pl.col("alpha").is_not_null()
    assert conventions.select((ratio | weight).all()).item()


def test_grades_widen_and_only_stated_spreads_are_empty() -> None:
    grades = read("claim_grades")
    assert grades.filter(pl.col("gsd").is_null() != (pl.col("is_stated_only") == "true")).height == 0
    spreads = grades["gsd"].drop_nulls().cast(pl.Float64)
    assert spreads.is_sorted() and spreads.min() > 1


def test_sources_name_a_licence() -> None:
    assert set(read("sources")["licence_id"]) <= set(read("licences")["licence_id"])


def test_rows_without_open_terms_may_not_be_passed_on() -> None:
    closed = read("licences").filter(pl.col("may_redistribute_rows") == "false")
    assert closed["licence_id"].to_list() == ["cn_customs_none", "th_moc_open", "un_comtrade", "un_website"]


def test_trade_sources_have_valuation_and_lags() -> None:
    trade = read("sources").filter(pl.col("import_basis").is_not_null())
    needed = ["export_basis", "currency", "release_lag_days_monthly", "release_lag_days_annual"]
    assert {"comtrade", "estat", "gacc", "hkcsd", "jpmof", "kcs", "thmoc", "twmof", "uscb"} <= set(trade["source_id"])
    assert sum(trade.select(needed).null_count().row(0)) == 0
    assert trade.select(pl.col("release_lag_days_monthly", "release_lag_days_annual").cast(pl.Int64)).height == trade.height
