-- One row per rule and month (B1): share of the month's days in force, and the month's place around the event.
-- From core.fact_rule_change by bite_date, never the print date; months from 24 before the event to as_of.

with
run as (select * from core.run),

rules as (select * from core.fact_rule_change),

months as (select * from core.dim_month),

events as (
    select
        rules.rule_id,
        rules.bite_date,
        rules.ended_date,
        case
            when least(coalesce(rules.anticipation_date, rules.announced_date), rules.announced_date) < rules.bite_date
                then least(coalesce(rules.anticipation_date, rules.announced_date), rules.announced_date)
            else rules.bite_date
        end as signal_date,
        12 * extract(year from rules.bite_date) + extract(month from rules.bite_date) as event_number
    from rules
    where rules.bite_date is not null
),

placed as (
    select
        events.rule_id,
        events.bite_date,
        events.signal_date,
        events.ended_date,
        months.month,
        months.month_end,
        months.days_in_month,
        12 * extract(year from months.month) + extract(month from months.month) - events.event_number as months_from_event,
        case
            when months.month_end < events.bite_date then 0
            when months.month >= events.bite_date then months.days_in_month
            else months.days_in_month - extract(day from events.bite_date) + 1
        end as days_since_bite,
        case
            when events.ended_date is null or months.month_end < events.ended_date then 0
            when months.month >= events.ended_date then months.days_in_month
            else months.days_in_month - extract(day from events.ended_date) + 1
        end as days_since_end
    from events
    inner join months on 12 * extract(year from months.month) + extract(month from months.month) >= events.event_number - 24
    inner join run on months.month <= run.as_of
),

dosed as (
    select
        rule_id,
        bite_date,
        signal_date,
        ended_date,
        month,
        month_end,
        months_from_event,
        greatest(cast(days_since_bite - days_since_end as double), 0) / days_in_month as dose
    from placed
)

select
    cast(dosed.rule_id as VARCHAR) as rule_id,
    cast(dosed.month as DATE) as month,
    cast(dosed.dose as DOUBLE) as dose,
    cast(
        case
            when dosed.months_from_event < 0 and dosed.month_end < dosed.signal_date then 'pre'
            when dosed.months_from_event < 0 then 'anticipation'
            when dosed.months_from_event = 0 and dosed.month < dosed.bite_date then 'partial'
            when dosed.ended_date <= dosed.month_end then 'excluded'
            else 'post'
        end as VARCHAR
    ) as month_role,
    cast(dosed.months_from_event as BIGINT) as months_from_event,
    cast(false as BOOLEAN) as is_later_vintage,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from dosed
