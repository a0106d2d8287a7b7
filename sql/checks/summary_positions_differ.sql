-- The findings of the summary have an order: no two share a position.
-- guards: exports.rpt_summary
select position, count(*) as n from exports.rpt_summary group by position having count(*) > 1
