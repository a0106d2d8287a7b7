-- One row per code in use and step between HS revisions: may figures on both sides of the step be compared? From
-- metrics.metric_hs_component (links between goods), metrics.metric_hs_weight, core.dim_hs_link and the products. A code is
-- judged by the worse of the components that it belongs to on the two sides. No trade figures, so no terms forbid passing it
-- on.

with
products as (select * from core.dim_product),

components as (select * from metrics.metric_hs_component),

links as (select * from core.dim_hs_link),

weights as (select * from metrics.metric_hs_weight),

pairs as (
    -- from HS 2002 (H2) on a revision every five years: 1992 + 5 n
    select distinct
        components.newer_revision,
        components.older_revision,
        1992 + 5 * cast(substr(components.newer_revision, 2) as integer) as newer_year,
        1992 + 5 * cast(substr(components.older_revision, 2) as integer) as older_year
    from components
),

best_methods as (
    select newer_revision, older_revision, older_code, max(weight_method) as weight_method
    from weights
    where is_best
    group by newer_revision, older_revision, older_code
),

sides as (
    select links.newer_revision, links.older_revision, links.newer_code as product_code, links.newer_code
    from links
    where not links.is_waste_link
    union
    select links.newer_revision, links.older_revision, links.older_code as product_code, links.newer_code
    from links
    where not links.is_waste_link
),

judged as (
    select
        sides.newer_revision,
        sides.older_revision,
        sides.product_code,
        max(case components.comparability when 'not_exact' then 3 when 'unproven' then 2 else 1 end) as severity,
        max(components.n_nodes) as n_nodes,
        max(components.n_nodes_published) as n_nodes_published
    from sides
    inner join components
        on sides.newer_revision = components.newer_revision
        and sides.older_revision = components.older_revision
        and sides.newer_code = components.newer_code
        and components.link_scope = 'without_waste'
    group by sides.newer_revision, sides.older_revision, sides.product_code
),

steps as (
    select
        products.code as product_code,
        products.title,
        pairs.newer_revision,
        pairs.older_revision,
        pairs.newer_year,
        pairs.older_year,
        case judged.severity when 3 then 'not_exact' when 1 then 'exact' else 'unproven' end as comparability,
        judged.n_nodes,
        judged.n_nodes_published,
        judged.product_code is not null as is_linked
    from products
    cross join pairs
    left join judged
        on products.code = judged.product_code
        and pairs.newer_revision = judged.newer_revision
        and pairs.older_revision = judged.older_revision
    where products.classification = 'HS' and products.level = 6
        and coalesce(extract(year from products.valid_from) <= pairs.newer_year, true)
        and coalesce(extract(year from products.valid_to) >= pairs.older_year, true)
)

select
    cast(steps.product_code as VARCHAR) as product_code,
    cast(steps.title as VARCHAR) as product_title,
    cast('HS ' || steps.older_year || ' to HS ' || steps.newer_year as VARCHAR) as revision_years,
    cast(steps.newer_revision as VARCHAR) as newer_revision,
    cast(steps.older_revision as VARCHAR) as older_revision,
    cast(steps.comparability as VARCHAR) as comparability,
    cast(
        case
            when steps.comparability = 'exact' then 'Same goods on both sides: figures may be compared.'
            when steps.comparability = 'not_exact' then
                'Goods moved between ' || greatest(steps.n_nodes, coalesce(steps.n_nodes_published, 0))
                || case when steps.n_nodes_published is null then ' or more' else '' end
                || ' linked codes: do not compare across this step.'
            when steps.is_linked then 'The shipped part of the UN table does not show all links of this code: not known.'
            else 'The shipped part of the UN table has no link of this code: not known.'
        end as VARCHAR
    ) as comparability_words,
    cast(steps.n_nodes as BIGINT) as n_nodes,
    cast(steps.n_nodes_published as BIGINT) as n_nodes_published,
    cast(best_methods.weight_method as VARCHAR) as weight_method,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from steps
left join best_methods
    on steps.newer_revision = best_methods.newer_revision
    and steps.older_revision = best_methods.older_revision
    and steps.product_code = best_methods.older_code
