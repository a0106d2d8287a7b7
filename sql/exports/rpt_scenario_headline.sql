-- One row per scenario with a baseline and headline output, in its last year on its own base, in the model.
-- From metrics.metric_scenario_outcome and the files.

with
outcomes as (select * from metrics.metric_scenario_outcome),

registry as (select * from tidy.scenario_value),

scenarios as (select scenario_id, title, base_period, horizon from registry where value_key = 'horizon'),

shown as (
    select
        outcomes.scenario_id,
        outcomes.baseline_id,
        outcomes.base_id,
        outcomes.scenario_period,
        outcomes.scenario_output,
        scenarios.title,
        outcomes.outcome_p05,
        outcomes.outcome_p50,
        outcomes.outcome_p95,
        outcomes.value_label,
        outcomes.evidence_label,
        case outcomes.scenario_output
            when 'smuggled_share' then 1
            when 'china_compute' then 2
            when 'unmet_share' then 3
            when 'premium' then 4
            else 5
        end as output_order,
        case outcomes.scenario_output
            when 'smuggled_share' then 'Smuggled share of China''s AI compute'
            when 'china_compute' then 'China''s AI compute'
            when 'unmet_share' then 'Need left unserved'
            when 'premium' then 'Premium of smuggled chips'
            else 'Vendor revenue net of fees'
        end as output_title,
        case outcomes.scenario_output
            when 'smuggled_share' then 'share'
            when 'china_compute' then 'H100-equivalents a year'
            when 'unmet_share' then 'share'
            when 'premium' then 'ratio'
            else 'USD a year'
        end as unit
    from outcomes
    inner join scenarios
        on
            outcomes.scenario_id = scenarios.scenario_id
            and outcomes.base_id = scenarios.base_period
            and outcomes.scenario_period = scenarios.horizon
    where
        outcomes.channel = 'all'
        and outcomes.outcome_p50 is not null
        and (
            outcomes.scenario_output in ('smuggled_share', 'unmet_share', 'premium', 'vendor_net_usd')
            or (outcomes.scenario_output = 'china_compute' and outcomes.outcome_unit = 'h100e')
        )
),

paired as (
    select
        shown.scenario_id,
        shown.scenario_output,
        shown.title,
        shown.output_title,
        shown.unit,
        shown.outcome_p05,
        shown.outcome_p50,
        shown.outcome_p95,
        shown.value_label,
        shown.evidence_label,
        baselines.outcome_p50 as baseline_p50,
        'In the model, given the base ' || shown.base_id || ' and the values of the scenario "' || shown.title || '": '
            || shown.output_title || ' beside that of "' || baselines.title || '".' as statement,
        row_number() over (order by shown.output_order, shown.scenario_id) as position
    from shown
    inner join shown as baselines
        on
            shown.baseline_id = baselines.scenario_id
            and shown.base_id = baselines.base_id
            and shown.scenario_output = baselines.scenario_output
)

select
    cast(paired.scenario_id as VARCHAR) as scenario_id,
    cast(paired.scenario_output as VARCHAR) as output_id,
    cast(paired.position as BIGINT) as position,
    cast(paired.title as VARCHAR) as scenario_title,
    cast(paired.output_title as VARCHAR) as output_title,
    cast(paired.unit as VARCHAR) as unit,
    cast(paired.baseline_p50 as DOUBLE) as baseline_p50,
    cast(paired.outcome_p05 as DOUBLE) as scenario_p05,
    cast(paired.outcome_p50 as DOUBLE) as scenario_p50,
    cast(paired.outcome_p95 as DOUBLE) as scenario_p95,
    cast(paired.statement as VARCHAR) as statement,
    cast(paired.value_label as VARCHAR) as value_label,
    cast(paired.evidence_label as VARCHAR) as evidence_label
from paired
