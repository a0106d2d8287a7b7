-- One row per source, reporter, partner, flow, classification, code, period and release: the total over every breakdown (A1).
-- From staging.stg_trade_obs. Where a reporter filed only parts, they are added up if exactly one dimension is broken
-- down (then the parts are a partition) and each has a value; otherwise the cell is NULL with the reason of the
-- part, or ambiguous_breakdown. A cell is current unless a later release of the same source holds it too.

with
filed as (select * from staging.stg_trade_obs),

datasets as (select * from tidy.dataset),

totals as (
    select
        source_id, dataset_id, release_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code,
        hs6, hs_revision, frequency, period_start, period_end, period_status, value_usd, value_local, currency, duty_usd,
        value_basis, quantity, quantity_unit, net_kg, is_quantity_estimated, is_weight_estimated, absence_reason,
        is_taiwan_proxy, source_row, known_at, vintage_at, is_later_vintage
    from filed
    where row_route = 'cell_total'
),

parts as (
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
        count(*) as n_parts,
        count(value_usd) as n_values,
        sum(value_usd) as value_usd,
        max(case when partner2_code <> '0' then 1 else 0 end) + max(case when customs_code <> 'C00' then 1 else 0 end)
            + max(case when transport_code <> '0' then 1 else 0 end) as n_dimensions,
        count(distinct partner2_code || ' ' || customs_code || ' ' || transport_code) as n_codes,
        max(currency) as currency,
        max(value_basis) as value_basis,
        max(absence_reason) as absence_reason,
        max(is_taiwan_proxy) as is_taiwan_proxy,
        max(known_at) as known_at,
        max(vintage_at) as vintage_at,
        max(is_later_vintage) as is_later_vintage
    from filed
    where row_route = 'breakdown_part' and partner_iso3 <> reporter_iso3
    group by release_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, period_start
),

refiled as (
    select source_id, reporter_iso3, flow, trade_basis, classification, frequency, period_start
    from filed
    where row_route in ('cell_total', 'breakdown_part')
    group by source_id, reporter_iso3, flow, trade_basis, classification, frequency, period_start
    having min(release_id) < max(release_id)
),

refiled_cells as (
    select distinct
        filed.source_id, filed.release_id, filed.vintage_at, filed.reporter_iso3, filed.partner_iso3, filed.flow,
        filed.trade_basis, filed.classification, filed.product_code, filed.frequency, filed.period_start
    from filed
    inner join refiled
        on filed.source_id = refiled.source_id
        and filed.reporter_iso3 = refiled.reporter_iso3
        and filed.flow = refiled.flow
        and filed.trade_basis = refiled.trade_basis
        and filed.classification = refiled.classification
        and filed.frequency = refiled.frequency
        and filed.period_start = refiled.period_start
    where filed.row_route in ('cell_total', 'breakdown_part') and filed.partner_iso3 <> filed.reporter_iso3
),

ranked as (
    select
        release_id,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_basis,
        classification,
        product_code,
        period_start,
        row_number() over (
            partition by
                source_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, frequency, period_start
            order by vintage_at desc, release_id desc
        ) as newness
    from refiled_cells
),

superseded as (
    select release_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, period_start
    from ranked
    where newness > 1
),

cells as (
    select
        coalesce(totals.source_id, parts.source_id) as source_id,
        coalesce(totals.dataset_id, parts.dataset_id) as dataset_id,
        coalesce(totals.release_id, parts.release_id) as release_id,
        coalesce(totals.reporter_iso3, parts.reporter_iso3) as reporter_iso3,
        coalesce(totals.partner_iso3, parts.partner_iso3) as partner_iso3,
        coalesce(totals.flow, parts.flow) as flow,
        coalesce(totals.trade_basis, parts.trade_basis) as trade_basis,
        coalesce(totals.classification, parts.classification) as classification,
        coalesce(totals.product_code, parts.product_code) as product_code,
        case when totals.release_id is not null then totals.hs6 else parts.hs6 end as hs6,
        case when totals.release_id is not null then totals.hs_revision else parts.hs_revision end as hs_revision,
        coalesce(totals.frequency, parts.frequency) as frequency,
        coalesce(totals.period_start, parts.period_start) as period_start,
        coalesce(totals.period_end, parts.period_end) as period_end,
        coalesce(totals.period_status, parts.period_status) as period_status,
        case
            when totals.release_id is not null then totals.value_usd
            when parts.n_dimensions = 1 and parts.n_codes = parts.n_parts and parts.n_values = parts.n_parts
                then parts.value_usd
        end as value_usd,
        totals.value_local,
        case when totals.release_id is not null then totals.currency else parts.currency end as currency,
        totals.duty_usd,
        coalesce(totals.value_basis, parts.value_basis) as value_basis,
        totals.quantity,
        totals.quantity_unit,
        totals.net_kg,
        totals.is_quantity_estimated,
        totals.is_weight_estimated,
        case
            when totals.release_id is not null then totals.absence_reason
            when parts.n_dimensions = 1 and parts.n_codes = parts.n_parts then parts.absence_reason
            else 'ambiguous_breakdown'
        end as absence_reason,
        coalesce(parts.n_parts, 0) as n_parts,
        coalesce(totals.is_taiwan_proxy, parts.is_taiwan_proxy) as is_taiwan_proxy,
        totals.source_row,
        coalesce(totals.known_at, parts.known_at) as known_at,
        coalesce(totals.vintage_at, parts.vintage_at) as vintage_at,
        coalesce(totals.is_later_vintage, parts.is_later_vintage) as is_later_vintage
    from totals
    full outer join parts
        on totals.release_id = parts.release_id
        and totals.reporter_iso3 = parts.reporter_iso3
        and totals.partner_iso3 = parts.partner_iso3
        and totals.flow = parts.flow
        and totals.trade_basis = parts.trade_basis
        and totals.classification = parts.classification
        and totals.product_code = parts.product_code
        and totals.period_start = parts.period_start
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
    cast(cells.n_parts as BIGINT) as breakdown_parts,
    cast(cells.is_taiwan_proxy as BOOLEAN) as is_taiwan_proxy,
    cast(cells.source_row as BIGINT) as source_row,
    cast(cells.known_at as DATE) as known_at,
    cast(cells.vintage_at as DATE) as vintage_at,
    cast(cells.is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(superseded.release_id is null as BOOLEAN) as is_current,
    cast(datasets.licence_id as VARCHAR) as licence_id,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from cells
inner join datasets on cells.dataset_id = datasets.dataset_id
left join superseded
    on cells.release_id = superseded.release_id
    and cells.reporter_iso3 = superseded.reporter_iso3
    and cells.partner_iso3 = superseded.partner_iso3
    and cells.flow = superseded.flow
    and cells.trade_basis = superseded.trade_basis
    and cells.classification = superseded.classification
    and cells.product_code = superseded.product_code
    and cells.period_start = superseded.period_start
