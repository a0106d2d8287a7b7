"""Country codes of a publisher, taken from the reference tables of countries and aliases."""

import polars as pl

from pipelines.sources.parsed import Codes

# Which column of countries.csv holds the code or name that a scheme uses.
COLUMNS = {
    "comtrade": ("comtrade_code",),
    "census": ("census_code",),
    "eurostat": ("eurostat_code",),
    "korea": ("korea_code",),
    "japan": ("japan_code",),
    "china": ("gacc_code",),
    "taiwan": ("name_zh_tw",),
    "taiwan_portal": ("name_en", "name_zh_tw"),
    "hongkong": ("iso2",),
    "thailand": ("iso2",),
}
# Schemes whose aliases another scheme shares.
ALIASES = {"china": ("gacc",), "taiwan_portal": ("taiwan", "taiwan_portal")}


def codes_of(scheme: str, countries: pl.DataFrame, aliases: pl.DataFrame) -> Codes:
    """Code as filed to ISO3 for one scheme: the country table first, then the aliases of that scheme."""
    iso3: dict[str, str] = {}
    for column in COLUMNS[scheme]:
        iso3 |= dict(countries.filter(pl.col(column).is_not_null()).select(column, "country_iso3").iter_rows())
    further = aliases.filter(pl.col("scheme").is_in(ALIASES.get(scheme, (scheme,)))).select("code", "country_iso3")
    iso3 |= dict(further.iter_rows())
    numbers = dict(countries.select("country_iso3", "comtrade_code").drop_nulls().iter_rows())
    return Codes(iso3, {code: numbers[country] for code, country in iso3.items() if country in numbers})
