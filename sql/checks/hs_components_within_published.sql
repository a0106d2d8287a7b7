-- HS components: what the shipped links give is never larger than the full table, and of its size where it is called whole.
-- guards: metrics.metric_hs_component
select newer_revision, older_revision, link_scope, newer_code, n_nodes, n_nodes_published, is_table_complete
from metrics.metric_hs_component
where n_nodes > n_nodes_published or (is_table_complete and n_nodes <> n_nodes_published)
