-- One row per reporter, HS code and year (A10): imports that stay, after re-exports without the hub's margin are taken off.
-- From metrics.metric_world_report and core.dim_flow_parameter: every hub, and every other reporter that files re-exports. Codes are
-- those of the project's groups; a hub that is not loaded has a row that says so.

with
world as (select * from metrics.metric_world_report),

hubs as (select * from core.dim_hub),

products as (select * from core.dim_product),

parameters as (select * from core.dim_flow_parameter),

years as (
    select distinct period_start, period_end
    from world
    where frequency = 'A' and value_usd is not null
),

watched as (
    select code as product_code
    from products
    where ai_group in ('ai_accelerator', 'upstream_memory', 'tool_chain') or code = '8542'
),

frame as (
    select hubs.country_iso3 as reporter_iso3, watched.product_code, years.period_start, years.period_end
    from hubs
    cross join watched
    cross join years
    union
    select reporter_iso3, product_code, period_start, period_end
    from world
    where flow = 'RX' and frequency = 'A'
),

markups as (
    select reporter_class, parameter_low, parameter_central, parameter_high
    from parameters
    where parameter = 'reexport_markup' and stage_scope = 'any'
),

joined as (
    select
        frame.reporter_iso3,
        frame.product_code,
        frame.period_start,
        frame.period_end,
        imports.value_usd as import_usd,
        reexports.value_usd as reexport_usd,
        coalesce(own.parameter_low, general.parameter_low) as markup_low,
        coalesce(own.parameter_central, general.parameter_central) as markup_central,
        coalesce(own.parameter_high, general.parameter_high) as markup_high,
        hubs.country_iso3 is not null as is_hub
    from frame
    left join world as imports
        on frame.reporter_iso3 = imports.reporter_iso3
        and imports.flow = 'M'
        and imports.frequency = 'A'
        and frame.product_code = imports.product_code
        and frame.period_start = imports.period_start
    left join world as reexports
        on frame.reporter_iso3 = reexports.reporter_iso3
        and reexports.flow = 'RX'
        and reexports.frequency = 'A'
        and frame.product_code = reexports.product_code
        and frame.period_start = reexports.period_start
    left join hubs on frame.reporter_iso3 = hubs.country_iso3
    left join markups as own on frame.reporter_iso3 = own.reporter_class
    left join markups as general on general.reporter_class = 'any'
),

retained as (
    select
        reporter_iso3,
        product_code,
        period_start,
        period_end,
        import_usd,
        reexport_usd,
        is_hub,
        import_usd - cast(round(cast(reexport_usd as double) / (1 + markup_low), 3) as decimal(20, 3)) as at_low_markup_usd,
        import_usd - cast(round(cast(reexport_usd as double) / (1 + markup_central), 3) as decimal(20, 3)) as central_usd,
        import_usd - cast(round(cast(reexport_usd as double) / (1 + markup_high), 3) as decimal(20, 3)) as at_high_markup_usd
    from joined
)

select
    cast(reporter_iso3 as VARCHAR) as country_iso3,
    cast(product_code as VARCHAR) as product_code,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(import_usd as DECIMAL(20,3)) as import_usd,
    cast(reexport_usd as DECIMAL(20,3)) as reexport_usd,
    cast(least(at_low_markup_usd, at_high_markup_usd) as DECIMAL(20,3)) as retained_low_usd,
    cast(central_usd as DECIMAL(20,3)) as retained_usd,
    cast(greatest(at_low_markup_usd, at_high_markup_usd) as DECIMAL(20,3)) as retained_high_usd,
    cast(case when central_usd is not null then central_usd < 0 end as BOOLEAN) as is_over_reexport,
    cast(is_hub as BOOLEAN) as is_hub,
    cast(
        case
            when import_usd is null and reexport_usd is null then 'missing_imports_and_reexports'
            when import_usd is null then 'missing_imports'
            when reexport_usd is null then 'missing_reexports'
        end as VARCHAR
    ) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from retained
