-- One row per source, reporter, partner, flow, classification, code, period and release: the total over every breakdown (A1).
-- From staging.stg_trade_obs. Where a reporter filed only parts, they are added up if exactly one dimension is broken
-- down (then the parts are a partition) and each has a value; otherwise the cell is NULL with the reason of the
-- part, or ambiguous_breakdown.

with
filed as (select * from staging.stg_trade_obs),

datasets as (select * from tidy.dataset),

parts_of_cells as (
    select
        filed.source_id,
        filed.dataset_id,
        filed.release_id,
        filed.reporter_iso3,
        filed.partner_iso3,
        filed.flow,
        filed.trade_basis,
        filed.classification,
        filed.product_code,
        filed.hs6,
        filed.hs_revision,
        filed.frequency,
        filed.period_start,
        filed.period_end,
        filed.period_status,
        filed.value_usd,
        filed.currency,
        filed.value_basis,
        filed.absence_reason,
        filed.is_taiwan_proxy,
        filed.known_at,
        filed.vintage_at,
        filed.is_later_vintage,
        filed.partner2_code,
        filed.customs_code,
        filed.transport_code
    from filed
    where filed.row_route = 'breakdown_part' and filed.partner_iso3 <> filed.reporter_iso3
),

parts as (
    select release_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, period_start, count(*) as n_parts
    from parts_of_cells
    group by release_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, period_start
),

totals as (
    select
        filed.source_id,
        filed.dataset_id,
        filed.release_id,
        filed.reporter_iso3,
        filed.partner_iso3,
        filed.flow,
        filed.trade_basis,
        filed.classification,
        filed.product_code,
        filed.hs6,
        filed.hs_revision,
        filed.frequency,
        filed.period_start,
        filed.period_end,
        filed.period_status,
        filed.value_usd,
        filed.value_local,
        filed.currency,
        filed.duty_usd,
        filed.value_basis,
        filed.quantity,
        filed.quantity_unit,
        filed.net_kg,
        filed.is_quantity_estimated,
        filed.is_weight_estimated,
        filed.absence_reason,
        filed.is_taiwan_proxy,
        filed.source_row,
        filed.known_at,
        filed.vintage_at,
        filed.is_later_vintage
    from filed
    where filed.row_route = 'cell_total'
),

added_up as (
    select
        max(source_id) as source_id,
        max(dataset_id) as dataset_id,
        release_id,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_basis,
        classification,
        product_code,
        max(hs6) as hs6,
        max(hs_revision) as hs_revision,
        max(frequency) as frequency,
        period_start,
        max(period_end) as period_end,
        max(period_status) as period_status,
        case
            when max(case when partner2_code <> '0' then 1 else 0 end) + max(case when customs_code <> 'C00' then 1 else 0 end)
                + max(case when transport_code <> '0' then 1 else 0 end) = 1
                and greatest(count(distinct partner2_code), count(distinct customs_code), count(distinct transport_code))
                = count(*) and count(value_usd) = count(*) then sum(value_usd) end as value_usd,
        cast(null as decimal(20, 3)) as value_local,
        max(currency) as currency,
        cast(null as decimal(20, 3)) as duty_usd,
        max(value_basis) as value_basis,
        cast(null as decimal(24, 6)) as quantity,
        cast(null as varchar) as quantity_unit,
        cast(null as decimal(24, 6)) as net_kg,
        cast(null as boolean) as is_quantity_estimated,
        cast(null as boolean) as is_weight_estimated,
        case
            when max(case when partner2_code <> '0' then 1 else 0 end) + max(case when customs_code <> 'C00' then 1 else 0 end)
                + max(case when transport_code <> '0' then 1 else 0 end) = 1
                and greatest(count(distinct partner2_code), count(distinct customs_code), count(distinct transport_code))
                = count(*) then max(absence_reason) else 'ambiguous_breakdown' end as absence_reason,
        max(is_taiwan_proxy) as is_taiwan_proxy,
        cast(null as bigint) as source_row,
        max(known_at) as known_at,
        max(vintage_at) as vintage_at,
        max(is_later_vintage) as is_later_vintage
    from parts_of_cells
    where not exists (
        select 1
        from totals
        where totals.release_id = parts_of_cells.release_id
            and totals.reporter_iso3 = parts_of_cells.reporter_iso3
            and totals.partner_iso3 = parts_of_cells.partner_iso3
            and totals.flow = parts_of_cells.flow
            and totals.trade_basis = parts_of_cells.trade_basis
            and totals.classification = parts_of_cells.classification
            and totals.product_code = parts_of_cells.product_code
            and totals.period_start = parts_of_cells.period_start
    )
    group by release_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, period_start
),

cells as (
    select source_id, dataset_id, release_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, hs6, hs_revision, frequency, period_start, period_end, period_status, value_usd, value_local, currency, duty_usd, value_basis, quantity, quantity_unit, net_kg, is_quantity_estimated, is_weight_estimated, absence_reason, is_taiwan_proxy, source_row, known_at, vintage_at, is_later_vintage from totals
    union all
    select source_id, dataset_id, release_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, hs6, hs_revision, frequency, period_start, period_end, period_status, value_usd, value_local, currency, duty_usd, value_basis, quantity, quantity_unit, net_kg, is_quantity_estimated, is_weight_estimated, absence_reason, is_taiwan_proxy, source_row, known_at, vintage_at, is_later_vintage from added_up
),

ranked as (
    select
        cells.release_id,
        cells.reporter_iso3,
        cells.partner_iso3,
        cells.flow,
        cells.trade_basis,
        cells.classification,
        cells.product_code,
        cells.period_start,
        row_number() over (
            partition by
                cells.source_id, cells.reporter_iso3, cells.partner_iso3, cells.flow, cells.trade_basis,
                cells.classification, cells.product_code, cells.frequency, cells.period_start
            order by cells.vintage_at desc, cells.release_id desc
        ) as newness
    from cells
)

select
    cast(cells.source_id as VARCHAR) as source_id,
    cast(cells.dataset_id as VARCHAR) as dataset_id,
    cast(cells.release_id as VARCHAR) as release_id,
    cast(cells.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(cells.partner_iso3 as VARCHAR) as partner_iso3,
    cast(cells.flow as VARCHAR) as flow,
    cast(cells.trade_basis as VARCHAR) as trade_basis,
    cast(cells.classification as VARCHAR) as classification,
    cast(cells.product_code as VARCHAR) as product_code,
    cast(cells.hs6 as VARCHAR) as hs6,
    cast(cells.hs_revision as VARCHAR) as hs_revision,
    cast(cells.frequency as VARCHAR) as frequency,
    cast(cells.period_start as DATE) as period_start,
    cast(cells.period_end as DATE) as period_end,
    cast(cells.period_status as VARCHAR) as period_status,
    cast(cells.value_usd as DECIMAL(20,3)) as value_usd,
    cast(cells.value_local as DECIMAL(20,3)) as value_local,
    cast(cells.currency as VARCHAR) as currency,
    cast(cells.duty_usd as DECIMAL(20,3)) as duty_usd,
    cast(cells.value_basis as VARCHAR) as value_basis,
    cast(cells.quantity as DECIMAL(24,6)) as quantity,
    cast(cells.quantity_unit as VARCHAR) as quantity_unit,
    cast(cells.net_kg as DECIMAL(24,6)) as net_kg,
    cast(cells.is_quantity_estimated as BOOLEAN) as is_quantity_estimated,
    cast(cells.is_weight_estimated as BOOLEAN) as is_weight_estimated,
    cast(cells.absence_reason as VARCHAR) as absence_reason,
    cast(coalesce(parts.n_parts, 0) as BIGINT) as breakdown_parts,
    cast(cells.is_taiwan_proxy as BOOLEAN) as is_taiwan_proxy,
    cast(cells.source_row as BIGINT) as source_row,
    cast(cells.known_at as DATE) as known_at,
    cast(cells.vintage_at as DATE) as vintage_at,
    cast(cells.is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(ranked.newness = 1 as BOOLEAN) as is_current,
    cast(datasets.licence_id as VARCHAR) as licence_id,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from cells
inner join ranked
    on cells.release_id = ranked.release_id
    and cells.reporter_iso3 = ranked.reporter_iso3
    and cells.partner_iso3 = ranked.partner_iso3
    and cells.flow = ranked.flow
    and cells.trade_basis = ranked.trade_basis
    and cells.classification = ranked.classification
    and cells.product_code = ranked.product_code
    and cells.period_start = ranked.period_start
inner join datasets on cells.dataset_id = datasets.dataset_id
left join parts
    on cells.release_id = parts.release_id
    and cells.reporter_iso3 = parts.reporter_iso3
    and cells.partner_iso3 = parts.partner_iso3
    and cells.flow = parts.flow
    and cells.trade_basis = parts.trade_basis
    and cells.classification = parts.classification
    and cells.product_code = parts.product_code
    and cells.period_start = parts.period_start
