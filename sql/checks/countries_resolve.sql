-- Every reporter, partner, jurisdiction and destination is a country or documented code.
-- guards: core.dim_country
with
named as (
    select distinct 'reporter' as found_in, reporter_iso3 as code from tidy.trade_obs
    union all select distinct 'partner', partner_iso3 from tidy.trade_obs
    union all select distinct 'jurisdiction', jurisdiction from tidy.rule_change
    union all select distinct 'destination', destination_iso3 from tidy.claim
    union all select distinct 'route', unnest(string_split(route_iso3, ';')) from tidy.claim where route_iso3 is not null
    union all select distinct 'destination', destination_iso3 from tidy.user_claim
    union all
    select distinct 'route', unnest(string_split(route_iso3, ';')) from tidy.user_claim where route_iso3 is not null
    union all select distinct 'price', location_iso3 from tidy.price
    union all select distinct 'hub', country_iso3 from tidy.hub
)
select named.found_in, named.code
from named
left join tidy.country as countries on named.code = countries.country_iso3
where countries.country_iso3 is null
