-- One row per link between goods and method (A2): share of an older code's value that goes to a newer code. From
-- core.dim_hs_link, metrics.metric_hs_component, metrics.metric_hs_cell and metrics.metric_hs_weight_fit. exact: the component
-- is one old and one new code. equal_split: one over the number of newer codes, a guess. trade_share: values of the newer codes
-- in cells that were filed in both revisions for the same period. least_squares: reporters that switched. Both need every link
-- of the older code; a row without a weight says why. Waste links (8549) move no goods and are left out.

with
links as (select * from core.dim_hs_link),

components as (select * from metrics.metric_hs_component),

cells as (select * from metrics.metric_hs_cell),

fitted as (select * from metrics.metric_hs_weight_fit),

goods as (
    select
        links.newer_revision,
        links.older_revision,
        links.older_code,
        links.newer_code,
        count(*) over (partition by links.newer_revision, links.older_revision, links.older_code) as n_targets,
        bool_and(links.is_older_complete) over (
            partition by links.newer_revision, links.older_revision, links.older_code
        ) as has_all_targets,
        links.is_newer_complete
        and count(*) over (partition by links.newer_revision, links.older_revision, links.newer_code) = 1 as is_only_source,
        components.is_exact
    from links
    inner join components
        on links.newer_revision = components.newer_revision
        and links.older_revision = components.older_revision
        and links.newer_code = components.newer_code
        and components.link_scope = 'without_waste'
    where not links.is_waste_link
),

held as (select distinct source_id, filed_revision, product_code from cells),

able_sources as (
    select goods.newer_revision, goods.older_revision, goods.older_code, held.source_id
    from goods
    inner join held on goods.newer_revision = held.filed_revision and goods.newer_code = held.product_code
    where goods.has_all_targets
    group by goods.newer_revision, goods.older_revision, goods.older_code, goods.n_targets, held.source_id
    having count(*) = goods.n_targets
),

filed_twice as (
    select
        goods.newer_revision,
        goods.older_revision,
        goods.older_code,
        goods.newer_code,
        newer.value_usd,
        bool_and(coalesce(newer.value_usd >= 0 and older.value_usd >= 0, false)) over (
            partition by
                goods.newer_revision, goods.older_revision, goods.older_code, older.source_id, older.reporter_iso3,
                older.partner_iso3, older.flow, older.trade_basis, older.frequency, older.period_start
        ) as is_usable,
        dense_rank() over (
            partition by goods.newer_revision, goods.older_revision, goods.older_code
            order by
                older.source_id, older.reporter_iso3, older.partner_iso3, older.flow, older.trade_basis,
                older.frequency, older.period_start
        ) as cell_number
    from goods
    inner join cells as older on goods.older_revision = older.filed_revision and goods.older_code = older.product_code
    inner join able_sources
        on goods.newer_revision = able_sources.newer_revision
        and goods.older_revision = able_sources.older_revision
        and goods.older_code = able_sources.older_code
        and older.source_id = able_sources.source_id
    inner join cells as newer
        on goods.newer_revision = newer.filed_revision
        and goods.newer_code = newer.product_code
        and older.source_id = newer.source_id
        and older.reporter_iso3 = newer.reporter_iso3
        and older.partner_iso3 = newer.partner_iso3
        and older.flow = newer.flow
        and older.trade_basis = newer.trade_basis
        and older.frequency = newer.frequency
        and older.period_start = newer.period_start
),

dual_values as (
    select newer_revision, older_revision, older_code, newer_code, sum(value_usd) as value_usd
    from filed_twice
    where is_usable
    group by newer_revision, older_revision, older_code, newer_code
),

dual_totals as (
    select newer_revision, older_revision, older_code, sum(value_usd) as value_usd, count(distinct cell_number) as n_cells
    from filed_twice
    where is_usable
    group by newer_revision, older_revision, older_code
),

weighed as (
    select
        goods.newer_revision,
        goods.older_revision,
        goods.older_code,
        goods.newer_code,
        'exact' as weight_method,
        1 as place,
        case when goods.is_exact then 1 end as code_weight,
        goods.n_targets,
        goods.is_only_source,
        0 as n_observations,
        case when not goods.is_exact then 'not_exact' end as absence_reason
    from goods
    union all
    select
        goods.newer_revision,
        goods.older_revision,
        goods.older_code,
        goods.newer_code,
        'least_squares' as weight_method,
        2 as place,
        fitted.code_weight,
        goods.n_targets,
        goods.is_only_source,
        coalesce(fitted.n_observations, 0) as n_observations,
        case when fitted.older_code is null then 'component_incomplete' else fitted.absence_reason end as absence_reason
    from goods
    left join fitted
        on goods.newer_revision = fitted.newer_revision
        and goods.older_revision = fitted.older_revision
        and goods.older_code = fitted.older_code
        and goods.newer_code = fitted.newer_code
    union all
    select
        goods.newer_revision,
        goods.older_revision,
        goods.older_code,
        goods.newer_code,
        'trade_share' as weight_method,
        3 as place,
        case
            when dual_totals.value_usd > 0
                then cast(coalesce(dual_values.value_usd, 0) as double) / cast(dual_totals.value_usd as double)
        end as code_weight,
        goods.n_targets,
        goods.is_only_source,
        coalesce(dual_totals.n_cells, 0) as n_observations,
        case
            when not goods.has_all_targets then 'links_incomplete'
            when dual_totals.n_cells is null then 'no_dual_report'
            when dual_totals.value_usd = 0 then 'zero_total'
        end as absence_reason
    from goods
    left join dual_totals
        on goods.newer_revision = dual_totals.newer_revision
        and goods.older_revision = dual_totals.older_revision
        and goods.older_code = dual_totals.older_code
    left join dual_values
        on goods.newer_revision = dual_values.newer_revision
        and goods.older_revision = dual_values.older_revision
        and goods.older_code = dual_values.older_code
        and goods.newer_code = dual_values.newer_code
    union all
    select
        goods.newer_revision,
        goods.older_revision,
        goods.older_code,
        goods.newer_code,
        'equal_split' as weight_method,
        4 as place,
        case when goods.has_all_targets then cast(1 as double) / goods.n_targets end as code_weight,
        goods.n_targets,
        goods.is_only_source,
        0 as n_observations,
        case when not goods.has_all_targets then 'links_incomplete' end as absence_reason
    from goods
),

compared as (
    select
        weighed.newer_revision,
        weighed.older_revision,
        weighed.older_code,
        weighed.newer_code,
        weighed.weight_method,
        weighed.place,
        weighed.code_weight,
        weighed.n_targets,
        weighed.is_only_source,
        weighed.n_observations,
        weighed.absence_reason,
        min(case when weighed.code_weight is not null then weighed.place end) over (
            partition by weighed.newer_revision, weighed.older_revision, weighed.older_code
        ) as best_place
    from weighed
)

select
    cast(compared.newer_revision as VARCHAR) as newer_revision,
    cast(compared.older_revision as VARCHAR) as older_revision,
    cast(compared.older_code as VARCHAR) as older_code,
    cast(compared.newer_code as VARCHAR) as newer_code,
    cast(compared.weight_method as VARCHAR) as weight_method,
    cast(compared.code_weight as DOUBLE) as code_weight,
    cast(compared.n_targets as BIGINT) as n_targets,
    cast(compared.is_only_source as BOOLEAN) as is_only_source,
    cast(compared.n_observations as BIGINT) as n_observations,
    cast(compared.weight_method = 'equal_split' and compared.n_targets > 1 as BOOLEAN) as is_guess,
    cast(coalesce(compared.place = compared.best_place, false) as BOOLEAN) as is_best,
    cast(compared.absence_reason as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from compared
