-- One row per licence rule, unit, measure and what licensed sales and smuggling would have been (C8): leakage, induced diversion and
-- effectiveness of rules that tighten, displacement on re-opening of rules that loosen. From metrics.metric_rule_window and
-- metrics.fact_draw, draw by draw. Licensed sales without the rule: for export rules a prior on sales without export licensing where one is
-- filed for the half-year, and for all the half-year before. What would have been smuggled anyway is not known: none and all of it are the
-- ends of the identified set; previous takes the half-year before. Offsets are changes over the window; a year's figure divided into halves
-- shows none and is left out. effective_05 is the geometric mean of a channel's compute and bandwidth, its upper end where a channel mixes
-- chips. Compute on both sides is by dense 8-bit rate: a prior in chips whose weight by TPP is another gives no ratio.

with
rule_windows as (select * from metrics.metric_rule_window),

supply as (select * from metrics.metric_channel_supply),

quantities as (select * from metrics.metric_quantity),

draws as (select * from metrics.fact_draw),

derived as (select * from tidy.derived_quantity),

weights as (select * from metrics.metric_compute_weight),

windows as (
    select rule_id, rule_bite_date, direction, flow_side, before_period, after_period, window_form, n_licence_rules
    from rule_windows
    where is_licence_rule
),

base_units as (
    select 'chips' as unit
    union all
    select 'usd' as unit
    union all
    select 'h100e' as unit
    union all
    select 'bandwidth' as unit
),

units as (
    select unit
    from base_units
    union all
    select 'effective_05' as unit
),

differing as (
    select distinct derived.derived_id
    from derived
    inner join weights on derived.factor_ref = weights.chip_id
    where derived.factor_source = 'weight_h100e'
        and (weights.h100e_int8 is null or abs(weights.h100e - weights.h100e_int8) > 0.01 * weights.h100e)
),

flat_years as (
    select
        channel,
        unit_of_account,
        left(period_id, 4) as year_id,
        coalesce(min(allocations) like '%allocated%', false)
            or (count(*) = 2 and min(central_amount) = max(central_amount) and min(central_amount) > 0) as is_divided
    from supply
    where series_kind = 'backbone' and period_id like '%H_' and central_amount is not null
    group by channel, unit_of_account, left(period_id, 4)
),

cell_draws as (
    select quantities.channel, quantities.period_id, quantities.unit, draws.draw_id, cast(draws.draw_amount as double) as amount
    from quantities
    inner join draws on quantities.quantity_id = draws.quantity_id
    where quantities.quantity_kind = 'cell' and quantities.quantity_series = 'backbone' and quantities.period_id like '%H_'
),

all_cells as (
    select channel, period_id, unit, draw_id, amount
    from cell_draws
    union all
    select compute.channel, compute.period_id, 'effective_05' as unit, compute.draw_id, sqrt(compute.amount * memory.amount) as amount
    from cell_draws as compute
    inner join cell_draws as memory
        on compute.channel = memory.channel
        and compute.period_id = memory.period_id
        and compute.draw_id = memory.draw_id
        and memory.unit = 'bandwidth'
    where compute.unit = 'h100e'
),

pairs as (select distinct before_period, after_period, direction from windows),

wide as (
    select
        pairs.before_period,
        pairs.after_period,
        pairs.direction,
        all_cells.unit,
        all_cells.draw_id,
        max(case when channel = 'legal' and period_id = before_period then amount end) as licensed_before,
        max(case when channel = 'legal' and period_id = after_period then amount end) as licensed,
        max(case when channel = 'smuggled' and period_id = before_period then amount end) as smuggled_before,
        max(case when channel = 'smuggled' and period_id = after_period then amount end) as smuggled,
        max(case when channel = 'domestic' and period_id = after_period then amount end)
            - max(case when channel = 'domestic' and period_id = before_period then amount end) as domestic_change,
        max(case when channel = 'offshore' and period_id = after_period then amount end)
            - max(case when channel = 'offshore' and period_id = before_period then amount end) as offshore_change
    from pairs
    inner join all_cells on all_cells.period_id in (pairs.before_period, pairs.after_period)
    group by pairs.before_period, pairs.after_period, pairs.direction, all_cells.unit, all_cells.draw_id
),

prior_draws as (
    select pairs.before_period, pairs.after_period, base_units.unit, draws.draw_id, cast(draws.draw_amount as double) as amount
    from pairs
    cross join base_units
    inner join draws
        on draws.quantity_id = 'derived:legal-no-control-' || lower(pairs.after_period) || '-' || base_units.unit
    where pairs.direction = 'tighten'
),

uncontrolled as (
    select before_period, after_period, unit, draw_id, 'prior' as uncontrolled_basis, amount as uncontrolled
    from prior_draws
    union all
    select compute.before_period, compute.after_period, 'effective_05' as unit, compute.draw_id, 'prior' as uncontrolled_basis,
        sqrt(compute.amount * memory.amount) as uncontrolled
    from prior_draws as compute
    inner join prior_draws as memory
        on compute.before_period = memory.before_period
        and compute.after_period = memory.after_period
        and compute.draw_id = memory.draw_id
        and memory.unit = 'bandwidth'
    where compute.unit = 'h100e'
    union all
    select before_period, after_period, unit, draw_id, 'half_before' as uncontrolled_basis, licensed_before as uncontrolled
    from wide
    where direction = 'tighten' and licensed_before is not null
),

conventions as (
    select pairs.after_period, units.unit,
        max(case when differing.derived_id is not null then 1 else 0 end) as is_differing
    from pairs
    cross join units
    left join differing
        on units.unit in ('h100e', 'effective_05')
        and differing.derived_id = 'legal-no-control-' || lower(pairs.after_period) || '-h100e'
    group by pairs.after_period, units.unit
),

divisions as (
    select
        pairs.before_period, pairs.after_period, pairs.direction, units.unit, channels.channel,
        left(pairs.before_period, 4) = left(pairs.after_period, 4)
            and coalesce(max(case when flat_years.is_divided then 1 else 0 end), 0) = 1 as is_flat_by_allocation
    from pairs
    cross join units
    cross join (
        select 'domestic' as channel
        union all
        select 'offshore' as channel
    ) as channels
    left join flat_years
        on channels.channel = flat_years.channel
        and left(pairs.after_period, 4) = flat_years.year_id
        and (
            units.unit = flat_years.unit_of_account
            or (units.unit = 'effective_05' and flat_years.unit_of_account in ('h100e', 'bandwidth'))
        )
    group by pairs.before_period, pairs.after_period, pairs.direction, units.unit, channels.channel
),

offsets as (
    select
        wide.before_period,
        wide.after_period,
        wide.unit,
        uncontrolled.uncontrolled_basis,
        wide.draw_id,
        wide.smuggled,
        wide.smuggled_before,
        uncontrolled.uncontrolled,
        case when uncontrolled.uncontrolled > wide.licensed then uncontrolled.uncontrolled - wide.licensed end as shortfall,
        case when home.is_flat_by_allocation then null else wide.domestic_change end as domestic_change,
        case when abroad.is_flat_by_allocation then null else wide.offshore_change end as offshore_change
    from wide
    inner join uncontrolled
        on wide.before_period = uncontrolled.before_period
        and wide.after_period = uncontrolled.after_period
        and wide.unit = uncontrolled.unit
        and wide.draw_id = uncontrolled.draw_id
    inner join divisions as home
        on wide.before_period = home.before_period
        and wide.after_period = home.after_period
        and wide.direction = home.direction
        and wide.unit = home.unit
        and home.channel = 'domestic'
    inner join divisions as abroad
        on wide.before_period = abroad.before_period
        and wide.after_period = abroad.after_period
        and wide.direction = abroad.direction
        and wide.unit = abroad.unit
        and abroad.channel = 'offshore'
    where wide.direction = 'tighten'
),

counterfactuals as (
    select 'none' as smuggled_counterfactual
    union all
    select 'all' as smuggled_counterfactual
    union all
    select 'previous' as smuggled_counterfactual
),

beyond as (
    select
        offsets.before_period, offsets.after_period, offsets.unit, offsets.uncontrolled_basis,
        counterfactuals.smuggled_counterfactual, offsets.shortfall,
        case counterfactuals.smuggled_counterfactual
            when 'none' then offsets.smuggled
            when 'all' then offsets.smuggled - offsets.smuggled
            else offsets.smuggled - offsets.smuggled_before
        end as smuggled_beyond,
        offsets.domestic_change,
        offsets.offshore_change
    from offsets
    cross join counterfactuals
),

measured as (
    select before_period, after_period, 'tighten' as direction, unit, 'gross_leakage' as leakage_measure,
        'not_needed' as smuggled_counterfactual, uncontrolled_basis, smuggled / nullif(uncontrolled, 0) as ratio,
        true as is_shortfall_known, 0 as n_domestic, 0 as n_offshore
    from offsets
    union all
    select before_period, after_period, 'tighten' as direction, unit, 'induced_diversion' as leakage_measure,
        smuggled_counterfactual, uncontrolled_basis, smuggled_beyond / shortfall as ratio, shortfall is not null as is_shortfall_known,
        0 as n_domestic, 0 as n_offshore
    from beyond
    union all
    select before_period, after_period, 'tighten' as direction, unit, 'effectiveness' as leakage_measure, smuggled_counterfactual,
        uncontrolled_basis,
        1 - (smuggled_beyond + domestic_change + coalesce(offshore_change, 0)) / shortfall as ratio,
        shortfall is not null as is_shortfall_known,
        case when domestic_change is null then 0 else 1 end as n_domestic,
        case when offshore_change is null then 0 else 1 end as n_offshore
    from beyond
    union all
    select before_period, after_period, 'loosen' as direction, unit, 'displacement_on_reopening' as leakage_measure,
        'previous' as smuggled_counterfactual, 'not_needed' as uncontrolled_basis,
        case when licensed > licensed_before then (smuggled_before - smuggled) / (licensed - licensed_before) end as ratio,
        licensed > licensed_before as is_shortfall_known, 0 as n_domestic, 0 as n_offshore
    from wide
    where direction = 'loosen' and licensed is not null and licensed_before is not null
),

intervals as (
    select
        before_period,
        after_period,
        direction,
        unit,
        leakage_measure,
        smuggled_counterfactual,
        uncontrolled_basis,
        cast(count(case when is_shortfall_known then 1 end) as double) / cast(count(*) as double) as defined_share,
        cast(count(ratio) as double) / cast(count(*) as double) as ratio_share,
        max(n_domestic) as n_domestic,
        max(n_offshore) as n_offshore,
        quantile_disc(ratio, 0.05) as leakage_p05,
        quantile_disc(ratio, 0.5) as leakage_p50,
        quantile_disc(ratio, 0.95) as leakage_p95
    from measured
    group by before_period, after_period, direction, unit, leakage_measure, smuggled_counterfactual, uncontrolled_basis
),

kinds as (
    select 'tighten' as direction, 'gross_leakage' as leakage_measure, 'not_needed' as smuggled_counterfactual
    union all
    select 'tighten', 'induced_diversion', smuggled_counterfactual
    from counterfactuals
    union all
    select 'tighten', 'effectiveness', smuggled_counterfactual
    from counterfactuals
    union all
    select 'loosen', 'displacement_on_reopening', 'previous'
),

bases as (
    select 'tighten' as direction, 'prior' as uncontrolled_basis
    union all
    select 'tighten' as direction, 'half_before' as uncontrolled_basis
    union all
    select 'loosen' as direction, 'not_needed' as uncontrolled_basis
),

lines as (
    select
        windows.rule_id, windows.rule_bite_date, windows.direction, windows.flow_side, windows.before_period, windows.after_period,
        windows.window_form, windows.n_licence_rules, units.unit, kinds.leakage_measure, kinds.smuggled_counterfactual, bases.uncontrolled_basis
    from windows
    cross join units
    inner join kinds on windows.direction = kinds.direction
    inner join bases on windows.direction = bases.direction
),

judged as (
    select
        lines.rule_id, lines.rule_bite_date, lines.before_period, lines.after_period, lines.window_form, lines.n_licence_rules,
        lines.unit, lines.leakage_measure, lines.smuggled_counterfactual, lines.uncontrolled_basis, intervals.leakage_p05,
        intervals.leakage_p50, intervals.leakage_p95, intervals.n_domestic, intervals.n_offshore,
        case
            when intervals.defined_share is null then 'no_data'
            when lines.uncontrolled_basis = 'prior' and lines.flow_side <> 'export_control' then 'no_data'
            when lines.uncontrolled_basis = 'prior' and conventions.is_differing = 1 then 'conventions_differ'
            when intervals.defined_share < 0.95 and lines.direction = 'loosen' then 'licensed_did_not_rise'
            when intervals.defined_share < 0.95 then 'shortfall_not_positive'
            when intervals.ratio_share < 0.95 and lines.leakage_measure = 'effectiveness' and home.is_flat_by_allocation
                then 'allocated_no_change_seen'
            when intervals.ratio_share < 0.95 then 'no_data'
            when lines.n_licence_rules > 0 then 'not_separable'
            else 'estimated'
        end as leakage_status
    from lines
    inner join conventions on lines.after_period = conventions.after_period and lines.unit = conventions.unit
    left join divisions as home
        on lines.before_period = home.before_period
        and lines.after_period = home.after_period
        and lines.direction = home.direction
        and lines.unit = home.unit
        and home.channel = 'domestic'
    left join intervals
        on lines.before_period = intervals.before_period
        and lines.after_period = intervals.after_period
        and lines.direction = intervals.direction
        and lines.unit = intervals.unit
        and lines.leakage_measure = intervals.leakage_measure
        and lines.smuggled_counterfactual = intervals.smuggled_counterfactual
        and lines.uncontrolled_basis = intervals.uncontrolled_basis
)

select
    cast(rule_id as VARCHAR) as rule_id,
    cast(rule_bite_date as DATE) as rule_bite_date,
    cast(before_period as VARCHAR) as before_period,
    cast(after_period as VARCHAR) as after_period,
    cast(window_form as VARCHAR) as window_form,
    cast(n_licence_rules as BIGINT) as n_licence_rules,
    cast(unit as VARCHAR) as unit_of_account,
    cast(
        case
            when unit = 'h100e' then 'h100e_int8'
            when unit = 'effective_05' then 'h100e_int8^0.5 * bandwidth_h100^0.5'
            when unit = 'bandwidth' then 'bandwidth_h100'
            when unit = 'usd' then 'licensed at list prices, smuggled at street prices'
            else 'chips of unlike performance, one for one'
        end as VARCHAR
    ) as unit_convention,
    cast(leakage_measure as VARCHAR) as leakage_measure,
    cast(smuggled_counterfactual as VARCHAR) as smuggled_counterfactual,
    cast(uncontrolled_basis as VARCHAR) as uncontrolled_basis,
    cast(case when leakage_status in ('estimated', 'not_separable') then leakage_p05 end as DOUBLE) as leakage_p05,
    cast(case when leakage_status in ('estimated', 'not_separable') then leakage_p50 end as DOUBLE) as leakage_p50,
    cast(case when leakage_status in ('estimated', 'not_separable') then leakage_p95 end as DOUBLE) as leakage_p95,
    cast(leakage_status as VARCHAR) as leakage_status,
    cast(
        case
            when leakage_measure <> 'effectiveness' or leakage_status not in ('estimated', 'not_separable') then null
            when n_offshore > 0 then 'smuggled;domestic;offshore'
            else 'smuggled;domestic'
        end as VARCHAR
    ) as counted_offsets,
    cast(
        case
            when leakage_measure <> 'effectiveness' or leakage_status not in ('estimated', 'not_separable') or n_offshore > 0 then null
            else 'offshore'
        end as VARCHAR
    ) as left_out_offsets,
    cast(
        case
            when uncontrolled_basis = 'prior'
                then 'Licensed sales without the rule are a prior; smuggled quantities are claimed, not observed'
            when uncontrolled_basis = 'half_before'
                then 'Licensed sales without the rule are taken as those of the half-year before; smuggled quantities are claimed, not observed'
            else 'Fall of smuggled over rise of licensed quantity between two half-years; smuggled quantities are claimed, not observed'
        end
        || case when n_licence_rules > 0 then '; other licence rules bite in the same window' else '' end as VARCHAR
    ) as limit_note,
    cast(
        case
            when leakage_status = 'no_data' then 'input_not_known'
            when leakage_status not in ('estimated', 'not_separable') then leakage_status
        end as VARCHAR
    ) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('descriptive' as VARCHAR) as evidence_label
from judged
