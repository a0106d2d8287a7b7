-- One row per country, territory or documented special code. From data/reference/countries.csv.

with
filed as (select * from tidy.country)

select
    cast(filed.country_iso3 as VARCHAR) as country_iso3,
    cast(filed.iso2 as VARCHAR) as iso2,
    cast(filed.m49 as VARCHAR) as m49,
    cast(filed.comtrade_code as VARCHAR) as comtrade_code,
    cast(filed.census_code as VARCHAR) as census_code,
    cast(filed.gacc_code as VARCHAR) as gacc_code,
    cast(filed.japan_code as VARCHAR) as japan_code,
    cast(filed.korea_code as VARCHAR) as korea_code,
    cast(filed.eurostat_code as VARCHAR) as eurostat_code,
    cast(filed.name_en as VARCHAR) as name_en,
    cast(filed.name_zh_tw as VARCHAR) as name_zh_tw,
    cast(filed.country_kind as VARCHAR) as country_kind,
    cast(filed.rollup as VARCHAR) as rollup,
    cast(filed.reason as VARCHAR) as reason
from filed
