-- Every rule named in related_rule_ids or in a chip regime exists.
-- guards: staging.stg_rule_change
with
links as (
    select 'rule ' || rule_id as found_in, unnest(string_split(related_rule_ids, ';')) as rule_id
    from tidy.rule_change
    where related_rule_ids is not null
    union all
    select 'regime ' || regime_id as found_in, rule_id from tidy.chip_regime
)
select links.found_in, links.rule_id
from links
left join tidy.rule_change as rules on links.rule_id = rules.rule_id
where rules.rule_id is null
