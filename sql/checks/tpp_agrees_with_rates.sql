-- Chips: TPP equals the largest of dense rate times bit length within 1 %, where the rates are known.
-- guards: staging.stg_chip
select chip_id, tpp, dense_fp16_tflops, dense_int8_tops, dense_fp4_tflops
from tidy.chip
where tpp is not null and coalesce(dense_fp16_tflops, dense_int8_tops, dense_fp4_tflops) is not null
    and abs(
        tpp - greatest(
            coalesce(dense_fp16_tflops * 16, 0), coalesce(dense_int8_tops * 8, 0), coalesce(dense_fp4_tflops * 4, 0)
        )
    ) > 0.01 * tpp
