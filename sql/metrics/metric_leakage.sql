-- One row per unit, measure and counterfactual (C8): leakage, induced diversion and effectiveness of the H20 stop, second half of 2025.
-- From metrics.fact_draw, draw by draw. Licensed sales without the control are a prior. What would have been smuggled anyway is not known:
-- none and all of it are the ends of the identified set; previous takes the last half-year before the rule. Domestic output and
-- compute rented abroad count as offsets by their change over that half-year, where they have a figure.

with
quantities as (select * from metrics.metric_quantity),

draws as (select * from metrics.fact_draw),

units as (
    select 'chips' as unit
    union all
    select 'usd' as unit
    union all
    select 'h100e' as unit
    union all
    select 'bandwidth' as unit
),

roles as (
    select 'uncontrolled' as role, 'derived:legal-no-control-2025h2-' as start_of_id
    union all
    select 'licensed' as role, 'cell:legal:2025H2:backbone:' as start_of_id
    union all
    select 'smuggled' as role, 'cell:smuggled:2025H2:backbone:' as start_of_id
    union all
    select 'smuggled_before' as role, 'cell:smuggled:2024H2:backbone:' as start_of_id
    union all
    select 'domestic' as role, 'cell:domestic:2025H2:backbone:' as start_of_id
    union all
    select 'domestic_before' as role, 'cell:domestic:2024H2:backbone:' as start_of_id
    union all
    select 'offshore' as role, 'cell:offshore:2025H2:backbone:' as start_of_id
    union all
    select 'offshore_before' as role, 'cell:offshore:2024H2:backbone:' as start_of_id
),

wide as (
    select
        units.unit,
        draws.draw_id,
        max(case when roles.role = 'uncontrolled' then draws.draw_amount end) as uncontrolled,
        max(case when roles.role = 'licensed' then draws.draw_amount end) as licensed,
        max(case when roles.role = 'smuggled' then draws.draw_amount end) as smuggled,
        max(case when roles.role = 'smuggled_before' then draws.draw_amount end) as smuggled_before,
        max(case when roles.role = 'domestic' then draws.draw_amount end)
            - max(case when roles.role = 'domestic_before' then draws.draw_amount end) as domestic_change,
        max(case when roles.role = 'offshore' then draws.draw_amount end)
            - max(case when roles.role = 'offshore_before' then draws.draw_amount end) as offshore_change
    from units
    cross join roles
    inner join quantities on quantities.quantity_id = roles.start_of_id || units.unit
    inner join draws on quantities.quantity_id = draws.quantity_id
    group by units.unit, draws.draw_id
),

measured as (
    select unit, draw_id, 'gross_leakage' as leakage_measure, 'not_needed' as smuggled_counterfactual,
        cast(smuggled as double) / nullif(cast(uncontrolled as double), 0) as ratio
    from wide
    union all
    select unit, draw_id, 'induced_diversion', 'none',
        case when uncontrolled > licensed then cast(smuggled as double) / cast(uncontrolled - licensed as double) end
    from wide
    union all
    select unit, draw_id, 'induced_diversion', 'all',
        case when uncontrolled > licensed and smuggled is not null then cast(0 as double) end
    from wide
    union all
    select unit, draw_id, 'induced_diversion', 'previous',
        case
            when uncontrolled > licensed
                then cast(smuggled - smuggled_before as double) / cast(uncontrolled - licensed as double)
        end
    from wide
    union all
    select unit, draw_id, 'effectiveness', 'none',
        case
            when uncontrolled > licensed
                then 1 - cast(smuggled + domestic_change + coalesce(offshore_change, 0) as double)
                    / cast(uncontrolled - licensed as double)
        end
    from wide
    union all
    select unit, draw_id, 'effectiveness', 'all',
        case
            when uncontrolled > licensed and smuggled is not null
                then 1 - cast(domestic_change + coalesce(offshore_change, 0) as double) / cast(uncontrolled - licensed as double)
        end
    from wide
    union all
    select unit, draw_id, 'effectiveness', 'previous',
        case
            when uncontrolled > licensed
                then 1 - cast(smuggled - smuggled_before + domestic_change + coalesce(offshore_change, 0) as double)
                    / cast(uncontrolled - licensed as double)
        end
    from wide
),

intervals as (
    select
        unit,
        leakage_measure,
        smuggled_counterfactual,
        cast(count(ratio) as double) / cast(count(*) as double) as defined_share,
        quantile_disc(ratio, 0.05) as leakage_p05,
        quantile_disc(ratio, 0.5) as leakage_p50,
        quantile_disc(ratio, 0.95) as leakage_p95
    from measured
    group by unit, leakage_measure, smuggled_counterfactual
),

has_offshore as (
    select unit, count(offshore_change) as n_offshore
    from wide
    group by unit
),

lines as (
    select units.unit, kinds.leakage_measure, kinds.smuggled_counterfactual
    from units
    cross join (
        select 'gross_leakage' as leakage_measure, 'not_needed' as smuggled_counterfactual
        union all
        select 'induced_diversion', 'none'
        union all
        select 'induced_diversion', 'all'
        union all
        select 'induced_diversion', 'previous'
        union all
        select 'effectiveness', 'none'
        union all
        select 'effectiveness', 'all'
        union all
        select 'effectiveness', 'previous'
    ) as kinds
)

select
    cast('2025H2' as VARCHAR) as period_id,
    cast(lines.unit as VARCHAR) as unit_of_account,
    cast(lines.leakage_measure as VARCHAR) as leakage_measure,
    cast(lines.smuggled_counterfactual as VARCHAR) as smuggled_counterfactual,
    cast(case when intervals.defined_share >= 0.95 then intervals.leakage_p05 end as DOUBLE) as leakage_p05,
    cast(case when intervals.defined_share >= 0.95 then intervals.leakage_p50 end as DOUBLE) as leakage_p50,
    cast(case when intervals.defined_share >= 0.95 then intervals.leakage_p95 end as DOUBLE) as leakage_p95,
    cast(
        case
            when lines.leakage_measure <> 'effectiveness' then null
            when has_offshore.n_offshore > 0 then 'smuggled;domestic;offshore'
            else 'smuggled;domestic'
        end as VARCHAR
    ) as counted_offsets,
    cast(
        'Licensed sales without the rule are a prior; smuggled quantities are claimed; other rules of 2025 fall into the same months'
        as VARCHAR
    ) as limit_note,
    cast(
        case
            when intervals.defined_share is null or intervals.defined_share = 0 then 'input_not_known'
            when intervals.defined_share < 0.95 then 'shortfall_not_positive'
        end as VARCHAR
    ) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from lines
left join intervals
    on lines.unit = intervals.unit
    and lines.leakage_measure = intervals.leakage_measure
    and lines.smuggled_counterfactual = intervals.smuggled_counterfactual
left join has_offshore on lines.unit = has_offshore.unit
