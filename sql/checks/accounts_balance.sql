-- Conservation: per file, rows read equal rows accepted plus rows quarantined, and nothing is quarantined in a published build.
-- guards: core.dim_dataset
select dataset_id, rows_read, rows_accepted, rows_quarantined
from tidy.dataset
where rows_read <> rows_accepted + rows_quarantined or rows_quarantined > 0
