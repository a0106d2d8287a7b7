-- One row per exporter, partner, HS code, frequency and period with exports that name no country: before and after (A18).
-- From metrics.metric_bilateral_report, the rule of BACI. Unspecified partners are XNS and XTO. What they hold goes first to
-- partners that the exporter names and whose own report is higher, in proportion to the shortfall, and only as far as the
-- named partners together fall short. The rest is set against imports of partners that the exporter does not name in the
-- period. XOT, all partners that a file does not list, takes part in that second step only: it cannot hold a listed partner.
-- Regional groups are left alone, and TWN is Taiwan. A partner without a report is no shortfall. Amounts are cut, never
-- rounded up, so that no total rises. Both figures stand side by side: with and without.

with
reports as (select * from metrics.metric_bilateral_report),

countries as (select * from core.dim_country),

licences as (select * from core.dim_licence),

exports as (
    select
        reports.reporter_iso3,
        reports.partner_iso3,
        reports.product_code,
        reports.frequency,
        reports.period_start,
        reports.period_end,
        reports.value_usd,
        reports.cell_state,
        reports.absence_reason,
        case
            when reports.partner_iso3 in ('XNS', 'XTO') then 'unspecified'
            when reports.partner_iso3 = 'XOT' then 'not_listed'
            when countries.country_kind = 'residual' then 'regional'
            when reports.cell_state = 'zero' or reports.value_usd = 0 then 'never_named'
            else 'named'
        end as nes_role,
        reports.is_later_vintage,
        reports.licence_id
    from reports
    inner join countries on reports.partner_iso3 = countries.country_iso3
    where reports.flow = 'X'
),

pools as (
    select
        reporter_iso3,
        product_code,
        frequency,
        period_start,
        max(period_end) as period_end,
        sum(case when nes_role = 'unspecified' then value_usd else 0 end) as pool_usd,
        min(licence_id) as licence_id
    from exports
    where nes_role in ('unspecified', 'not_listed')
    group by reporter_iso3, product_code, frequency, period_start
    having sum(value_usd) > 0 and min(value_usd) >= 0
),

imports as (
    select
        reports.partner_iso3 as exporter,
        reports.reporter_iso3 as importer,
        reports.product_code,
        reports.frequency,
        reports.period_start,
        reports.value_usd,
        reports.value_basis,
        reports.is_later_vintage,
        reports.licence_id
    from reports
    where reports.flow = 'M' and reports.value_usd >= 0
),

exports_of_pools as (
    select
        exports.reporter_iso3,
        exports.partner_iso3,
        exports.product_code,
        exports.frequency,
        exports.period_start,
        exports.value_usd,
        exports.absence_reason,
        exports.nes_role,
        exports.is_later_vintage,
        exports.licence_id
    from exports
    inner join pools
        on exports.reporter_iso3 = pools.reporter_iso3
        and exports.product_code = pools.product_code
        and exports.frequency = pools.frequency
        and exports.period_start = pools.period_start
),

imports_of_pools as (
    select
        imports.exporter,
        imports.importer,
        imports.product_code,
        imports.frequency,
        imports.period_start,
        imports.value_usd,
        imports.value_basis,
        imports.is_later_vintage,
        imports.licence_id
    from imports
    inner join pools
        on imports.exporter = pools.reporter_iso3
        and imports.product_code = pools.product_code
        and imports.frequency = pools.frequency
        and imports.period_start = pools.period_start
),

pairs as (
    select
        coalesce(exports_of_pools.reporter_iso3, imports_of_pools.exporter) as reporter_iso3,
        coalesce(exports_of_pools.partner_iso3, imports_of_pools.importer) as partner_iso3,
        coalesce(exports_of_pools.product_code, imports_of_pools.product_code) as product_code,
        coalesce(exports_of_pools.frequency, imports_of_pools.frequency) as frequency,
        coalesce(exports_of_pools.period_start, imports_of_pools.period_start) as period_start,
        coalesce(exports_of_pools.nes_role, 'never_named') as nes_role,
        exports_of_pools.value_usd as exporter_usd,
        imports_of_pools.value_usd as importer_usd,
        case
            when exports_of_pools.nes_role = 'named' and exports_of_pools.value_usd >= 0
                then imports_of_pools.value_usd - exports_of_pools.value_usd
        end as shortfall_usd,
        case
            when exports_of_pools.reporter_iso3 is null then 'not_named'
            else exports_of_pools.absence_reason
        end as absence_reason,
        coalesce(imports_of_pools.value_basis = 'CIF', false) as is_importer_cif,
        coalesce(exports_of_pools.is_later_vintage, false)
            or coalesce(imports_of_pools.is_later_vintage, false) as is_later_vintage,
        exports_of_pools.licence_id as exporter_licence_id,
        imports_of_pools.licence_id as importer_licence_id
    from exports_of_pools
    full outer join imports_of_pools
        on exports_of_pools.reporter_iso3 = imports_of_pools.exporter
        and exports_of_pools.partner_iso3 = imports_of_pools.importer
        and exports_of_pools.product_code = imports_of_pools.product_code
        and exports_of_pools.frequency = imports_of_pools.frequency
        and exports_of_pools.period_start = imports_of_pools.period_start
),

shortfalls as (
    select
        reporter_iso3,
        product_code,
        frequency,
        period_start,
        greatest(coalesce(sum(shortfall_usd), 0), 0) as net_shortfall_usd,
        coalesce(sum(case when shortfall_usd > 0 then shortfall_usd end), 0) as gross_shortfall_usd,
        coalesce(sum(case when nes_role = 'never_named' then importer_usd end), 0) as never_named_usd
    from pairs
    group by reporter_iso3, product_code, frequency, period_start
),

mills as (
    select
        pairs.reporter_iso3,
        pairs.partner_iso3,
        pairs.product_code,
        pairs.frequency,
        pairs.period_start,
        pools.period_end,
        pairs.nes_role,
        pairs.exporter_usd,
        pairs.importer_usd,
        pairs.shortfall_usd,
        pairs.absence_reason,
        pairs.is_importer_cif,
        pairs.is_later_vintage,
        coalesce(pairs.exporter_licence_id, pools.licence_id) as exporter_licence_id,
        pairs.importer_licence_id,
        cast(1000 * pairs.exporter_usd as hugeint) as exporter_mills,
        cast(1000 * pools.pool_usd as hugeint) as pool_mills,
        cast(1000 * shortfalls.never_named_usd as hugeint) as never_named_mills,
        case
            when pairs.shortfall_usd > 0
                then
                    cast(1000 * pairs.shortfall_usd as hugeint)
                    * cast(1000 * least(pools.pool_usd, shortfalls.net_shortfall_usd) as hugeint)
                    // cast(1000 * shortfalls.gross_shortfall_usd as hugeint)
            else 0
        end as moved_mills
    from pairs
    inner join pools
        on pairs.reporter_iso3 = pools.reporter_iso3
        and pairs.product_code = pools.product_code
        and pairs.frequency = pools.frequency
        and pairs.period_start = pools.period_start
    inner join shortfalls
        on pairs.reporter_iso3 = shortfalls.reporter_iso3
        and pairs.product_code = shortfalls.product_code
        and pairs.frequency = shortfalls.frequency
        and pairs.period_start = shortfalls.period_start
    where pairs.nes_role <> 'never_named' or pairs.importer_usd > 0
),

moved as (
    select
        reporter_iso3,
        product_code,
        frequency,
        period_start,
        max(pool_mills) - sum(moved_mills) as left_mills,
        max(never_named_mills) as never_named_mills
    from mills
    group by reporter_iso3, product_code, frequency, period_start
),

left_over as (
    select
        mills.reporter_iso3,
        mills.partner_iso3,
        mills.product_code,
        mills.frequency,
        mills.period_start,
        mills.period_end,
        mills.nes_role,
        mills.exporter_usd,
        mills.importer_usd,
        case when mills.shortfall_usd > 0 then mills.shortfall_usd end as shortfall_usd,
        mills.absence_reason,
        mills.is_importer_cif,
        mills.is_later_vintage,
        mills.exporter_licence_id,
        mills.importer_licence_id,
        mills.exporter_mills,
        mills.moved_mills,
        moved.never_named_mills,
        case
            when mills.nes_role = 'not_listed' then mills.exporter_mills
            when mills.nes_role = 'unspecified' and mills.pool_mills > 0
                then mills.exporter_mills * moved.left_mills // mills.pool_mills
            when mills.nes_role = 'unspecified' then mills.exporter_mills
        end as left_mills
    from mills
    inner join moved
        on mills.reporter_iso3 = moved.reporter_iso3
        and mills.product_code = moved.product_code
        and mills.frequency = moved.frequency
        and mills.period_start = moved.period_start
),

all_left as (
    select
        reporter_iso3,
        product_code,
        frequency,
        period_start,
        sum(left_mills) as all_left_mills,
        greatest(sum(left_mills) - max(never_named_mills), 0) as after_mills
    from left_over
    group by reporter_iso3, product_code, frequency, period_start
),

applied as (
    select
        left_over.reporter_iso3,
        left_over.partner_iso3,
        left_over.product_code,
        left_over.frequency,
        left_over.period_start,
        left_over.period_end,
        left_over.nes_role,
        left_over.exporter_usd,
        left_over.importer_usd,
        left_over.shortfall_usd,
        left_over.absence_reason,
        left_over.is_importer_cif,
        left_over.is_later_vintage,
        left_over.exporter_licence_id,
        left_over.importer_licence_id,
        left_over.exporter_mills,
        case when left_over.nes_role = 'named' then left_over.moved_mills else left_over.left_mills end as moved_mills,
        case
            when left_over.left_mills is null then left_over.exporter_mills + left_over.moved_mills
            when all_left.all_left_mills = 0 then 0
            else left_over.left_mills * all_left.after_mills // all_left.all_left_mills
        end as adjusted_mills
    from left_over
    inner join all_left
        on left_over.reporter_iso3 = all_left.reporter_iso3
        and left_over.product_code = all_left.product_code
        and left_over.frequency = all_left.frequency
        and left_over.period_start = all_left.period_start
),

licensed as (
    select
        applied.reporter_iso3,
        applied.partner_iso3,
        applied.product_code,
        applied.frequency,
        applied.period_start,
        applied.period_end,
        applied.nes_role,
        applied.exporter_usd,
        applied.importer_usd,
        applied.shortfall_usd,
        applied.absence_reason,
        applied.is_importer_cif,
        applied.is_later_vintage,
        applied.moved_mills,
        applied.adjusted_mills,
        applied.exporter_mills,
        case
            when not exporter_terms.may_redistribute_rows then applied.exporter_licence_id
            when not importer_terms.may_redistribute_rows then applied.importer_licence_id
            else applied.exporter_licence_id
        end as licence_id
    from applied
    left join licences as exporter_terms on applied.exporter_licence_id = exporter_terms.licence_id
    left join licences as importer_terms on applied.importer_licence_id = importer_terms.licence_id
)

select
    cast(reporter_iso3 as VARCHAR) as reporter_iso3,
    cast(partner_iso3 as VARCHAR) as partner_iso3,
    cast(product_code as VARCHAR) as product_code,
    cast(frequency as VARCHAR) as frequency,
    cast(period_start as DATE) as period_start,
    cast(period_end as DATE) as period_end,
    cast(nes_role as VARCHAR) as nes_role,
    cast(exporter_usd as DECIMAL(20,3)) as nes_exporter_usd,
    cast(importer_usd as DECIMAL(20,3)) as nes_importer_usd,
    cast(shortfall_usd as DECIMAL(20,3)) as nes_shortfall_usd,
    cast(cast(moved_mills as decimal(20, 0)) * 0.001 as DECIMAL(20,3)) as nes_moved_usd,
    cast(cast(adjusted_mills as decimal(20, 0)) * 0.001 as DECIMAL(20,3)) as nes_adjusted_usd,
    cast(coalesce(adjusted_mills <> exporter_mills, false) as BOOLEAN) as is_nes_changed,
    cast(is_importer_cif as BOOLEAN) as is_importer_cif,
    cast(case when adjusted_mills is null then coalesce(absence_reason, 'no_value') end as VARCHAR) as absence_reason,
    cast(is_later_vintage as BOOLEAN) as is_later_vintage,
    cast(licence_id as VARCHAR) as licence_id,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from licensed
