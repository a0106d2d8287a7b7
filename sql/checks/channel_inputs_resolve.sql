-- Once everything compiled is known, every figure and price that a channel input names exists.
-- guards: core.fact_figure
with
named as (
    select input_id, figure_id from tidy.channel_input
    union all select input_id, price_figure_id from tidy.channel_input where price_figure_id is not null
),
compiled as (select max(retrieved) as compiled_at from tidy.dataset)
select named.input_id, named.figure_id
from named
cross join core.run
cross join compiled
left join core.fact_figure as figures on named.figure_id = figures.figure_id
where run.as_of >= compiled.compiled_at and figures.figure_id is null
