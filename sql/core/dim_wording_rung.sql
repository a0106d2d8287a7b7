-- One row per entry of the wording ladder. From data/reference/wording_rungs.csv.

with
filed as (select * from tidy.wording_rung)

select
    cast(filed.phrase_id as VARCHAR) as phrase_id,
    cast(filed.phrase_kind as VARCHAR) as phrase_kind,
    cast(filed.lowest_rung as BIGINT) as lowest_rung,
    cast(filed.highest_rung as BIGINT) as highest_rung,
    cast(filed.phrase as VARCHAR) as phrase,
    cast(filed.phrase_pattern as VARCHAR) as phrase_pattern,
    cast(filed.reason as VARCHAR) as reason
from filed
