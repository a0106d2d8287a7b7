-- One row per registered outcome series and month: cells added and taken off; NULL unless every part is present.
-- From metrics.metric_flow_cube and the World totals of core.fact_control_total, by the registry of outcome series.

with
outcomes as (select * from tidy.outcome_series),

cube as (select * from metrics.metric_flow_cube),

totals as (select * from core.fact_control_total),

months as (select * from core.dim_month),

cells as (
    select
        cube.source_id, cube.reporter_iso3, cube.partner_iso3, cube.flow, cube.product_code,
        cube.period_start as month, cube.value_usd, cube.net_kg, cube.is_later_vintage
    from cube
    where cube.frequency = 'M'
    union all
    select
        totals.source_id, totals.reporter_iso3, totals.partner_iso3, totals.flow, totals.product_code,
        totals.period_start as month, totals.value_usd, totals.net_kg, totals.is_later_vintage
    from totals
    where totals.is_current and totals.frequency = 'M' and totals.control_kind = 'world_total' and totals.partner_iso3 = 'WLD'
),

parts as (
    select
        outcomes.outcome_id,
        cells.month,
        case
            when ';' || outcomes.plus_codes || ';' like '%;' || cells.product_code || ';%' then 1
            else -1
        end as sign,
        cast(case when outcomes.outcome_measure = 'value_usd' then cells.value_usd else cells.net_kg end as decimal(24, 6))
            as amount,
        case when cells.is_later_vintage then 1 else 0 end as later
    from outcomes
    inner join cells
        on outcomes.source_id = cells.source_id
        and outcomes.reporter_iso3 = cells.reporter_iso3
        and outcomes.flow = cells.flow
        and ';' || outcomes.partner_isos || ';' like '%;' || cells.partner_iso3 || ';%'
        and ';' || outcomes.plus_codes || ';' || coalesce(outcomes.minus_codes, '') || ';'
        like '%;' || cells.product_code || ';%'
),

added as (
    select
        outcome_id,
        month,
        count(amount) as n_present,
        sum(sign * amount) as amount,
        max(later) as later
    from parts
    group by outcome_id, month
),

spans as (
    select
        outcomes.outcome_id,
        outcomes.outcome_measure,
        (length(outcomes.partner_isos) - length(replace(outcomes.partner_isos, ';', '')) + 1)
        * (
            length(outcomes.plus_codes) - length(replace(outcomes.plus_codes, ';', '')) + 1
            + coalesce(length(outcomes.minus_codes) - length(replace(outcomes.minus_codes, ';', '')) + 1, 0)
        ) as n_expected,
        min(added.month) as first_month,
        max(added.month) as last_month
    from outcomes
    inner join added on outcomes.outcome_id = added.outcome_id
    group by outcomes.outcome_id, outcomes.outcome_measure, outcomes.partner_isos, outcomes.plus_codes, outcomes.minus_codes
)

select
    cast(spans.outcome_id as VARCHAR) as outcome_id,
    cast(months.month as DATE) as month,
    cast(case when spans.outcome_measure = 'value_usd' then 'usd' else 'kg' end as VARCHAR) as unit,
    cast(case when added.n_present = spans.n_expected then added.amount end as DECIMAL(24,6)) as value,
    cast(spans.n_expected as BIGINT) as n_expected,
    cast(coalesce(added.n_present, 0) as BIGINT) as n_present,
    cast(case when coalesce(added.n_present, 0) < spans.n_expected then 'missing' end as VARCHAR) as absence_reason,
    cast(coalesce(added.later, 0) = 1 as BOOLEAN) as is_later_vintage,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from spans
inner join months on spans.first_month <= months.month and months.month <= spans.last_month
left join added on spans.outcome_id = added.outcome_id and months.month = added.month
