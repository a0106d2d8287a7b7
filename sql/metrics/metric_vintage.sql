-- One row per cell and release (A17): the figure, and from which day until which it was the latest known.
-- From core.fact_trade_flow. As of a day T: known_from <= T and (known_until is null or T < known_until); no such row means
-- that nothing was known yet. The first release counts from its day of publication. A later one too, where that day is
-- later than those before it; else only its retrieval is known, which bounds it. A cell is withdrawn by a release that
-- says so, or by one that lists all partners of the same code and period without it. What became known after as_of is out.

with
flows as (select * from core.fact_trade_flow),

scopes as (select * from tidy.dataset_scope),

run as (select * from core.run),

filed as (
    select
        source_id,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_basis,
        classification,
        product_code,
        frequency,
        period_start,
        period_end,
        release_id,
        value_usd,
        absence_reason,
        case
            when absence_reason = 'withdrawn' then 'withdrawn'
            when value_usd is null then 'no_value'
            else 'reported'
        end as vintage_state,
        known_at,
        vintage_at,
        licence_id
    from flows
),

whole_releases as (
    select
        flows.source_id,
        flows.reporter_iso3,
        flows.flow,
        flows.trade_basis,
        flows.classification,
        flows.product_code,
        flows.frequency,
        flows.period_start,
        flows.release_id,
        max(flows.known_at) as known_at,
        max(flows.vintage_at) as vintage_at,
        max(flows.licence_id) as licence_id
    from flows
    inner join scopes on flows.dataset_id = scopes.dataset_id
    where scopes.has_all_partners
    group by
        flows.source_id, flows.reporter_iso3, flows.flow, flows.trade_basis, flows.classification, flows.product_code,
        flows.frequency, flows.period_start, flows.release_id
),

cells as (
    select
        source_id,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_basis,
        classification,
        product_code,
        frequency,
        period_start,
        max(period_end) as period_end,
        min(vintage_at) as first_vintage_at
    from filed
    group by
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, frequency, period_start
),

left_out as (
    select
        cells.source_id,
        cells.reporter_iso3,
        cells.partner_iso3,
        cells.flow,
        cells.trade_basis,
        cells.classification,
        cells.product_code,
        cells.frequency,
        cells.period_start,
        cells.period_end,
        whole_releases.release_id,
        cast(null as decimal(20, 3)) as value_usd,
        'withdrawn' as absence_reason,
        'withdrawn' as vintage_state,
        whole_releases.known_at,
        whole_releases.vintage_at,
        whole_releases.licence_id
    from cells
    inner join whole_releases
        on cells.source_id = whole_releases.source_id
        and cells.reporter_iso3 = whole_releases.reporter_iso3
        and cells.flow = whole_releases.flow
        and cells.trade_basis = whole_releases.trade_basis
        and cells.classification = whole_releases.classification
        and cells.product_code = whole_releases.product_code
        and cells.frequency = whole_releases.frequency
        and cells.period_start = whole_releases.period_start
        and cells.first_vintage_at < whole_releases.vintage_at
    left join filed
        on cells.source_id = filed.source_id
        and cells.reporter_iso3 = filed.reporter_iso3
        and cells.partner_iso3 = filed.partner_iso3
        and cells.flow = filed.flow
        and cells.trade_basis = filed.trade_basis
        and cells.classification = filed.classification
        and cells.product_code = filed.product_code
        and cells.frequency = filed.frequency
        and cells.period_start = filed.period_start
        and whole_releases.release_id = filed.release_id
    where filed.release_id is null
),

releases as (
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, frequency, period_start,
        period_end, release_id, value_usd, absence_reason, vintage_state, known_at, vintage_at, licence_id
    from filed
    union all
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, frequency, period_start,
        period_end, release_id, value_usd, absence_reason, vintage_state, known_at, vintage_at, licence_id
    from left_out
),

numbered as (
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, frequency, period_start,
        period_end, release_id, value_usd, absence_reason, vintage_state, known_at, vintage_at, licence_id,
        dense_rank() over (
            order by source_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, frequency, period_start
        ) as cell_no
    from releases
),

ordered as (
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, frequency, period_start,
        period_end, release_id, value_usd, absence_reason, vintage_state, known_at, vintage_at, licence_id, cell_no,
        row_number() over cell_releases as place,
        max(known_at) over (
            partition by cell_no
            order by vintage_at, release_id
            rows between unbounded preceding and 1 preceding
        ) as known_before
    from numbered
    window cell_releases as (partition by cell_no order by vintage_at, release_id)
),

dated as (
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, frequency, period_start,
        period_end, release_id, value_usd, absence_reason, vintage_state, known_at, vintage_at, licence_id, cell_no, place,
        case when place = 1 or known_at > known_before then known_at else vintage_at end as told_at,
        case when place = 1 or known_at > known_before then 'published' else 'retrieved' end as known_from_basis
    from ordered
),

started as (
    select
        source_id, reporter_iso3, partner_iso3, flow, trade_basis, classification, product_code, frequency, period_start,
        period_end, release_id, value_usd, absence_reason, vintage_state, known_at, vintage_at, licence_id, cell_no, place,
        known_from_basis,
        max(told_at) over (
            partition by cell_no
            order by place
        ) as known_from
    from dated
),

bounded as (
    select
        started.source_id, started.reporter_iso3, started.partner_iso3, started.flow, started.trade_basis,
        started.classification, started.product_code, started.frequency, started.period_start, started.period_end,
        started.release_id, started.value_usd, started.absence_reason, started.vintage_state, started.known_at,
        started.vintage_at, started.licence_id, started.place, started.known_from_basis, started.known_from,
        lead(started.known_from) over cell_releases as known_until,
        first_value(started.value_usd) over cell_releases as first_usd
    from started
    cross join run
    where started.known_from <= run.as_of
    window cell_releases as (partition by started.cell_no order by started.place)
)

select
    cast(bounded.source_id as VARCHAR) as source_id,
    cast(bounded.reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(bounded.partner_iso3 as VARCHAR) as partner_iso3,
    cast(bounded.flow as VARCHAR) as flow,
    cast(bounded.trade_basis as VARCHAR) as trade_basis,
    cast(bounded.classification as VARCHAR) as classification,
    cast(bounded.product_code as VARCHAR) as product_code,
    cast(bounded.frequency as VARCHAR) as frequency,
    cast(bounded.period_start as DATE) as period_start,
    cast(bounded.period_end as DATE) as period_end,
    cast(bounded.release_id as VARCHAR) as release_id,
    cast(bounded.place as BIGINT) as release_number,
    cast(bounded.value_usd as DECIMAL(20,3)) as value_usd,
    cast(bounded.vintage_state as VARCHAR) as vintage_state,
    cast(bounded.absence_reason as VARCHAR) as absence_reason,
    cast(bounded.known_at as DATE) as known_at,
    cast(bounded.vintage_at as DATE) as vintage_at,
    cast(bounded.known_from as DATE) as known_from,
    cast(bounded.known_until as DATE) as known_until,
    cast(bounded.known_from_basis as VARCHAR) as known_from_basis,
    cast(bounded.known_until is null as BOOLEAN) as is_latest_release,
    cast(
        case
            when bounded.first_usd > 0
                then cast(bounded.value_usd as double) / cast(bounded.first_usd as double) - 1
        end as DOUBLE
    ) as revision,
    cast(bounded.licence_id as VARCHAR) as licence_id,
    cast('official' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from bounded
