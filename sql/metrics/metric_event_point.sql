-- One row per design and control set: cell-mean differences and two-line changes over the clean months (B3, B4, B7).
-- From metrics.metric_event_gap. NULL with fewer than 6 clean months before or 3 after. The two lines are least squares on each side,
-- read at the first month after; they equal the joint regression without seasonal terms.

with
gaps as (select * from metrics.metric_event_gap),

months as (
    select
        design_id,
        control_set,
        month_role,
        gap_log,
        treated_mean,
        control_mean,
        absence_reason,
        cast(
            months_from_event
            - coalesce(min(case when month_role = 'post' then months_from_event end) over (partition by design_id, control_set), 0)
            as decimal(6, 0)
        ) as t
    from gaps
    where month_role in ('pre', 'post')
),

summed as (
    select
        design_id,
        control_set,
        count(gap_log) filter (where month_role = 'pre') as n_pre,
        count(gap_log) filter (where month_role = 'post') as n_post,
        count(case when absence_reason = 'zero' then 1 end) as n_zero,
        cast(sum(gap_log) filter (where month_role = 'pre') as double) as g_pre,
        cast(sum(gap_log) filter (where month_role = 'post') as double) as g_post,
        cast(sum(treated_mean) filter (where month_role = 'pre') as double) as treated_pre,
        cast(sum(treated_mean) filter (where month_role = 'post') as double) as treated_post,
        cast(sum(control_mean) filter (where month_role = 'pre') as double) as control_pre,
        cast(sum(control_mean) filter (where month_role = 'post') as double) as control_post,
        cast(sum(t) filter (where month_role = 'pre' and gap_log is not null) as double) as t_pre,
        cast(sum(t) filter (where month_role = 'post' and gap_log is not null) as double) as t_post,
        cast(sum(t * t) filter (where month_role = 'pre' and gap_log is not null) as double) as tt_pre,
        cast(sum(t * t) filter (where month_role = 'post' and gap_log is not null) as double) as tt_post,
        cast(sum(t * gap_log) filter (where month_role = 'pre') as double) as tg_pre,
        cast(sum(t * gap_log) filter (where month_role = 'post') as double) as tg_post
    from months
    group by design_id, control_set
),

lines as (
    select
        design_id,
        control_set,
        n_pre,
        n_post,
        n_zero,
        g_pre,
        g_post,
        treated_pre,
        treated_post,
        control_pre,
        control_post,
        t_pre,
        t_post,
        n_pre >= 6 and n_post >= 3 as is_enough,
        case when n_pre >= 6 and n_post >= 3 then (n_pre * tg_pre - t_pre * g_pre) / nullif(n_pre * tt_pre - t_pre * t_pre, 0) end
            as slope_pre,
        case when n_pre >= 6 and n_post >= 3 then (n_post * tg_post - t_post * g_post) / nullif(n_post * tt_post - t_post * t_post, 0) end
            as slope_post
    from summed
),

points as (
    select
        design_id,
        control_set,
        n_pre,
        n_post,
        n_zero,
        is_enough,
        slope_pre,
        slope_post,
        case when is_enough then g_post / n_post - g_pre / n_pre end as did_log,
        case when is_enough then (g_post - slope_post * t_post) / n_post - (g_pre - slope_pre * t_pre) / n_pre end as level_change,
        case
            when is_enough and control_set <> 'none'
                then (treated_post / n_post - treated_pre / n_pre) - (control_post / n_post - control_pre / n_pre)
        end as did_level,
        case
            when is_enough and control_set <> 'none' and treated_pre > 0 and control_pre > 0 and control_post > 0
                then (treated_post / treated_pre) / (control_post / control_pre)
        end as ratios
    from lines
)

select
    cast(design_id as VARCHAR) as design_id,
    cast(control_set as VARCHAR) as control_set,
    cast(n_pre as BIGINT) as n_pre_months,
    cast(n_post as BIGINT) as n_post_months,
    cast(n_zero as BIGINT) as n_zero_months,
    cast(did_log as DOUBLE) as did_log,
    cast(did_level as DOUBLE) as did_level,
    cast(ratios as DOUBLE) as ratio_of_ratios,
    cast(case when ratios > 0 then ln(ratios) end as DOUBLE) as theta_saturated,
    cast(level_change as DOUBLE) as its_level,
    cast(slope_post - slope_pre as DOUBLE) as its_slope,
    cast(case when did_log is null and n_zero > 0 then 'zeros_in_series' when did_log is null then 'too_short' end as VARCHAR)
        as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from points
