-- One row per period of the compiled smuggling series whose claims were all public at as_of. From data/facts/smuggled_series.csv.

with
run as (select * from core.run),

filed as (select * from tidy.smuggled_series)

select
    cast(filed.period_id as VARCHAR) as period_id,
    cast(filed.period_start as DATE) as period_start,
    cast(filed.period_end as DATE) as period_end,
    cast(filed.backbone_low_h100e as DECIMAL(24,6)) as backbone_low_h100e,
    cast(filed.backbone_central_h100e as DECIMAL(24,6)) as backbone_central_h100e,
    cast(filed.backbone_high_h100e as DECIMAL(24,6)) as backbone_high_h100e,
    cast(filed.envelope_low_h100e as DECIMAL(24,6)) as envelope_low_h100e,
    cast(filed.envelope_central_h100e as DECIMAL(24,6)) as envelope_central_h100e,
    cast(filed.envelope_high_h100e as DECIMAL(24,6)) as envelope_high_h100e,
    cast(filed.grade as VARCHAR) as grade,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.basis_claim_ids as VARCHAR) as basis_claim_ids,
    cast(filed.absence_reason as VARCHAR) as absence_reason,
    cast(filed.note as VARCHAR) as note
from filed
cross join run
where filed.known_at <= run.as_of
