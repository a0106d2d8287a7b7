-- One row per parameter interval of the flow metrics: freight, transit, markup, margin. From data/reference/flow_parameters.csv.

with
filed as (select * from tidy.flow_parameter)

select
    cast(filed.parameter_id as VARCHAR) as parameter_id,
    cast(filed.parameter as VARCHAR) as parameter,
    cast(filed.reporter_class as VARCHAR) as reporter_class,
    cast(filed.stage_scope as VARCHAR) as stage_scope,
    cast(filed.valid_from as DATE) as valid_from,
    cast(filed.valid_to as DATE) as valid_to,
    cast(filed.parameter_low as DOUBLE) as parameter_low,
    cast(filed.parameter_central as DOUBLE) as parameter_central,
    cast(filed.parameter_high as DOUBLE) as parameter_high,
    cast(filed.parameter_basis as VARCHAR) as parameter_basis,
    cast(filed.reason as VARCHAR) as reason
from filed
