-- One row per claim that was public at as_of: from data/facts/claims.csv, and from the user's own file of `chipflows build --claims`.

with
run as (select * from core.run),

shipped as (select * from tidy.claim),

brought as (select * from tidy.user_claim),

filed as (
    select
        claim_id, claim_kind, subkind, channel, publisher, title, known_at, is_known_at_approximate, url,
        url2, measured, chip_models, conversion_chip_id, period_start, period_end, unit, unit_basis,
        chips_per_item, low, central, high, bound_kind, stated_level, original_currency, original_low,
        original_central, original_high, fx_cny_per_usd, fx_basis, route_iso3, destination_iso3, method,
        grade, grade_reason, overlaps_with, independence_group, series_role, is_seen, seen_via, note, locator,
        'shipped' as claim_origin
    from shipped
    union all
    select
        claim_id, claim_kind, subkind, channel, publisher, title, known_at, is_known_at_approximate, url,
        url2, measured, chip_models, conversion_chip_id, period_start, period_end, unit, unit_basis,
        chips_per_item, low, central, high, bound_kind, stated_level, original_currency, original_low,
        original_central, original_high, fx_cny_per_usd, fx_basis, route_iso3, destination_iso3, method,
        grade, grade_reason, overlaps_with, independence_group, series_role, is_seen, seen_via, note, locator,
        'user' as claim_origin
    from brought
)

select
    cast(filed.claim_id as VARCHAR) as claim_id,
    cast(filed.claim_kind as VARCHAR) as claim_kind,
    cast(filed.subkind as VARCHAR) as subkind,
    cast(filed.channel as VARCHAR) as channel,
    cast(filed.publisher as VARCHAR) as publisher,
    cast(filed.title as VARCHAR) as title,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.is_known_at_approximate as BOOLEAN) as is_known_at_approximate,
    cast(filed.url as VARCHAR) as url,
    cast(filed.url2 as VARCHAR) as url2,
    cast(filed.measured as VARCHAR) as measured,
    cast(filed.chip_models as VARCHAR) as chip_models,
    cast(filed.conversion_chip_id as VARCHAR) as conversion_chip_id,
    cast(filed.period_start as DATE) as period_start,
    cast(filed.period_end as DATE) as period_end,
    cast(filed.unit as VARCHAR) as unit,
    cast(filed.unit_basis as VARCHAR) as unit_basis,
    cast(filed.chips_per_item as BIGINT) as chips_per_item,
    cast(filed.low as DECIMAL(24,6)) as low,
    cast(filed.central as DECIMAL(24,6)) as central,
    cast(filed.high as DECIMAL(24,6)) as high,
    cast(filed.bound_kind as VARCHAR) as bound_kind,
    cast(filed.stated_level as DOUBLE) as stated_level,
    cast(filed.original_currency as VARCHAR) as original_currency,
    cast(filed.original_low as DECIMAL(24,6)) as original_low,
    cast(filed.original_central as DECIMAL(24,6)) as original_central,
    cast(filed.original_high as DECIMAL(24,6)) as original_high,
    cast(filed.fx_cny_per_usd as DECIMAL(24,6)) as fx_cny_per_usd,
    cast(filed.fx_basis as VARCHAR) as fx_basis,
    cast(filed.route_iso3 as VARCHAR) as route_iso3,
    cast(filed.destination_iso3 as VARCHAR) as destination_iso3,
    cast(filed.method as VARCHAR) as method,
    cast(filed.grade as VARCHAR) as grade,
    cast(filed.grade_reason as VARCHAR) as grade_reason,
    cast(filed.overlaps_with as VARCHAR) as overlaps_with,
    cast(filed.independence_group as VARCHAR) as independence_group,
    cast(filed.series_role as VARCHAR) as series_role,
    cast(filed.is_seen as BOOLEAN) as is_seen,
    cast(filed.seen_via as VARCHAR) as seen_via,
    cast(filed.note as VARCHAR) as note,
    cast(filed.locator as VARCHAR) as locator,
    cast(filed.claim_origin as VARCHAR) as claim_origin
from filed
cross join run
where filed.known_at <= run.as_of
