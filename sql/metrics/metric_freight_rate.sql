-- One row per importer, HS code and year (A6): freight and insurance over FOB value as an interval, and where it comes from.
-- From core.fact_trade_flow, metrics.metric_bilateral_report, metrics.metric_world_report and core.dim_flow_parameter. In order:
-- the reporter's own CIF and FOB or customs value of the same cells; those of other reporters of the stage, from 30 cells on;
-- the default of the stage; the general default. A rate is never below 0 nor above 0.2; an importer that does not value CIF has
-- rate 0. An importer that files World only has a rate, too. Where no default matches, the rate is unknown, not 0.

with
flows as (select * from core.fact_trade_flow),

reports as (select * from metrics.metric_bilateral_report),

world as (select * from metrics.metric_world_report),

products as (select * from core.dim_product),

parameters as (select * from core.dim_flow_parameter),

imports as (
    select reporter_iso3, product_code, period_start, value_basis
    from reports
    where flow = 'M'
    union all
    select reporter_iso3, product_code, period_start, value_basis
    from world
    where flow = 'M'
),

wanted as (
    select
        reporter_iso3,
        product_code,
        date_trunc('year', period_start) as period_start,
        max(case when value_basis in ('CIF', 'unknown') then 1 else 0 end) as is_cif
    from imports
    group by reporter_iso3, product_code, date_trunc('year', period_start)
),

two_values as (
    select
        cif.reporter_iso3,
        cif.product_code,
        date_trunc('year', cif.period_start) as period_start,
        cast(cif.value_usd as double) as cif_usd,
        cast(fob.value_usd as double) as fob_usd
    from flows as cif
    inner join flows as fob
        on cif.reporter_iso3 = fob.reporter_iso3
        and cif.partner_iso3 = fob.partner_iso3
        and cif.flow = fob.flow
        and cif.trade_basis = fob.trade_basis
        and cif.classification = fob.classification
        and cif.product_code = fob.product_code
        and cif.frequency = fob.frequency
        and cif.period_start = fob.period_start
    where cif.flow = 'M' and cif.value_basis = 'CIF' and fob.value_basis in ('FOB', 'customs')
        and cif.is_current and fob.is_current and cif.classification = 'HS'
        and cif.value_usd > 0 and fob.value_usd > 0
        and cif.value_usd >= fob.value_usd and cif.value_usd * 5 <= fob.value_usd * 6
),

own as (
    select
        reporter_iso3,
        product_code,
        period_start,
        sum(cif_usd) / sum(fob_usd) - 1 as central,
        min(cif_usd / fob_usd) - 1 as low,
        max(cif_usd / fob_usd) - 1 as high,
        count(*) as n
    from two_values
    group by reporter_iso3, product_code, period_start
),

pooled as (
    select
        products.stage,
        sum(two_values.cif_usd) / sum(two_values.fob_usd) - 1 as central,
        min(two_values.cif_usd / two_values.fob_usd) - 1 as low,
        max(two_values.cif_usd / two_values.fob_usd) - 1 as high,
        count(*) as n
    from two_values
    inner join products on two_values.product_code = products.code
    group by products.stage
    having count(*) >= 30
),

defaults_ranked as (
    select
        wanted.reporter_iso3,
        wanted.product_code,
        wanted.period_start,
        parameters.stage_scope,
        parameters.parameter_low,
        parameters.parameter_central,
        parameters.parameter_high,
        row_number() over (
            partition by wanted.reporter_iso3, wanted.product_code, wanted.period_start
            order by
                case when parameters.reporter_class = 'any' then 1 else 0 end,
                case when parameters.stage_scope = wanted.product_code then 0 when parameters.stage_scope = 'any' then 2 else 1 end,
                parameters.parameter_id
        ) as preference
    from wanted
    left join products on wanted.product_code = products.code
    inner join parameters
        on parameters.reporter_class in ('any', wanted.reporter_iso3)
        and parameters.stage_scope in ('any', products.stage, wanted.product_code)
        and coalesce(parameters.valid_from, wanted.period_start) <= wanted.period_start
        and coalesce(parameters.valid_to, wanted.period_start) >= wanted.period_start
    where parameters.parameter = 'freight_rate'
),

joined as (
    select
        wanted.reporter_iso3,
        wanted.product_code,
        wanted.period_start,
        wanted.is_cif,
        case
            when wanted.is_cif = 0 then 'not_cif'
            when own.n is not null then 'own_two_values'
            when pooled.n is not null then 'pooled_two_values'
            when defaults_ranked.stage_scope is null then 'unknown'
            when defaults_ranked.stage_scope = 'any' then 'general_default'
            else 'stage_default'
        end as freight_basis,
        coalesce(own.n, pooled.n, 0) as n,
        coalesce(own.low, pooled.low, defaults_ranked.parameter_low) as low,
        coalesce(own.central, pooled.central, defaults_ranked.parameter_central) as central,
        coalesce(own.high, pooled.high, defaults_ranked.parameter_high) as high
    from wanted
    left join products on wanted.product_code = products.code
    left join own
        on wanted.reporter_iso3 = own.reporter_iso3
        and wanted.product_code = own.product_code
        and wanted.period_start = own.period_start
    left join pooled on products.stage = pooled.stage
    left join defaults_ranked
        on wanted.reporter_iso3 = defaults_ranked.reporter_iso3
        and wanted.product_code = defaults_ranked.product_code
        and wanted.period_start = defaults_ranked.period_start
        and defaults_ranked.preference = 1
)

select
    cast(reporter_iso3 as VARCHAR) as importer_iso3,
    cast(product_code as VARCHAR) as product_code,
    cast(period_start as DATE) as period_start,
    cast(case when is_cif = 0 then 0 when low is not null then least(greatest(low, 0), 0.2) end as DOUBLE) as freight_low,
    cast(case when is_cif = 0 then 0 when central is not null then least(greatest(central, 0), 0.2) end as DOUBLE)
        as freight_central,
    cast(case when is_cif = 0 then 0 when high is not null then least(greatest(high, 0), 0.2) end as DOUBLE) as freight_high,
    cast(freight_basis as VARCHAR) as freight_basis,
    cast(case when is_cif = 1 then n else 0 end as BIGINT) as n_two_values,
    cast(case when freight_basis = 'unknown' then 'freight_unknown' end as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from joined
