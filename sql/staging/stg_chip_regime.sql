-- One row per chip regime that was public at as_of; an end after as_of is hidden. From data/facts/chip_regimes.csv.

with
run as (select * from core.run),

filed as (select * from tidy.chip_regime)

select
    cast(filed.regime_id as VARCHAR) as regime_id,
    cast(filed.chip as VARCHAR) as chip,
    cast(filed.destination as VARCHAR) as destination,
    cast(filed.side as VARCHAR) as side,
    cast(filed.start_date as DATE) as start_date,
    cast(case when filed.end_date <= run.as_of then filed.end_date end as DATE) as end_date,
    cast(filed.regime as VARCHAR) as regime,
    cast(filed.rule_id as VARCHAR) as rule_id,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.confidence as VARCHAR) as confidence,
    cast(filed.note as VARCHAR) as note
from filed
cross join run
where filed.known_at <= run.as_of
