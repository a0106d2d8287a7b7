-- One row per pair of HS revisions, link scope and newer code: its component of linked codes (A2). From core.dim_hs_link and
-- the sizes counted over the full table. Each code starts with its own name; in every round it takes the smallest name among
-- itself and its neighbours, until a round changes nothing: rounds are few (the longest shortest way), and a round holds each
-- code once, so no path is ever listed. Names are code:revision, since one number lives on both sides. A component counts as
-- wholly known when every code in it has all its links here, or when it is as large as the published count. With waste links
-- that is known only where the table itself says that a code has a single link (the 1 in relationship).

with recursive
links as (select * from core.dim_hs_link),

published as (select * from tidy.hs_component_size),

scoped as (
    select
        links.newer_revision,
        links.older_revision,
        'without_waste' as link_scope,
        links.newer_code,
        links.older_code,
        links.newer_code || ':' || links.newer_revision as newer_node,
        links.older_code || ':' || links.older_revision as older_node,
        links.is_newer_complete,
        links.is_older_complete
    from links
    where not links.is_waste_link
    union all
    select
        links.newer_revision,
        links.older_revision,
        'all_links' as link_scope,
        links.newer_code,
        links.older_code,
        links.newer_code || ':' || links.newer_revision as newer_node,
        links.older_code || ':' || links.older_revision as older_node,
        links.relationship in ('1:1', 'n:1') as is_newer_complete,
        links.relationship in ('1:1', '1:n') as is_older_complete
    from links
),

nodes as (
    select newer_revision, older_revision, link_scope, newer_node as node, is_newer_complete as is_complete, 1 as is_newer
    from scoped
    union
    select newer_revision, older_revision, link_scope, older_node as node, is_older_complete as is_complete, 0 as is_newer
    from scoped
),

neighbours as (
    select newer_revision, older_revision, link_scope, newer_node as node, older_node as neighbour from scoped
    union
    select newer_revision, older_revision, link_scope, older_node as node, newer_node as neighbour from scoped
    union
    select newer_revision, older_revision, link_scope, node, node as neighbour from nodes
),

named as (
    select distinct newer_revision, older_revision, link_scope, node, node as component_id, true as has_changed from nodes
    union all
    select
        stepped.newer_revision,
        stepped.older_revision,
        stepped.link_scope,
        stepped.node,
        stepped.component_id,
        stepped.has_changed
    from (
        select
            renamed.newer_revision,
            renamed.older_revision,
            renamed.link_scope,
            renamed.node,
            renamed.component_id,
            bool_or(renamed.component_id < renamed.name_before) over () as has_changed
        from (
            select
                neighbours.newer_revision,
                neighbours.older_revision,
                neighbours.link_scope,
                neighbours.neighbour as node,
                min(named.component_id) as component_id,
                max(case when neighbours.node = neighbours.neighbour then named.component_id end) as name_before
            from named
            inner join neighbours
                on named.newer_revision = neighbours.newer_revision
                and named.older_revision = neighbours.older_revision
                and named.link_scope = neighbours.link_scope
                and named.node = neighbours.node
            group by neighbours.newer_revision, neighbours.older_revision, neighbours.link_scope, neighbours.neighbour
        ) as renamed
    ) as stepped
    where stepped.has_changed
),

settled as (
    select newer_revision, older_revision, link_scope, node, min(component_id) as component_id
    from named
    group by newer_revision, older_revision, link_scope, node
),

known_nodes as (
    select newer_revision, older_revision, link_scope, node, max(is_newer) as is_newer, bool_and(is_complete) as is_complete
    from nodes
    group by newer_revision, older_revision, link_scope, node
),

components as (
    select
        settled.newer_revision,
        settled.older_revision,
        settled.link_scope,
        settled.component_id,
        count(*) as n_nodes,
        sum(known_nodes.is_newer) as n_newer,
        count(*) - sum(known_nodes.is_newer) as n_older,
        min(case when known_nodes.is_newer = 0 then substr(settled.node, 1, 6) end) as first_older_code,
        bool_and(known_nodes.is_complete) as has_all_links
    from settled
    inner join known_nodes
        on settled.newer_revision = known_nodes.newer_revision
        and settled.older_revision = known_nodes.older_revision
        and settled.link_scope = known_nodes.link_scope
        and settled.node = known_nodes.node
    group by settled.newer_revision, settled.older_revision, settled.link_scope, settled.component_id
),

published_components as (
    select
        settled.newer_revision,
        settled.older_revision,
        settled.link_scope,
        settled.component_id,
        max(published.n_nodes_published) as n_nodes_published
    from published
    inner join settled
        on published.newer_revision = settled.newer_revision
        and published.older_revision = settled.older_revision
        and published.link_scope = settled.link_scope
        and published.newer_code || ':' || published.newer_revision = settled.node
    group by settled.newer_revision, settled.older_revision, settled.link_scope, settled.component_id
),

judged as (
    select
        components.newer_revision,
        components.older_revision,
        components.link_scope,
        components.component_id,
        components.n_nodes,
        components.n_newer,
        components.n_older,
        components.first_older_code,
        published_components.n_nodes_published,
        components.has_all_links
        or coalesce(published_components.n_nodes_published = components.n_nodes, false) as is_table_complete,
        case
            when greatest(components.n_nodes, coalesce(published_components.n_nodes_published, 2)) > 2 then 'not_exact'
            when components.has_all_links or published_components.n_nodes_published = 2 then 'exact'
            else 'unproven'
        end as comparability
    from components
    left join published_components
        on components.newer_revision = published_components.newer_revision
        and components.older_revision = published_components.older_revision
        and components.link_scope = published_components.link_scope
        and components.component_id = published_components.component_id
),

newer_codes as (
    select distinct newer_revision, older_revision, link_scope, newer_code, newer_node from scoped
)

select
    cast(newer_codes.newer_revision as VARCHAR) as newer_revision,
    cast(newer_codes.older_revision as VARCHAR) as older_revision,
    cast(newer_codes.link_scope as VARCHAR) as link_scope,
    cast(newer_codes.newer_code as VARCHAR) as newer_code,
    cast(case when judged.n_older = 1 then judged.first_older_code end as VARCHAR) as older_code,
    cast(judged.component_id as VARCHAR) as component_id,
    cast(judged.n_nodes as BIGINT) as n_nodes,
    cast(judged.n_newer as BIGINT) as n_newer,
    cast(judged.n_older as BIGINT) as n_older,
    cast(judged.n_nodes_published as BIGINT) as n_nodes_published,
    cast(judged.is_table_complete as BOOLEAN) as is_table_complete,
    cast(judged.comparability = 'exact' as BOOLEAN) as is_exact,
    cast(judged.comparability as VARCHAR) as comparability,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from newer_codes
inner join settled
    on newer_codes.newer_revision = settled.newer_revision
    and newer_codes.older_revision = settled.older_revision
    and newer_codes.link_scope = settled.link_scope
    and newer_codes.newer_node = settled.node
inner join judged
    on settled.newer_revision = judged.newer_revision
    and settled.older_revision = judged.older_revision
    and settled.link_scope = judged.link_scope
    and settled.component_id = judged.component_id
