-- No registered event study is dropped: each has exactly one row in the results, and each result is registered.
-- guards: metrics.metric_event_result
select coalesce(designs.design_id, results.design_id) as design_id
from tidy.event_design as designs
full join metrics.metric_event_result as results on designs.design_id = results.design_id
where designs.design_id is null or results.design_id is null
