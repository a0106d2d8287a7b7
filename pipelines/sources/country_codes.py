"""Country codes of a publisher, taken from the reference tables of countries and aliases."""

import polars as pl

from pipelines.sources.parsed import Codes

# Which column of countries.csv holds the code or name that a scheme uses.
COLUMNS = {
    "comtrade": "comtrade_code",
    "census": "census_code",
    "eurostat": "eurostat_code",
    "korea": "korea_code",
    "japan": "japan_code",
    "taiwan": "name_zh_tw",
}


def codes_of(scheme: str, countries: pl.DataFrame, aliases: pl.DataFrame) -> Codes:
    """Code as filed to ISO3 for one scheme: the country table first, then the aliases of that scheme."""
    column = COLUMNS[scheme]
    listed = countries.filter(pl.col(column).is_not_null()).select(column, "country_iso3")
    further = aliases.filter(pl.col("scheme") == scheme).select("code", "country_iso3")
    return Codes(dict(listed.iter_rows()) | dict(further.iter_rows()))
