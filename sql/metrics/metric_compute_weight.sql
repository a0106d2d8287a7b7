-- One row per accelerator (C1): H100-equivalents by three named conventions, bandwidth, effective units.
-- From core.dim_chip and the compute conventions. TPP is the default; an unknown TPP leaves the chip out of sums.

with
chips as (select * from core.dim_chip),

conventions as (select * from tidy.compute_convention),

divisors as (
    select
        max(case when convention_id = 'h100e_tpp' then denominator end) as tpp,
        max(case when convention_id = 'h100e_bf16' then denominator end) as bf16,
        max(case when convention_id = 'h100e_int8' then denominator end) as int8,
        max(case when convention_id = 'bandwidth_h100' then denominator end) as bandwidth
    from conventions
),

ratios as (
    select
        chips.chip_id,
        chips.tpp,
        chips.memory_bandwidth_tbs,
        chips.confidence,
        cast(chips.tpp as double) / cast(divisors.tpp as double) as h100e,
        cast(chips.dense_fp16_tflops as double) / cast(divisors.bf16 as double) as h100e_bf16,
        cast(chips.dense_int8_tops as double) / cast(divisors.int8 as double) as h100e_int8,
        cast(chips.memory_bandwidth_tbs as double) / cast(divisors.bandwidth as double) as bandwidth_h100
    from chips
    cross join divisors
)

select
    cast(ratios.chip_id as VARCHAR) as chip_id,
    cast(ratios.tpp as DECIMAL(24,6)) as tpp,
    cast(ratios.memory_bandwidth_tbs as DECIMAL(24,6)) as memory_bandwidth_tbs,
    cast(round(ratios.h100e, 6) as DECIMAL(24,6)) as h100e,
    cast(round(ratios.h100e_bf16, 6) as DECIMAL(24,6)) as h100e_bf16,
    cast(round(ratios.h100e_int8, 6) as DECIMAL(24,6)) as h100e_int8,
    cast(round(ratios.bandwidth_h100, 6) as DECIMAL(24,6)) as bandwidth_h100,
    cast(ratios.bandwidth_h100 as DOUBLE) as effective_alpha_0,
    cast(sqrt(ratios.h100e * ratios.bandwidth_h100) as DOUBLE) as effective_alpha_05,
    cast(ratios.h100e as DOUBLE) as effective_alpha_1,
    cast(ratios.confidence as VARCHAR) as confidence,
    cast(case when ratios.h100e is null then 'missing_tpp' end as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from ratios
