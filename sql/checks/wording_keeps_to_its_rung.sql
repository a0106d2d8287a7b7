-- Wording: a finding below quasi-experimental evidence uses no causal word.
-- guards: exports.rpt_summary
select statement_id, evidence_label, statement
from exports.rpt_summary
where evidence_label in ('accounting', 'descriptive', 'comparative')
    and regexp_matches(lower(statement), '\b(because|caused?|causes|effect of|due to|led to|prefers?|proves?|thanks to)\b')
