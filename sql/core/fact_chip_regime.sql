-- One row per interval of a chip under one side's control. From staging.stg_chip_regime.

with
filed as (select * from staging.stg_chip_regime)

select
    cast(filed.regime_id as VARCHAR) as regime_id,
    cast(filed.chip as VARCHAR) as chip,
    cast(filed.destination as VARCHAR) as destination,
    cast(filed.side as VARCHAR) as side,
    cast(filed.start_date as DATE) as start_date,
    cast(filed.end_date as DATE) as end_date,
    cast(filed.regime as VARCHAR) as regime,
    cast(filed.rule_id as VARCHAR) as rule_id,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.confidence as VARCHAR) as confidence,
    cast(filed.note as VARCHAR) as note,
    cast('claim' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from filed
