-- The point that SQL computes from cell means or two lines is the estimator's own without seasonal terms, to 1e-9 (B3, B4).
-- guards: metrics.metric_event_fit
select fits.design_id, fits.control_set, fits.plain_log, points.did_log, points.its_level
from metrics.metric_event_fit as fits
inner join metrics.metric_event_point as points on fits.design_id = points.design_id and fits.control_set = points.control_set
where fits.plain_log is not null
    and abs(fits.plain_log - case when fits.estimator = 'interrupted_series' then points.its_level else points.did_log end) > 1e-9
