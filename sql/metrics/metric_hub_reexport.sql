-- One row per hub, origin, destination, HS code and window (A10): goods of the origin that the hub sold on to the destination.
-- From core.fact_reexport_origin and core.dim_flow_parameter. The hub's margin is taken off only for the value at the origin. A
-- window of months needs all of them; only hubs that publish re-exports by origin have rows. A code that a file of the hub holds at
-- any time is expected in every month of that file: zero where the file has other codes only, missing where it has no row at all.

with
filed as (select * from core.fact_reexport_origin),

parameters as (select * from core.dim_flow_parameter),

current_cells as (
    select hub_iso3, origin_iso3, destination_iso3, product_code, frequency, period_start, period_end, value_usd, licence_id
    from filed
    where is_current and frequency in ('M', 'A')
),

file_codes as (
    select distinct hub_iso3, dataset_id, product_code
    from filed
    where frequency = 'M'
),

file_months as (
    select hub_iso3, dataset_id, period_start, max(period_end) as period_end, max(licence_id) as licence_id
    from filed
    where frequency = 'M'
    group by hub_iso3, dataset_id, period_start
),

hub_months as (
    select
        file_codes.hub_iso3,
        file_codes.product_code,
        file_months.period_start,
        max(file_months.period_end) as period_end,
        max(file_months.licence_id) as licence_id
    from file_codes
    inner join file_months on file_codes.hub_iso3 = file_months.hub_iso3 and file_codes.dataset_id = file_months.dataset_id
    group by file_codes.hub_iso3, file_codes.product_code, file_months.period_start
),

lanes as (
    select distinct hub_iso3, origin_iso3, destination_iso3, product_code
    from current_cells
    where frequency = 'M'
),

filled_months as (
    select
        lanes.hub_iso3,
        lanes.origin_iso3,
        lanes.destination_iso3,
        lanes.product_code,
        hub_months.period_start,
        hub_months.period_end,
        case when current_cells.hub_iso3 is null then 0 else current_cells.value_usd end as value_usd,
        coalesce(current_cells.licence_id, hub_months.licence_id) as licence_id
    from lanes
    inner join hub_months on lanes.hub_iso3 = hub_months.hub_iso3 and lanes.product_code = hub_months.product_code
    left join current_cells
        on lanes.hub_iso3 = current_cells.hub_iso3
        and lanes.origin_iso3 = current_cells.origin_iso3
        and lanes.destination_iso3 = current_cells.destination_iso3
        and lanes.product_code = current_cells.product_code
        and current_cells.frequency = 'M'
        and hub_months.period_start = current_cells.period_start
),

rolled as (
    select
        hub_iso3,
        origin_iso3,
        destination_iso3,
        product_code,
        period_start as last_month,
        period_end,
        licence_id,
        sum(value_usd) over last_three as three_usd,
        count(value_usd) over last_three as n_three,
        sum(value_usd) over last_twelve as twelve_usd,
        count(value_usd) over last_twelve as n_twelve
    from filled_months
    window
        last_three as (
            partition by hub_iso3, origin_iso3, destination_iso3, product_code order by period_start
            range between interval 2 months preceding and current row
        ),
        last_twelve as (
            partition by hub_iso3, origin_iso3, destination_iso3, product_code order by period_start
            range between interval 11 months preceding and current row
        )
),

windows as (
    select
        hub_iso3, origin_iso3, destination_iso3, product_code, 'rolling_3' as window_kind,
        cast(last_month - interval 2 months as date) as period_start, period_end,
        case when n_three = 3 then three_usd end as reexport_usd, licence_id, 1 as preference
    from rolled
    union all
    select
        hub_iso3, origin_iso3, destination_iso3, product_code, 'year' as window_kind, period_start, period_end,
        value_usd as reexport_usd, licence_id, 1 as preference
    from current_cells
    where frequency = 'A'
    union all
    select
        hub_iso3, origin_iso3, destination_iso3, product_code, 'year' as window_kind,
        cast(last_month - interval 11 months as date) as period_start, period_end,
        case when n_twelve = 12 then twelve_usd end as reexport_usd, licence_id, 2 as preference
    from rolled
    where extract(month from last_month) = 12
),

ranked as (
    select
        hub_iso3, origin_iso3, destination_iso3, product_code, window_kind, period_start, period_end, reexport_usd, licence_id,
        row_number() over (
            partition by hub_iso3, origin_iso3, destination_iso3, product_code, window_kind, period_start order by preference
        ) as newness
    from windows
),

markups as (
    select reporter_class, parameter_low, parameter_central, parameter_high
    from parameters
    where parameter = 'reexport_markup' and stage_scope = 'any'
),

marked as (
    select
        ranked.hub_iso3,
        ranked.origin_iso3,
        ranked.destination_iso3,
        ranked.product_code,
        ranked.window_kind,
        ranked.period_start,
        ranked.period_end,
        ranked.reexport_usd,
        ranked.licence_id,
        coalesce(own.parameter_low, general.parameter_low) as markup_low,
        coalesce(own.parameter_central, general.parameter_central) as markup_central,
        coalesce(own.parameter_high, general.parameter_high) as markup_high
    from ranked
    left join markups as own on ranked.hub_iso3 = own.reporter_class
    left join markups as general on general.reporter_class = 'any'
    where ranked.newness = 1
)

select
    cast(hub_iso3 as VARCHAR) as hub_iso3,
    cast(origin_iso3 as VARCHAR) as origin_iso3,
    cast(destination_iso3 as VARCHAR) as destination_iso3,
    cast(product_code as VARCHAR) as product_code,
    cast(window_kind as VARCHAR) as window_kind,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(reexport_usd as DECIMAL(20,3)) as reexport_usd,
    cast(
        round(
            least(cast(reexport_usd as double) / (1 + markup_high), cast(reexport_usd as double) / (1 + markup_low)), 3
        ) as DECIMAL(20,3)
    ) as origin_low_usd,
    cast(round(cast(reexport_usd as double) / (1 + markup_central), 3) as DECIMAL(20,3)) as origin_central_usd,
    cast(
        round(
            greatest(cast(reexport_usd as double) / (1 + markup_high), cast(reexport_usd as double) / (1 + markup_low)), 3
        ) as DECIMAL(20,3)
    ) as origin_high_usd,
    cast(case when reexport_usd is null then 'missing_months' end as VARCHAR) as absence_reason,
    cast('place_to_look_not_accusation' as VARCHAR) as claim_limit,
    cast(licence_id as VARCHAR) as licence_id,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from marked
