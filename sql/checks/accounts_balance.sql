-- Conservation: per file, rows read equal rows accepted plus rows quarantined, and no shipped row is quarantined in a published
-- build. Refused rows of live answers are kept apart and counted; they do not stop a build.
-- guards: core.dim_dataset
select dataset_id, dataset_group, rows_read, rows_accepted, rows_quarantined
from tidy.dataset
where rows_read <> rows_accepted + rows_quarantined
    or (rows_quarantined > 0 and dataset_group <> 'live')
