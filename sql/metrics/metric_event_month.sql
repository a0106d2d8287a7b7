-- One row per registered design and month of its window (B10): role, dose, reference month of the path.
-- From tidy.event_design, core.fact_rule_change and metrics.metric_event_overlap. Several rules are one composite event: it
-- begins with its first rule, months until its last rule are partial, and its dose is the largest of its rules. After the event,
-- months from the first bite of another rule on the lane onward are excluded; the event's own repeal excludes too.

with
run as (select * from core.run),

designs as (select * from tidy.event_design),

rules as (select * from core.fact_rule_change),

months as (select * from core.dim_month),

other_rules as (select * from metrics.metric_event_overlap),

members as (
    select
        designs.design_id,
        rules.ended_date,
        case when designs.date_basis = 'announced' then rules.announced_date else rules.bite_date end as event_date,
        least(coalesce(rules.anticipation_date, rules.announced_date), rules.announced_date) as first_signal
    from designs
    inner join rules on ';' || designs.event_rule_ids || ';' like '%;' || rules.rule_id || ';%'
),

events as (
    select
        design_id,
        min(event_date) as first_bite,
        max(event_date) as last_bite,
        min(case when first_signal < event_date then first_signal else event_date end) as signal,
        case when count(ended_date) = count(*) then max(ended_date) end as ended
    from members
    where event_date is not null
    group by design_id
),

cuts as (
    select design_id, min(bite_date) as cut
    from other_rules
    where overlap_place = 'after'
    group by design_id
),

placed as (
    select
        designs.design_id,
        designs.pre_months,
        designs.post_months,
        months.month,
        months.month_end,
        months.days_in_month,
        events.first_bite,
        events.last_bite,
        events.signal,
        events.ended,
        cuts.cut,
        12 * extract(year from months.month) + extract(month from months.month)
        - 12 * extract(year from events.first_bite) - extract(month from events.first_bite) as from_first,
        12 * extract(year from months.month) + extract(month from months.month)
        - 12 * extract(year from events.last_bite) - extract(month from events.last_bite) as from_last
    from designs
    inner join events on designs.design_id = events.design_id
    cross join months
    inner join run on months.month <= run.as_of
    left join cuts on designs.design_id = cuts.design_id
),

windowed as (
    select
        design_id,
        month,
        first_bite,
        last_bite,
        signal,
        from_first,
        case
            when from_first < 0 and month_end < signal then 'pre'
            when from_first < 0 then 'anticipation'
            when from_last < 0 or (from_last = 0 and month < last_bite) then 'partial'
            when ended <= month_end or cut <= month_end then 'excluded'
            else 'post'
        end as role,
        case
            when month_end < first_bite then 0
            when month >= first_bite then days_in_month
            else days_in_month - extract(day from first_bite) + 1
        end as days_since_bite,
        case
            when ended is null or month_end < ended then 0
            when month >= ended then days_in_month
            else days_in_month - extract(day from ended) + 1
        end as days_since_end,
        days_in_month
    from placed
    where from_first >= -pre_months and from_last <= post_months
),

references_of as (
    select design_id, max(month) as month
    from windowed
    where role = 'pre'
    group by design_id
)

select
    cast(windowed.design_id as VARCHAR) as design_id,
    cast(windowed.month as DATE) as month,
    cast(windowed.from_first as BIGINT) as months_from_event,
    cast(windowed.role as VARCHAR) as month_role,
    cast(greatest(cast(windowed.days_since_bite - windowed.days_since_end as double), 0) / windowed.days_in_month as DOUBLE) as dose,
    cast(references_of.month is not null as BOOLEAN) as is_reference_month,
    cast(windowed.first_bite as DATE) as first_bite_date,
    cast(windowed.last_bite as DATE) as last_bite_date,
    cast(windowed.signal as DATE) as signal_date,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from windowed
left join references_of on windowed.design_id = references_of.design_id and windowed.month = references_of.month
