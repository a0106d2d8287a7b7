-- Wording: a finding below quasi-experimental evidence uses no causal word, and one about two reports that differ or about a
-- hub names no intent, except to say that it is no evidence of it.
-- guards: exports.rpt_summary
select statement_id, evidence_label, statement
from exports.rpt_summary
where evidence_label in ('accounting', 'descriptive', 'comparative')
    and (
        regexp_matches(lower(statement), '\b(because|caused?|causes|effect of|due to|led to|prefers?|proves?|thanks to)\b')
        or (
            (lineage like '%mirror%' or lineage like '%hub%')
            and regexp_matches(
                replace(lower(statement), 'no evidence of evasion', ''), 'evasion|evad|smuggl|divert|launder|illegal|illicit'
            )
        )
    )
