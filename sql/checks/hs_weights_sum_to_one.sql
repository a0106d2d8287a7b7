-- HS weights: by each method the value of an older code is divided wholly, or not at all.
-- guards: metrics.metric_hs_weight
select newer_revision, older_revision, older_code, weight_method, sum(code_weight) as weights, count(code_weight) as n_weights,
    count(*) as n_links
from metrics.metric_hs_weight
group by newer_revision, older_revision, older_code, weight_method
having coalesce(abs(sum(code_weight) - 1) > 1e-9, false) or count(code_weight) not in (0, count(*))
