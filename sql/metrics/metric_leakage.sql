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

pairs as (
    select before_period, after_period, direction, row_number() over (order by before_period, after_period, direction) as pair_no
    from (select distinct before_period, after_period, direction from windows) as once
),

cells as (
    select quantity_id, channel, period_id, unit
    from quantities
    where quantity_kind = 'cell' and quantity_series = 'backbone' and period_id like '%H_'
),

roles as (
    select pairs.pair_no, cells.unit, cells.quantity_id, cells.channel || '_before' as role
    from pairs
    inner join cells on pairs.before_period = cells.period_id
    union all
    select pairs.pair_no, cells.unit, cells.quantity_id, cells.channel || '_after' as role
    from pairs
    inner join cells on pairs.after_period = cells.period_id
    union all
    select pairs.pair_no, base_units.unit, 'derived:legal-no-control-' || lower(pairs.after_period) || '-' || base_units.unit as quantity_id,
        'prior' as role
    from pairs
    cross join base_units
    where pairs.direction = 'tighten'
),

base_wide as (
    select
        roles.pair_no,
        roles.unit,
        draws.draw_id,
        cast(max(case when roles.role = 'legal_before' then draws.draw_amount end) as double) as licensed_before,
        cast(max(case when roles.role = 'legal_after' then draws.draw_amount end) as double) as licensed,
        cast(max(case when roles.role = 'smuggled_before' then draws.draw_amount end) as double) as smuggled_before,
        cast(max(case when roles.role = 'smuggled_after' then draws.draw_amount end) as double) as smuggled,
        cast(max(case when roles.role = 'domestic_before' then draws.draw_amount end) as double) as domestic_before,
        cast(max(case when roles.role = 'domestic_after' then draws.draw_amount end) as double) as domestic,
        cast(max(case when roles.role = 'offshore_before' then draws.draw_amount end) as double) as offshore_before,
        cast(max(case when roles.role = 'offshore_after' then draws.draw_amount end) as double) as offshore,
        cast(max(case when roles.role = 'prior' then draws.draw_amount end) as double) as prior
    from roles
    inner join draws on roles.quantity_id = draws.quantity_id
    group by roles.pair_no, roles.unit, draws.draw_id
),

all_wide as (
    select pair_no, unit, licensed_before, licensed, smuggled_before, smuggled, domestic_before, domestic, offshore_before, offshore, prior
    from base_wide
    union all
    select
        compute.pair_no,
        'effective_05' as unit,
        sqrt(compute.licensed_before * memory.licensed_before) as licensed_before,
        sqrt(compute.licensed * memory.licensed) as licensed,
        sqrt(compute.smuggled_before * memory.smuggled_before) as smuggled_before,
        sqrt(compute.smuggled * memory.smuggled) as smuggled,
        sqrt(compute.domestic_before * memory.domestic_before) as domestic_before,
        sqrt(compute.domestic * memory.domestic) as domestic,
        sqrt(compute.offshore_before * memory.offshore_before) as offshore_before,
        sqrt(compute.offshore * memory.offshore) as offshore,
        sqrt(compute.prior * memory.prior) as prior
    from base_wide as compute
    inner join base_wide as memory
        on compute.pair_no = memory.pair_no and compute.draw_id = memory.draw_id and memory.unit = 'bandwidth'
    where compute.unit = 'h100e'
),

wide as (
    select
        all_wide.pair_no, pairs.before_period, pairs.after_period, pairs.direction, all_wide.unit, all_wide.licensed_before,
        all_wide.licensed, all_wide.smuggled_before, all_wide.smuggled,
        all_wide.domestic - all_wide.domestic_before as domestic_change,
        all_wide.offshore - all_wide.offshore_before as offshore_change,
        all_wide.prior
    from all_wide
    inner join pairs on all_wide.pair_no = pairs.pair_no
    where coalesce(
        all_wide.licensed_before, all_wide.licensed, all_wide.smuggled_before, all_wide.smuggled, all_wide.domestic_before,
        all_wide.domestic, all_wide.offshore_before, all_wide.offshore
    ) is not null
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

window_units as (
    select
        pairs.pair_no, pairs.before_period, pairs.after_period, pairs.direction, units.unit, home.is_flat_by_allocation as is_home_flat,
        abroad.is_flat_by_allocation as is_abroad_flat, row_number() over (order by pairs.pair_no, units.unit) as window_no
    from pairs
    cross join units
    inner join divisions as home
        on pairs.before_period = home.before_period
        and pairs.after_period = home.after_period
        and pairs.direction = home.direction
        and units.unit = home.unit
        and home.channel = 'domestic'
    inner join divisions as abroad
        on pairs.before_period = abroad.before_period
        and pairs.after_period = abroad.after_period
        and pairs.direction = abroad.direction
        and units.unit = abroad.unit
        and abroad.channel = 'offshore'
),

offsets as (
    select
        window_units.window_no,
        bases.uncontrolled_basis,
        wide.smuggled,
        wide.smuggled_before,
        case bases.uncontrolled_basis when 'prior' then wide.prior else wide.licensed_before end as uncontrolled,
        wide.licensed,
        case when window_units.is_home_flat then null else wide.domestic_change end as domestic_change,
        coalesce(case when window_units.is_abroad_flat then null else wide.offshore_change end, 0) as offshore_change,
        case when window_units.is_abroad_flat or wide.offshore_change is null then 0 else 1 end as n_offshore
    from wide
    inner join window_units on wide.pair_no = window_units.pair_no and wide.unit = window_units.unit
    cross join (
        select 'prior' as uncontrolled_basis
        union all
        select 'half_before' as uncontrolled_basis
    ) as bases
    where window_units.direction = 'tighten'
),

shortfalls as (
    select window_no, uncontrolled_basis, smuggled, smuggled_before, uncontrolled, domestic_change, offshore_change, n_offshore,
        case when uncontrolled > licensed then uncontrolled - licensed end as shortfall
    from offsets
    where uncontrolled is not null
),

ratios as (
    select
        window_no,
        uncontrolled_basis,
        shortfall,
        case when domestic_change is null then 0 else 1 end as n_domestic,
        n_offshore,
        smuggled / nullif(uncontrolled, 0) as gross,
        smuggled / shortfall as induced_none,
        (smuggled - smuggled) / shortfall as induced_all,
        (smuggled - smuggled_before) / shortfall as induced_previous,
        1 - (smuggled + domestic_change + offshore_change) / shortfall as effect_none,
        1 - (smuggled - smuggled + domestic_change + offshore_change) / shortfall as effect_all,
        1 - (smuggled - smuggled_before + domestic_change + offshore_change) / shortfall as effect_previous
    from shortfalls
),

tightened as (
    select
        window_no,
        uncontrolled_basis,
        count(*) as n_rows,
        count(shortfall) as n_shortfall,
        max(n_domestic) as n_domestic,
        max(n_offshore) as n_offshore,
        count(gross) as n_gross,
        count(induced_none) as n_induced_none,
        count(induced_all) as n_induced_all,
        count(induced_previous) as n_induced_previous,
        count(effect_none) as n_effect_none,
        count(effect_all) as n_effect_all,
        count(effect_previous) as n_effect_previous,
        quantile_disc(gross, 0.05) as gross_p05,
        quantile_disc(gross, 0.5) as gross_p50,
        quantile_disc(gross, 0.95) as gross_p95,
        quantile_disc(induced_none, 0.05) as induced_none_p05,
        quantile_disc(induced_none, 0.5) as induced_none_p50,
        quantile_disc(induced_none, 0.95) as induced_none_p95,
        quantile_disc(induced_all, 0.05) as induced_all_p05,
        quantile_disc(induced_all, 0.5) as induced_all_p50,
        quantile_disc(induced_all, 0.95) as induced_all_p95,
        quantile_disc(induced_previous, 0.05) as induced_previous_p05,
        quantile_disc(induced_previous, 0.5) as induced_previous_p50,
        quantile_disc(induced_previous, 0.95) as induced_previous_p95,
        quantile_disc(effect_none, 0.05) as effect_none_p05,
        quantile_disc(effect_none, 0.5) as effect_none_p50,
        quantile_disc(effect_none, 0.95) as effect_none_p95,
        quantile_disc(effect_all, 0.05) as effect_all_p05,
        quantile_disc(effect_all, 0.5) as effect_all_p50,
        quantile_disc(effect_all, 0.95) as effect_all_p95,
        quantile_disc(effect_previous, 0.05) as effect_previous_p05,
        quantile_disc(effect_previous, 0.5) as effect_previous_p50,
        quantile_disc(effect_previous, 0.95) as effect_previous_p95
    from ratios
    group by window_no, uncontrolled_basis
),

loosened as (
    select
        window_units.window_no,
        wide.licensed,
        wide.licensed_before,
        case
            when wide.licensed > wide.licensed_before
                then (wide.smuggled_before - wide.smuggled) / (wide.licensed - wide.licensed_before)
        end as ratio
    from wide
    inner join window_units on wide.pair_no = window_units.pair_no and wide.unit = window_units.unit
    where window_units.direction = 'loosen' and wide.licensed is not null and wide.licensed_before is not null
),

intervals as (
    select window_no, 'gross_leakage' as leakage_measure, 'not_needed' as smuggled_counterfactual, uncontrolled_basis,
        n_rows as n_defined, n_gross as n_ratio, n_rows, 0 as n_domestic, 0 as n_offshore, gross_p05 as leakage_p05,
        gross_p50 as leakage_p50, gross_p95 as leakage_p95
    from tightened
    union all
    select window_no, 'induced_diversion', 'none', uncontrolled_basis, n_shortfall, n_induced_none, n_rows, 0, 0,
        induced_none_p05, induced_none_p50, induced_none_p95
    from tightened
    union all
    select window_no, 'induced_diversion', 'all', uncontrolled_basis, n_shortfall, n_induced_all, n_rows, 0, 0,
        induced_all_p05, induced_all_p50, induced_all_p95
    from tightened
    union all
    select window_no, 'induced_diversion', 'previous', uncontrolled_basis, n_shortfall, n_induced_previous, n_rows, 0, 0,
        induced_previous_p05, induced_previous_p50, induced_previous_p95
    from tightened
    union all
    select window_no, 'effectiveness', 'none', uncontrolled_basis, n_shortfall, n_effect_none, n_rows, n_domestic, n_offshore,
        effect_none_p05, effect_none_p50, effect_none_p95
    from tightened
    union all
    select window_no, 'effectiveness', 'all', uncontrolled_basis, n_shortfall, n_effect_all, n_rows, n_domestic, n_offshore,
        effect_all_p05, effect_all_p50, effect_all_p95
    from tightened
    union all
    select window_no, 'effectiveness', 'previous', uncontrolled_basis, n_shortfall, n_effect_previous, n_rows, n_domestic, n_offshore,
        effect_previous_p05, effect_previous_p50, effect_previous_p95
    from tightened
    union all
    select window_no, 'displacement_on_reopening', 'previous', 'not_needed', count(case when licensed > licensed_before then 1 end),
        count(ratio), count(*), 0, 0, quantile_disc(ratio, 0.05), quantile_disc(ratio, 0.5), quantile_disc(ratio, 0.95)
    from loosened
    group by window_no
),

counterfactuals as (
    select 'none' as smuggled_counterfactual
    union all
    select 'all' as smuggled_counterfactual
    union all
    select 'previous' as smuggled_counterfactual
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
            when intervals.n_rows is null then 'no_data'
            when lines.uncontrolled_basis = 'prior' and lines.flow_side <> 'export_control' then 'no_data'
            when lines.uncontrolled_basis = 'prior' and conventions.is_differing = 1 then 'conventions_differ'
            when cast(intervals.n_defined as double) / cast(intervals.n_rows as double) < 0.95 and lines.direction = 'loosen' then 'licensed_did_not_rise'
            when cast(intervals.n_defined as double) / cast(intervals.n_rows as double) < 0.95 then 'shortfall_not_positive'
            when cast(intervals.n_ratio as double) / cast(intervals.n_rows as double) < 0.95 and lines.leakage_measure = 'effectiveness' and home.is_flat_by_allocation
                then 'allocated_no_change_seen'
            when cast(intervals.n_ratio as double) / cast(intervals.n_rows as double) < 0.95 then 'no_data'
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
    left join window_units
        on lines.before_period = window_units.before_period
        and lines.after_period = window_units.after_period
        and lines.direction = window_units.direction
        and lines.unit = window_units.unit
    left join intervals
        on window_units.window_no = intervals.window_no
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
