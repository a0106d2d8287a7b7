-- Wording: a finding uses no word that the ladder forbids at its rung of evidence and every word that the ladder requires there,
-- and one about two reports that differ or about a hub names no intent, except to say that it is no evidence of it.
-- guards: exports.rpt_summary
with
findings as (select * from exports.rpt_summary),

ladder as (select * from core.dim_wording_rung),

patterns as (
    select
        rungs.phrase_id as evidence_label,
        string_agg(
            case when entries.phrase_kind in ('allowed', 'exempt') then entries.phrase_pattern end, '|' order by entries.phrase_id
        ) as allowed,
        string_agg(case when entries.phrase_kind = 'forbidden' then entries.phrase_pattern end, '|' order by entries.phrase_id)
            as forbidden,
        string_agg(case when entries.phrase_kind = 'required' then entries.phrase_pattern end, '|' order by entries.phrase_id)
            as required
    from ladder as rungs
    inner join ladder as entries on rungs.lowest_rung between entries.lowest_rung and entries.highest_rung
    where rungs.phrase_kind = 'needs'
    group by rungs.phrase_id
),

read as (
    select
        findings.statement_id,
        findings.evidence_label,
        findings.statement,
        findings.lineage,
        patterns.forbidden,
        patterns.required,
        regexp_replace(
            regexp_replace(findings.statement, '\s+', ' ', 'g'), coalesce(patterns.allowed, '^$'), ' · ', 'gi'
        ) as remaining
    from findings
    left join patterns on findings.evidence_label = patterns.evidence_label
)

select statement_id, evidence_label, statement
from read
where
    forbidden is null
    or regexp_matches(remaining, forbidden, 'i')
    or (required is not null and not regexp_matches(remaining, required, 'i'))
    or (
        (lineage like '%mirror%' or lineage like '%hub%')
        and regexp_matches(
            replace(lower(statement), 'no evidence of evasion', ''), 'evasion|evad|smuggl|divert|launder|illegal|illicit'
        )
    )
