-- Supply mix: shares of a complete period add up to one, and the independent interval lies inside the worst case.
-- guards: metrics.metric_supply_mix
select scope, period_id, series_kind, unit_of_account, sum(mix_share) as shares, min(total_rss_low) as rss_low,
    min(total_low) as worst_low, max(total_rss_high) as rss_high, max(total_high) as worst_high
from metrics.metric_supply_mix
where mix_state = 'complete'
group by scope, period_id, series_kind, unit_of_account
having abs(sum(mix_share) - 1) > 1e-9 or min(total_rss_low) < min(total_low) - 1 or max(total_rss_high) > max(total_high) + 1
