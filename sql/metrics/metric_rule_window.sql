-- One row per rule on AI chips for China (C5, C8): half-years before and after it, and the other rules that bite inside that window.
-- Rules: a bite date, goods among AI chips and servers, China as destination, importance 1 or 2. Windows are whole half-years; the one
-- that holds the date is left out, unless the date lies within 15 days of its start or end. Where licensed supply has no figure in
-- the half-year after, the half-year that holds the date stands in for it if at least half of it lies after the date.
-- A licence rule is a US or Chinese export or import rule that restricts or relaxes sales of accelerators and servers named by model.

with
rules as (select * from core.fact_rule_change),

quantities as (select * from metrics.metric_quantity),

events as (
    select
        rule_id,
        bite_date,
        direction,
        flow_side,
        cast(year(bite_date) as bigint) * 2 + case when month(bite_date) <= 6 then 0 else 1 end as half_no,
        bite_date - cast(cast(year(bite_date) as varchar) || case when month(bite_date) <= 6 then '-01-01' else '-07-01' end as date)
            as days_in,
        cast(cast(year(bite_date) as varchar) || case when month(bite_date) <= 6 then '-06-30' else '-12-31' end as date) - bite_date
            as days_left,
        coalesce(
            jurisdiction in ('USA', 'CHN')
            and flow_side in ('export_control', 'import_restriction')
            and action in ('restrict', 'relax')
            and products like '%ai_accelerator%'
            and products like '%gpu_server%'
            and chips is not null, false
        ) as is_licence_rule
    from rules
    where bite_date is not null
        and importance <= 2
        and direction in ('tighten', 'loosen')
        and (products like '%ai_accelerator%' or products like '%gpu_server%')
        and destinations like '%CHN%'
),

placed as (
    select
        rule_id,
        bite_date,
        direction,
        flow_side,
        is_licence_rule,
        half_no,
        days_in <= 92 and days_in > 15 and days_left > 15 as may_stand_in,
        case when days_left <= 15 then half_no else half_no - 1 end as before_no,
        case when days_in <= 15 then half_no else half_no + 1 end as after_no
    from events
),

licensed as (
    select distinct
        cast(left(period_id, 4) as bigint) * 2 + case when right(period_id, 2) = 'H1' then 0 else 1 end as half_no
    from quantities
    where quantity_kind = 'cell' and quantity_series = 'backbone' and channel = 'legal' and period_id like '%H_'
),

chosen as (
    select
        placed.rule_id,
        placed.bite_date,
        placed.direction,
        placed.flow_side,
        placed.is_licence_rule,
        placed.before_no,
        case when whole.half_no is null and standing.half_no is not null then placed.half_no else placed.after_no end as after_no,
        case when whole.half_no is null and standing.half_no is not null then 'event_half' else 'whole_halves' end as window_form
    from placed
    left join licensed as whole on placed.after_no = whole.half_no
    left join licensed as standing on placed.may_stand_in and placed.half_no = standing.half_no
),

windows as (
    select
        rule_id,
        bite_date,
        direction,
        flow_side,
        is_licence_rule,
        window_form,
        cast(before_no // 2 as varchar) || case when before_no % 2 = 0 then 'H1' else 'H2' end as before_period,
        cast(after_no // 2 as varchar) || case when after_no % 2 = 0 then 'H1' else 'H2' end as after_period,
        cast(cast(before_no // 2 as varchar) || case when before_no % 2 = 0 then '-01-01' else '-07-01' end as date) as window_start,
        cast(cast(after_no // 2 as varchar) || case when after_no % 2 = 0 then '-06-30' else '-12-31' end as date) as window_end
    from chosen
),

others as (
    select
        windows.rule_id,
        count(*) as n_window_rules,
        count(case when events.is_licence_rule then 1 end) as n_licence_rules
    from windows
    inner join events
        on events.bite_date >= windows.window_start
        and events.bite_date <= windows.window_end
        and windows.rule_id <> events.rule_id
    group by windows.rule_id
)

select
    cast(windows.rule_id as VARCHAR) as rule_id,
    cast(windows.bite_date as DATE) as rule_bite_date,
    cast(windows.direction as VARCHAR) as direction,
    cast(windows.flow_side as VARCHAR) as flow_side,
    cast(windows.is_licence_rule as BOOLEAN) as is_licence_rule,
    cast(windows.before_period as VARCHAR) as before_period,
    cast(windows.after_period as VARCHAR) as after_period,
    cast(windows.window_form as VARCHAR) as window_form,
    cast(coalesce(others.n_window_rules, 0) as BIGINT) as n_window_rules,
    cast(coalesce(others.n_licence_rules, 0) as BIGINT) as n_licence_rules,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from windows
left join others on windows.rule_id = others.rule_id
