-- One row per reporter, partner, flow, HS code, frequency and period: the one report that every flow metric uses.
-- From metrics.metric_flow_cube. Several publishers may report one cell: a value goes before none, a national publisher
-- before Comtrade, general imports before imports for consumption. Headings come from subheadings where a file holds all
-- lines, years from twelve months; what was filed goes before what was added up. Where a reporter's year has one publisher, basis
-- and frequency and no lines to add up (has_several is false), there is nothing to choose, so nothing is ranked.

with
cells as (select * from metrics.metric_flow_cube),

scopes as (select * from tidy.dataset_scope),

several as (
    select cells.reporter_iso3, cells.flow, date_trunc('year', cells.period_start) as year_start
    from cells
    left join scopes on cells.dataset_id = scopes.dataset_id
    where cells.classification = 'HS' and cells.frequency in ('M', 'A')
    group by cells.reporter_iso3, cells.flow, date_trunc('year', cells.period_start)
    having min(cells.source_id) < max(cells.source_id) or min(cells.trade_basis) < max(cells.trade_basis)
        or min(cells.frequency) < max(cells.frequency) or max(case when scopes.has_all_lines then 1 else 0 end) = 1
),

filed as (
    select
        cells.source_id,
        cells.dataset_id,
        cells.reporter_iso3,
        cells.partner_iso3,
        cells.flow,
        cells.trade_basis,
        cells.product_code,
        cells.frequency,
        cells.period_start,
        cells.period_end,
        cells.value_usd,
        cells.value_basis,
        cells.quantity,
        cells.quantity_unit,
        cells.is_quantity_estimated,
        cells.net_kg,
        cells.is_weight_estimated,
        cells.cell_state,
        cells.absence_reason,
        cells.is_taiwan_proxy,
        cells.is_later_vintage,
        cells.licence_id,
        1 as basis_rank,
        several.reporter_iso3 is not null as has_several
    from cells
    left join several
        on cells.reporter_iso3 = several.reporter_iso3
        and cells.flow = several.flow
        and date_trunc('year', cells.period_start) = several.year_start
    where cells.classification = 'HS' and cells.frequency in ('M', 'A')
),

headings as (
    select
        filed.source_id,
        filed.dataset_id,
        filed.reporter_iso3,
        filed.partner_iso3,
        filed.flow,
        filed.trade_basis,
        substr(filed.product_code, 1, 4) as product_code,
        filed.frequency,
        filed.period_start,
        max(filed.period_end) as period_end,
        case when count(filed.value_usd) = count(*) then sum(filed.value_usd) end as value_usd,
        max(filed.value_basis) as value_basis,
        case
            when count(filed.quantity) = count(*) and min(filed.quantity_unit) = max(filed.quantity_unit)
                then sum(filed.quantity)
        end as quantity,
        max(filed.quantity_unit) as quantity_unit,
        max(filed.is_quantity_estimated) as is_quantity_estimated,
        case when count(filed.net_kg) = count(*) then sum(filed.net_kg) end as net_kg,
        max(filed.is_weight_estimated) as is_weight_estimated,
        case
            when count(filed.value_usd) < count(*) then max(filed.absence_reason)
            when max(case when filed.cell_state = 'reported' then 1 else 0 end) = 1 then 'reported'
            else 'zero'
        end as cell_state,
        case when count(filed.value_usd) < count(*) then max(filed.absence_reason) end as absence_reason,
        max(filed.is_taiwan_proxy) as is_taiwan_proxy,
        max(filed.is_later_vintage) as is_later_vintage,
        max(filed.licence_id) as licence_id,
        2 as basis_rank
    from filed
    inner join scopes on filed.dataset_id = scopes.dataset_id
    where scopes.has_all_lines and length(filed.product_code) = 6
    group by
        filed.source_id, filed.dataset_id, filed.reporter_iso3, filed.partner_iso3, filed.flow, filed.trade_basis,
        substr(filed.product_code, 1, 4), filed.frequency, filed.period_start
),

candidates as (
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, product_code, frequency, period_start, period_end,
        value_usd, value_basis, quantity, quantity_unit, is_quantity_estimated, net_kg, is_weight_estimated,
        cell_state, absence_reason, is_taiwan_proxy, is_later_vintage, licence_id, basis_rank
    from filed
    where has_several
    union all
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, product_code, frequency, period_start, period_end,
        value_usd, value_basis, quantity, quantity_unit, is_quantity_estimated, net_kg, is_weight_estimated,
        cell_state, absence_reason, is_taiwan_proxy, is_later_vintage, licence_id, basis_rank
    from headings
),

ranked as (
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, product_code, frequency, period_start, period_end,
        value_usd, value_basis, quantity, quantity_unit, is_quantity_estimated, net_kg, is_weight_estimated,
        cell_state, absence_reason, is_taiwan_proxy, is_later_vintage, licence_id, basis_rank,
        row_number() over (
            partition by reporter_iso3, partner_iso3, flow, product_code, frequency, period_start
            order by
                case when value_usd is not null then 0 else 1 end,
                case when trade_basis = 'imports_for_consumption' then 1 else 0 end,
                case when source_id = 'comtrade' then 1 else 0 end,
                basis_rank, source_id, trade_basis
        ) as preference
    from candidates
),

chosen as (
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, product_code, frequency, period_start, period_end,
        value_usd, value_basis, quantity, quantity_unit, is_quantity_estimated, net_kg, is_weight_estimated,
        cell_state, absence_reason, is_taiwan_proxy, is_later_vintage, licence_id, basis_rank, has_several
    from filed
    where not has_several
    union all
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, product_code, frequency, period_start, period_end,
        value_usd, value_basis, quantity, quantity_unit, is_quantity_estimated, net_kg, is_weight_estimated,
        cell_state, absence_reason, is_taiwan_proxy, is_later_vintage, licence_id, basis_rank, true as has_several
    from ranked
    where preference = 1
),

years as (
    select
        source_id,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_basis,
        product_code,
        'A' as frequency,
        date_trunc('year', period_start) as period_start,
        cast(date_trunc('year', period_start) + interval 1 year - interval 1 day as date) as period_end,
        case when count(value_usd) = 12 then sum(value_usd) end as value_usd,
        max(value_basis) as value_basis,
        case when count(quantity) = 12 and min(quantity_unit) = max(quantity_unit) then sum(quantity) end as quantity,
        max(quantity_unit) as quantity_unit,
        max(is_quantity_estimated) as is_quantity_estimated,
        case when count(net_kg) = 12 then sum(net_kg) end as net_kg,
        max(is_weight_estimated) as is_weight_estimated,
        case
            when count(value_usd) < 12 then 'missing'
            when max(case when cell_state = 'reported' then 1 else 0 end) = 1 then 'reported'
            else 'zero'
        end as cell_state,
        case when count(value_usd) < 12 then 'missing_months' end as absence_reason,
        max(is_taiwan_proxy) as is_taiwan_proxy,
        max(is_later_vintage) as is_later_vintage,
        max(licence_id) as licence_id,
        3 as basis_rank,
        has_several
    from chosen
    where frequency = 'M'
    group by
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, product_code, date_trunc('year', period_start),
        has_several
),

years_too as (
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, product_code, frequency, period_start, period_end,
        value_usd, value_basis, quantity, quantity_unit, is_quantity_estimated, net_kg, is_weight_estimated,
        cell_state, absence_reason, is_taiwan_proxy, is_later_vintage, licence_id, basis_rank, has_several
    from chosen
    union all
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, product_code, frequency, period_start, period_end,
        value_usd, value_basis, quantity, quantity_unit, is_quantity_estimated, net_kg, is_weight_estimated,
        cell_state, absence_reason, is_taiwan_proxy, is_later_vintage, licence_id, basis_rank, has_several
    from years
),

final_rank as (
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, product_code, frequency, period_start, period_end,
        value_usd, value_basis, quantity, quantity_unit, is_quantity_estimated, net_kg, is_weight_estimated,
        cell_state, absence_reason, is_taiwan_proxy, is_later_vintage, licence_id, basis_rank,
        row_number() over (
            partition by reporter_iso3, partner_iso3, flow, product_code, frequency, period_start
            order by case when value_usd is not null then 0 else 1 end, basis_rank, source_id, trade_basis
        ) as preference
    from years_too
    where has_several
),

used as (
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, product_code, frequency, period_start, period_end,
        value_usd, value_basis, quantity, quantity_unit, is_quantity_estimated, net_kg, is_weight_estimated,
        cell_state, absence_reason, is_taiwan_proxy, is_later_vintage, licence_id, basis_rank
    from years_too
    where not has_several
    union all
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, product_code, frequency, period_start, period_end,
        value_usd, value_basis, quantity, quantity_unit, is_quantity_estimated, net_kg, is_weight_estimated,
        cell_state, absence_reason, is_taiwan_proxy, is_later_vintage, licence_id, basis_rank
    from final_rank
    where preference = 1
)

select
    cast(reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(partner_iso3 as VARCHAR) as partner_iso3,
    cast(flow as VARCHAR) as flow,
    cast(product_code as VARCHAR) as product_code,
    cast(frequency as VARCHAR) as frequency,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(value_usd as DECIMAL(20,3)) as value_usd,
    cast(value_basis as VARCHAR) as value_basis,
    cast(quantity as DECIMAL(24,6)) as quantity,
    cast(case when quantity is not null then quantity_unit end as VARCHAR) as quantity_unit,
    cast(case when quantity is not null then is_quantity_estimated end as BOOLEAN) as is_quantity_estimated,
    cast(net_kg as DECIMAL(24,6)) as net_kg,
    cast(case when net_kg is not null then is_weight_estimated end as BOOLEAN) as is_weight_estimated,
    cast(cell_state as VARCHAR) as cell_state,
    cast(
        case basis_rank when 1 then 'as_filed' when 2 then 'subheadings_added' else 'months_added' end as VARCHAR
    ) as report_basis,
    cast(trade_basis as VARCHAR) as trade_basis,
    cast(source_id as VARCHAR) as source_id,
    cast(absence_reason as VARCHAR) as absence_reason,
    cast(is_taiwan_proxy as BOOLEAN) as is_taiwan_proxy,
    cast(is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(licence_id as VARCHAR) as licence_id,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from used
