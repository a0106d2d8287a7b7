-- One row per country and period (A3): AI-accelerator value that arrives and stays, imports minus exports over the stages.
-- From the World totals of core.fact_control_total. A country whose imports or exports are not loaded gets a row with the
-- reason, not an absence. Each stage is weighted by the purity that makes the end of the interval lowest or highest; a
-- purity for the country goes before the one for any country.

with
totals as (select * from core.fact_control_total),

products as (select * from core.dim_product),

purities as (select * from core.dim_purity),

traded as (
    select
        totals.reporter_iso3,
        totals.frequency,
        totals.period_start,
        totals.period_end,
        totals.product_code,
        sum(case when totals.flow = 'M' then totals.value_usd end) as import_usd,
        sum(case when totals.flow = 'X' then totals.value_usd end) as export_usd
    from totals
    inner join products on totals.product_code = products.code
    where totals.is_current and totals.control_kind = 'world_total' and products.ai_group = 'ai_accelerator' and totals.flow in ('M', 'X')
    group by totals.reporter_iso3, totals.frequency, totals.period_start, totals.period_end, totals.product_code
),

stages as (
    select
        traded.reporter_iso3,
        traded.frequency,
        traded.period_start,
        traded.period_end,
        traded.import_usd,
        traded.export_usd,
        coalesce(
            min(case when purities.reporter_class = traded.reporter_iso3 then purities.purity_low end), min(purities.purity_low), 0
        ) as purity_low,
        coalesce(
            max(case when purities.reporter_class = traded.reporter_iso3 then purities.purity_high end),
            max(purities.purity_high), 1
        ) as purity_high
    from traded
    left join purities
        on traded.product_code = purities.hs6
        and purities.reporter_class in (traded.reporter_iso3, 'any')
        and coalesce(purities.valid_from, traded.period_start) <= traded.period_start
        and coalesce(purities.valid_to, traded.period_end) >= traded.period_end
    group by
        traded.reporter_iso3, traded.frequency, traded.period_start, traded.period_end, traded.product_code,
        traded.import_usd, traded.export_usd
),

netted as (
    select
        reporter_iso3,
        frequency,
        period_start,
        period_end,
        count(*) as n_codes,
        count(import_usd) as n_imports,
        count(export_usd) as n_exports,
        sum(import_usd) as import_usd,
        sum(export_usd) as export_usd,
        sum(
            cast(round((import_usd - export_usd) * case when import_usd >= export_usd then purity_low else purity_high end, 3)
                as decimal(20, 3))
        ) as net_low_usd,
        sum(
            cast(round((import_usd - export_usd) * case when import_usd >= export_usd then purity_high else purity_low end, 3)
                as decimal(20, 3))
        ) as net_high_usd
    from stages
    group by reporter_iso3, frequency, period_start, period_end
)

select
    cast(netted.reporter_iso3 as VARCHAR) as country_iso3,
    cast(netted.frequency as VARCHAR) as frequency,
    cast(netted.period_start as DATE) as period_start,
    cast(netted.period_end as DATE) as period_end,
    cast(case when netted.n_imports = netted.n_codes then netted.import_usd end as DECIMAL(20,3)) as import_usd,
    cast(case when netted.n_exports = netted.n_codes then netted.export_usd end as DECIMAL(20,3)) as export_usd,
    cast(
        case
            when netted.n_imports = netted.n_codes and netted.n_exports = netted.n_codes
                then netted.import_usd - netted.export_usd
        end as DECIMAL(20,3)
    ) as net_gross_usd,
    cast(
        case when netted.n_imports = netted.n_codes and netted.n_exports = netted.n_codes then netted.net_low_usd end
        as DECIMAL(20,3)
    ) as net_low_usd,
    cast(
        case when netted.n_imports = netted.n_codes and netted.n_exports = netted.n_codes then netted.net_high_usd end
        as DECIMAL(20,3)
    ) as net_high_usd,
    cast(
        case
            when netted.n_imports < netted.n_codes and netted.n_exports < netted.n_codes then 'missing_imports_and_exports'
            when netted.n_imports < netted.n_codes then 'missing_imports'
            when netted.n_exports < netted.n_codes then 'missing_exports'
        end as VARCHAR
    ) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from netted
