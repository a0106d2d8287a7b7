-- One row per exporter, importer, HS code and window: what both sides say of the same trade, and the importer's side FOB.
-- From metrics.metric_bilateral_report, metrics.metric_world_report and metrics.metric_freight_rate. Windows are calendar years
-- and sums of three months, ending in every month; a sum with a month missing is missing. A side without a row is zero
-- where it filed a complete list of partners, else missing. Where freight is unknown, the importer's side FOB is, too. A value of
-- unknown basis may be FOB already, so that its lowest freight rate is 0.

with
reports as (select * from metrics.metric_bilateral_report),

world as (select * from metrics.metric_world_report),

rates as (select * from metrics.metric_freight_rate),

countries as (select * from core.dim_country),

hubs as (select * from core.dim_hub),

licences as (select * from core.dim_licence),

named as (
    select
        reports.reporter_iso3,
        reports.partner_iso3,
        reports.flow,
        reports.product_code,
        reports.frequency,
        reports.period_start,
        year(reports.period_start) * 12 + month(reports.period_start) as month_no,
        reports.period_end,
        reports.value_usd,
        reports.value_basis,
        reports.cell_state,
        case when not reports.is_quantity_estimated then reports.quantity end as quantity,
        case when not reports.is_quantity_estimated then reports.quantity_unit end as quantity_unit,
        case when not reports.is_weight_estimated then reports.net_kg end as net_kg,
        reports.is_taiwan_proxy,
        reports.is_later_vintage,
        reports.licence_id
    from reports
    inner join countries on reports.partner_iso3 = countries.country_iso3
    where reports.flow in ('X', 'M') and countries.country_kind in ('country', 'territory')
),

rolled as (
    select
        reporter_iso3,
        partner_iso3,
        flow,
        product_code,
        period_start as last_month,
        period_end,
        sum(value_usd) over last_three as value_usd,
        count(value_usd) over last_three as n_values,
        count(*) over last_three as n_months,
        sum(value_usd) over one_earlier as shifted_usd,
        count(value_usd) over one_earlier as n_shifted,
        sum(value_usd) over year_earlier as shifted_year_usd,
        count(value_usd) over year_earlier as n_shifted_year,
        max(value_basis) over last_three as value_basis,
        max(case when cell_state = 'reported' then 1 else 0 end) over last_three as n_reported,
        max(case when value_usd is null then cell_state end) over last_three as empty_state,
        sum(quantity) over last_three as quantity,
        count(quantity) over last_three as n_quantity,
        min(quantity_unit) over last_three as unit_first,
        max(quantity_unit) over last_three as unit_last,
        sum(net_kg) over last_three as net_kg,
        count(net_kg) over last_three as n_kg,
        max(is_taiwan_proxy) over last_three as is_taiwan_proxy,
        max(is_later_vintage) over last_three as is_later_vintage,
        licence_id
    from named
    where frequency = 'M'
    window
        last_three as (
            partition by reporter_iso3, partner_iso3, flow, product_code order by month_no
            range between 2 preceding and current row
        ),
        one_earlier as (
            partition by reporter_iso3, partner_iso3, flow, product_code order by month_no
            range between 3 preceding and 1 preceding
        ),
        year_earlier as (
            partition by reporter_iso3, partner_iso3, flow, product_code order by month_no
            range between 12 preceding and 1 preceding
        )
),

sides as (
    select
        reporter_iso3,
        partner_iso3,
        flow,
        product_code,
        'rolling_3' as window_kind,
        cast(last_month - interval 2 months as date) as period_start,
        period_end,
        case when n_values = 3 then value_usd end as value_usd,
        case when n_shifted = 3 then shifted_usd end as shifted_usd,
        value_basis,
        case
            when n_months < 3 then 'missing'
            when n_values < 3 then coalesce(empty_state, 'missing')
            when n_reported = 1 then 'reported'
            else 'zero'
        end as side_state,
        case when n_quantity = 3 and unit_first = unit_last then quantity end as quantity,
        unit_first as quantity_unit,
        case when n_kg = 3 then net_kg end as net_kg,
        is_taiwan_proxy,
        is_later_vintage,
        licence_id
    from rolled
    union all
    select
        named.reporter_iso3,
        named.partner_iso3,
        named.flow,
        named.product_code,
        'year' as window_kind,
        named.period_start,
        named.period_end,
        named.value_usd,
        case when rolled.n_shifted_year = 12 then rolled.shifted_year_usd end as shifted_usd,
        named.value_basis,
        named.cell_state as side_state,
        named.quantity,
        named.quantity_unit,
        named.net_kg,
        named.is_taiwan_proxy,
        named.is_later_vintage,
        named.licence_id
    from named
    left join rolled
        on named.reporter_iso3 = rolled.reporter_iso3
        and named.partner_iso3 = rolled.partner_iso3
        and named.flow = rolled.flow
        and named.product_code = rolled.product_code
        and named.period_end = rolled.period_end
    where named.frequency = 'A'
),

complete_months as (
    select
        reporter_iso3,
        flow,
        product_code,
        period_start as last_month,
        sum(case when is_partner_list_complete then 1 else 0 end) over (
            partition by reporter_iso3, flow, product_code order by year(period_start) * 12 + month(period_start)
            range between 2 preceding and current row
        ) as n_complete
    from world
    where frequency = 'M'
),

complete_windows as (
    select
        reporter_iso3, flow, product_code, 'rolling_3' as window_kind,
        cast(last_month - interval 2 months as date) as period_start
    from complete_months
    where n_complete = 3
    union all
    select reporter_iso3, flow, product_code, 'year' as window_kind, period_start
    from world
    where frequency = 'A' and is_partner_list_complete
),

exports as (
    select
        reporter_iso3, partner_iso3, product_code, window_kind, period_start, period_end, value_usd, shifted_usd,
        side_state, quantity, quantity_unit, net_kg, is_taiwan_proxy, is_later_vintage, licence_id
    from sides
    where flow = 'X'
),

imports as (
    select
        reporter_iso3, partner_iso3, product_code, window_kind, period_start, period_end, value_usd, value_basis,
        side_state, quantity, quantity_unit, net_kg, is_taiwan_proxy, is_later_vintage, licence_id
    from sides
    where flow = 'M'
),

matched as (
    select
        coalesce(exports.reporter_iso3, imports.partner_iso3) as exporter_iso3,
        coalesce(exports.partner_iso3, imports.reporter_iso3) as importer_iso3,
        coalesce(exports.product_code, imports.product_code) as product_code,
        coalesce(exports.window_kind, imports.window_kind) as window_kind,
        coalesce(exports.period_start, imports.period_start) as period_start,
        coalesce(exports.period_end, imports.period_end) as period_end,
        exports.value_usd as exporter_usd,
        exports.shifted_usd,
        exports.side_state as exporter_state,
        imports.value_usd as importer_usd,
        imports.value_basis as importer_basis,
        imports.side_state as importer_state,
        case when exports.quantity_unit = imports.quantity_unit then exports.quantity end as exporter_units,
        case when exports.quantity_unit = imports.quantity_unit then imports.quantity end as importer_units,
        exports.quantity_unit,
        exports.net_kg as exporter_kg,
        imports.net_kg as importer_kg,
        coalesce(exports.is_taiwan_proxy, false) or coalesce(imports.is_taiwan_proxy, false) as is_taiwan_proxy,
        coalesce(exports.is_later_vintage, false) or coalesce(imports.is_later_vintage, false) as is_later_vintage,
        exports.licence_id as exporter_licence_id,
        imports.licence_id as importer_licence_id
    from exports
    full outer join imports
        on exports.reporter_iso3 = imports.partner_iso3
        and exports.partner_iso3 = imports.reporter_iso3
        and exports.product_code = imports.product_code
        and exports.window_kind = imports.window_kind
        and exports.period_start = imports.period_start
),

completed as (
    select
        matched.exporter_iso3,
        matched.importer_iso3,
        matched.product_code,
        matched.window_kind,
        matched.period_start,
        matched.period_end,
        case
            when matched.exporter_state is null and x_complete.reporter_iso3 is not null then 0
            else matched.exporter_usd
        end as exporter_usd,
        matched.shifted_usd,
        coalesce(
            matched.exporter_state, case when x_complete.reporter_iso3 is not null then 'zero' end, 'missing'
        ) as exporter_state,
        case
            when matched.importer_state is null and m_complete.reporter_iso3 is not null then 0
            else matched.importer_usd
        end as importer_usd,
        matched.importer_basis,
        coalesce(
            matched.importer_state, case when m_complete.reporter_iso3 is not null then 'zero' end, 'missing'
        ) as importer_state,
        coalesce(matched.exporter_units, case when matched.importer_units is null then matched.exporter_kg end)
            as exporter_quantity,
        coalesce(matched.importer_units, case when matched.exporter_units is null then matched.importer_kg end)
            as importer_quantity,
        case when matched.exporter_units is not null and matched.importer_units is not null then matched.quantity_unit else 'kg' end
            as quantity_unit,
        matched.is_taiwan_proxy,
        matched.is_later_vintage,
        case
            when x_terms.may_redistribute_rows is false then matched.exporter_licence_id
            else coalesce(
                case when m_terms.may_redistribute_rows is false then matched.importer_licence_id end,
                matched.exporter_licence_id, matched.importer_licence_id
            )
        end as pair_licence_id
    from matched
    left join complete_windows as x_complete
        on x_complete.flow = 'X'
        and matched.exporter_iso3 = x_complete.reporter_iso3
        and matched.product_code = x_complete.product_code
        and matched.window_kind = x_complete.window_kind
        and matched.period_start = x_complete.period_start
    left join complete_windows as m_complete
        on m_complete.flow = 'M'
        and matched.importer_iso3 = m_complete.reporter_iso3
        and matched.product_code = m_complete.product_code
        and matched.window_kind = m_complete.window_kind
        and matched.period_start = m_complete.period_start
    left join licences as x_terms on matched.exporter_licence_id = x_terms.licence_id
    left join licences as m_terms on matched.importer_licence_id = m_terms.licence_id
),

priced as (
    select
        completed.exporter_iso3,
        completed.importer_iso3,
        completed.product_code,
        completed.window_kind,
        completed.period_start,
        completed.period_end,
        completed.exporter_usd,
        completed.shifted_usd,
        completed.exporter_state,
        completed.importer_usd,
        completed.importer_basis,
        completed.importer_state,
        completed.exporter_quantity,
        completed.importer_quantity,
        completed.quantity_unit,
        completed.is_taiwan_proxy,
        completed.is_later_vintage,
        completed.pair_licence_id,
        case
            when completed.importer_basis = 'CIF' then rates.freight_low
            when completed.importer_basis = 'unknown' and rates.freight_low is null then null
            else 0
        end as freight_low,
        case when completed.importer_basis in ('CIF', 'unknown') then rates.freight_central else 0 end as freight_central,
        case when completed.importer_basis in ('CIF', 'unknown') then rates.freight_high else 0 end as freight_high,
        case when completed.importer_basis in ('CIF', 'unknown') then coalesce(rates.freight_basis, 'unknown') else 'not_cif' end
            as freight_basis
    from completed
    left join rates
        on completed.importer_iso3 = rates.importer_iso3
        and completed.product_code = rates.product_code
        and date_trunc('year', completed.period_end) = rates.period_start
)

select
    cast(priced.exporter_iso3 as VARCHAR) as exporter_iso3,
    cast(priced.importer_iso3 as VARCHAR) as importer_iso3,
    cast(priced.product_code as VARCHAR) as product_code,
    cast(priced.window_kind as VARCHAR) as window_kind,
    cast(priced.period_start as DATE) as period_start,
    cast(priced.period_end as DATE) as period_end,
    cast(priced.exporter_usd as DECIMAL(20,3)) as exporter_usd,
    cast(priced.exporter_state as VARCHAR) as exporter_state,
    cast(priced.shifted_usd as DECIMAL(20,3)) as exporter_shifted_usd,
    cast(priced.importer_usd as DECIMAL(20,3)) as importer_usd,
    cast(priced.importer_state as VARCHAR) as importer_state,
    cast(priced.importer_basis as VARCHAR) as importer_basis,
    cast(priced.freight_low as DOUBLE) as freight_low,
    cast(priced.freight_central as DOUBLE) as freight_central,
    cast(priced.freight_high as DOUBLE) as freight_high,
    cast(priced.freight_basis as VARCHAR) as freight_basis,
    cast(
        round(
            least(
                cast(priced.importer_usd as double) / (1 + priced.freight_high),
                cast(priced.importer_usd as double) / (1 + priced.freight_low)
            ), 3
        ) as DECIMAL(20,3)
    ) as importer_fob_low_usd,
    cast(round(cast(priced.importer_usd as double) / (1 + priced.freight_central), 3) as DECIMAL(20,3)) as importer_fob_usd,
    cast(
        round(
            greatest(
                cast(priced.importer_usd as double) / (1 + priced.freight_high),
                cast(priced.importer_usd as double) / (1 + priced.freight_low)
            ), 3
        ) as DECIMAL(20,3)
    ) as importer_fob_high_usd,
    cast(case when priced.importer_quantity is not null then priced.exporter_quantity end as DECIMAL(24,6)) as exporter_quantity,
    cast(case when priced.exporter_quantity is not null then priced.importer_quantity end as DECIMAL(24,6)) as importer_quantity,
    cast(
        case when priced.exporter_quantity is not null and priced.importer_quantity is not null then priced.quantity_unit end
        as VARCHAR
    ) as pair_quantity_unit,
    cast(
        case
            when priced.exporter_usd <> 0 and priced.importer_usd <> 0 then 'paired'
            when coalesce(priced.importer_usd, 0) <> 0 then 'orphaned'
            when coalesce(priced.exporter_usd, 0) <> 0 then 'lost'
            when priced.exporter_usd = 0 and priced.importer_usd = 0 then 'both_zero'
            else 'nothing_reported'
        end as VARCHAR
    ) as pair_state,
    cast(
        exists (
            select 1
            from hubs
            where hubs.country_iso3 in (priced.exporter_iso3, priced.importer_iso3) and hubs.hub_role in ('entrepot', 'both')
        ) as BOOLEAN
    ) as is_entrepot_pair,
    cast(priced.is_taiwan_proxy as BOOLEAN) as is_taiwan_proxy,
    cast(priced.is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(priced.pair_licence_id as VARCHAR) as pair_licence_id,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from priced
