-- One row per filed revision and code, target revision and target code (A2): share of the value over all steps between. From
-- metrics.metric_hs_weight. Every step takes the best method of the code; low and high take the smallest and largest weight
-- over the methods at every step. A round crosses one revision and adds up what meets in a code, so no path is ever listed. If
-- any part of a code stops on the way, none of it is converted: the code has one row, with the reason.

with recursive
weights as (select * from metrics.metric_hs_weight),

placed as (
    select
        weights.newer_revision,
        weights.older_revision,
        weights.older_code,
        weights.newer_code,
        weights.code_weight,
        weights.is_best,
        weights.is_only_source,
        case weights.weight_method
            when 'exact' then 1
            when 'least_squares' then 2
            when 'trade_share' then 3
            else 4
        end as place
    from weights
    where weights.code_weight is not null
),

steps as (
    select
        newer_revision,
        older_revision,
        older_code,
        newer_code,
        min(code_weight) as weight_low,
        max(case when is_best then code_weight end) as weight_central,
        max(code_weight) as weight_high,
        max(case when is_best then place end) as place,
        bool_and(is_only_source) as is_only_source
    from placed
    group by newer_revision, older_revision, older_code, newer_code
),

filed as (
    select distinct older_revision as filed_revision, older_code as filed_code from weights
),

walk as (
    select
        filed.filed_revision,
        filed.filed_code,
        filed.filed_revision as revision,
        filed.filed_code as code,
        cast(1 as double) as path_share_low,
        cast(1 as double) as path_share,
        cast(1 as double) as path_share_high,
        0 as place,
        true as is_only_source
    from filed
    union all
    select
        walk.filed_revision,
        walk.filed_code,
        steps.newer_revision as revision,
        steps.newer_code as code,
        sum(walk.path_share_low * steps.weight_low) as path_share_low,
        sum(walk.path_share * steps.weight_central) as path_share,
        sum(walk.path_share_high * steps.weight_high) as path_share_high,
        max(greatest(walk.place, steps.place)) as place,
        bool_and(walk.is_only_source and steps.is_only_source) as is_only_source
    from walk
    inner join steps on walk.revision = steps.older_revision and walk.code = steps.older_code
    group by walk.filed_revision, walk.filed_code, steps.newer_revision, steps.newer_code
),

targets as (
    select distinct newer_revision as target_revision from weights where newer_revision in ('H5', 'H6')
),

reached as (
    select walk.filed_revision, walk.filed_code, walk.revision as target_revision, sum(walk.path_share) as share_reached
    from walk
    group by walk.filed_revision, walk.filed_code, walk.revision
),

known_codes as (
    select distinct older_revision as revision, older_code as code from weights
),

stopped as (
    select
        walk.filed_revision,
        walk.filed_code,
        targets.target_revision,
        min(case when known_codes.code is null then 'code_not_in_table' else 'links_incomplete' end) as absence_reason
    from walk
    inner join targets on walk.revision < targets.target_revision
    left join known_codes on walk.revision = known_codes.revision and walk.code = known_codes.code
    where not exists (
        select 1
        from steps
        where steps.older_revision = walk.revision and steps.older_code = walk.code
    )
    group by walk.filed_revision, walk.filed_code, targets.target_revision
),

paths as (
    select
        walk.filed_revision,
        walk.filed_code,
        targets.target_revision,
        walk.code as target_code,
        round(walk.path_share_low, 12) as path_share_low,
        least(round(walk.path_share, 12), 1) as path_share,
        least(round(walk.path_share_high, 12), 1) as path_share_high,
        walk.place,
        walk.is_only_source,
        cast(null as varchar) as absence_reason
    from walk
    inner join targets on walk.revision = targets.target_revision
    inner join reached
        on walk.filed_revision = reached.filed_revision
        and walk.filed_code = reached.filed_code
        and walk.revision = reached.target_revision
    where walk.filed_revision < walk.revision and abs(reached.share_reached - 1) <= 1e-9
    union all
    select
        stopped.filed_revision,
        stopped.filed_code,
        stopped.target_revision,
        stopped.filed_code as target_code,
        cast(null as double) as path_share_low,
        cast(null as double) as path_share,
        cast(null as double) as path_share_high,
        cast(null as integer) as place,
        false as is_only_source,
        stopped.absence_reason
    from stopped
)

select
    cast(paths.filed_revision as VARCHAR) as filed_revision,
    cast(paths.filed_code as VARCHAR) as filed_code,
    cast(paths.target_revision as VARCHAR) as target_revision,
    cast(paths.target_code as VARCHAR) as target_code,
    cast(
        cast(substr(paths.target_revision, 2) as integer) - cast(substr(paths.filed_revision, 2) as integer) as BIGINT
    ) as n_steps,
    cast(least(paths.path_share_low, paths.path_share) as DOUBLE) as path_share_low,
    cast(paths.path_share as DOUBLE) as path_share,
    cast(greatest(paths.path_share_high, paths.path_share) as DOUBLE) as path_share_high,
    cast(
        case paths.place
            when 1 then 'exact'
            when 2 then 'least_squares'
            when 3 then 'trade_share'
            when 4 then 'equal_split'
        end as VARCHAR
    ) as chain_method,
    cast(paths.is_only_source as BOOLEAN) as is_only_source,
    cast(coalesce(paths.place = 1, false) as BOOLEAN) as is_comparable,
    cast(paths.absence_reason as VARCHAR) as absence_reason,
    cast('estimate' as VARCHAR) as value_label,
    cast('accounting' as VARCHAR) as evidence_label
from paths
