-- The components of a mirror gap that have an amount add up to the raw gap exactly, and every gap has all five.
-- guards: metrics.metric_mirror_waterfall
select
    exporter_iso3, importer_iso3, product_code, window_kind, period_start, count(*) as n_components,
    sum(component_usd) as added_usd, max(raw_gap_usd) as raw_gap_usd
from metrics.metric_mirror_waterfall
group by exporter_iso3, importer_iso3, product_code, window_kind, period_start
having sum(component_usd) <> max(raw_gap_usd) or count(*) <> 5 or min(raw_gap_usd) <> max(raw_gap_usd)
