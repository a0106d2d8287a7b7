-- In every joint draw own and proxy-fabricated parts add up to domestic output, and pools pick exactly one member.
-- guards: metrics.fact_draw
with
parts as (
    select quantities.period_id, quantities.unit, draws.draw_id, sum(draws.draw_amount) as part_amount, count(*) as n_parts
    from metrics.metric_quantity as quantities
    inner join metrics.fact_draw as draws on quantities.quantity_id = draws.quantity_id
    where quantities.quantity_kind = 'part'
    group by quantities.period_id, quantities.unit, draws.draw_id
),
wholes as (
    select quantities.period_id, quantities.unit, draws.draw_id, draws.draw_amount
    from metrics.metric_quantity as quantities
    inner join metrics.fact_draw as draws on quantities.quantity_id = draws.quantity_id
    where quantities.quantity_kind = 'cell' and quantities.channel = 'domestic'
),
counts as (
    select quantity_id, count(*) as n_draws, count(draw_amount) as n_amounts
    from metrics.fact_draw
    group by quantity_id
),
expected as (select count(distinct draw_id) as n_draws from metrics.fact_normal)
select 'parts' as what, parts.period_id || ' ' || parts.unit as place, cast(parts.draw_id as varchar) as found
from parts
inner join wholes on parts.period_id = wholes.period_id and parts.unit = wholes.unit and parts.draw_id = wholes.draw_id
where parts.n_parts = 2 and abs(parts.part_amount - wholes.draw_amount) > 0.001
union all
select 'draws' as what, counts.quantity_id as place, cast(counts.n_amounts as varchar) as found
from counts
cross join expected
where counts.n_draws <> expected.n_draws or counts.n_amounts <> expected.n_draws
