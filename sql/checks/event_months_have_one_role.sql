-- Roles of the months of an event follow one another: before, anticipation, partial, after, and excluded to the end (B10).
-- guards: metrics.metric_event_month
with
numbered as (
    select
        design_id,
        month,
        case month_role when 'pre' then 1 when 'anticipation' then 2 when 'partial' then 3 when 'post' then 4 else 5 end as place,
        lag(case month_role when 'pre' then 1 when 'anticipation' then 2 when 'partial' then 3 when 'post' then 4 else 5 end)
            over (partition by design_id order by month) as place_before
    from metrics.metric_event_month
)
select design_id, month from numbered where place < place_before
