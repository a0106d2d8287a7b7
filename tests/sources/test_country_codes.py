"""Country lists of publishers: columns of the country table, then aliases of the same scheme."""

import polars as pl

from pipelines.sources.country_codes import codes_of

COUNTRIES = pl.DataFrame(
    {
        "country_iso3": ["KOR", "TWN", "XOT"],
        "iso2": ["KR", "TW", None],
        "comtrade_code": ["410", "490", None],
        "census_code": ["5800", "5830", None],
        "japan_code": ["103", "106", None],
        "korea_code": [None, "TW", None],
        "name_zh_tw": ["南韓", None, "其他"],
    }
)
ALIASES = pl.DataFrame(
    {"scheme": ["comtrade", "taiwan"], "code": ["158", "北韓"], "country_iso3": ["TWN", "PRK"]},
)


def test_codes_of_the_country_table_and_aliases():
    assert codes_of("comtrade", COUNTRIES, ALIASES).iso3 == {"410": "KOR", "490": "TWN", "158": "TWN"}


def test_aliases_of_other_schemes_do_not_count():
    assert codes_of("census", COUNTRIES, ALIASES).iso3 == {"5800": "KOR", "5830": "TWN"}


def test_names_are_codes_too():
    assert codes_of("taiwan", COUNTRIES, ALIASES).iso3 == {"南韓": "KOR", "其他": "XOT", "北韓": "PRK"}


def test_codes_lead_to_comtrade_numbers_where_there_is_one():
    codes = codes_of("hongkong", COUNTRIES, ALIASES)
    assert codes.iso3 == {"KR": "KOR", "TW": "TWN"} and codes.comtrade == {"KR": "410", "TW": "490"}
