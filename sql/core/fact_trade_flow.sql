-- One row per source, reporter, partner, flow, classification, code, period and release: the total over every breakdown (A1).
-- From staging.stg_trade_obs. Where a reporter filed only parts, they are added up if exactly one dimension is broken
-- down (then the parts are a partition) and each has a value; otherwise the cell is NULL with the reason of the
-- part, or ambiguous_breakdown. A cell is current unless a later release of the same source holds it too.

with
filed as (select * from staging.stg_trade_obs),

datasets as (select * from tidy.dataset),

part_counts as (
    select release_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, period_start, count(*) as n_parts
    from filed
    where row_route = 'breakdown_part' and partner_iso3 <> reporter_iso3
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
        coalesce(part_counts.n_parts, 0) as n_parts,
        filed.is_taiwan_proxy,
        filed.source_row,
        filed.known_at,
        filed.vintage_at,
        filed.is_later_vintage
    from filed
    left join part_counts
        on filed.release_id = part_counts.release_id
        and filed.reporter_iso3 = part_counts.reporter_iso3
        and filed.partner_iso3 = part_counts.partner_iso3
        and filed.flow = part_counts.flow
        and filed.trade_basis = part_counts.trade_basis
        and filed.classification = part_counts.classification
        and filed.product_code = part_counts.product_code
        and filed.period_start = part_counts.period_start
    where filed.row_route = 'cell_total'
),

without_total as (
    select
        part_counts.release_id,
        part_counts.reporter_iso3,
        part_counts.partner_iso3,
        part_counts.flow,
        part_counts.trade_basis,
        part_counts.classification,
        part_counts.product_code,
        part_counts.period_start
    from part_counts
    where not exists (
        select 1
        from filed
        where filed.row_route = 'cell_total'
            and filed.release_id = part_counts.release_id
            and filed.reporter_iso3 = part_counts.reporter_iso3
            and filed.partner_iso3 = part_counts.partner_iso3
            and filed.flow = part_counts.flow
            and filed.trade_basis = part_counts.trade_basis
            and filed.classification = part_counts.classification
            and filed.product_code = part_counts.product_code
            and filed.period_start = part_counts.period_start
    )
),

parts as (
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
    inner join without_total
        on filed.release_id = without_total.release_id
        and filed.reporter_iso3 = without_total.reporter_iso3
        and filed.partner_iso3 = without_total.partner_iso3
        and filed.flow = without_total.flow
        and filed.trade_basis = without_total.trade_basis
        and filed.classification = without_total.classification
        and filed.product_code = without_total.product_code
        and filed.period_start = without_total.period_start
    where filed.row_route = 'breakdown_part'
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
        sum(value_usd) as value_usd,
        count(value_usd) as n_values,
        max(currency) as currency,
        max(value_basis) as value_basis,
        max(absence_reason) as absence_reason,
        count(*) as n_parts,
        max(case when partner2_code <> '0' then 1 else 0 end) + max(case when customs_code <> 'C00' then 1 else 0 end)
            + max(case when transport_code <> '0' then 1 else 0 end) = 1
            and count(distinct partner2_code || ' ' || customs_code || ' ' || transport_code) = count(*) as is_partition,
        max(is_taiwan_proxy) as is_taiwan_proxy,
        max(known_at) as known_at,
        max(vintage_at) as vintage_at,
        max(is_later_vintage) as is_later_vintage
    from parts
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
        source_id, dataset_id, release_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code,
        hs6, hs_revision, frequency, period_start, period_end, period_status, value_usd, value_local, currency, duty_usd,
        value_basis, quantity, quantity_unit, net_kg, is_quantity_estimated, is_weight_estimated, absence_reason, n_parts,
        is_taiwan_proxy, source_row, known_at, vintage_at, is_later_vintage
    from totals
    union all
    select
        source_id,
        dataset_id,
        release_id,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_basis,
        classification,
        product_code,
        hs6,
        hs_revision,
        frequency,
        period_start,
        period_end,
        period_status,
        case when is_partition and n_values = n_parts then value_usd end as value_usd,
        cast(null as decimal(20, 3)) as value_local,
        currency,
        cast(null as decimal(20, 3)) as duty_usd,
        value_basis,
        cast(null as decimal(24, 6)) as quantity,
        cast(null as varchar) as quantity_unit,
        cast(null as decimal(24, 6)) as net_kg,
        cast(null as boolean) as is_quantity_estimated,
        cast(null as boolean) as is_weight_estimated,
        case when is_partition then absence_reason else 'ambiguous_breakdown' end as absence_reason,
        n_parts,
        is_taiwan_proxy,
        cast(null as bigint) as source_row,
        known_at,
        vintage_at,
        is_later_vintage
    from added_up
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
