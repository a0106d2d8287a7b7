-- One row per accelerator model announced by as_of. From data/facts/chips.csv.

with
run as (select * from core.run),

filed as (select * from tidy.chip)

select
    cast(filed.chip_id as VARCHAR) as chip_id,
    cast(filed.vendor as VARCHAR) as vendor,
    cast(filed.vendor_country as VARCHAR) as vendor_country,
    cast(filed.known_at as DATE) as known_at,
    cast(filed.known_at_basis as VARCHAR) as known_at_basis,
    cast(filed.announced_date as DATE) as announced_date,
    cast(filed.announced_precision as VARCHAR) as announced_precision,
    cast(filed.process_node as VARCHAR) as process_node,
    cast(filed.die_area_mm2 as DECIMAL(24,6)) as die_area_mm2,
    cast(filed.dense_fp16_tflops as DECIMAL(24,6)) as dense_fp16_tflops,
    cast(filed.dense_int8_tops as DECIMAL(24,6)) as dense_int8_tops,
    cast(filed.dense_fp4_tflops as DECIMAL(24,6)) as dense_fp4_tflops,
    cast(filed.memory_type as VARCHAR) as memory_type,
    cast(filed.memory_gb as DECIMAL(24,6)) as memory_gb,
    cast(filed.memory_bandwidth_tbs as DECIMAL(24,6)) as memory_bandwidth_tbs,
    cast(filed.interconnect_gbs as DECIMAL(24,6)) as interconnect_gbs,
    cast(filed.tdp_w as DECIMAL(24,6)) as tdp_w,
    cast(filed.tpp_input_op as VARCHAR) as tpp_input_op,
    cast(filed.tpp as DECIMAL(24,6)) as tpp,
    cast(filed.performance_density as DECIMAL(24,6)) as performance_density,
    cast(filed.bis_2023_tier as VARCHAR) as bis_2023_tier,
    cast(filed.jan2026_case_by_case as VARCHAR) as jan2026_case_by_case,
    cast(filed.controlled_from_date as DATE) as controlled_from_date,
    cast(filed.control_rule as VARCHAR) as control_rule,
    cast(filed.is_china_specific as BOOLEAN) as is_china_specific,
    cast(filed.source_url as VARCHAR) as source_url,
    cast(filed.is_seen as BOOLEAN) as is_seen,
    cast(filed.confidence as VARCHAR) as confidence,
    cast(filed.unconfirmed_fields as VARCHAR) as unconfirmed_fields,
    cast(filed.note as VARCHAR) as note
from filed
cross join run
where filed.known_at <= run.as_of
